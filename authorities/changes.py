"""What an import would change: frozen differences between a file and the register."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from authorities.queries import Figure
from authorities.tables import AreaLine, AuthorityLine

Names = Mapping[str, str]


class FigureKind(StrEnum):
    """`new` is younger than all known ones, `older` completes the past, `correction` replaces a number."""

    NEW = "new"
    OLDER = "older"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Renamed:
    """An area with other names."""

    code: str
    before: Names
    after: Names


@dataclass(frozen=True, slots=True)
class Moved:
    """An area with another parent."""

    code: str
    names: Names
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Reclassified:
    """An area of another kind, or whose mark `invented` changes."""

    code: str
    names: Names
    before: tuple[str, bool]
    after: tuple[str, bool]


@dataclass(frozen=True, slots=True)
class FigureChange:
    """Figures of an area for a date; `before` are those of the same date, else the newest known, if any."""

    kind: FigureKind
    names: Names
    before: Figure | None
    after: Figure


@dataclass(frozen=True, slots=True)
class AreaDiff:
    """All that an import of areas would do; areas that the file lacks are named and never deleted."""

    added: tuple[AreaLine, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    moved: tuple[Moved, ...] = ()
    reclassified: tuple[Reclassified, ...] = ()
    figures: tuple[FigureChange, ...] = ()
    unchanged: int = 0
    missing: tuple[str, ...] = ()

    @property
    def changes(self) -> int:
        """How many things would change; 0 when the register already says all that the file says."""
        return sum(map(len, (self.added, self.renamed, self.moved, self.reclassified, self.figures)))

    @property
    def digest(self) -> str:
        """A short fingerprint: what was shown is what is stored."""
        return _digest(self)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a body with another value."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Changed:
    """A body with other values; `closes` when it now has a last day and had none."""

    code: str
    names: Names
    fields: tuple[FieldChange, ...]

    @property
    def closes(self) -> bool:
        """Whether the body gets a last day."""
        return any(c.field == "valid_to" and c.before is None for c in self.fields)


@dataclass(frozen=True, slots=True)
class AuthorityDiff:
    """All that an import of bodies would do; bodies that the file lacks are named and never deleted."""

    added: tuple[AuthorityLine, ...] = ()
    changed: tuple[Changed, ...] = ()
    unchanged: int = 0
    missing: tuple[str, ...] = ()

    @property
    def closed(self) -> tuple[Changed, ...]:
        """The changed bodies that get a last day."""
        return tuple(change for change in self.changed if change.closes)

    @property
    def changes(self) -> int:
        """How many things would change; 0 when the register already says all that the file says."""
        return len(self.added) + len(self.changed)

    @property
    def digest(self) -> str:
        """A short fingerprint: what was shown is what is stored."""
        return _digest(self)


def plain(value: object) -> object:
    """A value as JSON holds it: dates and decimals as text."""
    if isinstance(value, date | Decimal):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else value


def plain_figure(figure: Figure) -> dict[str, object]:
    """Figures as JSON holds them."""
    numbers = {"population": figure.population, "electorate": figure.electorate}
    more = {name: str(value) for name, value in figure.more.items()}
    return {"area": figure.area, "as_of": str(figure.as_of), **numbers, "source": figure.source, **more}


def _digest(diff: AreaDiff | AuthorityDiff) -> str:
    return hashlib.sha256(repr(diff).encode()).hexdigest()[:32]
