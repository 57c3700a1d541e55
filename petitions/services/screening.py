"""The check of admissibility: decided by a moderator with reasons, or by the rulebook when late."""

from sqlalchemy import func, select

from auth.permissions import Permission, demand
from core.audit import record
from core.switches import Switch, refuse_if
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party, step
from petitions.domain.moderation import ACTIONS, Verdict, require_reasoned
from petitions.domain.rulebook import Ground
from petitions.models.case import Decision, JournalEntry
from petitions.models.petition import Petition
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.access import require_moderator
from petitions.services import appeals, cases, takedowns
from petitions.services.indexing import refresh
from petitions.services.publishing import certify, open_collection
from petitions.services.terms import meet_term, start_term


def check_decision(
    w: Work, petition_id: int, version: int, verdict: Verdict, *, reason: str = "", ground: str = ""
) -> tuple[Petition, Ground | None]:
    """Whether a decision could be made now; changes nothing. Returns the case and the ground in words.

    Refusals: `not-allowed`, `not-found` (also for one's own petition), `changed-meanwhile`, `not-your-move`,
    those of `require_reasoned`; `threshold-base-missing` and `threshold-areas-too-few` where publication is
    not possible.
    """
    take_down = verdict is Verdict.TAKE_DOWN
    demand(w.actor, Permission.PETITION_TAKE_DOWN if take_down else Permission.PETITION_MODERATE)
    petition = require_moderator(w, cases.load(w, petition_id))
    cases.require_version(petition, version)
    step(petition.state, ACTIONS[verdict], Party.MODERATOR, cases.facts_of(w, petition))
    found = require_reasoned(verdict, ground, reason, rules.rulebook_of(w, petition))
    if verdict is Verdict.PUBLISH:
        certify(w, rules.tier_of(w, petition), petition.area or "")
    return petition, found


def decide(
    w: Work, petition_id: int, version: int, verdict: Verdict, *, reason: str = "", ground: str = ""
) -> None:
    """A moderator's decision on a petition in screening, or to take a public one down.

    Refusals: `switched-off`, those of `check_decision`.
    """
    refuse_if(w, Switch.READ_ONLY)
    petition, found = check_decision(w, petition_id, version, verdict, reason=reason, ground=ground)
    before = petition.state.value
    _STEPS[verdict](w, petition, reason, found)
    after = {"state": petition.state.value, "ground": found.id if found else None}
    record(w, f"petition.{verdict.value}", f"petition:{petition.id}", {"state": before}, after)


def begin_screening(w: Work, petition: Petition) -> None:
    """Send a petition whose joiners are all there to the check. Refusals: `not-your-move`, `not-now`."""
    cases.move(w, petition, Action.SCREEN, Party.SYSTEM)
    meet_term(w, petition, TermKind.STARTUP)
    announce(w, petition, Event.JOINERS_MET)
    start_screening(w, petition, "joiners_met")


def start_screening(w: Work, petition: Petition, fact: str) -> None:
    """Start the clock of the check."""
    term = start_term(w, petition, TermKind.SCREENING, rules.tier_of(w, petition).screening.within, fact)
    announce(w, petition, Event.SCREENING_BEGUN, due_on=term.due_on.isoformat() if term.due_on else None)


def publish_by_silence(w: Work, petition: Petition) -> None:
    """Publish what nobody checked in time, where the rulebook says that silence is no veto.

    Refusals: `not-your-move`, `not-now`, `threshold-base-missing`, `threshold-areas-too-few`.
    """
    open_collection(w, petition, Party.SYSTEM)
    _decision(w, petition, Verdict.SILENCE, "", None)
    meet_term(w, petition, TermKind.SCREENING)


def escalate(w: Work, petition: Petition) -> bool:
    """Tell those above, once for each round, that the check is late; False where they were told before.

    Refusals: `not-your-move`, `not-now`.
    """
    if _last(w, petition, Event.SCREENING_LATE) > _last(w, petition, Event.SCREENING_BEGUN):
        return False
    cases.move(w, petition, Action.ESCALATE, Party.SYSTEM)
    announce(w, petition, Event.SCREENING_LATE)
    return True


def _publish(w: Work, petition: Petition, reason: str, _ground: Ground | None) -> None:
    open_collection(w, petition, Party.MODERATOR)
    _decision(w, petition, Verdict.PUBLISH, reason, None)
    meet_term(w, petition, TermKind.SCREENING)


def _return(w: Work, petition: Petition, reason: str, _ground: Ground | None) -> None:
    cases.move(w, petition, Action.RETURN, Party.MODERATOR)
    meet_term(w, petition, TermKind.SCREENING)
    decision = _decision(w, petition, Verdict.RETURN, reason, None)
    announce(w, petition, Event.RETURNED, decision=decision.id)


def _refuse(w: Work, petition: Petition, reason: str, ground: Ground | None) -> None:
    cases.move(w, petition, Action.REFUSE, Party.MODERATOR)
    meet_term(w, petition, TermKind.SCREENING)
    petition.ended_at = w.now
    decision = _decision(w, petition, Verdict.REFUSE, reason, ground)
    refresh(w, petition)
    appeal_by = appeals.open_window(w, petition)
    announce(w, petition, Event.REFUSED, decision=decision.id, ground=decision.ground, appeal_by=appeal_by)


def _take_down(w: Work, petition: Petition, reason: str, ground: Ground | None) -> None:
    row = takedowns.take_down(w, petition)
    takedowns.note_takedown(w, petition, row, _decision(w, petition, Verdict.TAKE_DOWN, reason, ground))


_STEPS = {
    Verdict.PUBLISH: _publish,
    Verdict.RETURN: _return,
    Verdict.REFUSE: _refuse,
    Verdict.TAKE_DOWN: _take_down,
}


def _decision(w: Work, petition: Petition, verdict: Verdict, reason: str, ground: Ground | None) -> Decision:
    decision = Decision(
        petition_id=petition.id,
        kind=verdict.value,
        ground=ground.id if ground else None,
        reason=reason,
        hides_text=verdict is Verdict.TAKE_DOWN or (ground is not None and ground.hide_text),
        decided_at=w.now,
        account_id=w.actor.account_id,
    )
    w.session.add(decision)
    w.session.flush()
    return decision


def _last(w: Work, petition: Petition, event: Event) -> int:
    mine = (JournalEntry.petition_id == petition.id, JournalEntry.event == event.value)
    return w.session.scalar(select(func.max(JournalEntry.id)).where(*mine)) or 0
