"""/statistics: what can be said of all petitions, narrowed by its address, as a page, as CSV and as JSON."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from authorities import queries as register
from core.access import public
from core.i18n import _, localised
from core.links import absolute_url
from core.refusal import Refusal
from core.web import csv_file, page
from core.work import Work, reading
from opendata import statistics_charts as charts
from opendata.package import LICENCE_PATH
from opendata.region_map import neighbours
from opendata.replies import BadParameter, bad_parameter
from opendata.schemas import moment_text
from opendata.spec import LICENCE
from opendata.statistics_sheets import EVERYBODY, SHEETS, Sheet, signed_here
from petitions.queries import rules
from petitions.queries.frozen import frozen_through
from petitions.queries.listing import Filters, Shown, known_tiers
from petitions.queries.selection import Selection, how_many_petitions, selected, years
from petitions.web.reading import STATES
from petitions.web.reading_words import tier_words

NARROWING = ("state", "tier", "area", "authority", "rulebook", "period")
PERIOD = re.compile(r"([12][0-9]{3})(?:-(0[1-9]|1[0-2]))?")
# The figures change once a day, but for the states of petitions: a minute late is early enough.
KEPT = "public, max-age=60, stale-while-revalidate=300"
DECEMBER = 12
bp = Blueprint("statistics", __name__)
bp.register_error_handler(BadParameter, bad_parameter)
Problems = dict[str, str]


@bp.get("/statistics")
@public
def index() -> Response:
    """Tiles, charts with their tables, the map and where a petition is unusually strong."""
    with reading() as w:
        choices = _choices(w)
        selection, problems = _asked(w)
        facts = {} if problems else _figures(w, selection)
        facts |= {"as_of": frozen_through(w), "given": _given(), "problems": problems, "choices": choices}
        facts["narrowed"] = selection.narrows or bool(problems)
    made = page("opendata/statistics.html", status=400 if problems else 200, licence=LICENCE, **facts)
    return made if problems else _kept(made)


@bp.get("/statistics/<name>.csv")
@public
def as_table(name: str) -> Response:
    """One table of the page for the same selection."""
    with reading() as w:
        return _csv(_sheet(w, name))


@bp.get("/statistics/<name>.json")
@public
def as_json(name: str) -> Response:
    """The same with what is needed to cite it: day, version, licence and how it was counted."""
    with reading() as w:
        return _json(w, _sheet(w, name))


@bp.get("/statistics/areas/<code>.csv")
@public
def area_table(code: str) -> Response:
    """What is signed in one area, as a table."""
    with reading() as w:
        return _csv(_signed_here(w, code))


@bp.get("/statistics/areas/<code>.json")
@public
def area_json(code: str) -> Response:
    """What is signed in one area, with what is needed to cite it."""
    with reading() as w:
        return _json(w, _signed_here(w, code))


def _signed_here(w: Work, code: str) -> Sheet:
    if not neighbours(code):
        raise Refusal("not-found")
    return signed_here(w, code)


def _csv(found: Sheet) -> Response:
    made = csv_file(f"statistics-{found.name}", found.columns, found.rows)
    made.headers["Link"] = f'<{_dictionary()}>; rel="describedby", <{LICENCE_PATH}>; rel="license"'
    return _open(_kept(made))


def _json(w: Work, found: Sheet) -> Response:
    text = json.dumps(_document(w, found), ensure_ascii=False)
    return _open(_kept(Response(text, mimetype="application/json")))


def _document(w: Work, sheet: Sheet) -> Mapping[str, Any]:
    items = [{key: _plain(value) for key, value in record.items()} for record in sheet.records()]
    as_of = frozen_through(w)
    return {
        "table": sheet.name,
        "title": str(sheet.title),
        "how_counted": str(sheet.how),
        "filters": _given() if sheet.narrowed else {},
        "as_of": as_of and as_of.isoformat(),
        "generated_at": moment_text(w.now.replace(second=0)),
        "version": _version(items),
        "licence": LICENCE["identifier"],
        "dictionary": _dictionary(),
        "columns": list(sheet.columns),
        "items": items,
    }


def _figures(w: Work, selection: Selection) -> dict[str, Any]:
    """Everything that the page shows for a selection; the number of queries does not depend on it."""
    among = selected(w, selection)
    n, signatures = how_many_petitions(w, among)
    facts = {"total": n, "signatures": signatures, "charts": {}, "sheets": {}, "downloads": _downloads}
    return facts | _shown({name: make(w, among) for name, make in SHEETS.items()}) if n else facts


def _shown(sheets: Mapping[str, Sheet]) -> dict[str, Any]:
    """The tables with what is drawn of them."""
    bodies = {line["authority"]: line for line in sheets["answers"].records()}
    drawn = {
        name: draw(sheets[name], _downloads(name)) for name, draw in charts.DRAWN.items() if sheets[name].rows
    }
    times = sheets["answer_times"]
    if any(row[6] for row in times.rows):
        names = {code: line["name"] for code, line in bodies.items()}
        drawn[times.name] = charts.answer_times(times, _downloads(times.name), names)
    return {
        "charts": drawn,
        "sheets": sheets,
        "everybody": bodies.get(EVERYBODY),
        "area_list": charts.area_list(sheets["areas"]),
        "answers": charts.answers_table(sheets["answers"]),
        "strong": charts.strong_table(sheets["strong"]),
    }


def _sheet(w: Work, name: str) -> Sheet:
    """The table of the address for its selection; BadParameter names each part of it that means nothing."""
    if name not in SHEETS:
        raise Refusal("not-found")
    selection, problems = _asked(w)
    if problems:
        detail = "; ".join(f"{key}: {words}" for key, words in problems.items())
        raise BadParameter(detail, sorted(problems))
    return SHEETS[name](w, selected(w, selection))


def _asked(w: Work) -> tuple[Selection, Problems]:
    """The selection of the address, and a message for each part of it that means nothing."""
    given = _given()
    known = {
        "state": {shown.value for shown in Shown},
        "tier": known_tiers(w),
        "rulebook": {loaded.rulebook.id for loaded in rules.shipped_rulebooks(w)},
    }
    problems = {name: _bad() for name, values in known.items() if name in given and given[name] not in values}
    for name, find in (("area", register.area), ("authority", register.authority)):
        if name in given and find(w, given[name]) is None:
            problems[name] = _bad()
    months = _months(given.get("period", ""))
    if months is None:
        problems["period"] = _("Give a year, or a year and a month, as in 2026 or 2026-09.")
    if problems or months is None:
        return Selection(), problems
    state = Shown(given["state"]) if "state" in given else None
    filters = Filters(state, given.get("tier", ""), given.get("area", ""), given.get("authority", ""))
    return Selection(filters, given.get("rulebook", ""), *months), problems


def _months(period: str) -> tuple[date | None, date | None] | None:
    """The first day of a year or month and the first day after it; None for what is neither."""
    if not period:
        return None, None
    found = PERIOD.fullmatch(period)
    if found is None:
        return None
    year, month = int(found[1]), found[2] and int(found[2])
    if not month:
        return date(year, 1, 1), date(year + 1, 1, 1)
    after = date(year + 1, 1, 1) if month == DECEMBER else date(year, month + 1, 1)
    return date(year, month, 1), after


def _choices(w: Work) -> dict[str, Any]:
    """What each filter can be set to."""
    return {
        "state": [(shown.value, words) for shown, words in STATES.items()],
        "tier": [(tier.id, tier_words(tier)) for tier in rules.instance_rulebook(w).rulebook.tiers],
        "area": register.area_choices(w),
        "authority": [(body.code, body.name) for body in register.authorities(w)],
        "rulebook": [
            (loaded.rulebook.id, localised(loaded.rulebook.title)) for loaded in rules.shipped_rulebooks(w)
        ],
        "period": [(str(year), str(year)) for year in years(w)],
    }


def _given() -> dict[str, str]:
    """The filters of the address, without empty ones."""
    return {name: value for name in NARROWING if (value := request.args.get(name, "").strip())}


def _downloads(name: str) -> charts.Downloads:
    return charts.downloads("as_table", "as_json", name=name, **_given())


def _bad() -> str:
    return _("There is no such choice here.")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _version(items: list[dict[str, Any]]) -> str:
    """A short hash of the rows: the same figures have the same version."""
    return hashlib.sha256(json.dumps(items, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]


def _dictionary() -> str:
    return absolute_url("data_pages.dictionary") + "#statistics"


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = KEPT
    return response


def _open(response: Response) -> Response:
    """Nothing here depends on who asks but the language of names, so any page may read it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.update(("Accept-Language", "Cookie"))
    return response
