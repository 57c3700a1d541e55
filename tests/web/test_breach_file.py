"""The file of addresses after a breach: two persons, one use, each mailbox once, nothing of who signed what."""

import csv
import io
from dataclasses import replace
from datetime import time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func
from werkzeug.test import TestResponse

from auth.models import Proposal
from auth.permissions import Role
from core.audit import AuditEntry
from core.refusal import Refusal
from core.work import SYSTEM, Actor, reading, work
from petitions.domain.lifecycle import State
from petitions.models.retention import ContactRead
from petitions.services.controlling import record_breach
from petitions.services.disclosure import ask_to_export, begin_export, leaves
from petitions.services.managing import erase_signature
from petitions.services.petition_keys import KeyName, destroy_key
from tests.conftest import Clock
from tests.factories import a_petition, an_account, sign_in
from tests.signing import act, sign, signed
from tests.signing_pages import csrf

REASON = "The database and the key file were copied."


@pytest.fixture
def pair(app: Flask) -> tuple[FlaskClient, FlaskClient]:
    """Browsers of two controllers."""
    one, other = (an_account(Role.CONTROLLER, language="en", email=f"c{n}@office.example") for n in (1, 2))
    return sign_in(app.test_client(), one), sign_in(app.test_client(), other)


@pytest.fixture
def breach(app: Flask) -> int:
    """A breach that was written down."""
    with work(Actor(roles=frozenset({Role.CONTROLLER}))) as w:
        return record_breach(w, w.today, time(0, 0), "A disk is missing.")


def send(browser: FlaskClient, form: str, path: str = "", **fields: str) -> TestResponse:
    """Open the page of a form, and send the form to its address."""
    token = csrf(browser.get(form).text)
    return browser.post(path or form, data={"csrf_token": token, **fields})


def last(column) -> int:
    with reading(SYSTEM) as w:
        return w.session.query(func.max(column)).scalar()


def agreed(pair: tuple[FlaskClient, FlaskClient], breach: int, petition: str = "") -> str:
    """Ask, agree; the address of the file."""
    one, other = pair
    assert send(one, f"/admin/breach/{breach}/contacts", petition=petition, reason=REASON).status_code == 303
    number = last(Proposal.id)
    # Who asks cannot agree, even with a form's token at hand.
    assert send(one, "/admin/retention/hold", f"/admin/proposals/{number}", decision="yes").status_code >= 400
    assert send(other, f"/admin/proposals/{number}", decision="yes").status_code == 303
    return f"/admin/contact-reads/{last(ContactRead.id)}/file"


def take(browser: FlaskClient, file: str) -> TestResponse:
    return send(browser, "/admin/retention/hold", file)


def table(answer: TestResponse) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_everybody_once_and_nothing_of_who_signed_what(app: Flask, pair, breach: int, clock: Clock) -> None:
    first, second, third = a_petition(title="Бірінші"), a_petition(title="Екінші"), a_petition(title="Үшінші")
    signed(first, "dana@mail.example")
    clock.now += timedelta(minutes=1)
    signed(second, "Dana@mail.example")
    signed(second, "marat@mail.example", language="ru")
    sign(second, "waiting@mail.example")
    act(erase_signature, signed(second, "gone@mail.example"))
    signed(third, "destroyed@mail.example")
    with work(SYSTEM) as w:
        destroy_key(w, third, KeyName.CONTACT)
    file = agreed(pair, breach)
    assert take(pair[1], file).status_code == 404
    answer = take(pair[0], file)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="addresses.csv"'
    assert answer.mimetype == "text/csv"
    head, *rows = table(answer)
    assert head == ["email", "language"]
    found = [row[0].lower() for row in rows]
    assert len(found) == len(set(found))
    assert {"dana@mail.example", "marat@mail.example", "waiting@mail.example"} <= set(found)
    assert {"c1@office.example", "c2@office.example"} <= set(found)  # accounts were in the database too
    assert not {"gone@mail.example", "destroyed@mail.example"} & set(found)
    assert ["marat@mail.example", "ru"] in rows
    for told in ("Бірінші", "Данияр", str(first) + ","):
        assert told not in answer.data.decode()
    # Once only, and counted for everybody.
    assert take(pair[0], file).status_code == 409
    page = app.test_client().get("/privacy/handover?lang=en").text
    assert "To tell people of a breach of their data" in page
    with reading(SYSTEM) as w:
        leave = w.session.query(ContactRead).one()
        assert leave.n >= 6 and f">{leave.n}<" in page
        log = w.session.query(AuditEntry).filter_by(action="contact:export").one()
        assert log.object == "all" and "@" not in str(log.after)


def test_one_petition_holds_its_signers_only(app: Flask, pair, breach: int) -> None:
    first, second = a_petition(), a_petition()
    signed(first, "dana@mail.example")
    signed(second, "marat@mail.example")
    answer = take(pair[0], agreed(pair, breach, str(first)))
    assert table(answer)[1:] == [["dana@mail.example", "kk"]]


def test_no_cell_is_a_formula(app: Flask, pair, breach: int) -> None:
    petition = a_petition()
    signed(petition, "+7700@mail.example")
    (row,) = table(take(pair[0], agreed(pair, breach, str(petition))))[1:]
    assert row == ["'+7700@mail.example", "kk"]


def test_it_is_asked_for_after_a_breach_only_and_by_controllers(app: Flask, pair, breach: int) -> None:
    petition = a_petition(signatures=1)
    one = pair[0]
    assert one.get("/admin/breach/999/contacts").status_code == 404
    path = f"/admin/breach/{breach}/contacts"
    assert send(one, path, petition="99999", reason=REASON).status_code == 422
    assert send(one, path, petition=str(petition), reason="short").status_code == 422
    with work(SYSTEM) as w:
        destroy_key(w, petition, KeyName.CONTACT)
    assert send(one, path, petition=str(petition), reason=REASON).status_code in {410, 422}
    for role in (Role.MODERATOR, Role.ADMINISTRATOR):
        stranger = sign_in(app.test_client(), an_account(role))
        assert stranger.get(path).status_code == 403
        assert stranger.post("/admin/contact-reads/1/file").status_code in {400, 403}
    actor = Actor(account_id=1, roles=frozenset({Role.ADMINISTRATOR}))
    with work(actor) as w, pytest.raises(Refusal, match="not-allowed"):
        ask_to_export(w, breach, petition, REASON)
    with work(actor) as w, pytest.raises(Refusal, match="not-allowed"):
        begin_export(w, 1)


def test_leave_for_a_file_ends_after_a_day(app: Flask, pair, breach: int, clock: Clock) -> None:
    agreed(pair, breach)
    asker = Actor(account_id=last(ContactRead.asked_by), roles=frozenset({Role.CONTROLLER}))
    clock.now += timedelta(hours=24)
    with work(asker) as w, pytest.raises(Refusal, match="read-used"):
        begin_export(w, last(ContactRead.id))
    clock.now -= timedelta(seconds=1)
    with work(asker) as w:
        assert begin_export(w, last(ContactRead.id)) is None


def test_without_its_token_the_button_does_nothing(app: Flask, pair, breach: int) -> None:
    file = agreed(pair, breach)
    assert pair[0].post(file).status_code == 400
    assert pair[0].get(file).status_code == 405
    assert take(pair[0], file).status_code == 200


def test_production_sends_addresses_over_https_only(app: Flask, pair, breach: int) -> None:
    agreed(pair, breach)
    with reading(SYSTEM) as w:
        asked_by, id_ = w.session.query(ContactRead.asked_by, ContactRead.id).one()
    actor = Actor(account_id=asked_by, roles=frozenset({Role.CONTROLLER}))
    with work(actor) as w:
        changed = w.settings.model_copy(update={"env": "production", "base_url": "http://dauys.example"})
        open_site = replace(w, kernel=replace(w.kernel, settings=changed))
        with pytest.raises(Refusal, match="export-unsafe"):
            begin_export(open_site, id_)
        assert leaves(w)[0].open_now


def test_a_refused_petition_has_nobody_to_tell(app: Flask, pair, breach: int) -> None:
    petition = a_petition(State.REFUSED)
    assert table(take(pair[0], agreed(pair, breach, str(petition))))[1:] == []


def test_the_pages_say_what_the_second_person_agrees_to(app: Flask, pair, breach: int) -> None:
    petition = a_petition(signatures=1)
    agreed(pair, breach, str(petition))
    listing = pair[1].get("/admin/proposals?lang=en").text
    assert "Take the addresses of those whom a breach touches" in listing
    page = pair[1].get("/admin/proposals/1?lang=en").text
    assert "To tell people of a breach of their data" in page and str(petition) in page
    for language in ("kk", "ru", "en"):
        for browser in pair:
            assert browser.get(f"/admin/contact-reads?lang={language}").status_code == 200
