"""Guards: who is signed in, and what happens to those who are not or may not."""

import re
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.exceptions import HTTPException

from auth.permissions import may
from auth.queries import Identity, identity_of
from core.access import is_public
from core.i18n import url
from core.refusal import Refusal
from core.work import ANYONE, Actor, reading

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_NEXT = 500
# Browsers drop some signs from an address and read a backslash as a slash: none of them is in one of ours.
UNSAFE_IN_PATH = re.compile(r"[\x00-\x20\x7f\\]")


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps: the token of a server-side session, and whose it is."""

    def __init__(self, token: str, identity: Identity) -> None:
        self.token = token
        self.identity = identity

    def get_id(self) -> str:
        """The only thing that stands in the cookie."""
        return self.token


def init_auth(app: Flask) -> None:
    """Sign-in by server-side sessions; public pages never look who is there."""
    manager = LoginManager()
    # It would keep a hash of the network address in the cookie; the session's own token is protection enough.
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)


def _load(token: str) -> SignedIn | None:
    with reading(ANYONE) as w:
        identity = identity_of(w, token)
    return SignedIn(token, identity) if identity else None


def current_identity() -> Identity | None:
    """Who is signed in; nobody is on a public page."""
    if is_public():
        return None
    user = current_user._get_current_object()
    return user.identity if isinstance(user, SignedIn) else None


def current_token() -> str | None:
    """The token of the session that this request belongs to."""
    user = current_user._get_current_object()
    return user.token if isinstance(user, SignedIn) else None


def current_actor() -> Actor:
    """Who acts in this request; nobody while the second factor is owed."""
    identity = current_identity()
    if identity is None or identity.waits_for:
        return ANYONE
    return Actor(account_id=identity.account_id, roles=identity.roles, body=identity.body)


def require_permission(permission: str) -> None:
    """Let pass who has the permission; others go to sign in, or are refused. Refusal: `not-allowed`."""
    identity = current_identity()
    if identity is None:
        abort(redirect(url("account.sign_in", next=_here()), 303))
    if identity.waits_for:
        abort(redirect(second_step(identity, _here()), 303))
    if not may(identity.roles, permission):
        raise Refusal("not-allowed")


def waiting_identity() -> Identity:
    """Who is half signed in, for the pages of the second step; others are sent on or to sign in."""
    identity = current_identity()
    if identity is None or not identity.waits_for:
        abort(redirect(url("account.home" if identity else "account.sign_in"), 303))
    return identity


def second_step(identity: Identity, onward: str | None) -> str:
    """The page of the step that a half signed in account owes."""
    page = "factor.enrol" if identity.waits_for == "enrol" else "factor.step"
    return url(page, next=onward)


def way_on(target: str | None) -> str:
    """Where a browser that just signed in goes on to: the second step first, if it is owed."""
    onward, identity = safe_next(target), current_identity()
    if identity is not None and identity.waits_for:
        return second_step(identity, onward)
    return onward or url("account.home")


def enter(token: str) -> None:
    """Put a new session's token into the cookie; nothing of the earlier visitor stays in it."""
    session.clear()
    g.pop("_login_user", None)
    user = _load(token)
    if user is not None:
        login_user(user)
        session.pop("_id", None)


def leave() -> None:
    """Empty the cookie."""
    logout_user()
    session.clear()


def safe_next(target: str | None) -> str | None:
    """The address to go on to after signing in, if it is a page of this site, else None (CWE-601)."""
    if not target or len(target) > LONGEST_NEXT or UNSAFE_IN_PATH.search(target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    elsewhere = parts.scheme or parts.netloc or target.startswith("//")
    return None if elsewhere or not parts.path.startswith("/") else target


def _here() -> str | None:
    if request.method in SAFE_METHODS:
        return safe_next(request.full_path.rstrip("?"))
    try:
        # An address that only takes a POST cannot be gone back to.
        current_app.create_url_adapter(request).match(method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return None
    return safe_next(request.path)
