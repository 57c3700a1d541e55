"""Pages of reports: anybody reports, moderators handle, and a takedown can be undone."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs, open_to_all, public
from core.forms import refusals_on
from core.i18n import url
from core.limits import limiter
from core.web import page, unlisted
from core.work import ANYONE, reading, work
from petitions.domain.keeping import TERMS, Kept
from petitions.domain.lifecycle import Action, Party
from petitions.models.reports import ReportReason
from petitions.queries import reports as query
from petitions.queries.access import require_moderator
from petitions.services import cases, reports, submitting, takedowns
from petitions.web import refusals_reports  # noqa: F401 - it registers the words of this module's refusals
from petitions.web.bands import by_band
from petitions.web.forms.reports import REASONS, LeaveForm, PutBackForm, ReportForm

bp = Blueprint("reports", __name__)
BOTH = ["GET", "POST"]
View = Response | Redirect


@bp.route("/petitions/<id:petition_id>/report", methods=BOTH)
@open_to_all
@limiter.limit("10 per hour", methods=["POST"])
def report(petition_id: int) -> View:
    """A reader says what is wrong; nobody is asked who they are."""
    about = request.args.get("update", type=int)
    with reading(ANYONE) as w:
        sheet = query.sheet(w, petition_id, about)
    form = ReportForm()
    if form.validate_on_submit():
        with refusals_on(form), work(ANYONE, shows=False) as w:
            reason, text = ReportReason(form.reason.data), form.text.data or ""
            reports.report_petition(w, petition_id, reason, text, about)
        if not form.errors and not form.form_errors:
            return redirect(url(".sent", petition_id=petition_id), 303)
    return unlisted(page("petitions/report.html", form=form, p=sheet, days=TERMS[Kept.REPORT].length.n))


@bp.get("/petitions/<id:petition_id>/report/sent")
@public
def sent(petition_id: int) -> Response:
    """The same words for every report, kept or dropped."""
    with reading() as w:
        query.sheet(w, petition_id)
    return unlisted(page("petitions/report_sent.html", back=url("petitions.show", petition_id=petition_id)))


@bp.get("/moderation/reports")
@needs(Permission.REPORT_HANDLE)
def queue() -> View:
    """What readers report, the longest waiting first, and the last takedowns."""
    with reading(current_actor()) as w:
        rows, down = query.reported(w), query.takedowns(w)
    facts = by_band(rows, query.BANDS) | {"down": down, "done": request.args.get("done")}
    return page("moderation/reports.html", **facts)


@bp.route("/moderation/<id:petition_id>/reports", methods=BOTH)
@needs(Permission.REPORT_HANDLE)
def handle(petition_id: int) -> View:
    """The reports of one petition: leave it as it is with a reason, or go on to take it down."""
    form = LeaveForm()
    with reading(current_actor()) as w:
        shown = query.reported_case(w, petition_id)
        moves = submitting.moves_open(w, cases.load(w, petition_id), Party.MODERATOR)
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            reports.leave_as_it_is(w, petition_id, form.reason.data or "")
        if not form.errors and not form.form_errors:
            return redirect(url(".queue", done="left"), 303)
    return page(
        "moderation/report.html", form=form, shown=shown, words=REASONS, may=Action.TAKE_DOWN in moves
    )


@bp.route("/moderation/<id:petition_id>/restore", methods=BOTH)
@needs(Permission.PETITION_TAKE_DOWN)
def put_back(petition_id: int) -> View:
    """Show a petition again that was taken down, with a public reason."""
    form = PutBackForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            takedowns.put_back(w, petition_id, form.version.data, form.reason.data or "")
        if not form.errors and not form.form_errors:
            return redirect(url(".queue", done="restored"), 303)
    with reading(current_actor()) as w:
        petition = require_moderator(w, cases.load(w, petition_id))
        may = Action.PUT_BACK in submitting.moves_open(w, petition, Party.MODERATOR)
        form.version.data = petition.version
        facts = {"id": petition.id, "title": petition.title, "language": petition.language}
    return page("moderation/put_back.html", form=form, **facts) if may else redirect(url(".queue"), 303)
