"""Starting, meeting and ending terms; every change of a date is a row of its own."""

from datetime import date, timedelta

from sqlalchemy import func, select

from core.work import Work
from petitions.domain.calendar import ends_at
from petitions.domain.deadlines import AUTHORITYS, TermKind
from petitions.domain.rulebook import Rulebook, Span
from petitions.models.case import Term, TermChange
from petitions.models.petition import Petition
from petitions.queries import rules
from petitions.queries.terms import computed_of, latest_term, open_term, open_terms


def start_term(
    w: Work, petition: Petition, kind: TermKind, span: Span, fact: str, *, on: date | None = None
) -> Term:
    """Start a term that runs from the day of `fact` (default: today) for `span`; stores its due date.

    Refusal: `calendar-out-of-range` where the calendar does not reach so far.
    """
    rulebook = rules.rulebook_of(w, petition)
    earlier = select(func.count()).where(Term.petition_id == petition.id, Term.kind == kind)
    term = Term(
        petition_id=petition.id,
        authority=petition.authority if kind in AUTHORITYS else None,
        kind=kind,
        round=(w.session.scalar(earlier) or 0) + 1,
        started_on=on or w.today,
        start_fact=fact,
        unit=span.unit,
        n=span.n,
        extended=0,
        article=span.article,
        basis=span.basis.value,
        calendar=rules.calendar(rulebook).version,
    )
    term.due_on = computed_of(w, term, petition).due
    w.session.add(term)
    w.session.flush()
    _changed(w, term, None, fact)
    return term


def set_date(w: Work, term: Term, due_on: date | None, cause: str) -> None:
    """Store the new due date of a term (None: an open stop holds it), with its cause."""
    old, term.due_on = term.due_on, due_on
    _changed(w, term, old, cause)


def meet_term(w: Work, petition: Petition, kind: TermKind, *, on: date | None = None) -> Term | None:
    """Mark the open term of a kind as met; None where there is none."""
    term = open_term(w, petition.id, kind)
    if term is not None:
        term.met_on = on or w.today
    return term


def cancel_terms(w: Work, petition: Petition) -> None:
    """End every open term of a case that is over."""
    for term in open_terms(w, petition.id):
        term.cancelled_on = w.today


def is_over(w: Work, petition: Petition, kind: TermKind) -> bool:
    """Whether the last term of a kind has run out, recomputed and never trusting the stored date alone."""
    term = latest_term(w, petition.id, kind)
    if term is None or term.cancelled_on is not None:
        return False
    due_on = computed_of(w, term, petition).due
    return due_on is not None and w.now > ends_at(due_on, rules.rulebook_of(w, petition).timezone)


def grace(rulebook: Rulebook, tier_id: str) -> timedelta:
    """How long after closing a last confirmation still counts."""
    return rulebook.tier(tier_id).collection.confirm_grace.duration()


def _changed(w: Work, term: Term, old: date | None, cause: str) -> None:
    change = TermChange(
        term_id=term.id,
        at=w.now,
        old_due=old,
        new_due=term.due_on,
        cause=cause,
        account_id=w.actor.account_id,
    )
    w.session.add(change)
