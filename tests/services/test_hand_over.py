"""Hand-over, registration by the passing of time, and lapse."""

from datetime import date, timedelta

import pytest
from flask import Flask

from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.models.petition import PetitionCount
from petitions.queries.answers import answer_of
from petitions.queries.referrals import listed_referral, referral_of
from petitions.services import hand_over as service
from petitions.services.cases import load
from tests.cases import events, petition_row, referral_row, term_row
from tests.conftest import Clock
from tests.factories import a_petition

MONDAY = date(2026, 11, 23)


def hand_over(petition_id: int) -> None:
    with work(SYSTEM) as w:
        service.hand_over(w, load(w, petition_id))


@pytest.mark.postgres_too
def test_hand_over_keeps_what_was_counted_and_starts_the_clocks(app: Flask) -> None:
    petition_id = a_petition(signatures=21, reached=True)
    hand_over(petition_id)
    referral = referral_row(petition_id)
    assert referral is not None
    assert (referral.counted, referral.kind, referral.text_number) == (21, "threshold", 1)
    assert referral.receipt.startswith(f"D-2026-{petition_id:06d}-")
    assert petition_row(petition_id).state is State.UNDER_REVIEW
    handed, registration = (
        term_row(petition_id, TermKind.HAND_OVER),
        term_row(petition_id, TermKind.REGISTRATION),
    )
    assert handed and registration
    assert (handed.started_on, handed.due_on, handed.met_on) == (MONDAY, date(2026, 11, 26), MONDAY)
    assert (registration.due_on, registration.met_on) == (handed.due_on, None)
    assert (handed.authority, registration.authority) == (None, "akimat-ulgi")
    assert events(petition_id) == ["handed_over"]


def test_later_signatures_do_not_change_the_referral(app: Flask) -> None:
    petition_id = a_petition(signatures=21, reached=True)
    hand_over(petition_id)
    with work(SYSTEM) as w:
        w.session.get_one(PetitionCount, petition_id).residents = 0
    referral = referral_row(petition_id)
    assert referral is not None and referral.counted == 21


@pytest.mark.parametrize("reached", [None, True])
def test_a_hand_over_needs_the_threshold_and_happens_once(app: Flask, reached: bool | None) -> None:
    petition_id = a_petition(signatures=3, reached=reached)
    if reached:
        hand_over(petition_id)
    with pytest.raises(Refusal) as refused:
        hand_over(petition_id)
    assert refused.value.code == ("not-your-move" if reached else "not-now")
    assert events(petition_id) == (["handed_over"] if reached else [])


def test_receipts_of_two_cases_differ_and_cannot_be_made_up(app: Flask) -> None:
    with reading(ANYONE) as w:
        one, other = service.receipt_number(w, 1), service.receipt_number(w, 2)
        assert one == service.receipt_number(w, 1)
    assert one != other and one[-4:] != other[-4:]


def test_deemed_registered_starts_the_answer_on_the_last_day(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=21, reached=True)
    hand_over(petition_id)
    clock.now += timedelta(days=4)
    with work(SYSTEM) as w:
        service.deem_registered(w, load(w, petition_id))
    petition, referral = petition_row(petition_id), referral_row(petition_id)
    assert referral and petition.registered_at == referral.registered_at
    assert petition.registered_at and petition.registered_at.isoformat() == "2026-11-26T18:59:59+00:00"
    answer, registration = (
        term_row(petition_id, TermKind.ANSWER),
        term_row(petition_id, TermKind.REGISTRATION),
    )
    assert answer and answer.started_on == date(2026, 11, 26)
    assert registration and registration.met_on is None
    assert referral.registration_number is None


def test_before_its_end_the_body_is_not_passed_over(app: Flask) -> None:
    petition_id = a_petition(signatures=21, reached=True)
    hand_over(petition_id)
    with pytest.raises(Refusal) as refused, work(SYSTEM) as w:
        service.deem_registered(w, load(w, petition_id))
    assert refused.value.code == "not-now"


def test_a_lapse_is_handed_over_for_an_ordinary_reply(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=3)
    closes = petition_row(petition_id).closes_at
    assert closes is not None
    clock.now = closes + timedelta(days=2)
    with work(SYSTEM) as w:
        service.lapse(w, load(w, petition_id))
    petition, referral = petition_row(petition_id), referral_row(petition_id)
    assert petition.state is State.LAPSED and petition.ended_at == clock.now
    assert referral is not None and (referral.kind, referral.counted) == ("below_threshold", 3)
    collection, owed = (
        term_row(petition_id, TermKind.COLLECTION),
        term_row(petition_id, TermKind.ORDINARY_REPLY),
    )
    assert collection and collection.met_on == collection.due_on
    assert owed and owed.started_on == date(2027, 5, 26) and owed.n == 15
    assert events(petition_id) == ["lapsed"]


def test_a_window_in_its_grace_does_not_lapse(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=3)
    closes = petition_row(petition_id).closes_at
    assert closes is not None
    clock.now = closes + timedelta(hours=23)
    with pytest.raises(Refusal) as refused, work(SYSTEM) as w:
        service.lapse(w, load(w, petition_id))
    assert refused.value.code == "not-now"


def test_the_public_referral_has_totals_and_the_certificate(app: Flask) -> None:
    petition_id = a_petition(signatures=21, reached=True)
    hand_over(petition_id)
    with reading(ANYONE) as w:
        view = listed_referral(w, petition_id)
        assert answer_of(w, petition_id) is None
    assert (view.counted, view.certificate.count, view.certificate.base_value) == (21, 20, 400)
    assert view.author_name == "Айгүл Үлгіқызы" and view.authority_name


def test_without_a_hand_over_there_is_no_referral(app: Flask) -> None:
    petition_id = a_petition()
    with reading(ANYONE) as w:
        assert referral_of(w, petition_row(petition_id)) is None
        with pytest.raises(Refusal) as refused:
            listed_referral(w, petition_id)
    assert refused.value.code == "not-found"
