"""The head of an authority proposes and removes its officers; and the page of an invitation."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.forms import ConfirmForm, InvitationForm, OfficerForm, ReasonForm
from auth.guards import current_actor
from auth.permissions import Permission, Role
from auth.queries import is_head
from auth.services.invitations import Offer, accept, offer_of
from auth.services.matters import Grant, propose_grant, propose_removal
from auth.staff_queries import StaffRow, officers_of, own_proposals
from auth.staff_words import ROLES, STATES
from auth.web import BOTH, PER_NETWORK
from authorities.queries import authority_names
from core.access import by_token, needs
from core.forms import refusals_on
from core.i18n import localised, url
from core.refusal import Refusal
from core.web import page
from core.work import ANYONE, Work, reading, work

bp = Blueprint("officers", __name__, url_prefix="/account")
View = Response | Redirect


@bp.get("/officers", endpoint="officers")
@needs(Permission.OFFICERS_INVITE)
def officer_list() -> View:
    """The officers of one's authority, and what one has proposed."""
    with reading(current_actor()) as w:
        body = _headed(w)
        rows, mine, name = officers_of(w, body), own_proposals(w), _name(w, body)
    return page(
        "auth/officers.html", rows=rows, mine=mine, body=name, me=current_actor().account_id, words=STATES
    )


@bp.route("/officers/invite", methods=BOTH)
@needs(Permission.OFFICERS_INVITE)
@PER_NETWORK
def invite() -> View:
    """Propose an officer for one's authority."""
    form = OfficerForm()
    with reading(current_actor()) as w:
        body = _headed(w)
        name = _name(w, body)
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            propose_grant(w, form.email.data, Grant(Role.OFFICER, body), form.reason.data)
        if not form.errors:
            return redirect(url(".officers"), 303)
    return page("auth/officer_invite.html", form=form, body=name)


@bp.route("/officers/<id:account_id>/remove", methods=BOTH)
@needs(Permission.OFFICERS_INVITE)
def remove(account_id: int) -> View:
    """Propose to take the role of an officer of one's authority away."""
    form, row = ReasonForm(), _officer(account_id)
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            propose_removal(w, account_id, Role.OFFICER, form.reason.data)
        if not form.errors:
            return redirect(url(".officers"), 303)
    return page("auth/officer_remove.html", form=form, row=row)


@bp.route("/invitation/<token>", methods=BOTH)
@by_token
@PER_NETWORK
def invitation(token: str) -> View:
    """The page of the mailed link: take the role, with a new account where there is none."""
    with reading(ANYONE) as w:
        offer = offer_of(w, token)
        body = _name(w, offer.body) if offer.body else None
    form = ConfirmForm() if offer.has_account else InvitationForm()
    if form.validate_on_submit():
        with refusals_on(form):
            _accept(token, offer)
        if not form.errors:
            return redirect(url("account.sign_in", changed=None if offer.has_account else 1), 303)
    return page("auth/invitation.html", form=form, token=token, offer=offer, body=body, roles=ROLES)


def _accept(token: str, offer: Offer) -> None:
    typed = ("", "") if offer.has_account else (request.form["full_name"], request.form["password"])
    with work(ANYONE) as w:
        accept(w, token, *typed)


def _headed(w: Work) -> str:
    """The body that the reader heads. Refusal: `not-allowed`."""
    body = w.actor.body
    if body is None or not is_head(w, w.actor.account_id, body):
        raise Refusal("not-allowed")
    return body


def _officer(account_id: int) -> StaffRow:
    with reading(current_actor()) as w:
        rows = officers_of(w, _headed(w))
    row = next((one for one in rows if one.account_id == account_id), None)
    if row is None:
        raise Refusal("not-found")
    return row


def _name(w: Work, body: str) -> str:
    return localised(authority_names(w, [body])[body])
