"""Connections that rest: one that its server has ended is replaced before anything is asked through it."""

from flask import Flask
from sqlalchemy import text

from core.db import db
from tests.processes import eventually

OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def test_a_connection_that_its_server_has_ended_is_seen_by_nobody(_postgres_app: Flask) -> None:
    with _postgres_app.app_context():
        with db.engine.connect() as first, db.engine.connect() as second:
            rested = {line.connection.driver_connection.info.backend_pid for line in (first, second)}
        # Outside a transaction: inside one the list of connections stays as it was first seen.
        with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as one:
            kept = one.connection.driver_connection.info.backend_pid
            one.execute(text(f"SELECT pg_terminate_backend(pid) {OTHERS}"))
            eventually(lambda: one.execute(text(f"SELECT count(*) {OTHERS}")).scalar() == 0)
        with db.engine.connect() as first, db.engine.connect() as second:
            assert [line.execute(text("SELECT 1")).scalar() for line in (first, second)] == [1, 1]
            answered = {line.connection.driver_connection.info.backend_pid for line in (first, second)}
        assert answered & rested <= {kept}


def test_a_connection_that_only_has_news_goes_on(_postgres_app: Flask) -> None:
    with _postgres_app.app_context():
        db.engine.dispose()  # so that the pool holds no others
        with db.engine.connect() as line:
            number = line.connection.driver_connection.info.backend_pid
            line.connection.driver_connection.autocommit = True
            line.execute(text("LISTEN tried"))
            line.connection.driver_connection.autocommit = False
        with db.engine.connect() as first, db.engine.connect() as second:
            teller = next(
                x for x in (first, second) if x.connection.driver_connection.info.backend_pid != number
            )
            teller.execute(text("NOTIFY tried"))
            teller.commit()
        with db.engine.connect() as line, db.engine.connect() as other:
            numbers = {x.connection.driver_connection.info.backend_pid for x in (line, other)}
            assert number in numbers and other.execute(text("SELECT 1")).scalar() == 1
            for each in (line, other):
                each.execute(text("UNLISTEN tried"))
                each.commit()
