"""Reminders to those who owe something by a date; each step of each date is told once, whoever asks how often."""

from sqlalchemy import select

from core.db import upsert
from core.work import Work
from petitions.domain.deadlines import AUTHORITYS, Standing, TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import State
from petitions.domain.reminding import is_late, step_due
from petitions.domain.rulebook import Unit
from petitions.models.case import Term
from petitions.models.petition import Petition
from petitions.models.reminders import Reminder
from petitions.notices import announce
from petitions.queries.pauses import prime_pauses
from petitions.queries.stops import prime_paths
from petitions.queries.terms import standing_of

# A discussion stands on a day that the body itself announced; a promise asks its author and followers.
REMINDED = AUTHORITYS - {TermKind.DISCUSSION, TermKind.PROMISE}
OVER = (State.WITHDRAWN, State.TAKEN_DOWN, State.REFUSED)


def wanting_reminders(w: Work, after: int, limit: int) -> tuple[list[int], int | None]:
    """Of the next open terms of bodies after an id those that want a reminder, and where to go on (None: no more)."""
    query = (
        select(Term, Petition)
        .join(Petition, Petition.id == Term.petition_id)
        .where(
            Term.met_on.is_(None),
            Term.cancelled_on.is_(None),
            Term.kind.in_(REMINDED),
            Petition.state.not_in(OVER),
            Term.id > after,
        )
    )
    rows = [(term, petition) for term, petition in w.session.execute(query.order_by(Term.id).limit(limit))]
    prime_paths(w, rows)
    prime_pauses(w, {petition.id for _term, petition in rows})
    sent = _sent(w, [term.id for term, _petition in rows])
    found = []
    for term, petition in rows:
        now = standing_of(w, term, petition)
        step = _step(w, term, now)
        if step is not None and (term.id, now.due_on, step) not in sent:
            found.append(term.id)
    return found, rows[-1][0].id if len(rows) == limit else None


def remind(w: Work, term_id: int) -> bool:
    """Send the latest reminder that is due for a term; whether there was one that had not been sent."""
    term = w.session.get(Term, term_id)
    if term is None or term.met_on is not None or term.cancelled_on is not None:
        return False
    petition = w.session.get_one(Petition, term.petition_id)
    now = standing_of(w, term, petition)
    step = _step(w, term, now)
    if step is None or now.due_on is None or not _first(w, term, now, step):
        return False
    event = Event.REMINDED_LATE if is_late(step) else Event.REMINDED
    facts = {"term": term.id, "kind": term.kind.value, "due_on": now.due_on.isoformat(), "step": step}
    announce(w, petition, event, **facts)
    return True


def _step(w: Work, term: Term, now: Standing) -> str | None:
    length = None if term.unit is Unit.MONTHS else term.n + term.extended
    past = (w.today - now.due_on).days if now.due_on else 0
    return step_due(now, length, past)


def _first(w: Work, term: Term, now: Standing, step: str) -> bool:
    """Whether this hand is the first to write the reminder down: the database decides."""
    row = {
        "term_id": term.id,
        "due_on": now.due_on,
        "step": step,
        "at": w.now,
        "to_supervisor": is_late(step),
    }
    insert = upsert(w.session, Reminder).values(**row).on_conflict_do_nothing()
    return w.session.scalar(insert.returning(Reminder.id)) is not None


def _sent(w: Work, term_ids: list[int]) -> set[tuple[int, object, str]]:
    query = select(Reminder.term_id, Reminder.due_on, Reminder.step).where(Reminder.term_id.in_(term_ids))
    return {(term_id, due_on, step) for term_id, due_on, step in w.session.execute(query)}
