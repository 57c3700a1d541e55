"""The drawings of /statistics, each made of the rows of its table."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from statistics import median
from typing import Any

from markupsafe import Markup

from core.chart_rows import Band, Dots, bands, dot_list
from core.charts import Bar, Chart, Ends, bar_list, spark
from core.i18n import _, format_date, format_number, format_share, lazy, ngettext, url
from opendata import region_map
from opendata.region_map import Place
from opendata.statistics_sheets import EVERYBODY, Sheet
from petitions.domain.lifecycle import State
from petitions.web.petition_figures import CELLS, counted_words, not_shown, number_words, rate_words
from petitions.web.state_words import STATES

# A body with fewer answers has no row of its own in the drawing; the table has them all.
MOST_BODIES, MOST_MONTHS = 12, 24
WHOLE = 100
STAGES: Mapping[str, Any] = {
    "startup": lazy("Gathering first supporters"),
    "screening": lazy("Check by a moderator"),
    "collecting": lazy("Collecting signatures"),
    "hand_over": lazy("From the hand-over to the registration"),
    "answer": lazy("From the registration to the answer"),
}
CLASSES: Mapping[int, Any] = {
    1: lazy("lowest fifth"),
    2: lazy("low"),
    3: lazy("middle"),
    4: lazy("high"),
    5: lazy("highest fifth"),
}
Downloads = Sequence[tuple[str, str]]


def downloads(table: str, document: str, **values: str) -> Downloads:
    """The addresses of a table of /statistics, as CSV and as JSON, by the names of their views."""
    found = ((table, "CSV"), (document, "JSON"))
    return [(url(f"statistics.{view}", **values), form) for view, form in found]


def petitions(sheet: Sheet, downloads: Downloads) -> Chart:
    """Columns by month, one row for each state."""
    months = _months([row[0] for row in sheet.rows])[-MOST_MONTHS:]
    counts = {(row[0], row[1]): row[2] for row in sheet.rows}
    present = [state.value for state in STATES if any(row[1] == state.value for row in sheet.rows)]
    series = [_band(state, [counts.get((month, state), 0) for month in months]) for state in present]
    n = format_number(len(months))
    text = ngettext(
        "The last month, one row for each state, all on the same scale. Earlier ones are in the table.",
        "The last %(n)s months, one row for each state, all on the same scale. Earlier ones are in the table.",
        len(months),
        n=n,
    )
    ends = Ends(_month(months[0]), _month(months[-1]))
    rows = [[_month(m), _state(s), format_number(n)] for m, s, n in sheet.rows]
    head = [_("Month"), _("State"), _("Petitions")]
    return _chart(
        sheet, text, bands(sheet.name, str(sheet.title), text, series, ends), head, rows, (2,), downloads
    )


def areas(sheet: Sheet, downloads: Downloads) -> Chart:
    """The map with its legend; the list beside it has the same figures."""
    places = [Place(row[0], row[6], _place_words(row)) for row in sheet.rows]
    shown = [place for place in places if place.rate is not None]
    text = _(
        "A higher class means more signatures for each 1,000 residents; each class holds a fifth of the areas that "
        "have a figure. Circles are the three cities."
    )
    drawing = region_map.drawn(sheet.name, str(sheet.title), text, places)
    lines = [(band.number, _class_words(band)) for band in region_map.bands(places)]
    if len(shown) < len(places):
        lines.append((0, _("Hatched: not shown")))
    head = [_("Area"), _("Per 1,000 residents"), _("Signatures"), _("Residents"), _("Petitions")]
    rows = [
        [row[1], rate_words(row[6]), counted_words(row[2]), number_words(row[5]), format_number(row[4])]
        for row in sheet.rows
    ]
    beside = Markup('<div class="map-side">{}{}</div>').format(drawing, region_map.legend(sheet.name, lines))
    return _chart(sheet, text, beside, head, rows, (1, 2, 3, 4), downloads)


def area_list(sheet: Sheet) -> tuple[Markup, Markup, int]:
    """The areas as a list of bars with the class of each: what the map says, without the map.

    Those without a number come as a list of their own, with how many they are: they say little and take much room.
    """
    classes = region_map.classed([Place(row[0], row[6], "") for row in sheet.rows])
    ordered = sorted(sheet.rows, key=lambda row: (row[6] is None, -(row[6] or 0)))
    bars = [
        Bar(row[1], row[6], _rate_and_class(row[6], classes.get(row[0])), url("directory.area", code=row[0]))
        for row in ordered
    ]
    told = [bar for bar in bars if bar.value is not None]
    hidden = bars[len(told) :]
    return (
        bar_list("area-list", told, columns=True) if told else Markup(),
        bar_list("area-hidden", hidden, columns=True) if hidden else Markup(),
        len(hidden),
    )


def answer_times(sheet: Sheet, downloads: Downloads, names: Mapping[str, str]) -> Chart:
    """Each answer as a dot by the share of its time that it took, bodies with the most answers first."""
    timed = [row for row in sheet.rows if row[6]]
    groups = [(_("All authorities"), timed)]
    codes = sorted({row[1] for row in timed}, key=lambda code: (-sum(row[1] == code for row in timed), code))
    groups += [
        (names.get(code, code), [row for row in timed if row[1] == code]) for code in codes[:MOST_BODIES]
    ]
    text = _(
        "Each dot is an answer, from left to right by the share of its time that it took. The dashed line is the last "
        "day that was allowed, the stroke the median, which stands in words at the right."
    )
    drawing = dot_list([_dots(label, found) for label, found in groups], WHOLE)
    head = [
        _("Petition"),
        _("Authority"),
        _("Answered"),
        _("Days taken"),
        _("Days allowed"),
        _("On time or late"),
    ]
    table = [_answer_row(row, names) for row in sheet.rows]
    return _chart(sheet, text, drawing, head, table, (0, 3, 4), downloads)


def stages(sheet: Sheet, downloads: Downloads) -> Chart:
    """The median of each stage as a bar."""
    bars = [Bar(_stage(row[0]), row[2] or 0, _days(row[2])) for row in sheet.rows]
    rows = [[_stage(row[0]), format_number(row[1]), _days(row[2])] for row in sheet.rows]
    head = [_("Stage"), _("Finished"), _("Median")]
    text = _("Half of the petitions took at most so many calendar days.")
    return _chart(sheet, text, bar_list(sheet.name, bars), head, rows, (1, 2), downloads)


def refusals(sheet: Sheet, downloads: Downloads) -> Chart:
    """The grounds, the most frequent first."""
    bars = [Bar(row[1], row[2], format_number(row[2])) for row in sheet.rows]
    head = [_("Ground"), _("Petitions")]
    rows = [[bar.label, bar.shown] for bar in bars]
    text = _("How often each ground was the reason.")
    return _chart(sheet, text, bar_list(sheet.name, bars), head, rows, (1,), downloads)


def funnel(sheet: Sheet, downloads: Downloads) -> Chart:
    """The newest day as bars with its equation, and the days as a table."""
    last = dict(zip(sheet.columns, sheet.rows[-1], strict=True))
    parts = [name for name in sheet.columns if name not in {"day", "submitted"}]
    bars = [Bar(_("Submitted"), last["submitted"], format_number(last["submitted"]))]
    bars += [Bar(str(CELLS[name]), last[name], format_number(last[name])) for name in parts]
    counts = [row[-1] for row in sheet.rows]
    line = Markup("")
    if len(counts) > 1:
        words = _(
            "Counted signatures from %(first)s to %(last)s",
            first=format_date(sheet.rows[0][0]),
            last=format_date(last["day"]),
        )
        line = spark(f"{sheet.name}-line", words, words, counts) + Markup('<p class="hint">{}</p>').format(
            words
        )
    text = _(
        "The whole site at the end of %(day)s; filters change nothing here.", day=format_date(last["day"])
    )
    head = [_("Day"), _("Submitted"), *(str(CELLS[name]) for name in parts)]
    rows = [[format_date(row[0]), *map(format_number, row[1:])] for row in reversed(sheet.rows[-31:])]
    drawing = (
        Markup('<p class="equation">{}</p>').format(_equation(last, parts))
        + bar_list(sheet.name, bars)
        + line
    )
    return _chart(sheet, text, drawing, head, rows, tuple(range(1, len(head))), downloads)


def answers_table(sheet: Sheet) -> list[list[str]]:
    """The bodies with medians and intervals, as a table has them."""
    found = []
    for code, name, due, given, _on_time, late, *shares, middle, first, last in sheet.rows:
        label = _("All authorities") if code == EVERYBODY else name
        share, low, high = (_share(value) for value in shares)
        spread = "—" if first is None else _range(number_words(first), number_words(last))
        counts = [format_number(n) for n in (due, given, late)]
        found.append([label, *counts, share, _range(low, high), _days(middle), spread])
    return found


def strong_table(sheet: Sheet) -> list[list[Any]]:
    """Where a petition stands out, with links."""
    return [
        [
            _link(url("directory.area", code=area), name),
            _link(url("petitions.show", petition_id=petition), title, lang),
            format_number(count),
            rate_words(here),
            rate_words(everywhere),
            _("%(n)s times", n=format_number(quotient)),
        ]
        for petition, title, lang, area, name, count, here, everywhere, quotient in sheet.rows
    ]


DRAWN: Mapping[str, Callable[[Sheet, Downloads], Chart]] = {
    "petitions": petitions,
    "areas": areas,
    "stages": stages,
    "refusals": refusals,
    "funnel": funnel,
}


def _chart(
    sheet: Sheet,
    text: str,
    drawing: Markup,
    head: Sequence[str],
    rows: Sequence[Sequence[object]],
    numeric: Sequence[int],
    downloads: Downloads,
) -> Chart:
    title = str(sheet.title)
    return Chart(sheet.name, title, text, drawing, head, rows, numeric, downloads, str(sheet.how))


def _months(found: Sequence[date]) -> list[date]:
    """Every month from the first to the last, those without a petition too."""
    first, last = min(found), max(found)
    count = (last.year - first.year) * 12 + last.month - first.month
    return [
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
        for n in range(count + 1)
    ]


def _band(state: str, values: Sequence[int]) -> Band:
    return Band(_state(state), format_number(sum(values)), values)


def _dots(label: str, rows: Sequence[tuple[Any, ...]]) -> Dots:
    values = [WHOLE * row[5] / row[6] for row in rows]
    middle = float(median(values)) if values else None
    n = ngettext("%(n)s answer", "%(n)s answers", len(values), n=format_number(len(values)))
    shown = n if middle is None else f"{n} · {_percent(middle)}"
    return Dots(label, shown, values, middle)


def _answer_row(row: tuple[Any, ...], names: Mapping[str, str]) -> list[Any]:
    petition, authority, _started, _due, met_on, days, limit, late = row
    link = _link(url("petitions.show", petition_id=petition), format_number(petition))
    state = _("Late") if late else _("On time")
    return [
        link,
        names.get(authority, authority),
        format_date(met_on),
        format_number(days),
        number_words(limit),
        state,
    ]


def _equation(last: Mapping[str, int], parts: Sequence[str]) -> Markup:
    """submitted = pending + ... with numbers and words; a line ends only before a sign."""
    words = [f"{format_number(last['submitted'])} ({_('Submitted')})"]
    for sign, name in zip("=" + "+" * len(parts), parts, strict=False):
        words.append(f"{sign} {format_number(last[name])} ({CELLS[name]})")
    return Markup(" ").join(Markup('<span class="equation__part">{}</span>').format(part) for part in words)


def _place_words(row: tuple[Any, ...]) -> str:
    return f"{row[1]}: {not_shown() if row[6] is None else rate_words(row[6])}"


def _class_words(band: region_map.Band) -> str:
    low, high = rate_words(band.low), rate_words(band.high)
    spread = low if low == high else _range(low, high)
    return _("%(n)s (%(word)s): %(range)s", n=band.number, word=CLASSES[band.number], range=spread)


def _rate_and_class(rate: float | None, number: int | None) -> str:
    if rate is None or number is None:
        return not_shown()
    return _("%(rate)s (class %(n)s)", rate=rate_words(rate), n=number)


def _link(href: str, words: str, lang: str = "") -> Markup:
    spoken = Markup(' lang="{}"').format(lang) if lang else ""
    return Markup('<a href="{}"{}>{}</a>').format(href, spoken, words)


def _month(day: date) -> str:
    return format_date(day, "LLLL y")


def _state(state: str) -> str:
    return str(STATES[State(state)])


def _stage(stage: str) -> str:
    return str(STAGES.get(stage, stage))


def _days(n: float | None) -> str:
    if n is None:
        return "—"
    return ngettext("%(n)s day", "%(n)s days", int(n), n=format_number(n))


def _share(share: float | None) -> str:
    return "—" if share is None else format_share(share)


def _percent(value: float) -> str:
    return format_share(round(value) / WHOLE)


def _range(low: str, high: str) -> str:
    return _("%(low)s to %(high)s", low=low, high=high)
