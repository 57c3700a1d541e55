"""The tables of /statistics: each is made once, and the page, the CSV and the JSON show the same rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authorities import queries as register
from core.i18n import lazy, localised
from core.work import Work
from opendata import how_counted
from opendata.figures import answer_figures, median_interval
from petitions.domain.disclosure import per_1000
from petitions.domain.rulebook import Ground
from petitions.queries import frozen, rules
from petitions.queries.frozen import AnswerTime
from petitions.queries.selection import Ids
from petitions.queries.strength import local_shares, signed_in
from petitions.web.petition_figures import HOW_CELLS

EVERYBODY = "_all"
STRONG, MOST_STRONG, MOST_SIGNED = 2.0, 50, 1000
DAYS_OF_FUNNEL = 366
NO_RANGE = (None, None)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: names of its columns, rows of plain values, and how its figures were counted."""

    name: str
    title: Any
    how: Any
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    narrowed: bool = True

    def records(self) -> list[dict[str, Any]]:
        """The rows with the names of their columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def petitions(w: Work, among: Ids) -> Sheet:
    """Petitions by the month in which they began and by their present state."""
    rows = [(row.month, row.state, row.n) for row in frozen.petitions_by_month(w, among)]
    return _sheet("petitions", ("month", "state", "petitions"), rows)


def refusals(w: Work, among: Ids) -> Sheet:
    """Refused petitions by their ground."""
    titles = {ground.id: localised(ground.title) for ground in _grounds(w)}
    rows = [
        (row.ground, titles.get(row.ground, row.ground), row.n) for row in frozen.refusal_reasons(w, among)
    ]
    return _sheet("refusals", ("ground", "title", "petitions"), rows)


def stages(w: Work, among: Ids) -> Sheet:
    """How long finished stages took."""
    rows = [(row.stage, row.n, row.median_days) for row in frozen.stage_times(w, among)]
    return _sheet("stages", ("stage", "finished", "median_days"), rows)


def answer_times(w: Work, among: Ids) -> Sheet:
    """Each answer, with the days that it took and those that it had."""
    columns = ("petition", "authority", "started_on", "due_on", "met_on", "days", "limit_days", "late")
    rows = [
        (
            one.petition_id,
            one.authority,
            one.started_on,
            one.due_on,
            one.met_on,
            one.days,
            one.limit,
            one.late,
        )
        for one in frozen.answer_times(w, among)
    ]
    return _sheet("answer_times", columns, rows)


def answers(w: Work, among: Ids) -> Sheet:
    """The answers of each body, and of all together, with medians and intervals."""
    found = [one for one in frozen.answer_times(w, among, missing_too=True) if one.fell_due]
    bodies = sorted({one.authority for one in found})
    names = register.authority_names(w, bodies)
    lines = [(EVERYBODY, "", found)] if found else []
    lines += [(c, localised(names.get(c, {})), [one for one in found if one.authority == c]) for c in bodies]
    columns = (
        *("authority", "name", "due", "given", "on_time", "late", "share_on_time", "share_low", "share_high"),
        *("median_days", "median_low", "median_high"),
    )
    return _sheet("answers", columns, [(code, name, *_times(times)) for code, name, times in lines])


def funnel(w: Work, _among: Ids) -> Sheet:
    """The equation of the whole site, day by day."""
    columns = ("day", "submitted", "pending", "expired", "invalid", "withdrawn", "quarantined", "counted")
    rows = _rows(columns, frozen.site_funnel(w)[-DAYS_OF_FUNNEL:])
    return _sheet("funnel", columns, rows, narrowed=False)


def areas(w: Work, among: Ids) -> Sheet:
    """Signatures by area: sums of those numbers that are shown."""
    columns = ("area", "name", "count", "suppressed", "petitions", "population", "per_1000")
    return _sheet("areas", columns, _rows(columns, frozen.area_totals(w, among)))


def strong(w: Work, among: Ids) -> Sheet:
    """Areas where a petition to a body of the whole country has at least twice its own national rate."""
    places = {row.code: row for row in register.first_level(w)}
    country = sum(place.population or 0 for place in places.values())
    found = []
    for one in local_shares(w, among):
        here = per_1000(one.count, places[one.area].population if one.area in places else None)
        everywhere = per_1000(one.total, country)
        if here and everywhere and here >= STRONG * everywhere:
            quotient = round(here / everywhere, 1)
            found.append(
                (
                    one.petition_id,
                    one.title,
                    one.language,
                    one.area,
                    places[one.area].name,
                    one.count,
                    here,
                    everywhere,
                    quotient,
                )
            )
    found.sort(key=lambda row: (-row[-1], row[0], row[3]))
    columns = (
        *("petition", "title", "language", "area", "name", "count", "per_1000", "national_per_1000"),
        "quotient",
    )
    return _sheet("strong", columns, found[:MOST_STRONG])


def signed_here(w: Work, code: str) -> Sheet:
    """The petitions with shown numbers of one first-level area, the highest first."""
    area = register.area(w, code)
    population = area.population if area else None
    rows = [
        (one.petition_id, one.title, one.language, one.count, per_1000(one.count, population))
        for one in signed_in(w, code, MOST_SIGNED)
    ]
    return _sheet("signed_here", ("petition", "title", "language", "count", "per_1000"), rows, narrowed=False)


SHEETS: Mapping[str, Callable[[Work, Ids], Sheet]] = {
    "petitions": petitions,
    "areas": areas,
    "strong": strong,
    "answers": answers,
    "answer_times": answer_times,
    "stages": stages,
    "refusals": refusals,
    "funnel": funnel,
}
TITLES: Mapping[str, Any] = {
    "petitions": lazy("Petitions by month and state"),
    "areas": lazy("Signatures for each 1,000 residents"),
    "strong": lazy("Unusually strong here"),
    "answers": lazy("Time to answer, by authority"),
    "answer_times": lazy("Time to answer against the limit"),
    "stages": lazy("Time in each stage"),
    "refusals": lazy("Reasons of refusal"),
    "funnel": lazy("From the form to the count"),
    "signed_here": lazy("What is signed here"),
}
HOW: Mapping[str, Any] = {
    **how_counted.HOW,
    "signed_here": HOW_CELLS,
    "strong": lazy(
        "Only petitions to bodies of the whole country. An area is listed where its signatures for each 1,000 "
        "residents are at least twice those of the country for the same petition (location quotient). The numbers that "
        "are not shown cannot be listed."
    ),
    "answers": lazy(
        "Due: answers that were given, or whose date has passed. Late: given after the date, or not given yet. Days "
        "are calendar days from the start of the clock; half of the answers that were given took at most the median. "
        "The ranges hold the true value with a certainty of at least 95 %: Wilson's interval for the share, the "
        "interval of order statistics for the median, which needs six answers."
    ),
    "answer_times": lazy(
        "One dot for each answer that was given: the share of its time that it took. The time is that of the clock, "
        "with stops and extensions, in calendar days. Right of the dashed line it was late."
    ),
}


def _sheet(
    name: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]], *, narrowed: bool = True
) -> Sheet:
    return Sheet(name, TITLES[name], HOW[name], columns, rows, narrowed)


def _rows(columns: Sequence[str], found: Sequence[object]) -> list[tuple[Any, ...]]:
    """Rows of a query that has its values under the names of the columns."""
    return [tuple(getattr(row, name) for name in columns) for row in found]


def _grounds(w: Work) -> list[Ground]:
    return [ground for loaded in rules.shipped_rulebooks(w) for ground in loaded.rulebook.grounds]


def _times(found: Sequence[AnswerTime]) -> tuple[Any, ...]:
    """Counts, the share on time and the median number of days, both with their intervals; as in the ledger."""
    made = answer_figures(found)
    spread = median_interval([one.days for one in found if one.met_on is not None])
    return (
        *(made.due, made.given, made.on_time, made.late),
        *(made.share_on_time, *(made.interval or NO_RANGE)),
        *(made.median_days, *(spread or NO_RANGE)),
    )
