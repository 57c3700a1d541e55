"""Writing a petition question by question: each step has a page of its own, and going back loses nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs
from core.forms import refusals_on
from core.i18n import url
from core.web import page
from core.work import reading, work
from petitions.domain import texts
from petitions.domain.lifecycle import State
from petitions.queries import drafts as query
from petitions.services import drafts
from petitions.web.forms.writing import DemandForm, ReasonsForm
from petitions.web.similar import like_draft
from petitions.web.writing_examples import example_for
from petitions.web.writing_words import OFFER

bp = Blueprint("steps", __name__, url_prefix="/petitions/<id:petition_id>")
BOTH = ["GET", "POST"]
CONFLICT = 409
View = Response | Redirect


@bp.route("/edit/demand", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def demand(petition_id: int) -> View:
    """The demand in one sentence, and its language."""
    return _step(petition_id, "demand")


@bp.route("/edit/text", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def text(petition_id: int) -> View:
    """The reasons and what exactly should be done."""
    return _step(petition_id, "text")


@bp.get("/edit/rules")
@needs(Permission.PETITION_WRITE)
def rules(petition_id: int) -> View:
    """On which grounds it can be refused, before it can be."""
    draft = draft_for(petition_id)
    return to_mine(petition_id) if draft is None else page("petitions/write_rules.html", draft=draft)


@bp.get("/edit/preview")
@needs(Permission.PETITION_WRITE)
def preview(petition_id: int) -> View:
    """The petition as it will look once it is published."""
    draft = draft_for(petition_id)
    if draft is None:
        return to_mine(petition_id)
    return page("petitions/write_preview.html", draft=draft, offers=offers_for(draft), words=OFFER)


@bp.post("/keep/<step>")
@needs(Permission.PETITION_WRITE)
def keep(petition_id: int, step: str) -> View:
    """Keep what is being typed, sent by the form's script, and say which version the draft has now."""
    draft, known = draft_for(petition_id), STEPS.get(step)
    if draft is None or known is None:
        return Response(status=CONFLICT, mimetype="text/plain")
    form, version = known.form(draft), draft.version
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor(), shows=False) as w:
            version = drafts.save_draft(w, petition_id, form.version.data, **form.words())
    if form.errors:
        stale = form.version.data != draft.version and not form.stale
        return Response(status=CONFLICT if stale else form.status, mimetype="text/plain")
    return Response(status=204, headers={"X-Draft-Version": str(version)}, mimetype="text/plain")


def draft_for(petition_id: int) -> query.Draft | None:
    """The author's draft, or None for what is no draft any more. Refusal `not-found` for everybody else."""
    with reading(current_actor()) as w:
        draft = query.draft_of(w, petition_id)
    return draft if draft.state is State.DRAFT else None


def to_mine(petition_id: int) -> Redirect:
    """Where the author of a petition that is no draft is sent to."""
    return redirect(url("writing.mine", petition_id=petition_id), 303)


def offers_for(draft: query.Draft) -> Any:
    """What the addressee of a draft means under each rulebook."""
    with reading(current_actor()) as w:
        return query.offers_of(w, draft.addressee.code if draft.addressee else "")[1]


@dataclass(frozen=True, slots=True)
class Step:
    """One question: its form, what of it must be complete before one goes on, its page, and where one goes."""

    form: Callable[[query.Draft], Any]
    complete: Callable[[Mapping[str, str]], None]
    template: str
    onward: Callable[[query.Draft], str]


def _demand_form(draft: query.Draft) -> DemandForm:
    return DemandForm(title=draft.title, language=draft.language, version=draft.version)


def _reasons_form(draft: query.Draft) -> ReasonsForm:
    form = ReasonsForm(text=draft.markdown, reason=draft.reason, version=draft.version)
    return form.ask_reason(draft.again)


def _after_text(draft: query.Draft) -> str:
    """Similar petitions come next, where there are any."""
    with reading(current_actor()) as w:
        found = like_draft(w, query.draft_of(w, draft.id))
    return url("similar.step" if found else "coauthors.authors", petition_id=draft.id)


STEPS: Mapping[str, Step] = {
    "demand": Step(
        _demand_form,
        lambda words: texts.require_title(words["title"]),
        "petitions/write_demand.html",
        lambda draft: url("steps.text", petition_id=draft.id),
    ),
    "text": Step(
        _reasons_form,
        lambda words: texts.require_text(words["markdown"]),
        "petitions/write_text.html",
        _after_text,
    ),
}


def _step(petition_id: int, name: str) -> View:
    draft, step = draft_for(petition_id), STEPS[name]
    if draft is None:
        return to_mine(petition_id)
    form = step.form(draft)
    if form.validate_on_submit():
        onward = request.form.get("action") != "save"
        _forgive(form, draft)
        with refusals_on(form), work(current_actor(), shows=False) as w:
            drafts.save_draft(w, petition_id, form.version.data, **form.words())
            if onward:
                step.complete(form.words())
        if not form.errors:
            saved = url(f"steps.{name}", petition_id=petition_id, saved=1)
            return redirect(step.onward(draft) if onward else saved, 303)
    return _page(step, form, name, petition_id)


def _forgive(form: Any, draft: query.Draft) -> None:
    """An old form whose words stand there already (its script kept them) loses nobody's work."""
    said = {
        "title": draft.title,
        "markdown": draft.markdown,
        "language": draft.language,
        "reason": draft.reason,
    }
    if all(said[name] == word for name, word in form.words().items()):
        form.version.data = draft.version


def _page(step: Step, form: Any, name: str, petition_id: int) -> View:
    draft = draft_for(petition_id)
    if draft is None:
        return to_mine(petition_id)
    changed = request.method == "POST" and form.version.data != draft.version
    # Whoever has seen the newer words may save over them.
    form.version.data = draft.version
    facts = {"offers": offers_for(draft), "words": OFFER, "example": example_for(draft.addressee)}
    facts |= {"draft": draft, "changed": changed, "saved": "saved" in request.args, "step": name}
    return page(step.template, form=form, **facts)
