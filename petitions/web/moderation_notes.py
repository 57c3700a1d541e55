"""Pages of moderators about what bodies say beside their figures: hide a note with a public reason, show it again."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs
from core.forms import refusals_on
from core.i18n import language, url
from core.refusal import Refusal
from core.web import page, row_number
from core.work import reading, work
from petitions.queries import notes as query
from petitions.services import ledger_notes
from petitions.web.forms.moderation import NoteReasonForm

PER_PAGE = 20
bp = Blueprint("moderation_notes", __name__, url_prefix="/moderation/notes")
View = Response | Redirect


@bp.get("/")
@needs(Permission.PETITION_MODERATE)
def index() -> View:
    """Every note that says something, the newest first."""
    with reading(current_actor()) as w:
        rows, more = query.moderated_notes(w, row_number("before"), PER_PAGE)
    older = url(".index", before=more) if more else None
    return page("moderation/notes.html", rows=rows, older=older, done=request.args.get("done"))


@bp.route("/<id:note_id>", methods=["GET", "POST"])
@needs(Permission.PETITION_MODERATE)
def note(note_id: int) -> View:
    """Hide one note, or show it again; either way with a reason that everybody can read."""
    form, shown = NoteReasonForm(), _note(note_id)
    act = ledger_notes.restore_note if form.shows_again else ledger_notes.hide_note
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            act(w, note_id, form.why())
        if not form.errors and not form.form_errors:
            return redirect(url(".index", done=form.act.data), 303)
    form.act.data = "restore" if shown.note.hidden else "hide"
    if request.method == "GET":
        form.language.data = language()
    return page("moderation/note.html", form=form, shown=shown)


def _note(note_id: int) -> query.ModeratedNote:
    with reading(current_actor()) as w:
        found = query.moderated_note(w, note_id)
    if found is None:
        raise Refusal("not-found")
    return found
