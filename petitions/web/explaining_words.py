"""Words of the explainer: runs of days, causes of changes, reminders."""

from typing import Any

from core.i18n import _, format_date, format_number, localised, ngettext
from petitions.domain.calendar import Computation, Mark
from petitions.domain.deadlines import TermKind
from petitions.domain.explaining import Run, months
from petitions.domain.rulebook import Unit
from petitions.web.desk_words import start_words

MONTH, DAY = "LLLL y", "d MMMM"


def month_words(computed: Computation, base: int | None, unit: Unit) -> list[dict[str, Any]]:
    """Each month with its runs of days, ready to be shown."""
    return [
        {"title": format_date(month.day, MONTH), "runs": [_run(run, unit) for run in month.runs]}
        for month in months(computed, base)
    ]


def cause_words(cause: str, kind: TermKind) -> str:
    """Why a date was set or moved."""
    act, _colon, number = cause.partition(":")
    if act == "stop":
        return _("Stop of the clocks, no. %(n)s", n=number)
    if act == "stop-ended":
        return _("End of the stop of the clocks, no. %(n)s", n=number)
    known = {
        "extension": _("Extension"),
        "recomputed": _("Computed anew"),
        "discussion_moved": _("The discussion was moved"),
        "put_back": _("The petition is shown again after a takedown"),
        "question": _("The authority asked the author a question"),
        "question_replied": _("The author replied to the question"),
    }
    return known.get(act) or start_words(act, kind)


def step_words(step: str, to_supervisor: bool) -> str:
    """Which reminder it was, and who got it."""
    receivers = _("to the authority, its head and its supervisor") if to_supervisor else _("to the authority")
    return f"{_step(step)}, {receivers}"


def _step(step: str) -> str:
    act, _dash, weeks = step.partition("-")
    if act == "late":
        n = int(weeks)
        return ngettext("%(n)s week late", "%(n)s weeks late", n, n=format_number(n))
    n = int(step)
    if n == 0:
        return _("On the last day")
    return ngettext("%(n)s day before", "%(n)s days before", n, n=format_number(n))


def _run(run: Run, unit: Unit) -> dict[str, Any]:
    return {"when": _days(run), "what": _what(run, unit), "kind": run.mark.value, "refs": run.refs}


def _days(run: Run) -> str:
    if run.first == run.last:
        return format_date(run.first, DAY)
    return f"{run.first.day}–{format_date(run.last, DAY)}"


def _what(run: Run, unit: Unit) -> str:
    if run.counted is not None:
        return _counted(run, run.counted, unit)
    words = _skipped(run)
    return _("%(why)s: the end moved on", why=words) if run.carried else words


def _skipped(run: Run) -> str:
    if run.mark is Mark.STOP:
        return _("The clocks were stopped") if run.refs else _("The authority waited for the author's reply")
    if run.name:
        return localised(run.name)
    words = _("Weekend")
    return _("%(why)s, inside the stop", why=words) if run.refs else words


def _counted(run: Run, numbers: tuple[int, int], unit: Unit) -> str:
    first, last = (format_number(n) for n in numbers)
    words = (
        _("day %(n)s", n=first) if first == last else _("days %(first)s to %(last)s", first=first, last=last)
    )
    if run.extra:
        words = _("%(days)s, by the extension", days=words)
    if run.moved and unit is Unit.WORKING_DAYS and run.name:
        words = f"{words} ({localised(run.name)})"
    return words
