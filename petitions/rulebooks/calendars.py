"""Work calendars: the holidays library, our own names in three languages, and the rulebook's overrides."""

import csv
import hashlib
import re
from calendar import month_name
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from petitions.domain.calendar import DayKind, DayOff, WorkCalendar
from petitions.domain.rulebook import Rulebook, Texts

NAMES = Path(__file__).resolve().parents[2] / "rulebooks" / "holiday_names.csv"
FIRST_YEAR, LAST_YEAR = 2015, 2045
_SUFFIX = re.compile(r"(?P<stem>.+?) (?P<suffix>\((?:observed|estimated)\))")
_MOVED = re.compile(r"Day off \(substituted from (?P<day>\d\d/\d\d/\d{4})\)")
_MOVED_OFF, _MOVED_WORK = "moved day off", "moved working day"


@dataclass(frozen=True, slots=True)
class DayOverride:
    """A line of holidays.csv: it wins over the library; `names` are pairs of language and text."""

    date: date
    kind: DayKind
    names: tuple[tuple[str, str], ...]


@lru_cache(maxsize=32)
def calendar_for(
    rulebook: Rulebook,
    first_year: int = FIRST_YEAR,
    last_year: int = LAST_YEAR,
    overrides: tuple[DayOverride, ...] = (),
) -> WorkCalendar:
    """The work calendar of a rulebook for whole years; the same arguments give the very same calendar."""
    days = dict(_library_days(rulebook.calendar.holidays, rulebook.languages, first_year, last_year))
    for override in overrides:
        days[override.date] = DayOff(dict(override.names), override.kind)
    return WorkCalendar(
        weekend=rulebook.calendar.weekend,
        days=days,
        first=date(first_year, 1, 1),
        last=date(last_year, 12, 31),
        version=calendar_version(overrides),
    )


def calendar_version(overrides: tuple[DayOverride, ...] = ()) -> str:
    """What a due date was computed with: `holidays 0.109`, or `holidays 0.109 + overrides 1a2b3c4d`."""
    library = f"holidays {version('holidays')}"
    if not overrides:
        return library
    lines = sorted(f"{day.date} {day.kind.value} {sorted(day.names)}" for day in overrides)
    return f"{library} + overrides {hashlib.sha256(''.join(lines).encode()).hexdigest()[:8]}"


def knows_holidays(country: str) -> bool:
    """Whether the library has the public holidays of a country; none is loaded for that."""
    return country in import_module("holidays.registry").EntityLoader.get_country_codes()


@lru_cache(maxsize=32)
def _library_days(
    country: str, languages: tuple[str, ...], first_year: int, last_year: int
) -> Mapping[date, DayOff]:
    years = range(first_year, last_year + 1)
    in_english = _library(country, years, _library_language(country, "en"))
    by_language = {code: _library(country, years, _library_language(country, code)) for code in languages}
    days = {
        day: DayOff({code: _name(name, code, by_language[code].get(day)) for code in languages})
        for day, name in in_english.items()
    }
    for day in _moved_working_days(in_english, years):
        days[day] = DayOff({code: _own(_MOVED_WORK, code) or "" for code in languages}, DayKind.WORKING_DAY)
    return days


def _library(country: str, years: range, language: str | None) -> Any:
    return _holidays().country_holidays(country, years=years, language=language)


def _library_language(country: str, code: str) -> str | None:
    """The library's name of a language it has for this country; None is the library's own default."""
    known = _holidays().country_holidays(country).supported_languages
    return next((name for name in known if name.split("_")[0] == code), None)


def _holidays() -> Any:
    """The library, imported late: it takes 80 ms, which commands and pages without a clock need not pay."""
    return import_module("holidays")


def _moved_working_days(library: Any, years: range) -> Iterator[date]:
    return (day for day in getattr(library, "weekend_workdays", ()) if day.year in years)


def _name(english: str, language: str, from_library: str | None) -> str:
    """Our own name, else the library's in that language, else whatever the library has."""
    moved = _MOVED.fullmatch(english)
    if moved:
        own = _own(_MOVED_OFF, language)
        return own % _written(moved["day"], language) if own else from_library or english
    parts = _SUFFIX.fullmatch(english)
    stem, suffix = (parts["stem"], parts["suffix"]) if parts else (english, "")
    own = _own(stem, language)
    if own is None:
        return from_library or english
    return f"{own} {_own(suffix, language)}" if suffix else own


def _written(american: str, language: str) -> str:
    month, number, year = (int(part) for part in american.split("/"))
    day = date(year, month, number)
    return f"{day.day} {month_name[day.month]} {day.year}" if language == "en" else f"{day:%d.%m.%Y}"


def _own(name: str, language: str) -> str | None:
    return _own_names().get(name, {}).get(f"name_{language}") or None


@lru_cache(maxsize=1)
def _own_names() -> Mapping[str, Texts]:
    with NAMES.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}
