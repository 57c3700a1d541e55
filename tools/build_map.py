"""Draw the outlines of the map of regions: python -m tools.build_map GEOJSON writes opendata/regions.json.

Borders are cut into arcs where three regions meet, and each arc is simplified once (Douglas and Peucker 1973), so that
neighbours still touch. Where the outlines come from: docs/map.md.
"""

import json
import math
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

Point = tuple[float, float]
WIDTH = 1000.0
TOLERANCE = 1.1  # of the drawing's units
LEAST_AREA = 12.0  # smaller pieces are islands and slivers that nobody would see
CITY_SIZE = 22
CITIES = {"710000000", "750000000", "790000000"}
PARALLELS, MERIDIAN, LATITUDE = (43.0, 53.0), 67.0, 48.0


def project(longitude: float, latitude: float) -> Point:
    """Albers' equal-area conic: a region's size on the page is its size on the ground (Snyder 1987, p. 100)."""
    first, second = (math.radians(p) for p in PARALLELS)
    n = (math.sin(first) + math.sin(second)) / 2
    c = math.cos(first) ** 2 + 2 * n * math.sin(first)
    theta = n * math.radians(longitude - MERIDIAN)
    rho = math.sqrt(c - 2 * n * math.sin(math.radians(latitude))) / n
    origin = math.sqrt(c - 2 * n * math.sin(math.radians(LATITUDE))) / n
    return rho * math.sin(theta), rho * math.cos(theta) - origin


def simplified(points: list[Point]) -> list[Point]:
    """The points that matter: each one left out lies within the tolerance of the line that remains."""
    if len(points) < 3:
        return points
    start, end = points[0], points[-1]
    far, at = max((distance(p, start, end), i) for i, p in enumerate(points[1:-1], 1))
    if far <= TOLERANCE:
        return [start, end]
    return simplified(points[: at + 1])[:-1] + simplified(points[at:])


def distance(point: Point, start: Point, end: Point) -> float:
    """How far a point lies from the line between two others, or from the first where they are one."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = math.hypot(x2 - x1, y2 - y1)
    if not length:
        return math.hypot(x - x1, y - y1)
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length


def area(ring: list[Point]) -> float:
    """The area of a ring."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def rings_of(geometry: dict[str, Any]) -> list[list[Point]]:
    """Every ring of a geometry, without the last point, which repeats the first."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[(p[0], p[1]) for p in ring[:-1]] for polygon in polygons for ring in polygon]


def nodes_of(regions: dict[str, list[list[Point]]]) -> set[Point]:
    """The points where borders meet: those with more than two neighbours."""
    beside: dict[Point, set[Point]] = defaultdict(set)
    for rings in regions.values():
        for ring in rings:
            for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
                beside[a].add(b)
                beside[b].add(a)
    return {point for point, others in beside.items() if len(others) > 2}


def arcs_of(ring: list[Point], nodes: set[Point]) -> list[list[Point]]:
    """A ring cut at its nodes; one without any is cut at its two farthest points, which each neighbour finds too."""
    cuts = [i for i, point in enumerate(ring) if point in nodes]
    if len(cuts) < 2:
        low = min(range(len(ring)), key=lambda i: ring[i])
        high = max(range(len(ring)), key=lambda i: ring[i])
        cuts = sorted({*cuts, low, high})
    turned = ring[cuts[0] :] + ring[: cuts[0]] + [ring[cuts[0]]]
    at = [cut - cuts[0] for cut in cuts] + [len(ring)]
    return [turned[a : b + 1] for a, b in pairwise(at)]


def drawn(ring: list[Point], nodes: set[Point]) -> list[Point]:
    """A ring with simplified arcs; an arc is always walked the same way, so that both sides keep the same points."""
    found: list[Point] = []
    for arc in arcs_of(ring, nodes):
        forward = arc[0] <= arc[-1]
        kept = simplified(arc if forward else arc[::-1])
        found += (kept if forward else kept[::-1])[:-1]
    return found


def path_of(rings: list[list[Point]]) -> str:
    """A path of whole numbers, each step from the last point."""
    parts = []
    for ring in rings:
        whole = [(round(x), round(y)) for x, y in ring]
        kept = [p for p, before in zip(whole, whole[-1:] + whole[:-1], strict=True) if p != before]
        moves = [f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(kept)]
        parts.append(f"M{kept[0][0]} {kept[0][1]}l" + " ".join(moves).replace(" -", "-") + "z")
    return "".join(parts)


def build(source: Path) -> dict[str, Any]:
    """The outlines by code, the size of the drawing, and where the cities stand."""
    features = json.loads(source.read_text())["features"]
    places = {f["properties"]["kato"]: rings_of(f["geometry"]) for f in features}
    flat = {code: [[project(*p) for p in ring] for ring in rings] for code, rings in places.items()}
    xs = [x for rings in flat.values() for ring in rings for x, _y in ring]
    ys = [y for rings in flat.values() for ring in rings for _x, y in ring]
    scale = (WIDTH - 8) / (max(xs) - min(xs))
    regions = {
        code: [[((x - min(xs)) * scale + 4, (y - min(ys)) * scale + 4) for x, y in ring] for ring in rings]
        for code, rings in flat.items()
    }
    nodes = nodes_of(regions)
    outlines = {}
    for code, rings in regions.items():
        least = 0 if code in CITIES else LEAST_AREA
        large = [ring for ring in rings if area(ring) >= least] or rings
        outlines[code] = path_of([made for ring in large if len(made := drawn(ring, nodes)) > 2])
    cities = {code: middle(max(regions[code], key=area)) for code in sorted(CITIES)}
    words = {
        code: widest(max(rings, key=area), rings, cities)
        for code, rings in regions.items()
        if code not in CITIES
    }
    return {
        "width": round(WIDTH),
        "height": round((max(ys) - min(ys)) * scale + 8),
        "outlines": dict(sorted(outlines.items())),
        "cities": cities,
        "words": dict(sorted(words.items())),
        "neighbours": neighbours_of(places),
    }


def neighbours_of(places: dict[str, list[list[Point]]]) -> dict[str, list[str]]:
    """Which regions share a border, that is at least two points of it."""
    points = {code: {point for ring in rings for point in ring} for code, rings in places.items()}
    return {
        code: sorted(other for other in points if other != code and len(points[code] & points[other]) > 1)
        for code in sorted(points)
    }


def middle(ring: list[Point]) -> list[int]:
    """The middle of a ring's box."""
    xs, ys = [x for x, _y in ring], [y for _x, y in ring]
    return [round((min(xs) + max(xs)) / 2), round((min(ys) + max(ys)) / 2)]


def widest(ring: list[Point], rings: list[list[Point]], cities: dict[str, list[int]]) -> list[int]:
    """Where a word fits best: the point of a region farthest from its borders and from the marks of cities."""
    xs, ys = [x for x, _y in ring], [y for _x, y in ring]
    border = [(a, b) for one in rings for a, b in zip(one, one[1:] + one[:1], strict=True)]
    best, found = -1.0, middle(ring)
    for x in range(round(min(xs)), round(max(xs)), 6):
        for y in range(round(min(ys)), round(max(ys)), 6):
            if not inside((x, y), border):
                continue
            away = [math.hypot(x - cx, y - cy) - CITY_SIZE for cx, cy in cities.values()]
            room = min(*(beside((x, y), *edge) for edge in border), *away)
            if room > best:
                best, found = room, [x, y]
    return found


def beside(point: Point, start: Point, end: Point) -> float:
    """How far a point lies from a piece of a border."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = max(0.0, min(1.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length)) if length else 0.0
    return math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))


def inside(point: Point, border: list[tuple[Point, Point]]) -> bool:
    """Whether a point lies inside a border: a ray from it crosses the border an odd number of times."""
    x, y = point
    hits = 0
    for (x1, y1), (x2, y2) in border:
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            hits += 1
    return hits % 2 == 1


if __name__ == "__main__":
    made = json.dumps(build(Path(sys.argv[1])), separators=(",", ":"))
    Path(__file__).parents[1].joinpath("opendata", "regions.json").write_text(made + "\n")
