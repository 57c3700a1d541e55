"""The second factor of staff: set it up, show it at sign-in, new recovery codes, a new device."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.factor import picture, provisioning_uri
from auth.forms import CodeForm, ProofForm
from auth.guards import current_actor, current_identity, enter, safe_next, waiting_identity
from auth.permissions import Permission
from auth.queries import Identity, has_factor
from auth.services.factors import (
    candidate_secret,
    drop_own_factor,
    enrol,
    pass_factor,
    recovery_codes_left,
    renew_recovery_codes,
)
from auth.services.sessions import Proof, check_present
from auth.web import BOTH, PER_NETWORK, code_hint
from core.access import needs, open_to_all
from core.forms import ButtonForm, refusals_on
from core.i18n import url
from core.limits import daily_key, limiter, network_key
from core.refusal import Refusal
from core.switches import works_read_only
from core.web import page
from core.work import ANYONE, reading, work

UNPROCESSABLE = 422
GROUP = 4
bp = Blueprint("factor", __name__, url_prefix="/account/factor")
View = Response | Redirect


def _account_key() -> str:
    identity = current_identity()
    return daily_key(f"factor|{identity.account_id}") if identity else network_key()


def _failed(response: Response) -> bool:
    return response.status_code == UNPROCESSABLE


# Three of a million codes are right at any moment: so few tries leave guessing hopeless. The network is not
# limited here, because only those get here whose password was right.
PER_ACCOUNT = limiter.limit(
    "10 per 10 minutes; 50 per day", key_func=_account_key, methods=["POST"], deduct_when=_failed
)


@bp.route("", methods=BOTH)
@open_to_all
@works_read_only
@PER_ACCOUNT
def step() -> View:
    """The second step of signing in: a code of the app, or a recovery code."""
    identity, form = waiting_identity(), CodeForm(next=request.args.get("next"))
    if identity.waits_for != "code":
        return redirect(url(".enrol", next=safe_next(form.next.data)), 303)
    if form.validate_on_submit():
        with refusals_on(form):
            with work(ANYONE, shows=False) as w:
                token = pass_factor(w, identity, form.code.data)
            enter(token)
        if not form.errors:
            return redirect(safe_next(form.next.data) or url("account.home"), 303)
    return page("auth/factor.html", form=form, hint=code_hint())


@bp.route("/enrol", methods=BOTH, endpoint="enrol")
@open_to_all
@works_read_only
@PER_ACCOUNT
def enrol_page() -> View:
    """Set the second factor up: the secret, its picture, and the first code; then the recovery codes."""
    identity, form = waiting_identity(), CodeForm(next=request.args.get("next"))
    if identity.waits_for != "enrol":
        return redirect(url(".step", next=safe_next(form.next.data)), 303)
    if form.validate_on_submit():
        with refusals_on(form):
            with work(ANYONE, shows=False) as w:
                token, codes = enrol(w, identity, form.code.data)
            enter(token)
        if not form.errors:
            return _codes_page(codes, safe_next(form.next.data), first=True)
    secret, link = _candidate(identity)
    return page("auth/factor_enrol.html", form=form, secret=_in_groups(secret), link=link, hint=code_hint())


@bp.get("/enrol/code.svg")
@open_to_all
def code_picture() -> View:
    """The offered secret as a picture for the app; it is made anew for each look and kept nowhere."""
    identity = waiting_identity()
    if identity.waits_for != "enrol":
        raise Refusal("not-found")
    _secret, link = _candidate(identity)
    answer = make_response(picture(link))
    answer.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/leave")
@open_to_all
def leave() -> View:
    """Sign out of the account whose code is still owed, to sign in with another one."""
    waiting_identity()
    return page("auth/factor_leave.html", form=ButtonForm())


@bp.route("/codes", methods=BOTH)
@needs(Permission.ACCOUNT_SELF)
@PER_NETWORK
@PER_ACCOUNT
def codes() -> View:
    """New recovery codes, with password and code; the old ones are dead."""
    form, account_id = ProofForm(), _with_factor()
    if form.validate_on_submit():
        with refusals_on(form):
            proof = _proof(form.password.data)
            with work(current_actor()) as w:
                made = renew_recovery_codes(w, proof, form.code.data)
        if not form.errors:
            return _codes_page(made, None, first=False)
    with reading(current_actor()) as w:
        left = recovery_codes_left(w, account_id)
    return page("auth/factor_codes.html", form=form, left=left)


@bp.route("/replace", methods=BOTH)
@needs(Permission.ACCOUNT_SELF)
@PER_NETWORK
@PER_ACCOUNT
def replace() -> View:
    """Begin with a new device, with password and a code of the old one or a recovery code."""
    form, identity = ProofForm(), current_identity()
    _with_factor()
    if form.validate_on_submit() and identity is not None:
        with refusals_on(form):
            proof = _proof(form.password.data)
            with work(current_actor()) as w:
                drop_own_factor(w, proof, form.code.data, identity.session_hash)
        if not form.errors:
            return redirect(url(".enrol"), 303)
    return page("auth/factor_replace.html", form=form)


def _with_factor() -> int:
    """The account at hand, if it has a second factor at all; citizens have none. Refusal: `not-found`."""
    with reading(current_actor()) as w:
        account_id = w.actor.account_id
        if account_id is None or not has_factor(w, account_id):
            raise Refusal("not-found")
    return account_id


def _proof(password: str) -> Proof:
    with reading(current_actor()) as w:
        return check_present(w, password)


def _candidate(identity: Identity) -> tuple[str, str]:
    """The secret that the session is offered, and the address by which an app takes it."""
    with reading(ANYONE) as w:
        secret = candidate_secret(w, identity.session_hash)
        host = urlsplit(w.settings.base_url).hostname or ""
    return secret, provisioning_uri(secret, f"{identity.account_id}@{host}")


def _codes_page(made: list[str], onward: str | None, *, first: bool) -> View:
    return page("auth/factor_recovery.html", codes=made, onward=onward or url("account.home"), first=first)


def _in_groups(secret: str) -> str:
    return " ".join(secret[n : n + GROUP] for n in range(0, len(secret), GROUP))
