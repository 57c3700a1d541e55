"""What the passing of time does to cases: each act once, whoever runs the sweep how often."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.outbox import Broadcast, OutboxRow
from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.jobs import sweeping
from petitions.jobs.windows import sweep_windows
from petitions.models.signature import TallyDelta
from petitions.services.windows import do_next, due_cases
from tests.cases import (
    at_closing,
    change,
    done_by_two,
    events,
    petition_row,
    referral_row,
    term_row,
    told,
    under,
)
from tests.conftest import Clock
from tests.factories import a_petition


def mails() -> int:
    with reading(ANYONE) as w:
        return sum(
            w.session.scalar(select(func.count()).select_from(table)) or 0 for table in (OutboxRow, Broadcast)
        )


@pytest.mark.postgres_too
def test_enough_joiners_begin_the_check(app: Flask) -> None:
    ready, not_yet = a_petition(State.GATHERING, signatures=50), a_petition(State.GATHERING, signatures=49)
    assert sweep_windows() == 1
    assert petition_row(ready).state is State.SCREENING and petition_row(not_yet).state is State.GATHERING
    assert events(ready) == ["joiners_met", "screening_begun"]


def test_a_startup_without_joiners_lapses_after_its_last_day(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.GATHERING, signatures=3)
    due_on = term_row(petition_id, TermKind.STARTUP)
    assert due_on and due_on.due_on == date(2026, 12, 22)
    clock.now += timedelta(days=29)
    assert sweep_windows() == 0
    clock.now += timedelta(days=1)
    assert sweep_windows() == 1 and sweep_windows() == 0
    assert petition_row(petition_id).state is State.LAPSED and events(petition_id) == ["startup_lapsed"]


@pytest.mark.postgres_too
def test_a_late_check_is_told_once(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.SCREENING, signatures=50)
    clock.now += timedelta(days=40)
    assert sweep_windows() == 1
    before = mails()
    for _again in range(14):
        assert sweep_windows() == 0
    assert mails() == before
    assert petition_row(petition_id).state is State.SCREENING
    assert events(petition_id) == ["deadline_missed", "screening_late"]


@pytest.mark.postgres_too
def test_a_reached_threshold_is_handed_over(app: Flask) -> None:
    petition_id = a_petition(signatures=21, reached=True)
    assert sweep_windows() == 1 and sweep_windows() == 0
    assert petition_row(petition_id).state is State.UNDER_REVIEW
    assert events(petition_id) == ["handed_over"]


def test_an_open_window_is_left_alone(app: Flask) -> None:
    a_petition(signatures=3)
    assert sweep_windows() == 0


def test_a_window_lapses_after_its_grace(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=3)
    at_closing(petition_id, clock, timedelta(hours=24))
    assert sweep_windows() == 0
    clock.now += timedelta(minutes=1)
    assert sweep_windows() == 1 and sweep_windows() == 0
    referral = referral_row(petition_id)
    assert petition_row(petition_id).state is State.LAPSED and referral and referral.kind == "below_threshold"


def test_signatures_that_are_not_folded_yet_keep_a_window_from_lapsing(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=3)
    with work(SYSTEM) as w:
        w.session.add(TallyDelta(petition_id=petition_id, pending=0))
    at_closing(petition_id, clock, timedelta(days=2))
    assert sweep_windows() == 0
    with work(SYSTEM) as w:
        w.session.delete(w.session.scalars(select(TallyDelta)).one())
    assert sweep_windows() == 1


@pytest.mark.postgres_too
def test_a_body_that_does_not_register_is_passed_over(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=21, reached=True)
    sweep_windows()
    clock.now += timedelta(days=3)
    assert sweep_windows() == 0
    clock.now += timedelta(days=1)
    assert sweep_windows() == 1 and sweep_windows() == 0
    assert events(petition_id) == ["handed_over", "deadline_missed", "deemed_registered"]
    answer = term_row(petition_id, TermKind.ANSWER)
    assert answer and answer.started_on == date(2026, 11, 26)


def test_the_window_of_a_case_under_review_ends_on_its_day(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    at_closing(petition_id, clock, timedelta(days=3))
    assert sweep_windows() == 1 and sweep_windows() == 0
    collection = term_row(petition_id, TermKind.COLLECTION)
    assert collection and collection.met_on == collection.due_on
    assert petition_row(petition_id).state is State.UNDER_REVIEW


def test_weeks_of_silence_are_made_up_for(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=21, reached=True)
    clock.now += timedelta(days=14)
    assert sweep_windows() == 1
    assert sweep_windows() == 1
    assert sweep_windows() == 0
    handed = term_row(petition_id, TermKind.HAND_OVER)
    assert handed and handed.met_on == date(2026, 12, 7) and handed.missed_on == date(2026, 11, 27)
    assert petition_row(petition_id).registered_at is not None


@pytest.mark.postgres_too
def test_two_sweeps_at_once_do_everything_once(app: Flask) -> None:
    cases = [a_petition(signatures=21, reached=True) for _ in range(4)]
    assert done_by_two(app, sweep_windows) == 4
    assert all(events(id_) == ["handed_over"] for id_ in cases)
    assert told("case_authority") == 4


def test_a_case_that_refuses_does_not_stop_the_others(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = a_petition(signatures=21, reached=True), a_petition(signatures=21, reached=True)

    def stubborn(w: object, id_: int) -> bool:
        if id_ == one:
            raise Refusal("changed-meanwhile")
        return do_next(w, id_)  # type: ignore[arg-type]

    assert sweeping.sweep("windows", due_cases, stubborn) == 1
    assert petition_row(other).state is State.UNDER_REVIEW


def test_cases_are_found_page_by_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "PAGE", 2)
    cases = [a_petition(signatures=21, reached=True) for _ in range(5)]
    assert sweep_windows() == 5
    assert {petition_row(id_).state for id_ in cases} == {State.UNDER_REVIEW}


def test_a_case_without_anything_due_is_left_alone(app: Flask) -> None:
    petition_id = a_petition(signatures=3)
    with work(SYSTEM) as w:
        assert do_next(w, petition_id) is False
    change(petition_id, reached_at=None)


def test_silence_publishes_where_the_rulebook_says_so(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.SCREENING, signatures=5)
    under(petition_id, ('when_late = "escalate"', 'when_late = "publish"'))
    clock.now += timedelta(days=40)
    assert sweep_windows() == 1 and sweep_windows() == 0
    assert petition_row(petition_id).state is State.COLLECTING
    assert events(petition_id) == ["deadline_missed", "published", "quarter_reached"]
    check = term_row(petition_id, TermKind.SCREENING)
    assert check and check.missed_on == date(2026, 12, 23) and check.met_on == date(2027, 1, 2)


def test_a_rulebook_may_hand_over_at_closing(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=21, reached=True)
    under(petition_id, ('hand_over = "on_threshold"', 'hand_over = "on_close"'))
    assert sweep_windows() == 0
    at_closing(petition_id, clock, timedelta(hours=1))
    assert [sweep_windows() for _ in range(3)] == [1, 1, 0]  # handed over, then the window is marked as over
    handed, window = term_row(petition_id, TermKind.HAND_OVER), term_row(petition_id, TermKind.COLLECTION)
    assert handed and window
    assert (handed.start_fact, handed.started_on, window.met_on) == ("closing", window.due_on, window.due_on)


def test_a_rulebook_may_owe_nothing_below_the_threshold(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=3)
    lapse = '  [tier.lapse]\n  ordinary_reply = { n = 15, unit = "working_days" }\n  article = "76(1)"\n'
    under(petition_id, (lapse, ""))
    at_closing(petition_id, clock, timedelta(days=2))
    assert sweep_windows() == 1
    petition = petition_row(petition_id)
    assert petition.state is State.LAPSED and petition.handed_over_at is None
    assert referral_row(petition_id) is None and term_row(petition_id, TermKind.ORDINARY_REPLY) is None
