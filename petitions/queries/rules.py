"""Rulebooks at hand: the ones that ship, the one a petition was begun under, and their calendars."""

from functools import lru_cache
from pathlib import Path
from typing import Protocol

from core.work import Work, kernel
from petitions.domain.calendar import WorkCalendar
from petitions.domain.rulebook import Rulebook, Tier
from petitions.models.petition import Petition, RulebookVersion
from petitions.rulebooks import LoadedRulebook, calendar_for, load_rulebook, rulebook_from_toml


def instance_rulebook(w: Work) -> LoadedRulebook:
    """The rulebook that new petitions begin under (`DAUYS_RULEBOOK`)."""
    return _loaded(w.settings.rulebook)


def shipped_rulebooks(w: Work) -> list[LoadedRulebook]:
    """The instance's rulebook first, then the others beside it, by name."""
    first = w.settings.rulebook
    others = sorted(p.parent for p in w.settings.rulebooks_dir.glob("*/rulebook.toml") if p.parent != first)
    return [_loaded(path) for path in (first, *others)]


class UnderRules(Protocol):
    """What tells under which rules a petition runs."""

    @property
    def rulebook(self) -> str:
        """The rulebook."""

    @property
    def rulebook_version(self) -> str:
        """Its version when the petition was begun."""

    @property
    def tier(self) -> str | None:
        """The tier of the addressee."""


def rulebook_of(w: Work, petition: Petition | UnderRules) -> Rulebook:
    """The rulebook as it was when the petition was begun."""
    return stored_rulebook(w, petition.rulebook, petition.rulebook_version)


def stored_rulebook(w: Work, rulebook: str, version: str) -> Rulebook:
    """A stored version of a rulebook."""
    known = _known.get((rulebook, version))
    if known is None:
        row = w.session.get_one(RulebookVersion, (rulebook, version))
        known = _known[rulebook, version] = rulebook_from_toml(row.toml)
    return known


def tier_of(w: Work, petition: Petition | UnderRules) -> Tier:
    """The tier that the petition's addressee falls under."""
    return rulebook_of(w, petition).tier(petition.tier or "")


def calendar(rulebook: Rulebook) -> WorkCalendar:
    """The working days of a rulebook, with the moved days of its folder where that still ships."""
    folder = kernel().settings.rulebooks_dir / rulebook.id
    key = (folder, rulebook.version)
    if key not in _calendars:
        overrides = _loaded(folder).overrides if (folder / "rulebook.toml").is_file() else ()
        _calendars[key] = calendar_for(rulebook, overrides=overrides)
    return _calendars[key]


@lru_cache(maxsize=32)
def _loaded(path: Path) -> LoadedRulebook:
    return load_rulebook(path)


_known: dict[tuple[str, str], Rulebook] = {}
_calendars: dict[tuple[Path, str], WorkCalendar] = {}
