"""The public API: read-only, without a key, for every origin; its description is made from the same shapes."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Blueprint, Response

from authorities import queries as register
from core.access import public
from core.limits import limiter
from core.paging import open_cursor, seal_cursor
from core.refusal import Refusal
from core.work import Work, reading
from opendata import rows, schemas
from opendata.figures import answer_figures
from opendata.replies import BadParameter, asked, bad_parameter, many, one, refused
from opendata.spec import described, description
from petitions.queries import rules
from petitions.queries.listing import Filters, view_page
from petitions.queries.petitions import listed_petition
from petitions.queries.records import answer_dates
from petitions.queries.terms import listed_terms

RATE = "600 per minute"
Row = TypeVar("Row", register.AreaRow, register.AuthorityRow)
bp = Blueprint("api", __name__, url_prefix="/api/v1")
bp.register_error_handler(BadParameter, bad_parameter)
bp.register_error_handler(Refusal, refused)


@bp.after_request
def open_to_every_origin(response: Response) -> Response:
    """Nothing here depends on who asks, so any page may read it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
    return response


@bp.get("/petitions")
@described(schemas.Petitions, schemas.PetitionsQuery)
@limiter.limit(RATE)
@public
def petitions() -> Response:
    """Petitions, the newest id first."""
    query = asked(schemas.PetitionsQuery)
    with reading() as w:
        _require_known(w, query.area, query.authority)
        filters = Filters(query.state, query.tier, query.area, query.authority, query.q)
        page = view_page(w, filters, query.cursor, query.limit)
        items = [rows.petition(view) for view in page.items]
    return many(schemas.Petitions(items=items, next=None), "api.petitions", page.next, query)


@bp.get("/petitions/<id:petition_id>")
@described(schemas.Petition, schemas.Language, 404, 410)
@limiter.limit(RATE)
@public
def petition(petition_id: int) -> Response:
    """One petition."""
    with reading() as w:
        return one(rows.petition(listed_petition(w, petition_id)))


@bp.get("/terms")
@described(schemas.Terms, schemas.TermsQuery)
@limiter.limit(RATE)
@public
def terms() -> Response:
    """Terms of listed petitions, the newest id first."""
    query = asked(schemas.TermsQuery)
    order = "terms by id"
    after = int(str(open_cursor(order, query.cursor)[0])) if query.cursor else None
    with reading() as w:
        _require_known(w, "", query.authority)
        found = listed_terms(
            w, state=query.state, authority=query.authority or None, after=after, limit=query.limit + 1
        )
        items = [rows.term(row) for row in found[: query.limit]]
    cursor = seal_cursor(order, [items[-1].id]) if len(found) > query.limit else None
    return many(schemas.Terms(items=items, next=None), "api.terms", cursor, query)


@bp.get("/authorities")
@described(schemas.Authorities, schemas.PlacesQuery)
@limiter.limit(RATE)
@public
def authorities() -> Response:
    """Bodies by code, each with the figures of its answers."""
    query = asked(schemas.PlacesQuery)
    with reading() as w:
        found, cursor = _page(register.authorities(w), "authorities by code", query)
        dates = answer_dates(w, [row.code for row in found])
        items = [rows.authority(row, answer_figures(dates[row.code])) for row in found]
    return many(schemas.Authorities(items=items, next=None), "api.authorities", cursor, query)


@bp.get("/authorities/<code>")
@described(schemas.Authority, schemas.Language, 404)
@limiter.limit(RATE)
@public
def authority(code: str) -> Response:
    """One body."""
    with reading() as w:
        row = register.authority(w, code)
        if row is None:
            raise Refusal("not-found")
        return one(rows.authority(row, answer_figures(answer_dates(w, [code])[code])))


@bp.get("/areas")
@described(schemas.Areas, schemas.PlacesQuery)
@limiter.limit(RATE)
@public
def areas() -> Response:
    """Areas by code, each with its newest figure."""
    query = asked(schemas.PlacesQuery)
    with reading() as w:
        found, cursor = _page(register.areas(w), "areas by code", query)
        items = [rows.area(row) for row in found]
    return many(schemas.Areas(items=items, next=None), "api.areas", cursor, query)


@bp.get("/rulebooks")
@described(schemas.Rulebooks, schemas.Listed)
@limiter.limit(RATE)
@public
def rulebooks() -> Response:
    """The rulebooks at hand, the one of new petitions first."""
    query = asked(schemas.Listed)
    with reading() as w:
        items = [rows.rulebook(loaded.rulebook) for loaded in rules.shipped_rulebooks(w)]
    return many(schemas.Rulebooks(items=items, next=None), "api.rulebooks", None, query)


@bp.get("/openapi.json")
@described(schemas.Description, schemas.Language)
@limiter.limit(RATE)
@public
def openapi() -> Response:
    """The description of all this (OpenAPI 3.1)."""
    return description()


def _require_known(w: Work, area: str, authority: str) -> None:
    """Refusals `no-such-area`, `no-such-authority`: a code that is not in the register is a mistake, not a filter."""
    checks: Sequence[tuple[str, str, Callable[[Work, str], Any]]] = (
        ("area", area, register.area),
        ("authority", authority, register.authority),
    )
    for name, code, find in checks:
        if code and find(w, code) is None:
            raise Refusal(f"no-such-{name}", field=name)


def _page(found: Sequence[Row], order: str, query: schemas.PlacesQuery) -> tuple[list[Row], str | None]:
    """A page of the register by code; it is small enough to be ordered here."""
    after = str(open_cursor(order, query.cursor)[0]) if query.cursor else ""
    rest = sorted((row for row in found if row.code > after), key=lambda row: row.code)
    page = rest[: query.limit]
    return page, seal_cursor(order, [page[-1].code]) if len(rest) > query.limit else None
