"""Charts with one row for each series: columns by month, and cases on one axis with the limit they have."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from core.charts import Ends, axis_ends, number, plot, svg, thin, words_at

BAND = 64
MOST_DOTS = 200


@dataclass(frozen=True, slots=True)
class Band:
    """One series of columns with its name and its sum in words."""

    label: str
    shown: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Dots:
    """One row of dots: where its cases stand, where their middle is, and both in words."""

    label: str
    shown: str
    values: Sequence[float]
    middle: float | None


def bands(key: str, title: str, text: str, series: Sequence[Band], ends: Ends) -> Markup:
    """Several series of columns, one below the other on one scale, each with its own name: no colour is needed."""
    top = max((value for band in series for value in band.values), default=0) or 1
    drawn = [_band(n, band, top) for n, band in enumerate(series)]
    height = BAND * len(series)
    return svg(key, title, text, height + 22, *drawn, axis_ends(height + 16, ends))


def dot_list(rows: Sequence[Dots], limit: float) -> Markup:
    """Each case as a dot on the axis of its row, with a line at the limit, all rows on one scale."""
    top = max([limit * 1.25, *(one for row in rows for one in row.values)], default=0) or 1
    return Markup('<ul class="bars">{}</ul>').format(Markup("").join(_dots(row, limit, top) for row in rows))


def _band(n: int, band: Band, top: float) -> Markup:
    width = 100 / max(len(band.values), 1)
    columns = "".join(_column(i * width, width, value, top) for i, value in enumerate(band.values) if value)
    drawn = Markup('<path class="chart-bar" d="{}"/><path class="chart-axis" d="M0 100h100"/>').format(
        columns
    )
    words = words_at("chart-label", "0", n * BAND + 14, band.label)
    total = words_at("chart-value", "100%", n * BAND + 14, band.shown, "end")
    return words + total + plot((n + 1) * BAND - 8, n * BAND + 20, drawn)


def _column(x: float, width: float, value: float, top: float) -> str:
    inner = number(width * 0.8)
    return f"M{number(x + width * 0.1)} 100V{number(100 - 100 * value / top)}h{inner}V100z"


def _dots(row: Dots, limit: float, top: float) -> Markup:
    dot = Markup('<circle class="chart-dot" cx="{}%" cy="12" r="5"/>')
    shown = thin([(value, 0) for value in sorted(row.values)], MOST_DOTS)
    dots = Markup("").join(dot.format(number(100 * value / top)) for value, _y in shown)
    line = Markup('<line class="{0}" x1="{1}%" x2="{1}%" y1="{2}" y2="{3}"/>')
    last_day = line.format("chart-limit", number(100 * limit / top), 0, 24)
    middle = (
        Markup("")
        if row.middle is None or len(row.values) == 1
        else line.format("chart-mark", number(100 * row.middle / top), 3, 21)
    )
    return Markup(
        '<li><span class="bars__label">{}</span> <span class="bars__value">{}</span>'
        '<svg class="bars__bar" aria-hidden="true" width="100%" height="24">'
        '<line class="chart-grid" x2="100%" y1="12" y2="12"/>{}{}{}</svg></li>'
    ).format(row.label, row.shown, last_day, dots, middle)
