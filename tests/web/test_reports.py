"""Reports and takedowns: anybody reports without a name, moderators handle, and what was hidden loses no day."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from core.audit import AuditEntry
from core.work import SYSTEM, reading, work
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition
from petitions.models.reports import Report, Takedown
from petitions.queries.terms import TermRow, terms_of
from tests.accounts import mails
from tests.cases import events, petition_row, words_of
from tests.conftest import Clock
from tests.factories import a_moderator, a_petition, an_administrator, an_author, an_officer, sign_in
from tests.web.test_moderation import hidden, preview, text
from tests.writing import REASON, TITLE, state_of

WORDS = "Екінші абзацта көршінің телефоны мен мекенжайы тұр, ол бұған келіспеген."
WHY = "Мәтіндегі телефон мекеменікі, ол ашық анықтамалықта бар. Петиция қайта көрсетіледі."


def browser(app: Flask, account: int | None = None) -> FlaskClient:
    return sign_in(app.test_client(), a_moderator() if account is None else account)


def report(app: Flask, number: int, **fields: str) -> int:
    """A stranger reports; the status."""
    stranger = app.test_client()
    page = stranger.get(f"/petitions/{number}/report?lang=en")
    if page.status_code != 200:
        return page.status_code
    given = {"reason": "private_data", "text": WORDS} | fields
    answer = stranger.post(f"/petitions/{number}/report?lang=en", data=hidden(page) | given)
    if answer.status_code == 303:
        assert answer.location.split("?")[0].endswith(f"/petitions/{number}/report/sent")
    return answer.status_code


def rows(number: int) -> list[tuple[str, str | None, bool]]:
    with reading() as w:
        found = w.session.scalars(select(Report).where(Report.petition_id == number).order_by(Report.id))
        return sorted((row.reason, row.outcome, row.text is not None) for row in found)


def take_down(moderator: FlaskClient, number: int) -> None:
    shown = preview(moderator, number, verdict="take_down", ground="duplicate", reason=REASON)
    assert moderator.post(f"/moderation/{number}/decide", data=hidden(shown)).status_code == 303
    assert state_of(number) is State.TAKEN_DOWN


def put_back(moderator: FlaskClient, number: int, reason: str = WHY) -> int:
    page = moderator.get(f"/moderation/{number}/restore?lang=en")
    answer = moderator.post(f"/moderation/{number}/restore?lang=en", data=hidden(page) | {"reason": reason})
    return answer.status_code


def term(number: int, kind: TermKind) -> TermRow:
    with reading() as w:
        return [row for row in terms_of(w, [number])[number] if row.kind is kind][-1]


def test_anybody_reports_without_a_name_and_only_moderators_read_it(app: Flask, client: FlaskClient) -> None:
    number = a_petition()
    assert f"/petitions/{number}/report" in text(client.get(f"/petitions/{number}"))
    page = text(client.get(f"/petitions/{number}/report?lang=en"))
    assert 'name="email"' not in page and 'name="full_name"' not in page and "180 days" in page
    assert report(app, number) == 303
    assert rows(number) == [("private_data", None, True)]
    with reading() as w:
        stored = w.session.scalars(select(Report.text)).one()
    assert stored is not None and WORDS.encode() not in stored
    sent = client.get(f"/petitions/{number}/report/sent?lang=en")
    assert sent.status_code == 200 and "Set-Cookie" not in sent.headers
    assert sent.headers["X-Robots-Tag"] == "noindex"
    moderator = browser(app)
    assert TITLE in text(moderator.get("/moderation/reports"))
    assert WORDS in text(moderator.get(f"/moderation/{number}/reports"))
    for path in (f"/petitions/{number}", f"/api/v1/petitions/{number}", f"/feeds/petitions/{number}.atom"):
        assert WORDS not in text(client.get(path))


@pytest.mark.parametrize(
    "fields",
    [{"reason": ""}, {"reason": "burn"}, {"text": ""}, {"text": "жаман"}, {"text": "ж" * 2_001}],
)
def test_a_report_says_what_is_wrong(app: Flask, fields: dict[str, str]) -> None:
    number = a_petition()
    assert report(app, number, **fields) == 422
    assert rows(number) == []


def test_a_report_needs_the_forms_token(app: Flask, client: FlaskClient) -> None:
    number = a_petition()
    answer = client.post(f"/petitions/{number}/report", data={"reason": "other", "text": WORDS})
    assert answer.status_code == 400 and rows(number) == []


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.DRAFT, 404),
        (State.GATHERING, 404),
        (State.SCREENING, 404),
        (State.TAKEN_DOWN, 410),
        (State.REFUSED, 200),
    ],
)
def test_only_what_can_be_read_can_be_reported(
    app: Flask, client: FlaskClient, state: State, status: int
) -> None:
    number = a_petition(state)
    assert client.get(f"/petitions/{number}/report").status_code == status
    assert client.get(f"/petitions/{number}/report/sent").status_code == status
    if status == 200:
        assert report(app, number) == 303


def test_reports_are_handled_by_those_who_may(app: Flask) -> None:
    author = an_author()
    number = a_petition(author=author)
    assert report(app, number) == 303
    here = (f"/moderation/{number}/reports", "/moderation/reports", f"/moderation/{number}/restore")
    for account in (an_officer(), an_administrator(), author):
        reader = browser(app, account)
        assert [reader.get(path).status_code for path in here] == [403, 403, 403]
    assert [app.test_client().get(path).status_code for path in here] == [303, 303, 303]
    own = a_moderator(author=True)
    with work(SYSTEM) as w:
        w.session.execute(update(Petition).where(Petition.id == number).values(author_id=own))
    reader = browser(app, own)
    assert reader.get(f"/moderation/{number}/reports").status_code == 404
    assert f"/moderation/{number}/reports" not in text(reader.get("/moderation/reports"))


def test_the_queue_says_how_long_a_report_has_waited(app: Flask, clock: Clock) -> None:
    old, new = a_petition(), a_petition(title="Ауылға жаңа көпір салынсын")
    assert report(app, old) == 303
    clock.now += timedelta(days=4)
    assert report(app, new) == 303
    moderator = browser(app)
    page = text(moderator.get("/moderation/reports?lang=en"))
    assert page.index(f"/moderation/{old}/reports") < page.index(f"/moderation/{new}/reports")
    late = text(moderator.get("/moderation/reports?lang=en&band=old"))
    assert f"/moderation/{old}/reports" in late and f"/moderation/{new}/reports" not in late
    assert moderator.get("/moderation/reports?band=burn").status_code == 200


def test_reports_are_closed_with_a_reason_and_a_line_in_the_log(app: Flask) -> None:
    number, account = a_petition(), a_moderator()
    assert report(app, number) == 303 and report(app, number, reason="other") == 303
    moderator = browser(app, account)
    page = moderator.get(f"/moderation/{number}/reports?lang=en")
    assert moderator.post(page.request.path, data=hidden(page) | {"reason": "жоқ"}).status_code == 422
    assert moderator.post(page.request.path, data=hidden(page) | {"reason": WHY}).status_code == 303
    assert rows(number) == [("other", "no_action", True), ("private_data", "no_action", True)]
    assert moderator.get(page.request.path).status_code == 404 and state_of(number) is State.COLLECTING
    with reading() as w:
        entry = w.session.scalars(select(AuditEntry).where(AuditEntry.action == "report.no_action")).one()
        assert (entry.before, entry.account_id) == ({"reports": 2, "outcome": None}, account)
        assert entry.after == {"reports": 2, "outcome": "no_action"}
        assert WHY not in str(entry.after)


def test_a_takedown_handles_the_reports_and_says_ground_reason_and_day(
    app: Flask, client: FlaskClient
) -> None:
    number = a_petition()
    assert report(app, number) == 303
    take_down(browser(app), number)
    assert rows(number) == [("private_data", "taken_down", True)]
    gone = client.get(f"/petitions/{number}?lang=en")
    page = text(gone)
    assert (
        gone.status_code == 410
        and REASON in page
        and "already in an open petition" in page
        and "2026" in page
    )
    assert TITLE not in page and client.get(f"/api/v1/petitions/{number}").status_code == 410
    with reading() as w:
        entry = w.session.scalars(select(AuditEntry).where(AuditEntry.action == "petition.take_down")).one()
        assert entry.before == {"state": "collecting"}
        assert entry.after == {"state": "taken_down", "ground": "duplicate"}
        assert w.session.scalars(select(Takedown)).one().was is State.COLLECTING


def test_what_is_shown_again_gets_its_lost_days_back(app: Flask, client: FlaskClient, clock: Clock) -> None:
    author = an_author(email="a@mail.example")
    number = a_petition(author=author, signatures=3)
    window, closes = term(number, TermKind.COLLECTION), petition_row(number).closes_at
    assert closes is not None
    clock.now += timedelta(days=5)
    take_down(browser(app), number)
    clock.now += timedelta(days=12)
    assert put_back(browser(app), number, "жоқ") == 422 and state_of(number) is State.TAKEN_DOWN
    assert put_back(browser(app), number) == 303
    row, again = petition_row(number), term(number, TermKind.COLLECTION)
    assert row.state is State.COLLECTING and row.ended_at is None
    assert again.id == window.id and again.state is TermState.RUNNING
    # Six months end on Sunday, 23 May, and so on the Monday after it; with the twelve lost days on Friday, 4 June.
    assert (window.due_on, again.due_on) == (date(2027, 5, 24), date(2027, 6, 4))
    assert row.closes_at is not None and row.closes_at - closes == timedelta(days=11)
    assert events(number)[-2:] == ["taken_down", "put_back"]
    page = text(client.get(f"/petitions/{number}?lang=en"))
    assert "Shown again" in page and WHY in page and TITLE in page
    explained = text(client.get(f"/terms/{again.id}?lang=en"))
    assert "shown again after a takedown" in explained
    assert number in [item["id"] for item in client.get("/api/v1/petitions").get_json()["items"]]
    assert client.get("/petitions?q=кітапхана").status_code == 200
    assert TITLE in text(client.get("/petitions?q=кітапхана"))
    told = [mail for mail in mails() if mail["To"] == "a@mail.example"]
    assert WHY in words_of(told[-1])
    with reading() as w:
        entry = w.session.scalars(select(AuditEntry).where(AuditEntry.action == "petition.put_back")).one()
        assert (entry.before, entry.after) == ({"state": "taken_down"}, {"state": "collecting"})
    assert browser(app).get(f"/moderation/{number}/restore").status_code == 303
    take_down(browser(app), number)
    assert put_back(browser(app), number) == 303


@pytest.mark.parametrize("state", [State.UNDER_REVIEW, State.ANSWERED, State.LAPSED, State.WITHDRAWN])
def test_each_state_comes_back_as_it_was(app: Flask, clock: Clock, state: State) -> None:
    number = a_petition(state)
    before = petition_row(number)
    due = term(number, TermKind.ANSWER).due_on if state is State.UNDER_REVIEW else None
    clock.now += timedelta(days=1)
    take_down(browser(app), number)
    clock.now += timedelta(days=9)
    assert put_back(browser(app), number) == 303
    after = petition_row(number)
    assert (after.state, after.ended_at) == (state, before.ended_at)
    if due is not None:
        again = term(number, TermKind.ANSWER)
        assert again.state is TermState.RUNNING and again.due_on is not None and again.due_on > due


def test_what_is_not_taken_down_cannot_be_shown_again(app: Flask) -> None:
    number = a_petition()
    moderator = browser(app)
    assert moderator.get(f"/moderation/{number}/restore").status_code == 303
    with reading() as w:
        assert w.session.scalars(select(Takedown)).all() == []
    page = moderator.get(f"/moderation/{a_petition(State.TAKEN_DOWN)}/restore")
    assert page.status_code == 303
    assert events(number) == []
