"""Pauses of the answer's clock: the days in which the body waits for the author's reply to its question."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select

from core.work import Work
from petitions.domain.calendar import Stop, local_day
from petitions.domain.deadlines import TermKind
from petitions.models.case import Term
from petitions.models.casework import CaseQuestion

PAUSES = "question_pauses"
ONE_DAY = timedelta(days=1)
Known = dict[int, tuple[Stop, ...]]


def prime_pauses(w: Work, petition_ids: Collection[int]) -> None:
    """Read the pauses of many petitions at once, so that `pauses_of` asks the database no more."""
    known: Known = w.session.info.setdefault(PAUSES, {})
    missing = set(petition_ids) - known.keys()
    if not missing:
        return
    known.update(dict.fromkeys(missing, ()))
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


def pauses_of(w: Work, term: Term) -> tuple[Stop, ...]:
    """The days that do not count for an answer's term; none for any other."""
    if term.kind is not TermKind.ANSWER:
        return ()
    prime_pauses(w, [term.petition_id])
    known: Known = w.session.info[PAUSES]
    return known[term.petition_id]


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
