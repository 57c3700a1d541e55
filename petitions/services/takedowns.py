"""Taking a public petition down, and showing it again with the days that it has lost."""

from auth.permissions import Permission, demand
from core.audit import record
from core.fulltext import settle
from core.refusal import Refusal
from core.switches import Switch, refuse_if
from core.work import Work
from petitions.domain.calendar import ends_at
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party, State
from petitions.domain.moderation import REASON_LEAST, REASON_MOST
from petitions.models.case import Decision, Term
from petitions.models.petition import Petition
from petitions.models.reports import ReportOutcome, Takedown
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.access import require_moderator
from petitions.queries.pauses import forget_pauses
from petitions.queries.takedowns import standing_takedown
from petitions.queries.terms import computed_of, open_terms
from petitions.services import cases
from petitions.services.deadlines import mark_late
from petitions.services.indexing import refresh
from petitions.services.reports import close_reports
from petitions.services.terms import cancel_terms, set_date

# Whoever had ended before it was taken down has ended afterwards, too.
ENDED = frozenset({State.LAPSED, State.WITHDRAWN})


def take_down(w: Work, petition: Petition) -> Takedown:
    """End what runs and hide the case; reports that wait are handled by it. The decision's number is filled in later.

    Refusals: `not-your-move`, `not-now`.
    """
    was = petition.state
    mark_late(w, petition)
    cases.move(w, petition, Action.TAKE_DOWN, Party.MODERATOR)
    petition.ended_at = petition.ended_at or w.now
    ended = [term.id for term in open_terms(w, petition.id)]
    cancel_terms(w, petition)
    close_reports(w, petition.id, ReportOutcome.TAKEN_DOWN, "")
    return Takedown(petition_id=petition.id, was=was, terms=ended, at=w.now)


def note_takedown(w: Work, petition: Petition, row: Takedown, decision: Decision) -> None:
    """Keep what is needed to show the case again, take it out of the search, and tell its author."""
    row.decision_id = decision.id
    w.session.add(row)
    refresh(w, petition)
    settle(w.session)
    announce(w, petition, Event.TAKEN_DOWN, decision=decision.id, ground=decision.ground)


def check_put_back(w: Work, petition_id: int, version: int) -> Petition:
    """Whether the actor may show the case again. Refusals: `not-allowed`, `not-found`, `changed-meanwhile`."""
    demand(w.actor, Permission.PETITION_TAKE_DOWN)
    petition = require_moderator(w, cases.load(w, petition_id))
    cases.require_version(petition, version)
    return petition


def put_back(w: Work, petition_id: int, version: int, reason: str) -> None:
    """Show a petition again where it was, with a public reason; the days for which it was hidden do not count.

    Refusals: `switched-off`, those of `check_put_back`, `not-now` for what is not taken down, `reason-missing`
    and `reason-long` on `reason`.
    """
    refuse_if(w, Switch.READ_ONLY)
    petition = check_put_back(w, petition_id, version)
    words = reason.strip()
    if len(words) < REASON_LEAST:
        raise Refusal("reason-missing", field="reason", least=REASON_LEAST)
    if len(words) > REASON_MOST:
        raise Refusal("reason-long", field="reason", most=REASON_MOST)
    row = standing_takedown(w, petition.id)
    if row is None:
        raise Refusal("not-now")
    before = {"state": petition.state.value}
    cases.move(w, petition, Action.PUT_BACK, Party.MODERATOR)
    row.restored_at, row.reason, row.account_id = w.now, words, w.actor.account_id
    w.session.flush()
    if row.was not in ENDED:
        petition.ended_at = None
    _run_again(w, petition, row)
    refresh(w, petition)
    record(w, "petition.put_back", f"petition:{petition.id}", before, {"state": petition.state.value})
    announce(w, petition, Event.PUT_BACK, why=words)


def _run_again(w: Work, petition: Petition, row: Takedown) -> None:
    forget_pauses(w)
    for number in row.terms:
        term = w.session.get_one(Term, number)
        term.cancelled_on = None
        set_date(w, term, computed_of(w, term, petition).due, "put_back")
        if term.kind is TermKind.COLLECTION:
            zone = rules.rulebook_of(w, petition).timezone
            petition.closes_at = ends_at(term.due_on, zone) if term.due_on else None
    cases.flush(w)
