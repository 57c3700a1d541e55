"""The notice on personal data: in force, by version, with its changes; and what an order could get."""

from flask import Blueprint, Response, request

from core.access import public
from core.consent import Shown
from core.i18n import lazy, url
from core.web import page
from core.work import Work, kernel, reading
from petitions.domain.notice import Audience
from petitions.queries import handover as handover_queries
from petitions.queries import privacy

bp = Blueprint("privacy", __name__)
WORDS = {Audience.SIGNER: lazy("If you sign"), Audience.AUTHOR: lazy("If you are an author")}


@bp.get("/privacy")
@public
def notice() -> Response:
    """The notice that is in force: for signers, or `?for=author`."""
    with reading() as w:
        return _page(w, privacy.in_force(w), "privacy.notice")


@bp.get("/privacy/<version>")
@public
def version(version: str) -> Response:
    """One version, for good."""
    with reading() as w:
        return _page(w, privacy.version(w, version), "privacy.version", version=version)


@bp.get("/privacy/changes")
@public
def changes() -> Response:
    """Every version, and what it changed."""
    with reading() as w:
        steps = privacy.steps(w)
    return page("privacy/changes.html", steps=steps, words=WORDS)


@bp.get("/privacy/handover")
@public
def handover() -> Response:
    """What an order could get, what is not there to be had, and how many orders came."""
    with reading() as w:
        orders, acts = handover_queries.orders(w), handover_queries.acts(w)
    parts = handover_queries.readable(), handover_queries.sealed()
    alone = kernel().settings.four_eyes == "off"
    return page(
        "privacy/handover.html", readable=parts[0], sealed=parts[1], orders=orders, acts=acts, alone=alone
    )


def _page(w: Work, v: privacy.Version, endpoint: str, **place: str) -> Response:
    audience = Audience.AUTHOR if request.args.get("for") == Audience.AUTHOR else Audience.SIGNER
    tabs = [(_address(endpoint, who, **place), word, who is audience) for who, word in WORDS.items()]
    return page(
        "privacy/notice.html",
        v=v,
        text=v.text(audience),
        tabs=tabs,
        newer=v.id != privacy.in_force(w).id,
        named=kernel().settings.controller.named,
    )


def _address(endpoint: str, who: Audience, **place: str) -> str:
    if who is Audience.AUTHOR:
        return url(endpoint, **place, **{"for": who.value})
    return url(endpoint, **place)


def shown_to_authors(w: Work) -> Shown:
    """The short form of the notice for authors, as it stands before their button."""
    notice = privacy.in_force(w)
    return Shown(notice.id, notice.short(Audience.AUTHOR))
