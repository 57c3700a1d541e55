"""A computed term told in runs: days of one kind that follow each other, month by month."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from petitions.domain.calendar import Computation, Day, Mark
from petitions.domain.rulebook import Texts

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Run:
    """Days of one mark in a row within one month.

    `counted` is the number of the first and of the last counted day; `moved` marks weekend days on which people
    work; `extra` days that an extension added; `carried` those over which the end moved on.
    """

    first: date
    last: date
    mark: Mark
    name: Texts | None = None
    refs: tuple[str, ...] = ()
    counted: tuple[int, int] | None = None
    moved: bool = False
    extra: bool = False
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """The runs of one month; `day` is its first day."""

    day: date
    runs: tuple[Run, ...]


def months(computed: Computation, base: int | None) -> tuple[Month, ...]:
    """Every day of a term after its start, grouped; `base` is the number of days before any extension."""
    found: dict[date, list[Run]] = {}
    for run in _runs(computed, base):
        month = found.setdefault(run.first.replace(day=1), [])
        if month and _continues(month[-1], run):
            month[-1] = _joined(month[-1], run)
        else:
            month.append(run)
    return tuple(Month(day, tuple(runs)) for day, runs in found.items())


def _runs(computed: Computation, base: int | None) -> Iterator[Run]:
    number = 0
    for day in computed.days:
        number += day.mark is Mark.COUNTED
        yield _run(day, number, base)
    for day in computed.carried:
        yield replace(_run(day, number, base), carried=True)


def _run(day: Day, number: int, base: int | None) -> Run:
    counted = (number, number) if day.mark is Mark.COUNTED else None
    return Run(
        first=day.date,
        last=day.date,
        mark=day.mark,
        name=day.name,
        refs=day.stop.refs if day.stop else (),
        counted=counted,
        moved=counted is not None and day.name is not None,
        extra=counted is not None and base is not None and number > base,
    )


def _continues(one: Run, other: Run) -> bool:
    same = replace(other, first=one.first, last=one.last, counted=one.counted)
    return same == one and other.first == one.last + ONE_DAY


def _joined(one: Run, other: Run) -> Run:
    counted = (one.counted[0], other.counted[1]) if one.counted and other.counted else None
    return replace(one, last=other.last, counted=counted)
