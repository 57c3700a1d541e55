"""The notice on personal data, in its first form: one version, for those who sign and for authors."""

from flask import Blueprint, Response, abort

from core.access import public
from core.web import page
from core.work import kernel

bp = Blueprint("privacy", __name__)
# Year, month, and which one of that month: the same in every language, and stored with each consent.
NOTICE_VERSION = "2026-11-1"


@bp.get("/privacy")
@public
def notice() -> Response:
    """The notice that is in force."""
    return _page()


@bp.get("/privacy/<version>")
@public
def version(version: str) -> Response:
    """One version, for good; there is one so far."""
    if version != NOTICE_VERSION:
        abort(404)
    return _page()


def _page() -> Response:
    settings = kernel().settings
    return page(
        "petitions/privacy.html",
        version=NOTICE_VERSION,
        who=settings.controller,
        one_pair=settings.four_eyes == "off",
    )
