"""Every migration goes up and down with rows in the tables, on both databases, and ends where the models are."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text

from core.cli import alembic_config
from core.config import ROOT
from core.db import db
from core.jobs import registered, run_now
from core.switches import Switch, turn
from core.work import SYSTEM, work
from petitions.domain.lifecycle import State
from petitions.services.register import load_register
from tests.conftest import Clock, make_app, new_postgres_database
from tests.factories import a_petition
from tests.processes import eventually
from tests.signing import sign, signed

# The lock is given up after two seconds; the rest is patience with a slow machine.
LONGEST_WAIT_SECONDS = 6


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
    _rows()
    for revision in ScriptDirectory.from_config(config).walk_revisions():
        # Down, up again with the rows that are left, and down for good.
        for _ in range(2):
            command.downgrade(config, str(revision.down_revision or "base"))
            command.upgrade(config, revision.revision)
        command.downgrade(config, str(revision.down_revision or "base"))
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    command.upgrade(config, "head")
    command.check(config)
    with db.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM petitions")).scalar() == 0


def _rows() -> None:
    """Something in most tables, through the doors that the site uses."""
    for state in State:
        a_petition(state, signatures=0 if state is State.DRAFT else 3)
    number = a_petition()
    sign(number)
    signed(number, "ainur@mail.example", updates=True)
    with work(SYSTEM) as w:
        for name in Switch:
            turn(w, name, True, {"kk": "Себеп", "ru": "Причина", "en": "Reason"})
    for entry in registered():
        run_now(entry)
    with db.engine.connect() as connection:
        filled = [
            t
            for t in inspect(db.engine).get_table_names()
            if connection.execute(text(f"SELECT 1 FROM {t}")).first()
        ]
    assert len(filled) >= 20, filled


def test_a_migration_does_not_hold_up_the_site(
    postgres_url: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long transaction holds a table: `db upgrade` steps back, readers pass, and in the end it is done."""
    monkeypatch.setattr("core.cli.UPGRADE_PAUSE_SECONDS", 0.2)
    app = make_app(tmp_path, new_postgres_database(postgres_url, "locks"), clock)
    with app.app_context():
        command.upgrade(alembic_config(), "0007")
        said: list[str] = []
        with db.engine.connect() as long_reader:
            long_reader.execute(text("SELECT * FROM switches"))
            upgrade = threading.Thread(target=lambda: said.append(_upgrade(app)))
            upgrade.start()
            eventually(_somebody_waits)
            begun = time.monotonic()
            with db.engine.connect() as reader:
                reader.execute(text("SELECT * FROM switches"))
            waited = time.monotonic() - begun
            eventually(lambda: not _somebody_waits())
        upgrade.join()
        assert "The database is up to date." in said[0]
        assert waited < LONGEST_WAIT_SECONDS
        db.engine.dispose()


def _upgrade(app: Flask) -> str:
    return str(app.test_cli_runner().invoke(args=["db", "upgrade"]).output)


def _somebody_waits() -> bool:
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with db.engine.connect() as connection:
        return bool(connection.execute(waiting).scalar())


def test_an_index_on_a_large_table_is_made_beside_the_site() -> None:
    """New migrations make it CONCURRENTLY on PostgreSQL: the table of signatures must take rows meanwhile."""
    made = re.compile(r"""create_index\(\s*(?:op\.f\()?["'][^"']+["']\)?,\s*["'](?:signatures|outbox)["']""")
    files = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    texts = [path.read_text() for path in files if path.name > "0008"]  # no site is older than that
    calls = [text[found.start() : found.start() + 400] for text in texts for found in made.finditer(text)]
    assert [call for call in calls if "postgresql_concurrently=True" not in call] == []


def test_commands_say_whether_the_database_fits(empty: Flask) -> None:
    run = empty.test_cli_runner().invoke
    assert run(args=["db", "check"]).exit_code == 1
    assert run(args=["db", "upgrade"]).exit_code == 0
    assert run(args=["db", "check"]).exit_code == 0
