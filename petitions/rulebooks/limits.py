"""The threshold tables of rulebook.toml: their kinds, their limits and their rising order."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import StrEnum

from petitions.domain.rulebook import (
    Areas,
    Band,
    Bands,
    Base,
    Basis,
    Column,
    Fixed,
    Milestone,
    PerArea,
    Percent,
    Rounding,
    Threshold,
)
from petitions.rulebooks.reader import TableReader

COLUMN = re.compile(r"[a-z][a-z0-9_]*")
MOST_DECIMALS = 9
WHOLE = 100


class _Kind(StrEnum):
    FIXED = "fixed"
    PERCENT = "percent"
    BANDS = "bands"
    AREAS = "areas"


class _AreaKind(StrEnum):
    FIXED = "fixed"
    PERCENT = "percent"
    BANDS = "bands"
    COLUMN = "column"


def read_threshold(table: TableReader) -> Threshold:
    """The threshold rule of a milestone."""
    kind = table.choice("kind", _Kind)
    rule = _areas(table) if kind is _Kind.AREAS else _simple(table, kind.value)
    _close(table)
    return rule


def check_rising(milestones: Sequence[Milestone], rows: Sequence[TableReader]) -> None:
    """Milestones rise: where two neighbours can be compared without an area, the later one asks for more."""
    for n in range(1, len(milestones)):
        earlier, later = _size(milestones[n - 1].threshold), _size(milestones[n].threshold)
        if earlier[0] == later[0] and later[1] <= earlier[1]:
            rows[n].fault("threshold", "milestones-order")


def _size(rule: Threshold) -> tuple[str, Decimal | int]:
    """What makes a rule comparable, and its size; rules of bands can only be compared for a given area."""
    if isinstance(rule, Percent):
        return f"percent {rule.of}", rule.percent
    if isinstance(rule, Bands):
        return f"bands {id(rule)}", 0
    return "count", rule.count if isinstance(rule, Fixed) else rule.total


def _simple(table: TableReader, kind: str) -> Fixed | Percent | Bands:
    readers: dict[str, Callable[[TableReader], Fixed | Percent | Bands]] = {
        "fixed": _fixed,
        "percent": _percent,
        "bands": _bands,
    }
    return readers[kind](table)


def _areas(table: TableReader) -> Areas:
    return Areas(
        total=table.whole("total", least=1),
        min_areas=table.whole("min_areas", least=1),
        per_area=_per_area(table.table("per_area")),
    )


def _per_area(table: TableReader) -> PerArea:
    kind = table.choice("kind", _AreaKind)
    rule = _column(table) if kind is _AreaKind.COLUMN else _simple(table, kind.value)
    _close(table)
    return rule


def _column(table: TableReader) -> Column:
    times = table.decimal("times")
    if times <= 0:
        table.fault("times", "number-small", least=1)
    return Column(table.text("name", COLUMN), times)


def _fixed(table: TableReader) -> Fixed:
    return Fixed(table.whole("count", least=1))


def _percent(table: TableReader) -> Percent:
    rule = Percent(
        percent=_percentage(table),
        of=table.choice("of", Base),
        floor=table.whole_or_none("floor", least=1),
        cap=table.whole_or_none("cap", least=1),
        rounding=table.choice("rounding", Rounding, default=Rounding.CEIL),
    )
    if rule.floor is not None and rule.cap is not None and rule.floor > rule.cap:
        table.fault("floor", "floor-above-cap")
    return rule


def _percentage(table: TableReader) -> Decimal:
    percent = table.decimal("percent")
    exponent = percent.as_tuple().exponent
    if not 0 < percent <= WHOLE or not isinstance(exponent, int) or exponent < -MOST_DECIMALS:
        table.fault("percent", "percent-range")
        return Decimal(1)
    return percent


def _bands(table: TableReader) -> Bands:
    of, rows = table.choice("of", Base), table.tables("bands")
    bands = tuple(_band(row) for row in rows)
    ends = [band.up_to for band in bands[:-1]]
    rising = all(end is not None for end in ends) and ends == sorted({end for end in ends if end is not None})
    if bands and (not rising or bands[-1].up_to is not None):
        table.fault("bands", "bands-order")
    return Bands(of, bands or (Band(None, count=1),))


def _band(table: TableReader) -> Band:
    band = Band(
        up_to=table.whole_or_none("up_to", least=1),
        percent=_percentage(table) if table.has("percent") else None,
        count=table.whole_or_none("count", least=1),
    )
    if (band.percent is None) == (band.count is None):
        table.findings.error(table.place, "band-amount")
    _close(table)
    return band


def _close(table: TableReader) -> None:
    """A threshold's tables may carry basis and article too; those of the milestone are what readers see."""
    table.choice("basis", Basis, default=Basis.LAW)
    table.text("article", default="")
    table.close()
