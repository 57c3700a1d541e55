"""Due dates as calendar files."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from flask import Response, make_response

from core.i18n import _
from core.ics import DayEvent, calendar_file
from core.links import absolute_url
from petitions.queries.terms import TermRow


def term_event(row: TermRow, title: str, changed_at: datetime, moves: int) -> list[DayEvent]:
    """The event of a term's due date, which was moved so many times; none while a stop holds it."""
    if row.due_on is None:
        return []
    link = absolute_url("terms.show", term_id=row.id)
    host = urlsplit(link).hostname or "localhost"
    text = _("The last day ends at 23:59:59. How this date was computed: %(link)s", link=link)
    uid, ended = f"term-{row.id}@{host}", bool(row.ended)
    return [DayEvent(uid, row.due_on, title, text, link, changed_at, ended, moves + ended)]


def as_file(name: str, events: Iterable[DayEvent], filename: str) -> Response:
    """A calendar file to download or to subscribe to."""
    response = make_response(calendar_file(name, events))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = f'inline; filename="{filename}.ics"'
    return response
