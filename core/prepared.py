"""Statements of the hottest paths: written and compiled once, then handed to the driver as they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Dialect, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from core.db import run_plainly
from core.work import Work

# Gets the INSERT of the database at hand, which knows `on_conflict_do_nothing`.
Maker = Callable[[Callable[[Any], Any]], Any]
Row = tuple[Any, ...]
_INSERTS: Mapping[str, Callable[[Any], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Prepared:
    """One statement, without IN: its list would have a length of its own each time.

    Building and keying a statement anew costs many times what the database needs for it.
    """

    def __init__(self, make: Maker) -> None:
        self._make = make
        self._compiled: dict[str, _Compiled] = {}

    def all(self, w: Work, values: Mapping[str, Any]) -> list[Row]:
        """The rows of a SELECT or of a RETURNING; `values` are those of its `bindparam`s, by name."""
        made, cursor = self._execute(w, values)
        found: list[Row] = cursor.fetchall()
        return [made.python_row(row) for row in found]

    def first(self, w: Work, values: Mapping[str, Any]) -> Row | None:
        """The first of these rows, or None."""
        return next(iter(self.all(w, values)), None)

    def run(self, w: Work, values: Mapping[str, Any]) -> None:
        """Run a statement that gives no rows."""
        self._execute(w, values)

    def _execute(self, w: Work, values: Mapping[str, Any]) -> tuple["_Compiled", Any]:
        connection = w.connection
        made = self._of(connection.dialect)
        return made, run_plainly(connection, made.text, made.driver_values(values))

    def _of(self, dialect: Dialect) -> "_Compiled":
        made = self._compiled.get(dialect.name)
        if made is None:
            made = self._compiled[dialect.name] = _compile(self._make(_INSERTS[dialect.name]), dialect)
        return made


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The text for the driver, the order of its values (None: by name), and what turns values into the driver's."""

    text: str
    order: Sequence[str] | None
    fixed: Mapping[str, Any]
    binds: Mapping[str, Callable[[Any], Any]]
    results: Mapping[int, Callable[[Any], Any]]

    def driver_values(self, values: Mapping[str, Any]) -> Any:
        given = {**self.fixed, **values}
        for name, convert in self.binds.items():
            given[name] = convert(given[name])
        return given if self.order is None else tuple([given[name] for name in self.order])

    def python_row(self, row: Sequence[Any]) -> Row:
        made = list(row)
        for place, convert in self.results.items():
            made[place] = convert(made[place])
        return tuple(made)


def _compile(statement: Any, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    types = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
    binds = {name: type_.bind_processor(dialect) for name, type_ in types.items()}
    columns = list(getattr(statement, "exported_columns", ()))
    results = {
        place: column.type.dialect_impl(dialect).result_processor(dialect, None)
        for place, column in enumerate(columns)
    }
    return _Compiled(
        str(compiled),
        compiled.positiontup if compiled.positional else None,
        dict(compiled.params),
        {name: convert for name, convert in binds.items() if convert is not None},
        {place: convert for place, convert in results.items() if convert is not None},
    )


def given(table: Any, names: Sequence[str]) -> dict[str, BindParameter[Any]]:
    """For INSERT and UPDATE: each column with the value that is given as `new_` and its name."""
    return {name: bindparam(f"new_{name}", type_=getattr(table, name).type) for name in names}
