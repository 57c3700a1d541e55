"""What the passing of time does to a case: one act at a time, each in a transaction of its own."""

from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party, State, open_to
from petitions.models.case import JournalEntry, Term
from petitions.models.petition import Petition, PetitionCount
from petitions.models.signature import TallyDelta
from petitions.queries import rules
from petitions.queries.terms import open_term
from petitions.services import appeals, cases, hand_over, screening, submitting
from petitions.services.deadlines import mark_late

Act = Callable[[Work, Petition], object]

ACTS: Mapping[tuple[State, Action], Act] = {
    (State.GATHERING, Action.SCREEN): screening.begin_screening,
    (State.GATHERING, Action.LAPSE): submitting.lapse_startup,
    (State.SCREENING, Action.PUBLISH): screening.publish_by_silence,
    (State.SCREENING, Action.ESCALATE): screening.escalate,
    (State.REFUSED, Action.RESTORE): appeals.restore_by_silence,
    (State.REFUSED, Action.ESCALATE): appeals.escalate_appeal,
    (State.REFUSED, Action.CLOSE_APPEAL): appeals.close_window,
    (State.COLLECTING, Action.HAND_OVER): hand_over.hand_over,
    (State.COLLECTING, Action.LAPSE): hand_over.lapse,
    (State.UNDER_REVIEW, Action.DEEM_REGISTERED): hand_over.deem_registered,
}
CLOCKS = (
    *(TermKind.STARTUP, TermKind.SCREENING, TermKind.APPEAL),
    *(TermKind.REGISTRATION, TermKind.COLLECTION),
)


def due_cases(w: Work, after: int, limit: int) -> tuple[list[int], int | None]:
    """Of the next live cases after an id those for which time has something to do, and where to go on.

    The stored dates only choose whom to look at; `do_next` works everything out again.
    """
    query = (
        select(Petition, PetitionCount.counted)
        .outerjoin(PetitionCount)
        .where(_candidates(w), Petition.id > after)
    )
    rows = w.session.execute(query.order_by(Petition.id).limit(limit)).all()
    found = [petition.id for petition, counted in rows if _promising(w, petition, counted or 0)]
    due = [id_ for id_ in found if next_act(w, w.session.get_one(Petition, id_)) is not None]
    return due, rows[-1][0].id if len(rows) == limit else None


def do_next(w: Work, petition_id: int) -> bool:
    """Do the next thing that time owes this case; whether there was one. Safe to repeat and to run twice at once."""
    petition = cases.load(w, petition_id)
    act = next_act(w, petition)
    if act is None:
        return False
    # Late terms are marked first: the act that ends them must not hide that they were late.
    mark_late(w, petition)
    act(w, petition)
    return True


def next_act(w: Work, petition: Petition) -> Act | None:
    """What the life cycle lets the system do with this case now, or None."""
    facts = cases.facts_of(w, petition)
    for action in open_to(petition.state, Party.SYSTEM, facts):
        act = ACTS.get((petition.state, action))
        if act is not None and not _must_wait(w, petition, action):
            return act
    return hand_over.end_collection if _window_ended(w, petition) else None


def _must_wait(w: Work, petition: Petition, action: Action) -> bool:
    if action is Action.LAPSE:
        # Signatures that the tally has not folded yet may still be the ones that were missing.
        return bool(w.session.scalar(select(exists().where(TallyDelta.petition_id == petition.id))))
    return action is Action.ESCALATE and _escalated(w, petition)


def _escalated(w: Work, petition: Petition) -> bool:
    """Whether this check's lateness was told already; a check after a correction is another one."""
    if petition.state is State.REFUSED:
        return bool(w.session.scalar(select(_last_entry(petition, Event.APPEAL_LATE).is_not(None))))
    begun = func.coalesce(_last_entry(petition, Event.SCREENING_BEGUN), 0)
    return bool(
        w.session.scalar(select(func.coalesce(_last_entry(petition, Event.SCREENING_LATE), -1) > begun))
    )


def _last_entry(petition: Petition, event: Event) -> ColumnElement[int]:
    mine = (JournalEntry.petition_id == petition.id, JournalEntry.event == event.value)
    return select(func.max(JournalEntry.id)).where(*mine).scalar_subquery()


def _window_ended(w: Work, petition: Petition) -> bool:
    if petition.state is not State.UNDER_REVIEW or petition.closes_at is None or w.now <= petition.closes_at:
        return False
    return open_term(w, petition.id, TermKind.COLLECTION) is not None


def _candidates(w: Work) -> ColumnElement[bool]:
    ran_out = _ran_out(w.today)
    closed = Petition.closes_at < w.now
    return or_(
        and_(Petition.state == State.GATHERING, or_(PetitionCount.counted > 0, ran_out)),
        and_(Petition.state.in_([State.SCREENING, State.REFUSED, State.UNDER_REVIEW]), ran_out),
        and_(Petition.state == State.COLLECTING, or_(Petition.reached_at.is_not(None), closed)),
    )


def _ran_out(today: date) -> ColumnElement[bool]:
    open_ = (Term.petition_id == Petition.id, Term.met_on.is_(None), Term.cancelled_on.is_(None))
    return exists().where(*open_, Term.kind.in_(CLOCKS), Term.due_on < today)


def _promising(w: Work, petition: Petition, counted: int) -> bool:
    """Spare the closer look at the many cases that still gather their first joiners."""
    if petition.state is not State.GATHERING:
        return True
    startup = rules.tier_of(w, petition).startup
    if startup is None or counted >= startup.signatures:
        return True
    term = open_term(w, petition.id, TermKind.STARTUP)
    return term is not None and term.due_on is not None and term.due_on < w.today
