"""Pages of author safety: writing to an author without an address, and pausing signing."""

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs, open_to_all, public
from core.forms import refusals_on
from core.i18n import language, url
from core.limits import limiter
from core.web import page, unlisted
from core.work import ANYONE, reading, work
from petitions.domain.lifecycle import Action, Party
from petitions.queries import drafts as query
from petitions.queries import signing
from petitions.services import cases, freezing, letters, submitting
from petitions.web.forms.safety import FreezeForm, LetterForm
from petitions.web.forms.writing import VersionForm

bp = Blueprint("safety", __name__, url_prefix="/petitions")
BOTH = ["GET", "POST"]
View = Response | Redirect
bp.after_request(unlisted)


@bp.route("/<id:petition_id>/contact", methods=BOTH)
@open_to_all
@limiter.limit("10 per hour", methods=["POST"])
def contact(petition_id: int) -> View:
    """A letter to the author; neither side learns an address, unless the sender gives theirs."""
    with reading(ANYONE) as w:
        sheet = signing.letter_sheet(w, petition_id)
    form = LetterForm()
    if form.validate_on_submit():
        with refusals_on(form), work(ANYONE, shows=False) as w:
            letters.write_to_author(
                w, petition_id, form.text.data or "", form.email.data or "", form.share.data, language()
            )
        if not form.errors:
            return redirect(url(".contact_sent", petition_id=petition_id), 303)
    return page("petitions/contact.html", form=form, p=sheet)


@bp.get("/<id:petition_id>/contact/sent")
@public
def contact_sent(petition_id: int) -> Response:
    """The same words for every letter."""
    with reading() as w:
        signing.letter_sheet(w, petition_id)
    return page("petitions/contact_sent.html", back=url("petitions.show", petition_id=petition_id))


@bp.route("/<id:petition_id>/freeze", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def freeze(petition_id: int) -> View:
    """What a pause means, its reason, and the button."""
    form = FreezeForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            freezing.freeze(w, petition_id, form.version.data, form.reason.data or "")
        if not form.errors:
            return redirect(url("writing.mine", petition_id=petition_id), 303)
    return _page("petitions/write_freeze.html", form, petition_id, Action.FREEZE)


@bp.route("/<id:petition_id>/unfreeze", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def unfreeze(petition_id: int) -> View:
    """The button that lets signing go on."""
    form = VersionForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            freezing.unfreeze(w, petition_id, form.version.data)
        if not form.errors:
            return redirect(url("writing.mine", petition_id=petition_id), 303)
    return _page("petitions/write_unfreeze.html", form, petition_id, Action.UNFREEZE)


def _page(template: str, form: FreezeForm | VersionForm, petition_id: int, action: Action) -> View:
    with reading(current_actor()) as w:
        case = query.own_case(w, petition_id)
        moves = submitting.moves_open(w, cases.load(w, petition_id), Party.AUTHOR)
    if action not in moves:
        return redirect(url("writing.mine", petition_id=petition_id), 303)
    form.version.data = case.version
    return page(template, form=form, case=case)
