"""The public explainer of one term: from what, how long, which days were skipped, until when."""

from typing import Any

from flask import Blueprint, Response

from core.access import public
from core.i18n import format_date, format_datetime, localised
from core.web import page
from core.work import reading
from petitions.domain.rulebook import Span, Unit
from petitions.queries.timeline import ExplainedTerm, explained_term
from petitions.web.calendar_files import as_file, term_event
from petitions.web.desk_words import STARTS as FACTS
from petitions.web.explaining_words import cause_words, month_words, step_words
from petitions.web.reading_words import STARTS, TERM_KINDS, bearer_words, day_words, duration_words

# Where the fact that started a term says more than its kind.
SAID = frozenset({"transferred", "appealed"})
bp = Blueprint("terms", __name__)


@bp.get("/terms/<id:term_id>")
@public
def show(term_id: int) -> Response:
    """One term of a listed petition, day by day."""
    with reading() as w:
        term = explained_term(w, term_id)
    return page("terms/show.html", term=term, **_facts(term))


@bp.get("/terms/<id:term_id>.ics")
@public
def ics(term_id: int) -> Response:
    """The due date as a calendar file; while a stop holds the term it has no date and the file no event."""
    with reading() as w:
        term = explained_term(w, term_id)
    title = f"{TERM_KINDS[term.row.kind]}: {term.petition_title}"
    moved = term.changes[-1].at if term.changes else None
    events = [] if moved is None else term_event(term.row, title, moved, len(term.changes) - 1)
    return as_file(title, events, f"term-{term_id}")


def _facts(term: ExplainedTerm) -> dict[str, Any]:
    row, computed = term.row, term.computed
    return {
        "row": row,
        "kind": str(TERM_KINDS[row.kind]),
        "start": str(FACTS[row.start_fact] if row.start_fact in SAID else STARTS[row.kind]),
        "bearer": bearer_words(row.kind, term.authority, row.start_fact),
        "length": duration_words(row.n, row.unit),
        "added": _added(computed.span, row.n),
        "used": computed.used,
        "total": computed.total,
        "skipped": [(format_date(day.date, "full"), day_words(day, localised)) for day in computed.skipped],
        "months": month_words(computed, None if row.unit is Unit.MONTHS else row.n, row.unit),
        "changes": _changes(term),
        "extensions": [(ext, duration_words(ext.n, row.unit)) for ext in term.extensions],
        "reminders": [
            (format_datetime(sent.at), step_words(sent.step, sent.to_supervisor)) for sent in term.reminders
        ],
    }


def _changes(term: ExplainedTerm) -> list[tuple[str, str, str, str]]:
    found = []
    for change in term.changes:
        old, new = (format_date(day) if day else "—" for day in (change.old_due, change.new_due))
        found.append((format_datetime(change.at), cause_words(change.cause, term.row.kind), old, new))
    return found


def _added(whole: Span, n: int) -> str | None:
    """The extension in words, None where there is none."""
    return duration_words(whole.n - n, whole.unit) if whole.n > n else None
