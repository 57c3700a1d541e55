"""Helpers of the tests of the desk's work: two officers, and an answer taken through its steps."""

from core.work import ANYONE, Actor, reading, work
from petitions.domain.lifecycle import Action
from petitions.models.case import Answer
from petitions.models.petition import Petition
from petitions.queries.casework import WorkRow, work_of
from petitions.services import answer_drafts
from petitions.services.answering import AnswerDraft
from tests.cases import officer
from tests.factories import VILLAGE_BODY, an_officer


def two_officers(body: str = VILLAGE_BODY) -> tuple[Actor, Actor]:
    """The writer and the checker of a body."""
    return officer(body, an_officer(body)), officer(body, an_officer(body, full_name="Бауыржан Үлгіұлы"))


def the_draft(petition_id: int) -> WorkRow | None:
    """The draft as it stands."""
    with reading(ANYONE) as w:
        return work_of(w, w.session.get_one(Petition, petition_id))


def seen(petition_id: int) -> int:
    """The version of the draft; 0 for none."""
    row = the_draft(petition_id)
    return row.version if row else 0


def keep(actor: Actor, petition_id: int, given: AnswerDraft, kind: Action = Action.ANSWER) -> None:
    """Write a draft."""
    version = seen(petition_id)
    with work(actor) as w:
        answer_drafts.save_answer(w, petition_id, kind, given, version)


def to_check(actor: Actor, petition_id: int) -> None:
    """Send it to the check."""
    version = seen(petition_id)
    with work(actor) as w:
        answer_drafts.send_to_check(w, petition_id, version)


def approve(actor: Actor, petition_id: int) -> None:
    """Pass the check."""
    version = seen(petition_id)
    with work(actor) as w:
        answer_drafts.approve_answer(w, petition_id, version)


def publish(actor: Actor, petition_id: int) -> list[Answer]:
    """Publish what was approved."""
    version = seen(petition_id)
    with work(actor) as w:
        return answer_drafts.publish_checked(w, petition_id, version)


def through_all_steps(petition_id: int, given: AnswerDraft, kind: Action = Action.ANSWER) -> None:
    """Draft, check and publication by two officers."""
    writer, checker = two_officers()
    keep(writer, petition_id, given, kind)
    to_check(writer, petition_id)
    approve(checker, petition_id)
    publish(writer, petition_id)
