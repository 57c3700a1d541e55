"""The work at the desk in the browser: hands, notes, questions, discussions, promises; and who has no desk there."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from core.tables import harmless
from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.jobs.promises import sweep_promises
from petitions.queries import casework as query
from petitions.queries.terms import terms_of
from petitions.services.casework import add_note, assign_case
from petitions.services.discussions import Invitation, announce_discussion
from petitions.services.promises import Promise
from tests.cases import change, draft, events, officer, petition_row, sent_mails, words_of
from tests.casework import approve, keep, publish, through_all_steps, to_check, two_officers
from tests.conftest import Clock
from tests.factories import (
    GOVERNMENT,
    VILLAGE_BODY,
    a_moderator,
    a_petition,
    a_village,
    an_administrator,
    an_author,
    an_officer,
    sign_in,
)
from tests.web.test_desk import at, send

ASKED = "Кітапханаға қандай жер телімі ұсынылады?"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """A browser of an officer of the village's body."""
    a_village()
    return sign_in(client, an_officer(language="en", full_name="Сания Үлгіқызы"))


def reviewed(**changes: object) -> int:
    return a_petition(State.UNDER_REVIEW, signatures=21, **changes)  # type: ignore[arg-type]


def shown(client: FlaskClient, path: str) -> str:
    return client.get(f"{path}?lang=en").get_data(as_text=True)


def test_a_case_gets_a_hand_and_the_inbox_is_narrowed_to_it(desk: FlaskClient) -> None:
    mine, other = reviewed(), reviewed()
    page = shown(desk, f"/desk/{mine}/assign")
    me = re.search(r'<option value="(\d+)">Сания', page)
    assert me is not None
    assert send(desk, f"/desk/{mine}/assign", assignee=me[1])[0] == 303
    assert "Сания Үлгіқызы" in shown(desk, f"/desk/{mine}")
    rows = desk.get("/desk/?mine=y&lang=en").get_data(as_text=True)
    assert f'href="/desk/{mine}?' in rows and f'href="/desk/{other}?' not in rows
    assert "Only mine" in rows
    assert send(desk, f"/desk/{mine}/assign", assignee="0")[0] == 303
    assert send(desk, f"/desk/{mine}/assign", assignee="999999")[0] == 422


def test_a_note_is_kept_for_colleagues_and_for_nobody_else(desk: FlaskClient, app: Flask) -> None:
    petition_id = reviewed()
    status, _where, page = send(desk, f"/desk/{petition_id}/note", note="")
    assert status == 422 and "Write the note first." in page
    assert send(desk, f"/desk/{petition_id}/note", note="<b>Заңгер</b> қарасын")[0] == 303
    page = shown(desk, f"/desk/{petition_id}")
    assert "&lt;b&gt;Заңгер&lt;/b&gt; қарасын" in page and "Notes of your authority" in page
    for path in (
        f"/petitions/{petition_id}",
        f"/petitions/{petition_id}/referral",
        f"/api/v1/petitions/{petition_id}",
    ):
        assert "Заңгер" not in app.test_client().get(path).get_data(as_text=True)


def test_what_is_owed_comes_on_paper_and_as_a_table(desk: FlaskClient) -> None:
    petition_id = reviewed(title="=HYPERLINK(1) кітапхана керек")
    with work(officer()) as w:
        assign_case(w, petition_id, an_officer(full_name="@Айгүл Үлгіқызы"))
    page = shown(desk, "/desk/print")
    assert "What is owed" in page and "кітапхана керек" in page
    table = desk.get("/desk/inbox.csv?lang=en")
    assert table.mimetype == "text/csv" and table.headers["Cache-Control"] == "no-store"
    (row,) = csv.DictReader(io.StringIO(table.data.decode("utf-8-sig")))
    assert row["title"] == "'=HYPERLINK(1) кітапхана керек" and row["assignee"] == "'@Айгүл Үлгіқызы"
    assert row["due_on"] == "2026-12-22" and row["next_step"] == "Write the answer"
    assert row["days_left"] == "20" and row["days_late"] == "0"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(sign: str) -> None:
    assert harmless(f"{sign}1") == f"'{sign}1" and harmless(f" {sign}1") == f"' {sign}1"
    assert harmless(5) == 5 and harmless(None) is None and harmless("5") == "5"


def test_the_author_is_asked_and_replies(desk: FlaskClient, app: Flask) -> None:
    author = an_author(language="en")
    petition_id = reviewed(author=author)
    status, _where, page = send(desk, f"/desk/{petition_id}/question", text="Қайда?", language="kk")
    assert status == 422 and "Ask in at least 20 characters" in page
    assert send(desk, f"/desk/{petition_id}/question", text=ASKED, language="kk")[0] == 303
    assert ASKED in shown(desk, f"/desk/{petition_id}")
    assert desk.get(f"/desk/{petition_id}/question").status_code == 303
    home = sign_in(app.test_client(), author)
    assert ASKED in shown(home, f"/petitions/{petition_id}/mine")
    assert send(home, f"/petitions/{petition_id}/question", text="")[0] == 422
    assert send(home, f"/petitions/{petition_id}/question", text="Мектептің жанында.")[0] == 303
    assert home.get(f"/petitions/{petition_id}/question").status_code == 303
    assert (
        sign_in(app.test_client(), an_author()).get(f"/petitions/{petition_id}/question").status_code == 404
    )
    public = shown(app.test_client(), f"/petitions/{petition_id}")
    for words in (ASKED, "Мектептің жанында.", "The authority asked the author a question"):
        assert words in public, words


def test_a_private_question_shows_only_its_reason(desk: FlaskClient, app: Flask) -> None:
    petition_id = reviewed()
    given = {"text": ASKED, "language": "kk", "private_because": "Жеке мекенжай сұралды"}
    assert send(desk, f"/desk/{petition_id}/question", **given)[0] == 303
    public = shown(app.test_client(), f"/petitions/{petition_id}")
    assert "Жеке мекенжай сұралды" in public and ASKED not in public
    assert "Not public" in shown(desk, f"/desk/{petition_id}")


def test_a_discussion_is_announced_with_an_entry_for_calendars(
    desk: FlaskClient, app: Flask, clock: Clock
) -> None:
    petition_id = reviewed()
    given = {"hour": "15:30", "place": "Мәдениет үйі; 2-қабат", "language": "kk"} | at("day", day="27")
    for wrong, message in (
        ({"hour": "25:00"}, "Enter the hour in figures"),
        ({"day-day": "24"}, "the first day on which the discussion can be is November 26, 2026"),
        ({"place": ""}, "Give a place, or an address on the web."),
        ({"link": "www"}, "This is no web address."),
        ({"day-day": ""}, "Enter a date"),
    ):
        status, _where, page = send(desk, f"/desk/{petition_id}/discussion", **(given | wrong))
        assert status == 422 and message in page, message
    assert app.test_client().get(f"/petitions/{petition_id}/discussion.ics").status_code == 404
    assert send(desk, f"/desk/{petition_id}/discussion", **given)[0] == 303
    public = app.test_client().get(f"/petitions/{petition_id}/discussion.ics")
    assert public.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(public.data).walk("VEVENT")
    assert (
        event["LOCATION"] == "Мәдениет үйі; 2-қабат"
        and f"{event['DTSTART'].dt:%d %H:%M %Z}" == "27 10:30 UTC"
    )
    assert "Entry for your calendar" in shown(app.test_client(), f"/petitions/{petition_id}")
    assert desk.get(f"/desk/{petition_id}/discussion").status_code == 303
    assert desk.get(f"/desk/{petition_id}/minutes").status_code == 303
    clock.now += timedelta(days=4, hours=8)
    desk = sign_in(desk, an_officer())
    assert send(desk, f"/desk/{petition_id}/minutes", minutes="Қысқа")[0] == 422
    assert (
        send(desk, f"/desk/{petition_id}/minutes", minutes="Он екі адам сөйледі, жоба қолдау тапты.")[0]
        == 303
    )
    assert "Он екі адам сөйледі" in shown(app.test_client(), f"/petitions/{petition_id}")
    assert events(petition_id)[-1] == "minutes_published"


def promised() -> tuple[int, int]:
    petition_id = reviewed(author=an_author(email="author@mail.example"))
    given = draft(promises=(Promise("Кітапхана наурызда ашылады", petition_row(petition_id).created_at.date()
                                    + timedelta(days=8)),))  # fmt: skip
    through_all_steps(petition_id, given)
    with reading(ANYONE) as w:
        return petition_id, query.promises(w, petition_id)[0].id


def test_a_promise_is_judged_by_a_button_and_reported_on(desk: FlaskClient, app: Flask, clock: Clock) -> None:
    petition_id, promise_id = promised()
    clock.now += timedelta(days=8)
    sweep_promises()
    (link,) = {
        found for mail in sent_mails() for found in re.findall(r"/promises/[^\s\"?<]+", words_of(mail))
    }
    browser = app.test_client()
    page = browser.get(f"{link}?lang=en")
    assert page.status_code == 200 and "Кітапхана наурызда ашылады" in page.get_data(as_text=True)
    assert f"/petitions/{petition_id}" not in page.get_data(as_text=True)
    assert "The author says" not in shown(browser, f"/petitions/{petition_id}")
    assert browser.post(link, data={"kept": "perhaps"}).status_code == 422
    assert browser.post(f"{link}?lang=en", data={"kept": "no"}).status_code == 200
    assert "The author says: it was not kept." in shown(browser, f"/petitions/{petition_id}")
    assert browser.get("/promises/nonsense").status_code == 404
    desk = sign_in(desk, an_officer())
    path = f"/desk/{petition_id}/promises/{promise_id}"
    assert send(desk, path, report="Болды")[0] == 422
    assert (
        send(desk, path, report="Кітапхана 1 желтоқсанда ашылды.", evidence="https://photo.example/1")[0]
        == 303
    )
    assert "https://photo.example/1" in shown(browser, f"/petitions/{petition_id}")
    assert desk.get(f"/desk/{petition_id}/promises/999").status_code == 404


def test_a_corrected_answer_adds_promises_to_those_that_were_made(desk: FlaskClient, app: Flask) -> None:
    petition_id, first = promised()
    form = shown(desk, f"/desk/{petition_id}/correct")
    assert "Promised already, and it stays:" in form and "Кітапхана наурызда ашылады" in form
    given = {"outcome": "satisfied", "text": "Шешім нақтыланды. " * 5, "language": "kk"} | at("decided_on")
    given |= {"correction": "Мерзім нақтыланды.", "promise1_text": "Оқу залы мамырда ашылады"}
    path = f"/desk/{petition_id}/correct"
    assert send(desk, path, **given, **at("promise1_due", day="28"))[0] == 422
    assert send(desk, path, **given, **at("promise1_due", day="30"))[0] == 303
    assert "Оқу залы мамырда ашылады" in shown(desk, f"/desk/{petition_id}/draft")
    writer, checker = two_officers()
    to_check(writer, petition_id)
    approve(checker, petition_id)
    publish(writer, petition_id)
    with reading(ANYONE) as w:
        rows = query.promises(w, petition_id)
        assert [row.text for row in rows] == ["Оқу залы мамырда ашылады", "Кітапхана наурызда ашылады"]
        assert rows[1].id == first
        running = [t.due_on for t in terms_of(w, [petition_id])[petition_id] if t.kind is TermKind.PROMISE]
    assert running == [date(2026, 12, 1), date(2026, 11, 30)]
    public = shown(app.test_client(), f"/petitions/{petition_id}")
    assert "Оқу залы мамырда ашылады" in public and "Кітапхана наурызда ашылады" in public
    again = shown(desk, f"/desk/{petition_id}/correct")
    assert "Оқу залы мамырда ашылады" in again and 'name="promise1_text" type="text" value=""' in again


def test_other_petitions_are_chosen_in_the_draft(desk: FlaskClient) -> None:
    first, second = reviewed(), reviewed()
    given = {"outcome": "satisfied", "text": "Шешім қабылданды. " * 5, "language": "kk"} | at("decided_on")
    assert send(desk, f"/desk/{first}/answer", **given, others=str(second))[0] == 303
    assert "Petitions that get the same answer" in shown(desk, f"/desk/{first}/draft")
    assert send(desk, f"/desk/{first}/answer", **given, others="999999")[0] == 422
    page = shown(desk, f"/desk/{first}/answer")
    assert re.search(rf'value="{second}" checked', page)


def announced(petition_id: int) -> int:
    """A discussion of the case that is still ahead; its number."""
    invitation = Invitation(datetime(2026, 11, 27, 10, 30, tzinfo=UTC), "Мәдениет үйі", "", "", "kk")
    version = petition_row(petition_id).version
    with work(officer()) as w:
        return announce_discussion(w, petition_id, invitation, version).id


def desk_routes(app: Flask) -> list[tuple[str, str]]:
    """Every route below /desk with each of its methods."""
    return [
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk")
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]


@pytest.mark.parametrize(
    "who", ["another body", "former officer", "administrator", "moderator", "author", "nobody"]
)
def test_nobody_else_comes_in_by_any_route_of_the_desk(client: FlaskClient, app: Flask, who: str) -> None:
    petition_id, promise_id = promised()
    waiting = reviewed()
    discussion_id = announced(waiting)
    keep(two_officers()[0], waiting, draft())
    with work(officer(account_id=an_officer())) as w:
        add_note(w, waiting, "Құпия белгі: ішкі жазба")
    people = {
        "another body": lambda: an_officer(GOVERNMENT),
        "former officer": former_officer,
        "administrator": an_administrator,
        "moderator": a_moderator,
        "author": lambda: petition_row(waiting).author_id,
    }
    if who != "nobody":
        sign_in(client, people[who]())
    routes = desk_routes(app)
    assert len(routes) >= 26
    for rule, method in routes:
        for id_ in (petition_id, waiting):
            path = rule.replace("<id:petition_id>", str(id_)).replace("<id:promise_id>", str(promise_id))
            path = path.replace("<id:discussion_id>", str(discussion_id))
            assert "<" not in path, path
            answer = client.open(path, method=method)
            own_desk = who == "another body" and "<" not in rule
            allowed = (
                {200, 400, 422} if own_desk else {403, 404} if who != "nobody" else {302, 303, 401, 403, 404}
            )
            assert answer.status_code in allowed, (who, method, path, answer.status_code)
            text = answer.get_data(as_text=True)
            assert "Құпия белгі" not in text and "Ауылға жаңа кітапхана" not in text, path


def former_officer() -> int:
    from auth.models import RoleGrant

    account = an_officer(VILLAGE_BODY)
    with work(SYSTEM) as w:
        for grant in w.session.query(RoleGrant).filter_by(account_id=account):
            w.session.delete(grant)
    return account


def test_after_a_transfer_the_first_body_sees_nothing_of_the_case(desk: FlaskClient) -> None:
    petition_id = reviewed()
    keep(two_officers()[0], petition_id, draft())
    change(petition_id, authority=GOVERNMENT)
    assert desk.get(f"/desk/{petition_id}/draft").status_code == 404
    sign_in(desk, an_officer(GOVERNMENT))
    assert "Open the draft" not in shown(desk, f"/desk/{petition_id}")
    assert desk.get(f"/desk/{petition_id}/draft").status_code == 303
