"""The public explainer of one term: from what, how long, which days were skipped, until when."""

from typing import Any

from flask import Blueprint, Response

from core.access import public
from core.i18n import format_date, format_datetime, localised
from core.web import page
from core.work import reading
from petitions.domain.rulebook import Span
from petitions.queries.timeline import ChangeRow, ExplainedTerm, explained_term
from petitions.web.reading_words import STARTS, TERM_KINDS, bearer_words, day_words, duration_words

bp = Blueprint("terms", __name__)


@bp.get("/terms/<id:term_id>")
@public
def show(term_id: int) -> Response:
    """One term of a listed petition, day by day."""
    with reading() as w:
        term = explained_term(w, term_id)
    return page("terms/show.html", term=term, **_facts(term))


def _facts(term: ExplainedTerm) -> dict[str, Any]:
    row, computed = term.row, term.computed
    return {
        "row": row,
        "kind": str(TERM_KINDS[row.kind]),
        "start": str(STARTS[row.kind]),
        "bearer": bearer_words(row.kind, term.authority),
        "length": duration_words(row.n, row.unit),
        "added": _added(computed.span, row.n),
        "used": computed.used,
        "total": computed.total,
        "skipped": [(format_date(day.date, "full"), day_words(day, localised)) for day in computed.skipped],
        "changes": [_change(change) for change in term.changes],
    }


def _change(change: ChangeRow) -> tuple[str, str, str]:
    old, new = (format_date(day) if day else "—" for day in (change.old_due, change.new_due))
    return format_datetime(change.at), old, new


def _added(whole: Span, n: int) -> str | None:
    """The extension in words, None where there is none."""
    return duration_words(whole.n - n, whole.unit) if whole.n > n else None
