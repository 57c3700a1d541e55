"""What the files say: valid by their own description, equal to the API, no formula, and nobody's data."""

import html
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from core.config import ROOT
from core.work import SYSTEM, work
from opendata.dictionary import TITLES, markdown
from opendata.files import FILES
from opendata.publishing import export, publish
from opendata.tables import TABLES
from petitions.domain.lifecycle import State
from petitions.models.keys import identity_key, seal_field
from petitions.models.petition import FrozenCount
from petitions.models.signature import Signature
from tests.conftest import Clock, copied
from tests.factories import GOVERNMENT, a_petition, an_author
from tests.opendata import a_country, as_numbers, as_text, clear, data_folder, insides, sheet, table

FORMULAS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", ";=1", " =1"),
    *("＝1+1", "－1", "＋1", "＠x", "−2", "\u200b=1"),
)
Rows = list[dict[str, str]]


@pytest.fixture(autouse=True)
def nothing_made(app: Flask) -> Iterator[None]:
    clear(app)
    yield
    clear(app)


def quiet(_name: str, _rows: int) -> None:
    return None


@pytest.fixture
def country(app: Flask, clock: Clock, tmp_path: Path) -> Path:
    """The exported files of a small country."""
    a_country(clock)
    export(tmp_path / "set", quiet)
    return tmp_path / "set"


def validated(*what: str, folder: Path) -> dict[str, Any]:
    """What frictionless says, in a process of its own: it brings warnings that are not ours."""
    program = [sys.executable, "-W", "ignore", "-m", "frictionless", "validate", "--json", *what]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    return dict(json.loads(done.stdout))


def test_frictionless_finds_no_fault_in_folder_archive_and_older_version(app: Flask, country: Path) -> None:
    old = next(data_folder(app).glob("2026-*"))
    for folder in (country, old):
        for what in (("datapackage.json",), ("--type", "package", "dauys.zip")):
            report = validated(*what, folder=folder)
            assert report["valid"], report
            rows = {task["name"]: task["stats"]["rows"] for task in report["tasks"]}
            assert set(rows) == {one.name for one in TABLES}
            assert (
                rows["petitions"] == 5
                and rows["signatures_by_area"] == 4 * 21
                and rows["signatures_daily"] > 5
            )


def test_frictionless_would_find_a_fault(country: Path) -> None:
    path = country / "terms.csv"
    path.write_bytes(path.read_bytes().replace(b"working_days", b"working_dais", 1))
    assert not validated("datapackage.json", folder=country)["valid"]


def test_the_description_says_licence_controller_rule_and_every_column_in_three_languages(
    country: Path,
) -> None:
    package = json.loads((country / "datapackage.json").read_text())
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert package["contributors"][0]["title"] == "Сәуле Үлгіева"
    assert package["disclosure"]["k"] == 10
    assert all(set(rule) == {"en", "kk", "ru"} for rule in package["disclosure"]["rules"])
    assert re.fullmatch("[0-9a-f]{64}", package["version"]) and package["created"] == "2026-11-27T05:00:00Z"
    assert package["frozen_through"] == "2026-11-26"
    assert "invented" in {one["title"] for one in package["sources"]}
    for one in package["resources"]:
        assert one["bytes"] == (country / one["path"]).stat().st_size
        assert (country / one["alternatives"][0]["path"]).exists()
        for field in one["schema"]["fields"]:
            assert field["title"] != field["name"] and len(field["description"]) > 10
            assert {"title", "description"} == set(field["i18n"]["kk"]) == set(field["i18n"]["ru"])


def test_every_column_has_a_title() -> None:
    assert {column.name for one in TABLES for column in one.columns} == set(TITLES)


def test_the_document_is_current(app: Flask) -> None:
    assert (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == markdown()


def every_page(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    following: str | None = f"/api/v1/{address}"
    while following:
        page = client.get(following.removeprefix("http://localhost")).get_json()
        found, following = found + page["items"], page["next"]
    return found


def flat(item: dict[str, Any], names: list[str]) -> dict[str, str]:
    """An object of the API as a row of a table."""
    made = {}
    for name in names:
        value: Any = item
        for part in name.split("."):
            value = None if value is None else value[part]
        made[name] = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else as_text(value)
    return made


def test_api_tables_and_workbooks_are_equal_for_200_random_selections(
    client: FlaskClient, country: Path
) -> None:
    csvs = {one.name: table((country / f"{one.name}.csv").read_bytes()) for one in TABLES}
    sheets = {one.name: sheet((country / f"{one.name}.xlsx").read_bytes()) for one in TABLES}
    package = json.loads((country / "datapackage.json").read_text())
    for one in package["resources"]:
        assert one["rows"] == len(csvs[one["name"]]) == len(sheets[one["name"]])
    chance = random.Random(6)
    shown = {"petitions": 0, "daily": 0, "areas": 0, "terms": 0, "authorities": 0}
    for _ in range(200):
        kind = chance.choice(sorted(shown))
        address, name, fits = selection(kind, chance, csvs["petitions"])
        names = [
            column for column in csvs[name][0] if not (kind in {"daily", "areas"} and column == "petition")
        ]
        found = [flat(item, names) for item in every_page(client, address)]
        chosen = [[{n: row[n] for n in names} for row in rows[name] if fits(row)] for rows in (csvs, sheets)]
        assert chosen[0] == found, address
        assert [as_numbers(row) for row in chosen[1]] == [as_numbers(row) for row in found], address
        shown[kind] += len(found)
    assert all(shown.values()), shown


def selection(
    kind: str, chance: random.Random, petitions: Rows
) -> tuple[str, str, Callable[[dict[str, str]], bool]]:
    """An address of the API, the table that has the same rows, and which of them."""
    number = chance.choice([row["id"] for row in petitions if row["state"] != "refused"])
    body = chance.choice(["", GOVERNMENT, "akimat-ulgi"])
    if kind == "daily":
        return (
            f"petitions/{number}/signatures/daily",
            "signatures_daily",
            lambda row: row["petition"] == number,
        )
    if kind == "areas":
        return (
            f"petitions/{number}/signatures/areas",
            "signatures_by_area",
            lambda row: row["petition"] == number,
        )
    if kind == "authorities":
        return f"authorities?limit={chance.randint(5, 1000)}", "authorities", lambda _row: True
    state, limit = chance.choice(["", *STATES[kind]]), chance.randint(1, 100)
    column = "authority.code" if kind == "petitions" else "authority"
    address = f"{kind}?state={state}&authority={body}&limit={limit}"
    return address, kind, lambda row: state in {"", row["state"]} and body in {"", row[column]}


STATES = {
    "petitions": ("collecting", "under_review", "answered", "lapsed", "refused"),
    "terms": ("met", "running", "cancelled", "late"),
}


def test_no_cell_of_any_file_is_a_formula(app: Flask, tmp_path: Path) -> None:
    for text in FORMULAS:
        a_petition(title=f"{text} дейік", author=an_author(full_name=f"{text} Үлгі"))
    publish_and_check(tmp_path)


def publish_and_check(folder: Path) -> None:
    export(folder / "set", quiet)
    for one in TABLES:
        book = openpyxl.load_workbook(folder / "set" / f"{one.name}.xlsx")
        cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
        assert cells and not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
        rows = table((folder / "set" / f"{one.name}.csv").read_bytes())
        texts = [text for row in rows for text in row.values()] + [str(cell.value) for cell in cells]
        unseen = " \t\r\n\u200b"
        assert not [text for text in texts if text.strip(unseen)[:1] in set("=+-@＝＋－＠−") - {""} and text]
    titles = {row["title"] for row in table((folder / "set" / "petitions.csv").read_bytes())}
    assert "'=1+1 дейік" in titles


def test_nothing_of_any_signer_is_in_any_file(app: Flask, client: FlaskClient, clock: Clock) -> None:
    a_country(clock)
    secrets = {b"mail.example"}
    with work(SYSTEM) as w:
        for n, row in enumerate(w.session.scalars(select(Signature))):
            name = f"Қолқоюшы{n} Жасырынұлы{n}"
            key = identity_key(w, row.petition_id)
            row.name = seal_field(key, name, row.petition_id, row.id, "name")
            secrets |= {name.encode(), f"Жасырынұлы{n}".encode(), row.uid.hex().encode(), row.uid, row.name}
            secrets |= {str(row.id).encode(), row.contact or b"?" * 40}
        assert n > 300
    publish()
    files = {name: client.get(f"/data/{name}").data for name in FILES}
    files |= {f"2026-11-27/{name}": client.get(f"/data/2026-11-27/{name}").data for name in FILES}
    files |= {path.name: path.read_bytes() for path in data_folder(app).rglob("*") if path.is_file()}
    for name, content in files.items():
        for part in insides(name, content):
            assert not [secret for secret in secrets if secret in part], name


MANY = 200_000
EXPORT = """
import sys
from pathlib import Path
from app import create_app
from opendata.publishing import export
from petitions.rulebooks import load_terms
from petitions.rulebooks.calendars import calendar_for

def peak():
    # Not getrusage: it begins with the size of the process that started this one.
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

app = create_app()
# The holidays are loaded once, however much is written.
calendar_for(load_terms(app.extensions["dauys"].settings.rulebook)[0])
before = peak()
with app.app_context():
    export(Path(sys.argv[1]), lambda *_: None)
sys.stdout.write(f"{before} {peak()}")
"""


def test_200_000_frozen_days_are_written_with_flat_memory(app: Flask, tmp_path: Path) -> None:
    petitions = [a_petition(State.COLLECTING) for _ in range(100)]
    each = MANY // len(petitions)
    first = date(2026, 11, 23)  # the day of opening: no row is listed of a day before it
    with work(SYSTEM) as w:
        for id_ in petitions:
            rows = [
                {
                    "petition_id": id_,
                    "day": first + timedelta(days=n),
                    "counted": 10 * (n + 1),
                    "residents": 0,
                }
                for n in range(each)
            ]
            w.session.execute(insert(FrozenCount), rows)
    settings = app.extensions["dauys"].settings
    environment = os.environ | {
        "DAUYS_DATABASE_URL": f"sqlite:///{copied(settings.database_url, tmp_path)}",
        "DAUYS_VAR_DIR": str(tmp_path),
        "DAUYS_KEY_FILE": str(settings.key_file),
        "PYTHONPATH": str(ROOT),
    }
    program = [sys.executable, "-c", EXPORT, str(tmp_path / "set")]
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "set" / "signatures_daily.csv").open() as lines:
        assert sum(1 for _ in lines) == MANY + 1
    before, peak = (int(kilobytes) for kilobytes in done.stdout.splitlines()[-1].split())
    assert peak - before < 20_000 and peak < 200 * 1024


def test_three_charts_are_drawn_from_the_files_alone(country: Path, tmp_path: Path) -> None:
    script = ROOT / "docs" / "examples" / "three_charts.py"
    for source in (country, country / "dauys.zip"):
        target = tmp_path / source.name
        program = [sys.executable, "-I", str(script), str(source), str(target)]
        subprocess.run(program, check=True, capture_output=True)
        drawn = {path.name: path.read_text() for path in target.glob("*.svg")}
        assert set(drawn) == {"signatures_by_month.svg", "signatures_per_1000.svg", "answers.svg"}
        assert all(svg.startswith("<svg") and "<title" in svg and "<rect" in svg for svg in drawn.values())
    months = table((country / "signatures_daily.csv").read_bytes())
    total = sum(int(row["count"]) for row in months)
    assert f"{total:,}" in drawn["signatures_by_month.svg"]


def test_the_example_of_the_guide_runs_on_the_files(client: FlaskClient, country: Path) -> None:
    page = client.get("/help/data?lang=en").get_data(as_text=True)
    code = re.search(r'data-example="python"><code>(.*?)</code>', page, re.S)
    assert code
    text = html.unescape(code[1]).replace("http://localhost/data/", country.as_uri() + "/")
    done = subprocess.run([sys.executable, "-I", "-c", text], capture_output=True, text=True, check=True)
    assert re.match(r"2026-11 \d+", done.stdout)
