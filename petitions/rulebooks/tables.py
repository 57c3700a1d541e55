"""areas.csv, authorities.csv and holidays.csv: each row checked, every fault named by file and line."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from petitions.domain.calendar import DayKind
from petitions.domain.rulebook import Branch, Texts
from petitions.domain.thresholds import AreaFigures
from petitions.rulebooks.calendars import DayOverride
from petitions.rulebooks.faults import Findings

AREAS, AUTHORITIES, HOLIDAYS = "areas.csv", "authorities.csv", "holidays.csv"
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
KIND = re.compile(r"[a-z][a-z0-9_-]*")
EMAIL = re.compile(r"[^@\s,;<>]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
WHOLE = re.compile(r"[0-9]{1,12}")
NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
NEGATIVE = re.compile(r"[-−][0-9.]+")
BRANCHES = (Branch.EXECUTIVE.value, Branch.REPRESENTATIVE.value)
AREA_COLUMNS = ("code", "parent", "kind", "population", "electorate", "as_of", "source")
AUTHORITY_COLUMNS = ("code", "area", "branch", "email", "supervisor", "valid_from", "valid_to")
HOLIDAY_COLUMNS = ("date", "kind")


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area with its dated figures; `line` is where it stands in areas.csv."""

    code: str
    parent: str | None
    kind: str
    names: Texts
    figures: AreaFigures
    line: int


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """A body of one area and branch; `line` is where it stands in authorities.csv."""

    code: str
    area: str
    branch: str
    names: Texts
    email: str
    supervisor: str | None
    valid_from: date | None
    valid_to: date | None
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, with what is needed to complain about a cell of it."""

    file: str
    line: int
    cells: Mapping[str, str]
    findings: Findings

    def fault(self, code: str, /, **facts: object) -> None:
        """Record an error at this line."""
        self.findings.error(f"{self.file}:{self.line}", code, **facts)

    def warn(self, code: str, /, **facts: object) -> None:
        """Record a warning at this line."""
        self.findings.warning(f"{self.file}:{self.line}", code, **facts)

    def cell(self, column: str) -> str:
        """A cell that may be empty."""
        return self.cells.get(column, "")

    def needed(self, column: str, form: re.Pattern[str] | None = None) -> str:
        """A cell that must hold something, of a given form where one is named."""
        value = self.cell(column)
        if not value:
            self.fault("cell-empty", column=column)
        elif form is not None and not form.fullmatch(value):
            self.fault("cell-form", column=column, value=value, form=form.pattern)
        return value

    def choice(self, column: str, choices: Sequence[str]) -> str:
        """A cell that holds one of a few words."""
        value = self.needed(column)
        if value and value not in choices:
            self.fault("cell-choice", column=column, value=value, choices=", ".join(choices))
        return value

    def number(self, column: str, form: re.Pattern[str]) -> Decimal | None:
        """A number that is not negative, or None for an empty cell."""
        value = self.cell(column)
        if not value:
            return None
        if form.fullmatch(value):
            return Decimal(value)
        code = "cell-negative" if NEGATIVE.fullmatch(value) else "cell-number"
        self.fault(code, column=column, value=value)
        return None

    def day(self, column: str) -> date | None:
        """A date of the form YYYY-MM-DD, or None for an empty cell."""
        value = self.cell(column)
        if value and not is_date(value):
            self.fault("cell-date", column=column, value=value)
            return None
        return date.fromisoformat(value) if value else None

    def names(self, languages: tuple[str, ...]) -> Texts:
        """The names in every language of the rulebook and in any further one."""
        for language in languages:
            self.needed(f"name_{language}")
        names = {key.removeprefix("name_"): self.cell(key) for key in self.cells if key.startswith("name_")}
        return {language: name for language, name in names.items() if name}


def is_date(text: str) -> bool:
    """Whether a text is a date of the form YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def read_areas(folder: Path, languages: tuple[str, ...], findings: Findings) -> tuple[AreaRow, ...]:
    """The areas of a folder: one tree with one root, codes unique, figures never negative."""
    rows = _rows(folder / AREAS, _needed(AREA_COLUMNS, languages), findings, further=True)
    areas = tuple(_area(row, languages) for row in rows)
    _check_unique(rows, "code")
    _check_tree(areas, rows)
    return areas


def read_authorities(
    folder: Path, languages: tuple[str, ...], areas: Sequence[AreaRow], findings: Findings
) -> tuple[AuthorityRow, ...]:
    """The authorities of a folder: area and supervisor known, codes unique, validity in order."""
    rows = _rows(folder / AUTHORITIES, _needed(AUTHORITY_COLUMNS, languages), findings)
    authorities = tuple(_authority(row, languages) for row in rows)
    _check_unique(rows, "code")
    known = {area.code for area in areas}
    for authority, row in zip(authorities, rows, strict=True):
        if authority.area and authority.area not in known:
            row.fault("area-unknown", area=authority.area)
    _check_supervisors(authorities, rows)
    return authorities


def read_overrides(folder: Path, languages: tuple[str, ...], findings: Findings) -> tuple[DayOverride, ...]:
    """The rulebook's own days off and working days; the file is optional."""
    path = folder / HOLIDAYS
    if not path.exists():
        return ()
    rows = _rows(path, _needed(HOLIDAY_COLUMNS, languages), findings, may_be_empty=True)
    _check_unique(rows, "date")
    overrides = (_override(row, languages) for row in rows)
    return tuple(override for override in overrides if override is not None)


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


def _rows(
    path: Path,
    needed: Sequence[str],
    findings: Findings,
    *,
    further: bool = False,
    may_be_empty: bool = False,
) -> list[Row]:
    text = read_text(path, findings)
    if text is None:
        return []
    lines = list(_lines(text, path.name, findings))
    if not lines or not _header_is_good(lines[0][1], needed, path.name, findings, further=further):
        _note_empty(lines, path.name, findings)
        return []
    header = lines[0][1]
    rows = [_row(path.name, line, header, cells, findings) for line, cells in lines[1:]]
    if not rows and not may_be_empty:
        findings.error(path.name, "no-rows")
    return [row for row in rows if row is not None]


def _needed(columns: Sequence[str], languages: tuple[str, ...]) -> list[str]:
    return [*columns, *(f"name_{language}" for language in languages)]


def _note_empty(lines: Sequence[object], file: str, findings: Findings) -> None:
    if not lines:
        findings.error(f"{file}:1", "no-rows")


def _lines(text: str, file: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold something, each with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    first = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield first, stripped
            first = reader.line_num + 1
    except csv.Error as error:
        findings.error(f"{file}:{reader.line_num}", "csv-syntax", detail=str(error))


def _header_is_good(
    header: list[str], needed: Sequence[str], file: str, findings: Findings, *, further: bool
) -> bool:
    missing = [column for column in needed if column not in header]
    for column in missing:
        findings.error(f"{file}:1", "column-missing", column=column)
    for column in {column for column in header if header.count(column) > 1}:
        findings.error(f"{file}:1", "column-twice", column=column)
    for column in header:
        if (
            column not in needed
            and not column.startswith("name_")
            and not (further and KIND.fullmatch(column))
        ):
            findings.error(f"{file}:1", "column-unknown", column=column)
    return not missing


def _row(file: str, line: int, header: list[str], cells: list[str], findings: Findings) -> Row | None:
    if len(cells) != len(header):
        findings.error(f"{file}:{line}", "cells-count", found=len(cells), needed=len(header))
        return None
    return Row(file, line, dict(zip(header, cells, strict=True)), findings)


def _area(row: Row, languages: tuple[str, ...]) -> AreaRow:
    code = row.needed("code", CODE)
    return AreaRow(
        code=code,
        parent=row.cell("parent") or None,
        kind=row.needed("kind", KIND),
        names=row.names(languages),
        figures=_figures(row, code),
        line=row.line,
    )


def _figures(row: Row, code: str) -> AreaFigures:
    population, electorate = row.number("population", WHOLE), row.number("electorate", WHOLE)
    as_of = row.day("as_of")
    if population is not None or electorate is not None:
        row.needed("as_of")
        row.needed("source")
    further = [key for key in row.cells if key not in AREA_COLUMNS and not key.startswith("name_")]
    columns = {key: row.number(key, NUMBER) for key in further}
    return AreaFigures(
        code=code,
        population=None if population is None else int(population),
        electorate=None if electorate is None else int(electorate),
        as_of=as_of,
        source=row.cell("source"),
        columns={key: value for key, value in columns.items() if value is not None},
    )


def _authority(row: Row, languages: tuple[str, ...]) -> AuthorityRow:
    valid_from, valid_to = row.day("valid_from"), row.day("valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        row.fault("validity-backwards")
    return AuthorityRow(
        code=row.needed("code", CODE),
        area=row.needed("area"),
        branch=row.choice("branch", BRANCHES),
        names=row.names(languages),
        email=_email(row),
        supervisor=row.cell("supervisor") or None,
        valid_from=valid_from,
        valid_to=valid_to,
        line=row.line,
    )


def _email(row: Row) -> str:
    email = row.cell("email")
    if not email:
        row.warn("email-missing")
    elif not EMAIL.fullmatch(email):
        row.fault("cell-form", column="email", value=email, form="name@domain")
    return email


def _override(row: Row, languages: tuple[str, ...]) -> DayOverride | None:
    row.needed("date")
    day, kind = row.day("date"), row.choice("kind", [kind.value for kind in DayKind])
    names = tuple(sorted(row.names(languages).items()))
    if day is None or kind not in [known.value for known in DayKind]:
        return None
    return DayOverride(day, DayKind(kind), names)


def _check_unique(rows: Sequence[Row], column: str) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        value = row.cell(column)
        if value in seen:
            row.fault(f"{column}-twice", **{column: value}, line=seen[value])
        elif value:
            seen[value] = row.line


def _check_tree(areas: Sequence[AreaRow], rows: Sequence[Row]) -> None:
    parents = {area.code: area.parent for area in areas}
    roots = [area.code for area in areas if area.parent is None]
    if areas and not roots:
        rows[0].fault("root-missing")
    for area, row in zip(areas, rows, strict=True):
        if area.parent is None and area.code != roots[0]:
            row.fault("root-second", root=roots[0])
        elif area.parent is not None and area.parent not in parents:
            row.fault("parent-unknown", parent=area.parent)
        elif _climbs_to_itself(area.code, parents.get):
            row.fault("parent-cycle", code=area.code)


def _check_supervisors(authorities: Sequence[AuthorityRow], rows: Sequence[Row]) -> None:
    supervisors = {authority.code: authority.supervisor for authority in authorities}
    for authority, row in zip(authorities, rows, strict=True):
        if authority.supervisor is not None and authority.supervisor not in supervisors:
            row.fault("supervisor-unknown", supervisor=authority.supervisor)
        elif _climbs_to_itself(authority.code, supervisors.get):
            row.fault("supervisor-cycle", code=authority.code)


def _climbs_to_itself(code: str, above: Callable[[str], str | None]) -> bool:
    """Whether the way up from a code comes back to it; a loop further up is named where it is."""
    seen: set[str] = set()
    step = above(code)
    while step is not None and step not in seen:
        if step == code:
            return True
        seen.add(step)
        step = above(step)
    return False
