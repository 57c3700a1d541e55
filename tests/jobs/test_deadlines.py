"""The sweep of the deadlines: late terms are marked once, and late stays late."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.lifecycle import State
from petitions.jobs.deadlines import sweep_deadlines
from petitions.models.case import Term, TermChange
from petitions.queries.terms import terms_of
from petitions.services.deadlines import settle_term
from tests.cases import answered, done_by_two, events, term_row, told
from tests.conftest import Clock
from tests.factories import a_petition


def late_case(clock: Clock, days: int = 31) -> int:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    clock.now += timedelta(days=days)
    return petition_id


@pytest.mark.postgres_too
@pytest.mark.parametrize("runs", [1, 2, 14])
def test_a_missed_date_is_announced_once(app: Flask, clock: Clock, runs: int) -> None:
    petition_id = late_case(clock)
    assert [sweep_deadlines() for _ in range(runs)] == [1] + [0] * (runs - 1)
    answer = term_row(petition_id, TermKind.ANSWER)
    assert answer and answer.missed_on == date(2026, 12, 23)
    assert events(petition_id) == ["deadline_missed"]
    assert (told("case_author"), told("case_authority"), told("case_supervisor")) == (1, 1, 1)


def test_the_last_day_is_in_time(app: Flask, clock: Clock) -> None:
    petition_id = late_case(clock, days=29)
    assert sweep_deadlines() == 0
    clock.now += timedelta(days=1)
    assert sweep_deadlines() == 1
    assert events(petition_id) == ["deadline_missed"]


def test_a_sweep_after_weeks_of_silence_leaves_the_same_row(app: Flask, clock: Clock) -> None:
    petition_id = late_case(clock, days=90)
    assert sweep_deadlines() == 1
    answer = term_row(petition_id, TermKind.ANSWER)
    assert answer and answer.missed_on == date(2026, 12, 23)


@pytest.mark.postgres_too
def test_two_sweeps_at_once_announce_once(app: Flask, clock: Clock) -> None:
    cases = [a_petition(State.UNDER_REVIEW, signatures=21) for _ in range(4)]
    clock.now += timedelta(days=31)
    assert done_by_two(app, sweep_deadlines) == 4
    assert all(events(id_) == ["deadline_missed"] for id_ in cases)
    assert told("case_supervisor") == 4


def test_late_stays_late(app: Flask, clock: Clock) -> None:
    petition_id = late_case(clock)
    sweep_deadlines()
    answered(petition_id)
    assert sweep_deadlines() == 0
    with reading(ANYONE) as w:
        rows = {row.kind: row for row in terms_of(w, [petition_id])[petition_id]}
    assert rows[TermKind.ANSWER].state is TermState.MET_LATE and rows[TermKind.ANSWER].days_late == 2
    assert rows[TermKind.ANSWER].missed_on == date(2026, 12, 23)
    assert rows[TermKind.PUBLICATION].state is TermState.MET


def test_windows_of_citizens_are_nobodys_lateness(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=3)
    clock.now += timedelta(days=300)
    assert sweep_deadlines() == 0
    assert events(petition_id) == []


def test_the_platforms_own_lateness_is_marked_as_well(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.SCREENING, signatures=50)
    clock.now += timedelta(days=40)
    assert sweep_deadlines() == 1
    assert events(petition_id) == ["deadline_missed"]


def test_a_wrong_stored_date_is_put_right_with_a_row(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    with work(SYSTEM) as w:
        w.session.scalars(select(Term).where(Term.kind == TermKind.ANSWER)).one().due_on = date(2026, 11, 20)
    assert sweep_deadlines() == 1 and sweep_deadlines() == 0
    answer = term_row(petition_id, TermKind.ANSWER)
    assert answer and answer.due_on == date(2026, 12, 22) and answer.missed_on is None
    with reading(ANYONE) as w:
        change = w.session.scalars(select(TermChange).order_by(TermChange.id.desc()).limit(1)).one()
        assert (change.old_due, change.new_due, change.cause) == (
            date(2026, 11, 20),
            answer.due_on,
            "recomputed",
        )


def test_an_unknown_or_ended_term_is_left_alone(app: Flask, clock: Clock) -> None:
    petition_id = late_case(clock)
    sweep_deadlines()
    answer = term_row(petition_id, TermKind.ANSWER)
    assert answer is not None
    with work(SYSTEM) as w:
        assert settle_term(w, answer.id) is False
        assert settle_term(w, 10**9) is False


def test_a_term_marked_by_another_hand_is_not_announced_again(app: Flask, clock: Clock) -> None:
    petition_id = late_case(clock)
    answer = term_row(petition_id, TermKind.ANSWER)
    assert answer is not None
    with work(SYSTEM) as w:
        seen = w.session.get_one(Term, answer.id)
        w.session.execute(Term.__table__.update().values(missed_on=date(2026, 12, 23)))  # type: ignore[attr-defined]
        assert seen.missed_on is None
        assert settle_term(w, answer.id) is False
    assert events(petition_id) == []
