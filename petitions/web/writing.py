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
from petitions.domain.lifecycle import Action, Party, State
from petitions.queries import casework
from petitions.queries import drafts as query
from petitions.services import cases, drafts, submitting
from petitions.services.joining import join_url
from petitions.web import refusals_writing  # noqa: F401 - it registers the words of this module's refusals
from petitions.web.forms.writing import AddresseeForm, VersionForm, WordsForm
from petitions.web.writing_words import OFFER

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
        with refusals_on(form), work(current_actor()) as w:
            begun = drafts.begin_draft(w, form.authority.data, language())
        if not form.errors:
            return redirect(url(".edit", petition_id=begun), 303)
    return _addressee_page(form, None)


@bp.route("/<id:petition_id>/addressee", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def addressee(petition_id: int) -> View:
    """Give a draft another addressee."""
    draft = _draft(petition_id)
    if draft.state is not State.DRAFT:
        return redirect(url(".mine", petition_id=petition_id), 303)
    chosen = draft.addressee.code if draft.addressee else ""
    form = _addressee_form(request.args.get("authority", chosen), version=draft.version)
    if request.method == "POST" and _wants_to_look():
        return redirect(url(".addressee", petition_id=petition_id, authority=form.authority.data), 303)
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            drafts.choose_addressee(w, petition_id, form.version.data, form.authority.data)
        if not form.errors:
            return redirect(url(".edit", petition_id=petition_id), 303)
    return _addressee_page(form, draft)


@bp.route("/<id:petition_id>/edit", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def edit(petition_id: int) -> View:
    """The words of a draft; they can be saved unfinished."""
    draft = _draft(petition_id)
    if draft.state is not State.DRAFT:
        return redirect(url(".mine", petition_id=petition_id), 303)
    form = _words_form(draft)
    if form.validate_on_submit():
        onward = request.form.get("action") != "save"
        with refusals_on(form), work(current_actor()) as w:
            drafts.save_draft(w, petition_id, form.version.data, **form.words())
            if onward:
                submitting.require_complete(w, cases.load(w, petition_id))
        if not form.errors:
            return _after_saving(petition_id, onward)
    return _words_page(form, petition_id)


@bp.post("/<id:petition_id>/keep")
@needs(Permission.PETITION_WRITE)
def keep(petition_id: int) -> View:
    """Keep what is being typed, sent by the form's script; the page itself stays as it is."""
    form = _words_form(_draft(petition_id))
    if form.validate_on_submit():
        words = form.words()
        with refusals_on(form), work(current_actor()) as w:
            drafts.keep_words(w, petition_id, form.version.data, words["title"], words["markdown"])
    return Response(status=form.status if form.errors else 204, mimetype="text/plain")


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
    draft = _draft(petition_id)
    if draft.state is not State.DRAFT:
        return redirect(url(".mine", petition_id=petition_id), 303)
    form.version.data = draft.version
    with reading(current_actor()) as w:
        _body, offers = query.offers_of(w, draft.addressee.code if draft.addressee else "")
        missing = _missing(w, petition_id)
    return page("petitions/check.html", form=form, draft=draft, offers=offers, missing=missing, words=OFFER)


@bp.get("/<id:petition_id>/mine")
@needs(Permission.PETITION_WRITE)
def mine(petition_id: int) -> View:
    """Where the author's petition stands, what is next and when."""
    with reading(current_actor()) as w:
        case = query.own_case(w, petition_id)
        petition = cases.load(w, petition_id)
        moves = submitting.moves_open(w, petition, Party.AUTHOR)
        link = join_url(w, petition) if case.state is State.GATHERING else None
        asked = casework.questions(w, petition_id, public=False)
    return page("petitions/mine.html", case=case, moves=moves, can=Action, link=link, questions=asked)


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


def _draft(petition_id: int) -> query.Draft:
    with reading(current_actor()) as w:
        return query.draft_of(w, petition_id)


def _addressee_form(chosen: str, **seen: Any) -> AddresseeForm:
    with reading(current_actor()) as w:
        return AddresseeForm(authority=chosen, **seen).offer(query.addressees(w))


def _addressee_page(form: AddresseeForm, draft: query.Draft | None) -> Response:
    with reading(current_actor()) as w:
        body, offers = query.offers_of(w, form.authority.data or "")
    return page("petitions/write.html", form=form, draft=draft, body=body, offers=offers, words=OFFER)


def _words_form(draft: query.Draft) -> WordsForm:
    form = WordsForm(
        title=draft.title,
        text=draft.markdown,
        language=draft.language,
        reason=draft.reason,
        version=draft.version,
    )
    return form.prepare(query.languages(), again=draft.again)


def _words_page(form: WordsForm, petition_id: int) -> Response:
    draft = _draft(petition_id)
    changed = request.method == "POST" and form.version.data != draft.version
    # Whoever has seen the newer words may save over them.
    form.version.data = draft.version
    with reading(current_actor()) as w:
        _body, offers = query.offers_of(w, draft.addressee.code if draft.addressee else "")
    facts = {"draft": draft, "changed": changed, "offers": offers, "saved": "saved" in request.args}
    return page("petitions/write_words.html", form=form, words=OFFER, **facts)


def _after_saving(petition_id: int, onward: bool) -> Redirect:
    if onward:
        return redirect(url(".check", petition_id=petition_id), 303)
    return redirect(url(".edit", petition_id=petition_id, saved=1), 303)


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
