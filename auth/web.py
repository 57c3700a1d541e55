"""The pages of one's own account: register, sign in, reset, password, author, sessions."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as Redirect

import auth.mails
import auth.refusals  # noqa: F401 - both register what they have
from auth import sections
from auth.forms import (
    AuthorForm,
    ChosenForm,
    CloseForm,
    DetailsForm,
    NewPasswordForm,
    PasswordForm,
    RegisterForm,
    ResetForm,
    SessionForm,
    SignInForm,
    place_choices,
)
from auth.guards import current_actor, current_identity, current_token, enter, leave, safe_next, way_on
from auth.mailbox import canonical_mailbox
from auth.permissions import Permission
from auth.queries import own_account, place_name, sessions_of
from auth.services.accounts import (
    change_details,
    check_chosen,
    close_account,
    confirm_account,
    is_confirmed,
    register_account,
)
from auth.services.authors import become_author
from auth.services.passwords import change_password, check_reset, finish_reset, request_reset
from auth.services.sessions import (
    begin_session,
    check_credentials,
    check_present,
    end_chosen,
    end_session,
)
from authorities.queries import area_choices
from core.access import by_token, needs, open_to_all
from core.consent import shown
from core.forms import ButtonForm, refusals_on
from core.i18n import _, language, url
from core.limits import daily_key, limiter, network_key
from core.refusal import Refusal
from core.switches import works_read_only
from core.web import page
from core.work import ANYONE, Actor, kernel, reading, work

bp = Blueprint("account", __name__, url_prefix="/account")

# Whole towns can share one address behind a carrier's network, so that these only stop machines.
PER_NETWORK = limiter.shared_limit("30 per minute", scope="account", methods=["POST"])
BOTH = ["GET", "POST"]
CODE_COMMAND = "flask --app app users code moderator@dauys.example"
View = Response | Redirect


def _mailbox_key() -> str:
    try:
        return daily_key(f"sign-in|{canonical_mailbox(request.form.get('email', ''))}")
    except (Refusal, RequestEntityTooLarge):
        return network_key()


def _failed(response: Response) -> bool:
    return response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


PER_MAILBOX = limiter.limit("10 per 10 minutes", key_func=_mailbox_key, methods=["POST"], deduct_when=_failed)


@bp.get("/")
@needs(Permission.ACCOUNT_SELF)
def home() -> View:
    """One's own account: what it says, and the way to everything else."""
    with reading(current_actor()) as w:
        account = own_account(w, _me(w.actor))
        place, parts = place_name(w, account.place), sections.shown(w)
    links = sections.work_links(w.actor, head=account.head)
    return page("auth/home.html", me=account, place=place, parts=parts, work=links, form=ButtonForm())


@bp.route("/register", methods=BOTH)
@open_to_all
@PER_NETWORK
def register() -> View:
    """Ask for an account; the answer is the same whether the mailbox has one or not."""
    form = RegisterForm()
    if form.validate_on_submit():
        with refusals_on(form), work(ANYONE, shows=False) as w:
            register_account(w, "", form.email.data, form.password.data, language())
        if not form.errors:
            return redirect(url(".register_sent"), 303)
    with reading(ANYONE) as w:
        notice = shown(w)
    return page("auth/register.html", form=form, notice=notice)


@bp.get("/register/sent")
@open_to_all
def register_sent() -> View:
    """Look into your mail."""
    return page("auth/register_sent.html")


@bp.route("/confirm/<token>", methods=BOTH)
@by_token
@PER_NETWORK
def confirm(token: str) -> View:
    """The page of the mailed link; only the chosen password and the button open the account."""
    with reading(ANYONE) as w:
        done = is_confirmed(w, token)
    form = ChosenForm()
    if not done and form.validate_on_submit():
        with refusals_on(form):
            with reading(ANYONE) as w:
                check_chosen(w, token, form.password.data)
            with work(ANYONE, shows=False) as w:
                confirm_account(w, token)
        done = not form.errors
    return page("auth/confirm.html", form=form, token=token, done=done)


@bp.route("/sign-in", methods=BOTH)
@open_to_all
@works_read_only
@PER_NETWORK
@PER_MAILBOX
def sign_in() -> View:
    """Sign in, and go on to where one came from."""
    form = SignInForm(next=request.args.get("next"))
    if current_identity() is not None:
        return redirect(way_on(form.next.data), 303)
    if form.validate_on_submit():
        with refusals_on(form):
            enter(_new_session(form.email.data, form.password.data))
        if not form.errors:
            return redirect(way_on(form.next.data), 303)
    return page("auth/sign_in.html", form=form, changed="changed" in request.args, hint=code_hint())


@bp.post("/sign-out")
@open_to_all
@works_read_only
def sign_out() -> View:
    """Sign this browser out."""
    form = ButtonForm()
    if not form.validate_on_submit():
        return page("auth/sign_out.html", form=form)
    if token := current_token():
        with work(current_actor()) as w:
            end_session(w, token)
    leave()
    return redirect(url(".sign_in"), 303)


@bp.route("/reset", methods=BOTH)
@open_to_all
@PER_NETWORK
def reset() -> View:
    """Ask for a link to set a new password; the answer is the same for every mailbox."""
    form = ResetForm()
    if form.validate_on_submit():
        with refusals_on(form), work(ANYONE, shows=False) as w:
            request_reset(w, form.email.data, language())
        if not form.errors:
            return redirect(url(".reset_sent"), 303)
    return page("auth/reset.html", form=form)


@bp.get("/reset/sent")
@open_to_all
def reset_sent() -> View:
    """Look into your mail."""
    return page("auth/reset_sent.html")


@bp.route("/reset/<token>", methods=BOTH)
@by_token
@PER_NETWORK
def new_password(token: str) -> View:
    """Set a new password by the mailed link, which works once."""
    with reading(ANYONE) as w:
        check_reset(w, token)
    form = NewPasswordForm()
    if form.validate_on_submit():
        with refusals_on(form), work(ANYONE, shows=False) as w:
            finish_reset(w, token, form.password.data)
        if not form.errors:
            return redirect(url(".sign_in", changed=1), 303)
    return page("auth/new_password.html", form=form, token=token)


@bp.route("/password", methods=BOTH)
@needs(Permission.ACCOUNT_SELF)
@PER_NETWORK
def password() -> View:
    """Change one's password; every other browser is signed out."""
    form = PasswordForm()
    if form.validate_on_submit():
        with refusals_on(form):
            _change_password(current_actor(), form.present.data, form.password.data)
        if not form.errors:
            return redirect(url(".home"), 303)
    with reading(current_actor()) as w:
        account = own_account(w, _me(w.actor))
    return page("auth/password.html", form=form, me=account)


@bp.route("/details", methods=BOTH)
@needs(Permission.ACCOUNT_SELF)
def details() -> View:
    """Change name, place and language."""
    with reading(current_actor()) as w:
        account, groups = own_account(w, _me(w.actor)), area_choices(w)
    form = DetailsForm(obj=account)
    form.place.choices = place_choices(groups, _("Not said"))
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            change_details(w, form.full_name.data, form.place.data, form.language.data)
        if not form.errors:
            return redirect(url(".home"), 303)
    return page("auth/details.html", form=form, me=account)


@bp.route("/author", methods=BOTH)
@needs(Permission.AUTHOR_BECOME)
def author() -> View:
    """What being named means and can cost, and the consent to it."""
    with reading(current_actor()) as w:
        account, groups, notice = own_account(w, _me(w.actor)), area_choices(w), shown(w)
    form = AuthorForm(obj=account, next=request.args.get("next"))
    form.place.choices = place_choices(groups, _("Choose"))
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            become_author(w, form.full_name.data, form.place.data, form.consent.data)
        if not form.errors:
            return redirect(safe_next(form.next.data) or url(".home"), 303)
    return page("auth/author.html", form=form, me=account, notice=notice)


@bp.route("/sessions", methods=BOTH)
@needs(Permission.ACCOUNT_SELF)
def sessions() -> View:
    """Where one is signed in, and signing out there."""
    form, identity = SessionForm(), current_identity()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            end_chosen(w, form.key.data, identity.session_hash if identity else None)
        if not form.errors:
            return redirect(url(".sessions"), 303)
    with reading(current_actor()) as w:
        rows = sessions_of(w, _me(w.actor), identity.session_hash if identity else None)
    return page("auth/sessions.html", form=form, rows=rows)


@bp.route("/close", methods=BOTH)
@needs(Permission.ACCOUNT_SELF)
@PER_NETWORK
def close() -> View:
    """Close one's account."""
    form = CloseForm()
    if form.validate_on_submit():
        with refusals_on(form):
            _close(current_actor(), form.password.data)
        if not form.errors:
            leave()
            return redirect(url(".closed"), 303)
    return page("auth/close.html", form=form)


@bp.get("/closed")
@open_to_all
def closed() -> View:
    """The account is closed."""
    return page("auth/closed.html")


def code_hint() -> str | None:
    """The command that says a code, for those who try Dauys out; nothing in production."""
    return None if kernel().settings.env == "production" else CODE_COMMAND


def _me(actor: Actor) -> int:
    if actor.account_id is None:
        raise Refusal("not-allowed")
    return actor.account_id


def _new_session(email: str, password_: str) -> str:
    with reading(ANYONE) as w:
        proof = check_credentials(w, email, password_)
    with work(ANYONE, shows=False) as w:
        return begin_session(w, proof)


def _change_password(actor: Actor, present: str, new: str) -> None:
    identity = current_identity()
    with reading(actor) as w:
        proof = check_present(w, present, field="present")
    with work(actor) as w:
        change_password(w, proof, new, keep=identity.session_hash if identity else None)


def _close(actor: Actor, password_: str) -> None:
    with reading(actor) as w:
        proof = check_present(w, password_)
    with work(actor) as w:
        close_account(w, proof)
