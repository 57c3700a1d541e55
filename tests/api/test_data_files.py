"""The files of the open data: made whole or not at all, kept by day, and given with their names and hashes."""

import gzip
import hashlib
import io
import json
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import feedparser
import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import jobs
from opendata import files, publishing, shelf
from opendata.files import FILES
from opendata.publishing import publish
from petitions.domain.lifecycle import State
from tests.conftest import Clock
from tests.factories import a_petition, an_author, some_signatures
from tests.opendata import a_country, clear, data_folder, pass_a_day, table

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PAGES = ("/data/?lang=en", "/data/dictionary?lang=en", "/help/data?lang=en", "/feeds/data.atom?lang=en")


@pytest.fixture(autouse=True)
def nothing_made(app: Flask) -> Iterator[None]:
    clear(app)
    yield
    clear(app)


def got(client: FlaskClient, name: str, day: str = "", status: int = 200) -> bytes:
    response = client.get(f"/data/{day}/{name}" if day else f"/data/{name}")
    assert response.status_code == status, name
    return response.data


def the_set(client: FlaskClient, day: str = "") -> dict[str, bytes]:
    return {name: got(client, name, day) for name in FILES}


def test_before_the_first_run_the_page_says_when_and_the_files_are_not_there(client: FlaskClient) -> None:
    page = client.get("/data/?lang=en")
    assert page.status_code == 200
    assert "made once a day" in page.get_data(as_text=True)
    assert all(client.get(address).status_code == 200 for address in PAGES)
    assert [got(client, name, status=404) for name in FILES]
    assert client.get("/data/2026-11-23/").status_code == 404
    assert feedparser.parse(client.get("/feeds/data.atom").data).entries == []


def test_every_file_has_its_type_its_name_and_its_hash(client: FlaskClient, clock: Clock) -> None:
    a_country(clock)
    assert publish()
    version = shelf.newest()
    assert version is not None
    page = client.get("/data/?lang=en").get_data(as_text=True)
    for name in FILES:
        response = client.get(f"/data/{name}")
        digest = hashlib.sha256(response.data).hexdigest()
        assert response.headers["ETag"] == f'"{digest}"'
        assert digest == version.files[name].sha256 and digest in page
        assert int(response.headers["Content-Length"]) == len(response.data) == version.files[name].bytes
        assert response.headers["Content-Type"] == TYPES[name.partition(".")[2]]
        assert name in response.headers["Content-Disposition"]
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cache-Control"].startswith("public")
        assert "Cookie" not in response.headers["Vary"] and "Set-Cookie" not in response.headers


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
def test_who_has_the_file_gets_304_compressed_or_not(client: FlaskClient, encoding: str) -> None:
    a_petition(signatures=30)
    publish()
    asked = {"Accept-Encoding": encoding}
    first = client.get("/data/petitions.csv", headers=asked)
    assert first.headers.get("Content-Encoding", "identity") == encoding
    if encoding == "gzip":
        assert gzip.decompress(first.data) == got(client, "petitions.csv")
    again = client.get("/data/petitions.csv", headers=asked | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"].partition(":")[0].strip('"') in first.headers["ETag"]
    other = client.get("/data/petitions.csv", headers=asked | {"If-None-Match": '"something-else"'})
    assert other.status_code == 200
    for tag in ('""', 'W/""', "", '"', "*, a"):
        no_copy = client.get("/data/petitions.csv", headers=asked | {"If-None-Match": tag})
        assert no_copy.status_code == 200, tag
    head = client.head("/data/petitions.csv", headers=asked)
    assert (head.status_code, head.data) == (200, b"")


def test_the_page_shows_every_file_with_its_rows_and_the_versions_by_day(
    client: FlaskClient, clock: Clock
) -> None:
    a_country(clock)
    publish()
    pass_a_day(clock)
    publish()
    page = client.get("/data/?lang=en").get_data(as_text=True)
    assert all(f'href="/data/{name}"' in page for name in FILES)
    assert "/data/2026-11-28/?lang=en" in page and "/data/2026-11-27/?lang=en" in page
    old = client.get("/data/2026-11-27/?lang=en").get_data(as_text=True)
    assert all(f'href="/data/2026-11-27/{name}"' in old for name in FILES)


def test_only_listed_petitions_are_in_the_files(client: FlaskClient) -> None:
    ids = {state: a_petition(state) for state in State}
    publish()
    listed = {"collecting", "under_review", "answered", "lapsed", "withdrawn", "refused"}
    rows = table(got(client, "petitions.csv"))
    assert {row["state"] for row in rows} == listed
    hidden = {str(id_) for state, id_ in ids.items() if state.value not in listed}
    for name in ("signatures_daily.csv", "signatures_by_area.csv", "terms.csv"):
        assert not hidden & {row["petition"] for row in table(got(client, name))}


def test_names_stand_in_the_newest_files_only(client: FlaskClient, clock: Clock) -> None:
    petition = a_petition(author=an_author(full_name="Зейнеп Үлгіқызы"), title="Үлгі көпірі жөнделсін")
    publish()
    today = {name: got(client, name, "2026-11-23") for name in FILES}
    assert "Зейнеп Үлгіқызы" in got(client, "petitions.csv").decode()
    row = table(today["petitions.csv"])[0]
    assert (row["id"], row["author.name"], row["title"], row["co_authors"]) == (str(petition), "", "", "[]")
    assert row["author.id"]
    pass_a_day(clock)
    publish()
    # Those of a day never change, and no copy of the names is left but the newest.
    assert {name: got(client, name, "2026-11-23") for name in FILES} == today
    folder = data_folder(client.application)
    assert len(list(folder.glob("*/named"))) == 1
    old = next(path for path in folder.glob("2026-11-23-*"))
    texts = [path.read_bytes() for path in old.rglob("*") if path.is_file()]
    assert not any("Үлгіқызы".encode() in text for text in texts)


def test_the_same_day_has_one_version_and_only_if_something_changed(client: FlaskClient, app: Flask) -> None:
    petition = a_petition(signatures=3)
    assert publish()
    before = the_set(client)
    assert not publish()
    assert the_set(client) == before
    some_signatures(petition, 2)
    assert publish()
    assert the_set(client) != before
    assert len([path for path in data_folder(app).iterdir() if path.is_dir()]) == 1
    assert len(feedparser.parse(client.get("/feeds/data.atom").data).entries) == 1


def test_the_same_moment_gives_the_same_bytes(client: FlaskClient, app: Flask, clock: Clock) -> None:
    a_country(clock)
    publish()
    first = the_set(client)
    clear(app)
    publish()
    assert the_set(client) == first


def test_export_gives_the_bytes_that_are_served_twice(
    client: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    a_petition(signatures=12)
    runner = app.test_cli_runner()
    for name in ("one", "two"):
        done = runner.invoke(args=["data", "export", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert "petitions.csv: 1 rows" in done.output
        written = {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        assert written == the_set(client)


def test_export_says_what_is_wrong_with_the_folder(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = app.test_cli_runner().invoke(args=["data", "export", str(tmp_path / "file" / "below")])
    assert done.exit_code == 1
    assert "Nothing was exported" in done.output


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (publishing, "write_tables"),
        (publishing, "write_bare"),
        (publishing, "write_sheet"),
        (publishing, "write_archive"),
        (publishing, "settle"),
        (shelf, "_replace"),
    ],
)
def test_a_crash_in_the_middle_leaves_the_old_set_whole(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    petition = a_petition(signatures=3)
    publish()
    before = the_set(client)
    some_signatures(petition, 1)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(module, name, full)
        with pytest.raises(OSError, match="No space"):
            publish()
    assert the_set(client) == before
    assert not list(data_folder(app).glob("making-*"))
    assert publish()
    assert the_set(client) != before


def test_what_a_killed_maker_left_is_cleared_away(client: FlaskClient, app: Flask) -> None:
    a_petition()
    left = data_folder(app) / "making-killed"
    left.mkdir(parents=True)
    (left / "petitions.csv").write_text("half")
    publish()
    assert not left.exists()
    assert b"half" not in got(client, "petitions.csv")


def test_readers_see_one_whole_set_while_makers_race(app: Flask) -> None:
    petition = a_petition(signatures=5)
    publish()
    over, faults = threading.Event(), []

    def make() -> None:
        with app.app_context():
            for _ in range(3):
                some_signatures(petition, 1)
                publish()

    def watch() -> None:
        with app.app_context():
            while not over.is_set():
                faults.extend(faults_of_the_archive())

    makers = [threading.Thread(target=make) for _ in range(2)]
    watchers = [threading.Thread(target=watch) for _ in range(2)]
    for thread in (*watchers, *makers):
        thread.start()
    for thread in makers:
        thread.join()
    over.set()
    for thread in watchers:
        thread.join()
    assert faults == []


def faults_of_the_archive() -> list[str]:
    """What a reader finds wrong who opens the archive now."""
    found = shelf.open_file(None, "dauys.zip")
    if found is None:
        return ["no file"]
    version, opened = found
    with opened:
        content = opened.read()
    if hashlib.sha256(content).hexdigest() != version.files["dauys.zip"].sha256:
        return ["not the file of its version"]
    return mixed(content)


def mixed(content: bytes) -> list[str]:
    """The tables of an archive whose hash is not the one of its description."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        package = json.loads(archive.read("datapackage.json"))
        return [
            one["name"]
            for one in package["resources"]
            if one["hash"] != f"sha256:{hashlib.sha256(archive.read(one['path'])).hexdigest()}"
        ]


def _no_index(folder: Path) -> None:
    (folder / "index.json").unlink()


def _odd_index(folder: Path) -> None:
    (folder / "index.json").write_text('{"versions": {"2026-11-23": 5, "x": null}, "current": ["y"]}')


def _index_of_nothing(folder: Path) -> None:
    (folder / "index.json").write_text("null")


def _torn_index(folder: Path) -> None:
    (folder / "index.json").write_text('{"versions": {')


def _index_is_a_folder(folder: Path) -> None:
    _no_index(folder)
    (folder / "index.json").mkdir()


def _no_folder(folder: Path) -> None:
    for path in folder.glob("2026-*"):
        shutil.rmtree(path)


def _no_manifest(folder: Path) -> None:
    for path in folder.glob("2026-*/manifest.json"):
        path.unlink()


def _odd_manifest(folder: Path) -> None:
    for path in folder.glob("2026-*/manifest.json"):
        path.write_text('{"day": "2026-11-23", "named": [], "kept": 3}')


def _no_files(folder: Path) -> None:
    for path in folder.glob("2026-*/*.csv"):
        path.unlink()


@pytest.mark.parametrize(
    "damage",
    [
        _no_index, _odd_index, _index_of_nothing, _torn_index, _no_folder, _no_manifest, _odd_manifest, _no_files,
    ],
)  # fmt: skip
def test_whatever_is_broken_there_is_no_5xx_and_the_next_run_mends_it(
    client: FlaskClient, app: Flask, damage: Callable[[Path], None]
) -> None:
    a_petition()
    publish()
    whole = the_set(client)
    damage(data_folder(app))
    for address in (*PAGES, "/data/2026-11-23/", *(f"/data/{name}" for name in FILES)):
        assert client.get(address).status_code in {200, 404}, address
    publish()
    assert the_set(client) == whole


def test_older_versions_outlive_a_lost_index(client: FlaskClient, app: Flask, clock: Clock) -> None:
    a_petition()
    publish()
    old = the_set(client, "2026-11-23")
    pass_a_day(clock)
    _torn_index(data_folder(app))
    publish()
    assert the_set(client, "2026-11-23") == old


def test_days_are_kept_for_a_quarter_and_firsts_of_months_for_five_years() -> None:
    today = date(2026, 11, 23)
    days = [today - timedelta(days=n) for n in range(3000)]
    kept = shelf.kept_days(days, today)
    assert {day for day in days if (today - day).days < 92} <= kept
    older = sorted(day for day in kept if (today - day).days >= 92)
    assert all(day.day == 1 for day in older)
    assert older[0] == date(2021, 11, 1)
    late = [date(2026, 3, 5), date(2026, 3, 9)]
    assert shelf.kept_days(late, today) == {date(2026, 3, 5)}


def test_old_versions_leave_the_disk(client: FlaskClient, app: Flask, clock: Clock) -> None:
    a_petition()
    for _ in range(2):
        publish()
        pass_a_day(clock)
    clock.now += timedelta(days=120)
    publish()
    days = sorted(path.name[:10] for path in data_folder(app).glob("20*"))
    assert days == ["2026-11-23", "2027-03-25"]
    assert client.get("/data/2026-11-24/petitions.csv").status_code == 404


def test_the_job_runs_once_a_day_and_after_the_days_are_frozen(client: FlaskClient, clock: Clock) -> None:
    a_petition()
    assert not jobs.is_due("data_files")
    jobs.run_named("freeze")
    assert jobs.is_due("data_files")
    assert jobs.run_if_due("data_files") == 1
    assert jobs.run_if_due("data_files") == 0
    assert client.get("/data/petitions.csv").status_code == 200
    names = [entry.name for entry in jobs.registered()]
    assert names.index("freeze") < names.index("data_files")


def test_a_job_that_failed_rests_before_it_tries_again(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    jobs.run_named("freeze")
    with monkeypatch.context() as broken:
        broken.setattr(publishing, "settle", full)
        assert jobs.run_if_due("data_files") == 0
    assert not jobs.is_due("data_files")
    clock.now += timedelta(minutes=11)
    assert jobs.run_if_due("data_files") == 1


def test_the_feed_tells_of_new_files(client: FlaskClient, clock: Clock) -> None:
    a_petition()
    for _ in range(2):
        publish()
        pass_a_day(clock)
    found = feedparser.parse(client.get("/feeds/data.atom?lang=en").data)
    assert not found.bozo
    assert [entry.link for entry in found.entries] == [
        f"http://localhost/data/2026-11-{day}/" for day in (24, 23)
    ]
    assert found.entries[0].updated == "2026-11-24T05:00:00Z"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_pages_are_sound_in_three_languages(client: FlaskClient, language: str) -> None:
    a_petition()
    publish()
    for address in ("/data/", "/data/2026-11-23/", "/data/dictionary", "/help/data"):
        page = client.get(f"{address}?lang={language}")
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.get_data(as_text=True)


def test_addresses_that_are_no_day_are_no_page(client: FlaskClient) -> None:
    for address in (
        "/data/2026-13-01/",
        "/data/dictionary/",
        "/data/2026-11-23/other.csv",
        "/data/index.json",
    ):
        assert client.get(address).status_code == 404


def test_a_longer_table_goes_on_in_a_further_sheet_and_a_longer_text_is_cut(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        a_petition(title=f"{n} " + "ұзақ " * 40)
    monkeypatch.setattr(files, "MOST_ROWS", 3)
    monkeypatch.setattr(files, "MOST_SIGNS", 50)
    publish()
    book = openpyxl.load_workbook(io.BytesIO(got(client, "petitions.xlsx")))
    assert [sheet.max_row for sheet in book.worksheets] == [3, 3, 2]
    assert len(str(book.worksheets[2]["D2"].value)) == 50
