"""What others do with a body's work: the author replies, people note the day, followers judge a promise."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import by_token, needs, public
from core.calendars import Entry, as_calendar
from core.forms import refusals_on
from core.i18n import _, url
from core.links import absolute_url
from core.refusal import Refusal
from core.web import page
from core.work import ANYONE, Work, reading, work
from petitions.models.petition import Petition
from petitions.queries import casework as query
from petitions.queries.access import require_listed
from petitions.queries.discussions import DiscussionRow, discussions
from petitions.queries.drafts import own_case
from petitions.services import promises, questions
from petitions.web.forms.desk_work import ReplyToQuestionForm

BALLOT = "/promises/<token>"
TWO_HOURS = timedelta(hours=2)
bp = Blueprint("casework", __name__)
View = Response | Redirect


@bp.route("/petitions/<id:petition_id>/question", methods=["GET", "POST"])
@needs(Permission.PETITION_WRITE)
def reply(petition_id: int) -> View:
    """The author reads the question of the authority and replies."""
    form = ReplyToQuestionForm()
    with reading(current_actor()) as w:
        case = own_case(w, petition_id)
        asked = next((row for row in query.questions(w, petition_id, public=False) if row.open), None)
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            questions.reply_to_question(w, petition_id, form.text.data or "")
        if not form.errors and not form.form_errors:
            return redirect(url("writing.mine", petition_id=petition_id), 303)
    if asked is None and request.method == "GET":
        return redirect(url("writing.mine", petition_id=petition_id), 303)
    return page("petitions/question.html", form=form, case=case, asked=asked)


@bp.get("/petitions/<id:petition_id>/discussion.ics")
@public
def calendar(petition_id: int) -> View:
    """The public discussions of a petition, for a calendar."""
    with reading() as w:
        petition = require_listed(w.session.get(Petition, petition_id))
        found = discussions(w, petition_id)
        made = as_calendar([_entry(petition, row) for row in found], w.now)
    if not found:
        raise Refusal("not-found")
    response = make_response(made)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="discussion-{petition_id}.ics"'
    return response


@bp.get(BALLOT)
@by_token
def ballot(token: str) -> View:
    """The question whether a promise was kept: opening the link says nothing yet."""
    return _ballot(token)


@bp.post(BALLOT)
@by_token
def vote(token: str) -> View:
    """Count one voice; it may be changed by saying something else."""
    if request.form.get("kept") not in {"yes", "no"}:
        return _ballot(token, status=422)
    with work(ANYONE) as w:
        promises.say_kept(w, token, kept=request.form["kept"] == "yes")
    return _ballot(token, said=True)


def _ballot(token: str, *, said: bool = False, status: int = 200) -> View:
    with reading() as w:
        shown = _promise(w, token)
    return page("petitions/ballot.html", status=status, token=token, promise=shown, said=said)


def _promise(w: Work, token: str) -> Any:
    opened = promises.open_ballot(w, token)
    return query.promise_named(w, opened.promise_id)


def _entry(petition: Petition, row: DiscussionRow) -> Entry:
    where = ", ".join(part for part in (row.place, row.link) if part)
    return Entry(
        uid=f"discussion-{row.id}",
        starts_at=row.starts_at,
        ends_at=row.starts_at + TWO_HOURS,
        title=_("Public discussion: %(title)s", title=petition.title),
        place=where,
        text=_("Called off: %(reason)s", reason=row.called_off.reason) if row.called_off else row.materials,
        link=absolute_url("petitions.show", petition_id=petition.id),
        cancelled=row.cancelled,
        sequence=row.sequence,
    )
