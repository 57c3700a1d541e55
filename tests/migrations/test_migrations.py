"""Every migration goes up and down with rows in the tables, on both databases, and ends where the models are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text

from core.cli import alembic_config
from core.db import db
from core.work import SYSTEM, work
from petitions.domain.lifecycle import State
from petitions.services.register import load_register
from tests.conftest import Clock, make_app, new_postgres_database
from tests.factories import a_petition


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Flask]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        url = new_postgres_database(request.getfixturevalue("postgres_url"), "migrations")
    app = make_app(tmp_path, url, clock)
    with app.app_context():
        yield app
        db.engine.dispose()


def test_up_with_rows_down_and_up_again(empty: Flask) -> None:
    config = alembic_config()
    command.upgrade(config, "head")
    command.check(config)
    with work(SYSTEM) as w:
        load_register(w, w.settings.rulebook)
    a_petition(State.ANSWERED, signatures=12)
    for revision in ScriptDirectory.from_config(config).walk_revisions():
        command.downgrade(config, str(revision.down_revision or "base"))
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    command.upgrade(config, "head")
    command.check(config)
    with db.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM petitions")).scalar() == 0


def test_commands_say_whether_the_database_fits(empty: Flask) -> None:
    run = empty.test_cli_runner().invoke
    assert run(args=["db", "check"]).exit_code == 1
    assert run(args=["db", "upgrade"]).exit_code == 0
    assert run(args=["db", "check"]).exit_code == 0
