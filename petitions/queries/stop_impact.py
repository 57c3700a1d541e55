"""What a stop would change: which terms get another date, and which windows open again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from core.work import Work
from petitions.domain.calendar import ends_at
from petitions.domain.deadlines import CITIZENS, TermKind, compute
from petitions.domain.lifecycle import State
from petitions.domain.stops import RecordedStop, Touched, reaches, touching
from petitions.models.case import Term
from petitions.models.petition import Petition
from petitions.queries import rules
from petitions.queries.access import is_listed
from petitions.queries.pauses import pauses_of, prime_pauses
from petitions.queries.stops import prime_paths, recorded_stops, touched
from petitions.queries.terms import facts_of

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Move:
    """One term whose date a stop changes; `reopens` where its window had run out and opens again."""

    term: Term
    petition: Petition
    new_due: date | None
    reopens: bool


@dataclass(frozen=True, slots=True)
class Example:
    """One changed date of a listed petition."""

    petition_id: int
    title: str
    language: str
    kind: TermKind
    old_due: date | None
    new_due: date | None
    reopens: bool


@dataclass(frozen=True, slots=True)
class Impact:
    """How much a stop changes, with a few examples."""

    terms: int
    petitions: int
    reopened: int
    examples: tuple[Example, ...]


def impact_of(w: Work, stop: RecordedStop) -> Impact:
    """What would change if this stop stood as given, beside the other recorded ones."""
    found = moves(w, stop)
    shown = [move for move in found if is_listed(move.petition)][:EXAMPLES]
    return Impact(
        terms=len(found),
        petitions=len({move.petition.id for move in found}),
        reopened=sum(move.reopens for move in found),
        examples=tuple(_example(move) for move in shown),
    )


def moves(w: Work, stop: RecordedStop) -> list[Move]:
    """Every term that gets another date once `stop` stands as given (new, or in place of the one recorded)."""
    stops = (*(one for one in recorded_stops(w) if one.id != stop.id), stop)
    query = select(Term, Petition).join(Petition, Petition.id == Term.petition_id)
    query = query.where(Term.kind.in_(sorted(stop.kinds)), or_(_unsettled(stop), _ran_out(stop)))
    rows = [(term, petition) for term, petition in w.session.execute(query.order_by(Term.id))]
    prime_paths(w, rows)
    prime_pauses(w, {petition.id for _term, petition in rows})
    found = (_move(w, stops, stop, term, petition) for term, petition in rows)
    return [move for move in found if move is not None]


def _unsettled(stop: RecordedStop) -> ColumnElement[bool]:
    """Open, or settled after the day on which the stop was entered."""
    open_ = and_(Term.met_on.is_(None), Term.cancelled_on.is_(None))
    return or_(open_, Term.met_on > stop.entered_on, Term.cancelled_on > stop.entered_on)


def _ran_out(stop: RecordedStop) -> ColumnElement[bool]:
    """Windows of citizens that reached their end after the stop had begun."""
    collection = and_(
        Term.kind == TermKind.COLLECTION,
        Term.met_on == Term.due_on,
        Petition.state.in_([State.LAPSED, State.UNDER_REVIEW]),
    )
    startup = and_(
        Term.kind == TermKind.STARTUP,
        Term.cancelled_on > Term.due_on,
        Petition.state == State.LAPSED,
        Petition.opened_at.is_(None),
    )
    appeal = and_(
        Term.kind == TermKind.APPEAL, Term.cancelled_on > Term.due_on, Petition.state == State.REFUSED
    )
    return and_(Term.due_on >= stop.first, or_(collection, startup, appeal))


def _move(
    w: Work, stops: Sequence[RecordedStop], stop: RecordedStop, term: Term, petition: Petition
) -> Move | None:
    asked = touched(w, term, petition)
    if not reaches(stop, term.kind, asked.area):
        return None
    settled = _settled_window(stop, term)
    if settled:
        asked = Touched(asked.kind, asked.area)
    rulebook = rules.rulebook_of(w, petition)
    held = (*touching(stops, asked), *pauses_of(w, term))
    new = compute(facts_of(term), rules.calendar(rulebook), held).due
    if settled and new is not None and ends_at(new, rulebook.timezone) < w.now:
        # The window would have ended before today in any case: nothing opens again.
        return None
    return None if new == term.due_on else Move(term, petition, new, settled)


def _settled_window(stop: RecordedStop, term: Term) -> bool:
    if term.kind not in CITIZENS or term.due_on is None or term.due_on < stop.first:
        return False
    if term.kind is TermKind.COLLECTION:
        return term.met_on is not None and term.met_on == term.due_on
    return term.cancelled_on is not None and term.cancelled_on > term.due_on


def _example(move: Move) -> Example:
    petition = move.petition
    return Example(
        petition_id=petition.id,
        title=petition.title,
        language=petition.language,
        kind=move.term.kind,
        old_due=move.term.due_on,
        new_due=move.new_due,
        reopens=move.reopens,
    )
