"""The desk of an authority: inbox, cases, registration, answers; and the referral, which everybody may read."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs, public
from core.forms import refusals_on
from core.i18n import url
from core.tables import as_csv
from core.web import page, row_number
from core.work import reading, work
from petitions.domain.lifecycle import Action, State
from petitions.queries import desk as query
from petitions.queries.referrals import listed_referral
from petitions.services import answer_drafts, answering
from petitions.web import desk_words as words
from petitions.web.forms.desk import AnswerForm, CorrectForm, RegisterForm, ReplyForm
from petitions.web.referral_pdf import referral_pdf as pdf_of

LONGEST_QUERY = 100
BOTH = ["GET", "POST"]
bp = Blueprint("desk", __name__)
View = Response | Redirect
CSV_HEAD = (
    "receipt",
    "registration_number",
    "petition",
    "title",
    "place",
    "signatures",
    "handed_over_on",
    "next_step",
    "group",
    "due_on",
    "days_left",
    "days_late",
    "assignee",
)


@bp.get("/desk/")
@needs(Permission.DESK_ANSWER)
def inbox() -> View:
    """The cases of the officer's body in one group, with the counts of all groups."""
    asked, (q, own) = request.args.get("show", ""), _narrowed()
    group = query.Group(asked) if asked in set(query.Group) else None
    with reading(current_actor()) as w:
        shown = query.inbox(w, group, q, row_number("before"), own=own)
        body = query.body_name(w)
    kept = ({"q": q} if q else {}) | ({"mine": "y"} if own else {})
    tabs = [
        (url(".inbox", show=each.value, **kept), words.GROUPS[each], each is shown.group, shown.counts[each])
        for each in query.Group
    ]
    older = _older(shown, kept)
    act = request.args.get("done", "")
    facts: dict[str, Any] = {"q": q, "own": own, "tabs": tabs, "older": older, "kept": kept}
    facts |= {"done": words.DONE.get(act), "after": words.NEXT.get(act)}
    return page("desk/inbox.html", shown=shown, body=body, words=words, **facts)


def _older(shown: query.Inbox, kept: dict[str, str]) -> str | None:
    """Where the rest of a group is."""
    before = shown.next_before
    return url(".inbox", show=shown.group.value, before=before, **kept) if before else None


@bp.get("/desk/print")
@needs(Permission.DESK_ANSWER)
def print_inbox() -> View:
    """Everything that is owed, on one page for paper."""
    q, own = _narrowed()
    with reading(current_actor()) as w:
        rows, body, now = query.open_cases(w, q, own=own), query.body_name(w), w.now
    return page("desk/print.html", rows=rows, body=body, now=now, words=words)


@bp.get("/desk/inbox.csv")
@needs(Permission.DESK_ANSWER)
def inbox_csv() -> View:
    """Everything that is owed with its due dates, as a table."""
    q, own = _narrowed()
    with reading(current_actor()) as w:
        rows = query.open_cases(w, q, own=own)
        made = as_csv(CSV_HEAD, (_cells(row, w.kernel.zone) for row in rows))
    response = make_response(made)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="desk.csv"'
    return response


@bp.get("/desk/<id:petition_id>")
@needs(Permission.DESK_ANSWER)
def case(petition_id: int) -> View:
    """One case: what is asked, until when, and what can be done now."""
    shown = _case(petition_id)
    act = request.args.get("done", "")
    return page(
        "desk/case.html", case=shown, done=words.DONE.get(act), after=words.NEXT.get(act), words=words
    )


@bp.route("/desk/<id:petition_id>/register", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def register(petition_id: int) -> View:
    """Record the registration."""
    shown, form = _case(petition_id), RegisterForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            day = form.registered_on.day or w.today
            answering.register_petition(w, petition_id, form.number.data or "", day, form.version.data)
        if not form.errors and not form.form_errors:
            return redirect(url(".case", petition_id=petition_id, done="register"), 303)
    if request.method == "GET":
        if shown.step is not query.Step.REGISTER:
            return redirect(url(".case", petition_id=petition_id), 303)
        form.registered_on.show(_today())
    form.version.data = shown.version
    return page("desk/register.html", form=form, case=shown, words=words)


@bp.route("/desk/<id:petition_id>/answer", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def answer(petition_id: int) -> View:
    """Write the answer, look at it as readers will see it, publish it."""
    return _writing(petition_id, AnswerForm(), Action.ANSWER)


@bp.route("/desk/<id:petition_id>/correct", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def correct(petition_id: int) -> View:
    """Correct a published answer; the first one stays readable."""
    return _writing(petition_id, CorrectForm(), Action.CORRECT_ANSWER)


@bp.route("/desk/<id:petition_id>/reply", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def reply(petition_id: int) -> View:
    """Write the ordinary reply to a petition below its threshold."""
    return _writing(petition_id, ReplyForm(), Action.REPLY)


@bp.get("/petitions/<id:petition_id>/referral")
@public
def referral(petition_id: int) -> View:
    """What was handed over, for everybody: totals only."""
    with reading() as w:
        shown = listed_referral(w, petition_id)
    return page("desk/referral.html", referral=shown, words=words)


@bp.get("/petitions/<id:petition_id>/referral.pdf")
@public
def referral_pdf(petition_id: int) -> View:
    """The same as a file to print and to keep, in the petition's language."""
    with reading() as w:
        shown = listed_referral(w, petition_id)
        made = pdf_of(shown)
    response = make_response(made)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{shown.receipt}.pdf"'
    return response


def _writing(petition_id: int, form: ReplyForm, kind: Action) -> View:
    """Write a text: it is kept as a draft, looked at and checked on the page of the draft, then published there."""
    shown = _case(petition_id)
    form.prepare(words.languages(shown), shown.outcomes)
    if isinstance(form, AnswerForm):
        form.offer(shown.room.others)
    if request.method == "GET":
        if kind not in _open_to(shown):
            return redirect(url(".case", petition_id=petition_id), 303)
        _prefill(form, shown, kind)
    elif form.validate_on_submit() and (kept := _keep(petition_id, form, kind)) is not None:
        return kept
    form.version.data = shown.room.draft.version if shown.room.draft else 0
    return page("desk/write.html", form=form, case=shown, kind=kind.value, words=words)


def _keep(petition_id: int, form: ReplyForm, kind: Action) -> View | None:
    with refusals_on(form), work(current_actor()) as w:
        answer_drafts.save_answer(w, petition_id, kind, form.draft(), form.version.data)
    if form.errors or form.form_errors:
        return None
    return redirect(url("desk_work.draft", petition_id=petition_id), 303)


def _narrowed() -> tuple[str, bool]:
    """What the list is narrowed to: words, and whether only the officer's own cases are shown."""
    return request.args.get("q", "").strip()[:LONGEST_QUERY], request.args.get("mine") == "y"


def _cells(row: query.DeskRow, zone: ZoneInfo) -> tuple[object, ...]:
    term = row.term
    return (
        row.receipt,
        row.registration_number,
        row.id,
        row.title,
        row.place,
        row.counted,
        row.handed_over_at.astimezone(zone).date().isoformat(),
        str(words.next_step(row.step, row.stage)),
        str(words.GROUPS[row.group]),
        term.due_on.isoformat() if term and term.due_on else None,
        term.days_left if term else None,
        term.days_late if term else None,
        row.assignee.name if row.assignee else None,
    )


def _open_to(shown: query.DeskCase) -> frozenset[Action]:
    steps = {query.Step.ANSWER: {Action.ANSWER}, query.Step.REPLY: {Action.REPLY}}
    corrections = {Action.CORRECT_ANSWER} if shown.state is State.ANSWERED else set()
    return frozenset(steps.get(shown.step, set()) | corrections)


def _prefill(form: ReplyForm, shown: query.DeskCase, kind: Action) -> None:
    form.decided_on.show(_today())
    form.language.data = shown.referral.language
    kept = shown.room.draft
    if kept is not None and kept.kind == kind:
        form.show(kept)
    elif kind is Action.CORRECT_ANSWER and isinstance(form, CorrectForm) and shown.answer is not None:
        form.show_published(shown.answer)


def _case(petition_id: int) -> query.DeskCase:
    with reading(current_actor()) as w:
        return query.desk_case(w, petition_id)


def _today() -> date:
    with reading() as w:
        return w.today
