"""What an officer of the addressed body does: register, answer, correct an answer, reply below the threshold.

The answer term is met by the publication of the answer on this platform, not by the date that the body gives its
decision: a date that its bearer writes down must not be able to undo a delay. The publication term is counted from
the date of the decision and met by the same publication, so both are late where the decision was kept back.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, select

from auth.permissions import Permission, demand
from core.audit import record
from core.i18n import LANGUAGES
from core.refusal import Refusal
from core.work import Work
from petitions.domain.calendar import local_day
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party, State
from petitions.models.case import Answer, Referral
from petitions.models.petition import Petition
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.access import require_officer
from petitions.queries.answers import ANSWER, REPLY
from petitions.queries.terms import open_terms
from petitions.services import cases
from petitions.services.deadlines import mark_late
from petitions.services.hand_over import end_collection, hand_over_ends, start_answer_term
from petitions.services.links import require_link
from petitions.services.markdown import render
from petitions.services.promises import Promise, check_promises, make_promises
from petitions.services.terms import meet_term, start_term

LEAST_REASONS = 50
LEAST_CORRECTION = 10
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Act:
    """An act that the answer cites, with an address where it can be read, or none."""

    title: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """What an officer wrote. An ordinary reply has no outcome; only a corrected answer has a `correction`.

    `others` are further petitions of the same body that get the same answer; `checked_by` is the officer who
    approved the text.
    """

    text: str
    decided_on: date
    language: str
    outcome: str | None = None
    correction: str = ""
    acts: tuple[Act, ...] = ()
    promises: tuple[Promise, ...] = ()
    others: tuple[int, ...] = ()
    checked_by: int | None = None


def register_petition(w: Work, petition_id: int, number: str, on: date, version: int) -> None:
    """Record the body's registration; the answer term starts on that day, at the latest on the hand-over's last.

    Refusals: `not-found` for officers of other bodies, `changed-meanwhile`, `not-now`, and on `registered_on`
    `date-in-future` and `date-before-hand-over`.
    """
    petition = _case(w, petition_id, version)
    _require_day(w, petition, on, "registered_on")
    mark_late(w, petition)
    with w.session.no_autoflush:
        cases.move(w, petition, Action.REGISTER, Party.OFFICER)
    referral = w.session.get_one(Referral, petition.id)
    petition.registered_at = referral.registered_at = _moment(w, petition, on)
    referral.registration_number = number
    referral.registered_by = w.actor.account_id
    meet_term(w, petition, TermKind.REGISTRATION, on=on)
    answer = start_answer_term(w, petition, min(on, hand_over_ends(w, petition)), "registered")
    record(w, "petition.register", _object(petition), after={"number": number, "on": on.isoformat()})
    due_on = answer.due_on.isoformat() if answer.due_on else None
    announce(w, petition, Event.REGISTERED, number=number, on=on.isoformat(), answer_due=due_on)


def publish_answer(w: Work, petition_id: int, draft: AnswerDraft, version: int) -> Answer:
    """Publish the body's answer with one of the rulebook's outcomes and its reasons; signing ends with it.

    Refusals: `not-found`, `changed-meanwhile`, `not-registered`, `not-now`, and on their fields those of
    `check_draft`.
    """
    petition = _case(w, petition_id, version)
    if petition.state is State.UNDER_REVIEW and petition.registered_at is None:
        raise Refusal("not-registered")
    check_draft(w, petition, draft, with_outcome=True)
    mark_late(w, petition)
    with w.session.no_autoflush:
        petition.answered_at = w.now
        cases.move(w, petition, Action.ANSWER, Party.OFFICER)
    answer = _publish(w, petition, ANSWER, draft)
    _meet_answer_terms(w, petition, draft.decided_on)
    make_promises(w, petition, answer, draft.promises)
    announce(w, petition, Event.ANSWERED, outcome=draft.outcome, decided_on=draft.decided_on.isoformat())
    return answer


def correct_answer(w: Work, petition_id: int, draft: AnswerDraft, version: int) -> Answer:
    """Publish a corrected answer with the reason for it; every earlier version and every promise stays.

    What it promises is added to what was promised before.

    Refusals: those of `publish_answer`, and `correction-too-short` on `correction`.
    """
    petition = _case(w, petition_id, version)
    check_draft(w, petition, draft, with_outcome=True)
    _require_correction(draft)
    cases.move(w, petition, Action.CORRECT_ANSWER, Party.OFFICER)
    answer = _publish(w, petition, ANSWER, draft)
    make_promises(w, petition, answer, draft.promises)
    announce(w, petition, Event.ANSWER_CORRECTED, outcome=draft.outcome, number=answer.number)
    return answer


def publish_reply(w: Work, petition_id: int, draft: AnswerDraft, version: int) -> Answer:
    """Publish the ordinary reply that the rulebook owes a petition below its threshold.

    Refusals: `not-found`, `changed-meanwhile`, `not-now`, and those of `check_draft` on their fields.
    """
    petition = _case(w, petition_id, version)
    check_draft(w, petition, draft, with_outcome=False)
    mark_late(w, petition)
    cases.move(w, petition, Action.REPLY, Party.OFFICER)
    reply = _publish(w, petition, REPLY, draft)
    meet_term(w, petition, TermKind.ORDINARY_REPLY)
    announce(w, petition, Event.REPLIED, decided_on=draft.decided_on.isoformat())
    return reply


def check_before(w: Work, petition_id: int, draft: AnswerDraft, version: int, kind: Action) -> None:
    """Refuse before the preview what could not be published after it, as `kind` (answer, correct_answer, reply)."""
    petition = _case(w, petition_id, version)
    check_draft(w, petition, draft, with_outcome=kind is not Action.REPLY)
    if kind is Action.CORRECT_ANSWER:
        _require_correction(draft)


def check_draft(w: Work, petition: Petition, draft: AnswerDraft, *, with_outcome: bool) -> None:
    """Refuse what cannot be published.

    Refusals on their fields: `outcome-unknown`, `reasons-too-short` (least), `text-long`, `language-unknown`,
    `date-in-future`, `date-before-hand-over`; `act-without-title` and `link-faulty` on `act<n>_title` and
    `act<n>_link`; those of `check_promises` on `promise<n>_text` and `promise<n>_due`.
    """
    if with_outcome and draft.outcome not in rules.rulebook_of(w, petition).outcomes:
        raise Refusal("outcome-unknown", field="outcome")
    if len(draft.text.strip()) < LEAST_REASONS:
        raise Refusal("reasons-too-short", field="text", least=LEAST_REASONS)
    if draft.language not in LANGUAGES:
        raise Refusal("language-unknown", field="language")
    _require_day(w, petition, draft.decided_on, "decided_on")
    for n, act in enumerate(draft.acts, start=1):
        if not act.title:
            raise Refusal("act-without-title", field=f"act{n}_title")
        require_link(act.link, f"act{n}_link")
    check_promises(w, petition, draft.promises)


def _case(w: Work, petition_id: int, version: int) -> Petition:
    demand(w.actor, Permission.DESK_ANSWER)
    petition = require_officer(w, w.session.get(Petition, petition_id))
    cases.require_version(petition, version)
    return petition


def _require_correction(draft: AnswerDraft) -> None:
    if len(draft.correction) < LEAST_CORRECTION:
        raise Refusal("correction-too-short", field="correction", least=LEAST_CORRECTION)


def _require_day(w: Work, petition: Petition, day: date, field: str) -> None:
    handed_over = local_day(petition.handed_over_at or w.now, rules.rulebook_of(w, petition).timezone)
    if day > w.today:
        raise Refusal("date-in-future", field=field, today=w.today)
    if day < handed_over:
        raise Refusal("date-before-hand-over", field=field, day=handed_over)


def _moment(w: Work, petition: Petition, day: date) -> datetime:
    if day == w.today:
        return w.now
    noon = datetime.combine(day, NOON, w.kernel.zone)
    return max(noon, petition.handed_over_at or noon)


def _meet_answer_terms(w: Work, petition: Petition, decided_on: date) -> None:
    publish = rules.tier_of(w, petition).response.publish
    start_term(w, petition, TermKind.PUBLICATION, publish, "decided", on=decided_on)
    mark_late(w, petition)
    for kind in (TermKind.PUBLICATION, TermKind.ANSWER, TermKind.REGISTRATION):
        # A body that never registered the case has at the latest taken it in by answering it.
        meet_term(w, petition, kind)
    for term in open_terms(w, petition.id, [TermKind.QUESTION, TermKind.DISCUSSION]):
        # Nobody is asked for anything any more once the answer is there.
        term.cancelled_on = w.today
    end_collection(w, petition)


def _publish(w: Work, petition: Petition, kind: str, draft: AnswerDraft) -> Answer:
    earlier = select(func.count()).where(Answer.petition_id == petition.id, Answer.kind == kind)
    answer = Answer(
        petition_id=petition.id,
        number=(w.session.scalar(earlier) or 0) + 1,
        kind=kind,
        outcome=draft.outcome if kind == ANSWER else None,
        markdown=draft.text,
        html=render(draft.text),
        correction=draft.correction,
        acts=[{"title": act.title, "link": act.link} for act in draft.acts],
        language=draft.language,
        decided_on=draft.decided_on,
        published_at=w.now,
        account_id=w.actor.account_id,
        checked_by=draft.checked_by,
    )
    w.session.add(answer)
    w.session.flush()
    facts = {"number": answer.number, "outcome": answer.outcome, "checked_by": answer.checked_by}
    record(w, f"petition.{kind}", _object(petition), after=facts)
    return answer


def _object(petition: Petition) -> str:
    return f"petition:{petition.id}"
