"""A discussion at the desk in the browser: moved, called off, minutes amended; calendars follow by the same entry."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar, Event

from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from tests.cases import events, term_row
from tests.conftest import Clock
from tests.factories import a_petition, a_village, an_officer, sign_in
from tests.web.test_desk import at, send

WHY = "Мәдениет үйінің жылуы істен шықты, зал жабық."
FIRST = {"hour": "15:30", "place": "Мәдениет үйі", "language": "kk"} | at("day", day="27")


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """A browser of an officer of the village's body."""
    a_village()
    return sign_in(client, an_officer(language="en"))


@pytest.fixture
def petition_id(desk: FlaskClient) -> int:
    """A petition with an announced discussion."""
    number = a_petition(State.UNDER_REVIEW, signatures=21)
    assert send(desk, f"/desk/{number}/discussion", **FIRST)[0] == 303
    return number


def address(desk: FlaskClient, petition_id: int, act: str) -> str:
    """Where the case page leads for this act."""
    case = desk.get(f"/desk/{petition_id}?lang=en").get_data(as_text=True)
    found = re.search(rf'href="(/desk/{petition_id}/discussions/\d+/{act})[?"]', case)
    assert found, act
    return found[1]


def entry(app: Flask, petition_id: int) -> Event:
    public = app.test_client().get(f"/petitions/{petition_id}/discussion.ics")
    (found,) = Calendar.from_ical(public.data).walk("VEVENT")
    return found


def shown(app: Flask, petition_id: int) -> str:
    return app.test_client().get(f"/petitions/{petition_id}?lang=en").get_data(as_text=True)


def test_a_move_keeps_the_calendar_entry_and_the_old_day_in_sight(
    desk: FlaskClient, app: Flask, petition_id: int
) -> None:
    before, path = entry(app, petition_id), address(desk, petition_id, "move")
    moved = FIRST | at("day", day="30") | {"hour": "11:00", "place": "Мектеп залы", "reason": WHY}
    for wrong, message in (
        ({"reason": "жоқ"}, "reason"),
        ({"day-day": "24"}, "the first day on which the discussion can be is"),
        ({"hour": "noon"}, "Enter the hour in figures"),
        (dict(FIRST), "This is what was announced already."),
    ):
        status, _where, page = send(desk, path, **(moved | wrong))
        assert status == 422 and message in page, message
    assert entry(app, petition_id).to_ical() == before.to_ical()
    assert send(desk, path, **moved)[0] == 303
    after = entry(app, petition_id)
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], before.get("SEQUENCE", 0) + 1)
    assert f"{after['DTSTART'].dt:%d %H:%M %Z}" == "30 06:00 UTC" and after["LOCATION"] == "Мектеп залы"
    page = shown(app, petition_id)
    assert WHY in page and "November 27" in page and "November 30" in page
    assert events(petition_id)[-1] == "discussion_moved"


def test_what_is_called_off_is_cancelled_in_calendars_and_its_term_ends(
    desk: FlaskClient, app: Flask, petition_id: int
) -> None:
    before, path = entry(app, petition_id), address(desk, petition_id, "call-off")
    assert send(desk, path, reason="жоқ", language="kk")[0] == 422
    assert send(desk, path, reason=WHY, language="kk")[0] == 303
    after = entry(app, petition_id)
    assert (after["UID"], after["STATUS"]) == (before["UID"], "CANCELLED")
    assert after["SEQUENCE"] == before.get("SEQUENCE", 0) + 1
    assert term_row(petition_id, TermKind.DISCUSSION).cancelled_on is not None
    assert WHY in shown(app, petition_id)
    assert desk.get(path).status_code == 303  # There is nothing left to call off.


def test_minutes_are_amended_in_sight(desk: FlaskClient, app: Flask, petition_id: int, clock: Clock) -> None:
    clock.now += timedelta(days=4, hours=8)
    desk = sign_in(desk, an_officer(language="en"))
    first, second = "Он екі адам сөйледі, жоба қолдау тапты.", "Он үш адам сөйледі, жоба қолдау тапты."
    assert send(desk, f"/desk/{petition_id}/minutes", minutes=first)[0] == 303
    path = address(desk, petition_id, "minutes")
    status, _where, page = send(desk, path, minutes=first, reason="Сөйлегендер саны түзетілді.")
    assert status == 422 and "Error:" in page
    assert send(desk, path, minutes=second, reason="Сөйлегендер саны түзетілді.")[0] == 303
    page = shown(app, petition_id)
    assert first in page and second in page and "Сөйлегендер саны түзетілді." in page


def test_a_stale_form_changes_nothing(desk: FlaskClient, petition_id: int, clock: Clock) -> None:
    path = address(desk, petition_id, "call-off")
    page = desk.get(f"{path}?lang=en").get_data(as_text=True)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    clock.now += timedelta(minutes=1)
    moved = FIRST | at("day", day="30") | {"reason": WHY}
    assert send(desk, address(desk, petition_id, "move"), **moved)[0] == 303
    answer = desk.post(f"{path}?lang=en", data=hidden | {"reason": WHY, "language": "kk"})
    page = answer.get_data(as_text=True)
    assert (
        answer.status_code == 422
        and "Somebody changed this while you were working on it." in page
        and WHY in page
    )
    assert "discussion_called_off" not in events(petition_id)
