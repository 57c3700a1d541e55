"""The map of the regions: outlines of our own drawing, five classes, and hatching where nothing may be shown."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from core.charts import HATCH

CLASSES = 5
# From this class on the ground is dark, and the word on it light.
DARK = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One area of the map: its rate (None is not shown) and the words that a pointer finds there."""

    code: str
    rate: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Band:
    """One class: its number and the lowest and highest rate in it."""

    number: int
    low: float
    high: float


def classed(places: Sequence[Place]) -> Mapping[str, int]:
    """The class of each area that is shown, 1 to 5: each holds a fifth of them, and equal rates share one."""
    rates = sorted(place.rate for place in places if place.rate is not None)
    return {
        place.code: 1 + CLASSES * rates.index(place.rate) // len(rates)
        for place in places
        if place.rate is not None
    }


def bands(places: Sequence[Place]) -> list[Band]:
    """The classes that have an area, the lowest first."""
    classes = classed(places)
    found = []
    for number in range(1, CLASSES + 1):
        rates = [p.rate for p in places if p.rate is not None and classes[p.code] == number]
        if rates:
            found.append(Band(number, min(rates), max(rates)))
    return found


def drawn(key: str, title: str, text: str, places: Sequence[Place]) -> Markup:
    """The map. Each shown area bears the number of its class, so that no colour is needed to read it."""
    world, classes = _outlines(), classed(places)
    known = {place.code: place for place in places}
    shapes = Markup("").join(
        _shape(key, path, known.get(code), classes.get(code))
        for code, path in world["outlines"].items()
        if code not in world["cities"]
    )
    cities = Markup("").join(
        _city(key, at, known.get(code), classes.get(code)) for code, at in world["cities"].items()
    )
    spots = {**world["words"], **world["cities"]}
    words = Markup("").join(_word(spots[code], number) for code, number in classes.items() if code in spots)
    head = Markup(
        '<svg class="map" role="img" aria-labelledby="{0}-name" aria-describedby="{0}-desc" viewBox="0 0 {1} {2}">'
        '<title id="{0}-name">{3}</title><desc id="{0}-desc">{4}</desc>'
    ).format(key, world["width"], world["height"], title, text)
    return head + HATCH.format(key) + shapes + cities + words + Markup("</svg>")


def legend(key: str, rows: Sequence[tuple[int, str]]) -> Markup:
    """What the classes mean, in words; class 0 is the hatching."""
    swatch = Markup(
        '<li><svg aria-hidden="true" width="28" height="18"><rect {} x="1" y="1" width="26" height="16"/></svg> {}</li>'
    )
    return Markup('<ul class="legend">{}</ul>').format(
        Markup("").join(swatch.format(_look(key, number or None), words) for number, words in rows)
    )


def _look(key: str, number: int | None) -> Markup:
    if number is None:
        return Markup('class="map-hidden" fill="url(#{}-hatch)"').format(key)
    return Markup('class="map-{}"').format(number)


def _shape(key: str, path: str, place: Place | None, number: int | None) -> Markup:
    words = place.words if place else ""
    return Markup('<path {} d="{}"><title>{}</title></path>').format(_look(key, number), path, words)


def _city(key: str, at: Sequence[int], place: Place | None, number: int | None) -> Markup:
    words = place.words if place else ""
    circle = Markup('<circle {} cx="{}" cy="{}" r="17"><title>{}</title></circle>')
    return circle.format(_look(key, number), *at, words)


def _word(at: Sequence[int], number: int) -> Markup:
    light = " map-word--light" if number >= DARK else ""
    return Markup('<text class="map-word{}" x="{}" y="{}">{}</text>').format(light, *at, number)


@lru_cache(maxsize=1)
def _outlines() -> dict[str, Any]:
    """Made by tools/build_map.py; docs/map.md says from what."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("regions.json").read_text())
    return found


def neighbours(code: str) -> Sequence[str]:
    """The first-level areas that border on this one; none for an area that is not on the map."""
    found: Sequence[str] = _outlines()["neighbours"].get(code, ())
    return found
