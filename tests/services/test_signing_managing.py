"""What a signer does with the link: withdraw, erase, correct, news; and how long it looks the same."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.outbox import sweep_outbox
from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.models.case import JournalEntry
from petitions.models.contacts import CaseMute
from petitions.models.petition import PetitionKeys
from petitions.models.signature import SignatureState
from petitions.models.tokens import LASTING, Purpose, sign_token
from petitions.queries.signing import Held, held
from petitions.services.ageing import erase_withdrawn
from petitions.services.managing import (
    correct_signature,
    erase_signature,
    stop_mails,
    switch_updates,
    withdraw_signature,
)
from tests.conftest import Clock
from tests.factories import ALMATY, ASTANA, VILLAGE, a_petition, an_author
from tests.signing import act, change, counts, hand_over, sign, signed, the_row, token_of

pytestmark = pytest.mark.postgres_too


def seen(petition_id: int) -> Held:
    """What the manage page shows."""
    token = token_of(the_row(petition_id), Purpose.MANAGE)
    with reading() as w:
        return held(w, token)


def test_the_page_shows_what_is_held(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    signed(petition_id, "Daniyar@mail.example", updates=True, language="ru")
    shown = seen(petition_id)
    assert (shown.full_name, shown.email, shown.area) == ("Данияр Сынақұлы", "Daniyar@mail.example", ALMATY)
    assert (shown.updates, shown.language, shown.notice, shown.notice_language) == (
        True,
        "ru",
        "2026-11-1",
        "kk",
    )
    assert shown.signed_at == shown.confirmed_at == shown.consent_at == clock.now


def test_withdrawal_is_silent_and_looks_the_same_for_seven_days(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    signed(petition_id, area=VILLAGE, updates=True)
    before = seen(petition_id)
    with reading() as w:
        journal = w.session.scalar(select(func.count()).select_from(JournalEntry))
    act(withdraw_signature, the_row(petition_id))
    act(withdraw_signature, the_row(petition_id))
    assert counts(petition_id) == {"withdrawn": 1}
    clock.now += timedelta(days=7) - timedelta(seconds=1)
    with work(SYSTEM) as w:
        assert erase_withdrawn(w) == 0
    assert seen(petition_id) == before
    clock.now += timedelta(seconds=1)
    with pytest.raises(Refusal, match="signature-link-expired"):
        seen(petition_id)
    with work(SYSTEM) as w:
        assert erase_withdrawn(w) == 1
        assert erase_withdrawn(w) == 0
        assert w.session.scalar(select(func.count()).select_from(JournalEntry)) == journal
    row = the_row(petition_id)
    assert (row.name, row.contact, row.updates) == (None, None, False)
    assert row.uid is not None


def test_after_the_hand_over_the_total_stays(app: Flask) -> None:
    petition_id = a_petition()
    signed(petition_id, area=VILLAGE)
    hand_over(petition_id)
    act(withdraw_signature, the_row(petition_id))
    row = the_row(petition_id)
    assert row.state is SignatureState.COUNTED and row.withdrawn_at is not None
    assert counts(petition_id) == {"counted": 1, "residents": 1}


def test_erasing_is_done_at_once(app: Flask) -> None:
    petition_id = a_petition()
    row = signed(petition_id)
    act(erase_signature, row)
    gone = the_row(petition_id)
    assert (gone.state, gone.name, gone.contact) == (SignatureState.WITHDRAWN, None, None)
    for again in (withdraw_signature, erase_signature):
        with pytest.raises(Refusal, match="signature-link-expired"):
            act(again, row)
    assert counts(petition_id) == {"withdrawn": 1}


def test_news_are_switched_on_and_off(app: Flask) -> None:
    petition_id = a_petition()
    signed(petition_id)
    act(switch_updates, the_row(petition_id), on=True)
    assert the_row(petition_id).updates
    act(switch_updates, the_row(petition_id), on=False)
    assert not the_row(petition_id).updates


def test_a_correction_moves_the_residents_until_the_hand_over(app: Flask) -> None:
    petition_id = a_petition()
    signed(petition_id)
    act(correct_signature, the_row(petition_id), "Данияр Т. Сынақұлы", VILLAGE)
    assert seen(petition_id).full_name == "Данияр Т. Сынақұлы"
    assert counts(petition_id) == {"counted": 1, "residents": 1}
    hand_over(petition_id)
    act(correct_signature, the_row(petition_id), "Данияр Сынақұлы", ASTANA)
    assert seen(petition_id).area == ASTANA
    assert counts(petition_id) == {"counted": 1, "residents": 1}


@pytest.mark.parametrize(
    ("name", "area", "code"),
    [("Данияр", ALMATY, "name-two-words"), ("Данияр Сынақұлы", "nowhere", "area-unknown")],
)
def test_a_bad_correction_changes_nothing(app: Flask, name: str, area: str, code: str) -> None:
    petition_id = a_petition()
    signed(petition_id)
    before = seen(petition_id)
    with pytest.raises(Refusal, match=code):
        act(correct_signature, the_row(petition_id), name, area)
    assert seen(petition_id) == before


def tampered(token: str) -> str:
    """The same token with one sign in its middle changed."""
    return token[:20] + ("B" if token[20] == "A" else "A") + token[21:]


def test_a_link_of_another_purpose_entry_or_petition_opens_nothing(app: Flask, clock: Clock) -> None:
    petition_id, other = a_petition(), a_petition()
    row = signed(petition_id)
    tokens = {
        "not-found": [
            "",
            "x",
            "ж",
            token_of(row),
            token_of(row, Purpose.UNSUBSCRIBE),
            tampered(token_of(row, Purpose.MANAGE)),
        ],
        "signature-link-expired": [],
    }
    with reading() as w:
        later = w.now + LASTING
        tokens["not-found"].append(sign_token(w, Purpose.MANAGE, other, row.id, 1, later))
        tokens["signature-link-expired"].append(sign_token(w, Purpose.MANAGE, petition_id, row.id, 2, later))
        tokens["signature-link-expired"].append(sign_token(w, Purpose.MANAGE, petition_id, row.id, 1, w.now))
    for code, some in tokens.items():
        for token in some:
            with pytest.raises(Refusal, match=code), work(ANYONE) as w:
                withdraw_signature(w, token)
    assert counts(petition_id) == {"counted": 1}


def test_an_unconfirmed_signature_has_no_page(app: Flask) -> None:
    petition_id = a_petition()
    sign(petition_id)
    with pytest.raises(Refusal, match="signature-link-expired"):
        seen(petition_id)


def test_a_taken_down_petition_is_not_named(app: Flask) -> None:
    petition_id = a_petition()
    signed(petition_id)
    assert seen(petition_id).title is not None
    change(petition_id, lambda _w: {"state": State.TAKEN_DOWN})
    assert seen(petition_id).title is None


def test_mails_end_by_one_click_for_signers_and_authors(app: Flask) -> None:
    petition_id, author = a_petition(), an_author()
    row = signed(petition_id, updates=True)
    with reading() as w:
        mute = sign_token(w, Purpose.MUTE, petition_id, author, 0, w.now + LASTING)
        unknown = sign_token(w, Purpose.UNSUBSCRIBE, petition_id, 5, 0, w.now + LASTING)
        over = sign_token(w, Purpose.UNSUBSCRIBE, petition_id, row.id, 1, w.now)
    for token in (token_of(row, Purpose.UNSUBSCRIBE), mute):
        for _ in range(2):
            with work(ANYONE) as w:
                stop_mails(w, token)
    assert not the_row(petition_id).updates
    with reading() as w:
        assert w.session.get(CaseMute, (petition_id, author)) is not None
    for token, code in ((unknown, "not-found"), (over, "signature-link-expired"), ("x", "not-found")):
        with pytest.raises(Refusal, match=code), work(ANYONE) as w:
            stop_mails(w, token)


def test_without_its_keys_a_signature_shows_no_person(app: Flask) -> None:
    petition_id = a_petition()
    signed(petition_id)
    with work(SYSTEM) as w:
        keys = w.session.get_one(PetitionKeys, petition_id)
        keys.identity = keys.contact = None
    shown = seen(petition_id)
    assert (shown.full_name, shown.email, shown.area) == (None, None, ALMATY)


def test_without_its_key_a_contact_gets_no_mail(app: Flask) -> None:
    petition_id = a_petition()
    sign(petition_id)
    with work(SYSTEM) as w:
        w.session.get_one(PetitionKeys, petition_id).contact = None
    assert sweep_outbox() == 1
    assert not (app.extensions["dauys"].settings.var_dir / "mail").exists()
