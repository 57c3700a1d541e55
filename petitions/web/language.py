"""Choosing a language for good: a page with its own form, whose POST sets the only cookie that is not a session."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Response, redirect, request
from wtforms import HiddenField, RadioField

from core.access import open_to_all
from core.forms import Form, language_choices, required
from core.i18n import LANGUAGE_COOKIE, language, lazy, url
from core.switches import works_read_only
from core.web import page
from core.work import kernel

YEAR = 365 * 24 * 3600
bp = Blueprint("language", __name__)


class LanguageForm(Form):
    """One of our languages, and where the reader came from."""

    language = RadioField(
        lazy("Language"),
        [required(lazy("Choose a language."))],
        choices=language_choices(),
        validate_choice=True,
    )
    next = HiddenField()


@bp.route("/language", methods=["GET", "POST"])
@open_to_all
@works_read_only
def form() -> Response:
    """Show the languages; a POST keeps the choice for a year and leads back."""
    asked = LanguageForm(language=language(), next=request.args.get("next", ""))
    if not asked.validate_on_submit():
        return page("language.html", form=asked)
    response = redirect(safe_next(asked.next.data or ""), 303)
    response.set_cookie(
        LANGUAGE_COOKIE,
        asked.language.data,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=kernel().settings.secure_cookies,
    )
    return response  # type: ignore[return-value]


def safe_next(target: str) -> str:
    """A local path to go to, without its `lang`, which would outweigh the choice; else the front page.

    Browsers read a backslash as a slash and drop control characters, so neither may stand in it.
    """
    clean = target.isprintable() and "\\" not in target and not any(sign.isspace() for sign in target)
    try:
        parts = urlsplit(target) if clean else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme or parts.netloc or not target.startswith("/") or target.startswith("//"):
        return url("home")
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != "lang"])
    return f"{parts.path}?{query}" if query else parts.path
