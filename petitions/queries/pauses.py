"""Days of a case that do not count: the wait for the author's reply, and the time in which it was taken down."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select

from core.work import Work
from petitions.domain.calendar import Stop, local_day
from petitions.domain.deadlines import TermKind
from petitions.models.case import Term
from petitions.models.casework import CaseQuestion
from petitions.models.reports import Takedown

PAUSES = "question_pauses"
DOWN = "days_down"
ONE_DAY = timedelta(days=1)
Known = dict[int, tuple[Stop, ...]]


def prime_pauses(w: Work, petition_ids: Collection[int]) -> None:
    """Read the pauses of many petitions at once, so that `pauses_of` asks the database no more."""
    known: Known = w.session.info.setdefault(PAUSES, {})
    # Asked for each row of a long table: a difference of sets would walk through all that is known each time.
    missing = {id_ for id_ in petition_ids if id_ not in known}
    if not missing:
        return
    known.update(dict.fromkeys(missing, ()))
    _prime_down(w, missing)
    query = (
        select(CaseQuestion, Term)
        .join(Term, Term.id == CaseQuestion.term_id)
        .where(CaseQuestion.petition_id.in_(missing), CaseQuestion.pauses)
    )
    for question, term in w.session.execute(query.order_by(CaseQuestion.id)):
        pause = _pause(question, term, w)
        if pause is not None:
            known[question.petition_id] = (*known[question.petition_id], pause)


def forget_pauses(w: Work) -> None:
    """Read the pauses anew: this Work has changed one."""
    w.session.info.pop(PAUSES, None)
    w.session.info.pop(DOWN, None)


def pauses_of(w: Work, term: Term) -> tuple[Stop, ...]:
    """The days that do not count for a term: a takedown's for each, the wait for a reply only for the answer's."""
    prime_pauses(w, [term.petition_id])
    down: Known = w.session.info.get(DOWN, {})
    asked: Known = w.session.info[PAUSES] if term.kind is TermKind.ANSWER else {}
    return (*down.get(term.petition_id, ()), *asked.get(term.petition_id, ()))


def _prime_down(w: Work, petition_ids: Collection[int]) -> None:
    """From the day of a takedown to the day before the case was shown again."""
    known: Known = w.session.info.setdefault(DOWN, {})
    zone = str(w.kernel.zone)
    query = select(Takedown).where(Takedown.petition_id.in_(petition_ids), Takedown.restored_at.is_not(None))
    for row in w.session.scalars(query.order_by(Takedown.at)):
        if row.restored_at is None:
            continue
        first, last = local_day(row.at, zone), local_day(row.restored_at, zone) - ONE_DAY
        if first <= last:
            known[row.petition_id] = (*known.get(row.petition_id, ()), Stop(first, last))


def _pause(question: CaseQuestion, term: Term, w: Work) -> Stop | None:
    """From the day after the question to the reply, at the longest to the end of the time for it."""
    zone = str(w.kernel.zone)
    first = local_day(question.asked_at, zone) + ONE_DAY
    last = _last_day(question, term, zone)
    # A question that was replied to on its own day cost nobody a day.
    return None if last is not None and last < first else Stop(first, last)


def _last_day(question: CaseQuestion, term: Term, zone: str) -> date | None:
    ends = [day for day in (term.due_on, term.cancelled_on) if day is not None]
    if question.replied_at is not None:
        ends.append(local_day(question.replied_at, zone))
    return min(ends, default=None)
