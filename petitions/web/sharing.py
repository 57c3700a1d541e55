"""What carries a petition elsewhere: a small card for other sites, and a poster to print."""

from flask import Blueprint, Response, make_response
from markupsafe import escape

from core.access import public
from core.i18n import language
from core.links import absolute_url
from core.refusal import Refusal
from core.web import page
from core.work import Work, reading
from petitions.domain.lifecycle import State
from petitions.queries.petitions import PetitionView, listed_petition
from petitions.web.poster import poster_pdf

# Other sites may show these, and only these, inside their own pages (core/web.py takes the mark away again).
FRAMED = {"X-Dauys-Embed": "1", "X-Robots-Tag": "noindex"}
bp = Blueprint("sharing", __name__, url_prefix="/petitions")


@bp.get("/<id:petition_id>/embed")
@public
def embed(petition_id: int) -> Response:
    """A card of one petition that other sites can show: no script, no cookie, nothing that needs a session."""
    with reading() as w:
        view = _view(w, petition_id)
    card = view.card if view else None
    status = 200 if view else 410
    response = page("petitions/embed.html", status=status, petition_id=petition_id, p=card, view=view)
    response.headers.update(FRAMED)
    return response


@bp.get("/<id:petition_id>/poster.pdf")
@public
def poster(petition_id: int) -> Response:
    """A poster with the way to the petition, in the petition's own language; a refused one has none."""
    with reading() as w:
        view = listed_petition(w, petition_id)
        if view.card.state is State.REFUSED:
            raise Refusal("not-found")
        response = make_response(poster_pdf(view, w.settings.controller))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="petition-{petition_id}.pdf"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def embed_code(petition_id: int, title: str) -> str:
    """The lines that another site copies: a frame that may open links, and nothing else."""
    address = absolute_url("sharing.embed", petition_id=petition_id, lang=language())
    opens = "allow-popups allow-popups-to-escape-sandbox"
    facts = {
        "src": address,
        "title": title,
        "width": "100%",
        "height": "320",
        "loading": "lazy",
        "sandbox": opens,
    }
    said = " ".join(f'{name}="{escape(value)}"' for name, value in facts.items())
    return f"<iframe {said}></iframe>"


def _view(w: Work, petition_id: int) -> PetitionView | None:
    """The petition; None where it was taken down, which a card says in its own small frame."""
    try:
        return listed_petition(w, petition_id)
    except Refusal as error:
        if error.code != "gone":
            raise
        return None
