"""Rows in bulk, straight into a table: for demos, replays and measurements, past what single rows need."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, Date, Dialect, Enum, Table
from sqlalchemy.orm import Session

from core.db import UtcDateTime, is_postgres

Convert = Callable[[Any], Any]
# Indexes of random keys are filled page by page all over the file: this many kilobytes of them stay at hand.
_CACHE = 200_000


def insert_rows(session: Session, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of `names`; every other column gets what the database gives it.

    Values are as the models have them. Rows are taken one by one, so that memory does not grow with their number.
    """
    connection = session.connection()
    converted = _converted(table, names, rows, connection.dialect)
    columns = ", ".join(f'"{table.columns[name].name}"' for name in names)
    cursor: Any = connection.connection.cursor()
    if is_postgres(session):
        with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
            for row in converted:
                copy.write_row(row)
        return
    cursor.execute(f"PRAGMA cache_size=-{_CACHE}")
    signs = ", ".join("?" * len(names))
    cursor.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({signs})', converted)  # noqa: S608 - names of our own models
    cursor.execute("PRAGMA cache_size=-2000")


def _converted(
    table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]], dialect: Dialect
) -> Iterator[Sequence[Any]]:
    """The rows as the driver takes them; only columns that need it are touched."""
    found = ((place, _converter(table.columns[name], dialect)) for place, name in enumerate(names))
    converters = [(place, convert) for place, convert in found if convert is not None]
    for row in rows:
        made = list(row)
        for place, convert in converters:
            if made[place] is not None:
                made[place] = convert(made[place])
        yield made


def _converter(column: Column[Any], dialect: Dialect) -> Convert | None:
    if isinstance(column.type, UtcDateTime):
        return _sqlite_moment if dialect.name == "sqlite" else None
    if isinstance(column.type, Enum | JSON | Date):
        return column.type.dialect_impl(dialect).bind_processor(dialect)
    return None


def _sqlite_moment(moment: datetime) -> str:
    """As SQLAlchemy writes it, in a third of the time."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
