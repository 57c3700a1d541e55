"""The living page of all components, `/design`; not in production."""

from flask import Blueprint, Response

from core.access import public
from core.web import page

bp = Blueprint("design", __name__)


@bp.get("/design")
@public
def show() -> Response:
    """Every component in all its states."""
    return page("design.html")
