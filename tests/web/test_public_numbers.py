"""The public numbers of what staff may do in twos only: on a page that every footer leads to, in each language."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from auth.permissions import Role
from auth.services.matters import Grant, propose_grant
from auth.services.proposals import decide
from auth.services.staff import disable_account
from auth.two_person import kinds
from core.work import Actor, reading, work
from petitions.models.retention import ReadPurpose
from petitions.models.stops import ClockStop
from petitions.queries.handover import acts
from petitions.services.disclosure import ask_to_read, leaves, read_contact
from tests.conftest import Clock
from tests.factories import a_petition, an_account
from tests.signing import rows

REASON = "Because it has to be done, for a good reason."


def staff(role: Role, **more: str) -> Actor:
    return Actor(account_id=an_account(role, **more), roles=frozenset({role.value}))


def numbers(client: FlaskClient) -> dict[str, list[int]]:
    """The numbers of every row of the page, by what stands before them."""
    page = unescape(client.get("/privacy/handover?lang=en").text)
    found = {}
    for row in re.findall(r"<tr.*?</tr>", page, re.S):
        cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        if cells and all(cell.isdigit() for cell in cells[1:]):
            found[cells[0]] = [int(cell) for cell in cells[1:]]
    return found


def a_stop(w, **fields: object) -> None:
    day = w.today
    row = ClockStop(
        first_day=day, order_date=day, act="Act", reason="Why", language="en", areas=[], kinds=[],
        proposed_at=w.now, **fields,
    )  # fmt: skip
    w.session.add(row)


@pytest.mark.postgres_too
def test_every_use_is_counted_for_everybody(app: Flask, client: FlaskClient, clock: Clock) -> None:
    assert numbers(client)["Give a role"] == [0, 0, 0, 0]
    one, other = staff(Role.ADMINISTRATOR), staff(Role.ADMINISTRATOR)
    mailbox = "new.person@office.example"
    with work(one) as w:
        first = propose_grant(w, mailbox, Grant(Role.MODERATOR), REASON)
        second = propose_grant(w, mailbox, Grant(Role.CONTROLLER), REASON)
        propose_grant(w, mailbox, Grant(Role.CONTROLLER), REASON)
    with work(other) as w:
        decide(w, first, True)
        decide(w, second, False)
        disable_account(w, one.account_id)
        a_stop(
            w,
            proposed_by=one.account_id,
            confirmed_by=other.account_id,
            confirmed_at=w.now,
            entered_on=w.today,
        )
        a_stop(
            w,
            proposed_by=other.account_id,
            confirmed_by=other.account_id,
            confirmed_at=w.now,
            entered_on=w.today,
        )
        a_stop(w, proposed_by=other.account_id, rejected_at=w.now)
        a_stop(
            w, confirmed_by=other.account_id, confirmed_at=w.now, entered_on=w.today
        )  # by the job of outages
        a_stop(w, is_replay=True, replay_recorded_on=w.today, confirmed_at=w.now, entered_on=w.today)
    found = numbers(client)
    assert found["Give a role"] == [3, 1, 1, 0]
    assert found["Stop the clocks"] == [4, 2, 1, 1]
    page = client.get("/privacy/handover?lang=en").text
    assert (
        "stopped an account of staff at once 1 time:" in page and mailbox not in page and REASON not in page
    )


@pytest.mark.postgres_too
def test_reads_are_counted_by_what_they_were_for(app: Flask, client: FlaskClient) -> None:
    petition = a_petition(signatures=2)
    signature = rows(petition)[0].id
    one, other = staff(Role.CONTROLLER), staff(Role.CONTROLLER)
    for purpose in (ReadPurpose.ORDER, ReadPurpose.REQUEST, ReadPurpose.REQUEST):
        with work(one) as w:
            number = ask_to_read(w, petition, signature, purpose, REASON)
        with work(other) as w:
            decide(w, number, True)
    with work(one) as w:
        read_contact(w, leaves(w)[0].id)
    found = numbers(client)
    assert found["To carry out an order of a state body or of a court"] == [1, 0]
    assert found["To settle a request of the person concerned"] == [2, 1]
    assert found["To tell people of a breach of their data"] == [0, 0]
    assert found["Read the address of a signer"] == [3, 3, 0, 0]


def test_kinds_that_were_never_used_stand_there_too(app: Flask, client: FlaskClient) -> None:
    with reading() as w:
        said = [row[0] for row in acts(w).pairs]
    assert len(said) == len(kinds()) + 1
    for label in ("Give a role", "Take a role away", "Stop the clocks", "Read the address of a signer"):
        assert numbers(client)[label] == [0, 0, 0, 0]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_footer_leads_there(client: FlaskClient, language: str) -> None:
    for path in ("/", "/petitions", "/privacy", "/my-data", "/account/sign-in"):
        footer = client.get(f"{path}?lang={language}").text.rsplit("<footer", 1)[1]
        assert 'href="/privacy/handover' in footer
    shown = client.get(f"/privacy/handover?lang={language}")
    assert shown.status_code == 200 and "Set-Cookie" not in shown.headers
    assert "/privacy/destroyed" in shown.text


def test_one_person_alone_is_admitted(app: Flask, client: FlaskClient, clock: Clock) -> None:
    shared = app.extensions["dauys"]
    changed = shared.settings.model_copy(update={"four_eyes": "off"})
    app.extensions["dauys"] = type(shared)(changed, shared.keys, shared.zone, shared.clock)
    try:
        petition = a_petition(signatures=1)
        with work(staff(Role.CONTROLLER)) as w:
            ask_to_read(w, petition, rows(petition)[0].id, ReadPurpose.ORDER, REASON)
        clock.now += timedelta(seconds=1)
        assert numbers(client)["Read the address of a signer"] == [1, 0, 0, 1]
        assert "one person is enough" in client.get("/privacy/handover?lang=en").text
    finally:
        app.extensions["dauys"] = shared
