"""What exists already: a step of writing that shows similar petitions, and the moderators' link of a duplicate."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs
from core.forms import refusals_on
from core.i18n import url
from core.web import page
from core.work import Work, reading, work
from petitions.domain.lifecycle import State
from petitions.queries import duplicates as query
from petitions.queries.drafts import Draft, draft_of
from petitions.queries.moderation import ModeratedCase, moderated_case
from petitions.queries.similar import Similar, similar
from petitions.services import duplicates
from petitions.web import refusals_similar  # noqa: F401 - it registers the words of this module's refusals
from petitions.web.forms.duplicates import LinkForm, UnlinkForm

bp = Blueprint("similar", __name__)
BOTH = ["GET", "POST"]
View = Response | Redirect


@bp.get("/petitions/<id:petition_id>/similar")
@needs(Permission.PETITION_WRITE)
def step(petition_id: int) -> View:
    """Public petitions about the same matter, before a draft is submitted: join one of them, or go on."""
    with reading(current_actor()) as w:
        draft = draft_of(w, petition_id)
        found = like_draft(w, draft)
    if draft.state is not State.DRAFT:
        return redirect(url("writing.mine", petition_id=petition_id), 303)
    return page("petitions/write_similar.html", draft=draft, found=found)


@bp.route("/moderation/<id:petition_id>/duplicate", methods=BOTH)
@needs(Permission.PETITION_MODERATE)
def link(petition_id: int) -> View:
    """Link a petition to the older one about the same matter."""
    form = LinkForm(original=request.args.get("original", ""))
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            duplicates.link_duplicate(
                w, petition_id, form.number(), form.reason.data or "", form.language.data or ""
            )
        if not form.errors and not form.form_errors:
            return redirect(url("moderation.case", petition_id=petition_id), 303)
    case, _original = _seen(petition_id)
    return page("moderation/duplicate.html", form=form, case=case)


@bp.route("/moderation/<id:petition_id>/duplicate/remove", methods=BOTH)
@needs(Permission.PETITION_MODERATE)
def unlink(petition_id: int) -> View:
    """Take the link back."""
    form = UnlinkForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            duplicates.unlink_duplicate(w, petition_id, form.reason.data or "", form.language.data or "")
        if not form.errors and not form.form_errors:
            return redirect(url("moderation.case", petition_id=petition_id), 303)
    case, original = _seen(petition_id)
    if original is None and request.method == "GET":
        return redirect(url("moderation.case", petition_id=petition_id), 303)
    return page("moderation/unlink.html", form=form, case=case, original=original)


def like_draft(w: Work, draft: Draft) -> tuple[Similar, ...]:
    """What is public about the matter of a draft."""
    area = draft.addressee.area if draft.addressee else ""
    return similar(w, draft.title, draft.markdown, language=draft.language, area=area, besides=draft.id)


def _seen(petition_id: int) -> tuple[ModeratedCase, query.Linked | None]:
    with reading(current_actor()) as w:
        return moderated_case(w, petition_id), query.original_of(w, petition_id)
