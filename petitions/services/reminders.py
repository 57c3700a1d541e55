"""Reminders to those who owe something by a date; each step of each date is told once, whoever asks how often."""

from datetime import date

from sqlalchemy import select

from core.db import upsert
from core.work import Work
from petitions.domain.deadlines import AUTHORITYS, Standing, TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import State
from petitions.domain.reminding import BEFORE_AUTHOR, is_late, rank, step_before, step_due
from petitions.domain.rulebook import Unit
from petitions.models.case import Term
from petitions.models.petition import Petition, PetitionCount
from petitions.models.reminders import Reminder
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.pauses import prime_pauses
from petitions.queries.stops import prime_paths
from petitions.queries.terms import standing_of

# A discussion stands on a day that the body itself announced; a promise asks its author and followers.
REMINDED = AUTHORITYS - {TermKind.DISCUSSION, TermKind.PROMISE}
# The author is reminded as well, of the last day for first supporters.
OF_AUTHORS = frozenset({TermKind.STARTUP})
OVER = (State.WITHDRAWN, State.TAKEN_DOWN, State.REFUSED)


def wanting_reminders(w: Work, after: int, limit: int) -> tuple[list[int], int | None]:
    """Of the next open terms of bodies after an id those that want a reminder, and where to go on (None: no more)."""
    query = (
        select(Term, Petition)
        .join(Petition, Petition.id == Term.petition_id)
        .where(
            Term.met_on.is_(None),
            Term.cancelled_on.is_(None),
            Term.kind.in_(REMINDED | OF_AUTHORS),
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
        if step is not None and rank(step) > sent.get((term.id, now.due_on), rank(step) - 1):
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
    if step is None or now.due_on is None or _told_later(w, term, now, step):
        return False
    if not _first(w, term, now, step):
        return False
    facts = {"term": term.id, "kind": term.kind.value, "due_on": now.due_on.isoformat(), "step": step}
    if term.kind in OF_AUTHORS:
        announce(w, petition, Event.STARTUP_ENDING, **facts, **_joined(w, petition))
        return True
    announce(w, petition, Event.REMINDED_LATE if is_late(step) else Event.REMINDED, **facts)
    return True


def _step(w: Work, term: Term, now: Standing) -> str | None:
    length = None if term.unit is Unit.MONTHS else term.n + term.extended
    if term.kind in OF_AUTHORS:
        return step_before(now, length, BEFORE_AUTHOR)
    past = (w.today - now.due_on).days if now.due_on else 0
    return step_due(now, length, past)


def _joined(w: Work, petition: Petition) -> dict[str, int]:
    """How many have joined so far, and how many are needed."""
    startup, counts = rules.tier_of(w, petition).startup, w.session.get(PetitionCount, petition.id)
    return {"joined": counts.counted if counts else 0, "needed": startup.signatures if startup else 0}


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


def _told_later(w: Work, term: Term, now: Standing, step: str) -> bool:
    """Whether a later step was told already: the machine's clock was ahead for a while, and has come back."""
    return _sent(w, [term.id]).get((term.id, now.due_on), rank(step)) > rank(step)


def _sent(w: Work, term_ids: list[int]) -> dict[tuple[int, date | None], int]:
    """The latest step that was sent for each date of each term."""
    found: dict[tuple[int, date | None], int] = {}
    query = select(Reminder.term_id, Reminder.due_on, Reminder.step).where(Reminder.term_id.in_(term_ids))
    for term_id, due_on, step in w.session.execute(query):
        key = (term_id, due_on)
        found[key] = max(rank(step), found.get(key, rank(step)))
    return found
