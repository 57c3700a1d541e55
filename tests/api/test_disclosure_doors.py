"""P1 through the public doors: what is published over days, in every form, fixes no number under ten."""

import csv
import io
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from authorities.queries import first_level
from core.work import reading
from opendata.publishing import publish as make_files
from opendata.statistics_sheets import SHEETS
from petitions.domain.disclosure import LEAST, NOTHING, REST, Table, publish
from petitions.jobs.tally import fold_deltas
from petitions.models.signature import Signature, SignatureState
from petitions.services.managing import withdraw_signature
from tests.conftest import Clock
from tests.domain.test_disclosure_attack import Bounds
from tests.factories import GOVERNMENT, a_petition, an_author, some_signatures
from tests.opendata import clear, pass_a_day, table
from tests.signing import act

PAIRS, DAYS = 26, 5
BODIES = (GOVERNMENT, "kz-min-education", "kz-min-ecology")
# On a day: who came, and the areas from which one went.
Day = tuple[Counter[str], tuple[str, ...]]
Story = list[Day]
Seen = dict[str, int | None]


@dataclass
class Case:
    """A petition, its twin, what happened to both, and what an outsider collected, day by day."""

    numbers: tuple[int, int]
    body: str
    stories: tuple[Story, Story]
    totals: list[int] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    days: list[dict[str, Any]] = field(default_factory=list)


class Attacker(Bounds):
    """Bounds from all fetched tables; the pool's own number is used too, on the day on which it moved."""

    def __init__(self, history: list[dict[str, int]], seen: list[Seen]) -> None:
        self.pools = list(_pools(seen))
        tables = [Table({a: n for a, n in one.items() if n is not None and a != REST}) for one in seen]
        super().__init__(history, only_growth=False, tables=tables)

    def _narrow(self) -> bool:
        changed = super()._narrow()
        for n, pool, whole in self.pools:
            low, high = self.low[n], self.high[n]
            lows, highs = (sum(side[area] for area in pool) for side in (low, high))
            for area in pool:
                changed |= self._set(n, area, whole - (highs - high[area]), whole - (lows - low[area]))
        return changed


def _pools(seen: list[Seen]) -> Iterator[tuple[int, list[str], int]]:
    before = None
    for n, one in enumerate(seen):
        rest = one[REST]
        if rest is not None and rest != before:
            yield n, [area for area, count in one.items() if count is None and area != REST], rest
        before = rest


def a_story(chance: random.Random, areas: list[str]) -> Story:
    """A small petition: a rush and then less, mostly from a few areas, and now and then somebody withdraws."""
    weights = [chance.random() ** 3 * chance.choice((1, 5, 40)) for _ in areas]
    story: Story = []
    here: Counter[str] = Counter()
    for _day in range(DAYS):
        came = Counter(chance.choices(areas, weights, k=chance.choice((0, 3, 12, 40, 90))))
        here += came
        went = tuple(a for a in chance.sample(areas, 3) if here[a] > 2 and chance.random() < 0.3)
        here.subtract(went)
        story.append((came, went))
    return story


def history(story: Story, areas: list[str]) -> list[dict[str, int]]:
    """The real numbers at the ends of the days."""
    here, found = Counter[str](), []
    for came, went in story:
        here.update(came)
        here.subtract(went)
        found.append({area: here[area] for area in areas})
    return found


def tables(story: Story, areas: list[str]) -> list[Table]:
    found = [NOTHING]
    for actual in history(story, areas):
        found.append(publish(actual, found[-1]))
    return [Table(one.shown, one.rest) for one in found]


def a_twin(chance: random.Random, story: Story, areas: list[str]) -> Story | None:
    """The same story with one person from another area, of which the same is published; None if there is none."""
    for _try in range(40):
        n, other = chance.randrange(DAYS), chance.choice(areas)
        came, went = story[n]
        if not came:
            continue
        area = chance.choice(sorted(came))
        moved = came - Counter([area]) + Counter([other])
        twin = [*story[:n], (moved, went), *story[n + 1 :]]
        whole = all(min(row.values()) >= 0 for row in history(twin, areas))
        if area != other and whole and tables(twin, areas) == tables(story, areas):
            return twin
    return None


def stories(chance: random.Random, areas: list[str]) -> Iterator[tuple[Story, Story]]:
    while True:
        story = a_story(chance, areas)
        twin = a_twin(chance, story, areas)
        if twin is not None and sum(sum(came.values()) for came, _went in story) > LEAST:
            yield story, twin


def live(number: int, day: Day) -> None:
    """What happens to a petition on a day."""
    came, went = day
    for area, n in sorted(came.items()):
        some_signatures(number, n, area=area)
    for area in went:
        with reading() as w:
            mine = Signature.petition_id == number, Signature.area == area
            query = select(Signature).where(*mine, Signature.state == SignatureState.COUNTED)
            row = w.session.scalars(query.limit(1)).one()
            w.session.expunge_all()
        act(withdraw_signature, row)


def fetched(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.get_data(as_text=True))


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


DAILY = (
    "/api/v1/petitions/{}/signatures/areas",
    "/api/v1/petitions/{}/signatures/daily",
    "/petitions/{}/statistics.csv",
)
AT_THE_END = (
    *DAILY,
    *("/api/v1/petitions/{}", "/petitions/{}?lang=en", "/petitions/{}/statistics?lang=en"),
    *("/petitions/{}/embed?lang=en", "/feeds/petitions/{}.atom?lang=en"),
    *("/api/v1/petitions/{}/signatures/areas?format=csv", "/api/v1/petitions/{}/signatures/daily?format=csv"),
)


def collect(client: FlaskClient, case: Case, last: bool) -> None:
    """What one day's publication tells of a petition; its twin's must be the same, byte by byte."""
    for path in AT_THE_END if last else DAILY:
        one, other = (without_number(fetched(client, path.format(n)), n) for n in case.numbers)
        assert one == other, path
        small(path, one)
    number = case.numbers[0]
    items = json.loads(fetched(client, DAILY[0].format(number)))["items"]
    case.seen.append({item["area"]: item["count"] for item in items})
    case.totals.append(json.loads(fetched(client, f"/api/v1/petitions/{number}"))["signatures"]["counted"])
    days = json.loads(fetched(client, DAILY[1].format(number)))["items"]
    assert days[: len(case.days)] == case.days, "what was listed once stays"
    case.days = days


def without_number(text: str, number: int) -> str:
    """The text without what names this petition, its terms, and the others that are like it."""
    text = re.sub(r"<section[^>]*similar.*?</section>", "", text, flags=re.S)
    text = re.sub(r"(/terms/|/petitions/|\"(?:id|petition)\": ?|event-)\d+", r"\1N", text)
    return re.sub(rf"\b([Pp]etition|-petition) {number}\b", r"\1 N", text)


COUNTS = re.compile(r'"(?:count|cumulative)": ?(\d+)')
WORDS = re.compile(r"\b(\d[\d,]*) signatures?\b(?! (?:for each|needed))")
BRACKETS = re.compile(r"\((\d[\d,]*)\)")


def small(path: str, text: str) -> None:
    """No number from 1 to 9 as a count in a document, a table, a drawing, its title or its description."""
    found = [int(n) for n in COUNTS.findall(text)]
    if text.startswith("\ufeff"):
        found += [int(row["count"]) for row in rows_of(text) if row["count"]]
    for figure in re.findall(r"<figure.*?</figure>", text, re.S):
        drawing = figure.partition("<table")[0]
        found += [int(n.replace(",", "")) for n in (*WORDS.findall(drawing), *BRACKETS.findall(drawing))]
    assert not [n for n in found if 0 < n < LEAST], path


def check_the_site(client: FlaskClient, cases: list[Case]) -> None:
    """The tables of the whole site, of each selection and of each area say sums of what was collected, no more."""
    known = {n: (case.body, case.seen[-1]) for case in cases for n in case.numbers}
    for asked in ("", *(f"authority={body}" for body in BODIES), "state=collecting", "period=2026-11"):
        cells: dict[str, int] = defaultdict(int)
        for body, seen in known.values():
            if not asked.startswith("authority") or asked.endswith(f"={body}"):
                for area, n in seen.items():
                    cells[area] += n or 0
        for name in SHEETS:
            text = fetched(client, f"/statistics/{name}.csv?{asked}")
            document = json.loads(fetched(client, f"/statistics/{name}.json?{asked}"))
            for row in rows_of(text) if name in {"areas", "strong"} else ():
                n = int(row["count"] or 0)
                assert n == (
                    cells[row["area"]] if name == "areas" else known[int(row["petition"])][1][row["area"]]
                )
            small(name, json.dumps(document["items"]) if name in {"areas", "strong"} else "")
        small(asked, fetched(client, f"/statistics?{asked}&lang=en"))
    for area in known[cases[0].numbers[0]][1].keys() - {REST}:
        told = {
            int(r["petition"]): int(r["count"])
            for r in rows_of(fetched(client, f"/statistics/areas/{area}.csv"))
        }
        assert told == {
            number: seen[area] for number, (_body, seen) in known.items() if seen[area] is not None
        }
        small(area, fetched(client, f"/areas/{area}?lang=en"))


def check_the_files(client: FlaskClient, cases: list[Case]) -> None:
    """The files of the day have what the API had."""
    assert make_files()
    cells: dict[int, Seen] = defaultdict(dict)
    for row in table(client.get("/data/signatures_by_area.csv").data):
        cells[int(row["petition"])][row["area"]] = int(row["count"]) if row["count"] else None
    days = Counter(int(row["petition"]) for row in table(client.get("/data/signatures_daily.csv").data))
    for case in cases:
        assert all(cells[number] == case.seen[-1] for number in case.numbers)
        assert all(days[number] == len(case.days) for number in case.numbers)


def test_52_small_petitions_over_days_through_every_door(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    """The attacker has every table and form of all days, every total, and the rules; twins look the same."""
    clear(app)
    chance = random.Random(9)
    with reading() as w:
        areas = [row.code for row in sorted(first_level(w), key=lambda r: (-(r.population or 0), r.code))]
    author, told = an_author(), stories(chance, areas)
    cases = []
    for n in range(PAIRS):
        body = BODIES[n % len(BODIES)]
        ids = tuple(a_petition(title="Көпір жөнделсін", authority=body, author=author) for _ in "ab")
        cases.append(Case((ids[0], ids[1]), body, next(told)))
    for n in range(DAYS):
        for case in cases:
            for number, story in zip(case.numbers, case.stories, strict=True):
                live(number, story[n])
        fold_deltas()
        pass_a_day(clock)
        for case in cases:
            collect(client, case, last=n == DAYS - 1)
    check_the_site(client, cases)
    check_the_files(client, cases)
    clear(app)
    hidden = sum(attacked(case, areas) for case in cases)
    assert hidden > 500
    assert sum(n is not None for case in cases for n in case.seen[-1].values()) > PAIRS, (
        "there is something to attack"
    )


def attacked(case: Case, areas: list[str]) -> int:
    """How many numbers under ten were attacked; none of them may have fewer than two values left."""
    truth, hidden = history(case.stories[0], areas), 0
    assert [sum(row.values()) for row in truth] == case.totals
    bounds = Attacker(truth, case.seen)
    for n, row in enumerate(truth):
        assert all(count is None or count >= LEAST for area, count in case.seen[n].items() if area != REST)
        assert case.seen[n][REST] not in range(1, LEAST)
        for area, value in row.items():
            if value < LEAST and case.totals[n]:
                low, high = bounds.low[n][area], bounds.high[n][area]
                assert low <= value <= high and low < min(high, LEAST - 1), (case.numbers, n, area, value)
                hidden += 1
    assert all(row["count"] >= LEAST for row in case.days)
    return hidden
