"""The desk's pages about terms: extending the answer, transferring the case, a body's own word on its figures."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from authorities import queries as register
from core.access import needs
from core.forms import refusals_on
from core.i18n import language, url
from core.web import page
from core.work import reading, work
from petitions.queries import desk as query
from petitions.queries.notes import note_of
from petitions.services import ledger_notes, term_acts
from petitions.web import desk_words as words
from petitions.web.forms.stops import ExtendForm, NoteForm, TransferForm

BOTH = ["GET", "POST"]
View = Response | Redirect
bp = Blueprint("desk_terms", __name__)


@bp.route("/desk/<id:petition_id>/extend", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def extend(petition_id: int) -> View:
    """Extend the answer term with a public reason."""
    shown, form = _case(petition_id), ExtendForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            term_acts.extend_answer(w, petition_id, form.n.data or 0, form.why(), form.version.data)
        if not form.errors and not form.form_errors:
            return redirect(url("desk.case", petition_id=petition_id, done="extend"), 303)
    if request.method == "GET":
        if shown.extension is None:
            return redirect(url("desk.case", petition_id=petition_id), 303)
        form.version.data, form.language.data = shown.version, shown.referral.language
    return page("desk/extend.html", form=form, case=shown, words=words)


@bp.route("/desk/<id:petition_id>/transfer", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def transfer(petition_id: int) -> View:
    """Hand the case on to the competent body."""
    shown, form = _case(petition_id), _transfer_form()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            to = form.authority.data or ""
            term_acts.transfer_case(w, petition_id, to, form.why(), form.version.data)
        if not form.errors and not form.form_errors:
            return redirect(url("desk.inbox", done="transfer"), 303)
    if request.method == "GET":
        if shown.transfer_until is None:
            return redirect(url("desk.case", petition_id=petition_id), 303)
        form.version.data, form.language.data = shown.version, shown.referral.language
    return page("desk/transfer.html", form=form, case=shown, words=words)


@bp.route("/desk/note", methods=BOTH)
@needs(Permission.DESK_ANSWER)
def note() -> View:
    """Write what stands beside the body's figures in the public ledger."""
    form = NoteForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            ledger_notes.write_note(w, form.text.data or "", form.language.data or "")
        if not form.errors and not form.form_errors:
            return redirect(url("desk.inbox"), 303)
    with reading(current_actor()) as w:
        body, standing = query.body_name(w), note_of(w, w.actor.body or "")
    if request.method == "GET":
        form.text.data = standing.text if standing else ""
        form.language.data = standing.language if standing else language()
    return page("desk/note.html", form=form, body=body)


def _transfer_form() -> TransferForm:
    with reading(current_actor()) as w:
        bodies = [(body.code, body.name) for body in register.authorities(w) if body.code != w.actor.body]
    return TransferForm().prepare(bodies)


def _case(petition_id: int) -> query.DeskCase:
    with reading(current_actor()) as w:
        return query.desk_case(w, petition_id)
