"""What every class of keeping without a key is made of: a count of what is over, and its end slice after slice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select

from core.work import Work
from petitions.domain.keeping import TERMS, Kept

# More rows than one look takes; a class that needs the calendar is counted row by row.
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Sweep:
    """How many are due now, and the destruction of at most so many of them, which returns how many it did."""

    due: Callable[[Work], int]
    run: Callable[[Work, int], int]


def over(kept: Kept, column: Any, now: datetime) -> ColumnElement[bool]:
    """The rows of a class whose event is so long ago that its term is over; exact for hours and days."""
    return and_(column.is_not(None), column <= now - TERMS[kept].length.shortest)


def number(w: Work, table: Any, *where: ColumnElement[bool]) -> int:
    """How many rows there are."""
    return w.session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def delete_some(w: Work, id_: Any, where: Sequence[ColumnElement[bool]], most: int) -> int:
    """Delete at most so many rows by their column `id_`; returns how many."""
    some = select(id_).where(*where).limit(most)
    gone = delete(id_.class_).where(id_.in_(some)).returning(id_)
    return len(w.session.execute(gone.execution_options(synchronize_session=False)).all())
