"""Late terms: recomputed, marked once, announced once; late stays late."""

from datetime import date, timedelta

from sqlalchemy import CursorResult, select, update

from core.work import Work
from petitions.domain.deadlines import AUTHORITYS, Standing, TermKind, TermState
from petitions.domain.events import Event
from petitions.models.case import Term, TermChange
from petitions.models.petition import Petition
from petitions.notices import announce
from petitions.queries.pauses import prime_pauses
from petitions.queries.stops import prime_paths
from petitions.queries.terms import standing_of

ONE_DAY = timedelta(days=1)
# Somebody owes these: the addressed body, or this platform. Citizens' windows run out without anybody's fault.
OWED = AUTHORITYS | {TermKind.SCREENING, TermKind.HAND_OVER}
# An appeal has two terms: the author's time for it, and from this fact on the platform's time to decide.
OWED_SINCE = "appealed"


def wanting_terms(w: Work, after: int, limit: int) -> tuple[list[int], int | None]:
    """Of the next open terms after an id those that want `settle_term`, and where to go on (None: no more)."""
    open_terms = (
        Term.met_on.is_(None),
        Term.cancelled_on.is_(None),
        Term.missed_on.is_(None),
        Term.id > after,
    )
    query = select(Term, Petition).join(Petition, Petition.id == Term.petition_id).where(*open_terms)
    rows = [(term, petition) for term, petition in w.session.execute(query.order_by(Term.id).limit(limit))]
    prime_paths(w, rows)
    prime_pauses(w, {petition.id for _term, petition in rows})
    found = [term.id for term, petition in rows if _wants(term, standing_of(w, term, petition))]
    return found, rows[-1][0].id if len(rows) == limit else None


def settle_term(w: Work, term_id: int) -> bool:
    """Recompute an open term: put a wrong stored date right, and mark it if it is late; whether it changed."""
    term = w.session.get(Term, term_id)
    if term is None or not _is_open(term):
        return False
    petition = w.session.get_one(Petition, term.petition_id)
    now = standing_of(w, term, petition)
    corrected = _correct(w, term, now.due_on)
    return _mark(w, term, petition, now) or corrected


def mark_late(w: Work, petition: Petition) -> int:
    """Mark the late terms of one case before an act ends them, so that the act cannot hide that they were late."""
    terms = w.session.scalars(select(Term.id).where(Term.petition_id == petition.id).order_by(Term.id)).all()
    return sum(settle_term(w, term_id) for term_id in terms)


def _is_open(term: Term) -> bool:
    return term.met_on is None and term.cancelled_on is None and term.missed_on is None


def _wants(term: Term, now: Standing) -> bool:
    return term.due_on != now.due_on or (now.state is TermState.LATE and _owed(term))


def _owed(term: Term) -> bool:
    return term.kind in OWED or (term.kind is TermKind.APPEAL and term.start_fact == OWED_SINCE)


def _correct(w: Work, term: Term, due_on: date | None) -> bool:
    if term.due_on == due_on:
        return False
    change = TermChange(term_id=term.id, at=w.now, old_due=term.due_on, new_due=due_on, cause="recomputed")
    w.session.add(change)
    term.due_on = due_on
    return True


def _mark(w: Work, term: Term, petition: Petition, now: Standing) -> bool:
    if now.state is not TermState.LATE or now.due_on is None or not _owed(term):
        return False
    # The first late day, not the day of the sweep: a sweep that comes late must leave the same row behind.
    late_since = now.due_on + ONE_DAY
    guarded = update(Term).where(Term.id == term.id, Term.missed_on.is_(None)).values(missed_on=late_since)
    result = w.session.execute(guarded)
    if not isinstance(result, CursorResult) or result.rowcount == 0:
        return False
    w.session.refresh(term)
    announce(
        w,
        petition,
        Event.DEADLINE_MISSED,
        kind=term.kind.value,
        due_on=now.due_on.isoformat(),
        term=term.id,
        authority=term.authority,
    )
    return True
