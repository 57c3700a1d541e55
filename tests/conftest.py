"""Fixtures: an app with a fresh database for every test, on SQLite and, where asked, on PostgreSQL."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import create_app
from core import keyfile
from core.config import Controller, Settings
from core.db import Base, db, dispose
from core.work import SYSTEM, work
from opendata.publishing import publish
from petitions.services.demo import crowd, load_demo
from petitions.services.register import load_register
from tests import canary, canary_watch
from tests.cluster import PG_BIN, Cluster
from tests.crawling import Crawled, crawl
from tests.pages import LintingClient

# The long tests run only where they are named: `make soak`.
collect_ignore = ["soak"]
# A slow machine is no fault of the code: examples are bounded in number, not in time.
hypothesis.settings.register_profile("dauys", deadline=None)
hypothesis.settings.load_profile("dauys")
EVERYTHING = os.environ.get("REQUIRE_ALL_TESTS") == "1"
# A working Monday morning in Almaty; tests that need another day move the clock.
START = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
CONTROLLER = Controller(
    person="Сәуле Үлгіева",
    body="«Үлгі» қоғамдық қоры",
    address="Үлгі көшесі 1, Үлгіқала",
    email="controller@dauys.example",
    phone="+7 700 000 00 00",
)


def pytest_configure(config: pytest.Config) -> None:
    """S11 is a check of the whole session: see tests/canary.py."""
    canary_watch.begin(config)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Everything that a test printed and logged is kept until the end."""
    canary_watch.hear(report)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    """A worker has ended; it says which tokens it made."""
    canary_watch.worker_ended(node)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look for the canary person in all that the session left behind."""
    canary_watch.end(session)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was found."""
    canary_watch.say(terminalreporter)


class Clock:
    """The app's clock in tests: it stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def skip(reason: str) -> None:
    """Skip on a user's machine; fail where everything is required."""
    if EVERYTHING:
        pytest.fail(f"required here: {reason}")
    pytest.skip(reason)


def make_app(folder: Path, url: str, clock: Callable[[], datetime], **changes: Any) -> Flask:
    """An app for tests, with everything it writes below `folder`."""
    settings = Settings(
        env="test",
        var_dir=folder,
        database_url=url,
        secret_key="tests only: not a secret of any instance",
        key_file=folder / "keys.json",
        base_url="http://localhost",
        mail_url=f"folder:{folder / 'mail'}",
        controller=CONTROLLER,
    ).model_copy(update=changes)
    made = create_app(settings, clock)
    # Tests look at what is in the database now; those of the ready pages turn them on.
    made.config.update(TESTING=True, RATELIMIT_ENABLED=False, PAGE_CACHE=False)
    made.test_client_class = LintingClient
    return made


@pytest.fixture(scope="session")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="session")
def _clock() -> Clock:
    return Clock()


@pytest.fixture
def clock(_clock: Clock) -> Iterator[Clock]:
    """The app's clock, back at its start for every test."""
    _clock.now = START
    yield _clock
    _clock.now = START


@pytest.fixture(scope="session")
def _sqlite_app(_folder: Path, _clock: Clock) -> tuple[Flask, bytes]:
    made = make_app(_folder, f"sqlite:///{_folder / 'test.sqlite3'}", _clock)
    with made.app_context():
        _fill()
        db.engine.dispose()
    with (
        closing(sqlite3.connect(_folder / "test.sqlite3")) as source,
        closing(sqlite3.connect(":memory:")) as kept,
    ):
        source.backup(kept)
        content = bytearray(kept.serialize())
        # The file says that it keeps a write-ahead log, which a database in memory cannot have.
        content[18:20] = b"\x01\x01"
        return made, bytes(content)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A throw-away PostgreSQL cluster, or the server that TEST_POSTGRES_URL names."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    if not (PG_BIN / "initdb").exists():
        skip("PostgreSQL 15 is not installed")
    yield from _cluster()


def _cluster() -> Iterator[str]:
    cluster = Cluster()
    try:
        yield cluster.url
    finally:
        cluster.stop()
        found = canary.in_site(cluster.folder)
        cluster.remove()
        assert found == {}


@pytest.fixture(scope="session")
def _postgres_app(
    postgres_url: str, _clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    url = new_postgres_database(postgres_url, "main")
    made = make_app(tmp_path_factory.mktemp("var_pg"), url, _clock)
    with made.app_context():
        _fill()
    yield made
    dispose(made)


def new_postgres_database(server: str, purpose: str) -> str:
    """An empty database of this test process; its address."""
    name = f"dauys_{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.rsplit("/", 1)[0] + "/" + name


def _fill() -> None:
    Base.metadata.create_all(db.engine)
    with work(SYSTEM) as w:
        load_register(w, w.settings.rulebook)


def _restore_sqlite(made: Flask, content: bytes) -> None:
    path = made.extensions["dauys"].settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(":memory:")) as kept, closing(sqlite3.connect(path)) as target:
        kept.deserialize(content)
        kept.backup(target)


REGISTER = ("areas", "area_figures", "authorities")
_register: dict[str, list[Any]] = {}


def _restore_postgres() -> None:
    tables = Base.metadata.tables
    names = ", ".join(f'"{name}"' for name in (*tables, "search_index", "search_words"))
    with db.engine.begin() as connection:
        if not _register:
            _register.update({n: connection.execute(tables[n].select()).mappings().all() for n in REGISTER})
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        for name in REGISTER:
            connection.execute(tables[name].insert(), [dict(row) for row in _register[name]])
            if "id" in tables[name].c:
                connection.execute(text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `postgres_too` runs on both databases."""
    if "app" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("postgres_too")
        metafunc.parametrize("database", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """On which database the test runs."""
    return str(request.param)


@pytest.fixture
def app(database: str, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The app with a fresh database that holds the register and nothing else, inside its app context."""
    if database == "sqlite":
        made, content = request.getfixturevalue("_sqlite_app")
        _restore_sqlite(made, content)
    else:
        made = request.getfixturevalue("_postgres_app")
    for left in ("mail", "data"):
        shutil.rmtree(made.extensions["dauys"].settings.var_dir / left, ignore_errors=True)
    with made.app_context():
        if database == "postgresql":
            _restore_postgres()
        yield made
        _no_drift()
    assert canary.in_site(made.extensions["dauys"].settings.var_dir) == {}


def _no_drift() -> None:
    from petitions.services.tally import check

    with work(SYSTEM) as w:
        assert check(w) == []


def marked_name(n: int) -> str:
    """A name that no author and no page has: what is found of it was a signer's."""
    return f"Қолқоюшы{n} Жасырынұлы{n}"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo with its files, loaded once for tests that change nothing there; its clock stands still."""
    folder = tmp_path_factory.mktemp("demo")
    made = make_app(folder, f"sqlite:///{folder / 'demo.sqlite3'}", Clock())
    with made.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(crowd, "name_of", marked_name)
        Base.metadata.create_all(db.engine)
        load_demo(100, lambda _what: None)
        publish()
    # Outside of its context: each request then has one of its own, and with it a language.
    yield made
    dispose(made)


def copied(url: str, folder: Path) -> Path:
    """A copy of the database for another process."""
    path = folder / "copy.sqlite3"
    with (
        closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as source,
        closing(sqlite3.connect(path)) as copy,
    ):
        source.backup(copy)
    return path


@pytest.fixture(scope="session")
def crawled(demo: Flask) -> Crawled:
    """Every public page, file and feed of the demo, each asked for once."""
    return crawl(demo)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a session, which checks every page that it gets."""
    return app.test_client()


@pytest.fixture
def key_file(app: Flask) -> Iterator[Path]:
    """The app's key file; after the test it is as it was before, and nothing is written down beside it."""
    keys = app.extensions["dauys"].keys
    path = keyfile.key_path(keys)
    content, wrapping = path.read_text(), dict(keys.wrapping)
    yield path
    keyfile.replace_file(path, content)
    keys.wrapping.clear()
    keys.wrapping.update(wrapping)
    for beside in (keyfile.destroyed_file(path), keyfile.copies_file(path), keyfile.aside_file(path)):
        beside.unlink(missing_ok=True)
