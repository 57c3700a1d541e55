"""Rulebook folders: loaded, checked against their own tables, and turned into thresholds per authority."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from authorities.tables import AreaLine, AuthorityLine
from core.refusal import Refusal
from petitions.domain.calendar import WorkCalendar
from petitions.domain.rulebook import Areas, PerArea, Rulebook, Threshold, Tier
from petitions.domain.thresholds import AreaFigures, ThresholdCertificate, bases_of, certificates
from petitions.rulebooks.calendars import (
    FIRST_YEAR,
    LAST_YEAR,
    DayOverride,
    calendar_for,
    knows_holidays,
)
from petitions.rulebooks.faults import Fault, Findings, RulebookFaults
from petitions.rulebooks.reader import FILE
from petitions.rulebooks.tables import (
    AREAS,
    AUTHORITIES,
    figures_of,
    read_areas,
    read_authorities,
    read_overrides,
    read_text,
)
from petitions.rulebooks.toml import read_rulebook


@dataclass(frozen=True, slots=True)
class LoadedRulebook:
    """A rulebook folder that can be used: the rules, their text, the register, the days, and the warnings."""

    rulebook: Rulebook
    toml: str
    areas: tuple[AreaLine, ...]
    authorities: tuple[AuthorityLine, ...]
    overrides: tuple[DayOverride, ...]
    warnings: tuple[Fault, ...]

    def calendar(self, first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR) -> WorkCalendar:
        """The work calendar of the rulebook with its own holidays.csv, for whole years."""
        return calendar_for(self.rulebook, first_year, last_year, self.overrides)

    def area(self, code: str) -> AreaLine:
        """The area with this code; Refusal `area-unknown` if there is none."""
        for area in self.areas:
            if area.code == code:
                return area
        raise Refusal("area-unknown", area=code)

    def children(self, code: str) -> tuple[AreaLine, ...]:
        """The areas directly below an area."""
        return tuple(area for area in self.areas if area.parent == code)


@dataclass(frozen=True, slots=True)
class AuthorityThreshold:
    """What one authority's petitions need: one line per authority and milestone."""

    authority: AuthorityLine
    area: AreaLine
    tier: Tier
    certificate: ThresholdCertificate


def load_rulebook(path: Path | str) -> LoadedRulebook:
    """A rulebook folder, ready for use; raises RulebookFaults with every error and warning that it has."""
    findings = Findings()
    loaded = _load(Path(path), findings)
    if loaded is None or findings.broken:
        raise RulebookFaults(tuple(findings.found))
    return loaded


def load_terms(path: Path | str) -> tuple[Rulebook, tuple[DayOverride, ...]]:
    """Only the rules and the days of a folder, which is all that the clock needs; raises RulebookFaults."""
    findings = Findings()
    rulebook, _text = _rules(Path(path), findings)
    if rulebook is None or findings.broken:
        raise RulebookFaults(tuple(findings.found))
    overrides = read_overrides(Path(path), rulebook.languages, findings)
    findings.stop_if_broken()
    return rulebook, overrides


def check(path: Path | str) -> tuple[Fault, ...]:
    """Every error and warning of a rulebook folder; a folder without errors can be loaded."""
    findings = Findings()
    _load(Path(path), findings)
    return tuple(findings.found)


def thresholds_of(loaded: LoadedRulebook) -> tuple[AuthorityThreshold, ...]:
    """The certificate of each authority and milestone, in the order of authorities.csv.

    An authority that no tier serves has none; the warnings of the rulebook name it.
    """
    return tuple(
        AuthorityThreshold(authority, area, tier, proof)
        for authority, area, tier in _served(loaded.rulebook, loaded.areas, loaded.authorities)
        for proof in certificates(tier, figures_of(area), _figures(loaded.children(area.code)))
    )


@dataclass(slots=True)
class _Check:
    """The checks that need rules and register together."""

    rulebook: Rulebook
    areas: tuple[AreaLine, ...]
    authorities: tuple[AuthorityLine, ...]
    findings: Findings
    lacking: set[tuple[str, str]] = field(default_factory=set)

    def run(self) -> None:
        """Bases first: only where all figures are there can thresholds be compared."""
        self._kinds()
        self._unserved()
        for area in self.areas:
            for tier in self._tiers_of(area.kind):
                self._bases(tier, area)
        if not self.findings.broken:
            self._rising()

    def _tiers_of(self, kind: str) -> Iterable[Tier]:
        return (tier for tier in self.rulebook.tiers if kind in tier.area_kinds)

    def _kinds(self) -> None:
        named: set[str] = set()
        for area in self.areas:
            if area.kind and area.kind not in named and not any(self._tiers_of(area.kind)):
                self.findings.warning(f"{AREAS}:{area.line}", "kind-without-tier", kind=area.kind)
            named.add(area.kind)

    def _unserved(self) -> None:
        kinds = {area.code: area.kind for area in self.areas}
        for body in self.authorities:
            kind = kinds.get(body.area)
            if kind and body.branch and not self.rulebook.tier_for(kind, body.branch):
                place = f"{AUTHORITIES}:{body.line}"
                facts = {"kind": kind, "branch": body.branch}
                self.findings.warning(place, "authority-without-tier", code=body.code, **facts)

    def _bases(self, tier: Tier, area: AreaLine) -> None:
        for milestone in tier.milestones:
            rule = milestone.threshold
            if isinstance(rule, Areas):
                self._child_bases(tier, rule, area)
            else:
                self._own_bases(tier, rule, area)

    def _child_bases(self, tier: Tier, rule: Areas, area: AreaLine) -> None:
        children = [child for child in self.areas if child.parent == area.code]
        if len(children) < rule.min_areas:
            facts = {"tier": tier.id, "area": area.code, "needed": rule.min_areas, "found": len(children)}
            self.findings.error(f"{AREAS}:{area.line}", "areas-too-few", **facts)
        for child in children:
            self._own_bases(tier, rule.per_area, child)

    def _own_bases(self, tier: Tier, rule: Threshold | PerArea, area: AreaLine) -> None:
        for base in bases_of(rule):
            if not figures_of(area).figure(base) and (area.code, base) not in self.lacking:
                self.lacking.add((area.code, base))
                facts = {"tier": tier.id, "base": base, "area": area.code}
                self.findings.error(f"{AREAS}:{area.line}", "base-missing", **facts)

    def _rising(self) -> None:
        for body, area, tier in _served(self.rulebook, self.areas, self.authorities):
            children = [child for child in self.areas if child.parent == area.code]
            proofs = certificates(tier, figures_of(area), _figures(children))
            for earlier, later in pairwise(proofs):
                self._compare(body, tier, earlier, later)

    def _compare(
        self, body: AuthorityLine, tier: Tier, earlier: ThresholdCertificate, later: ThresholdCertificate
    ) -> None:
        if later.count < earlier.count:
            self.findings.error(f"{AUTHORITIES}:{body.line}", "milestones-order")
        elif later.count == earlier.count:
            self.findings.warning(f"{AUTHORITIES}:{body.line}", "milestones-equal", tier=tier.id)


def _load(folder: Path, findings: Findings) -> LoadedRulebook | None:
    rulebook, text = _rules(folder, findings)
    languages = rulebook.languages if rulebook else ()
    areas = read_areas(folder, languages, findings)
    authorities = read_authorities(folder, languages, areas, findings)
    overrides = read_overrides(folder, languages, findings)
    if rulebook is None:
        return None
    _Check(rulebook, areas, authorities, findings).run()
    return LoadedRulebook(rulebook, text, areas, authorities, overrides, tuple(findings.found))


def _rules(folder: Path, findings: Findings) -> tuple[Rulebook | None, str]:
    text = read_text(folder / FILE, findings)
    if text is None:
        return None, ""
    rulebook = read_rulebook(text, findings)
    country = rulebook.calendar.holidays if rulebook else ""
    if country and not knows_holidays(country):
        findings.error(f"{FILE}: calendar.holidays", "holidays-unknown", value=country)
    return rulebook, text


def _served(
    rulebook: Rulebook, areas: Sequence[AreaLine], authorities: Sequence[AuthorityLine]
) -> Iterable[tuple[AuthorityLine, AreaLine, Tier]]:
    by_code: Mapping[str, AreaLine] = {area.code: area for area in areas}
    for body in authorities:
        area = by_code[body.area]
        tier = rulebook.tier_for(area.kind, body.branch)
        if tier is not None:
            yield body, area, tier


def _figures(areas: Iterable[AreaLine]) -> list[AreaFigures]:
    return [figures_of(area) for area in areas]
