"""The desk's work on a case: hand, notes, draft with its check, question, discussion, minutes, promises."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs
from core.forms import Form, refusals_on
from core.i18n import url
from core.refusal import Refusal
from core.web import page
from core.work import Work, kernel, reading, work
from petitions.domain.lifecycle import Action
from petitions.queries import desk as query
from petitions.queries.discussions import DiscussionRow
from petitions.services import (
    answer_drafts,
    casework,
    discussion_changes,
    discussions,
    promises,
    questions,
)
from petitions.services.markdown import render
from petitions.web import desk_words as words
from petitions.web.forms.desk_work import (
    AmendForm,
    AssignForm,
    CallOffForm,
    DiscussionForm,
    DraftForm,
    MinutesForm,
    MoveForm,
    NoteForm,
    QuestionForm,
    ReportForm,
    offer_languages,
)

BOTH = ["GET", "POST"]
DISCUSSION = "/desk/<id:petition_id>/discussions/<id:discussion_id>"
bp = Blueprint("desk_work", __name__)
View = Response | Redirect
WRITE: Mapping[str, str] = {
    Action.ANSWER: "desk.answer",
    Action.CORRECT_ANSWER: "desk.correct",
    Action.REPLY: "desk.reply",
}


@bp.route("/desk/<id:petition_id>/assign", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def assign(petition_id: int) -> View:
    """Give the case to an officer of the same body."""
    shown = _case(petition_id)
    form = AssignForm().offer(shown.room.colleagues)
    done = _done(form, lambda w: casework.assign_case(w, petition_id, form.chosen()), petition_id, "assign")
    if done is None and request.method == "GET" and shown.room.assignee:
        form.assignee.data = str(shown.room.assignee.id)
    return done or _page("desk/assign.html", form, shown)


@bp.route("/desk/<id:petition_id>/note", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def note(petition_id: int) -> View:
    """Leave a note for the colleagues."""
    shown, form = _case(petition_id), NoteForm()
    done = _done(form, lambda w: casework.add_note(w, petition_id, form.note.data or ""), petition_id, "note")
    return done or _page("desk/case_note.html", form, shown)


@bp.route("/desk/<id:petition_id>/draft", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def draft(petition_id: int) -> View:
    """The draft as everybody will see it, and the next step: to the check, back, approved, published."""
    shown, form = _case(petition_id), DraftForm()
    done = _done(
        form, lambda w: _step(w, petition_id, form), petition_id, STEPS.get(form.action, ("", None))[0]
    )
    if done is not None:
        return done
    kept = _case(petition_id).room.draft
    if kept is None:
        return redirect(url("desk.case", petition_id=petition_id), 303)
    form.version.data = kept.version
    titles = dict(shown.room.others)
    made = [(it["text"], date.fromisoformat(it["due_on"])) for it in kept.promises]
    named = [titles.get(id_, "") for id_ in kept.others]
    facts = {"draft": kept, "html": render(kept.text), "others": named, "promises": made}
    return _page("desk/draft.html", form, shown, write=WRITE[kept.kind], **facts)


@bp.route("/desk/<id:petition_id>/question", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def question(petition_id: int) -> View:
    """Ask the author."""
    shown, form = _case(petition_id), QuestionForm()
    offer_languages(form, words.languages(shown))
    if request.method == "GET" and not shown.room.may_ask:
        return redirect(url("desk.case", petition_id=petition_id), 303)

    def ask(w: Work) -> None:
        questions.ask_author(w, petition_id, form.question(), form.version.data)

    return _done(form, ask, petition_id, "question") or _versioned("desk/question.html", form, shown)


@bp.route("/desk/<id:petition_id>/discussion", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def discussion(petition_id: int) -> View:
    """Invite everybody to a public discussion."""
    shown, form = _case(petition_id), DiscussionForm()
    offer_languages(form, words.languages(shown))
    if request.method == "GET" and not shown.room.may_discuss:
        return redirect(url("desk.case", petition_id=petition_id), 303)

    def invite(w: Work) -> None:
        discussions.announce_discussion(w, petition_id, form.invitation(kernel().zone), form.version.data)

    return _done(form, invite, petition_id, "discussion") or _versioned("desk/discussion.html", form, shown)


@bp.route("/desk/<id:petition_id>/minutes", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def minutes(petition_id: int) -> View:
    """Record that the discussion took place, and publish its minutes."""
    shown, form = _case(petition_id), MinutesForm()
    if request.method == "GET" and not shown.room.may_record:
        return redirect(url("desk.case", petition_id=petition_id), 303)

    def keep(w: Work) -> None:
        discussions.record_discussion(w, petition_id, form.minutes.data or "", form.version.data)

    return _done(form, keep, petition_id, "minutes") or _versioned("desk/minutes.html", form, shown)


@bp.route(f"{DISCUSSION}/move", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def move(petition_id: int, discussion_id: int) -> View:
    """Move a discussion to another day, hour or place."""
    shown, form = _case(petition_id), MoveForm()
    row = _discussion(shown, discussion_id)
    offer_languages(form, words.languages(shown))
    if request.method == "GET":
        if not row.ahead:
            return redirect(url("desk.case", petition_id=petition_id), 303)
        form.show(row, kernel().zone)

    def change(w: Work) -> None:
        to = form.invitation(kernel().zone)
        discussion_changes.move_discussion(w, petition_id, discussion_id, to, form.why(), form.version.data)

    return _done(form, change, petition_id, "move") or _versioned("desk/move.html", form, shown, row=row)


@bp.route(f"{DISCUSSION}/call-off", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def call_off(petition_id: int, discussion_id: int) -> View:
    """Say that a discussion does not take place."""
    shown, form = _case(petition_id), CallOffForm()
    row = _discussion(shown, discussion_id)
    offer_languages(form, words.languages(shown))
    if request.method == "GET" and not row.ahead:
        return redirect(url("desk.case", petition_id=petition_id), 303)

    def end(w: Work) -> None:
        version = form.version.data
        discussion_changes.call_off_discussion(w, petition_id, discussion_id, form.why(), version)

    return _done(form, end, petition_id, "call_off") or _versioned("desk/call_off.html", form, shown, row=row)


@bp.route(f"{DISCUSSION}/minutes", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def amend(petition_id: int, discussion_id: int) -> View:
    """Publish a new version of the minutes."""
    shown, form = _case(petition_id), AmendForm()
    row = _discussion(shown, discussion_id)
    if request.method == "GET":
        if not row.minutes:
            return redirect(url("desk.case", petition_id=petition_id), 303)
        form.minutes.data = row.minutes

    def keep(w: Work) -> None:
        texts = form.minutes.data or "", form.reason.data or ""
        discussion_changes.amend_minutes(w, petition_id, discussion_id, *texts, form.version.data)

    return _done(form, keep, petition_id, "amend") or _versioned("desk/amend.html", form, shown, row=row)


@bp.route("/desk/<id:petition_id>/promises/<id:promise_id>", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def promise(petition_id: int, promise_id: int) -> View:
    """Report in public what became of a promise."""
    shown, form = _case(petition_id), ReportForm()
    made = next((row for row in shown.room.promises if row.id == promise_id), None)
    if made is None:
        raise Refusal("not-found")

    def report(w: Work) -> None:
        promises.report_promise(w, promise_id, form.report.data or "", form.evidence.data or "")

    return _done(form, report, petition_id, "promise") or _page(
        "desk/promise.html", form, shown, promise=made
    )


Step = Callable[[Work, int, DraftForm], object]
STEPS: Mapping[str, tuple[str, Step]] = {
    "send": ("to_check", lambda w, id_, form: answer_drafts.send_to_check(w, id_, form.version.data)),
    "approve": ("approved", lambda w, id_, form: answer_drafts.approve_answer(w, id_, form.version.data)),
    "return": (
        "sent_back",
        lambda w, id_, form: answer_drafts.send_back(w, id_, form.remark.data or "", form.version.data),
    ),
    "publish": ("published", lambda w, id_, form: answer_drafts.publish_checked(w, id_, form.version.data)),
}


def _step(w: Work, petition_id: int, form: DraftForm) -> None:
    if form.action not in STEPS:
        raise Refusal("not-now")
    STEPS[form.action][1](w, petition_id, form)


def _done(form: Form, do: Callable[[Work], object], petition_id: int, done: str) -> Redirect | None:
    """Do it if the form was sent and is good; None where the form has to be shown."""
    if not form.validate_on_submit():
        return None
    with refusals_on(form), work(current_actor()) as w:
        do(w)
    if form.errors or form.form_errors:
        return None
    return redirect(url("desk.case", petition_id=petition_id, done=done), 303)


def _versioned(template: str, form: Any, shown: query.DeskCase, **facts: Any) -> View:
    form.version.data = shown.version
    return _page(template, form, shown, **facts)


def _page(template: str, form: Form, shown: query.DeskCase, **facts: Any) -> View:
    return page(template, form=form, case=shown, words=words, **facts)


def _discussion(shown: query.DeskCase, discussion_id: int) -> DiscussionRow:
    found = next((row for row in shown.room.discussions if row.id == discussion_id), None)
    if found is None:
        raise Refusal("not-found")
    return found


def _case(petition_id: int) -> query.DeskCase:
    with reading(current_actor()) as w:
        return query.desk_case(w, petition_id)
