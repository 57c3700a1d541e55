"""Pages of authors: the addressee, the words, the check of all answers, and where one case stands."""

from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from auth.queries import author_of
from auth.sections import account_section
from core.access import needs
from core.forms import refusals_on
from core.i18n import language, url
from core.refusal import Refusal
from core.refusals import refusal_text
from core.web import page
from core.work import Work, reading, work
from petitions.domain.lifecycle import Action, Party
from petitions.queries import drafts as query
from petitions.services import cases, drafts, submitting
from petitions.web import refusals_writing  # noqa: F401 - it registers the words of this module's refusals
from petitions.web.forms.writing import AddresseeForm, VersionForm
from petitions.web.mine import mine_facts
from petitions.web.steps import draft_for, offers_for, to_mine
from petitions.web.writing_words import OFFER, tasks_of

bp = Blueprint("writing", __name__, url_prefix="/petitions")
BOTH = ["GET", "POST"]
View = Response | Redirect


@bp.route("/new", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def new() -> View:
    """The first question: who should answer, and what that means under each rulebook."""
    if (elsewhere := _consent_first()) is not None:
        return elsewhere
    form = _addressee_form(request.args.get("authority", ""))
    if request.method == "POST" and _wants_to_look():
        return redirect(url(".new", authority=form.authority.data), 303)
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor(), shows=False) as w:
            begun = drafts.begin_draft(w, form.authority.data, language())
        if not form.errors:
            return redirect(url("steps.demand", petition_id=begun), 303)
    return _addressee_page(form, None)


@bp.route("/<id:petition_id>/edit/addressee", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def addressee(petition_id: int) -> View:
    """Give a draft another addressee."""
    draft = draft_for(petition_id)
    if draft is None:
        return to_mine(petition_id)
    chosen = draft.addressee.code if draft.addressee else ""
    form = _addressee_form(request.args.get("authority", chosen), version=draft.version)
    if request.method == "POST" and _wants_to_look():
        return redirect(url(".addressee", petition_id=petition_id, authority=form.authority.data), 303)
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor(), shows=False) as w:
            drafts.choose_addressee(w, petition_id, form.version.data, form.authority.data)
        if not form.errors:
            return redirect(url("steps.demand", petition_id=petition_id), 303)
    return _addressee_page(form, draft)


@bp.get("/<id:petition_id>/edit")
@needs(Permission.PETITION_WRITE)
def edit(petition_id: int) -> View:
    """Every question of a draft with what is answered already, and the way on to the first that is not."""
    draft = draft_for(petition_id)
    if draft is None:
        return to_mine(petition_id)
    return page("petitions/write_overview.html", draft=draft, tasks=tasks_of(draft))


@bp.route("/<id:petition_id>/check", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def check(petition_id: int) -> View:
    """Every answer once more, the grounds of refusal, what happens next; then the petition is submitted."""
    form = VersionForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            submitting.submit(w, petition_id, form.version.data)
        if not form.errors:
            return redirect(url(".mine", petition_id=petition_id), 303)
    draft = draft_for(petition_id)
    if draft is None:
        return to_mine(petition_id)
    form.version.data = draft.version
    with reading(current_actor()) as w:
        missing = _missing(w, petition_id)
    facts = {"draft": draft, "offers": offers_for(draft), "missing": missing, "words": OFFER}
    return page("petitions/check.html", form=form, **facts)


@bp.get("/<id:petition_id>/mine")
@needs(Permission.PETITION_WRITE)
def mine(petition_id: int) -> View:
    """Where the author's petition stands, what is next and when; co-authors read it too."""
    with reading(current_actor()) as w:
        facts = mine_facts(w, petition_id)
    done = {"proposed": "proposed" in request.args, "told": request.args.get("update", "")}
    return page("petitions/mine.html", can=Action, **done, **facts)


@bp.route("/<id:petition_id>/revise", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def revise(petition_id: int) -> View:
    """Take the petition back into the drafts while nobody has joined."""
    form = VersionForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            submitting.revise(w, petition_id, form.version.data)
        if not form.errors:
            return redirect(url(".edit", petition_id=petition_id), 303)
    return _confirm_page("petitions/write_revise.html", form, petition_id, Action.REVISE)


@bp.route("/<id:petition_id>/withdraw", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def withdraw(petition_id: int) -> View:
    """What withdrawing means, and the button that does it."""
    form = VersionForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            submitting.withdraw(w, petition_id, form.version.data)
        if not form.errors:
            return redirect(url(".mine", petition_id=petition_id), 303)
    return _confirm_page("petitions/write_withdraw.html", form, petition_id, Action.WITHDRAW)


@bp.route("/<id:petition_id>/delete", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def delete(petition_id: int) -> View:
    """Delete a draft that was never submitted."""
    form = VersionForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            drafts.delete_draft(w, petition_id, form.version.data)
        if not form.errors:
            return redirect(url("account.home"), 303)
    return _confirm_page("petitions/write_delete.html", form, petition_id, Action.WITHDRAW)


@account_section("petitions/write_own.html", Permission.PETITION_WRITE)
def own_section(w: Work) -> dict[str, Any]:
    """The author's petitions on the page of their account."""
    return {"petitions": query.own_petitions(w)}


def _consent_first() -> Redirect | None:
    """Whoever has not agreed to be named reads first what that means, and comes back here."""
    with reading(current_actor()) as w:
        author = author_of(w, w.actor.account_id) if w.actor.account_id is not None else None
    if author is not None:
        return None
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return redirect(url("account.author", next=here), 303)


def _wants_to_look() -> bool:
    return request.form.get("action") == "show"


def _addressee_form(chosen: str, **seen: Any) -> AddresseeForm:
    with reading(current_actor()) as w:
        return AddresseeForm(authority=chosen, **seen).offer(query.addressees(w))


def _addressee_page(form: AddresseeForm, draft: query.Draft | None) -> Response:
    with reading(current_actor()) as w:
        body, offers = query.offers_of(w, form.authority.data or "")
    return page("petitions/write.html", form=form, draft=draft, body=body, offers=offers, words=OFFER)


def _missing(w: Work, petition_id: int) -> str:
    """What keeps a draft from being submitted, in words; empty when nothing does."""
    try:
        submitting.require_complete(w, cases.load(w, petition_id))
    except Refusal as error:
        return refusal_text(error)
    return ""


def _confirm_page(template: str, form: VersionForm, petition_id: int, action: Action) -> View:
    with reading(current_actor()) as w:
        case = query.own_case(w, petition_id)
        moves = submitting.moves_open(w, cases.load(w, petition_id), Party.AUTHOR)
    if action not in moves:
        return redirect(url(".mine", petition_id=petition_id), 303)
    form.version.data = case.version
    return page(template, form=form, case=case)
