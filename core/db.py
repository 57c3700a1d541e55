"""The database: base class, column types, engines and sessions; with fulltext.py the only dialect code."""

import enum
import sqlite3
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from select import POLLIN, poll
from typing import Any

import psycopg
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    Dialect,
    Engine,
    Enum,
    Integer,
    MetaData,
    String,
    cast,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import DateTime, TypeDecorator

CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite counts rows in INTEGER only; everywhere else ids are 64 bits wide.
BigId = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=CONVENTION)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite loses the zone, so it is put back here, and naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; a naive moment is a fault of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Back with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(kind: type[enum.StrEnum]) -> Enum:
    """A text column that holds the values of `kind`, checked by the database."""
    return Enum(
        kind,
        name=kind.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=max(len(member.value) for member in kind),
        values_callable=lambda members: [member.value for member in members],
    )


def code_column(length: int = 64) -> String:
    """A short machine word."""
    return String(length)


# So long a writer waits for the others before the reader is told to come again.
WAIT_SECONDS = 5

# What is deleted is overwritten in the file: a destroyed key must not be found in its free pages.
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={1000 * WAIT_SECONDS}",
    "secure_delete=ON",
)

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def init_db(app: Flask, url: str) -> None:
    """Bind the engine to `app`, with the pragmas and the kind of BEGIN that keep updates from being lost."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url)
    db.init_app(app)
    with app.app_context():
        if url.startswith("sqlite"):
            event.listen(db.engine, "connect", _sqlite_connect)
            event.listen(db.engine, "begin", _sqlite_begin)
            event.listen(db.engine, "checkin", _end_turn)
        else:
            event.listen(db.engine, "checkout", _ask_who_speaks)


def _engine_options(url: str) -> dict[str, Any]:
    # The parameters of a failed statement would stand in its traceback, and so in a log.
    quiet = {"hide_parameters": True}
    if url.startswith("sqlite"):
        args = {"timeout": WAIT_SECONDS, "isolation_level": None}
        return {"connect_args": args, "pool_size": 16, "max_overflow": 16, **quiet}
    # PgBouncer before 1.21 cannot follow prepared statements, so none are made.
    return {
        **quiet,
        "connect_args": {"prepare_threshold": None},
        "pool_size": 8,
        "max_overflow": 24,
        "pool_timeout": WAIT_SECONDS,
    }


def _ask_who_speaks(connection: Any, _record: object, _proxy: object) -> None:
    """Drop connections that their server has ended before anything is asked through them.

    `pool_pre_ping` asks each time, which is one more wait for each piece of work. A server that ends says so, and what
    rests says nothing: only a connection with something to read is asked whether it still answers.
    """
    with suppress(psycopg.Error):
        heard = poll()
        heard.register(connection, POLLIN)
        if not heard.poll(0) or db.engine.dialect.do_ping(connection):
            return
    raise InvalidatePoolError


def _sqlite_connect(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


# SQLite lets writers wait by sleeping and looking again, and looks ever more seldom: the threads of a process would
# leave the file idle for most of the time, so they take turns here. Whose turn it is looks every two milliseconds
# whether another process has let go: one that looks ten times a second finds the file taken for seconds.
_turn = threading.Lock()
_TURN = "dauys_turn"
LOOK_SECONDS = 0.002
# Of an error code of SQLite, which has more about the cause above it.
PRIMARY_CODE = 0xFF


def _sqlite_begin(connection: Connection) -> None:
    # A transaction that reads first and writes later loses updates unless it locks from the start.
    if not connection.get_execution_options().get("writes", True):
        run_plainly(connection, "BEGIN")
        return
    if not connection.info.get(_TURN):
        if not _turn.acquire(timeout=WAIT_SECONDS):
            raise PoolTimeout("no turn to write within the time that a reader waits")
        connection.info[_TURN] = True
    _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    """BEGIN IMMEDIATE as soon as no other process writes, or what is wrong with the database."""
    driver: Any = connection.connection.driver_connection
    end = time.monotonic() + WAIT_SECONDS
    run_plainly(connection, "PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < end:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.Error as error:
                code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
                if code & PRIMARY_CODE != sqlite3.SQLITE_BUSY:
                    break
            time.sleep(LOOK_SECONDS)
        run_plainly(connection, "BEGIN IMMEDIATE")
    finally:
        run_plainly(connection, f"PRAGMA busy_timeout={1000 * WAIT_SECONDS}")


def _end_turn(_connection: object, record: Any) -> None:
    if record.info.pop(_TURN, False):
        _turn.release()


def run_plainly(connection: Connection, text: str, values: Any = ()) -> Any:
    """Hand a statement to the driver without anything between; returns its cursor. Errors are SQLAlchemy's own."""
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(text, values)
    except connection.dialect.loaded_dbapi.Error as error:
        # The same that a statement of SQLAlchemy does: wrap the error, and drop a connection that is lost.
        connection._handle_dbapi_exception(error, text, values, cursor, None)
    return cursor


@lru_cache(maxsize=16)
def _bound(engine: Engine, writes: bool) -> Engine:
    return engine.execution_options(writes=writes)


def open_session(*, writes: bool) -> Session:
    """A session of its own: locked for writing from its first statement, or for reading only."""
    return Session(_bound(db.engine, writes), expire_on_commit=False)


def open_connection(*, writes: bool) -> Connection:
    """The same without objects: the connection alone."""
    return _bound(db.engine, writes).connect()


@lru_cache(maxsize=16)
def _alone(engine: Engine) -> Engine:
    # SQLite begins nothing for a single SELECT, and its driver must not be told to: it would begin by itself later.
    plain = engine.dialect.name == "sqlite"
    return engine.execution_options(writes=False, **({} if plain else {"isolation_level": "AUTOCOMMIT"}))


def open_glance() -> Connection:
    """A connection for one statement that reads, with no transaction around it."""
    return _alone(db.engine).connect()


def upsert(session: Session, table: Any) -> Any:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update` on both databases."""
    dialects = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    return dialects[session.get_bind().dialect.name](table)


def is_postgres(session: Session) -> bool:
    """Whether the session speaks to PostgreSQL."""
    return session.get_bind().dialect.name == "postgresql"


def lock_writers(session: Session, table: Any) -> None:
    """Let no other transaction write to the table until this one ends; on SQLite a writing Work does already."""
    if is_postgres(session):
        session.execute(text(f'LOCK TABLE "{table.__tablename__}" IN SHARE ROW EXCLUSIVE MODE'))


def steady_snapshot(session: Session) -> None:
    """Make all statements of a fresh reading session see one moment; a SQLite transaction does so by itself."""
    if is_postgres(session):
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


def settle_sequences(session: Session) -> None:
    """After rows came with their numbers, let new ones go on behind them; SQLite looks for itself."""
    if not is_postgres(session):
        return
    for table in Base.metadata.sorted_tables:
        for column in table.primary_key.columns:
            name = session.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
            if name is not None:
                following = func.coalesce(func.max(column), 0) + 1
                session.execute(select(func.setval(cast(name, postgresql.REGCLASS), following, False)))


def scrub(table: Any) -> None:
    """Clear the table's dead rows from log and pages, after what was in them has been destroyed."""
    raw = db.engine.raw_connection()
    try:
        if db.engine.dialect.name == "sqlite":
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        raw.driver_connection.autocommit = True  # type: ignore[union-attr]
        raw.cursor().execute(f'VACUUM "{table.__tablename__}"')
        raw.driver_connection.autocommit = False  # type: ignore[union-attr]
    finally:
        raw.close()


def dispose(app: Flask) -> None:
    """Close every pooled connection (tests, graceful stop)."""
    with app.app_context():
        engine: Engine = db.engine
        engine.dispose()
