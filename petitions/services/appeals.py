"""The appeal against a refusal: once, by the author, decided by another moderator than the one who refused."""

from auth.permissions import Permission, demand
from core.audit import record
from core.refusal import Refusal
from core.switches import Switch, refuse_if
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party, step
from petitions.domain.moderation import REASON_LEAST, REASON_MOST
from petitions.models.appeals import Appeal, AppealOutcome
from petitions.models.case import Decision
from petitions.models.petition import Petition
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.access import require_author, require_moderator
from petitions.queries.appeals import appeal_of, require_waiting
from petitions.queries.moderation import last_refusal
from petitions.queries.terms import open_term
from petitions.services import cases
from petitions.services.deadlines import OWED_SINCE
from petitions.services.publishing import certify, open_collection
from petitions.services.terms import meet_term, start_term


def open_window(w: Work, petition: Petition) -> str | None:
    """Start the author's time to appeal; its last day, None where the rules know no appeal."""
    within = rules.tier_of(w, petition).appeal
    if within is None:
        return None
    term = start_term(w, petition, TermKind.APPEAL, within.within, "refused")
    return term.due_on.isoformat() if term.due_on else None


def file_appeal(w: Work, petition_id: int, version: int, text: str) -> None:
    """The author's appeal: the time for its decision begins.

    Refusals: `switched-off`, `not-found` for everybody but the author, `changed-meanwhile`, `not-your-move`,
    `not-now` after the last day or a second time; `appeal-short` and `reason-long` on `text`.
    """
    refuse_if(w, Switch.READ_ONLY)
    petition = require_author(w, cases.load(w, petition_id))
    cases.require_version(petition, version)
    words = text.strip()
    if len(words) < REASON_LEAST:
        raise Refusal("appeal-short", field="text", least=REASON_LEAST)
    if len(words) > REASON_MOST:
        raise Refusal("reason-long", field="text", most=REASON_MOST)
    cases.move(w, petition, Action.APPEAL, Party.AUTHOR)
    meet_term(w, petition, TermKind.APPEAL)
    appeal = Appeal(
        petition_id=petition.id,
        decision_id=_refusal(w, petition).id,
        text=words,
        filed_at=w.now,
        language=petition.language,
    )
    w.session.add(appeal)
    within = rules.tier_of(w, petition).appeal
    if within is None:
        raise Refusal("not-now")
    term = start_term(w, petition, TermKind.APPEAL, within.within, OWED_SINCE)
    announce(w, petition, Event.APPEALED, due_on=term.due_on.isoformat() if term.due_on else None)


def check_appeal(w: Work, petition_id: int, version: int, outcome: AppealOutcome, reason: str) -> Petition:
    """Whether the actor could decide so now; changes nothing.

    Refusals: `not-allowed`, `not-found` (also for one's own petition), `appeal-own-refusal`, `changed-meanwhile`,
    `not-now`; `reason-missing` and `reason-long` on `reason`; those of `certify` where it cannot be published.
    """
    demand(w.actor, Permission.APPEAL_DECIDE)
    petition = require_moderator(w, cases.load(w, petition_id))
    require_waiting(w, petition)
    cases.require_version(petition, version)
    step(petition.state, _ACTS[outcome], Party.MODERATOR, cases.facts_of(w, petition))
    if len(reason.strip()) < REASON_LEAST:
        raise Refusal("reason-missing", field="reason", least=REASON_LEAST)
    if len(reason) > REASON_MOST:
        raise Refusal("reason-long", field="reason", most=REASON_MOST)
    if outcome is AppealOutcome.RESTORED:
        certify(w, rules.tier_of(w, petition), petition.area or "")
    return petition


def decide_appeal(w: Work, petition_id: int, version: int, outcome: AppealOutcome, reason: str) -> None:
    """A second moderator lets the refusal stand or opens the petition; the reason is public either way.

    An opened petition gets its whole window from this day: it loses none of its days by the wrong refusal.
    Refusals: `switched-off`, those of `check_appeal`.
    """
    refuse_if(w, Switch.READ_ONLY)
    petition = check_appeal(w, petition_id, version, outcome, reason)
    before = {"state": petition.state.value, "appeal": "waiting"}
    if outcome is AppealOutcome.RESTORED:
        _restore(w, petition, Party.MODERATOR)
    else:
        cases.move(w, petition, Action.UPHOLD, Party.MODERATOR)
    _settle(w, petition, outcome, reason.strip())
    after = {"state": petition.state.value, "appeal": outcome.value}
    record(w, f"appeal.{outcome.value}", f"petition:{petition.id}", before, after)


def restore_by_silence(w: Work, petition: Petition) -> None:
    """Open a petition on whose appeal nobody decided in time, where the rules say that silence is no veto.

    Refusals: `not-your-move`, `not-now`, those of `certify`.
    """
    _restore(w, petition, Party.SYSTEM)
    _settle(w, petition, AppealOutcome.SILENCE, "")


def escalate_appeal(w: Work, petition: Petition) -> None:
    """Tell author and administrators that the decision on an appeal is late. Refusals: `not-your-move`, `not-now`."""
    cases.move(w, petition, Action.ESCALATE, Party.SYSTEM)
    announce(w, petition, Event.APPEAL_LATE)


def close_window(w: Work, petition: Petition) -> None:
    """End the time to appeal that the author let pass. Refusals: `not-your-move`, `not-now`."""
    cases.move(w, petition, Action.CLOSE_APPEAL, Party.SYSTEM)
    term = open_term(w, petition.id, TermKind.APPEAL)
    if term is not None:
        term.cancelled_on = w.today


def _restore(w: Work, petition: Petition, party: Party) -> None:
    petition.ended_at = None
    open_collection(w, petition, party, Action.RESTORE)


def _settle(w: Work, petition: Petition, outcome: AppealOutcome, reason: str) -> None:
    meet_term(w, petition, TermKind.APPEAL)
    appeal = appeal_of(w, petition.id)
    if appeal is None:
        raise Refusal("not-found")
    appeal.outcome, appeal.reason, appeal.decided_at = outcome, reason, w.now
    appeal.account_id = w.actor.account_id
    upheld = outcome is AppealOutcome.UPHELD
    event = Event.APPEAL_UPHELD if upheld else Event.APPEAL_GRANTED
    announce(w, petition, event, outcome_of_appeal=outcome.value, why=reason or None)


def _refusal(w: Work, petition: Petition) -> Decision:
    found = last_refusal(w, petition.id)
    if found is None:
        raise Refusal("not-now")
    return found


_ACTS = {AppealOutcome.UPHELD: Action.UPHOLD, AppealOutcome.RESTORED: Action.RESTORE}
