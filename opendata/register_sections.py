"""Blocks of statistics on pages of the register: what an area signs beside its neighbours, how long a body takes."""

from flask import get_template_attribute
from markupsafe import Markup

from core.charts import Bar, Chart, bar_list
from core.i18n import _, format_date, format_number, ngettext, url
from core.work import Work
from opendata.region_map import neighbours
from opendata.statistics_charts import downloads
from opendata.statistics_sheets import HOW, signed_here
from petitions.queries import frozen
from petitions.queries.listing import Filters
from petitions.queries.selection import Selection, selected
from petitions.web.petition_figures import counted_words, not_shown, number_words, rate_words

MOST_PETITIONS = 10
MOST_ANSWERS = 20


def area_section(w: Work, code: str) -> Markup | None:
    """The block on the page of a first-level area; nothing on others, for which no figure is published."""
    if not neighbours(code):
        return None
    block: Markup = get_template_attribute("opendata/_register.html", "block")(
        frozen.frozen_through(w), _beside_neighbours(w, code), _petitions(w, code)
    )
    return block


def body_section(w: Work, code: str) -> Markup | None:
    """The block on the page of a body that has answered."""
    among = selected(w, Selection(Filters(authority=code)))
    found = sorted(frozen.answer_times(w, among), key=lambda one: (one.met_on, one.petition_id))
    if not found:
        return None
    bars = [_answer(one) for one in found[-MOST_ANSWERS:][::-1]]
    title = _("Time to answer against the limit")
    text = _(
        "Calendar days from the start of the clock to the answer. The stroke is the last day that was allowed."
    )
    rows = [
        [f"№ {one.petition_id}", format_date(one.met_on), *_days_and_limit(one)] for one in reversed(found)
    ]
    head = [_("Petition"), _("Answered"), _("Days taken"), _("Days allowed"), _("On time or late")]
    files = downloads("as_table", "as_json", name="answer_times", authority=code)
    made = Chart(
        "answers", title, text, bar_list("answers", bars), head, rows, (2, 3), files, str(HOW["answers"])
    )
    block: Markup = get_template_attribute("opendata/_register.html", "drawn")(made)
    return block


def _answer(one: frozen.AnswerTime) -> Bar:
    days = ngettext("%(n)s day", "%(n)s days", one.days, n=format_number(one.days))
    late = _("late") if one.late else _("on time")
    href = url("petitions.show", petition_id=one.petition_id)
    label = _("Petition %(n)s", n=one.petition_id)
    return Bar(f"{label}, {format_date(one.met_on)}", one.days, f"{days}, {late}", href, one.limit)


def _days_and_limit(one: frozen.AnswerTime) -> list[str]:
    return [format_number(one.days), number_words(one.limit), _("Late") if one.late else _("On time")]


def _beside_neighbours(w: Work, code: str) -> Chart:
    beside = (code, *neighbours(code))
    rows = {row.area: row for row in frozen.area_totals(w)}
    found = [rows[one] for one in beside if one in rows]
    bars = [_beside(row, code) for row in found]
    table = [
        [row.name, counted_words(row.count), number_words(row.population), rate_words(row.per_1000)]
        for row in found
    ]
    title = _("Beside its neighbours")
    text = _("Signatures of all petitions for each 1,000 residents, here and in the areas that border on it.")
    head = [_("Area"), _("Signatures"), _("Residents"), _("Per 1,000 residents")]
    files = downloads("as_table", "as_json", name="areas")
    return Chart(
        "beside", title, text, bar_list("beside", bars), head, table, (1, 2, 3), files, str(HOW["areas"])
    )


def _beside(row: frozen.AreaTotal, here: str) -> Bar:
    href = "" if row.area == here else url("directory.area", code=row.area)
    shown = not_shown() if row.per_1000 is None else rate_words(row.per_1000)
    return Bar(row.name, row.per_1000, shown, href)


def _petitions(w: Work, code: str) -> Chart | None:
    """The petitions that were signed most here, of those whose number may be shown."""
    sheet = signed_here(w, code)
    if not sheet.rows:
        return None
    top = sheet.rows[:MOST_PETITIONS]
    bars = [
        Bar(
            title,
            count,
            f"{format_number(count)} ({rate_words(rate)})",
            url("petitions.show", petition_id=id_),
            lang=lang,
        )
        for id_, title, lang, count, rate in top
    ]
    title = str(sheet.title)
    text = _("Petitions with the most signatures from this area; for each 1,000 residents in brackets.")
    rows = [[f"№ {id_}", format_number(count), rate_words(rate)] for id_, _title, _lang, count, rate in top]
    head = [_("Petition"), _("Signatures"), _("Per 1,000 residents")]
    files = downloads("area_table", "area_json", code=code)
    return Chart("here", title, text, bar_list("here", bars), head, rows, (1, 2), files, str(sheet.how))
