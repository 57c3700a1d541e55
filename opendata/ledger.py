"""The public ledger of deadlines: every term of every body, the league table, and its feeds and calendars."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, get_template_attribute, request
from markupsafe import Markup

from authorities import queries as register
from core.access import public
from core.i18n import _, format_date, lazy, url
from core.links import absolute_url
from core.refusal import Refusal
from core.refusals import refusal_text
from core.web import csv_file, page
from core.work import Work, reading
from opendata.atom import Entry, feed, tongue
from opendata.ledger_facts import LEAST_RANKED, LeagueRow, league, league_row
from petitions.domain.deadlines import AUTHORITYS, TermKind
from petitions.queries import ledger as query
from petitions.web.calendar_files import as_file, term_event
from petitions.web.reading_words import EVENTS, TERM_KINDS

PER_PAGE = 24
NEWEST = 50
NARROWING = ("state", "authority", "kind")
COLUMNS = (
    *("authority", "name", "rank", "answers_due", "answers_on_time", "answers_late", "answers_overdue_now"),
    *("share_on_time", "share_on_time_low", "share_on_time_high", "median_days", "oldest_open_days"),
    *("promises_due", "promises_kept", "promises_not_kept", "promises_no_word"),
    *("share_kept", "share_kept_low", "share_kept_high"),
)
bp = Blueprint("ledger", __name__)

STATES: Mapping[query.Standing, Any] = {
    query.Standing.LATE: lazy("Overdue"),
    query.Standing.RUNNING: lazy("Running"),
    query.Standing.STOPPED: lazy("Stopped"),
    query.Standing.MET: lazy("Met on time"),
    query.Standing.MET_LATE: lazy("Met late"),
}
WORDS = {"kinds": TERM_KINDS, "states": STATES, "least": LEAST_RANKED}
Shown = tuple[list[query.LedgerRow], str | None]


@bp.get("/deadlines")
@public
def index() -> Response:
    """The figures of each body, then every term, open ones first."""
    with reading() as w:
        choices = _choices(w)
        filters, problems = _asked(choices)
        rows, following = _page_of(w, filters, problems)
        facts = {"table_rows": league(w), "total": query.how_many_terms(w, filters), "counts": _counts(w)}
    facts |= {"rows": rows, "filters": filters, "choices": choices, "problems": problems}
    return page("ledger/index.html", words=WORDS, **facts, **_links(following))


@bp.get("/deadlines.csv")
@public
def table() -> Response:
    """The figures of each body as a table; docs/ledger.md says what each column is."""
    with reading() as w:
        return csv_file("deadlines", COLUMNS, [_cells(row) for row in league(w)])


@bp.get("/feeds/overdue.atom")
@public
def overdue() -> Response:
    """Answers and ordinary replies that are late now, the newest lateness first."""
    with reading() as w:
        entries = [_late_entry(w, row) for row in query.overdue_answers(w, NEWEST)]
    kept = tongue()
    pages = absolute_url("ledger.overdue", **kept), absolute_url("ledger.index", state="late", **kept)
    return feed(_("Overdue answers"), *pages, entries)


@bp.get("/feeds/authorities/<code>.atom")
@public
def authority_feed(code: str) -> Response:
    """What happened in the cases of one body, the newest first."""
    with reading() as w:
        body = _body(w, code)
        entries = [_event_entry(line) for line in query.events_of(w, code, NEWEST)]
    kept = tongue()
    own = absolute_url("ledger.authority_feed", code=code, **kept)
    return feed(body.name, own, absolute_url("ledger.index", authority=code, **kept), entries)


@bp.get("/calendar/authorities/<code>.ics")
@public
def authority_calendar(code: str) -> Response:
    """The open due dates of one body, to subscribe to."""
    with reading() as w:
        body = _body(w, code)
        rows = query.open_terms_of(w, code)
        changed = query.last_changes(w, [row.term.id for row in rows])
    events = [
        event
        for row in rows
        for event in term_event(row.term, f"{TERM_KINDS[row.term.kind]}: {row.title}", *changed[row.term.id])
    ]
    return as_file(body.name, events, f"authority-{code}")


def authority_section(w: Work, code: str) -> Markup | None:
    """The block on a body's own page: its figures, its word on them, and where its dates can be followed."""
    block: Markup = get_template_attribute("ledger/_authority.html", "block")(league_row(w, code))
    return block


def _cells(row: LeagueRow) -> tuple[object, ...]:
    answers, promises = row.figures, row.promises
    return (
        *(row.code, row.name, row.rank, answers.due, answers.on_time, answers.late, answers.overdue_now),
        *(answers.share_on_time, *(answers.interval or (None, None)), answers.median_days, row.oldest_open),
        *(promises.due, promises.kept, promises.not_kept, promises.no_word),
        *(promises.share_kept, *(promises.interval or (None, None))),
    )


def _links(following: str | None) -> dict[str, str | None]:
    """The pages after this one and before it."""
    return {
        "next_url": _list_url(cursor=following) if following else None,
        "first_url": _list_url() if "cursor" in request.args else None,
    }


def _page_of(w: Work, filters: query.LedgerFilters, problems: dict[str, str]) -> Shown:
    try:
        return query.ledger_page(w, filters, request.args.get("cursor", ""), PER_PAGE)
    except Refusal as error:
        problems["cursor"] = refusal_text(error)
        return query.ledger_page(w, filters, "", PER_PAGE)


def _counts(w: Work) -> list[tuple[Any, int, str, str]]:
    """How many terms stand where: words, number, address, and the code of the state."""
    states = ((state, query.how_many_terms(w, query.LedgerFilters(state))) for state in STATES)
    return [(STATES[state], n, url("ledger.index", state=state.value), state.value) for state, n in states]


def _choices(w: Work) -> dict[str, list[tuple[str, Any]]]:
    kinds = [(kind.value, TERM_KINDS[kind]) for kind in TermKind if kind in AUTHORITYS]
    bodies = [(body.code, body.name) for body in register.authorities(w)]
    return {"state": [(s.value, words) for s, words in STATES.items()], "authority": bodies, "kind": kinds}


def _asked(choices: dict[str, list[tuple[str, Any]]]) -> tuple[query.LedgerFilters, dict[str, str]]:
    problems: dict[str, str] = {}
    given = {}
    for name in NARROWING:
        value = request.args.get(name, "").strip()
        if value and value not in {code for code, _words in choices[name]}:
            problems[name], value = _("There is no such choice here, so it was left out."), ""
        given[name] = value
    state = query.Standing(given["state"]) if given["state"] else None
    kind = TermKind(given["kind"]) if given["kind"] else None
    return query.LedgerFilters(state, given["authority"], kind), problems


def _list_url(**more: str) -> str:
    kept = {name: request.args[name] for name in NARROWING if request.args.get(name)}
    return url("ledger.index", **kept, **more)


def _body(w: Work, code: str) -> register.AuthorityRow:
    row = register.authority(w, code)
    if row is None:
        raise Refusal("not-found")
    return row


def _late_entry(w: Work, row: query.LedgerRow) -> Entry:
    due_on = row.term.due_on or w.today
    text = _("%(kind)s was due on %(day)s.", kind=str(TERM_KINDS[row.term.kind]), day=format_date(due_on))
    since = datetime.combine(row.term.missed_on or due_on, time(), w.kernel.zone)
    link = absolute_url("terms.show", term_id=row.term.id)
    return Entry(f"{link}#overdue", row.title, text, link, since, row.authority)


def _event_entry(line: query.EventLine) -> Entry:
    link = absolute_url("petitions.show", petition_id=line.petition_id)
    return Entry(f"{link}#event-{line.id}", line.title, str(EVENTS[line.event]), link, line.at)
