"""The public API: read-only, without a key, for every origin; its description is made from the same shapes."""

from collections.abc import Sequence
from typing import TypeVar

from flask import Blueprint, Response, request

from authorities import queries as register
from core.access import public
from core.i18n import N_
from core.refusal import Refusal
from core.work import reading
from opendata import rows, schemas, site_figures
from opendata.figures import answer_figures
from opendata.parameters import (
    AreasQuery,
    AuthoritiesQuery,
    Language,
    Listed,
    PetitionsQuery,
    StatisticsQuery,
    TermsQuery,
    known_codes,
    require_known,
)
from opendata.replies import BadParameter, bad_parameter, document, many, one, refused
from opendata.schemas_statistics import Statistics
from opendata.spec import described, description
from petitions.queries import rules
from petitions.queries.listing import Filters, view_page
from petitions.queries.petitions import listed_petition
from petitions.queries.records import answer_dates
from petitions.queries.terms import listed_terms

# One limit for the whole API, and not one for each address: it is what the documentation promises.
RATE = "600 per minute"
Row = TypeVar("Row", register.AreaRow, register.AuthorityRow)
bp = Blueprint("api", __name__, url_prefix="/api/v1")
bp.register_error_handler(BadParameter, bad_parameter)
bp.register_error_handler(Refusal, refused)
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, Accept, Content-Type",
    "Access-Control-Max-Age": "86400",
}


@bp.after_request
def open_to_every_origin(response: Response) -> Response:
    """Nothing here depends on who asks, so any page may read it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
    if request.method == "OPTIONS":
        response.status_code = 204
        response.headers.pop("Content-Type", None)
        response.headers.update(PREFLIGHT)
    return response


@bp.get("/petitions")
@described(schemas.Petitions, PetitionsQuery, tag="petitions", says=N_("Petitions, the newest first"))
@public
def petitions(given: PetitionsQuery) -> Response:
    """A page of petitions, the newest id first."""
    with reading() as w:
        require_known(w, tier=given.tier, area=given.area, authority=given.authority)
        filters = Filters(given.state, given.tier, given.area, given.authority, given.q)
        page = view_page(w, filters, _number(given.cursor), given.limit)
        items = [rows.petition(view) for view in page.items]
    return many(
        schemas.Petitions(items=items, next=None), "api.petitions", page.next and f"p{page.next}", given
    )


@bp.get("/petitions/<id:petition_id>")
@described(schemas.Petition, Language, 404, 410, tag="petitions", says=N_("One petition"))
@public
def petition(_given: Language, petition_id: int) -> Response:
    """One petition."""
    with reading() as w:
        return one(rows.petition(listed_petition(w, petition_id)))


@bp.get("/terms")
@described(schemas.Terms, TermsQuery, tag="terms", says=N_("Terms of listed petitions, the newest first"))
@public
def terms(given: TermsQuery) -> Response:
    """A page of terms of listed petitions, the newest id first."""
    body, size = given.authority or None, given.limit
    with reading() as w:
        require_known(w, authority=given.authority)
        after = _number(given.cursor)
        found = listed_terms(w, state=given.state, authority=body, after=after, limit=size + 1)
        items = [rows.term(row) for row in found[:size]]
    cursor = f"t{items[-1].id}" if len(found) > size else None
    return many(schemas.Terms(items=items, next=None), "api.terms", cursor, given)


@bp.get("/authorities")
@described(
    schemas.Authorities, AuthoritiesQuery, tag="register", says=N_("Authorities by code, with their figures")
)
@public
def authorities(given: AuthoritiesQuery) -> Response:
    """Bodies by code, each with the figures of its answers."""
    with reading() as w:
        found, cursor = _page(register.authorities(w), "body", given)
        dates = answer_dates(w, [row.code for row in found])
        items = [rows.authority(row, answer_figures(dates[row.code])) for row in found]
    return many(schemas.Authorities(items=items, next=None), "api.authorities", cursor, given)


@bp.get("/authorities/<code>")
@described(schemas.Authority, Language, 404, tag="register", says=N_("One authority"))
@public
def authority(_given: Language, code: str) -> Response:
    """One body."""
    with reading() as w:
        row = register.authority(w, code)
        if row is None:
            raise Refusal("not-found")
        return one(rows.authority(row, answer_figures(answer_dates(w, [code])[code])))


@bp.get("/areas")
@described(schemas.Areas, AreasQuery, tag="register", says=N_("Areas by code, with their populations"))
@public
def areas(given: AreasQuery) -> Response:
    """Areas by code, each with its newest figure."""
    with reading() as w:
        found, cursor = _page(register.areas(w), "area", given)
        items = [rows.area(row) for row in found]
    return many(schemas.Areas(items=items, next=None), "api.areas", cursor, given)


@bp.get("/rulebooks")
@described(schemas.Rulebooks, Listed, tag="rules", says=N_("Rulebooks, the one of new petitions first"))
@public
def rulebooks(given: Listed) -> Response:
    """The rulebooks at hand, the one of new petitions first."""
    with reading() as w:
        items = [rows.rulebook(loaded.rulebook) for loaded in rules.shipped_rulebooks(w)]
    return many(schemas.Rulebooks(items=items, next=None), "api.rulebooks", None, given)


@bp.get("/statistics")
@described(Statistics, StatisticsQuery, tag="statistics", says=N_("Figures of the whole site"))
@public
def statistics(given: StatisticsQuery) -> Response:
    """The figures of the whole site, each with how it is counted."""
    with reading() as w:
        return one(site_figures.statistics(w, given.since))


@bp.get("/openapi.json")
@described(schemas.Description, Language, tag="description", says=N_("The description of this API"))
@public
def openapi(given: Language) -> Response:
    """The description of all this (OpenAPI 3.1), in English unless another language is asked for."""
    with reading() as w:
        codes = known_codes(w)
    return document(description(given.lang or "en", codes))


def _number(cursor: str) -> int | None:
    """The number of the row that a cursor names after its letter; None where there is no cursor."""
    return int(cursor[1:]) if cursor else None


def _page(
    found: Sequence[Row], name: str, given: AreasQuery | AuthoritiesQuery
) -> tuple[list[Row], str | None]:
    """A page of the register by code; it is small enough to be ordered here."""
    after = given.cursor.removeprefix(f"{name}.")
    rest = sorted((row for row in found if row.code > after), key=lambda row: row.code)
    page = rest[: given.limit]
    return page, f"{name}.{page[-1].code}" if len(rest) > given.limit else None
