"""Ready pages: once for a storm, at once after a change, never anybody's own, and nothing of the sender in them."""

import gzip
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, update
from werkzeug.test import TestResponse

from core.access import access_of
from core.db import db
from core.page_cache import AWAY_SECONDS, FRESH_SECONDS, STALE_SECONDS, PageCache
from core.web import PUBLIC_SECONDS
from core.work import SYSTEM, work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition
from tests.factories import VILLAGE_BODY, a_petition, an_author, sign_in
from tests.signing_pages import send
from tests.web.test_writing import fill

KAZAKH, ENGLISH = {"Accept-Language": "kk"}, {"Accept-Language": "en"}


class Watch:
    """A clock of the cache that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    """The cache's clock."""
    return Watch()


@pytest.fixture
def cache(app: Flask, watch: Watch) -> Iterator[PageCache]:
    """The app's cache, turned on and empty."""
    found: PageCache = app.extensions["dauys_pages"]
    real, found.clock = found.clock, watch
    app.config["PAGE_CACHE"] = True
    found.clear()
    yield found
    found.clear()
    found.clock = real
    app.config["PAGE_CACHE"] = False


class Reader(FlaskClient):
    """A program that sends the headers it is told to, cookies too, and takes compressed answers."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request outside the test's own context, whose `g` all would share."""
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    """Such a program."""
    return Reader(app, app.response_class, use_cookies=False)


@pytest.fixture
def renders(cache: PageCache) -> Iterator[Callable[[], int]]:
    """How many pages were made since the last call."""
    seen = cache.figures()["rendered"]

    def since() -> int:
        nonlocal seen
        before, seen = seen, cache.figures()["rendered"]
        return seen - before

    yield since


def retitle(petition_id: int, title: str, *, elsewhere: bool = False) -> None:
    """Another title; `elsewhere` is another process, whose work this one does not hear of."""
    with work(SYSTEM, shows=not elsewhere) as w:
        w.session.execute(update(Petition).where(Petition.id == petition_id).values(title=title))


def test_a_page_is_made_once_for_each_language_however_it_was_chosen(
    reader: FlaskClient, renders: Callable[[], int]
) -> None:
    path = f"/petitions/{a_petition(title='Жаңа кітапхана салынсын')}"
    ways = [
        {"Accept-Language": "kk-KZ, ru;q=0.8"},
        {"Accept-Language": "de, kk;q=0.4, en;q=0.1"},
        {"Accept-Language": "ru", "Cookie": "other=1; lang=kk"},
        {"Accept-Language": "ru", "Cookie": "dauys=x.y.z; lang=kk"},
        {},
    ]
    bodies = {reader.get(path, headers=way).data for way in ways}
    assert len(bodies) == 1 and b'<html lang="kk">' in bodies.pop()
    assert renders() == 1
    for headers, language in (
        (ENGLISH, "en"),
        ({"Accept-Language": "xx, ru;q=0.1"}, "ru"),
        ({"Accept-Language": "ru", "Cookie": "lang=en"}, "en"),
        ({"Accept-Language": "ru", "Cookie": "lang=de"}, "ru"),
        ({"Accept-Language": "ru;q=0, en"}, "en"),
        ({"Accept-Language": ";;q=,=\xff" * 500}, "kk"),
    ):
        response = reader.get(path, headers=headers)
        assert f'<html lang="{language}">' in response.get_data(as_text=True)
        assert {"Accept-Language", "Cookie", "Accept-Encoding"} <= set(response.headers["Vary"].split(", "))
    assert renders() == 2
    for headers in (KAZAKH, ENGLISH, {"Cookie": "lang=en"}):
        assert b'<html lang="ru">' in reader.get(f"{path}?lang=ru", headers=headers).data
    assert reader.get(f"{path}?lang=ru&lang=kk", headers=ENGLISH).data.count(b'<html lang="ru">') == 1
    api = f"/api/v1{path}"
    assert reader.get(api, headers=KAZAKH).data == reader.get(api, headers=ENGLISH).data


def test_a_change_is_seen_at_once_here_and_within_ten_seconds_elsewhere(
    client: FlaskClient, watch: Watch, renders: Callable[[], int]
) -> None:
    petition = a_petition(title="Бірінші атауы осындай")
    path = f"/petitions/{petition}"
    assert "Бірінші атауы" in client.get(path).get_data(as_text=True)
    retitle(petition, "Екінші атауы осындай")
    assert "Екінші атауы" in client.get(path).get_data(as_text=True)
    retitle(petition, "Үшінші атауы осындай", elsewhere=True)
    watch.now += PUBLIC_SECONDS - 1
    response = client.get(path)
    assert "Екінші атауы" in response.get_data(as_text=True)
    kept = dict(re.findall(r"([a-z-]+)=(\d+)", response.headers["Cache-Control"]))
    # What a cache on the way may still do with it counts from the same moment, by Age.
    assert int(response.headers["Age"]) == PUBLIC_SECONDS - 1
    assert int(kept["max-age"]) + int(kept["stale-while-revalidate"]) <= 10
    assert FRESH_SECONDS + STALE_SECONDS <= 10
    watch.now += 1
    assert "Үшінші атауы" in client.get(path).get_data(as_text=True)
    assert renders() == 3


def test_signing_leaves_ready_pages_and_the_total_follows(
    client: FlaskClient, watch: Watch, renders: Callable[[], int]
) -> None:
    petition = a_petition(signatures=12)
    path = f"/petitions/{petition}"
    client.get(path)
    assert send(client, f"{path}/sign").status_code == 303
    renders()
    client.get(path)
    assert renders() == 0


def test_what_no_page_shows_leaves_ready_pages(
    app: Flask, reader: FlaskClient, renders: Callable[[], int]
) -> None:
    number, author = a_petition(), sign_in(app.test_client(), an_author())
    reader.get(f"/petitions/{number}")
    assert renders() == 1
    begun = fill(author, "/petitions/new", authority=VILLAGE_BODY, action="begin")
    assert begun.status_code == 303
    assert (
        fill(author, begun.location, title="Ауыл мектебіне жаңа спортзал салынсын", language="kk").status_code
        == 303
    )
    renders()
    reader.get(f"/petitions/{number}")
    assert renders() == 0


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_was_taken_down_is_gone(
    client: FlaskClient, watch: Watch, elsewhere: bool, renders: Callable[[], int]
) -> None:
    petition = a_petition(title="Алынып тасталатын өтініш")
    paths = (f"/petitions/{petition}", f"/api/v1/petitions/{petition}")
    assert [client.get(path).status_code for path in paths] == [200, 200]
    with work(SYSTEM, shows=not elsewhere) as w:
        w.session.execute(
            update(Petition).where(Petition.id == petition).values(state=State.TAKEN_DOWN, ended_at=w.now)
        )
    if elsewhere:
        watch.now += 10
    renders()
    for _turn in range(3):
        for path in paths:
            response = client.get(path)
            assert response.status_code == 410
            assert "Алынып тасталатын" not in response.get_data(as_text=True)
    assert renders() == 2


def test_a_storm_makes_a_page_once(app: Flask, cache: PageCache, renders: Callable[[], int]) -> None:
    path = f"/petitions/{a_petition()}"
    gate, statuses = threading.Barrier(16), []

    def read() -> None:
        gate.wait()
        statuses.append(app.test_client().get(path, headers=KAZAKH).status_code)

    threads = [threading.Thread(target=read) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 16
    assert renders() == 1


def test_while_one_makes_a_page_anew_the_others_get_the_earlier_one(
    app: Flask, client: FlaskClient, cache: PageCache, watch: Watch
) -> None:
    petition = a_petition(title="Ескі атауы осындай екен")
    path = f"/petitions/{petition}"
    client.get(path)
    retitle(petition, "Жаңа атауы осындай екен", elsewhere=True)
    watch.now += FRESH_SECONDS
    begun, go_on = threading.Event(), threading.Event()

    def hold(*_given: object) -> None:
        begun.set()
        assert go_on.wait(20)

    made: list[str] = []
    leader = threading.Thread(target=lambda: made.append(app.test_client().get(path).get_data(as_text=True)))
    event.listen(db.engine, "before_cursor_execute", hold)
    try:
        leader.start()
        assert begun.wait(20)
        meanwhile = client.get(path).get_data(as_text=True)
    finally:
        go_on.set()
        leader.join()
        event.remove(db.engine, "before_cursor_execute", hold)
    assert "Ескі атауы" in meanwhile and "Жаңа атауы" in made[0]
    assert "Жаңа атауы" in client.get(path).get_data(as_text=True)


def test_tags_compression_and_head(reader: FlaskClient, renders: Callable[[], int]) -> None:
    path = f"/petitions/{a_petition()}"
    plain = reader.get(path)
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
    tags = {plain.headers["ETag"]}
    for asked, given in {
        "gzip": "gzip",
        "gzip, deflate, br": "br",
        "br;q=0, gzip": "gzip",
        "br;q=0.1, gzip;q=0.9": "gzip",
        "zstd, *": "br",
    }.items():
        response = reader.get(path, headers={"Accept-Encoding": asked})
        assert response.headers["Content-Encoding"] == given, asked
        assert unpack[given](response.data) == plain.data
        assert int(response.headers["Content-Length"]) == len(response.data)
        tags.add(response.headers["ETag"])
        head = reader.head(path, headers={"Accept-Encoding": asked})
        assert head.data == b"" and head.headers["Content-Length"] == response.headers["Content-Length"]
        for known in (
            response.headers["ETag"],
            "W/" + response.headers["ETag"],
            '"x", ' + response.headers["ETag"],
        ):
            again = reader.get(path, headers={"Accept-Encoding": asked, "If-None-Match": known})
            assert (again.status_code, again.data) == (304, b"")
            assert again.headers["ETag"] == response.headers["ETag"] and again.headers["Cache-Control"]
    assert len(tags) == 3
    assert reader.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert "Content-Encoding" not in reader.get(path, headers={"Accept-Encoding": "br;q=0, gzip;q=0"}).headers
    assert renders() == 1


def test_each_answer_has_its_own_number_and_all_its_headers(
    app: Flask, client: FlaskClient, cache: PageCache
) -> None:
    path = f"/petitions/{a_petition()}"
    answers = [client.get(path) for _ in range(3)]
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 3
    app.config["PAGE_CACHE"] = False
    bare = client.get(path)
    for answer in answers:
        for name in (
            "Content-Security-Policy",
            "X-Content-Type-Options",
            "Referrer-Policy",
            "Cache-Control",
            "ETag",
        ):
            assert answer.headers[name] == bare.headers[name]
        assert answer.data == bare.data


def test_nothing_of_the_sender_gets_into_a_page(app: Flask, reader: FlaskClient, cache: PageCache) -> None:
    petition = a_petition()
    app.config["PAGE_CACHE"] = False
    paths = (
        "/",
        "/petitions",
        f"/petitions/{petition}",
        f"/api/v1/petitions/{petition}",
        "/feeds/petitions.atom",
    )
    bare = {path: reader.get(path, headers=KAZAKH).data for path in paths}
    app.config["PAGE_CACHE"] = True
    evil = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Prefix": "/evil",
        "X-Original-URL": "/evil",
        "Origin": "https://evil.example",
        "Referer": "https://evil.example/",
        "User-Agent": "evil.example",
        "Cookie": "dauys=evil.example; session=evil.example",
        "Range": "bytes=0-1",
        "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
    }
    for path in paths:
        first = reader.get(path, headers=KAZAKH | evil)
        assert first.status_code == 200
        later = reader.get(path, headers=KAZAKH)
        assert first.data == later.data == bare[path]
        assert "evil" not in str(later.headers)
        assert "Set-Cookie" not in later.headers


def test_marks_of_sharing_are_no_pages_of_their_own(client: FlaskClient, renders: Callable[[], int]) -> None:
    path = f"/petitions/{a_petition()}"
    client.get(path)
    for mark in ("fbclid=abc", "utm_source=x&utm_medium=y", "gclid=1&yclid=2"):
        text_ = client.get(f"{path}?{mark}").get_data(as_text=True)
        assert "fbclid" not in text_ and "utm_" not in text_
    assert renders() == 1
    client.get(f"{path}?lang=ru&fbclid=1")
    client.get(f"{path}?fbclid=1&lang=ru")
    assert renders() == 1


def test_only_public_pages_are_kept(app: Flask, client: FlaskClient, cache: PageCache) -> None:
    petition = a_petition()
    for path in (
        f"/petitions/{petition}/sign",
        "/account/sign-in",
        "/healthz",
        "/metrics",
        "/nothing",
        "/language",
    ):
        before = cache.figures()
        client.get(path)
        after = cache.figures()
        assert after["rendered"] == before["rendered"] and after["passed"] == before["passed"] + 1, path
    browser = app.test_client()
    sign_in(browser, an_author())
    mine = browser.get("/account/")
    assert mine.status_code in {200, 308} and "no-store" in mine.headers["Cache-Control"]
    # Whoever is signed in gets the public page of everybody, and leaves nothing of theirs in it.
    assert browser.get(f"/petitions/{petition}").data == client.get(f"/petitions/{petition}").data
    kinds = {access.kind for rule in app.url_map.iter_rules() if (access := access_of(app, rule.endpoint))}
    assert kinds == {"public", "open", "token", "permission"}


def test_files_are_streamed_past_it(app: Flask, cache: PageCache) -> None:
    streamed = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (access := access_of(app, rule.endpoint)) and access.streamed
    }
    assert streamed == {"data_pages.newest_file", "data_pages.dated_file"}


def test_invented_queries_take_no_room_from_pages(
    client: FlaskClient, cache: PageCache, renders: Callable[[], int]
) -> None:
    path = f"/petitions/{a_petition()}"
    client.get(path)
    size = len(client.get("/petitions?q=0").data)
    cache._queries.most = 3 * size
    for n in range(12):
        client.get(f"/petitions?q={n}")
    assert cache.figures()["bytes"] < 4 * size + 200_000
    renders()
    client.get(path)
    assert renders() == 0
    client.get(f"/petitions?q={'a' * 400}")
    assert renders() == 0


def test_the_limit_of_the_api_holds_for_ready_answers(
    app: Flask, client: FlaskClient, cache: PageCache, renders: Callable[[], int]
) -> None:
    from core.limits import limiter

    app.config["RATELIMIT_ENABLED"] = True
    toll = app.extensions["dauys_toll"]
    limiter.reset()
    toll.forget()
    path = f"/api/v1/petitions/{a_petition()}"
    try:
        statuses = [client.get(path).status_code for _ in range(605)]
        assert statuses == [200] * 600 + [429] * 5
        # Another process learns of it within the first twenty.
        toll.forget()
        statuses = [client.get(path).status_code for _ in range(21)]
        assert statuses[0] == 200 and statuses[-1] == 429
        other = client.get(path, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
        assert other.status_code == 200
        refused = client.get(path)
        assert refused.status_code == 429 and 1 <= int(refused.headers["Retry-After"]) <= 61
        assert renders() == 1
    finally:
        limiter.reset()
        toll.forget()
        app.config["RATELIMIT_ENABLED"] = False


def test_ready_pages_outlast_a_database_that_is_away(app: Flask, cache: PageCache, watch: Watch) -> None:
    path = f"/petitions/{a_petition(title='Бұл бет қала береді')}"
    # Faults of the database become 503 in production; the client of the tests would raise others.
    client = app.test_client()
    client.get(path)

    def away(*_given: object) -> None:
        from sqlalchemy.exc import OperationalError

        raise OperationalError("SELECT", {}, Exception("gone"))

    event.listen(db.engine, "before_cursor_execute", away)
    try:
        watch.now += 60
        response = client.get(path)
        assert response.status_code == 200 and "Бұл бет қала береді" in response.get_data(as_text=True)
        assert client.get("/petitions").status_code == 503
        watch.now += AWAY_SECONDS
        assert client.get(path).status_code == 503
    finally:
        event.remove(db.engine, "before_cursor_execute", away)
    assert client.get(path).status_code == 200


def test_the_figures_stand_in_the_metrics(client: FlaskClient, cache: PageCache) -> None:
    client.get("/petitions")
    client.get("/petitions")
    found = client.get("/metrics").get_data(as_text=True)
    assert re.search(r'dauys_pages\{outcome="hit"\} [1-9]', found)
    assert re.search(r'dauys_pages\{outcome="bytes"\} [1-9]', found)


@pytest.mark.usefixtures("cache")
def test_only_ready_pages_are_marked_for_the_proxy(app: Flask) -> None:
    """And nothing that tells its asker of a limit, or that is meant for one."""
    petition, reader = a_petition(), app.test_client()
    page = f"/petitions/{petition}"
    for path in ("/", "/petitions", page, "/help/"):
        assert reader.get(path).headers["X-Accel-Expires"] == "1", path
    for path in (
        f"/api/v1{page}",
        f"{page}/sign",
        "/account/sign-in",
        "/static/css/components.css",
        "/petitions/404404",
    ):
        assert "X-Accel-Expires" not in reader.get(path).headers, path
