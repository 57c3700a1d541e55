"""The public ledger, its league table, its feeds and calendars, and the desk's pages about terms."""

from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from authorities.models import Authority
from core.db import db
from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, Actor, reading, work
from opendata.ledger_facts import LEAST_RANKED, LeagueRow, league
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.domain.rulebook import Span, Unit
from petitions.jobs.deadlines import sweep_deadlines
from petitions.models.case import Term
from petitions.models.reminders import LedgerNote
from petitions.queries import rules
from petitions.services.ledger_notes import hide_note, write_note
from tests.accounts import submit
from tests.cases import answered, officer, petition_row, term_row
from tests.conftest import Clock
from tests.factories import VILLAGE_BODY, a_moderator, a_petition, an_officer, sign_in
from tests.services.test_extensions import WHY, another_body, transfer
from tests.services.test_stops import a_stop

DAY = timedelta(days=1)
ATOM = "{http://www.w3.org/2005/Atom}"


def text(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def a_case(authority: str = VILLAGE_BODY, **changes: object) -> int:
    return a_petition(State.UNDER_REVIEW, signatures=21, authority=authority, **changes)  # type: ignore[arg-type]


def rows() -> dict[str, LeagueRow]:
    with reading(ANYONE) as w:
        return {row.code: row for row in league(w)}


def test_an_empty_ledger(client: FlaskClient) -> None:
    answer = client.get("/deadlines?lang=en")
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    assert "No authority has owed an answer yet" in answer.get_data(as_text=True)


def test_every_standing_has_its_filter(client: FlaskClient, clock: Clock) -> None:
    late, on_time, met_late = (a_case(title=f"Петиция нөмірі {n}") for n in range(3))
    answered(on_time)
    clock.now += 40 * DAY
    sweep_deadlines()
    answered(met_late)
    running = a_case(title="Петиция нөмірі 3")
    ids = {"late": late, "met": on_time, "met_late": met_late, "running": running}
    for state, petition_id in ids.items():
        shown = text(client, f"/deadlines?state={state}&kind=answer&authority={VILLAGE_BODY}")
        assert [id_ for id_ in ids.values() if f'/petitions/{id_}"' in shown] == [petition_id], state
    a_stop(kinds=("answer",))
    shown = text(client, "/deadlines?state=stopped&lang=en")
    assert f"/petitions/{running}?" in shown and "Stopped since" in shown


def test_what_means_nothing_is_left_out_and_said(client: FlaskClient) -> None:
    answer = client.get("/deadlines?state=x&authority=nobody&kind=startup&cursor=forged&lang=en")
    assert answer.status_code == 200
    assert answer.get_data(as_text=True).count("no such choice") == 3


def test_pages_go_on_where_the_last_one_ended(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opendata.ledger.PER_PAGE", 3)
    cases = [a_case() for _ in range(3)]
    seen: list[int] = []
    path = "/deadlines"
    while path:
        html = text(client, path)
        found = [int(part.split('"')[0].split("?")[0]) for part in html.split('href="/terms/')[1:]]
        assert not set(found) & set(seen) and len(found) <= 3
        seen += found
        following = [
            part
            for part in html.split('href="')
            if "cursor=" in part.split('"')[0] and "lang=" not in part.split('"')[0]
        ]
        path = following[0].split('"')[0].replace("&amp;", "&") if following else ""
    with reading(ANYONE) as w:
        count = w.session.scalar(
            select(func.count()).where(Term.authority.is_not(None), Term.cancelled_on.is_(None))
        )
    assert len(seen) == count == 2 * len(cases)


@pytest.mark.postgres_too
def test_the_figures_are_a_recount_in_sql(app: Flask, clock: Clock) -> None:
    cases = [a_case() for _ in range(6)]
    clock.now += 10 * DAY
    for petition_id in cases[:4]:
        answered(petition_id)
    clock.now += 30 * DAY
    sweep_deadlines()
    answered(cases[4])
    row = rows()[VILLAGE_BODY]
    with reading(ANYONE) as w:
        mine = (Term.kind == TermKind.ANSWER, Term.authority == VILLAGE_BODY)
        late = w.session.scalar(select(func.count()).where(*mine, Term.missed_on.is_not(None)))
        done = w.session.scalar(select(func.count()).where(*mine, Term.met_on.is_not(None)))
        open_ = w.session.scalar(
            select(func.count()).where(*mine, Term.met_on.is_(None), Term.due_on < w.today)
        )
    figures = row.figures
    assert (figures.due, figures.late, figures.on_time, figures.overdue_now) == (6, late, 4, open_)
    assert done == 5 and (figures.median_days, figures.share_on_time, row.oldest_open) == (10, 0.6667, 40)
    assert figures.interval == (0.3, 0.9032)


def test_no_rank_below_five_answers_and_equal_shares_rank_alike(app: Flask, clock: Clock) -> None:
    for code, n in (
        (VILLAGE_BODY, LEAST_RANKED),
        ("kz-gov", LEAST_RANKED),
        ("kz-min-health", LEAST_RANKED - 1),
    ):
        for _ in range(n):
            with reading(ANYONE):
                petition_id = a_case(code)
            _answer(petition_id, code)
    ranks = {code: row.rank for code, row in rows().items()}
    assert ranks == {VILLAGE_BODY: 1, "kz-gov": 1, "kz-min-health": None}


def _answer(petition_id: int, body: str) -> None:
    from petitions.services.answering import publish_answer
    from tests.cases import draft

    with work(officer(body)) as w:
        publish_answer(w, petition_id, draft(), petition_row(petition_id).version)


def test_late_stays_late_in_the_table(app: Flask, clock: Clock) -> None:
    petition_id = a_case()
    clock.now += 40 * DAY
    sweep_deadlines()
    answered(petition_id)
    figures = rows()[VILLAGE_BODY].figures
    assert (figures.late, figures.overdue_now) == (1, 0)


def test_hidden_cases_are_in_no_figure(client: FlaskClient) -> None:
    a_petition(State.SCREENING)
    a_petition(State.TAKEN_DOWN)
    assert rows() == {} and "/terms/" not in text(client, "/deadlines")


def test_the_number_of_queries_does_not_grow(app: Flask, client: FlaskClient) -> None:
    def queries() -> int:
        seen = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        client.get("/deadlines")
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(seen)

    a_stop(kinds=("answer",))
    a_case()
    before = queries()
    for _ in range(6):
        a_case()
    assert queries() == before


def test_overdue_answers_are_a_feed(client: FlaskClient, clock: Clock) -> None:
    empty = ElementTree.fromstring(client.get("/feeds/overdue.atom").data)
    assert empty.findall(f"{ATOM}entry") == [] and empty.findtext(f"{ATOM}updated")
    petition_id = a_case(title="<b>Көпір & жол</b> салынсын")
    clock.now += 40 * DAY
    sweep_deadlines()
    answer = client.get("/feeds/overdue.atom?lang=en")
    assert answer.mimetype == "application/atom+xml"
    (entry,) = ElementTree.fromstring(answer.data).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "<b>Көпір & жол</b> салынсын"
    assert entry.findtext(f"{ATOM}updated") == "2026-12-22T19:00:00Z"
    assert client.get("/feeds/overdue.atom?lang=en").data == answer.data
    answered(petition_id)
    assert ElementTree.fromstring(client.get("/feeds/overdue.atom").data).findall(f"{ATOM}entry") == []


def test_a_body_has_a_feed_and_a_calendar(client: FlaskClient, clock: Clock) -> None:
    petition_id = a_case()
    clock.now += 40 * DAY
    sweep_deadlines()
    root = ElementTree.fromstring(client.get(f"/feeds/authorities/{VILLAGE_BODY}.atom?lang=en").data)
    assert [e.findtext(f"{ATOM}summary") for e in root.findall(f"{ATOM}entry")] == ["A due date was missed"]
    answer = client.get(f"/calendar/authorities/{VILLAGE_BODY}.ics")
    assert answer.mimetype == "text/calendar"
    calendar = icalendar.Calendar.from_ical(answer.data)
    (found,) = calendar.walk("VEVENT")
    term = term_row(petition_id, TermKind.ANSWER)
    assert term is not None
    assert found["DTSTART"].dt == term.due_on == date(2026, 12, 22) and type(found["DTSTART"].dt) is date
    assert str(found["UID"]).startswith(f"term-{term.id}@")
    for path in ("/feeds/authorities/nobody.atom", "/calendar/authorities/nobody.ics"):
        assert client.get(path).status_code == 404


def test_a_bodys_page_shows_its_figures(client: FlaskClient) -> None:
    answered(a_case())
    shown = text(client, f"/authorities/{VILLAGE_BODY}?lang=en")
    assert "How this body keeps its dates" in shown and f"/calendar/authorities/{VILLAGE_BODY}.ics" in shown


def test_a_body_has_its_own_word_and_its_versions_stay(app: Flask, client: FlaskClient) -> None:
    a_case()
    desk = sign_in(app.test_client(), an_officer())
    note = {"text": "Бір жауап сараптамадан кешікті.", "language": "kk"}
    assert submit(desk, "/desk/note", **note).status_code == 303
    assert submit(desk, "/desk/note", **(note | {"text": "Енді бәрі уақытында."})).status_code == 303
    shown = text(client, "/deadlines")
    assert "Енді бәрі уақытында." in shown and "Бір жауап сараптамадан кешікті." in shown
    assert submit(desk, "/desk/note", **(note | {"text": "x" * 2001})).status_code == 422
    with reading(ANYONE) as w:
        newest = w.session.scalars(select(LedgerNote.id).order_by(LedgerNote.id.desc())).first()
    moderator = Actor(a_moderator(), frozenset({"moderator"}))
    with pytest.raises(Refusal, match="reason-too-short"), work(moderator) as w:
        hide_note(w, newest or 0, "қысқа")
    with work(moderator) as w:
        hide_note(w, newest or 0, "Мұнда жеке адамның деректері бар еді.")
    shown = text(client, "/deadlines")
    assert "Енді бәрі уақытында." not in shown and "жеке адамның деректері" in shown


def test_only_officers_speak_for_a_body(app: Flask) -> None:
    for actor in (Actor(1, frozenset({"moderator"})), Actor(1, frozenset({"officer"}))):
        with pytest.raises(Refusal, match="not-allowed"), work(actor) as w:
            write_note(w, "Сөз", "kk")
    with pytest.raises(Refusal, match="language-unknown"), work(officer()) as w:
        write_note(w, "Сөз", "xx")
    with pytest.raises(Refusal, match="not-found"), work(Actor(1, frozenset({"moderator"}))) as w:
        hide_note(w, 99, "Мұнда жеке адамның деректері бар еді.")


@pytest.fixture
def generous(monkeypatch: pytest.MonkeyPatch) -> None:
    known = rules.tier_of

    def tier_of(w, petition):  # type: ignore[no-untyped-def]
        tier = known(w, petition)
        extension = replace(tier.response.extension, max=Span(5, Unit.WORKING_DAYS), times=1)
        return replace(tier, response=replace(tier.response, extension=extension))

    monkeypatch.setattr(rules, "tier_of", tier_of)


@pytest.mark.usefixtures("generous")
def test_an_officer_extends_at_the_desk(app: Flask, client: FlaskClient) -> None:
    petition_id = a_case()
    desk = sign_in(app.test_client(), an_officer())
    assert f"/desk/{petition_id}/extend" in text(desk, f"/desk/{petition_id}")
    path = f"/desk/{petition_id}/extend?lang=en"
    good = {"n": "5", "reason": WHY.text, "language": "kk", "version": str(petition_row(petition_id).version)}
    faults = {"6": "at most 5", "x": "valid integer", "": "number of days", "9" * 20: "number of days"}
    for wrong, words in [({"n": n}, said) for n, said in faults.items()] + [
        ({"reason": "қысқа"}, "too short")
    ]:
        answer = submit(desk, path, **(good | wrong))
        assert answer.status_code == 422 and words in answer.get_data(as_text=True)
    assert submit(desk, path, **good).status_code == 303
    assert desk.get(path).status_code == 303
    term = term_row(petition_id, TermKind.ANSWER)
    assert term is not None and term.extended == 5
    shown = text(client, f"/terms/{term.id}?lang=en")
    assert WHY.text in shown and "by the extension" in shown and "extended by 5 working days" in shown
    assert client.get(f"/api/v1/petitions/{petition_id}").get_json()["terms"][-1]["extended"] is True


def test_an_officer_hands_a_case_on_at_the_desk(app: Flask) -> None:
    petition_id, to = a_case(), another_body()
    desk = sign_in(app.test_client(), an_officer())
    path = f"/desk/{petition_id}/transfer?lang=en"
    good = {
        "authority": to,
        "reason": WHY.text,
        "language": "kk",
        "version": str(petition_row(petition_id).version),
    }
    assert submit(desk, path, **(good | {"authority": ""})).status_code == 422
    assert submit(desk, path, **(good | {"authority": "nobody"})).status_code == 422
    assert submit(desk, path, **good).status_code == 303
    assert desk.get(f"/desk/{petition_id}").status_code == 404
    assert petition_row(petition_id).authority == to
    shown = text(app.test_client(), f"/petitions/{petition_id}?lang=en")
    assert "Handed on to the competent authority" in shown and WHY.text in shown and "Days lost" in shown


@pytest.mark.parametrize("page", ["extend", "transfer"])
def test_others_have_no_such_page(app: Flask, page: str) -> None:
    petition_id = a_case()
    path = f"/desk/{petition_id}/{page}"
    assert app.test_client().get(path).status_code == 303
    assert sign_in(app.test_client(), an_officer("kz-gov")).get(path).status_code == 404
    assert sign_in(app.test_client(), a_moderator()).get(path).status_code == 403
    assert sign_in(app.test_client(), a_moderator()).get("/desk/note").status_code == 403


def test_a_transferred_term_is_out_of_the_first_bodys_figures(app: Flask, client: FlaskClient) -> None:
    petition_id, to = a_case(), another_body()
    transfer(petition_id)
    with work(SYSTEM) as w:
        assert w.session.get_one(Authority, to).code == to
    assert set(rows()) == {to}
    term = term_row(petition_id, TermKind.ANSWER)
    assert term is not None
    assert "handed on to the competent authority" in text(client, f"/terms/{term.id}?lang=en")
