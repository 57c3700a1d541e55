"""Charts drawn by hand as SVG: no script, no inline style, words beside each mark, hatching for what is not shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

TALL, ABOVE = 230, 30
MOST_POINTS = 120
# What stands over or under a plot keeps its size; the plot itself stretches with the page.
HATCH = Markup(
    '<pattern id="{}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="hatch-ground" width="7" height="7"/><path class="hatch-line" d="M1 0v7"/></pattern>'
)
_ROW = Markup(
    '<li><span class="bars__label">%s</span> <span class="bars__value">%s</span>'
    '<svg class="bars__bar" aria-hidden="true" width="100%%" height="10">'
    '<rect class="chart-track" width="100%%" height="10"/>'
)
_SHOWN = _ROW + Markup('<rect class="chart-bar" width="%s%%" height="10"/>%s</svg></li>')
_HIDDEN = _ROW + Markup(
    '<rect class="chart-hidden" fill="url(#%s-hatch)" width="100%%" height="10"/>%s</svg></li>'
)


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its words and its figures; `head` and `rows` are its table, `how` says how it was counted."""

    key: str
    title: str
    text: str
    drawing: Markup
    head: Sequence[str]
    rows: Sequence[Sequence[object]]
    numeric: Sequence[int] = (1,)
    downloads: Sequence[tuple[str, str]] = ()
    how: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a list of bars. A `value` of None is not shown and is hatched; `mark` is where a limit stands."""

    label: str
    value: float | None
    shown: str
    href: str = ""
    mark: float | None = None
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Ends:
    """The words below the two ends of an axis."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Stair:
    """Totals by day: `points` are (day, total) in order, a day is any number that grows; a `goal` of 0 is not drawn."""

    points: Sequence[tuple[float, float]]
    ends: Ends
    last: str
    goal: float = 0
    goal_words: str = ""


def bar_list(key: str, bars: Sequence[Bar], whole: float = 0, *, columns: bool = False) -> Markup:
    """Bars under their words, which wrap on a narrow page; `whole` is the longest bar (default: the greatest)."""
    whole = whole or max((max(bar.value or 0, bar.mark or 0) for bar in bars), default=0) or 1
    rows = Markup("").join(_bar(key, bar, whole) for bar in bars)
    hidden = any(bar.value is None for bar in bars)
    pattern = Markup('<svg class="chart-defs" aria-hidden="true" width="0" height="0">{}</svg>').format(
        HATCH.format(key)
    )
    return Markup('{}<ul class="bars{}">{}</ul>').format(
        pattern if hidden else "", " bars--columns" if columns else "", rows
    )


def steps(key: str, title: str, text: str, stair: Stair) -> Markup:
    """What grew day by day, as a stair that stays level until the next figure is known."""
    top = (max(stair.goal, max((y for _x, y in stair.points), default=0)) or 1) * 1.08
    line = _stair(_scaled(thin(stair.points, MOST_POINTS), top))
    body = plot(TALL, ABOVE, _grid(3), _filled(line), _goal(stair.goal, top))
    words = Markup("")
    if stair.goal:
        words = words_at("chart-label", "0", _height(stair.goal, top) - 6, stair.goal_words)
    if stair.points:
        words += words_at("chart-value", "100%", _height(stair.points[-1][1], top) - 8, stair.last, "end")
    return svg(key, title, text, TALL + 26, body, words, axis_ends(TALL + 20, stair.ends))


def spark(key: str, title: str, text: str, values: Sequence[float]) -> Markup:
    """A line without axes, for a place beside a number."""
    top = max(values, default=0) or 1
    line = _stair(_scaled(thin(list(enumerate(values)), MOST_POINTS), top * 1.05))
    return svg(key, title, text, 40, plot(38, 0, _filled(line)))


def thin(points: Sequence[tuple[float, float]], most: int) -> list[tuple[float, float]]:
    """At most `most` of the points, evenly taken, the last one always among them."""
    stride = -(-len(points) // most) or 1
    return [point for n, point in enumerate(points) if (len(points) - 1 - n) % stride == 0]


def _bar(key: str, bar: Bar, whole: float) -> Markup:
    lang = Markup(' lang="%s"') % bar.lang if bar.lang else ""
    label = Markup('<a href="%s"%s>%s</a>') % (bar.href, lang, bar.label) if bar.href else bar.label
    mark: Markup | str = ""
    if bar.mark is not None:
        at = number(100 * bar.mark / whole)
        mark = Markup('<line class="chart-mark" x1="%s%%" x2="%s%%" y2="10"/>') % (at, at)
    # A page has dozens of rows: each is put together once, not part by part.
    if bar.value is None:
        return _HIDDEN % (label, bar.shown, key, mark)
    return _SHOWN % (label, bar.shown, number(100 * bar.value / whole), mark)


def svg(key: str, title: str, text: str, height: float, *parts: Markup | str) -> Markup:
    """A drawing that is named and described for those who do not see it."""
    head = Markup(
        '<svg class="plot" role="img" aria-labelledby="{0}-name" aria-describedby="{0}-desc" width="100%" height="{1}">'
        '<title id="{0}-name">{2}</title><desc id="{0}-desc">{3}</desc>'
    ).format(key, number(height), title, text)
    return head + Markup("").join(parts) + Markup("</svg>")


def plot(height: float, top: float, *parts: Markup) -> Markup:
    """A box that is 100 by 100 inside and stretches outside; strokes in it keep their width by their classes."""
    box = Markup(
        '<svg y="{}" width="100%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none">{}</svg>'
    )
    return box.format(number(top), number(height - top), Markup("").join(parts))


def _height(value: float, top: float) -> float:
    return ABOVE + (TALL - ABOVE) * (1 - value / top)


def _grid(lines: int) -> Markup:
    path = "".join(f"M0 {number(100 * n / lines)}h100" for n in range(1, lines))
    return Markup('<path class="chart-grid" d="{}"/><path class="chart-axis" d="M0 100h100"/>').format(path)


def _goal(threshold: float, top: float) -> Markup:
    at = number(100 - 100 * threshold / top)
    return Markup('<path class="chart-limit" d="M0 {}h100"/>').format(at) if threshold else Markup("")


def _scaled(points: Sequence[tuple[float, float]], top: float) -> list[tuple[float, float]]:
    if not points:
        return []
    first, last = points[0][0], points[-1][0]
    span = (last - first) or 1
    placed = [(100 * (x - first) / span, 100 - 100 * y / top) for x, y in points]
    return placed if last > first else [(0, placed[0][1]), (100, placed[0][1])]


def _stair(points: Sequence[tuple[float, float]]) -> str:
    """A path that stays level until the next figure is known."""
    if not points:
        return ""
    first = f"M{number(points[0][0])} {number(points[0][1])}"
    return first + "".join(f"H{number(x)}V{number(y)}" for x, y in points[1:])


def _filled(line: str) -> Markup:
    """The line, and the ground below it down to the axis."""
    if not line:
        return Markup("")
    return Markup('<path class="chart-area" d="{0}V100H0z"/><path class="chart-line" d="{0}"/>').format(line)


def axis_ends(y: float, ends: Ends) -> Markup:
    """The words below an axis."""
    return words_at("chart-label", "0", y, ends.first) + words_at("chart-label", "100%", y, ends.last, "end")


def words_at(kind: str, x: str, y: float, words: str, anchor: str = "") -> Markup:
    """Words in a drawing, of a size that does not stretch."""
    place = Markup(' text-anchor="{}"').format(anchor) if anchor else ""
    return Markup('<text class="{}" x="{}" y="{}"{}>{}</text>').format(kind, x, number(y), place, words)


def number(value: float) -> str:
    """A coordinate with as few digits as an eye can tell."""
    return f"{value:.1f}".removesuffix(".0")
