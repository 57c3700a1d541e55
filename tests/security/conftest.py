"""One walk over every route as every role; the tests of this folder look at what it saw."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from flask import Flask

from tests.conftest import Clock, _fill, make_app
from tests.security.walk import Seen, Walker, matrix, walk
from tests.security.world import World, build


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A site of its own, which nothing else writes to."""
    folder = tmp_path_factory.mktemp("walk")
    made = make_app(folder, f"sqlite:///{folder / 'walk.sqlite3'}", Clock(), base_url="https://localhost")
    with made.app_context():
        _fill()
    return made


@pytest.fixture(scope="session")
def world(site: Flask) -> World:
    """Everything that the routes are asked about."""
    with site.app_context():
        return build(site)


@pytest.fixture(scope="session")
def seen(site: Flask, world: World) -> list[Seen]:
    """What every cell of the matrix answered."""
    return list(walk(site, world, matrix()))


@pytest.fixture
def walker(site: Flask, world: World) -> Iterator[Walker]:
    """Requests beside the walk."""
    with closing(Walker(site, world)) as made:
        yield made
