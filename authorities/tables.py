"""areas.csv and authorities.csv: frozen rows, or every fault with its line and column; knows no database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

from authorities.cells import LANGUAGES, NAME, Line, read_table
from authorities.faults import Fault

AREA_COLUMNS = ("code", "parent", "kind", "population", "electorate", "as_of", "source")
AUTHORITY_COLUMNS = ("code", "area", "branch", "email", "supervisor", "valid_from", "valid_to")
BRANCHES = ("executive", "representative")
INVENTED = "invented"
LONGEST_CODE = {"area": 32, "authority": 64}
LONGEST_KIND = 64
LONGEST_NAME = 200
LONGEST_SOURCE = 400
LONGEST_PATH = 400

Row = TypeVar("Row", "AreaLine", "AuthorityLine")
Parents = Mapping[str, str | None]
"""The parent of each area by code; None for the root."""


@dataclass(frozen=True, slots=True)
class AreaLine:
    """An area as the file has it; `more` are the further numeric columns, without `invented` (None: not said)."""

    line: int
    code: str
    parent: str | None
    kind: str
    names: Mapping[str, str]
    population: int | None = None
    electorate: int | None = None
    as_of: date | None = None
    source: str = ""
    more: Mapping[str, Decimal] = field(default_factory=dict)
    invented: bool | None = None

    @property
    def has_figures(self) -> bool:
        """Whether the row says anything that has a date."""
        return self.population is not None or self.electorate is not None or bool(self.more)


@dataclass(frozen=True, slots=True)
class AuthorityLine:
    """A body as the file has it."""

    line: int
    code: str
    area: str
    branch: str
    names: Mapping[str, str]
    email: str
    supervisor: str | None
    valid_from: date | None
    valid_to: date | None


def parse_areas(
    source: str | bytes,
    known: Parents = MappingProxyType({}),
    languages: Sequence[str] = LANGUAGES,
    *,
    keep: bool = False,
) -> tuple[tuple[AreaLine, ...], tuple[Fault, ...]]:
    """The areas of a file (RULEBOOK: areas.csv), or no rows and its faults in the order of lines.

    `known` are the areas of the register: a file may hold a part of the tree whose parents are there.
    `keep` gives the rows beside their faults, for checks that go on to name all that is wrong at once.
    """
    lines, faults = read_table(source, AREA_COLUMNS, languages, further=True)
    rows = tuple(_area(line, languages) for line in lines)
    _check_unique(rows, faults)
    _check_tree(rows, known, faults)
    return _result(rows, faults, keep=keep)


def parse_authorities(
    source: str | bytes,
    known_area_codes: Collection[str],
    known: Mapping[str, str | None] = MappingProxyType({}),
    languages: Sequence[str] = LANGUAGES,
    *,
    keep: bool = False,
) -> tuple[tuple[AuthorityLine, ...], tuple[Fault, ...]]:
    """The bodies of a file (RULEBOOK: authorities.csv), or no rows and its faults in the order of lines.

    `known` are the bodies of the register with their supervisors; `keep` is that of `parse_areas`.
    """
    lines, faults = read_table(source, AUTHORITY_COLUMNS, languages)
    rows = tuple(_authority(line, languages) for line in lines)
    _check_unique(rows, faults)
    areas = frozenset(known_area_codes)
    for row in rows:
        if row.area and row.area not in areas:
            faults.append(Fault(row.line, "area", "area-unknown", {"value": row.area}))
    _check_supervisors(rows, known, faults)
    return _result(rows, faults, keep=keep)


def path_of(code: str, parents: Parents) -> tuple[str, ...] | None:
    """The codes from the root down to `code`; None where they never end or would not fit into a path."""
    codes, length = [code], len(code) + 1
    while (parent := parents.get(codes[-1])) is not None:
        codes.append(parent)
        length += len(parent) + 1
        if length > LONGEST_PATH:
            return None
    return tuple(reversed(codes))


def _result(
    rows: tuple[Row, ...], faults: list[Fault], *, keep: bool
) -> tuple[tuple[Row, ...], tuple[Fault, ...]]:
    in_order = tuple(sorted(faults, key=lambda fault: (fault.line, fault.column)))
    return (() if faults and not keep else rows), in_order


def _area(line: Line, languages: Sequence[str]) -> AreaLine:
    named = line.cells.keys() - {*AREA_COLUMNS, INVENTED}
    further = {column: line.number(column) for column in sorted(named) if not NAME.fullmatch(column)}
    row = AreaLine(
        line=line.at,
        code=line.code("code", LONGEST_CODE["area"]),
        parent=line.code("parent", LONGEST_CODE["area"], needed=False) or None,
        kind=line.kind("kind", LONGEST_KIND),
        names=line.names(LONGEST_NAME, languages),
        population=line.whole("population"),
        electorate=line.whole("electorate"),
        as_of=line.day("as_of"),
        source=line.text("source", LONGEST_SOURCE, needed=False),
        more={column: number for column, number in further.items() if number is not None},
        invented=_invented(line),
    )
    _check_figures(line, row)
    return row


def _invented(line: Line) -> bool | None:
    return line.choice(INVENTED, ("0", "1")) == "1" if line.cells.get(INVENTED) else None


def _check_figures(line: Line, row: AreaLine) -> None:
    if row.has_figures and not line.cells["as_of"]:
        line.fault("as_of", "figure-undated")
    if row.has_figures and not row.source:
        line.fault("source", "figure-unsourced")


def _authority(line: Line, languages: Sequence[str]) -> AuthorityLine:
    row = AuthorityLine(
        line=line.at,
        code=line.code("code", LONGEST_CODE["authority"]),
        area=line.code("area", LONGEST_CODE["area"]),
        branch=line.choice("branch", BRANCHES),
        names=line.names(LONGEST_NAME, languages),
        email=line.email("email"),
        supervisor=line.code("supervisor", LONGEST_CODE["authority"], needed=False) or None,
        valid_from=line.day("valid_from"),
        valid_to=line.day("valid_to"),
    )
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        line.fault("valid_to", "dates-backwards")
    return row


def _check_unique(rows: Sequence[AreaLine] | Sequence[AuthorityLine], faults: list[Fault]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        first = seen.setdefault(row.code, row.line)
        if row.code and first != row.line:
            faults.append(Fault(row.line, "code", "code-twice", {"value": row.code, "other": first}))


def _check_tree(rows: Sequence[AreaLine], known: Parents, faults: list[Fault]) -> None:
    """One root, every parent known, no area inside itself, and no deeper than a path can say."""
    parents = {**known, **{row.code: row.parent for row in rows}}
    _check_root(rows, parents, faults)
    loops = _loops(parents)
    for row in rows:
        if row.parent is not None and row.parent not in parents:
            faults.append(Fault(row.line, "parent", "parent-unknown", {"value": row.parent}))
        elif row.code in loops:
            faults.append(Fault(row.line, "parent", "parent-cycle", {"value": row.code}))
        elif not loops and path_of(row.code, parents) is None:
            faults.append(Fault(row.line, "parent", "too-deep"))


def _check_root(rows: Sequence[AreaLine], parents: Parents, faults: list[Fault]) -> None:
    roots = [code for code, parent in parents.items() if parent is None]
    if rows and not roots:
        faults.append(Fault(rows[0].line, "parent", "root-missing"))
    for row in rows:
        if row.parent is None and row.code != roots[0]:
            faults.append(Fault(row.line, "parent", "root-second", {"other": roots[0]}))


def _check_supervisors(
    rows: Sequence[AuthorityLine], known: Mapping[str, str | None], faults: list[Fault]
) -> None:
    supervisors = {**known, **{row.code: row.supervisor for row in rows}}
    loops = _loops(supervisors)
    for row in rows:
        if row.supervisor is not None and row.supervisor not in supervisors:
            faults.append(Fault(row.line, "supervisor", "supervisor-unknown", {"value": row.supervisor}))
        elif row.code in loops:
            faults.append(Fault(row.line, "supervisor", "supervisor-cycle", {"value": row.code}))


def _loops(above: Mapping[str, str | None]) -> frozenset[str]:
    """Every code from which the way up comes back to it; each code is passed once."""
    done: set[str] = set()
    loops: set[str] = set()
    for start in above:
        way: dict[str, int] = {}
        step: str | None = start
        while step is not None and step not in done and step not in way:
            way[step] = len(way)
            step = above.get(step)
        if step in way:
            loops.update(code for code, place in way.items() if place >= way[step])
        done.update(way)
    return frozenset(loops)
