"""The charts of one petition, made of its frozen tables: growth, places, and how people signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import get_template_attribute
from markupsafe import Markup

from authorities.web import link
from core.charts import Bar, Chart, Ends, Stair, bar_list, steps
from core.i18n import _, format_date, format_number, format_share, lazy, ngettext, remembered, url
from core.work import Work
from petitions.domain.disclosure import REST, DayRow, share
from petitions.queries import frozen
from petitions.queries.frozen import AreaCell, CellRow, Dimension
from petitions.queries.petitions import PetitionCard, local_date

# The page of a petition stays light: its chart has at most so many steps, the whole series is one page further.
MOST_STEPS = 30
# So many pages' charts are kept as they were drawn, each in a language; figures change once a day.
MOST_DRAWN = 128

HOW_DAYS = lazy(
    "Confirmed signatures at the end of each day. A day with fewer than ten new signatures is joined with the days "
    "that follow it until there are ten; the last, open remainder is not shown yet. A day that was published never "
    "changes."
)
HOW_CELLS = lazy(
    "Counted once a day. A number below ten is never shown, and neither is another one from which it could be worked "
    "out; together they make the row “all others”, and only if it has at least ten. From one day to the next a shown "
    "number stays, or changes by ten or more."
)
HOW_AREAS = lazy(
    "The area that signers named, without proof of residence, by region and city of republican importance. The rate "
    "is the number of signatures for each 1,000 residents by the newest population figure of the register."
)
CELLS: Mapping[str, Any] = {
    "web": lazy("On this site"),
    "paper": lazy("On paper"),
    "email": lazy("Mailbox confirmed"),
    "resident": lazy("Residents of the addressee's area"),
    "other": lazy("Others"),
    "pending": lazy("Not confirmed yet"),
    "expired": lazy("Never confirmed"),
    "invalid": lazy("Not valid"),
    "withdrawn": lazy("Withdrawn"),
    "quarantined": lazy("Set aside for a check"),
    "counted": lazy("Counted"),
    REST: lazy("All others"),
}
TITLES: Mapping[Dimension, Any] = {
    Dimension.RESIDENCY: lazy("Residents and others"),
    Dimension.CHANNEL: lazy("How people signed"),
    Dimension.EVIDENCE: lazy("How signatures were confirmed"),
}


@dataclass(frozen=True, slots=True)
class Growth:
    """The daily series of one petition, and what it is measured against."""

    petition_id: int
    opened: date
    rows: tuple[DayRow, ...]
    threshold: int | None
    residents_only: bool


def in_short(w: Work, card: PetitionCard) -> dict[str, Any]:
    """What the page of a petition shows: two charts as markup, and the day up to which they reach."""
    grown = _growth_of(w, card)
    if grown is None:
        return {"charts": "", "as_of": None}
    return {
        "charts": _on_page(grown, tuple(frozen.areas_of(w, card.id))),
        "as_of": frozen.frozen_through(w),
    }


@remembered(MOST_DRAWN)
def _on_page(grown: Growth, cells: tuple[AreaCell, ...]) -> Markup:
    drawn = _growth(grown, MOST_STEPS), _places(grown.petition_id, cells, in_short=True)
    chart = get_template_attribute("components/petition.html", "chart")
    return Markup("").join(chart(one) for one in drawn if one)


def in_full(w: Work, card: PetitionCard) -> dict[str, Any]:
    """Everything that is published of one petition's signatures."""
    grown = _growth_of(w, card)
    mixes = [_mix(w, card, dimension) for dimension in TITLES]
    made = [_growth(grown) if grown else None, _places(card.id, frozen.areas_of(w, card.id)), *mixes]
    return {
        "charts": [chart for chart in made if chart],
        "as_of": frozen.frozen_through(w),
        "funnel": _funnel(w, card),
    }


def cells_table(w: Work, petition_id: int) -> list[tuple[str, str, int | None, bool]]:
    """The classes of one petition as a table: dimension, cell, number, whether it is held back."""
    rows = [(d, cell) for d in TITLES for cell in frozen.cells_of(w, petition_id, d)]
    rows += [(Dimension.FUNNEL, cell) for cell in frozen.funnel_of(w, petition_id) or ()]
    return [(d.value, cell.cell, cell.count, cell.suppressed) for d, cell in rows]


def _growth_of(w: Work, card: PetitionCard) -> Growth | None:
    """What there is of a petition's growth; None before the first figure."""
    opened = local_date(w, card.opened_at)
    rows = frozen.days_of(w, card.id) if opened else []
    if not rows or opened is None:
        return None
    return Growth(card.id, opened, tuple(rows), card.threshold, card.residents_only)


def _growth(grown: Growth, most: int = 0) -> Chart:
    """The total day by day against the threshold; `most` joins steps into fewer ones."""
    opened, rows = grown.opened, grown.rows
    kept = _joined(rows, most) if most else rows
    title, text = _("Signatures day by day"), _growth_words(grown)
    goal = 0 if grown.residents_only else grown.threshold or 0
    stair = Stair(
        [(opened.toordinal(), 0), *((row.date.toordinal(), row.cumulative) for row in kept)],
        Ends(format_date(opened, "medium"), format_date(kept[-1].date, "medium")),
        format_number(rows[-1].cumulative),
        goal,
        _("Threshold: %(n)s", n=format_number(goal)),
    )
    return Chart(
        "days",
        title,
        text,
        steps("days", title, text, stair),
        [_("Up to"), _("Days"), _("New signatures"), _("Signatures so far")],
        [[format_date(row.date), *map(format_number, (row.days, row.count, row.cumulative))] for row in kept],
        numeric=(1, 2, 3),
        downloads=_downloads(grown.petition_id, "daily"),
        how=str(HOW_DAYS),
    )


def _places(petition_id: int, cells: Sequence[AreaCell], *, in_short: bool = False) -> Chart | None:
    """Signatures per 1,000 residents of each area, those that are not shown hatched; None where none is shown."""
    shown = sorted((c for c in cells if c.per_1000 is not None), key=lambda c: -(c.per_1000 or 0))
    if not shown:
        return None
    hidden = [cell for cell in cells if cell.suppressed and cell.area != REST]
    bars = [_place(cell) for cell in shown] + _hidden(hidden, in_short)
    return Chart(
        "places",
        _("Where signers live"),
        _(
            "Signatures for each 1,000 residents; their number stands in brackets. Hatched: not shown, because it is "
            "below ten or would give such a number away."
        ),
        bar_list("places", bars, columns=True),
        [_("Area"), _("Signatures"), _("Residents"), _("Per 1,000 residents")],
        [_place_row(cell) for cell in cells],
        numeric=(1, 2, 3),
        downloads=_downloads(petition_id, "areas"),
        how=f"{HOW_AREAS} {HOW_CELLS}",
    )


def not_shown() -> str:
    """What stands where a number is held back."""
    return _("not shown")


def counted_words(count: int | None) -> str:
    """A number, or that it is not shown."""
    return not_shown() if count is None else format_number(count)


def number_words(n: float | None) -> str:
    """A number, or a dash where there is none."""
    return "—" if n is None else format_number(n)


def rate_words(rate: float | None) -> str:
    """Signatures per 1,000 residents with two digits, or a dash where there is none."""
    return number_words(None if rate is None else round(rate, 2))


def _joined(rows: Sequence[DayRow], most: int) -> list[DayRow]:
    """At most `most` rows of the same sums: neighbours are joined, the totals stay."""
    size = -(-len(rows) // most)
    parts = [rows[max(0, end - size) : end] for end in range(len(rows), 0, -size)][::-1]
    return [
        DayRow(part[-1].date, sum(r.days for r in part), sum(r.count for r in part), part[-1].cumulative)
        for part in parts
    ]


def _growth_words(grown: Growth) -> str:
    last = grown.rows[-1]
    facts = {"day": format_date(last.date), "n": format_number(last.cumulative)}
    if grown.residents_only:
        return _("%(n)s signatures by %(day)s, residents and others together.", **facts)
    part = share(last.cumulative, grown.threshold)
    if part is None:
        return _("%(n)s signatures by %(day)s.", **facts)
    return _("%(n)s signatures by %(day)s: %(share)s of the threshold.", share=format_share(part), **facts)


def _place(cell: AreaCell) -> Bar:
    shown = f"{rate_words(cell.per_1000)} ({counted_words(cell.count)})"
    return Bar(cell.name, cell.per_1000, shown, url("directory.area", code=cell.area))


def _hidden(cells: Sequence[AreaCell], in_short: bool) -> list[Bar]:
    """The areas that are not shown, each on its own or, in short, all in one row."""
    if in_short and len(cells) > 1:
        n = format_number(len(cells))
        return [Bar(ngettext("%(n)s more area", "%(n)s more areas", len(cells), n=n), None, not_shown())]
    return [Bar(cell.name, None, not_shown(), url("directory.area", code=cell.area)) for cell in cells]


def _place_row(cell: AreaCell) -> list[str]:
    name = str(CELLS[REST]) if cell.area == REST else cell.name
    return [name, counted_words(cell.count), number_words(cell.population), rate_words(cell.per_1000)]


def _mix(w: Work, card: PetitionCard, dimension: Dimension) -> Chart | None:
    """How the counted signatures divide; None where one class has them all, or none is shown."""
    cells = frozen.cells_of(w, card.id, dimension)
    if sum(cell.count is not None for cell in cells if cell.cell != REST) < 2:
        return None
    words = str(TITLES[dimension]), _("Counted signatures by the end of the day.")
    return _divided(card, dimension, words, cells)


def _funnel(w: Work, card: PetitionCard) -> Chart | None:
    """What became of everything that was submitted, once the petition's numbers are final."""
    cells = frozen.funnel_of(w, card.id)
    if cells is None or all(cell.count is None for cell in cells):
        return None
    title = _("What became of what was submitted")
    text = _("Each signature that was begun is in exactly one of these rows.")
    return _divided(card, Dimension.FUNNEL, (title, text), cells)


def _divided(
    card: PetitionCard, dimension: Dimension, words: tuple[str, str], cells: Sequence[CellRow]
) -> Chart:
    """The cells as bars; the pool has a line only where there is something in it that may be shown."""
    shown = [cell for cell in cells if cell.cell != REST or cell.count]
    bars = [Bar(str(CELLS.get(c.cell, c.cell)), c.count, counted_words(c.count)) for c in shown]
    return Chart(
        dimension.value,
        *words,
        bar_list(dimension.value, bars),
        [_("Group"), _("Signatures")],
        [[bar.label, bar.shown] for bar in bars],
        downloads=[(url("petition_statistics.table", petition_id=card.id), "CSV")],
        how=str(HOW_CELLS),
    )


def _downloads(petition_id: int, name: str) -> list[tuple[str, str]]:
    path = f"/api/v1/petitions/{petition_id}/signatures/{name}"
    return [(link(path, format="csv"), "CSV"), (link(path), "JSON")]
