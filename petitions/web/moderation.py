"""Pages of moderators: the queue by age, one case, and a decision that is previewed before it is made."""

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
from petitions.domain.lifecycle import Action, Party
from petitions.queries import duplicates
from petitions.queries import moderation as query
from petitions.queries.similar import similar_to
from petitions.services import cases, screening, submitting
from petitions.web.bands import by_band
from petitions.web.forms.moderation import VERDICTS, DecisionForm
from petitions.web.forms.writing import NO_VERSION
from petitions.web.writing_words import OFFER, mail_preview

bp = Blueprint("moderation", __name__, url_prefix="/moderation")
View = Response | Redirect


@bp.get("/")
@needs(Permission.PETITION_MODERATE)
def queue() -> View:
    """What waits for its check, the oldest first, with counts by age."""
    number = request.args.get("petition", "").strip()
    if number.isascii() and number.isdigit() and 0 < len(number) < 12:
        return redirect(url(".case", petition_id=int(number)), 303)
    with reading(current_actor()) as w:
        rows, decided = query.queue(w), query.decided_lately(w)
    facts = by_band(rows, query.BANDS) | {"decided": decided, "done": request.args.get("done")}
    return page("moderation/queue.html", **facts)


@bp.get("/<id:petition_id>")
@needs(Permission.PETITION_MODERATE)
def case(petition_id: int) -> View:
    """One case with the rulebook's grounds and the form of the decision."""
    return _case_page(petition_id, DecisionForm(formdata=None))


@bp.post("/<id:petition_id>/preview")
@needs(Permission.PETITION_MODERATE)
def preview(petition_id: int) -> View:
    """The decision and the mail as they would be; nothing is decided yet."""
    shown, moves = _seen(petition_id)
    form = DecisionForm().prepare(moves, shown.grounds)
    if request.form.get("back") or not form.validate_on_submit():
        return _case_page(petition_id, form)
    verdict, ground, reason = form.decision()
    with refusals_on(form), reading(current_actor()) as w:
        screening.check_decision(w, petition_id, form.version.data, verdict, reason=reason, ground=ground)
    if form.errors:
        return _case_page(petition_id, form)
    said = next((row for row in shown.grounds if row.id == ground), None)
    mail = mail_preview(shown, verdict, said, reason)
    facts = {"name": VERDICTS[verdict][0], "ground": said, "reason": reason, "mail": mail}
    return page("moderation/preview.html", form=form, case=shown, **facts)


@bp.post("/<id:petition_id>/decide")
@needs(Permission.PETITION_MODERATE)
def decide(petition_id: int) -> View:
    """Make the decision that was previewed."""
    shown, moves = _seen(petition_id)
    form = DecisionForm().prepare(moves, shown.grounds)
    if form.validate_on_submit():
        verdict, ground, reason = form.decision()
        with refusals_on(form), work(current_actor()) as w:
            screening.decide(w, petition_id, form.version.data, verdict, reason=reason, ground=ground)
        if not form.errors:
            return redirect(url(".queue", done=petition_id), 303)
    return _case_page(petition_id, form)


def _seen(petition_id: int) -> tuple[query.ModeratedCase, tuple[Action, ...]]:
    with reading(current_actor()) as w:
        shown = query.moderated_case(w, petition_id)
        return shown, submitting.moves_open(w, cases.load(w, petition_id), Party.MODERATOR)


def _case_page(petition_id: int, form: DecisionForm) -> Response:
    shown, moves = _seen(petition_id)
    changed = form.version.data not in {None, NO_VERSION, shown.version}
    form.prepare(moves, shown.grounds)
    form.version.data = shown.version
    facts = {"moves": moves, "changed": changed, "words": OFFER, **_compared(shown)}
    return page("moderation/case.html", form=form, case=shown, **facts)


def _compared(shown: query.ModeratedCase) -> dict[str, Any]:
    """What is public about the same matter, side by side, and the link to an older petition."""
    with reading(current_actor()) as w:
        alike = similar_to(w, shown.id, refused=True)
        texts = duplicates.texts_of(w, [row.card.id for row in alike])
        original, copies = duplicates.original_of(w, shown.id), duplicates.copies_of(w, shown.id)
        linkable = duplicates.may_be_linked(w, shown.id)
    return {"alike": alike, "texts": texts, "original": original, "copies": copies, "linkable": linkable}
