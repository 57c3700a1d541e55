"""Pages of the appeal: the author files it, another moderator decides on it after a preview."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs
from core.forms import refusals_on
from core.i18n import url
from core.web import page
from core.work import reading, work
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party
from petitions.models.appeals import AppealOutcome
from petitions.notices.appeals import APPEALS
from petitions.queries import appeals as query
from petitions.queries.drafts import own_case
from petitions.queries.moderation import BANDS
from petitions.services import appeals, cases, submitting
from petitions.web import refusals_appeals  # noqa: F401 - it registers the words of this module's refusals
from petitions.web.bands import by_band
from petitions.web.forms.appeals import OUTCOMES, AppealForm, OutcomeForm
from petitions.web.forms.writing import NO_VERSION
from petitions.web.writing_words import MailPreview

bp = Blueprint("appeals", __name__)
View = Response | Redirect


@bp.route("/petitions/<id:petition_id>/appeal", methods=["GET", "POST"])
@needs(Permission.PETITION_WRITE)
def file(petition_id: int) -> View:
    """The author appeals against the refusal, once."""
    form = AppealForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            appeals.file_appeal(w, petition_id, form.version.data, form.text.data or "")
        if not form.errors and not form.form_errors:
            return redirect(url("writing.mine", petition_id=petition_id), 303)
    with reading(current_actor()) as w:
        case = own_case(w, petition_id)
        may = Action.APPEAL in submitting.moves_open(w, cases.load(w, petition_id), Party.AUTHOR)
    if not may:
        return redirect(url("writing.mine", petition_id=petition_id), 303)
    form.version.data = case.version
    return page("petitions/appeal.html", form=form, case=case)


@bp.get("/moderation/appeals")
@needs(Permission.APPEAL_DECIDE)
def queue() -> View:
    """Appeals that wait, the oldest first, with counts by age; and how the last ones ended."""
    with reading(current_actor()) as w:
        rows, decided = query.waiting(w), query.decided_lately(w)
    facts = by_band(rows, BANDS) | {"decided": decided, "done": request.args.get("done")}
    return page("moderation/appeals.html", **facts)


@bp.route("/moderation/<id:petition_id>/appeal", methods=["GET", "POST"])
@needs(Permission.APPEAL_DECIDE)
def decide(petition_id: int) -> View:
    """One appeal: the refusal, the author's words, the decision seen before it is made, and the decision."""
    form, shown = OutcomeForm().prepare(), _shown(petition_id)
    if not form.validate_on_submit() or form.action == "back":
        return _page(form, shown)
    outcome, reason = form.decision()
    looked = form.action != "decide"
    with refusals_on(form), work(current_actor()) as w:
        act = appeals.check_appeal if looked else appeals.decide_appeal
        act(w, petition_id, form.version.data, outcome, reason)
    if form.errors or form.form_errors:
        return _page(form, _shown(petition_id))
    if not looked:
        return redirect(url(".queue", done=petition_id), 303)
    facts = {"name": OUTCOMES[outcome][0], "mail": _mail(shown, outcome, reason)}
    return page("moderation/appeal_preview.html", form=form, shown=shown, reason=reason, **facts)


def _shown(petition_id: int) -> query.AppealCase:
    with reading(current_actor()) as w:
        return query.appeal_case(w, petition_id)


def _page(form: OutcomeForm, shown: query.AppealCase) -> Response:
    changed = form.version.data not in {None, NO_VERSION, shown.case.version}
    form.version.data = shown.case.version
    return page("moderation/appeal.html", form=form, shown=shown, changed=changed)


def _mail(shown: query.AppealCase, outcome: AppealOutcome, reason: str) -> MailPreview:
    """What the author would be told, in the moderator's language."""
    upheld = outcome is AppealOutcome.UPHELD
    words = APPEALS[Event.APPEAL_UPHELD if upheld else Event.APPEAL_GRANTED]
    return MailPreview(str(words.subject), words.said({"title": shown.case.title, "why": reason}), "")
