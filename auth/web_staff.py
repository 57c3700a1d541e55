"""Pages of administrators: who is staff, what waits for a second person, and the log of staff."""

from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect
from wtforms.fields.choices import SelectChoice

from auth.forms import DecisionForm, GrantForm, ReasonForm, RemovalForm
from auth.guards import current_actor
from auth.permissions import STAFF, Permission, Role
from auth.services.matters import (
    Grant,
    propose_enabling,
    propose_factor_reset,
    propose_grant,
    propose_removal,
)
from auth.services.proposals import decide
from auth.services.staff import disable_account
from auth.staff_queries import StaffRow, deciders, member, proposal, proposals, staff
from auth.staff_words import ACTIONS, ROLES, STATES
from authorities.queries import authorities
from core import audit
from core.access import needs
from core.forms import ButtonForm, refusals_on
from core.i18n import _, localised, url
from core.refusal import Refusal
from core.switches import works_read_only
from core.web import page
from core.work import Work, kernel, reading, work

BOTH = ["GET", "POST"]
LONGEST_FILTER = 128
bp = Blueprint("staff", __name__, url_prefix="/admin")
View = Response | Redirect


@bp.get("/users")
@needs(Permission.USERS_MANAGE)
def users() -> View:
    """Everybody with a role, and accounts that were stopped: no contacts."""
    with reading(current_actor()) as w:
        rows, able = staff(w), deciders(w)
    done = request.args.get("done", "")
    return page("admin/users.html", rows=rows, able=able, roles=ROLES, done=done)


@bp.route("/users/invite", methods=BOTH)
@needs(Permission.USERS_MANAGE)
def invite() -> View:
    """Propose a role for the owner of a mailbox."""
    form = GrantForm()
    with reading(current_actor()) as w:
        _offer(w, form)
    if form.validate_on_submit():
        grant = Grant(Role(form.role.data), form.body.data or None, form.head.data)
        with refusals_on(form), work(current_actor()) as w:
            number = propose_grant(w, form.email.data, grant, form.reason.data)
        if not form.errors:
            return redirect(url(".proposal_page", number=number), 303)
    return page("admin/user_invite.html", form=form)


@bp.get("/users/<id:account_id>")
@needs(Permission.USERS_MANAGE)
def user(account_id: int) -> View:
    """One member of staff, and what can be done."""
    return page("admin/user.html", row=_member(account_id), me=current_actor().account_id, roles=ROLES)


@bp.route("/users/<id:account_id>/remove", methods=BOTH)
@needs(Permission.USERS_MANAGE)
def remove(account_id: int) -> View:
    """Propose to take a role away."""
    row, form = _member(account_id), RemovalForm()
    form.role.choices = [SelectChoice(held.role.value, ROLES[held.role]) for held in row.roles]
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            number = propose_removal(w, account_id, Role(form.role.data), form.reason.data)
        if not form.errors:
            return redirect(url(".proposal_page", number=number), 303)
    return page("admin/user_remove.html", form=form, row=row)


@bp.route("/users/<id:account_id>/factor", methods=BOTH)
@needs(Permission.USERS_MANAGE)
def factor(account_id: int) -> View:
    """Propose to forget a lost second factor."""
    row, form = _member(account_id), ReasonForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            number = propose_factor_reset(w, account_id, form.reason.data)
        if not form.errors:
            return redirect(url(".proposal_page", number=number), 303)
    return page("admin/user_factor.html", form=form, row=row)


@bp.route("/users/<id:account_id>/enable", methods=BOTH)
@needs(Permission.USERS_MANAGE)
def enable(account_id: int) -> View:
    """Propose to let a stopped account in again."""
    row, form = _member(account_id), ReasonForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            number = propose_enabling(w, account_id, form.reason.data)
        if not form.errors:
            return redirect(url(".proposal_page", number=number), 303)
    return page("admin/user_enable.html", form=form, row=row)


@bp.route("/users/<id:account_id>/disable", methods=BOTH)
@needs(Permission.USERS_MANAGE)
@works_read_only
def disable(account_id: int) -> View:
    """Stop an account at once; one person may."""
    row, form = _member(account_id), ButtonForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            disable_account(w, account_id)
        if not form.errors:
            return redirect(url(".users", done="disabled"), 303)
    return page("admin/user_disable.html", form=form, row=row)


@bp.get("/proposals", endpoint="proposals")
@needs(Permission.PROPOSALS_SEE)
def proposal_list() -> View:
    """What waits for a second person, and what was decided."""
    with reading(current_actor()) as w:
        rows = proposals(w)
    groups = [[r for r in rows if (r.state == "waiting") is waiting] for waiting in (True, False)]
    alone = kernel().settings.four_eyes == "off"
    return page("admin/proposals.html", waiting=groups[0], done=groups[1], words=STATES, alone=alone)


@bp.route("/proposals/<id:number>", methods=BOTH)
@needs(Permission.PROPOSALS_SEE)
def proposal_page(number: int) -> View:
    """One proposal; somebody else than its proposer agrees or declines."""
    form = DecisionForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            decide(w, number, form.decision.data == "yes")
        if not form.errors:
            return redirect(url(".proposal_page", number=number), 303)
    with reading(current_actor()) as w:
        row = proposal(w, number)
    if row is None:
        raise Refusal("not-found")
    return page("admin/proposal.html", form=form, row=row, words=STATES, roles=ROLES)


@bp.get("/audit")
@needs(Permission.AUDIT_VIEW)
def audit_page() -> View:
    """What staff did, the newest first, with what it was before and after."""
    wanted, typed = _wanted()
    older, newer = request.args.get("older", ""), request.args.get("newer", "")
    with reading(current_actor()) as w:
        shown, known = audit.entries(w, wanted, older=older, newer=newer), audit.actions(w)
    kept = {name: value for name, value in typed.items() if value}
    links = {
        "prev": url(".audit_page", newer=shown.newer, **kept) if shown.newer else None,
        "next": url(".audit_page", older=shown.older, **kept) if shown.older else None,
    }
    return page("admin/audit.html", shown=shown, known=known, typed=typed, links=links, words=ACTIONS)


def _wanted() -> tuple[audit.Wanted, dict[str, str]]:
    names = ("action", "account", "object", "since", "until")
    typed = {name: request.args.get(name, "").strip()[:LONGEST_FILTER] for name in names}
    account = typed["account"]
    known = account.isascii() and account.isdigit() and len(account) < 16
    wanted = audit.Wanted(
        action=typed["action"],
        account_id=(int(account) if known else 0) if account else None,
        object_=typed["object"],
        since=_day(typed["since"], 0),
        until=_day(typed["until"], 1),
    )
    return wanted, typed


def _day(text: str, after: int) -> datetime | None:
    try:
        day = date.fromisoformat(text) + timedelta(days=after)
        # The first and last days that a calendar has cannot be said in another zone.
        return datetime.combine(day, time.min, kernel().zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offer(w: Work, form: GrantForm) -> None:
    form.role.choices = [SelectChoice(role.value, ROLES[role]) for role in Role if role in STAFF]
    bodies = [SelectChoice(row.code, localised(row.names)) for row in authorities(w, on=w.today)]
    form.body.choices = [SelectChoice("", _("None: only officers have one")), *bodies]


def _member(account_id: int) -> StaffRow:
    with reading(current_actor()) as w:
        row = member(w, account_id)
    if row is None:
        raise Refusal("not-found")
    return row
