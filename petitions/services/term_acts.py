"""What an officer may do about the answer's term: extend it with a public reason, or transfer the case once."""

from dataclasses import dataclass

from auth.permissions import Permission, demand
from core.audit import record
from core.i18n import LANGUAGES
from core.refusal import Refusal
from core.work import Work
from petitions.domain.calendar import days_late
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party
from petitions.models.case import Referral, Term
from petitions.models.petition import Petition
from petitions.models.stops import TermExtension, Transfer
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.access import require_officer
from petitions.queries.allowances import extension_left
from petitions.queries.stops import stops_of
from petitions.queries.terms import computed_of, open_term, open_terms
from petitions.services import cases
from petitions.services.deadlines import mark_late
from petitions.services.drafts import addressee
from petitions.services.hand_over import start_answer_term
from petitions.services.indexing import refresh
from petitions.services.terms import set_date

LEAST_REASON = 20
# What the first body began ends with its part in the case.
HELD_BY_THE_FIRST = (TermKind.ANSWER, TermKind.REGISTRATION, TermKind.QUESTION, TermKind.DISCUSSION)


@dataclass(frozen=True, slots=True)
class Reason:
    """A public reason in one language."""

    text: str
    language: str


def extend_answer(w: Work, petition_id: int, n: int, reason: Reason, version: int) -> None:
    """Lengthen the answer term by `n` of its units, with a reason that everybody can read.

    Refusals: `not-found` for officers of other bodies, `changed-meanwhile`, `not-now` where the rulebook allows
    none or the due date has come; `extension-too-long` on `n`, `reason-too-short` on `reason`.
    """
    petition = _case(w, petition_id, version)
    require_reason(reason)
    mark_late(w, petition)
    cases.move(w, petition, Action.EXTEND, Party.OFFICER)
    left, term = extension_left(w, petition), open_term(w, petition.id, TermKind.ANSWER)
    if left is None or term is None or not 0 < n <= left.most:
        raise Refusal("extension-too-long", field="n", most=left.most if left else 0)
    old = term.due_on
    term.extended += n
    set_date(w, term, computed_of(w, term, petition).due, "extension")
    row = TermExtension(
        term_id=term.id,
        at=w.now,
        n=n,
        reason=reason.text,
        language=reason.language,
        account_id=w.actor.account_id,
    )
    w.session.add(row)
    dates = {"old_due": _iso(old), "answer_due": _iso(term.due_on)}
    record(w, "petition.extend", f"petition:{petition.id}", after=dates | {"n": n})
    announce(w, petition, Event.EXTENDED, term=term.id, n=n, unit=term.unit.value, why=reason.text, **dates)


def transfer_case(w: Work, petition_id: int, to: str, reason: Reason, version: int) -> None:
    """Hand the case on to the competent body: its answer term starts anew today, and the lost days are shown.

    The goal of the petition stays; the length of the new term is the new body's. Refusals: `not-found`,
    `changed-meanwhile`, `not-now` once the days for it have passed or after an earlier transfer;
    `reason-too-short` on `reason`, and on `authority` `transfer-to-itself` and those of `addressee`.
    """
    petition = _case(w, petition_id, version)
    require_reason(reason)
    body, tier = addressee(w, rules.rulebook_of(w, petition), to)
    if body.code == petition.authority:
        raise Refusal("transfer-to-itself", field="authority")
    mark_late(w, petition)
    cases.move(w, petition, Action.TRANSFER, Party.OFFICER)
    before, lost = petition.authority or "", _lost_days(w, petition)
    for term in open_terms(w, petition.id, HELD_BY_THE_FIRST):
        term.cancelled_on = w.today
    petition.authority, petition.tier, petition.registered_at = body.code, tier.id, w.now
    referral = w.session.get_one(Referral, petition.id)
    referral.registered_at, referral.registration_number = w.now, None
    row = Transfer(
        petition_id=petition.id,
        from_authority=before,
        to_authority=body.code,
        at=w.now,
        lost_days=lost,
        reason=reason.text,
        language=reason.language,
        account_id=w.actor.account_id,
    )
    w.session.add(row)
    answer = start_answer_term(w, petition, w.today, "transferred")
    cases.flush(w)
    refresh(w, petition)
    facts = {"from": before, "to": body.code, "lost": lost}
    record(w, "petition.transfer", f"petition:{petition.id}", after=facts)
    announce(w, petition, Event.TRANSFERRED, why=reason.text, answer_due=_iso(answer.due_on), **facts)


def require_reason(reason: Reason) -> None:
    """Refusals: `reason-too-short` on `reason`, `language-unknown` on `language`."""
    if len(reason.text.strip()) < LEAST_REASON:
        raise Refusal("reason-too-short", field="reason", least=LEAST_REASON)
    if reason.language not in LANGUAGES:
        raise Refusal("language-unknown", field="language")


def _case(w: Work, petition_id: int, version: int) -> Petition:
    demand(w.actor, Permission.DESK_ANSWER)
    petition = require_officer(w, w.session.get(Petition, petition_id))
    cases.require_version(petition, version)
    return petition


def _lost_days(w: Work, petition: Petition) -> int:
    """The days of the first body's term that are gone: working days where it counts these."""
    term: Term | None = open_term(w, petition.id, TermKind.ANSWER)
    if term is None:
        return 0
    calendar = rules.calendar(rules.rulebook_of(w, petition))
    return days_late(w.today, term.started_on, term.unit, calendar, stops_of(w, term, petition))


def _iso(day: object) -> str | None:
    return str(day) if day else None
