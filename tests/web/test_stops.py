"""The register of stops, the staff's two steps, the banner, and the explainer of a stopped term."""

from datetime import timedelta

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.work import ANYONE, reading, work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.queries.stops import register
from petitions.services.stopping import close_stop, propose_stop
from tests.accounts import submit
from tests.cases import petition_row, term_row
from tests.conftest import Clock
from tests.factories import COUNTRY, a_petition, a_village, an_administrator, an_officer, sign_in
from tests.services.test_stops import TODAY, a_draft, a_stop, admin

DAY = timedelta(days=1)
FILLED = {
    "act": "Жарлық № 725", "link": "https://acts.example/725", "order_date-day": "23", "order_date-month": "11",
    "order_date-year": "2026", "first_day-day": "23", "first_day-month": "11", "first_day-year": "2026",
    "areas": COUNTRY, "kinds": "answer", "reason": "Төтенше жағдай жарияланды, байланыс жоқ.", "language": "kk",
}  # fmt: skip


def administrator(app: Flask) -> FlaskClient:
    return sign_in(app.test_client(), an_administrator())


def text(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def test_the_register_is_public_and_may_be_empty(client: FlaskClient) -> None:
    answer = client.get("/stops?lang=en")
    assert answer.status_code == 200 and "never stopped" in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


def test_only_what_is_confirmed_is_public(client: FlaskClient) -> None:
    with work(admin()) as w:
        propose_stop(w, a_draft(act="Күтіп тұрған жарлық"))
    assert "Күтіп тұрған жарлық" not in text(client, "/stops")
    a_stop(act="Күшіне енген жарлық")
    assert "Күшіне енген жарлық" in text(client, "/stops")


def test_two_people_stop_the_clocks(app: Flask) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    first, second = administrator(app), administrator(app)
    answer = submit(first, "/admin/stops/new", **FILLED)
    assert answer.status_code == 303
    page = answer.headers["Location"].split("?")[0]
    own = text(first, f"{page}?lang=en")
    assert "another person has to confirm" in own and "Confirm the stop" not in own
    shown = text(second, f"{page}?lang=en")
    assert "Terms with a new date" in shown and "Ауылға жаңа кітапхана салынсын" in shown
    assert second.post(f"{page}/confirm").status_code == 400
    token = {"csrf_token": _token(shown)}
    assert second.post(f"{page}/confirm", data=token).status_code == 303
    assert term_row(petition_id, TermKind.ANSWER).due_on is None  # type: ignore[union-attr]
    again = second.post(f"{page}/confirm", data=token)
    assert again.status_code == 422


def _token(html: str) -> str:
    from tests.accounts import TOKEN

    found = TOKEN.search(html)
    assert found
    return found[1]


def test_the_one_who_proposed_is_refused(app: Flask) -> None:
    first = administrator(app)
    page = submit(first, "/admin/stops/new", **FILLED).headers["Location"].split("?")[0]
    answer = first.post(f"{page}/confirm", data={"csrf_token": _token(text(first, page))})
    assert answer.status_code == 422
    assert first.post(f"{page}/reject", data={"csrf_token": _token(text(first, page))}).status_code == 303
    assert "Confirm" not in text(first, f"{page}?lang=en")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"act": ""}, "Name the order"),
        ({"first_day-day": "31", "first_day-month": "2"}, "Enter a date"),
        ({"last_day-day": "x"}, "Enter a date"),
        ({"areas": "nowhere"}, "Not a valid choice"),
        ({"areas": []}, "at least one area"),
        ({"kinds": []}, "at least one kind"),
        ({"link": "javascript:alert(1)"}, "begins with https"),
        ({"reason": "short"}, "too short"),
    ],
)
def test_bad_input_is_said_at_its_field(app: Flask, changes: dict, words: str) -> None:
    answer = submit(administrator(app), "/admin/stops/new?lang=en", **(FILLED | changes))
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert words in html or "is not a valid choice" in html
    with reading(ANYONE) as w:
        assert register(w, confirmed=False) == []


def test_a_smaller_area_can_be_chosen(app: Flask) -> None:
    code = a_village()
    answer = submit(administrator(app), "/admin/stops/new", **(FILLED | {"areas": [], "place": code}))
    assert answer.status_code == 303
    with reading(ANYONE) as w:
        assert "Үлгі ауылы" in register(w, confirmed=False)[0].places


def test_an_open_stop_is_ended(app: Flask, clock: Clock) -> None:
    stop_id = a_stop()
    clock.now += 2 * DAY
    client = administrator(app)
    path = f"/admin/stops/{stop_id}/end"
    early = {"last_day-day": "20", "last_day-month": "11", "last_day-year": "2026"}
    assert submit(client, path, **early).status_code == 422
    assert submit(client, path, **(early | {"last_day-day": "25"})).status_code == 303
    assert "Жарлық № 1" in text(client, "/admin/stops")


@pytest.mark.parametrize("path", ["/admin/stops", "/admin/stops/new", "/admin/stops/1", "/admin/stops/1/end"])
def test_others_are_refused(app: Flask, client: FlaskClient, path: str) -> None:
    a_village()
    assert client.get(path).status_code == 303
    assert sign_in(app.test_client(), an_officer()).get(path).status_code == 403


def test_unknown_stops_are_not_found(app: Flask) -> None:
    client = administrator(app)
    assert client.get("/admin/stops/9").status_code == client.get("/admin/stops/9/end").status_code == 404


def test_a_touched_petition_says_so_while_the_clock_stands(client: FlaskClient, clock: Clock) -> None:
    petition_id = a_petition()
    path = f"/petitions/{petition_id}?lang=en"
    assert "stand still" not in text(client, path)
    stop_id = a_stop()
    shown = text(client, path)
    assert "The clocks of this petition stand still" in shown and f"#stop-{stop_id}" in shown
    assert client.get(f"/petitions/{petition_id}/sign").status_code == 200
    clock.now += 3 * DAY
    with work(admin()) as w:
        close_stop(w, stop_id, TODAY + 2 * DAY)
    assert "The clocks of this petition stand still" not in text(client, path)


def test_the_api_says_since_when(client: FlaskClient) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    a_stop()
    shown = client.get(f"/api/v1/petitions/{petition_id}").get_json()
    assert shown["closes_at"] is None and shown["signing"]["open"] is True
    answer = next(term for term in shown["terms"] if term["kind"] == "answer")
    assert (answer["state"], answer["due_on"], answer["stopped_since"]) == ("stopped", None, "2026-11-23")
    found = client.get("/api/v1/terms?state=stopped").get_json()["items"]
    assert {term["kind"] for term in found} == {"answer", "collection"}
    assert petition_row(petition_id).closes_at is None


def test_the_explainer_tells_stop_and_extension_day_by_day(client: FlaskClient, clock: Clock) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    stop_id = a_stop(last_day=TODAY + 6 * DAY)
    term = term_row(petition_id, TermKind.ANSWER)
    assert term is not None
    shown = text(client, f"/terms/{term.id}?lang=en")
    assert f"Stop of the clocks, no. {stop_id}" in shown and "24–27 November" in shown
    assert "November 2026" in shown and "December 2026" in shown and "Independence Day" in shown
    assert (
        "day 1" in shown
        and "days 2 to 5" in shown
        and "28–29 November" in shown
        and "Weekend, inside the stop" in shown
    )
    assert f"#stop-{stop_id}" in shown and "2026-12-28" in shown


def test_a_held_term_says_how_many_days_are_used(client: FlaskClient, clock: Clock) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    clock.now += 3 * DAY
    a_stop(first_day=TODAY + 3 * DAY)
    term = term_row(petition_id, TermKind.ANSWER)
    assert term is not None
    assert "2 of 20 days are used" in text(client, f"/terms/{term.id}?lang=en")
    assert b"VEVENT" not in client.get(f"/terms/{term.id}.ics").data


def test_a_due_date_goes_into_a_calendar(client: FlaskClient) -> None:
    petition_id = a_petition(
        State.UNDER_REVIEW, signatures=21, title="Үтір, нүктелі үтір; және \\ белгі " * 4
    )
    term = term_row(petition_id, TermKind.ANSWER)
    assert term is not None
    answer = client.get(f"/terms/{term.id}.ics?lang=kk")
    assert answer.mimetype == "text/calendar"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    (event,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["DTSTART"].dt == term.due_on and event["DTEND"].dt == term.due_on + DAY
    assert "Үтір, нүктелі үтір; және \\ белгі" in event["SUMMARY"]
    assert client.get("/terms/999.ics").status_code == 404
