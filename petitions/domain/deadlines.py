"""Terms: whose clock runs, since when, until when, and where it stands on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from petitions.domain.calendar import Computation, Stop, WorkCalendar, days_late, days_left, due
from petitions.domain.rulebook import Span


class TermKind(StrEnum):
    """What has to happen until the date."""

    STARTUP = "startup"
    SCREENING = "screening"
    APPEAL = "appeal"
    COLLECTION = "collection"
    HAND_OVER = "hand_over"
    REGISTRATION = "registration"
    QUESTION = "question"
    DISCUSSION = "discussion"
    ANSWER = "answer"
    PUBLICATION = "publication"
    ORDINARY_REPLY = "ordinary_reply"
    PROMISE = "promise"


# Citizens' windows: a stop touches them also from a smaller area, and stops them from its own first day.
CITIZENS = frozenset({TermKind.STARTUP, TermKind.COLLECTION, TermKind.APPEAL, TermKind.QUESTION})
# The addressed body bears these; the others are the platform's or the author's.
AUTHORITYS = frozenset(
    {
        TermKind.REGISTRATION,
        TermKind.DISCUSSION,
        TermKind.ANSWER,
        TermKind.PUBLICATION,
        TermKind.ORDINARY_REPLY,
        TermKind.PROMISE,
    }
)


class TermState(StrEnum):
    """Where a term stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    LATE = "late"
    MET = "met"
    MET_LATE = "met_late"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class TermFacts:
    """What a term is made of; its standing is worked out from these, never stored.

    `missed_on` is the one fact that stays whatever the clock of the machine says later: late stays late.
    """

    kind: TermKind
    started_on: date
    span: Span
    extended: int = 0
    met_on: date | None = None
    cancelled_on: date | None = None
    missed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A term on a day. `days_left` and `days_late` are working days for such a term, else calendar days."""

    state: TermState
    due_on: date | None
    days_left: int | None
    days_late: int
    stopped_since: date | None
    extended: bool


def compute(facts: TermFacts, calendar: WorkCalendar, stops: Sequence[Stop] = ()) -> Computation:
    """The due date with its days; an extension lengthens the span by its days, in the same unit."""
    whole = Span(facts.span.n + facts.extended, facts.span.unit)
    return due(facts.started_on, whole, calendar, stops)


def standing(facts: TermFacts, today: date, calendar: WorkCalendar, stops: Sequence[Stop] = ()) -> Standing:
    """Where a term stands on `today`, recomputed from its start, its length and the stops."""
    computed = compute(facts, calendar, stops)
    state = _state(facts, computed.due, today)
    return Standing(
        state=state,
        due_on=computed.due,
        days_left=_left(facts, state, computed.due, today, calendar, stops),
        days_late=_late(facts, state, computed.due, today, calendar, stops),
        stopped_since=computed.stopped_since if state is TermState.STOPPED else None,
        extended=facts.extended > 0,
    )


def _state(facts: TermFacts, due_on: date | None, today: date) -> TermState:
    if facts.cancelled_on is not None:
        return TermState.CANCELLED
    missed = facts.missed_on is not None
    if facts.met_on is not None:
        late = missed or (due_on is not None and facts.met_on > due_on)
        return TermState.MET_LATE if late else TermState.MET
    if due_on is None:
        return TermState.STOPPED
    return TermState.LATE if missed or today > due_on else TermState.RUNNING


def _left(
    facts: TermFacts,
    state: TermState,
    due_on: date | None,
    today: date,
    calendar: WorkCalendar,
    stops: Sequence[Stop],
) -> int | None:
    if state is not TermState.RUNNING or due_on is None:
        return None
    return days_left(today, due_on, facts.span.unit, calendar, stops)


def _late(
    facts: TermFacts,
    state: TermState,
    due_on: date | None,
    today: date,
    calendar: WorkCalendar,
    stops: Sequence[Stop],
) -> int:
    if due_on is None or state not in {TermState.LATE, TermState.MET_LATE}:
        return 0
    until = facts.met_on or today
    return days_late(until, due_on, facts.span.unit, calendar, stops)
