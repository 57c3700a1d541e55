"""When the keys of a case are due for destruction: from the dates of the case alone."""

from dataclasses import dataclass
from datetime import datetime

from petitions.domain.keeping import TERMS, Kept, over_at
from petitions.domain.lifecycle import State

RUNNING = frozenset({State.DRAFT, State.GATHERING, State.SCREENING, State.COLLECTING, State.UNDER_REVIEW})


@dataclass(frozen=True, slots=True)
class CaseDates:
    """What the terms of keeping hang on. `replied_at` is the ordinary reply's, `reply_owed` that one is due."""

    state: State
    begun_at: datetime
    closes_at: datetime | None = None
    ended_at: datetime | None = None
    handed_over_at: datetime | None = None
    answered_at: datetime | None = None
    replied_at: datetime | None = None
    reply_owed: bool = False
    promise_at: datetime | None = None


def end_of_signing(case: CaseDates) -> datetime | None:
    """When the last signature could be given: the window's end, or the answer or end of the case before it."""
    if case.state in RUNNING:
        return case.closes_at
    known = [moment for moment in (case.closes_at, case.answered_at or case.ended_at) if moment is not None]
    return min(known) if known else None


def contact_due(case: CaseDates) -> datetime:
    """When contacts are due: after the later of closing and published answer or ordinary reply."""
    return _due(Kept.CONTACT, case, _contact_needed_last(case))


def promise_due(case: CaseDates) -> datetime | None:
    """When the contacts of those who asked for news are due, where an answer promised something; else None."""
    if case.promise_at is None or case.state in RUNNING:
        return None
    return max(_due(Kept.PROMISE, case, case.promise_at), contact_due(case))


def identity_due(case: CaseDates) -> datetime:
    """When names and uids are due: after the later of hand-over and end of signing."""
    return _due(Kept.IDENTITY, case, _identity_needed_last(case))


def _due(kept: Kept, case: CaseDates, start: datetime | None) -> datetime:
    limit = TERMS[kept].at_most
    if limit is None:
        raise ValueError(f"{kept} has no limit")
    # A case that has not come so far has only its limit, and that runs from its beginning.
    return limit.after(case.begun_at) if start is None else over_at(kept, start, case.begun_at)


def _contact_needed_last(case: CaseDates) -> datetime | None:
    if case.state in RUNNING or (case.reply_owed and case.replied_at is None):
        return None
    moments = (end_of_signing(case), case.answered_at, case.replied_at, case.ended_at)
    if case.state is State.LAPSED:
        moments = (end_of_signing(case), case.replied_at, None, None)
    return _latest(*moments)


def _identity_needed_last(case: CaseDates) -> datetime | None:
    if case.state in RUNNING and case.state is not State.UNDER_REVIEW:
        return None
    end = end_of_signing(case)
    return None if end is None else _latest(end, case.handed_over_at)


def _latest(*moments: datetime | None) -> datetime | None:
    known = [moment for moment in moments if moment is not None]
    return max(known) if known else None
