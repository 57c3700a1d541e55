"""Pages of co-authors: the author invites and parts, the invited person answers, a co-author proposes and leaves."""

from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission, may
from auth.queries import author_of
from core.access import acting, needs, open_to_all
from core.forms import Form, refusals_on
from core.i18n import url
from core.refusal import Refusal
from core.web import page, unlisted
from core.work import Work, reading, work
from petitions.domain.lifecycle import Action, Party
from petitions.models.petition import Petition
from petitions.queries import coauthors as query
from petitions.queries.drafts import named_case
from petitions.services import coauthors, submitting
from petitions.web import refusals_coauthors  # noqa: F401 - it registers the words of this module's refusals
from petitions.web.forms.writing import AnswerForm, InviteForm, ProposalForm, VersionForm
from petitions.web.steps import draft_for, to_mine

bp = Blueprint("coauthors", __name__, url_prefix="/petitions")
BOTH = ["GET", "POST"]
View = Response | Redirect
bp.after_request(unlisted)


@bp.route("/<id:petition_id>/edit/authors", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def authors(petition_id: int) -> View:
    """Who answers for a draft; the author may invite others."""
    draft, form = draft_for(petition_id), InviteForm()
    if draft is None:
        return to_mine(petition_id)
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            coauthors.invite(w, petition_id, form.version.data, form.full_name.data, form.email.data)
        if not form.errors:
            return redirect(url(".authors", petition_id=petition_id, invited=1), 303)
    with reading(current_actor()) as w:
        facts: dict[str, Any] = {
            "named": query.named(w, petition_id),
            "waiting": query.invited(w, petition_id),
        }
    form.version.data = (draft_for(petition_id) or draft).version
    return page("petitions/write_authors.html", form=form, draft=draft, most=query.MOST, **facts)


@bp.route("/<id:petition_id>/edit/authors/<id:row_id>/release", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def release(petition_id: int, row_id: int) -> View:
    """What it means to take an invitation back or to part with a co-author, and the button."""
    draft, form = draft_for(petition_id), VersionForm()
    if draft is None:
        return to_mine(petition_id)
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            coauthors.release(w, petition_id, form.version.data, row_id)
        if not form.errors:
            return redirect(url(".authors", petition_id=petition_id), 303)
    with reading(current_actor()) as w:
        who, agreed = _person(w, petition_id, row_id)
    form.version.data = (draft_for(petition_id) or draft).version
    return page("petitions/write_release.html", form=form, draft=draft, who=who, agreed=agreed, row=row_id)


@bp.route("/co-author/<token>", methods=BOTH)
@open_to_all
def invitation(token: str) -> View:
    """The invited person reads the draft and what being named means; only the button decides."""
    form = AnswerForm()
    if form.validate_on_submit():
        number = _answer(form, token)
        if not form.errors:
            return _answered(number)
    with reading(acting()) as w:
        shown = query.invitation(w, token)
        author = author_of(w, w.actor.account_id) if w.actor.account_id is not None else None
        citizen = may(w.actor.roles, Permission.PETITION_WRITE)
    facts: dict[str, Any] = {"shown": shown, "me": author, "citizen": citizen}
    facts["signed_in"] = w.actor.account_id is not None
    return page("petitions/co_author.html", form=form, token=token, **facts)


@bp.route("/<id:petition_id>/propose", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def propose(petition_id: int) -> View:
    """A co-author's proposal for the draft."""
    form = ProposalForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            coauthors.propose(w, petition_id, form.text.data or "")
        if not form.errors:
            return redirect(url("writing.mine", petition_id=petition_id, proposed=1), 303)
    return _page("petitions/co_author_propose.html", form, petition_id, Action.PROPOSE)


@bp.route("/<id:petition_id>/leave", methods=BOTH)
@needs(Permission.PETITION_WRITE)
def leave(petition_id: int) -> View:
    """What leaving means, and the button."""
    form = VersionForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            coauthors.leave(w, petition_id)
        if not form.errors:
            return redirect(url("account.home"), 303)
    return _page("petitions/co_author_leave.html", form, petition_id, Action.LEAVE)


def _answer(form: AnswerForm, token: str) -> int | None:
    """Do what the button says; the petition's number after a yes."""
    number: int | None = None
    with refusals_on(form), work(acting()) as w:
        if request.form.get("action") == "decline":
            coauthors.decline(w, token)
        elif form.consent.data:
            number = coauthors.accept(w, token)
        else:
            raise Refusal("consent-missing", field="consent")
    return number


def _answered(number: int | None) -> View:
    if number is None:
        return page("petitions/co_author_declined.html")
    return redirect(url("writing.mine", petition_id=number), 303)


def _person(w: Work, petition_id: int, row_id: int) -> tuple[str, bool]:
    """Name of a co-author or of somebody invited, and whether they agreed already. Refusal `not-found`."""
    agreed = {who.row: who.name for who in query.named(w, petition_id)}
    asked = {who.row: who.name for who in query.invited(w, petition_id)}
    if row_id not in agreed | asked:
        raise Refusal("not-found")
    return (agreed | asked)[row_id], row_id in agreed


def _page(template: str, form: Form, petition_id: int, action: Action) -> View:
    with reading(current_actor()) as w:
        case = named_case(w, petition_id)
        open_ = submitting.moves_open(w, w.session.get_one(Petition, petition_id), Party.CO_AUTHOR)
    if case.party is not Party.CO_AUTHOR or action not in open_:
        return to_mine(petition_id)
    return page(template, form=form, case=case)
