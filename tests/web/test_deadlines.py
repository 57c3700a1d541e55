"""The public ledger, its league table, its feeds and calendars, and the desk's pages about terms."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy import text as text_sql

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
from petitions.models.casework import CasePromise, PromiseVote, Voter
from petitions.queries import rules
from petitions.services.ledger_notes import write_note
from petitions.services.promises import Promise
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


@pytest.mark.postgres_too
def test_the_promises_are_a_recount_in_sql(app: Flask, client: FlaskClient, clock: Clock) -> None:
    ids = promises_of_one_body(clock)
    followers(ids[0], kept=10, broken=19)
    followers(ids[1], kept=9, broken=21)
    followers(ids[2], kept=8, broken=7)
    for promise_id, kept in zip(ids[2:8], (True, True, False, True, True, True), strict=True):
        author_says(promise_id, kept=kept)
    author_says(ids[1], kept=True)
    figures = rows()[VILLAGE_BODY].promises
    with reading(ANYONE) as w:
        counted = w.session.execute(text_sql(PROMISES), {"body": VILLAGE_BODY, "today": w.today}).one()
    assert tuple(figures)[:4] == tuple(counted) == (9, 5, 2, 2)
    assert (figures.share_kept, figures.interval) == (0.7143, (0.3589, 0.9178))
    shown = text(client, "/deadlines?lang=en")
    assert "5 of 9" in shown and "71.4%" in shown.replace("71.43%", "71.4%").replace("71 %", "71.4%")
    body = text(client, f"/authorities/{VILLAGE_BODY}?lang=en")
    assert "Promises due" in body and "No word yet" in body
    (line,) = csv.DictReader(io.StringIO(client.get("/deadlines.csv?lang=en").data.decode("utf-8-sig")))
    assert {name: line[name] for name in line if name.startswith("promises")} == {
        "promises_due": "9", "promises_kept": "5", "promises_not_kept": "2", "promises_no_word": "2"
    }  # fmt: skip
    assert (line["share_kept"], line["share_kept_low"]) == ("0.7143", "0.3589")
    assert "promises" not in client.get(f"/api/v1/authorities/{VILLAGE_BODY}").get_json()["answers"]


# The same rule once more, from the bare rows: tens of followers from ten voices on, else the author.
PROMISES = """
WITH said AS (
  SELECT p.id,
         SUM(CASE WHEN v.party = 'follower' AND v.kept THEN 1 ELSE 0 END) AS yes,
         SUM(CASE WHEN v.party = 'follower' AND NOT v.kept THEN 1 ELSE 0 END) AS no,
         MAX(CASE WHEN v.party = 'author' AND v.kept THEN 1 WHEN v.party = 'author' THEN 0 END) AS author
  FROM case_promises p JOIN terms t ON t.id = p.term_id LEFT JOIN promise_votes v ON v.promise_id = p.id
  WHERE t.authority = :body AND p.due_on <= :today GROUP BY p.id
), judged AS (
  SELECT CASE WHEN yes / 10 > no / 10 THEN 1 WHEN yes / 10 < no / 10 THEN 0 ELSE author END AS kept FROM said
)
SELECT COUNT(*), SUM(CASE WHEN kept = 1 THEN 1 ELSE 0 END), SUM(CASE WHEN kept = 0 THEN 1 ELSE 0 END),
       SUM(CASE WHEN kept IS NULL THEN 1 ELSE 0 END) FROM judged
"""


def promises_of_one_body(clock: Clock) -> list[int]:
    """Nine promises whose date has come, and three whose date has not; the numbers of all in their order."""
    for day in (date(2026, 12, 1),) * 3 + (date(2027, 6, 1),):
        petition_id = a_case()
        made = tuple(Promise(f"Кітапхана ашылады, {n}-кезең", day) for n in range(3))
        answered(petition_id, promises=made)
    clock.now += 8 * DAY
    with reading(ANYONE) as w:
        return list(w.session.scalars(select(CasePromise.id).order_by(CasePromise.id)))


def followers(promise_id: int, *, kept: int, broken: int) -> None:
    vote(promise_id, Voter.FOLLOWER, [True] * kept + [False] * broken)


def author_says(promise_id: int, *, kept: bool) -> None:
    vote(promise_id, Voter.AUTHOR, [kept])


def vote(promise_id: int, party: Voter, said: list[bool]) -> None:
    with work(SYSTEM) as w:
        for n, kept in enumerate(said):
            voter = f"{party.value}-{n}"
            w.session.add(PromiseVote(promise_id=promise_id, voter=voter, party=party, kept=kept, at=w.now))


def test_below_five_judged_promises_there_is_no_share(app: Flask, client: FlaskClient, clock: Clock) -> None:
    for promise_id in promises_of_one_body(clock)[: LEAST_RANKED - 1]:
        author_says(promise_id, kept=True)
    figures = rows()[VILLAGE_BODY].promises
    assert (figures.due, figures.kept, figures.no_word) == (9, 4, 5)
    assert figures.share_kept is None and figures.interval is None
    assert "4 of 9" in text(client, "/deadlines?lang=en")


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
    assert str(found["UID"]).startswith(f"term-{term.id}@") and found["SEQUENCE"] == 0
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


def test_only_officers_speak_for_a_body(app: Flask) -> None:
    for actor in (Actor(1, frozenset({"moderator"})), Actor(1, frozenset({"officer"}))):
        with pytest.raises(Refusal, match="not-allowed"), work(actor) as w:
            write_note(w, "Сөз", "kk")
    with pytest.raises(Refusal, match="language-unknown"), work(officer()) as w:
        write_note(w, "Сөз", "xx")


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
    assert "From “Akimat of Ulgi village” to “Another body”." in shown
    in_kazakh = text(app.test_client(), f"/petitions/{petition_id}?lang=kk")
    assert "Үлгі ауылының әкімдігі" in in_kazakh and "Akimat of" not in in_kazakh


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
