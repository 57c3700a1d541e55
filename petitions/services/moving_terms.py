"""What a stop does to the cases it touches: new dates, windows that open again, and a line in each journal."""

from core.audit import record
from core.work import Work
from petitions.domain.calendar import ends_at
from petitions.domain.deadlines import TermKind
from petitions.domain.eligibility import SIGNABLE
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party, State
from petitions.domain.stops import RecordedStop
from petitions.models.case import Referral
from petitions.models.petition import Petition
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.stop_impact import Move, moves
from petitions.queries.terms import open_term
from petitions.services import cases
from petitions.services.managing import let_withdrawn_go
from petitions.services.terms import set_date


def move_terms(w: Work, stop: RecordedStop, cause: str) -> None:
    """Give every touched term its new date, open again what had run out, and tell each journal once."""
    by_petition: dict[int, list[Move]] = {}
    for move in moves(w, stop):
        by_petition.setdefault(move.petition.id, []).append(move)
    for found in by_petition.values():
        _move_case(w, stop, found, cause)


def _move_case(w: Work, stop: RecordedStop, found: list[Move], cause: str) -> None:
    petition = found[0].petition
    event = Event.CLOCK_RESUMED if cause.startswith("stop-ended") else Event.CLOCK_STOPPED
    announce(
        w,
        petition,
        event,
        stop=int(stop.id),
        first=stop.first.isoformat(),
        last=stop.last.isoformat() if stop.last else None,
        terms=len(found),
    )
    for move in found:
        _move(w, move, cause)
    cases.flush(w)


def _move(w: Work, move: Move, cause: str) -> None:
    if move.reopens:
        move.term.met_on = move.term.cancelled_on = None
    set_date(w, move.term, move.new_due, cause)
    if move.reopens:
        _reopen(w, move)
    if move.term.kind is TermKind.COLLECTION and move.petition.state in SIGNABLE:
        timezone = rules.rulebook_of(w, move.petition).timezone
        move.petition.closes_at = ends_at(move.new_due, timezone) if move.new_due else None


def _reopen(w: Work, move: Move) -> None:
    petition, due_on = move.petition, move.new_due
    w.session.flush()
    if petition.state is State.LAPSED:
        cases.move(w, petition, Action.REOPEN, Party.SYSTEM)
        petition.ended_at = None
        _take_back_referral(w, petition)
    event = Event.APPEAL_OPEN_AGAIN if move.term.kind is TermKind.APPEAL else Event.REOPENED
    announce(w, petition, event, closes_on=due_on.isoformat() if due_on else None)


def _take_back_referral(w: Work, petition: Petition) -> None:
    """The ordinary reply is owed to a petition that stayed below its threshold; this one is collecting again."""
    reply = open_term(w, petition.id, TermKind.ORDINARY_REPLY)
    if reply is not None:
        reply.cancelled_on = w.today
    referral = w.session.get(Referral, petition.id)
    if referral is not None:
        record(w, "petition.referral-back", f"petition:{petition.id}", before={"receipt": referral.receipt})
        w.session.delete(referral)
        petition.handed_over_at = None
        let_withdrawn_go(w, petition.id)
