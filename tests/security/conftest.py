"""One walk over every route as every role; the tests of this folder look at what it saw."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from core.db import dispose
from tests.conftest import Clock, _fill, make_app, new_postgres_database
from tests.security.walk import Seen, Walker, matrix, walk
from tests.security.world import World, build


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A site of its own, which nothing else writes to."""
    folder = tmp_path_factory.mktemp("walk")
    return _site(folder, f"sqlite:///{folder / 'walk.sqlite3'}")


def _site(folder: Path, url: str) -> Flask:
    made = make_app(folder, url, Clock(), base_url="https://localhost")
    with made.app_context():
        _fill()
    return made


@pytest.fixture(scope="session")
def pg_site(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Another one, on PostgreSQL."""
    made = _site(tmp_path_factory.mktemp("walk_pg"), new_postgres_database(postgres_url, "walk"))
    yield made
    dispose(made)


@pytest.fixture(scope="session")
def world(site: Flask) -> Iterator[World]:
    """Everything that the routes are asked about."""
    yield from _world(site)


@pytest.fixture(scope="session")
def pg_world(pg_site: Flask) -> Iterator[World]:
    """The same on PostgreSQL."""
    yield from _world(pg_site)


def _world(app: Flask) -> Iterator[World]:
    with app.app_context():
        made = build(app)
    with closing(made.content):
        yield made


@pytest.fixture(scope="session")
def seen(site: Flask, world: World) -> list[Seen]:
    """What every cell of the matrix answered."""
    return list(walk(site, world, matrix()))


@pytest.fixture
def walker(site: Flask, world: World) -> Walker:
    """Requests beside the walk."""
    return Walker(site, world)
