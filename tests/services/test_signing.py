"""Signing: entries, confirmations, limits, and one person one signature, on both databases."""

from datetime import timedelta

import pytest
from flask import Flask

from core.refusal import Refusal
from core.switches import Switch, turn
from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition
from petitions.models.signature import Signature, SignatureState
from petitions.models.tokens import join_token
from petitions.services import tally
from petitions.services.ageing import erase_withdrawn, expire_unconfirmed
from petitions.services.joining import join_petition
from petitions.services.managing import erase_signature, withdraw_signature
from petitions.services.signing import new_id
from tests.conftest import Clock
from tests.factories import ALMATY, VILLAGE, a_petition
from tests.signing import (
    CONSENT,
    a_signer,
    act,
    closes_at,
    confirm,
    counts,
    hand_over,
    posted,
    rows,
    sign,
    the_row,
)

pytestmark = pytest.mark.postgres_too


def test_an_entry_is_pending_and_sealed(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    sign(petition_id, "Daniyar@Mail.example", area=VILLAGE, updates=True, language="ru")
    row = the_row(petition_id)
    assert (row.state, row.entry, row.resident, row.joiner) == (SignatureState.PENDING, 1, True, False)
    assert (row.channel, row.evidence, row.scheme, row.text_number) == ("web", "email", "email", 1)
    assert (row.notice, row.notice_language, row.language, row.updates) == ("2026-11-1", "kk", "ru", True)
    assert row.expires_at == clock.now + timedelta(days=7)
    assert "Данияр".encode() not in (row.name or b"") and b"mail.example" not in (row.contact or b"")
    assert counts(petition_id) == {"pending": 1}
    assert posted("signer_confirm") == 1


def test_an_id_has_63_bits_and_sorts_by_time(app: Flask, clock: Clock) -> None:
    earlier, later = new_id(clock.now), new_id(clock.now + timedelta(milliseconds=2))
    assert 0 < earlier < later < 2**63
    assert len({new_id(clock.now) for _ in range(50)}) > 40


@pytest.mark.parametrize(
    "again",
    ["DANIYAR@mail.example", "daniyar@MAIL.example"],
)
def test_the_latest_accepted_entry_of_a_mailbox_wins(app: Flask, clock: Clock, again: str) -> None:
    petition_id = a_petition()
    sign(petition_id)
    first = the_row(petition_id)
    clock.now += timedelta(minutes=30)
    sign(petition_id, again, full_name="Данияр Т. Сынақұлы", area=VILLAGE)
    row = the_row(petition_id)
    assert (row.id, row.entry, row.area, row.resident) == (first.id, 2, VILLAGE, True)
    assert row.expires_at == clock.now + timedelta(days=7)
    with pytest.raises(Refusal, match="signature-link-expired"):
        confirm(first)
    assert counts(petition_id) == {"pending": 1}
    confirm(row)
    assert counts(petition_id) == {"counted": 1, "residents": 1}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ainur.ulgi@gmail.com", "ainurulgi+petition@googlemail.com"),
        ("ainur.ulgi@yandex.kz", "Ainur-Ulgi@ya.ru"),
        ("ainur+one@mail.ru", "ainur@mail.ru"),
    ],
)
def test_spellings_of_one_mailbox_are_one_person(app: Flask, first: str, second: str) -> None:
    petition_id = a_petition()
    sign(petition_id, first)
    sign(petition_id, second)
    assert the_row(petition_id).entry == 2


def test_dots_count_where_the_provider_counts_them(app: Flask) -> None:
    petition_id = a_petition()
    sign(petition_id, "ai.nur@mail.example")
    sign(petition_id, "ainur@mail.example")
    assert len(rows(petition_id)) == 2


def test_a_confirmed_signature_counts_once_and_shows_its_link_once(app: Flask) -> None:
    petition_id = a_petition()
    sign(petition_id)
    row = the_row(petition_id)
    assert confirm(row).manage is not None
    assert confirm(row).manage is None
    assert the_row(petition_id).state is SignatureState.COUNTED
    assert counts(petition_id) == {"counted": 1}


def test_signing_again_after_counting_changes_nothing_but_a_mail(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    sign(petition_id)
    confirm(the_row(petition_id))
    before = the_row(petition_id)
    clock.now += timedelta(minutes=1)
    sign(petition_id, full_name="Біреу Басқа", area=VILLAGE, updates=True)
    after = the_row(petition_id)
    assert (after.name, after.contact, after.area, after.entry) == (
        before.name,
        before.contact,
        before.area,
        before.entry,
    )
    assert (after.updates, after.consent_at) == (before.updates, before.consent_at)
    assert (posted("signer_confirm"), posted("signer_already")) == (1, 1)
    assert counts(petition_id) == {"counted": 1}


def test_an_expired_entry_starts_anew_in_the_same_row(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    sign(petition_id)
    first = the_row(petition_id)
    clock.now += timedelta(days=7) - timedelta(seconds=1)
    with work(SYSTEM) as w:
        assert expire_unconfirmed(w) == 0
    clock.now += timedelta(seconds=1)
    with work(SYSTEM) as w:
        assert expire_unconfirmed(w) == 1
        assert expire_unconfirmed(w) == 0
    row = the_row(petition_id)
    assert (row.state, row.name, row.contact) == (SignatureState.EXPIRED, None, None)
    assert counts(petition_id) == {"expired": 1}
    with pytest.raises(Refusal, match="signature-link-expired"):
        confirm(first)
    sign(petition_id)
    row = the_row(petition_id)
    assert (row.id, row.state, row.entry, row.erased_at) == (first.id, SignatureState.PENDING, 2, None)
    confirm(row)
    assert counts(petition_id) == {"counted": 1}


def test_a_withdrawn_signature_starts_anew(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    sign(petition_id)
    confirm(the_row(petition_id))
    act(withdraw_signature, the_row(petition_id))
    assert counts(petition_id) == {"withdrawn": 1}
    sign(petition_id)
    row = the_row(petition_id)
    assert (row.state, row.entry, row.withdrawn_at) == (SignatureState.PENDING, 2, None)
    confirm(row)
    assert counts(petition_id) == {"counted": 1}


def test_a_withdrawn_one_that_still_counts_is_not_counted_again(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    sign(petition_id)
    confirm(the_row(petition_id))
    counted_at = the_row(petition_id).confirmed_at
    hand_over(petition_id)
    act(erase_signature, the_row(petition_id))
    assert counts(petition_id) == {"counted": 1}
    clock.now += timedelta(days=1)
    sign(petition_id, area=VILLAGE)
    row = the_row(petition_id)
    assert (row.state, row.renewal, row.area, row.resident) == (SignatureState.COUNTED, True, ALMATY, False)
    assert confirm(row).manage is not None
    row = the_row(petition_id)
    assert (row.renewal, row.withdrawn_at, row.erased_at) == (False, None, None)
    assert row.confirmed_at == counted_at
    assert counts(petition_id) == {"counted": 1}


def test_an_unconfirmed_renewal_is_erased_at_its_end(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    sign(petition_id)
    confirm(the_row(petition_id))
    hand_over(petition_id)
    act(withdraw_signature, the_row(petition_id))
    clock.now += timedelta(days=5)
    sign(petition_id)
    stale = the_row(petition_id)
    clock.now += timedelta(days=3)
    with work(SYSTEM) as w:
        assert erase_withdrawn(w) == 0
    clock.now += timedelta(days=4)
    with work(SYSTEM) as w:
        assert erase_withdrawn(w) == 1
    row = the_row(petition_id)
    assert (row.state, row.name, row.contact, row.renewal) == (SignatureState.COUNTED, None, None, False)
    with pytest.raises(Refusal, match="signature-link-expired"):
        confirm(stale)
    assert counts(petition_id) == {"counted": 1}


@pytest.mark.parametrize("state", [SignatureState.INVALID, SignatureState.QUARANTINED])
def test_a_row_that_was_set_aside_is_left_as_it_is(app: Flask, state: SignatureState) -> None:
    petition_id = a_petition()
    sign(petition_id)
    with work(SYSTEM) as w:
        w.session.get_one(Signature, (petition_id, the_row(petition_id).id)).state = state
        tally.add(w, petition_id, pending=-1, **{state.value: 1})
    sign(petition_id)
    assert (the_row(petition_id).state, the_row(petition_id).entry) == (state, 1)
    assert posted("signer_confirm") == 1
    assert confirm(the_row(petition_id)).manage is None
    assert counts(petition_id) == {state.value: 1}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"full_name": "Данияр"}, "name-two-words"),
        ({"full_name": "Д" * 80 + " " + "Ү" * 80}, "name-length"),
        ({"full_name": "Данияр <b>Сынақұлы</b>"}, "name-characters"),
        ({"email": "daniyar"}, "email-invalid"),
        ({"email": "daniyar@mail@example"}, "email-invalid"),
        ({"area": "000000000"}, "area-unknown"),
        ({"area": "nowhere"}, "area-unknown"),
    ],
)
def test_bad_input_is_refused_on_its_field(app: Flask, changes: dict[str, str], code: str) -> None:
    petition_id = a_petition()
    with pytest.raises(Refusal, match=code) as caught:
        sign(petition_id, **changes)
    assert caught.value.field == next(iter(changes))
    assert rows(petition_id) == []


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.DRAFT, "not-found"),
        (State.GATHERING, "not-found"),
        (State.SCREENING, "not-found"),
        (State.REFUSED, "signing-closed"),
        (State.ANSWERED, "signing-closed"),
        (State.LAPSED, "signing-closed"),
        (State.WITHDRAWN, "signing-closed"),
        (State.TAKEN_DOWN, "gone"),
    ],
)
def test_only_an_open_petition_is_signed(app: Flask, state: State, code: str) -> None:
    petition_id = a_petition(state)
    with pytest.raises(Refusal, match=code):
        sign(petition_id)
    assert rows(petition_id) == []


def test_signing_ends_with_the_window(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    end = closes_at(petition_id)
    clock.now = end
    sign(petition_id)
    late = the_row(petition_id)
    clock.now = end + timedelta(seconds=1)
    with pytest.raises(Refusal, match="signing-closed"):
        sign(petition_id, "other@mail.example")
    clock.now = end + timedelta(hours=24)
    confirm(late)
    assert counts(petition_id) == {"counted": 1}


def test_a_confirmation_after_the_grace_counts_nothing(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    end = closes_at(petition_id)
    clock.now = end
    sign(petition_id)
    clock.now = end + timedelta(hours=24, seconds=1)
    with pytest.raises(Refusal, match="confirmation-over"):
        confirm(the_row(petition_id))
    assert counts(petition_id) == {"pending": 1}


@pytest.mark.parametrize("name", [Switch.NO_SIGNING, Switch.READ_ONLY])
def test_a_switch_stops_entries_and_confirmations(app: Flask, name: Switch) -> None:
    petition_id = a_petition()
    sign(petition_id)
    code = "read-only" if name is Switch.READ_ONLY else "switched-off"
    with work(SYSTEM) as w:
        turn(w, name, True)
    with pytest.raises(Refusal, match=code):
        sign(petition_id, "other@mail.example")
    with pytest.raises(Refusal, match=code):
        confirm(the_row(petition_id))
    assert counts(petition_id) == {"pending": 1}


def test_a_joiner_signs_a_petition_that_gathers(app: Flask) -> None:
    petition_id = a_petition(State.GATHERING)
    with work(ANYONE) as w:
        join_petition(w, petition_id, join_token(w, petition_id), a_signer(), CONSENT)
    row = the_row(petition_id)
    assert row.joiner
    assert confirm(row).outlook.startup is not None
    assert counts(petition_id) == {"counted": 1}
    with reading() as w:
        assert w.session.get_one(Petition, petition_id).reached_at is None


@pytest.mark.parametrize("state", [s for s in State if s is not State.GATHERING])
def test_nobody_joins_later(app: Flask, state: State) -> None:
    petition_id = a_petition(state)
    with pytest.raises(Refusal, match="joining-closed"), work(ANYONE) as w:
        join_petition(w, petition_id, join_token(w, petition_id), a_signer(), CONSENT)
    assert rows(petition_id) == []


def test_a_wrong_private_link_opens_nothing(app: Flask) -> None:
    petition_id, other = a_petition(State.GATHERING), a_petition(State.GATHERING)
    with reading() as w:
        tokens = ["", "x", "ж" * 32, join_token(w, other), join_token(w, petition_id)[:-1]]
    for token in tokens:
        with pytest.raises(Refusal, match="not-found"), work(ANYONE) as w:
            join_petition(w, petition_id, token, a_signer(), CONSENT)
    assert rows(petition_id) == []


def test_nobody_joins_after_the_start_up(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.GATHERING)
    clock.now += timedelta(days=60)
    with pytest.raises(Refusal, match="joining-closed"), work(ANYONE) as w:
        join_petition(w, petition_id, join_token(w, petition_id), a_signer(), CONSENT)
    assert rows(petition_id) == []
