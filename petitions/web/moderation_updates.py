"""Pages of moderators about updates of authors: a queue after the fact, and one update with what can be done."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs
from core.forms import refusals_on
from core.i18n import language, url
from core.web import page
from core.work import reading, work
from petitions.queries import updates as query
from petitions.services import updates
from petitions.web.bands import by_band
from petitions.web.forms.updates import LookedAtForm, UpdateReasonForm

bp = Blueprint("moderation_updates", __name__, url_prefix="/moderation/updates")
View = Response | Redirect


@bp.get("")
@needs(Permission.PETITION_MODERATE)
def queue() -> Response:
    """What nobody has read as it stands, the oldest first; and what is taken down now."""
    with reading(current_actor()) as w:
        rows, down = query.queue(w), query.taken_down(w)
    facts = by_band(rows, query.BANDS) | {"down": down, "done": request.args.get("done")}
    return page("moderation/updates.html", **facts)


@bp.route("/<id:update_id>", methods=["GET", "POST"])
@needs(Permission.PETITION_MODERATE)
def one(update_id: int) -> View:
    """Take one update down or show it again, with a reason that everybody can read."""
    shown, form = _shown(update_id), UpdateReasonForm()
    act = updates.restore_update if form.shows_again else updates.hide_update
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            act(w, update_id, form.version.data, form.why())
        if not form.errors and not form.form_errors:
            return redirect(url(".queue", done=form.act.data), 303)
    return _page(shown, form)


@bp.post("/<id:update_id>/leave")
@needs(Permission.PETITION_MODERATE)
def leave(update_id: int) -> View:
    """Nothing is wrong with this version: it leaves the queue."""
    shown, form = _shown(update_id), LookedAtForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            updates.leave_update(w, update_id, form.version.data)
        if not form.errors and not form.form_errors:
            return redirect(url(".queue", done="left"), 303)
    reason = UpdateReasonForm(formdata=None)
    reason.form_errors.extend(
        [*form.form_errors, *(text for texts in form.errors.values() for text in texts)]
    )
    return _page(shown, reason, form.status)


def _shown(update_id: int) -> query.ModeratedUpdate:
    with reading(current_actor()) as w:
        return query.moderated_update(w, update_id)


def _page(shown: query.ModeratedUpdate, form: UpdateReasonForm, status: int | None = None) -> Response:
    form.act.data = "restore" if shown.update.hidden else "hide"
    form.version.data = shown.update.words.number
    if request.method == "GET" or not form.language.data:
        form.language.data = language()
    looked = LookedAtForm(formdata=None)
    looked.version.data = shown.update.words.number
    return page("moderation/update.html", form=form, looked=looked, shown=shown, status=status)
