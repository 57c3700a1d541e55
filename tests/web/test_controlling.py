"""Pages of the controller: orders that are counted in public, and the clock of a breach."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from auth.permissions import Role
from core.audit import AuditEntry
from core.work import reading
from petitions.models.privacy import Breach, DataOrder
from petitions.queries.controlling import breach
from tests.conftest import Clock
from tests.factories import a_moderator, an_account, sign_in
from tests.signing_pages import csrf

ORDER = {
    "received_on-day": "20",
    "received_on-month": "11",
    "received_on-year": "2026",
    "body_kind": "police",
}
BREACH = {"known_on-day": "20", "known_on-month": "11", "known_on-year": "2026", "known_time": "16:30"}
WHAT = "A laptop with a copy was lost."


@pytest.fixture
def controller(app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser in which the controller is signed in."""
    return sign_in(client, an_account(role=Role.CONTROLLER))


def _post(client: FlaskClient, path: str, **fields: str) -> int:
    token = csrf(client.get(path).text)
    return client.post(path, data={"csrf_token": token, **fields}).status_code


def test_an_order_is_counted_in_public(controller: FlaskClient) -> None:
    """Entered, settled, counted: the public sees numbers, kinds and outcomes, and nothing else."""
    assert _post(controller, "/admin/orders", **ORDER, outcome="open") == 303
    with reading() as w:
        row = w.session.scalars(select(DataOrder)).one()
        order_id, came = row.id, row.received_on
    assert came == date(2026, 11, 20)
    assert _post(controller, f"/admin/orders/{order_id}", outcome="refused") == 303
    shown = controller.get("/privacy/handover?lang=en").text
    assert "Police" in shown and "Refused: no lawful ground" in shown
    assert "Orders by kind of body" in shown
    with reading() as w:
        acts = w.session.scalars(select(AuditEntry.action)).all()
    assert {"order:record", "order:settle"} <= set(acts)


@pytest.mark.parametrize(
    "changes", [{"received_on-day": "24"}, {"received_on-day": "x"}, {"body_kind": "mafia"}]
)
def test_a_bad_order_is_refused(controller: FlaskClient, changes: dict[str, str]) -> None:
    """A day to come, no day, an unknown body: 422."""
    assert _post(controller, "/admin/orders", **(ORDER | {"outcome": "open"} | changes)) == 422


def test_the_clock_of_a_breach_ends_with_the_next_working_day(controller: FlaskClient, clock: Clock) -> None:
    """Known on Friday at 16:30, due by the end of Monday; three letters for each side wait filled in."""
    clock.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert _post(controller, "/admin/breach", **BREACH, what=WHAT) == 303
    with reading() as w:
        row = w.session.scalars(select(Breach)).one()
        breach_id, due_on = row.id, row.due_on
    assert due_on == date(2026, 11, 23)
    shown = controller.get(f"/admin/breach/{breach_id}?lang=en").text
    assert "hours left" in shown and shown.count("<textarea") == 6 and WHAT in shown
    clock.now = datetime(2026, 11, 23, 18, 59, tzinfo=UTC)
    with reading() as w:
        assert not breach(w, breach_id).is_late
    clock.now = datetime(2026, 11, 23, 19, 1, tzinfo=UTC)
    with reading() as w:
        assert breach(w, breach_id).is_late


def test_being_told_is_written_down_once(controller: FlaskClient, clock: Clock) -> None:
    """The first time stands; an unknown side is refused."""
    assert _post(controller, "/admin/breach", **BREACH, what=WHAT) == 303
    with reading() as w:
        breach_id = w.session.scalars(select(Breach.id)).one()
    path = f"/admin/breach/{breach_id}"
    token = csrf(controller.get(path).text)
    told = clock.now
    assert controller.post(path, data={"csrf_token": token, "whom": "regulator"}).status_code == 303
    clock.now = clock.now.replace(hour=6)
    assert controller.post(path, data={"csrf_token": token, "whom": "regulator"}).status_code == 303
    assert controller.post(path, data={"csrf_token": token, "whom": "people"}).status_code == 303
    with reading() as w:
        row = w.session.get_one(Breach, breach_id)
        assert (row.regulator_told_at, row.people_told_at) == (told, clock.now)
    assert controller.post(path, data={"csrf_token": token, "whom": "press"}).status_code == 422


def test_only_the_controller_sees_these_pages(app: Flask, client: FlaskClient) -> None:
    """A moderator is turned away."""
    sign_in(client, a_moderator())
    for path in ("/admin/orders", "/admin/breach"):
        assert client.get(path).status_code in {403, 404}
    assert client.get("/admin/breach/7").status_code in {403, 404}
