"""The published figures: of signatures from the frozen tables alone, of cases by their states and dates now."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from authorities.models import Area
from authorities.queries import AreaRow, first_level
from core.i18n import localised
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.disclosure import REST, DayRow, joined_days, per_1000
from petitions.domain.lifecycle import State
from petitions.models.case import Decision, Term
from petitions.models.frozen import FrozenCell, FrozenDay, FrozenState
from petitions.models.petition import FrozenCount, Petition
from petitions.queries.access import listed
from petitions.queries.records import AnswerDates, is_late
from petitions.queries.selection import began_at

SLICE = 1000
# Petitions by their ids, or by a query of ids.
Among = Collection[int] | Select[Any]
STAGES = ("startup", "screening", "collecting", "hand_over", "answer")
_TERM_STAGES = (TermKind.STARTUP, TermKind.SCREENING, TermKind.HAND_OVER, TermKind.ANSWER)


class Dimension(StrEnum):
    """What a petition's signatures are told apart by."""

    AREA = "area"
    CHANNEL = "channel"
    EVIDENCE = "evidence"
    RESIDENCY = "residency"
    FUNNEL = "funnel"


FIXED = {
    Dimension.CHANNEL: ("web",),
    Dimension.EVIDENCE: ("email",),
    Dimension.RESIDENCY: ("resident", "other"),
    Dimension.FUNNEL: ("counted", "withdrawn", "expired", "pending", "invalid", "quarantined"),
}


@dataclass(frozen=True, slots=True)
class CellRow:
    """One cell as it may be shown; `count` is None where it is suppressed."""

    cell: str
    count: int | None

    @property
    def suppressed(self) -> bool:
        """Whether the number is held back."""
        return self.count is None


@dataclass(frozen=True, slots=True)
class AreaCell:
    """Signatures of one first-level area, or of the pool (`_rest`), which has neither name nor residents."""

    area: str
    # A mapping has no hash; two cells are equal only where their names are too.
    names: Mapping[str, str] = field(hash=False)
    count: int | None
    population: int | None

    @property
    def name(self) -> str:
        """The name in the reader's language, empty for the pool."""
        return localised(self.names)

    @property
    def suppressed(self) -> bool:
        """Whether the number is held back."""
        return self.count is None

    @property
    def per_1000(self) -> float | None:
        """Signatures per 1,000 residents."""
        return per_1000(self.count, self.population)


def frozen_through(w: Work) -> date | None:
    """The last day that was frozen: of its end are all figures here."""
    return w.session.scalar(select(func.max(FrozenDay.day)))


def first_level_of(w: Work) -> dict[str, str]:
    """The first-level area that each area lies in, by code; the root is its own."""
    rows = w.session.execute(select(Area.code, Area.path))
    return {code: (path.split("/")[1] or code) for code, path in rows}


def public_order(w: Work) -> dict[Dimension, tuple[str, ...]]:
    """The cells of each dimension in the order in which they are tried: areas by their residents, the most first."""
    found = sorted(first_level(w), key=lambda row: (-(row.population or 0), row.code))
    return {Dimension.AREA: tuple(row.code for row in found), **FIXED}


def days_of(w: Work, petition_id: int) -> list[DayRow]:
    """The daily series of one petition; a later list only goes on where an earlier one ended."""
    opened = w.session.scalar(select(Petition.opened_at).where(Petition.id == petition_id))
    if opened is None:
        return []
    columns = select(FrozenCount.day, FrozenCount.counted).where(FrozenCount.petition_id == petition_id)
    totals = w.session.execute(columns.order_by(FrozenCount.day))
    return list(joined_days(w.day_of(opened), totals))


def every_day(w: Work) -> Iterator[tuple[int, DayRow]]:
    """The daily series of all listed petitions, each with its petition's id, read in slices."""
    query = (
        select(FrozenCount.petition_id, Petition.opened_at, FrozenCount.day, FrozenCount.counted)
        .join(Petition, Petition.id == FrozenCount.petition_id)
        .where(listed(), Petition.opened_at.is_not(None))
        .order_by(FrozenCount.petition_id, FrozenCount.day)
    )
    found = w.session.execute(query.execution_options(yield_per=SLICE))
    for (petition_id, opened), rows in groupby(found, key=itemgetter(0, 1)):
        day = w.day_of(opened) if opened else date.min
        totals = ((row[2], row[3]) for row in rows)
        yield from ((petition_id, row) for row in joined_days(day, totals))


def cells_of(w: Work, petition_id: int, dimension: Dimension) -> list[CellRow]:
    """Every cell of a dimension, suppressed ones too, and the pool last."""
    shown = _standing(w, petition_id, dimension)
    known = public_order(w)[dimension] if dimension is Dimension.AREA else FIXED[dimension]
    more = sorted(set(shown) - {*known, REST})
    return [CellRow(cell, shown.get(cell)) for cell in (*known, *more, REST)]


def areas_of(w: Work, petition_id: int) -> list[AreaCell]:
    """The first-level areas in the order of the register, and the pool last."""
    return _area_cells(first_level(w), _standing(w, petition_id, Dimension.AREA))


def every_area(w: Work) -> Iterator[tuple[int, AreaCell]]:
    """The areas of all petitions that were ever open and are listed, each with its petition's id, read in slices."""
    known = first_level(w)
    query = (
        select(Petition.id, FrozenCell.cell, FrozenCell.count)
        .outerjoin(
            FrozenCell,
            (FrozenCell.petition_id == Petition.id)
            & (FrozenCell.dimension == Dimension.AREA.value)
            & FrozenCell.until.is_(None),
        )
        .where(listed(), Petition.opened_at.is_not(None))
        .order_by(Petition.id)
    )
    found = w.session.execute(query.execution_options(yield_per=SLICE))
    for petition_id, rows in groupby(found, key=itemgetter(0)):
        shown = {cell: count for _id, cell, count in rows if cell is not None}
        yield from ((petition_id, row) for row in _area_cells(known, shown))


def funnel_of(w: Work, petition_id: int) -> list[CellRow] | None:
    """A petition's own equation under the rule of cells, once it is final; None before.

    submitted = counted + withdrawn + expired + pending + invalid + quarantined, of which small ones are pooled.
    """
    final = w.session.scalar(select(FrozenState.final).where(FrozenState.petition_id == petition_id))
    return cells_of(w, petition_id, Dimension.FUNNEL) if final else None


def _standing(w: Work, petition_id: int, dimension: Dimension) -> dict[str, int]:
    mine = (FrozenCell.petition_id == petition_id, FrozenCell.dimension == dimension.value)
    query = select(FrozenCell.cell, FrozenCell.count).where(*mine, FrozenCell.until.is_(None))
    return {cell: count for cell, count in w.session.execute(query)}


def _area_cells(known: tuple[AreaRow, ...], shown: Mapping[str, int]) -> list[AreaCell]:
    rows = [AreaCell(row.code, row.names, shown.get(row.code), row.population) for row in known]
    return [*rows, AreaCell(REST, {}, shown.get(REST), None)]


@dataclass(frozen=True, slots=True)
class AreaTotal(AreaCell):
    """The shown numbers of one area in all petitions: at least so many, because suppressed ones are left out.

    `petitions` says in how many it is shown; `count` is None where it is in none.
    """

    petitions: int


@dataclass(frozen=True, slots=True)
class MonthCount:
    """Petitions of one month (of opening; of the end where they were never open) by their present state."""

    month: date
    state: str
    n: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Refused petitions by the ground that stands."""

    ground: str
    n: int


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long a stage takes: petitions that ended it, and the median of their calendar days."""

    stage: str
    n: int
    median_days: float | None


@dataclass(frozen=True, slots=True)
class AnswerTime(AnswerDates):
    """One answer with its petition, and the calendar days that it took (until today where it is missing)."""

    petition_id: int
    days: int

    @property
    def limit(self) -> int | None:
        """The calendar days that it had; None while an open stop holds the date."""
        return (self.due_on - self.started_on).days if self.due_on else None


@dataclass(frozen=True, slots=True)
class SiteFunnel:
    """The equation of the whole site at the end of a day."""

    day: date
    submitted: int
    pending: int
    expired: int
    invalid: int
    withdrawn: int
    quarantined: int
    counted: int


def area_totals(w: Work, among: Among | None = None) -> list[AreaTotal]:
    """Each first-level area in all listed petitions, or in those of `among`: sums of shown cells and nothing else."""
    query = (
        select(FrozenCell.cell, func.sum(FrozenCell.count), func.count())
        .join(Petition, Petition.id == FrozenCell.petition_id)
        .where(FrozenCell.dimension == Dimension.AREA.value, FrozenCell.until.is_(None))
        .where(*_those(among))
        .group_by(FrozenCell.cell)
    )
    found = {cell: (int(count), n) for cell, count, n in w.session.execute(query)}
    rows = ((row, *found.get(row.code, (None, 0))) for row in first_level(w))
    return [AreaTotal(row.code, row.names, count, row.population, n) for row, count, n in rows]


def petitions_by_month(w: Work, among: Among | None = None) -> list[MonthCount]:
    """Listed petitions by month and present state."""
    moments = w.session.execute(select(began_at, Petition.state).where(*_those(among)))
    found = Counter((w.day_of(at).replace(day=1), state.value) for at, state in moments)
    return [MonthCount(month, state, n) for (month, state), n in sorted(found.items())]


def refusal_reasons(w: Work, among: Among | None = None) -> list[Reason]:
    """Refused petitions by ground, the most frequent first."""
    query = (
        select(Decision.petition_id, Decision.ground)
        .join(Petition, Petition.id == Decision.petition_id)
        .where(Petition.state == State.REFUSED, Decision.ground.is_not(None), *_those(among))
        .order_by(Decision.id)
    )
    standing = dict(w.session.execute(query).all())
    found = Counter(ground for ground in standing.values() if ground)
    return [Reason(ground, n) for ground, n in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]


def stage_times(w: Work, among: Among | None = None) -> list[StageTime]:
    """The time in each stage of listed petitions; `collecting` lasts until the threshold is reached."""
    days: dict[str, list[int]] = {stage: [] for stage in STAGES}
    columns = select(Term.kind, Term.started_on, Term.met_on).join(Petition, Petition.id == Term.petition_id)
    ended = columns.where(Term.kind.in_(_TERM_STAGES), Term.met_on.is_not(None), *_those(among))
    for kind, started_on, met_on in w.session.execute(ended):
        if met_on is not None:
            days[kind.value].append((met_on - started_on).days)
    reached = select(Petition.opened_at, Petition.reached_at).where(*_those(among))
    for opened, at in w.session.execute(reached):
        if opened is not None and at is not None:
            days["collecting"].append((w.day_of(at) - w.day_of(opened)).days)
    return [StageTime(stage, len(n), float(median(n)) if n else None) for stage, n in days.items()]


def answer_times(w: Work, among: Among | None = None, *, missing_too: bool = False) -> list[AnswerTime]:
    """The answers that were given to listed petitions, and with `missing_too` those that are still owed."""
    query = (
        select(Term.petition_id, Term.authority, Term.started_on, Term.due_on, Term.met_on, Term.missed_on)
        .join(Petition, Petition.id == Term.petition_id)
        .where(Term.kind == TermKind.ANSWER, Term.cancelled_on.is_(None), Term.authority.is_not(None))
        .where(*_those(among))
        .order_by(Term.petition_id, Term.id)
    )
    if not missing_too:
        query = query.where(Term.met_on.is_not(None))
    return [_answer_time(w, row) for row in w.session.execute(query)]


def site_funnel(w: Work, since: date | None = None) -> list[SiteFunnel]:
    """The equation of the whole site day by day; a day on which the job did not run has no row."""
    names = SiteFunnel.__dataclass_fields__
    query = select(*(getattr(FrozenDay, name) for name in names)).order_by(FrozenDay.day)
    if since is not None:
        query = query.where(FrozenDay.day >= since)
    return [SiteFunnel(*row) for row in w.session.execute(query)]


def _those(among: Among | None) -> tuple[ColumnElement[bool], ...]:
    return (listed(),) if among is None else (listed(), Petition.id.in_(among))


def _answer_time(w: Work, row: Row[Any]) -> AnswerTime:
    late = is_late(w, row.due_on, row.met_on, row.missed_on)
    days = ((row.met_on or w.today) - row.started_on).days
    dates = (row.started_on, row.due_on, row.met_on)
    return AnswerTime(row.authority, *dates, late, row.petition_id, days)
