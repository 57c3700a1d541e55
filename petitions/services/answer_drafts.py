"""From a draft to what is published: written by one officer, checked by another, then published.

With `DAUYS_FOUR_EYES=off` the writer may be the checker; the steps stay the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy.exc import IntegrityError

from core.audit import record
from core.refusal import Refusal
from core.work import Work
from petitions.domain.lifecycle import Action
from petitions.models.case import Answer
from petitions.models.casework import AnswerWork, Stage
from petitions.models.petition import Petition
from petitions.queries.casework import answerable, draft_row
from petitions.services import answering, cases
from petitions.services.answering import Act, AnswerDraft
from petitions.services.casework import case_of
from petitions.services.promises import Promise

LEAST_REMARK = 5
PUBLISH: Mapping[Action, Callable[[Work, int, AnswerDraft, int], Answer]] = {
    Action.ANSWER: answering.publish_answer,
    Action.CORRECT_ANSWER: answering.correct_answer,
    Action.REPLY: answering.publish_reply,
}


def save_answer(w: Work, petition_id: int, kind: Action, draft: AnswerDraft, seen: int) -> AnswerWork:
    """Keep a draft (`kind`: answer, correct_answer or reply); whatever was approved before must be checked anew.

    `seen` is the version of the draft that the writer saw, 0 for none. Refusals: those of `check_before`,
    `changed-meanwhile`, `other-not-open` on `others`.
    """
    petition = case_of(w, petition_id)
    answering.check_before(w, petition_id, draft, petition.version, kind)
    _require_others(w, petition, kind, draft.others)
    row = draft_row(w, petition)
    _require_seen(row, seen)
    if row is None:
        row = AnswerWork(petition_id=petition.id, authority=petition.authority)
        w.session.add(row)
    _fill(row, kind, draft)
    row.stage, row.checked_by, row.checked_at = Stage.WRITING, None, None
    row.written_by, row.changed_at = w.actor.account_id, w.now
    _flush(w)
    record(w, "answer.draft", f"petition:{petition.id}", after={"kind": kind.value, "version": row.version})
    return row


def send_to_check(w: Work, petition_id: int, seen: int) -> None:
    """Hand the draft to a colleague for the legal check. Refusals: `not-found`, `changed-meanwhile`, `not-now`."""
    _petition, row = _drafted(w, petition_id, seen, Stage.WRITING, Stage.RETURNED)
    _step(w, row, Stage.CHECKING, "answer.to_check")


def approve_answer(w: Work, petition_id: int, seen: int) -> None:
    """The legal check is passed: the text may be published as it is.

    Refusals: `needs-second-person` for its writer where two persons are required; `not-found`,
    `changed-meanwhile`, `not-now`.
    """
    _petition, row = _drafted(w, petition_id, seen, Stage.CHECKING)
    _require_second_person(w, row)
    row.checked_by, row.checked_at, row.remark = w.actor.account_id, w.now, ""
    _step(w, row, Stage.APPROVED, "answer.approve")


def send_back(w: Work, petition_id: int, remark: str, seen: int) -> None:
    """Give the draft back to its writer with a remark.

    Refusals: those of `approve_answer`, and `remark-missing` on `remark`.
    """
    _petition, row = _drafted(w, petition_id, seen, Stage.CHECKING)
    _require_second_person(w, row)
    if len(remark.strip()) < LEAST_REMARK:
        raise Refusal("remark-missing", field="remark", least=LEAST_REMARK)
    row.checked_by, row.checked_at, row.remark = w.actor.account_id, w.now, remark.strip()
    _step(w, row, Stage.RETURNED, "answer.send_back")


def publish_checked(w: Work, petition_id: int, seen: int) -> list[Answer]:
    """Publish what was approved, on each petition that it answers; the draft goes.

    Refusals: `not-found`, `changed-meanwhile`, `not-now` before the check; `other-not-open` on `others`, and
    those of the act itself.
    """
    petition, row = _drafted(w, petition_id, seen, Stage.APPROVED)
    kind, draft = Action(row.kind), replace(content_of(row), checked_by=row.checked_by)
    _require_others(w, petition, kind, draft.others)
    w.session.delete(row)
    cases.flush(w)
    targets = [petition, *(w.session.get_one(Petition, id_) for id_ in draft.others)]
    return [PUBLISH[kind](w, each.id, draft, each.version) for each in targets]


def content_of(row: AnswerWork) -> AnswerDraft:
    """What a kept draft says."""
    return AnswerDraft(
        text=row.markdown,
        decided_on=row.decided_on,
        language=row.language,
        outcome=row.outcome,
        correction=row.correction,
        acts=tuple(Act(act["title"], act["link"]) for act in row.acts),
        promises=tuple(Promise(it["text"], date.fromisoformat(it["due_on"])) for it in row.promises),
        others=tuple(row.others),
    )


def _fill(row: AnswerWork, kind: Action, draft: AnswerDraft) -> None:
    row.kind, row.outcome, row.markdown = kind.value, draft.outcome, draft.text
    row.language, row.decided_on, row.correction = draft.language, draft.decided_on, draft.correction
    row.acts = [{"title": act.title, "link": act.link} for act in draft.acts]
    row.promises = [{"text": it.text, "due_on": it.due_on.isoformat()} for it in draft.promises]
    row.others = list(draft.others)


def _flush(w: Work) -> None:
    """Two officers who begin a draft at once meet in the table's unique key."""
    try:
        cases.flush(w)
    except IntegrityError as error:
        raise Refusal("changed-meanwhile") from error


def _drafted(w: Work, petition_id: int, seen: int, *stages: Stage) -> tuple[Petition, AnswerWork]:
    petition = case_of(w, petition_id)
    row = draft_row(w, petition)
    if row is None:
        raise Refusal("not-now")
    _require_seen(row, seen)
    if row.stage not in stages:
        raise Refusal("not-now")
    return petition, row


def _step(w: Work, row: AnswerWork, stage: Stage, action: str) -> None:
    row.stage, row.changed_at = stage, w.now
    cases.flush(w)
    record(w, action, f"petition:{row.petition_id}", after={"version": row.version})


def _require_seen(row: AnswerWork | None, seen: int) -> None:
    if (row.version if row else 0) != seen:
        raise Refusal("changed-meanwhile")


def _require_second_person(w: Work, row: AnswerWork) -> None:
    if w.settings.four_eyes == "required" and w.actor.account_id == row.written_by:
        raise Refusal("needs-second-person")


def _require_others(w: Work, petition: Petition, kind: Action, others: tuple[int, ...]) -> None:
    if others and kind is not Action.ANSWER:
        raise Refusal("other-not-open", field="others")
    if not set(others) <= {id_ for id_, _title in answerable(w, petition)}:
        raise Refusal("other-not-open", field="others")
