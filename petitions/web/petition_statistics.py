"""The statistics of one petition: every published figure of its signatures, with its table."""

from flask import Blueprint, Response

from core.access import public
from core.links import absolute_url
from core.refusal import Refusal
from core.web import csv_file, page
from core.work import Work, reading
from petitions.queries.petitions import PetitionCard, listed_petition
from petitions.web.petition_figures import cells_table, in_full

bp = Blueprint("petition_statistics", __name__)


@bp.get("/petitions/<id:petition_id>/statistics")
@public
def show(petition_id: int) -> Response:
    """The charts of one petition in full; one that was never open has none."""
    with reading() as w:
        card = _opened(w, petition_id)
        facts = in_full(w, card)
    return page("petitions/statistics.html", p=card, **facts)


@bp.get("/petitions/<id:petition_id>/statistics.csv")
@public
def table(petition_id: int) -> Response:
    """How the signatures divide, as a table; days and areas are in the API."""
    with reading() as w:
        rows = cells_table(w, _opened(w, petition_id).id)
    made = csv_file(f"petition-{petition_id}-statistics", ("dimension", "cell", "count", "suppressed"), rows)
    made.headers["Link"] = f'<{absolute_url("data_pages.dictionary")}#statistics-petition>; rel="describedby"'
    return made


def _opened(w: Work, petition_id: int) -> PetitionCard:
    card = listed_petition(w, petition_id).card
    if card.opened_at is None:
        raise Refusal("not-found")
    return card
