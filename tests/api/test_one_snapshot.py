"""One snapshot of the demo: page, API, CSV, workbook, files and feed say the same, and nothing of any signer."""

import json
import random
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urlencode

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from auth.models import Account
from auth.queries import email_place
from core.work import SYSTEM, reading
from opendata.files import FILES
from opendata.statistics_sheets import SHEETS
from petitions.domain.lifecycle import State
from petitions.models.signature import Signature
from tests.conftest import CONTROLLER, marked_name
from tests.crawling import Crawled, public_endpoints
from tests.opendata import as_numbers, as_text, insides, sheet, table

pytestmark = pytest.mark.xdist_group("demo")
Rows = list[dict[str, str]]
Get = Callable[[str], bytes]
LISTED = (State.COLLECTING, State.UNDER_REVIEW, State.ANSWERED, State.LAPSED, State.WITHDRAWN, State.REFUSED)
OWED = {"answer", "ordinary_reply"}
GROUPS = ("waiting", "overdue", "closed")


@pytest.fixture(scope="module")
def get(demo: Flask) -> Get:
    """What a path answers, asked once: nothing changes here."""
    client = FlaskClient(demo, demo.response_class)

    @cache
    def ask(path: str) -> bytes:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return bytes(answer.data)

    return ask


@pytest.fixture(scope="module")
def files(get: Get) -> dict[str, tuple[Rows, Rows]]:
    """The rows of each file as CSV and as a workbook."""
    names = [name.removesuffix(".csv") for name in FILES if name.endswith(".csv")]
    return {name: (table(get(f"/data/{name}.csv")), sheet(get(f"/data/{name}.xlsx"))) for name in names}


def items(get: Get, path: str, **asked: object) -> list[dict[str, Any]]:
    """The rows of all pages of a list of the API."""
    following, found = f"{path}?{urlencode(asked)}", []
    while following:
        page = json.loads(get(following.removeprefix("http://localhost")))
        found, following = found + page["items"], page["next"]
    return found


def as_rows(found: list[dict[str, Any]], names: list[str]) -> Rows:
    """Objects of the API as rows of a table."""
    return [{name: _flat(item, name) for name in names} for item in found]


def _flat(item: dict[str, Any], name: str) -> str:
    value: Any = item
    for part in name.split("."):
        value = None if value is None else value[part]
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else as_text(value)


def tables_of(html: bytes) -> dict[str, list[list[str]]]:
    """The cells of each table of a page, by its caption; without its head."""
    found = {}
    for one in re.findall(r"<table.*?</table>", html.decode(), re.S):
        body = one.partition("</thead>")[2]
        lines = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.S) for line in body.split("<tr")[1:]]
        caption = re.search(r"<caption[^>]*>(.*?)</caption>", one, re.S)
        found[plain(caption[1]) if caption else ""] = [[plain(cell) for cell in line] for line in lines]
    return found


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def said(value: object) -> str:
    """A number as a page says it in English."""
    if value in (None, ""):
        return ""
    number = float(str(value))
    return f"{int(number) if number.is_integer() else number:,}"


def day(value: str) -> str:
    """A date as a page says it in English."""
    found = date.fromisoformat(value)
    return f"{found:%B} {found.day}, {found.year}"


def alike(get: Get, files: dict[str, tuple[Rows, Rows]], name: str, path: str, **asked: object) -> Rows:
    """The rows of a list of the API, which its table, the file and the workbook have too; the file's rows."""
    found = items(get, path, **asked)
    listed = table(get(f"{path}?{urlencode(asked | {'format': 'csv'})}"))
    names = list(listed[0]) if listed else []
    assert as_rows(found, names)[: len(listed)] == listed, path
    if not found:
        return []
    wanted = {_key(row) for row in listed} if len(listed) == len(found) else {str(i["id"]) for i in found}
    fits = _of(path)
    both = [[row for row in rows if fits(row) and _key(row) in wanted] for rows in files[name]]
    csv_rows, book_rows = ([{n: row[n] for n in names} for row in rows] for rows in both)
    assert csv_rows == as_rows(found, names), (path, asked)
    assert [as_numbers(row) for row in book_rows] == [as_numbers(row) for row in csv_rows], (path, asked)
    return csv_rows


def _key(row: dict[str, str]) -> str:
    return next(row[name] for name in ("id", "date", "area", "code") if name in row)


def _of(path: str) -> Callable[[dict[str, str]], bool]:
    number = re.search(r"petitions/(\d+)/", path)
    return lambda row: number is None or row["petition"] == number[1]


def words_of_count(row: dict[str, str]) -> str:
    """How a card, a page, an embedded card and a feed say the count of a petition."""
    goals = json.loads(row["thresholds"])
    if not goals:
        return f"{said(row['signatures.counted'])} signature"
    counting = said(row["signatures.counting"]) or "fewer than 10"
    return f"{counting} of {said(goals[0]['count'])} signatures"


def check_petitions(get: Get, files: dict[str, tuple[Rows, Rows]], chance: random.Random) -> int:
    """A selection of the list: API, files, pages of the list, feed; one of them on its own pages."""
    bodies = [row["code"] for row in files["authorities"][0]]
    asked = {"state": chance.choice([*(state.value for state in LISTED), *GROUPS])}
    if chance.random() < 0.4:
        asked = {"authority": chance.choice([row["authority.code"] for row in files["petitions"][0]])}
    elif chance.random() < 0.1:
        asked["authority"] = chance.choice(bodies)
    found = alike(get, files, "petitions", "/api/v1/petitions", **asked, limit=chance.randint(1, 100))
    page = get(f"/petitions?{urlencode(asked | {'lang': 'en'})}").decode()
    entries = feedparser.parse(get(f"/feeds/petitions.atom?{urlencode(asked | {'lang': 'en'})}")).entries
    told = {entry.link.rsplit("/", 1)[1]: entry.summary for entry in entries}
    assert set(told) == {row["id"] for row in found}
    cards = {
        number: plain(card)
        for card in page.split('<article class="card petition-card"')[1:]
        for number in re.findall(r'href="/petitions/(\d+)', card)[:1]
    }
    assert set(cards) <= set(told) and bool(cards) == bool(told)
    for row in found:
        if row["state"] != "refused":
            assert words_of_count(row) in told[row["id"]]
            assert row["id"] not in cards or words_of_count(row) in cards[row["id"]], row["id"]
    for row in chance.sample(found, min(1, len(found))):
        if row["state"] == "refused":
            continue
        for path in (f"/petitions/{row['id']}", f"/petitions/{row['id']}/embed"):
            assert words_of_count(row) in plain(get(f"{path}?lang=en").decode()), path
    return len(found)


def opened(files: dict[str, tuple[Rows, Rows]], chance: random.Random) -> str:
    return chance.choice([row["id"] for row in files["petitions"][0] if row["opened_at"]])


def check_days(get: Get, files: dict[str, tuple[Rows, Rows]], chance: random.Random) -> int:
    """The daily series of one petition: API, file, page of its statistics."""
    number = opened(files, chance)
    rows = alike(get, files, "signatures_daily", f"/api/v1/petitions/{number}/signatures/daily")
    shown = tables_of(get(f"/petitions/{number}/statistics?lang=en")).get("Signatures day by day", [])
    assert shown == [[day(r["date"]), *map(said, (r["days"], r["count"], r["cumulative"]))] for r in rows]
    return len(rows)


def check_areas(get: Get, files: dict[str, tuple[Rows, Rows]], chance: random.Random) -> int:
    """The areas of one petition: API, file, page of its statistics, and what each area says of the petition."""
    number = opened(files, chance)
    rows = alike(get, files, "signatures_by_area", f"/api/v1/petitions/{number}/signatures/areas")
    told = [row for row in rows if row["count"] and row["area"] != "_rest"]
    shown = tables_of(get(f"/petitions/{number}/statistics?lang=en")).get("Where signers live", [])
    assert bool(shown) == bool(told)
    expected = [
        [
            said(row["count"]) or "not shown",
            said(row["population"]) or "—",
            said(row["per_1000"]) or "—",
        ]
        for row in rows
    ]
    # The page goes by the names in its language, the API by those in its own.
    assert not shown or sorted(line[1:] for line in shown) == sorted(expected)
    area = chance.choice([row["area"] for row in rows if row["area"] != "_rest"])
    wanted = {row["area"]: (row["count"], row["per_1000"]) for row in told}
    found = {r["petition"]: (r["count"], r["per_1000"]) for r in table(get(f"/statistics/areas/{area}.csv"))}
    assert found.get(number) == wanted.get(area)
    return len(told)


def check_terms(get: Get, files: dict[str, tuple[Rows, Rows]], chance: random.Random) -> int:
    """A selection of terms: API, file, the explainer of one, the feed of overdue answers."""
    asked = {"state": chance.choice(sorted({row["state"] for row in files["terms"][0]}))}
    found = alike(get, files, "terms", "/api/v1/terms", **asked, limit=chance.randint(1, 100))
    one = chance.choice(found)
    page = plain(get(f"/terms/{one['id']}?lang=en").decode())
    assert all(day(one[name]) in page for name in ("started_on", "due_on", "met_on") if one[name]), one
    late = {row["id"]: row for row in files["terms"][0] if row["state"] == "late" and row["kind"] in OWED}
    told = {
        e.link.rsplit("/", 1)[1]: e.summary
        for e in feedparser.parse(get("/feeds/overdue.atom?lang=en")).entries
    }
    assert told.keys() == late.keys() and all(day(late[n]["due_on"]) in told[n] for n in late)
    return len(found)


def check_bodies(get: Get, files: dict[str, tuple[Rows, Rows]], chance: random.Random) -> int:
    """The answers of a body: API, file, its page, the league of the ledger and the tables of the statistics."""
    found = alike(get, files, "authorities", "/api/v1/authorities", limit=chance.randint(5, 1000))
    due = [row for row in found if int(row["answers.due"])]
    one = chance.choice(due)
    line = next(r for r in table(get("/statistics/answers.csv")) if r["authority"] == one["code"])
    assert [line[n] for n in ("due", "on_time", "late")] == [
        one[f"answers.{n}"] for n in ("due", "on_time", "late")
    ]
    assert as_numbers(line)["share_on_time"] == as_numbers(one)["answers.share_on_time"]
    alone = json.loads(get(f"/api/v1/authorities/{one['code']}"))
    assert as_rows([alone], list(one)) == [one]
    page = plain(get(f"/authorities/{one['code']}?lang=en").decode())
    tiles = ("due", "Answers that fell due"), ("on_time", "On time"), ("late", "Late")
    assert all(f"{said(line[name])} {words}" in page for name, words in tiles)
    assert f"{said(one['answers.overdue_now'])} Overdue now" in page
    return len(due)


def check_statistics(get: Get, files: dict[str, tuple[Rows, Rows]], chance: random.Random) -> int:
    """The statistics of a selection: page, CSV and JSON; and of all petitions the API too."""
    asked = {}
    if chance.random() < 0.7:
        asked["state"] = chance.choice([state.value for state in LISTED])
    if chance.random() < 0.2:
        asked["authority"] = chance.choice([row["authority.code"] for row in files["petitions"][0]])
    csvs = {
        name: table(get(f"/statistics/{name}.csv?{urlencode(asked | {'lang': 'en'})}")) for name in SHEETS
    }
    for name, rows in csvs.items():
        body = json.loads(get(f"/statistics/{name}.json?{urlencode(asked | {'lang': 'en'})}"))
        assert as_rows(body["items"], body["columns"]) == rows, (name, asked)
    shown = tables_of(get(f"/statistics?{urlencode(asked | {'lang': 'en'})}"))
    if shown:
        same_on_page(shown, csvs)
    if not asked:
        same_in_api(json.loads(get("/api/v1/statistics?lang=en")), csvs)
    return len(shown)


def same_on_page(shown: dict[str, list[list[str]]], csvs: dict[str, Rows]) -> None:
    """The tables of the page have the rows of the CSV."""
    areas = [
        [
            r["name"],
            said(r["per_1000"]) or "—",
            said(r["count"]) or "not shown",
            said(r["population"]) or "—",
            said(r["petitions"]),
        ]
        for r in csvs["areas"]
    ]
    assert shown.get("Signatures for each 1,000 residents", areas) == areas
    strong = [
        [
            r["name"],
            r["title"].removeprefix("'"),
            *map(said, (r["count"], r["per_1000"], r["national_per_1000"])),
        ]
        for r in csvs["strong"]
    ]
    assert [line[:5] for line in shown["Unusually strong here"] if len(line) > 1] == strong
    months = [said(r["petitions"]) for r in csvs["petitions"]]
    assert [line[2] for line in shown["Petitions by month and state"]] == months
    refusals = sorted((r["title"], said(r["petitions"])) for r in csvs["refusals"])
    assert sorted(map(tuple, shown.get("Reasons of refusal", []))) == refusals
    stages = [said(r["finished"]) for r in csvs["stages"]]
    assert [line[1] for line in shown.get("Time in each stage", [])] == stages
    days = [[day(r["day"]), *map(said, list(r.values())[1:])] for r in reversed(csvs["funnel"][-31:])]
    assert shown["From the form to the count"] == days
    times = [[said(r["petition"]), day(r["met_on"]), said(r["days"])] for r in csvs["answer_times"]]
    drawn = shown.get("Time to answer against the limit", [])
    assert [[line[0], line[2], line[3]] for line in drawn] == times
    answers = [[said(r[n]) for n in ("due", "given", "late")] for r in csvs["answers"]]
    assert [line[1:4] for line in shown["Time to answer, by authority"] if len(line) > 1] == answers


def same_in_api(body: dict[str, Any], csvs: dict[str, Rows]) -> None:
    """The API's blocks have the rows of the tables, under names of their own."""
    renamed = {"petitions": {"n": "petitions"}, "refusals": {"n": "petitions"}, "stages": {"n": "finished"}}
    for name in ("areas", "funnel", "petitions", "refusals", "stages"):
        names = renamed.get(name, {})
        rows = [
            {names.get(key, key): as_text(value) for key, value in row.items()} for row in body[name]["rows"]
        ]
        kept = [{key: row[key] for key in rows[0]} for row in csvs[name]]
        assert kept == rows[-len(kept) :], name
    everybody = next(row for row in csvs["answers"] if row["authority"] == "_all")
    for name in ("due", "given", "on_time", "late", "share_on_time", "median_days"):
        assert as_numbers(everybody)[name] == body["answers"][name], name


CHECKS = (check_petitions, check_days, check_areas, check_terms, check_bodies, check_statistics)


def test_200_random_selections_are_equal_everywhere(get: Get, files: dict[str, tuple[Rows, Rows]]) -> None:
    chance = random.Random(6)
    met = dict.fromkeys(CHECKS, 0)
    for n in range(200):
        check = CHECKS[n % len(CHECKS)]
        met[check] += check(get, files, chance)
    assert all(met.values()), met
    check_statistics(get, files, _Never())


class _Never(random.Random):
    """Chooses no filter."""

    def random(self) -> float:
        return 1.0


def test_the_files_are_the_whole_lists(get: Get, files: dict[str, tuple[Rows, Rows]]) -> None:
    for name, path in (("petitions", "petitions"), ("terms", "terms"), ("authorities", "authorities")):
        assert len(items(get, f"/api/v1/{path}", limit=100)) == len(files[name][0]) == len(files[name][1])


def test_no_public_door_has_anything_of_any_signer(demo: Flask, crawled: Crawled) -> None:
    secrets = _secrets(demo)
    seen, met = crawled
    assert len(seen) > 400
    missed = public_endpoints(demo) - met - NOT_IN_THE_DEMO
    assert not missed, f"the crawl found no way to: {sorted(missed)}"
    contents = {path: answer.data + str(answer.headers).encode() for path, answer in seen.items()}
    found = {path: hits for path, content in contents.items() if (hits := traces(path, content, *secrets))}
    assert found == {}


def test_the_watch_would_see_a_signer(demo: Flask) -> None:
    marks, uids = _secrets(demo)
    uid = next(iter(uids))
    for content in (marked_name(7).encode(), b"signer7@people.example", uid.hex().encode(), b"\0" * 9 + uid):
        assert traces("/x.bin", content, marks, uids)


def _secrets(app: Flask) -> tuple[set[bytes], set[bytes]]:
    """Contacts of accounts, and uids and numbers of signatures."""
    with app.app_context(), reading(SYSTEM) as w:
        accounts = w.session.execute(select(Account.id, Account.email_enc)).all()
        mails = {w.keys.open_text("account", sealed, email_place(id_)).encode() for id_, sealed in accounts}
        rows = w.session.execute(select(Signature.uid, Signature.id)).all()
    assert len(rows) > 5_000 and len(mails) > 40
    mails.discard(CONTROLLER.email.encode())  # the named contact of the site
    return mails | {str(row.id).encode() for row in rows}, {bytes(row.uid) for row in rows if row.uid}


NUMBERS = re.compile(rb"\d{12,}")
HEX = re.compile(rb"[0-9a-f]{64}")
SIGNER = re.compile("Қолқоюшы|Жасырынұлы|signer[0-9]+@".encode(), re.IGNORECASE)
MAIL = re.compile(rb"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")


def traces(path: str, content: bytes, marks: set[bytes], uids: set[bytes]) -> set[bytes]:
    """What of the secrets stands in a content, and in what is packed in it."""
    found: set[bytes] = set()
    for part in insides(path.partition("?")[0], content):
        found |= set(SIGNER.findall(part)) | (set(NUMBERS.findall(part)) | set(MAIL.findall(part))) & marks
        found |= {one for one in HEX.findall(part) if bytes.fromhex(one.decode()) in uids}
        if (
            not path.partition("?")[0].endswith((".csv", ".json", ".atom", ".ics"))
            and b"<html" not in part[:99]
        ):
            found |= {part[n : n + 32] for n in range(len(part) - 31)} & uids
    return found


# The demo announces no discussion; the catalogue of components is no page of the site and has no data.
NOT_IN_THE_DEMO = {"casework.calendar", "design.show"}
