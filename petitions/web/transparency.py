"""The public table of moderation by month, on a page and as a file."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response

from core.access import public
from core.i18n import format_date, format_number, lazy, url
from core.switches import settings_of
from core.tables import as_csv
from core.web import page
from core.work import reading
from petitions.queries import transparency as query
from petitions.web.switch_words import NAMES, spoken

# All columns are too many for one table on a screen: the way of petitions, what else moderators do, and updates.
CHECKS, ACTS, UPDATES = (0, 1, 2, 3, 4, 15), (0, 5, 6, 7, 8, 9, 10, 11), (0, 12, 13, 14)
COLUMNS = ("month", "measure", "ground", "value")
bp = Blueprint("transparency", __name__)

MEASURES: Mapping[str, Any] = {
    "received": lazy("Received"),
    "published": lazy("Published"),
    "returned": lazy("Returned for correction"),
    "refused": lazy("Refused"),
    "appeals": lazy("Appeals"),
    "appeals_upheld": lazy("Appeals: the refusal stands"),
    "appeals_restored": lazy("Appeals: opened"),
    "appeals_silence": lazy("Appeals: opened because nobody decided"),
    "reports": lazy("Reports of readers"),
    "takedowns": lazy("Taken down"),
    "restores": lazy("Shown again"),
    "updates": lazy("Updates of authors"),
    "updates_taken_down": lazy("Updates taken down"),
    "updates_restored": lazy("Updates shown again"),
}


@bp.get("/transparency")
@public
def index() -> Response:
    """Each month with what came in and what moderators did; grounds, switches, and where the rest stands."""
    with reading() as w:
        months, turns, titles = query.months(w), query.switched(w), query.ground_titles(w)
        on = [setting for setting in settings_of(w).values() if setting.on]
    table_ = [_heads(), *(_row(month) for month in months)]
    facts = {"checks": _columns(table_, CHECKS), "acts": _columns(table_, ACTS), "on": on}
    facts["updates"] = _columns(table_, UPDATES)
    facts |= {
        "grounds": list(_ground_rows(months, titles)),
        "turns": turns,
        "switches": NAMES,
        "spoken": spoken,
    }
    return page("transparency.html", file=url(".table"), **facts)


@bp.get("/transparency.csv")
@public
def table() -> Response:
    """The same as a file with one number a line; docs/transparency.md says what each measure is."""
    with reading() as w:
        made = as_csv(COLUMNS, _lines(query.months(w)))
    response = Response(made, mimetype="text/csv")
    response.headers["Content-Disposition"] = 'inline; filename="transparency.csv"'
    return response


def _columns(table_: list[list[Any]], which: tuple[int, ...]) -> tuple[list[Any], list[list[Any]]]:
    """Some columns of a table: their heads, and the rows below."""
    cut = [[row[i] for i in which] for row in table_]
    return cut[0], cut[1:]


def _heads() -> list[Any]:
    return [lazy("Month"), *MEASURES.values(), lazy("Median working days of the check")]


def _row(month: query.Month) -> list[str]:
    counts = [format_number(month.counts[name]) for name in MEASURES]
    days = "—" if month.median_days is None else format_number(month.median_days)
    return [format_date(month.first, "LLLL y"), *counts, days]


def _ground_rows(months: tuple[query.Month, ...], titles: Mapping[str, str]) -> Iterator[list[str]]:
    for month in months:
        for ground in sorted(month.refused_on.keys() | month.taken_down_on.keys()):
            numbers = (month.refused_on[ground], month.taken_down_on[ground])
            said = format_date(month.first, "LLLL y"), titles.get(ground, ground)
            yield [*said, *(format_number(n) for n in numbers)]


def _lines(months: tuple[query.Month, ...]) -> Iterator[tuple[object, ...]]:
    for month in months:
        first = month.first.isoformat()[:7]
        for name in MEASURES:
            yield first, name, "", month.counts[name]
        yield first, "checks_finished", "", month.checked
        yield first, "check_median_working_days", "", month.median_days
        for name, found in (("refused", month.refused_on), ("takedowns", month.taken_down_on)):
            for ground, n in sorted(found.items()):
                yield first, f"{name}_on_ground", ground, n
