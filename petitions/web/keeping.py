"""Pages of keeping and destroying: what is due and held, for the controller; what was destroyed, for everybody."""

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as Redirect
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs, public
from core.forms import ButtonForm, Form, refusals_on, required, text_field
from core.i18n import lazy, url
from core.web import page
from core.work import Work, reading, work
from petitions.domain.keeping import TERMS, Kept
from petitions.queries import retention as queries
from petitions.queries.notice_words import capital, kept_words
from petitions.queries.retention_words import kept_name
from petitions.services.backups import copies, last_copy_gone
from petitions.services.retention import MOST_REASON, by_class, hold_petition, lift_hold, to_warn_of

bp = Blueprint("keeping", __name__)
BOTH = ["GET", "POST"]
View = Response | Redirect


class HoldForm(Form):
    """Which petition to hold back, and why."""

    petition = IntegerField(
        lazy("Number of the petition"),
        [InputRequired(lazy("Write the number of the petition.")), NumberRange(min=1, max=2**53)],
    )
    reason = text_field(lazy("Reason"), required(lazy("Write the reason.")), max_length=MOST_REASON)


@bp.get("/privacy/destroyed")
@public
def destroyed() -> Response:
    """What was destroyed by class and number, and how often staff read contacts: for everybody."""
    with reading() as w:
        rows = [(kept_name(row.kept), row.n, row.last) for row in queries.destroyed(w)]
        held, reads, gone = len(queries.holds(w)), queries.contact_reads(w), last_copy_gone(w.now)
    days = TERMS[Kept.BACKUP].length.n
    return page("keeping/destroyed.html", rows=rows, held=held, reads=reads, gone=gone, days=days)


@bp.get("/admin/retention")
@needs(Permission.RETENTION_VIEW)
def due() -> View:
    """What comes due, what is held back, and the backups of this machine."""
    with reading(current_actor()) as w:
        rows, held, kept = to_warn_of(w), queries.holds(w), _copies(w)
        classes = [(kept_name(c.kept), capital(kept_words(c.kept)), c.now, c.soon) for c in by_class(w)]
        now = w.now
    facts = {"rows": rows, "holds": held, "copies": kept, "classes": classes, "now": now}
    return page("keeping/due.html", **facts, name=kept_name, form=ButtonForm())


@bp.route("/admin/retention/hold", methods=BOTH)
@needs(Permission.DATA_REQUEST_HANDLE)
def hold() -> View:
    """Hold a petition in dispute back from destruction."""
    form = HoldForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            hold_petition(w, form.petition.data, form.reason.data)
        if not form.errors and not form.form_errors:
            return redirect(url(".due"), 303)
    return page("keeping/hold.html", form=form)


@bp.post("/admin/retention/holds/<id:hold_id>/lift")
@needs(Permission.DATA_REQUEST_HANDLE)
def lift(hold_id: int) -> View:
    """Let go of it again."""
    form = ButtonForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            lift_hold(w, hold_id)
        return redirect(url(".due"), 303)
    return page("keeping/lift.html", form=form, hold_id=hold_id)


def _copies(w: Work) -> list[tuple[str, object]]:
    return [(copy.path.name, copy) for copy in copies(w.now)]
