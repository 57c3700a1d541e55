"""Pages of updates: what authors tell those who follow a petition, for everybody; and writing and correcting one."""

from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs, public
from core.forms import refusals_on
from core.i18n import url
from core.links import absolute_url
from core.web import page
from core.work import Work, reading, work
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action
from petitions.domain.updates import MOST, next_at
from petitions.notices.quiet import FOLLOWERS
from petitions.queries import drafts
from petitions.queries import updates as query
from petitions.services import cases, submitting, updates
from petitions.web import refusals_updates  # noqa: F401 - it registers the words of this module's refusals
from petitions.web.forms.updates import CorrectionForm, UpdateForm
from petitions.web.writing_words import MailPreview

bp = Blueprint("updates", __name__, url_prefix="/petitions/<id:petition_id>/updates")
BOTH = ["GET", "POST"]
View = Response | Redirect


@bp.get("")
@public
def index(petition_id: int) -> Response:
    """Every update of a petition, the newest first; of one that is taken down the reason."""
    with reading() as w:
        shown = query.page_of(w, petition_id)
    address = absolute_url("updates.index", petition_id=petition_id)
    return page("petitions/updates.html", p=shown, address=address)


@bp.route("/new", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def new(petition_id: int) -> View:
    """Write an update, see it with its mail before anybody else does, and send it."""
    facts, form = _facts(petition_id), UpdateForm()
    if Action.WRITE_UPDATE not in facts["moves"] and not form.is_submitted():
        return redirect(url("writing.mine", petition_id=petition_id), 303)
    if not form.validate_on_submit() or form.action == "back":
        return _write_page(form, facts)
    html = ""
    with refusals_on(form), work(current_actor()) as w:
        if form.action == "send":
            updates.publish_update(w, petition_id, form.draft())
        else:
            html = updates.check_update(w, petition_id, form.draft())
    return _after(form, facts, html)


@bp.route("/<id:number>/correct", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def correct(petition_id: int, number: int) -> View:
    """Correct one's own update; the earlier words stay readable, and nobody is mailed."""
    facts = _facts(petition_id) | _own(petition_id, number)
    words = facts["own"].words
    form = CorrectionForm(data={"title": words.title, "text": words.markdown, "language": words.language})
    if not form.validate_on_submit() or form.action == "back":
        return _write_page(form, facts)
    html = ""
    with refusals_on(form), work(current_actor()) as w:
        if form.action == "send":
            updates.correct_update(w, petition_id, number, form.draft())
        else:
            html = updates.check_correction(w, petition_id, number, form.draft())
    return _after(form, facts, html)


def writing_facts(w: Work, case: drafts.OwnCase) -> dict[str, Any]:
    """What an author has to know before writing: who would get it, what was written, from when the next may go out."""
    n, last = query.written(w, case.id)
    opens = next_at(n, last)
    return {
        "followers": query.followers(w, case.id),
        "updates": query.updates_of(w, case.id) if n else (),
        "next_at": opens if opens is not None and opens > w.now else None,
        "left": MOST - n,
        "me": w.actor.account_id,
    }


def _facts(petition_id: int) -> dict[str, Any]:
    with reading(current_actor()) as w:
        case = drafts.named_case(w, petition_id)
        moves = submitting.moves_open(w, cases.load(w, petition_id), case.party)
        return {"case": case, "moves": moves, **writing_facts(w, case)}


def _own(petition_id: int, number: int) -> dict[str, query.Update]:
    with reading(current_actor()) as w:
        row = query.own_update(w, petition_id, number)
        return {"own": next(found for found in query.updates_of(w, petition_id) if found.id == row.id)}


def _write_page(form: UpdateForm, facts: dict[str, Any]) -> Response:
    if request.method == "GET" and "own" not in facts:
        form.language.data = facts["case"].language
    return page("petitions/update_write.html", form=form, **facts)


def _after(form: UpdateForm, facts: dict[str, Any], html: str) -> View:
    """The form again with what is wrong, the preview, or the author's page once it is out."""
    if form.errors or form.form_errors:
        return _write_page(form, facts)
    if form.action == "send":
        told = "corrected" if "own" in facts else "published"
        return redirect(url("writing.mine", petition_id=facts["case"].id, update=told), 303)
    words = FOLLOWERS[Event.UPDATE_PUBLISHED]
    mail = MailPreview(str(words.subject), words.said({}), "")
    return page("petitions/update_preview.html", form=form, html=html, mail=mail, **facts)
