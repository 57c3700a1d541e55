"""The desk of an authority: inbox, cases, registration, answers; and the referral, which everybody may read."""

from collections.abc import Callable, Mapping
from datetime import date

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs, public
from core.forms import refusals_on
from core.i18n import url
from core.web import page
from core.work import Work, reading, work
from petitions.domain.lifecycle import Action, State
from petitions.queries import desk as query
from petitions.queries.referrals import listed_referral
from petitions.services import answering
from petitions.services.markdown import render
from petitions.web import desk_words as words
from petitions.web.forms.desk import AnswerForm, CorrectForm, RegisterForm, ReplyForm, hidden_values
from petitions.web.referral_pdf import referral_pdf as pdf_of

LONGEST_QUERY = 100
BOTH = ["GET", "POST"]
bp = Blueprint("desk", __name__)
View = Response | Redirect
PUBLISH: Mapping[Action, Callable[[Work, int, answering.AnswerDraft, int], object]] = {
    Action.ANSWER: answering.publish_answer,
    Action.CORRECT_ANSWER: answering.correct_answer,
    Action.REPLY: answering.publish_reply,
}


@bp.get("/desk/")
@needs(Permission.DESK_ANSWER)
def inbox() -> View:
    """The cases of the officer's body in one group, with the counts of all groups."""
    asked, q = request.args.get("show", ""), request.args.get("q", "").strip()[:LONGEST_QUERY]
    group = query.Group(asked) if asked in set(query.Group) else None
    with reading(current_actor()) as w:
        shown = query.inbox(w, group, q, request.args.get("before", type=int))
        body = query.body_name(w)
    kept = {"q": q} if q else {}
    tabs = [
        (url(".inbox", show=each.value, **kept), words.GROUPS[each], each is shown.group, shown.counts[each])
        for each in query.Group
    ]
    older = (
        url(".inbox", show=shown.group.value, before=shown.next_before, **kept) if shown.next_before else None
    )
    return page("desk/inbox.html", shown=shown, body=body, q=q, tabs=tabs, older=older, words=words)


@bp.get("/desk/<id:petition_id>")
@needs(Permission.DESK_ANSWER)
def case(petition_id: int) -> View:
    """One case: what is asked, until when, and what can be done now."""
    shown = _case(petition_id)
    done = words.DONE.get(request.args.get("done", ""))
    return page("desk/case.html", case=shown, done=done, words=words)


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
    """The three steps of a text: write it (GET), look at it (POST), publish it (POST with `publish`)."""
    shown = _case(petition_id)
    form.prepare(_languages(shown), shown.outcomes)
    if request.method == "GET":
        if kind not in _open_to(shown):
            return redirect(url(".case", petition_id=petition_id), 303)
        _prefill(form, shown, kind)
    elif not request.form.get("back") and form.validate_on_submit():
        step = _publish if request.form.get("publish") else _preview
        if (seen := step(petition_id, form, shown, kind)) is not None:
            return seen
    form.version.data = shown.version
    return page("desk/write.html", form=form, case=shown, kind=kind.value, words=words)


def _publish(petition_id: int, form: ReplyForm, _shown: query.DeskCase, kind: Action) -> View | None:
    with refusals_on(form), work(current_actor()) as w:
        PUBLISH[kind](w, petition_id, form.draft(), form.version.data)
    if form.errors or form.form_errors:
        return None
    return redirect(url(".case", petition_id=petition_id, done=kind.value), 303)


def _preview(petition_id: int, form: ReplyForm, shown: query.DeskCase, kind: Action) -> View | None:
    html, draft = "", form.draft()
    with refusals_on(form), reading(current_actor()) as w:
        answering.check_before(w, petition_id, draft, form.version.data, kind)
        html = render(draft.text)
    if form.errors or form.form_errors:
        return None
    facts = {"html": html, "draft": draft, "values": hidden_values(form)}
    return page("desk/preview.html", form=form, case=shown, kind=kind.value, words=words, **facts)


def _open_to(shown: query.DeskCase) -> frozenset[Action]:
    steps = {query.Step.ANSWER: {Action.ANSWER}, query.Step.REPLY: {Action.REPLY}}
    corrections = {Action.CORRECT_ANSWER} if shown.state is State.ANSWERED else set()
    return frozenset(steps.get(shown.step, set()) | corrections)


def _prefill(form: ReplyForm, shown: query.DeskCase, kind: Action) -> None:
    form.decided_on.show(_today())
    form.language.data = shown.referral.language
    if kind is Action.CORRECT_ANSWER and isinstance(form, CorrectForm) and shown.answer is not None:
        form.outcome.data, form.text.data = shown.answer.outcome, shown.answer.text
        form.language.data = shown.answer.language


def _languages(shown: query.DeskCase) -> list[str]:
    return list(dict.fromkeys([shown.referral.language, *shown.languages]))


def _case(petition_id: int) -> query.DeskCase:
    with reading(current_actor()) as w:
        return query.desk_case(w, petition_id)


def _today() -> date:
    with reading() as w:
        return w.today
