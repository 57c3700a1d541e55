"""What a route asks of its reader: declared beside every view, refused by default."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, request

from core.work import ANYONE, Actor

View = TypeVar("View", bound=Callable[..., Any])
Guard = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Access:
    """`public`: cacheable, never reads the session; `open`: anyone, with a form; `token`: the URL is the
    permission; `permission`: an account that has `permission`. A `streamed` one is too large for the memory."""

    kind: str
    permission: str = ""
    streamed: bool = False


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """A page that is the same for everyone who speaks its language: no session, no cookie, no token in it."""
    return _declare(Access("public"))(view)


def public_file(view: View) -> View:
    """A public file that is streamed from where it lies: the server holds no copy of it in its memory."""
    return _declare(Access("public", streamed=True))(view)


def open_to_all(view: View) -> View:
    """A page with a form that anyone may use; it reads the session for its token and is never cached."""
    return _declare(Access("open"))(view)


def by_token(view: View) -> View:
    """A page whose URL holds the permission; its forms need no other token."""
    return _declare(Access("token"))(view)


def needs(permission: str) -> Callable[[View], View]:
    """A page for accounts with the permission."""
    return _declare(Access("permission", permission))


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What the endpoint declares, or None."""
    return getattr(app.view_functions[endpoint], "access", None)


def acting() -> Actor:
    """Who sends this request; a public page never asks."""
    if is_public():
        return ANYONE
    found: Actor = current_app.extensions["dauys_actor"]()
    return found


def install_guards(app: Flask, guard: Guard, actor: Callable[[], Actor]) -> None:
    """Check every request's declaration before its view; `guard` refuses who lacks a permission."""
    app.extensions["dauys_actor"] = actor

    @app.before_request
    def check() -> None:
        if request.endpoint is None:
            return  # no such page: 404 follows
        access = (
            Access("public") if request.endpoint == "static" else access_of(current_app, request.endpoint)
        )
        if access is None:
            abort(403)
        g.access = access
        if access.kind == "permission":
            guard(access.permission)


def is_public() -> bool:
    """Whether the view of this request declared itself public."""
    access: Access | None = g.get("access")
    return access is not None and access.kind == "public"
