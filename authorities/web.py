"""Public pages of the register: the directory of bodies, a page for each body and for each area."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from markupsafe import Markup
from wtforms import SelectField

from authorities import admin, queries, words
from authorities.queries import AreaRow, AuthorityRow
from core.access import public
from core.forms import Form, line_field
from core.i18n import _, asked_language, lazy, url
from core.web import page
from core.work import Work, reading

PER_PAGE = 50
bp = Blueprint("directory", __name__)

Section = Callable[[Work, str], Markup | None]
_sections: dict[str, list[Section]] = {"authority": [], "area": []}


def add_section(kind: str, function: Section) -> None:
    """Let a package above add a block to the page of every `authority` or `area`; None prints nothing."""
    if function not in _sections[kind]:
        _sections[kind].append(function)


def blueprints() -> tuple[Blueprint, ...]:
    """What this package serves."""
    return (bp, admin.bp)


class Filters(Form):
    """What the directory is narrowed to; lives in the address, so it needs no token."""

    class Meta(Form.Meta):
        """A form that only asks."""

        csrf = False

    q = line_field(lazy("Name of the body"), max_length=queries.LONGEST_QUERY)
    area = SelectField(lazy("Area"))
    branch = SelectField(lazy("Branch"))

    @property
    def asks(self) -> bool:
        """Whether anything is narrowed at all."""
        return any((self.q.data, self.area.data, self.branch.data))


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what the directory found: bodies under the names of their areas."""

    groups: tuple[tuple[str, tuple[AuthorityRow, ...]], ...]
    total: int
    earlier: str | None
    later: str | None


@bp.get("/authorities")
@public
def authorities() -> Response:
    """The directory: central bodies and those of the regions, or what the filters leave."""
    with reading() as w:
        regions = queries.first_level(w)
        filters = _filters(w, regions)
        facts = _found(w, filters) if filters.asks else _overview(w, regions)
    return page("authorities/index.html", filters=filters, link=link, words=words, **facts)


@bp.get("/authorities/<code>")
@public
def authority(code: str) -> Response:
    """What the body is, and how to send it a petition."""
    with reading() as w:
        row = queries.authority(w, code)
        if row is None:
            return _unknown(_("There is no such body"))
        facts: dict[str, Any] = {"body": row, "exists": row.valid_on(w.today), "today": w.today}
        facts["sections"] = _rendered(w, "authority", code)
    return page("authorities/authority.html", link=link, words=words, **facts)


@bp.get("/areas/<code>")
@public
def area(code: str) -> Response:
    """The area's population with its date and source, its parts and its bodies."""
    with reading() as w:
        row = queries.area(w, code)
        if row is None:
            return _unknown(_("There is no such area"))
        facts: dict[str, Any] = {
            "above": queries.ancestors(w, row),
            "parts": queries.children(w, code),
            "bodies": queries.bodies_for_area(w, code, w.today),
            "older": [f for f in queries.figures(w, code) if row.as_of and f.as_of < row.as_of],
            "sections": _rendered(w, "area", code),
        }
    return page("authorities/area.html", area=row, link=link, words=words, **facts)


def link(path: str, **query: str) -> str:
    """An address of a package above, which cannot be asked for it; keeps the asked language."""
    if asked := asked_language():
        query["lang"] = asked
    return f"{path}?{urlencode(query)}" if query else path


def _rendered(w: Work, kind: str, code: str) -> list[Markup]:
    blocks = (section(w, code) for section in _sections[kind])
    return [block for block in blocks if block]


def _unknown(title: str) -> Response:
    return page("authorities/unknown.html", status=404, title=title, link=link)


def _filters(w: Work, regions: tuple[AreaRow, ...]) -> Filters:
    filters = Filters(request.args)
    asked = request.args.get("area", "")
    choices = [(row.code, row.name) for row in regions]
    if asked and asked not in dict(choices):
        # A deeper area comes from a link; an unknown one stays in the box and explains the empty list.
        row = queries.area(w, asked)
        choices.append((asked, row.name if row else asked))
    filters.area.choices = [("", _("All areas")), *choices]
    branches = [(code, str(word)) for code, word in words.BRANCHES.items()]
    filters.branch.choices = [("", _("All branches")), *branches]
    filters.q.data = (filters.q.data or "")[: queries.LONGEST_QUERY]
    return filters


def _overview(w: Work, regions: tuple[AreaRow, ...]) -> dict[str, Any]:
    bodies = queries.authorities(w, on=w.today, deepest=1)
    own = {row.code: tuple(body for body in bodies if body.area == row.code) for row in regions}
    below = queries.bodies_below(w, w.today)
    return {
        "central": tuple(body for body in bodies if body.area_level == 0),
        "regions": [(row, own[row.code], below.get(row.code, 0)) for row in regions],
    }


def _found(w: Work, filters: Filters) -> dict[str, Any]:
    rows = queries.authorities(w, filters.q.data or "", filters.area.data, filters.branch.data, w.today)
    number = min(max(request.args.get("page", 1, type=int), 1), max(-(-len(rows) // PER_PAGE), 1))
    shown = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
    groups = tuple((name, tuple(bodies)) for name, bodies in groupby(shown, key=lambda body: body.area_name))
    earlier = _page_url(number - 1) if number > 1 else None
    later = _page_url(number + 1) if number * PER_PAGE < len(rows) else None
    return {"found": Found(groups, len(rows), earlier, later)}


def _page_url(number: int) -> str:
    kept = {name: request.args.get(name, "") for name in ("q", "area", "branch")}
    return url("directory.authorities", **{k: v for k, v in kept.items() if v}, page=number)
