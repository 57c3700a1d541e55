"""The tables of a rulebook folder, read as the register reads its own; faults are named by file and line."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from authorities.cells import Line, read_table
from authorities.tables import LONGEST_NAME, AreaLine, AuthorityLine, parse_areas, parse_authorities
from petitions.domain.calendar import DayKind
from petitions.domain.thresholds import AreaFigures
from petitions.rulebooks.calendars import DayOverride
from petitions.rulebooks.faults import Findings

AREAS, AUTHORITIES, HOLIDAYS = "areas.csv", "authorities.csv", "holidays.csv"
HOLIDAY_COLUMNS = ("date", "kind")
DAY_KINDS = [kind.value for kind in DayKind]


def read_areas(folder: Path, languages: Sequence[str], findings: Findings) -> tuple[AreaLine, ...]:
    """The areas of a folder: one whole tree; those with a fault are among them."""
    text = read_text(folder / AREAS, findings)
    if text is None:
        return ()
    areas, faults = parse_areas(text, languages=languages, keep=True)
    findings.table(AREAS, faults)
    return areas


def read_authorities(
    folder: Path, languages: Sequence[str], areas: Sequence[AreaLine], findings: Findings
) -> tuple[AuthorityLine, ...]:
    """The authorities of a folder, all of them in its areas; those with a fault are among them."""
    text = read_text(folder / AUTHORITIES, findings)
    if text is None:
        return ()
    known = {area.code for area in areas}
    authorities, faults = parse_authorities(text, known, languages=languages, keep=True)
    # Where no area could be read, the fault is that of areas.csv, not one of every authority.
    findings.table(AUTHORITIES, [fault for fault in faults if known or fault.code != "area-unknown"])
    for authority in authorities:
        if not authority.email:
            findings.warning(f"{AUTHORITIES}:{authority.line}", "email-missing")
    return authorities


def read_overrides(folder: Path, languages: Sequence[str], findings: Findings) -> tuple[DayOverride, ...]:
    """The rulebook's own days off and working days; the file is optional."""
    path = folder / HOLIDAYS
    text = read_text(path, findings) if path.exists() else None
    if text is None:
        return ()
    lines, faults = read_table(text, HOLIDAY_COLUMNS, languages, may_be_empty=True)
    overrides = tuple(_overrides(lines, languages))
    findings.table(HOLIDAYS, faults)
    return overrides


def read_text(path: Path, findings: Findings) -> str | None:
    """A UTF-8 text with or without a byte order mark; None, and a fault, where there is none."""
    try:
        data = path.read_bytes()
    except OSError:
        findings.error(path.name, "file-missing")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        findings.error(f"{path.name}:{line}", "not-utf8")
        return None


def figures_of(area: AreaLine) -> AreaFigures:
    """The figures of an area, as thresholds take them."""
    return AreaFigures(area.code, area.population, area.electorate, area.as_of, area.source, area.more)


def _overrides(lines: Sequence[Line], languages: Sequence[str]) -> Iterator[DayOverride]:
    seen: dict[date, int] = {}
    for line in lines:
        line.text("date", LONGEST_NAME)
        day, kind = line.day("date"), line.choice("kind", DAY_KINDS)
        names = tuple(sorted(line.names(LONGEST_NAME, languages).items()))
        if day is not None and seen.setdefault(day, line.at) != line.at:
            line.fault("date", "date-twice", date=day, line=seen[day])
        if day is not None and kind in DAY_KINDS:
            yield DayOverride(day, DayKind(kind), names)
