"""Reading the register: areas with the figures of a day, and bodies; each function asks the database once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, func, or_, select
from sqlalchemy.orm import aliased

from authorities.models import LONGEST_CODE, Area, AreaFigure, Authority
from authorities.names import fold
from core.i18n import localised, sort_key
from core.work import Work

LONGEST_QUERY = 100
Query = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Figure:
    """The figures of an area as of a date, with their source; `more` holds the further numeric columns."""

    area: str
    as_of: date
    population: int | None
    electorate: int | None
    source: str
    more: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area with its newest figure of the day that was asked for (None where there is none)."""

    code: str
    parent: str | None
    kind: str
    names: Mapping[str, str]
    level: int
    path: str
    invented: bool
    figure: Figure | None

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return localised(self.names)

    @property
    def selectable(self) -> bool:
        """Whether a person can say to live here: everywhere but the root."""
        return self.parent is not None

    @property
    def population(self) -> int | None:
        """Residents, where a figure is known."""
        return self.figure.population if self.figure else None

    @property
    def as_of(self) -> date | None:
        """The date of the figure."""
        return self.figure.as_of if self.figure else None

    @property
    def source(self) -> str | None:
        """Where the figure comes from."""
        return self.figure.source if self.figure else None

    @property
    def ancestors(self) -> tuple[str, ...]:
        """Codes from the root down to the parent."""
        return tuple(self.path.split("/")[:-2])

    def within(self, code: str) -> bool:
        """Whether the area is `code` or lies inside it."""
        return code == self.code or code in self.ancestors


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """A body with what a reader wants to know about its area and its supervisor."""

    code: str
    names: Mapping[str, str]
    area: str
    area_names: Mapping[str, str]
    area_kind: str
    area_level: int
    area_path: str
    area_invented: bool
    branch: str
    email: str
    supervisor: str | None
    supervisor_names: Mapping[str, str] | None
    valid_from: date | None
    valid_to: date | None

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return localised(self.names)

    @property
    def area_name(self) -> str:
        """The area's name in the reader's language."""
        return localised(self.area_names)

    @property
    def supervisor_name(self) -> str:
        """The supervisor's name in the reader's language, empty where there is none."""
        return localised(self.supervisor_names or {})

    def valid_on(self, day: date) -> bool:
        """Whether the body exists on that day; both ends count."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


@dataclass(frozen=True, slots=True)
class AreaGroup:
    """A part of a <select>: `label` is empty for the first level, else the region whose parts follow."""

    label: str
    options: tuple[tuple[str, str], ...]


def area(w: Work, code: str, on: date | None = None) -> AreaRow | None:
    """The area, with its newest figure of the day `on` (default: today)."""
    row = w.session.execute(_areas(on or w.today).where(Area.code == code)).one_or_none()
    return _area_row(row) if row else None


def areas(w: Work, on: date | None = None) -> tuple[AreaRow, ...]:
    """Every area with its newest figure of the day; parents stand before their parts."""
    return _area_rows(w, _areas(on or w.today).order_by(Area.path))


def first_level(w: Work) -> tuple[AreaRow, ...]:
    """The areas right below the root: cities first, then by name."""
    return tuple(sorted(_area_rows(w, _areas(w.today).where(Area.level == 1)), key=_cities_first))


def children(w: Work, code: str, on: date | None = None) -> tuple[AreaRow, ...]:
    """The areas right below, by name."""
    return by_name(_area_rows(w, _areas(on or w.today).where(Area.parent == code)))


def ancestors(w: Work, row: AreaRow) -> tuple[AreaRow, ...]:
    """The areas that hold this one, the root first."""
    return _area_rows(w, _areas(w.today).where(Area.code.in_(row.ancestors)).order_by(Area.level))


def by_name(rows: Collection[AreaRow]) -> tuple[AreaRow, ...]:
    """Areas in the order of the Kazakh alphabet by their names in the reader's language."""
    return tuple(sorted(rows, key=lambda row: (sort_key(row.name), row.code)))


def area_names(w: Work, codes: Collection[str]) -> dict[str, Mapping[str, str]]:
    """The names of several areas, by code."""
    return _pairs(w, select(Area.code, Area.names).where(Area.code.in_(codes)))


def area_parents(w: Work) -> dict[str, str | None]:
    """The parent of every area of the register, by code."""
    return _pairs(w, select(Area.code, Area.parent))


def is_within(w: Work, area_code: str, ancestor_code: str) -> bool:
    """Whether the area exists and is `ancestor_code` or lies inside it."""
    path = w.session.scalar(select(Area.path).where(Area.code == area_code))
    return path is not None and ancestor_code in path.split("/")[:-1]


def is_selectable(w: Work, code: str) -> bool:
    """Whether a person can say to live there: the area exists and is not the root."""
    found = select(Area.code).where(Area.code == code, Area.parent.is_not(None))
    return w.session.scalar(found) is not None


def figure_for(w: Work, area_code: str, on: date) -> Figure | None:
    """The newest figure of the area that is not younger than `on`."""
    found = select(AreaFigure).where(AreaFigure.area == area_code, AreaFigure.as_of <= on)
    row = w.session.scalar(found.order_by(AreaFigure.as_of.desc()).limit(1))
    return _figure(row)


def figures(w: Work, area_code: str) -> tuple[Figure, ...]:
    """Every figure of the area, the newest first."""
    found = select(AreaFigure).where(AreaFigure.area == area_code).order_by(AreaFigure.as_of.desc())
    return tuple(as_figure(row) for row in w.session.scalars(found))


def selectable_areas(w: Work) -> tuple[AreaGroup, ...]:
    """Where a person can say to live: first-level areas, then one group for the parts of each of them.

    Cities of the first level (a kind that begins with `city`) come first; else the Kazakh alphabet orders.
    """
    below: dict[str, list[_Place]] = {}
    roots: list[str] = []
    for code, parent, kind, names in w.session.execute(select(Area.code, Area.parent, Area.kind, Area.names)):
        if parent is None:
            roots.append(code)
        else:
            below.setdefault(parent, []).append(_Place(code, kind, localised(names)))
    first = sorted((place for root in roots for place in below.get(root, ())), key=_cities_first)
    groups = [AreaGroup("", tuple((place.code, place.name) for place in first))]
    groups += [AreaGroup(place.name, tuple(_parts(place, below, ""))) for place in first]
    return tuple(group for group in groups if group.options)


def area_choices(w: Work) -> dict[str, list[tuple[str, str]]]:
    """`selectable_areas` in the shape that a WTForms SelectField with groups takes."""
    choices: dict[str, list[tuple[str, str]]] = {}
    for group in selectable_areas(w):
        choices.setdefault(group.label, []).extend(group.options)
    return choices


def authority(w: Work, code: str) -> AuthorityRow | None:
    """The body, whether it still exists or not."""
    row = w.session.execute(_authorities().where(Authority.code == code)).one_or_none()
    return _authority_row(row) if row else None


def authorities(
    w: Work,
    q: str = "",
    area: str = "",
    branch: str = "",
    on: date | None = None,
    deepest: int | None = None,
) -> tuple[AuthorityRow, ...]:
    """Bodies by level, area and name: whose names hold every word of `q`, at or below `area`, of `branch`.

    With `on` only those that exist on that day; with `deepest` only those of areas of that level or above.
    """
    found = _authorities().where(*(Authority.search.contains(word, autoescape=True) for word in _words(q)))
    if area:
        found = found.where(at_or_below(area))
    if branch:
        found = found.where(Authority.branch == branch)
    if deepest is not None:
        found = found.where(Area.level <= deepest)
    return _authority_rows(w, found if on is None else found.where(_exists_on(on)))


def bodies_for_area(
    w: Work, area_code: str, on: date | None = None, *, above: bool = False
) -> tuple[AuthorityRow, ...]:
    """The bodies of exactly this area; with `above` also those of every area that holds it."""
    of_area = Authority.area == area_code
    if above:
        # A path is a list of whole codes, so an area holds another exactly when its path begins the other's.
        path = select(Area.path).where(Area.code == area_code).scalar_subquery()
        of_area = func.substr(path, 1, func.length(Area.path)) == Area.path
    found = _authorities().where(of_area)
    return _authority_rows(w, found if on is None else found.where(_exists_on(on)))


def bodies_below(w: Work, on: date) -> dict[str, int]:
    """How many bodies exist on that day below each first-level area, not counting its own, by its code."""
    found = select(Area.path, func.count()).join(Authority, Authority.area == Area.code)
    counts: dict[str, int] = {}
    for path, n in w.session.execute(found.where(Area.level > 1, _exists_on(on)).group_by(Area.path)):
        first = path.split("/")[1]
        counts[first] = counts.get(first, 0) + n
    return counts


def supervisors(w: Work) -> dict[str, str | None]:
    """The supervisor of every body of the register, by code."""
    return _pairs(w, select(Authority.code, Authority.supervisor))


def authority_names(w: Work, codes: Collection[str]) -> dict[str, Mapping[str, str]]:
    """The names of several bodies, by code."""
    found = select(Authority.code, Authority.names).where(Authority.code.in_(codes))
    return _pairs(w, found)


def _pairs(w: Work, found: Query) -> dict[str, Any]:
    return {code: value for code, value in w.session.execute(found)}


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    kind: str
    name: str


def _cities_first(place: _Place | AreaRow) -> tuple[object, ...]:
    return (not place.kind.startswith("city"), sort_key(place.name), place.code)


def _parts(place: _Place, below: Mapping[str, list[_Place]], holder: str) -> list[tuple[str, str]]:
    """The parts of a place, each followed by its own, which name it: two villages may be namesakes."""
    options = []
    for part in sorted(below.get(place.code, ()), key=lambda part: (sort_key(part.name), part.code)):
        options.append((part.code, f"{part.name} ({holder})" if holder else part.name))
        options += _parts(part, below, part.name)
    return options


def _areas(on: date) -> Query:
    newest = (
        select(AreaFigure.id)
        .where(AreaFigure.area == Area.code, AreaFigure.as_of <= on)
        .order_by(AreaFigure.as_of.desc())
        .limit(1)
        .correlate(Area)
        .scalar_subquery()
    )
    return select(Area, AreaFigure).outerjoin(AreaFigure, AreaFigure.id == newest)


def _area_rows(w: Work, found: Query) -> tuple[AreaRow, ...]:
    return tuple(_area_row(row) for row in w.session.execute(found))


def _area_row(row: AnyRow) -> AreaRow:
    place, figure = row
    return AreaRow(
        place.code,
        place.parent,
        place.kind,
        place.names,
        place.level,
        place.path,
        place.invented,
        _figure(figure),
    )


def _figure(row: AreaFigure | None) -> Figure | None:
    return None if row is None else as_figure(row)


def as_figure(row: AreaFigure) -> Figure:
    """The figures of a stored row, the further columns as exact numbers."""
    more = {name: Decimal(str(value)) for name, value in (row.more or {}).items()}
    return Figure(row.area, row.as_of, row.population, row.electorate, row.source, more)


def _authorities() -> Query:
    supervisor = aliased(Authority)
    return (
        select(Authority, Area.names, Area.kind, Area.level, Area.path, Area.invented, supervisor.names)
        .join(Area, Area.code == Authority.area)
        .outerjoin(supervisor, supervisor.code == Authority.supervisor)
    )


def _words(q: str) -> list[str]:
    return fold(q[:LONGEST_QUERY]).split()


def at_or_below(code: str) -> ColumnElement[bool]:
    """Which areas are this one or a part of it; none where the code is longer than any (SQLite bounds a pattern)."""
    if len(code) > LONGEST_CODE:
        return false()
    start, inside = f"{code}/", f"/{code}/"
    return or_(Area.path.startswith(start, autoescape=True), Area.path.contains(inside, autoescape=True))


def _exists_on(day: date) -> ColumnElement[bool]:
    begun = or_(Authority.valid_from.is_(None), Authority.valid_from <= day)
    return begun & or_(Authority.valid_to.is_(None), Authority.valid_to >= day)


def _authority_rows(w: Work, found: Query) -> tuple[AuthorityRow, ...]:
    rows = (_authority_row(row) for row in w.session.execute(found))
    return tuple(sorted(rows, key=_by_place))


def _by_place(row: AuthorityRow) -> tuple[object, ...]:
    return (row.area_level, sort_key(row.area_name), row.area, sort_key(row.name), row.code)


def _authority_row(row: AnyRow) -> AuthorityRow:
    body, area_names, area_kind, area_level, area_path, area_invented, supervisor_names = row
    return AuthorityRow(
        code=body.code,
        names=body.names,
        area=body.area,
        area_names=area_names,
        area_kind=area_kind,
        area_level=area_level,
        area_path=area_path,
        area_invented=area_invented,
        branch=body.branch,
        email=body.email,
        supervisor=body.supervisor,
        supervisor_names=supervisor_names,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
    )
