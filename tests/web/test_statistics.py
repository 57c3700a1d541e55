"""/statistics, the figures of a petition, an area and a body: the same numbers everywhere, and never a small one."""

import csv
import gzip
import io
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from authorities.models import Area
from authorities.queries import first_level
from core.charts import Bar, Ends, Stair, bar_list, steps, thin
from core.db import db
from core.work import SYSTEM, reading, work
from opendata.figures import median_interval
from opendata.region_map import Place, bands, classed, neighbours
from opendata.statistics_sheets import SHEETS
from petitions.domain.lifecycle import State
from petitions.jobs.tally import freeze
from petitions.models.petition import PetitionCount, PetitionText
from petitions.queries.listing import Shown
from tests.conftest import Clock
from tests.factories import ALMATY, ASTANA, GOVERNMENT, VILLAGE_BODY, a_petition, some_signatures
from tests.figures import some_figures

REGION = "190000000"


def frozen_petition(cells: dict[str, int], *, days: int = 3, **how: Any) -> int:
    """A petition with published figures: areas as given, and a total that grew evenly."""
    petition_id = a_petition(
        how.pop("state", State.COLLECTING), authority=how.pop("authority", GOVERNMENT), **how
    )
    total = some_figures(petition_id, cells, days)
    with work(SYSTEM) as w:
        w.session.get_one(PetitionCount, petition_id).counted = total
    return petition_id


@pytest.fixture
def free_counts(app: Flask) -> Iterator[None]:
    """Totals without signatures would be drift: they are put back before the check at the end of a test."""
    yield
    with work(SYSTEM) as w:
        for row in w.session.query(PetitionCount):
            row.counted = 0


@contextmanager
def queries() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def table_of(client: FlaskClient, name: str, **asked: str) -> list[dict[str, str]]:
    answer = client.get(f"/statistics/{name}.csv", query_string=asked)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def as_text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.usefixtures("free_counts")
def test_page_csv_and_json_have_the_same_figures_for_random_selections(
    app: Flask, client: FlaskClient
) -> None:
    chance = random.Random(6)
    with app.test_request_context():
        areas = [place for place in neighbours("350000000")]
    for n in range(8):
        state = chance.choice([State.COLLECTING, State.UNDER_REVIEW, State.ANSWERED, State.LAPSED])
        cells = {area: chance.randint(10, 90_000) for area in chance.sample(areas, 3)}
        frozen_petition(
            cells, state=state, authority=chance.choice([GOVERNMENT, VILLAGE_BODY]), title=f"Өтініш {n}"
        )
    a_petition(State.REFUSED)
    choices = {
        "state": [shown.value for shown in Shown],
        "authority": [GOVERNMENT, VILLAGE_BODY],
        "period": ["2026", "2026-11", "2025"],
        "rulebook": ["kz-2026", "kz-reform"],
        "area": [ALMATY, "000000000"],
    }
    for _ in range(12):
        asked = {name: chance.choice(values) for name, values in choices.items() if chance.random() < 0.4}
        page = client.get("/statistics", query_string=asked | {"lang": "kk"})
        assert page.status_code == 200
        html = page.get_data(as_text=True).replace("\xa0", " ")
        for name in SHEETS:
            lines = table_of(client, name, **asked)
            body = client.get(f"/statistics/{name}.json", query_string=asked).get_json()
            assert [{k: as_text(v) for k, v in row.items()} for row in body["items"]] == lines, (name, asked)
        for row in table_of(client, "areas", **asked):
            if row["count"] and 'id="areas"' in html:
                assert f">{grouped(row['count'])}<" in html


def grouped(number: str) -> str:
    """A number as the Kazakh page writes it."""
    return f"{int(number):,}".replace(",", " ")


@pytest.mark.usefixtures("free_counts")
def test_a_selection_only_chooses_among_shown_cells(client: FlaskClient) -> None:
    frozen_petition({ALMATY: 40, ASTANA: 20})
    frozen_petition({ALMATY: 7_000}, state=State.LAPSED)
    everything = {row["area"]: row for row in table_of(client, "areas")}
    assert (everything[ALMATY]["count"], everything[ALMATY]["petitions"]) == ("7040", "2")
    open_ones = {row["area"]: row for row in table_of(client, "areas", state="collecting")}
    assert (open_ones[ALMATY]["count"], open_ones[ASTANA]["count"]) == ("40", "20")
    assert (open_ones[REGION]["count"], open_ones[REGION]["suppressed"]) == ("", "true")


@pytest.mark.usefixtures("free_counts")
def test_charts_that_are_kept_follow_language_address_and_register(client: FlaskClient) -> None:
    petition_id = frozen_petition({ALMATY: 7_000, ASTANA: 3_000})

    def places(language: str, **asked: str) -> str:
        answer = client.get(
            f"/petitions/{petition_id}", query_string=asked, headers={"Accept-Language": language}
        )
        return answer.get_data(as_text=True).split('id="places"')[1].split("</figure>")[0]

    kazakh, russian = places("kk"), places("ru")
    assert ("Қол қоюшылар қайда тұрады" in kazakh, "Где живут подписавшие" in russian) == (True, True)
    assert f'href="/areas/{ALMATY}"' in russian
    assert f'href="/areas/{ALMATY}?lang=ru"' in places("kk", lang="ru")
    assert places("kk") == kazakh
    with work(SYSTEM) as w:
        area = w.session.get_one(Area, ALMATY)
        area.names = {**area.names, "kk": "Жаңа Алматы"}
    assert "Жаңа Алматы" in places("kk")


def test_a_small_number_is_nowhere(app: Flask, client: FlaskClient, clock: Clock) -> None:
    """7 people of Astana among many others: no page, table, title or description has that number."""
    petition_id = a_petition(authority=GOVERNMENT)
    some_signatures(petition_id, 431, area=ALMATY)
    some_signatures(petition_id, 7, area=ASTANA)
    some_signatures(petition_id, 13, area=REGION)
    clock.now += timedelta(days=1)
    freeze()
    for path in (
        f"/petitions/{petition_id}", f"/petitions/{petition_id}/statistics", f"/areas/{ASTANA}", "/statistics",
        "/statistics/areas.csv", "/statistics/areas.json", "/statistics/strong.csv",
        f"/statistics/areas.csv?authority={GOVERNMENT}&state=collecting",
    ):  # fmt: skip
        text = client.get(path).get_data(as_text=True)
        astana = re.findall(r"(?:Астана қаласы|710000000)[^\n]{0,400}", text)
        assert not [found for found in astana if re.search(r"[>,:(\s]7[<,)\s]", found)], path


@pytest.mark.usefixtures("free_counts")
def test_the_page_of_a_petition_shows_growth_and_places(app: Flask, client: FlaskClient) -> None:
    petition_id = frozen_petition({ALMATY: 2_412, ASTANA: 960}, days=40)
    page = client.get(f"/petitions/{petition_id}?lang=en")
    html = page.get_data(as_text=True)
    assert 'id="days"' in html and 'id="places"' in html
    assert 'role="img"' in html and "<desc id=" in html
    assert "Threshold: " in html and "3,372" in html
    assert 'fill="url(#places-hatch)"' in html and 'id="places-hatch"' in html
    assert f"/petitions/{petition_id}/statistics" in html
    assert "Set-Cookie" not in page.headers and "public" in page.headers["Cache-Control"]
    full = client.get(f"/petitions/{petition_id}/statistics?lang=en").get_data(as_text=True)
    days = full[full.index('id="days"') : full.index('id="places"')]
    assert days.count("<tr>") == 41, "the full page has every row of the series"
    short = html[html.index('id="days"') : html.index('id="places"')]
    assert 1 < short.count("<tr>") <= 31


@pytest.mark.usefixtures("free_counts")
def test_the_table_of_the_short_chart_adds_up_to_the_whole(app: Flask, client: FlaskClient) -> None:
    petition_id = frozen_petition({ALMATY: 5_000}, days=47)
    html = client.get(f"/petitions/{petition_id}?lang=en").get_data(as_text=True)
    rows = re.findall(
        r'<td class="num">([\d,]+)</td><td class="num">([\d,]+)</td><td class="num">([\d,]+)</td>', html
    )
    numbers = [[int(cell.replace(",", "")) for cell in row] for row in rows if row][: html.count("<tr>")]
    growth = [row for row in numbers if row[2] <= 5_000][:30]
    assert sum(row[1] for row in growth) == growth[-1][2] == 5_000
    assert sum(row[0] for row in growth) == 47


@pytest.mark.usefixtures("free_counts")
def test_the_worst_page_of_a_petition_stays_light(app: Flask, client: FlaskClient) -> None:
    with reading() as w:
        areas = [row.code for row in first_level(w)]
    petition_id = frozen_petition({code: 12_345 + n * 977 for n, code in enumerate(areas)}, days=200)
    with work(SYSTEM) as w:
        words = " ".join(f"{n * n % 97}-мектеп{n} қала{n % 7} ауылы жол салсын" for n in range(90))
        text = w.session.get_one(PetitionText, (petition_id, 1))
        text.html = f"<p>{words}</p>"
    for lang in ("kk", "ru", "en"):
        html = client.get(f"/petitions/{petition_id}?lang={lang}").get_data()
        size = len(gzip.compress(html, 6))
        assert size <= 14 * 1024, (lang, size)


@pytest.mark.parametrize("days", [0, 1, 2, 300])
@pytest.mark.usefixtures("free_counts")
def test_a_petition_of_any_length_can_be_drawn(app: Flask, client: FlaskClient, days: int) -> None:
    petition_id = frozen_petition({ALMATY: 20} if days else {}, days=days) if days else a_petition()
    for path in (f"/petitions/{petition_id}", f"/petitions/{petition_id}/statistics"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert ('class="chart-line"' in answer.get_data(as_text=True)) == bool(days)


def test_what_was_never_open_has_no_statistics(app: Flask, client: FlaskClient) -> None:
    for state, status in ((State.REFUSED, 404), (State.DRAFT, 404), (State.TAKEN_DOWN, 410)):
        assert client.get(f"/petitions/{a_petition(state)}/statistics").status_code == status


def test_the_states_of_the_page(app: Flask, client: FlaskClient) -> None:
    empty = client.get("/statistics?lang=en").get_data(as_text=True)
    assert "There are no figures yet" in empty and "<figure" not in empty
    a_petition()
    assert "No petition is of this kind" in client.get("/statistics?lang=en&state=refused").get_data(
        as_text=True
    )
    filled = client.get("/statistics?lang=en")
    assert 'id="petitions"' in filled.get_data(as_text=True)
    assert "Set-Cookie" not in filled.headers and "max-age=60" in filled.headers["Cache-Control"]


@pytest.mark.parametrize(
    "query",
    [
        "state=nobody",
        "tier=x",
        "area=1",
        "authority=x",
        "rulebook=x",
        "period=26",
        "period=2026-13",
        "period=9999-12",
    ],
)
def test_a_bad_parameter_is_said_and_never_a_fault(app: Flask, client: FlaskClient, query: str) -> None:
    page = client.get(f"/statistics?{query}&lang=en")
    assert page.status_code == 400
    assert "<title>Error:" in page.get_data(as_text=True) and "error-message" in page.get_data(as_text=True)
    for ending in ("csv", "json"):
        answer = client.get(f"/statistics/areas.{ending}?{query}")
        assert answer.status_code == 400 and answer.mimetype == "application/problem+json"
        assert answer.get_json()["parameters"] == [query.split("=")[0]]
    assert client.get("/statistics/nothing.csv").status_code == 404


@pytest.mark.usefixtures("free_counts")
def test_a_json_table_can_be_cited(app: Flask, client: FlaskClient) -> None:
    frozen_petition({ALMATY: 30})
    first = client.get("/statistics/areas.json?state=collecting").get_json()
    assert {"how_counted", "as_of", "generated_at", "version", "licence", "dictionary"} <= first.keys()
    assert first["filters"] == {"state": "collecting"} and first["licence"] == "CC-BY-4.0"
    assert first["version"] == client.get("/statistics/areas.json").get_json()["version"]
    frozen_petition({ASTANA: 30})
    assert first["version"] != client.get("/statistics/areas.json").get_json()["version"]


@pytest.mark.usefixtures("free_counts")
def test_the_number_of_queries_does_not_grow_with_the_petitions(app: Flask, client: FlaskClient) -> None:
    def asked(path: str) -> int:
        client.get(path)
        with queries() as found:
            assert client.get(path).status_code == 200
        return len(found)

    petition_id = frozen_petition({ALMATY: 30}, days=2)
    paths = [
        "/statistics",
        f"/petitions/{petition_id}/statistics",
        f"/areas/{ALMATY}",
        f"/authorities/{GOVERNMENT}",
    ]
    before = [asked(path) for path in paths]
    for _ in range(5):
        frozen_petition({ALMATY: 5_000, ASTANA: 3_000}, days=9)
        a_petition(State.ANSWERED, authority=GOVERNMENT)
    assert [asked(path) for path in paths] <= [n + 3 for n in before], (
        "an answer brings names and a block, once"
    )
    assert max(before) <= 45


@pytest.mark.usefixtures("free_counts")
def test_unusually_strong_is_twice_the_country_and_shown(app: Flask, client: FlaskClient) -> None:
    petition_id = frozen_petition({"620000000": 4_000, ALMATY: 600})
    local = frozen_petition({ALMATY: 9_000}, authority=VILLAGE_BODY)
    rows = table_of(client, "strong")
    assert [(row["petition"], row["area"]) for row in rows] == [(str(petition_id), "620000000")]
    assert float(rows[0]["quotient"]) >= 2
    assert str(local) not in {row["petition"] for row in rows}


@pytest.mark.usefixtures("free_counts")
def test_an_area_stands_beside_its_neighbours(app: Flask, client: FlaskClient) -> None:
    petition_id = frozen_petition({ASTANA: 1_500, "110000000": 400})
    html = client.get(f"/areas/{ASTANA}?lang=en").get_data(as_text=True)
    assert 'id="beside"' in html and "/areas/110000000" in html and "1,500" in html
    assert f"/petitions/{petition_id}" in html
    assert 'id="beside"' not in client.get("/areas/000000000").get_data(as_text=True)


def test_a_body_shows_how_long_it_took(app: Flask, client: FlaskClient) -> None:
    assert 'id="answers"' not in client.get(f"/authorities/{GOVERNMENT}").get_data(as_text=True)
    petition_id = a_petition(State.ANSWERED, authority=GOVERNMENT)
    html = client.get(f"/authorities/{GOVERNMENT}?lang=en").get_data(as_text=True)
    assert 'id="answers"' in html and f"/petitions/{petition_id}" in html and "on time" in html
    row = next(r for r in table_of(client, "answers", authority=GOVERNMENT) if r["authority"] == "_all")
    known = client.get(f"/api/v1/authorities/{GOVERNMENT}").get_json()["answers"]
    assert [row["due"], row["on_time"], row["late"]] == [str(known[k]) for k in ("due", "on_time", "late")]
    assert float(row["share_on_time"]) == known["share_on_time"]


@pytest.mark.usefixtures("free_counts")
def test_the_funnel_shows_its_equation(app: Flask, client: FlaskClient) -> None:
    frozen_petition({ALMATY: 100}, days=1)
    html = client.get("/statistics?lang=en").get_data(as_text=True)
    shown = re.search(r'class="equation">(.+?)</p>', html)
    assert shown is not None
    left, *right = [int(n.replace(",", "")) for n in re.findall(r"[\d,]+(?= \()", shown[1])]
    assert left == sum(right) == 105
    assert table_of(client, "funnel") == table_of(client, "funnel", state="refused"), (
        "filters do not touch it"
    )


def test_a_drawing_names_itself_and_escapes_what_it_is_told() -> None:
    drawn = steps(
        "a", "<b>", "Сөз & сан", Stair([(1, 0), (2, 5), (9, 12)], Ends("<i>", "соңы"), "12", 20, "шек")
    )
    assert (
        'aria-labelledby="a-name"' in drawn
        and "&lt;b&gt;" in drawn
        and "<i>" not in drawn
        and "style=" not in drawn
    )
    listed = bar_list("b", [Bar("<u>", 3, "3"), Bar("Жасырын", None, "көрсетілмейді")])
    assert "<u>" not in listed and 'fill="url(#b-hatch)"' in listed and 'id="b-hatch"' in listed
    assert "hatch" not in bar_list("c", [Bar("Бәрі", 3, "3")])
    assert bar_list("d", [Bar("Нөл", 0, "0")]).count('width="0%"') == 1


def test_thinning_keeps_the_last_point() -> None:
    points = [(float(n), float(n)) for n in range(1000)]
    assert thin(points, 30)[-1] == points[-1] and len(thin(points, 30)) <= 30
    assert thin([], 30) == [] and thin(points[:1], 30) == points[:1]


def test_classes_hold_a_fifth_each_and_equal_rates_share_one() -> None:
    places = [Place(str(n), float(n), "") for n in range(20)]
    assert sorted(classed(places).values()) == [c for c in range(1, 6) for _ in range(4)]
    assert set(classed([Place("a", 2.0, ""), Place("b", 2.0, ""), Place("c", None, "")]).values()) == {1}
    assert bands([Place("c", None, "")]) == []


def test_the_median_has_an_interval_from_six_values_on() -> None:
    assert median_interval([1, 2, 3, 4, 5]) is None
    assert median_interval([6, 1, 2, 3, 4, 5]) == (1, 6)
    assert median_interval(list(range(1, 21))) == (6, 15), "the table of the sign test for n = 20"


def test_every_region_of_the_register_is_on_the_map(app: Flask) -> None:
    with reading() as w:
        codes = [row.code for row in first_level(w) if not row.invented]
    assert [code for code in codes if not neighbours(code)] == []
    assert all(code in neighbours(other) for code in codes for other in neighbours(code))


@pytest.mark.usefixtures("free_counts")
def test_the_tables_of_an_area_and_of_a_petition_can_be_taken_along(app: Flask, client: FlaskClient) -> None:
    petition_id = frozen_petition({ASTANA: 1_500})
    text = client.get(f"/statistics/areas/{ASTANA}.csv").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    items = client.get(f"/statistics/areas/{ASTANA}.json").get_json()["items"]
    assert [(row["petition"], row["count"]) for row in rows] == [(str(petition_id), "1500")]
    assert [{k: as_text(v) for k, v in item.items()} for item in items] == rows
    assert client.get("/statistics/areas/nowhere.csv").status_code == 404
    cells = client.get(f"/petitions/{petition_id}/statistics.csv").get_data().decode("utf-8-sig")
    assert {row["count"] for row in csv.DictReader(io.StringIO(cells))} == {""}, "nothing of it was published"
    assert client.get(f"/petitions/{a_petition(State.REFUSED)}/statistics.csv").status_code == 404


@pytest.mark.usefixtures("free_counts")
def test_a_cache_keeps_the_languages_of_a_table_apart(app: Flask, client: FlaskClient) -> None:
    frozen_petition({ASTANA: 1_500})
    for path in ("/statistics/areas.csv", "/statistics/areas.json", f"/statistics/areas/{ASTANA}.json"):
        found = [client.get(path, headers={"Accept-Language": tongue}) for tongue in ("kk", "ru")]
        assert found[0].data != found[1].data, path
        assert all("Accept-Language" in answer.vary and "Cookie" in answer.vary for answer in found), path


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.usefixtures("free_counts")
def test_the_dictionary_has_every_column_of_every_table(
    app: Flask, client: FlaskClient, language: str
) -> None:
    petition_id = frozen_petition({ASTANA: 1_500})
    addresses = {name: f"/statistics/{name}.csv" for name in SHEETS}
    addresses["signed_here"] = f"/statistics/areas/{ASTANA}.csv"
    addresses["petition"] = f"/petitions/{petition_id}/statistics.csv"
    page = client.get(f"/data/dictionary?lang={language}").get_data(as_text=True)
    for name, address in addresses.items():
        answer = client.get(address)
        part = page.partition(f'<section class="flow" id="statistics-{name}"')[2].partition("</section>")[0]
        columns = re.findall(r'<th scope="row"><code>(\w+)</code></th>', part)
        assert columns == answer.get_data().decode("utf-8-sig").splitlines()[0].split(","), name
        assert "/data/dictionary#statistics" in answer.headers["Link"], name
        assert len(re.findall(r"<td>[^<]{2,}", part)) >= 3 * len(columns), "a title, a type and a meaning"
