"""Whom a recorded stop touches, and from which day: citizens' windows and bodies' terms differ (The clock, rule 5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from petitions.domain.calendar import Stop
from petitions.domain.deadlines import CITIZENS, TermKind

# Nobody runs these against time, so no order can name them: both stand on a day that was announced.
FIXED = frozenset({TermKind.DISCUSSION, TermKind.PROMISE})
STOPPABLE = tuple(kind for kind in TermKind if kind not in FIXED)


@dataclass(frozen=True, slots=True)
class RecordedStop:
    """A confirmed stop. `recorded_on` is the day from which bodies' terms may stop; a marked replay sets it.

    `entered_on` is the day on which it was confirmed here: what was settled before that day stays as it was.
    `areas` are paths from the root (`000/750/`).
    """

    id: str
    first: date
    last: date | None
    ordered_on: date
    recorded_on: date
    entered_on: date
    areas: tuple[str, ...]
    kinds: frozenset[TermKind]


@dataclass(frozen=True, slots=True)
class Touched:
    """The part of a term that matters to a stop; `settled_on` is the day it was met, ended or marked late."""

    kind: TermKind
    area: str
    settled_on: date | None = None


def touching(recorded: Iterable[RecordedStop], term: Touched) -> tuple[Stop, ...]:
    """The stops of a term, each from the first day on which it may stop this one.

    A term that was met, ended or marked late by the day the stop was entered stays as it was (rule 7).
    """
    return tuple(stop for one in recorded if (stop := _part(one, term)) is not None)


def reaches(stop: RecordedStop, kind: TermKind, area: str) -> bool:
    """Whether the stop's areas concern a term of this kind in this area (its path).

    A wider or equal area always does; for citizens' windows a smaller one inside does as well.
    """
    if kind not in stop.kinds:
        return False
    return any(area.startswith(path) or (kind in CITIZENS and path.startswith(area)) for path in stop.areas)


def first_day_for(stop: RecordedStop, kind: TermKind) -> date:
    """From which day the stop holds a term of this kind: a body's term never before the order and its record."""
    if kind in CITIZENS:
        return stop.first
    return max(stop.first, stop.ordered_on, stop.recorded_on)


def _part(stop: RecordedStop, term: Touched) -> Stop | None:
    if not reaches(stop, term.kind, term.area):
        return None
    first = first_day_for(stop, term.kind)
    if stop.last is not None and stop.last < first:
        return None
    if term.settled_on is not None and term.settled_on <= stop.entered_on:
        return None
    return Stop(first, stop.last, (stop.id,))
