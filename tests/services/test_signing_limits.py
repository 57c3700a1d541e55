"""Limits of mails to one mailbox, and many acts at the same moment, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core.contacts import PER_DAY, PER_HOUR, claim_mail, forget_mails
from core.work import SYSTEM, work
from petitions.services import tally
from tests.conftest import Clock
from tests.factories import ALMATY, VILLAGE, a_petition
from tests.signing import (
    confirm,
    counts,
    posted,
    rows,
    sign,
    the_row,
)

pytestmark = pytest.mark.postgres_too


def test_a_limited_entry_changes_nothing_and_the_last_link_stays_good(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    for _ in range(PER_HOUR):
        sign(petition_id)
    last = the_row(petition_id)
    sign(petition_id, full_name="Біреу Басқа", area=VILLAGE)
    row = the_row(petition_id)
    assert (row.entry, row.name, row.area) == (PER_HOUR, last.name, ALMATY)
    assert posted("signer_confirm") == PER_HOUR
    assert confirm(last).manage is not None
    clock.now += timedelta(hours=1)
    sign(petition_id)
    assert posted("signer_already") == 1


def test_limits_hold_for_a_mailbox_and_for_all_petitions(app: Flask, clock: Clock) -> None:
    petitions = [a_petition() for _ in range(PER_HOUR + 1)]
    for petition_id in petitions:
        sign(petition_id, "ainur.ulgi@gmail.com")
    assert [len(rows(petition_id)) for petition_id in petitions] == [1, 1, 1, 0]
    sign(petitions[-1], "other@mail.example")
    assert len(rows(petitions[-1])) == 1


def test_ten_mails_in_a_day_and_none_is_remembered_after_it(app: Flask, clock: Clock) -> None:
    def claim() -> bool:
        with work(SYSTEM) as w:
            return claim_mail(w, "daniyar@mail.example")

    start = clock.now
    taken = 0
    for hour in range(24):
        clock.now = start + timedelta(hours=hour)
        taken += sum(claim() for _ in range(4))
    assert taken == PER_DAY
    clock.now = start + timedelta(hours=24)
    assert claim()
    clock.now = start + timedelta(hours=49)
    with work(SYSTEM) as w:
        assert forget_mails(w, 1000) == PER_DAY + 1
        assert forget_mails(w, 1000) == 0


def test_twenty_entries_of_one_mailbox_at_once_are_one_signature(app: Flask) -> None:
    petition_id = a_petition()
    _at_once(app, 20, lambda n: sign(petition_id, f"ainur.ulgi+{n}@gmail.com"))
    row = the_row(petition_id)
    assert row.entry == PER_HOUR
    assert posted("signer_confirm") == PER_HOUR
    confirm(row)
    assert counts(petition_id) == {"counted": 1}


def test_thirty_two_confirmations_of_one_link_at_once_count_once(app: Flask) -> None:
    petition_id = a_petition()
    sign(petition_id, area=VILLAGE)
    row = the_row(petition_id)
    done = _at_once(app, 32, lambda _n: confirm(row).manage is not None)
    assert sum(done) == 1
    assert counts(petition_id) == {"counted": 1, "residents": 1}


def test_many_people_sign_while_the_tally_folds(app: Flask) -> None:
    petition_id = a_petition()

    def one(n: int) -> None:
        if n % 5 == 0:
            with work(SYSTEM) as w:
                tally.fold(w)
        else:
            sign(petition_id, f"person{n}@mail.example")

    _at_once(app, 40, one)
    assert counts(petition_id) == {"pending": 32}


def _at_once(app: Flask, n: int, do: Callable[[int], Any]) -> list[Any]:
    def within(number: int) -> Any:
        with app.app_context():
            return do(number)

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(within, range(n)))
