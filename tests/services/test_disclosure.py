"""Reads of contacts by staff: two persons, a reason, a cap, once within a day, and a public number."""

from datetime import timedelta

import pytest

from auth.permissions import Role
from auth.services.proposals import decide
from core.refusal import Refusal
from core.work import Actor, reading, work
from petitions.models.retention import ReadPurpose
from petitions.queries.retention import contact_reads
from petitions.services.disclosure import CAP, ask_to_read, leaves, read_contact
from tests.factories import a_petition, an_account
from tests.signing import rows, signed

REASON = "A court order names this signature."
ORDER = ReadPurpose.ORDER


def staff(role: Role = Role.CONTROLLER) -> Actor:
    return Actor(account_id=an_account(role), roles=frozenset({role.value}))


def agreed(one: Actor, other: Actor, petition: int, signature: int) -> int:
    with work(one) as w:
        number = ask_to_read(w, petition, signature, ORDER, REASON)
    with work(other) as w:
        decide(w, number, True)
        return leaves(w)[0].id


def refused(code: str, actor: Actor, do, *args) -> None:
    with work(actor) as w, pytest.raises(Refusal, match=code):
        do(w, *args)


@pytest.mark.postgres_too
def test_two_persons_open_one_address_once(app, client) -> None:
    petition = a_petition(signatures=2)
    row = signed(petition, "dana@mail.example")
    one, other = staff(), staff()
    with work(one) as w:
        number = ask_to_read(w, petition, row.id, ORDER, REASON)
    refused("proposal-own", one, decide, number, True)
    with work(other) as w:
        decide(w, number, True)
        (leave,) = leaves(w)
    refused("not-found", other, read_contact, leave.id)
    with work(one) as w:
        opened = read_contact(w, leave.id)
    assert opened.contact == "dana@mail.example"
    refused("read-used", one, read_contact, leave.id)
    with reading() as w:
        assert contact_reads(w) == (1, 1)
    assert "Addresses read by staff" in client.get("/privacy/destroyed?lang=en").text


def test_nobody_else_and_not_without_a_reason(app) -> None:
    petition = a_petition(signatures=1)
    signature = rows(petition)[0].id
    for role in (Role.MODERATOR, Role.ADMINISTRATOR, Role.CITIZEN):
        refused("not-allowed", staff(role), ask_to_read, petition, signature, ORDER, REASON)
        refused("not-allowed", staff(role), read_contact, 1)
    refused("proposal-reason", staff(), ask_to_read, petition, signature, ORDER, "why")
    refused("not-found", staff(), ask_to_read, petition, 1, ORDER, REASON)


def test_leave_lasts_a_day_and_the_number_is_capped(app, clock) -> None:
    petition = a_petition(signatures=3)
    signature = rows(petition)[0].id
    one, other = staff(), staff()
    first = agreed(one, other, petition, signature)
    clock.now += timedelta(hours=24)
    refused("read-used", one, read_contact, first)
    for _ in range(CAP - 1):
        agreed(one, other, petition, signature)
    refused("read-cap", one, ask_to_read, petition, signature, ORDER, REASON)
    refused("read-purpose", one, ask_to_read, petition, signature, ReadPurpose.BREACH, REASON)
    clock.now += timedelta(days=7)
    agreed(one, other, petition, signature)


def test_the_pages(app, client) -> None:
    from tests.web.test_data_desk import signed_in_as

    petition = a_petition(signatures=1)
    browser = signed_in_as(app, Role.CONTROLLER)
    assert browser.get("/admin/contact-reads").status_code == 200
    assert browser.get("/admin/contact-reads/ask").status_code == 200
    assert client.get("/admin/contact-reads").status_code == 303
    assert petition
