"""Thresholds: from a rule and an area's figures to an exact number of signatures with its certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from core.refusal import Refusal
from petitions.domain.rulebook import (
    Areas,
    Band,
    Bands,
    Base,
    Column,
    Fixed,
    Milestone,
    PerArea,
    Percent,
    Rounding,
    Threshold,
    Tier,
)

# The parts of a goal, in per cent, that are told on the way; the whole is the milestone itself.
QUARTERS = (25, 50, 75)


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """The dated figures of one area; `columns` holds the further numeric columns of the area table."""

    code: str
    population: int | None = None
    electorate: int | None = None
    as_of: date | None = None
    source: str = ""
    columns: Mapping[str, Decimal] = field(default_factory=dict)

    def figure(self, name: str) -> Decimal | int | None:
        """A figure by the name of its column in the area table, None where it is missing."""
        own = {Base.POPULATION.value: self.population, Base.ELECTORATE.value: self.electorate}
        return own[name] if name in own else self.columns.get(name)


@dataclass(frozen=True, slots=True)
class AreaShare:
    """What one child area must contribute under an `areas` threshold."""

    area: str
    count: int
    base: str | None
    base_value: Decimal | int | None
    base_as_of: date | None
    source: str | None


@dataclass(frozen=True, slots=True)
class ThresholdCertificate:
    """Why a petition needs this number of signatures: frozen at publication, never computed again."""

    milestone: str
    count: int
    formula: str
    base: str | None
    base_value: int | None
    base_as_of: date | None
    source: str | None
    article: str
    basis: str
    min_areas: int | None = None
    areas: tuple[AreaShare, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a petition is: `percent` is whole, 0 to 100, and 100 only when the number is reached."""

    counted: int
    threshold: int
    remaining: int
    percent: int
    reached: bool


def certificate(
    milestone: Milestone, area: AreaFigures, children: Sequence[AreaFigures] = ()
) -> ThresholdCertificate:
    """The certificate of a milestone for an authority's area; only `areas` thresholds need the `children`.

    Raises Refusal `threshold-base-missing` (area, base) where a needed figure is missing or not positive, and
    `threshold-areas-too-few` (area, needed, found) where an area has fewer children than the rule asks for.
    """
    rule = milestone.threshold
    if isinstance(rule, Areas):
        return _areas_certificate(milestone, rule, area, children)
    share = _share(rule, area)
    return ThresholdCertificate(
        milestone=milestone.id,
        count=share.count,
        formula=formula(rule),
        base=share.base,
        base_value=None if share.base_value is None else int(share.base_value),
        base_as_of=share.base_as_of,
        source=share.source,
        article=milestone.article,
        basis=milestone.basis.value,
    )


def certificates(
    tier: Tier, area: AreaFigures, children: Sequence[AreaFigures] = ()
) -> tuple[ThresholdCertificate, ...]:
    """The certificates of all milestones of a tier, in the rulebook's order; refuses like `certificate`."""
    return tuple(certificate(milestone, area, children) for milestone in tier.milestones)


def progress(counted: int, threshold: int) -> Progress:
    """How far `counted` signatures are towards `threshold`; nothing below it ever shows as 100 per cent."""
    reached = counted >= threshold
    return Progress(
        counted=counted,
        threshold=threshold,
        remaining=max(0, threshold - counted),
        percent=100 if reached else max(0, counted) * 100 // threshold,
        reached=reached,
    )


def reached(proof: ThresholdCertificate, counted: int, by_area: Mapping[str, int]) -> bool:
    """Whether a milestone is reached: the total, and for `areas` thresholds enough areas with their own."""
    full = sum(by_area.get(share.area, 0) >= share.count for share in proof.areas)
    return counted >= proof.count and full >= (proof.min_areas or 0)


def quarters(counted: int, threshold: int) -> tuple[int, ...]:
    """Which of 25, 50 and 75 per cent of `threshold` are there; with `areas` thresholds of the number in all."""
    return tuple(percent for percent in QUARTERS if counted * 100 >= percent * threshold)


def bases_of(rule: Threshold | PerArea) -> frozenset[str]:
    """The names of the figures that a rule takes from the area it is applied to; `areas` takes none."""
    if isinstance(rule, Percent | Bands):
        return frozenset({rule.of.value})
    return frozenset({rule.name}) if isinstance(rule, Column) else frozenset()


def formula(rule: Threshold | PerArea) -> str:
    """The rule as one readable, stable line: `0.25 % of population, ceil, floor 1000, cap 50000`."""
    if isinstance(rule, Fixed):
        return f"fixed {rule.count}"
    if isinstance(rule, Percent):
        return _percent_formula(rule)
    if isinstance(rule, Bands):
        return _bands_formula(rule)
    if isinstance(rule, Column):
        return f"{_plain(rule.times)} times {rule.name}, ceil"
    return f"total {rule.total}, and in at least {rule.min_areas} areas: {formula(rule.per_area)}"


def share_of(base_value: int, percent: Decimal, rounding: Rounding = Rounding.CEIL) -> int:
    """An exact percentage of a figure, rounded as asked and never below one signature."""
    exact = Fraction(percent) * base_value / 100
    settled = {
        Rounding.CEIL: ceil(exact),
        Rounding.ROUND: floor(exact + Fraction(1, 2)),
        Rounding.FLOOR: floor(exact),
    }
    return max(1, settled[rounding])


def _areas_certificate(
    milestone: Milestone, rule: Areas, area: AreaFigures, children: Sequence[AreaFigures]
) -> ThresholdCertificate:
    if len(children) < rule.min_areas:
        raise Refusal("threshold-areas-too-few", area=area.code, needed=rule.min_areas, found=len(children))
    return ThresholdCertificate(
        milestone=milestone.id,
        count=rule.total,
        formula=formula(rule),
        base=None,
        base_value=None,
        base_as_of=None,
        source=None,
        article=milestone.article,
        basis=milestone.basis.value,
        min_areas=rule.min_areas,
        areas=tuple(_share(rule.per_area, child) for child in children),
    )


def _share(rule: PerArea, area: AreaFigures) -> AreaShare:
    if isinstance(rule, Fixed):
        return AreaShare(area.code, rule.count, None, None, None, None)
    if isinstance(rule, Column):
        number = _positive(area, rule.name)
        return AreaShare(area.code, ceil(number * rule.times), rule.name, number, area.as_of, area.source)
    value = int(_positive(area, rule.of.value))
    count = _of_bands(rule, value) if isinstance(rule, Bands) else _of_percent(rule, value)
    return AreaShare(area.code, count, rule.of.value, value, area.as_of, area.source)


def _of_percent(rule: Percent, value: int) -> int:
    count = max(share_of(value, rule.percent, rule.rounding), rule.floor or 1)
    return count if rule.cap is None else min(count, rule.cap)


def _of_bands(rule: Bands, value: int) -> int:
    band = next(band for band in rule.bands if band.up_to is None or value <= band.up_to)
    if band.percent is None:
        return band.count or 1
    return share_of(value, band.percent)


def _positive(area: AreaFigures, base: str) -> Decimal:
    value = area.figure(base)
    if value is None or value <= 0:
        raise Refusal("threshold-base-missing", area=area.code, base=base)
    return Decimal(value)


def _percent_formula(rule: Percent) -> str:
    parts = [f"{_plain(rule.percent)} % of {rule.of.value}", rule.rounding.value]
    if rule.floor is not None:
        parts.append(f"floor {rule.floor}")
    if rule.cap is not None:
        parts.append(f"cap {rule.cap}")
    return ", ".join(parts)


def _bands_formula(rule: Bands) -> str:
    parts = [_band_formula(band, rule.of) for band in rule.bands]
    return ", ".join([*parts, "ceil"])


def _band_formula(band: Band, of: Base) -> str:
    amount = f"{band.count}" if band.percent is None else f"{_plain(band.percent)} % of {of.value}"
    return f"else {amount}" if band.up_to is None else f"{amount} up to {band.up_to}"


def _plain(number: Decimal) -> str:
    """A decimal without exponent or trailing zeros: 1.0 is `1`, 1E+2 is `100`."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
