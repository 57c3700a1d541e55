"""Reminders: 10, 3 and 1 days before, on the day, weekly when late; once each, and once after a silence."""

import threading
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import delete, select

from auth.models import RoleGrant
from authorities.models import Authority
from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.deadlines import Standing, TermState
from petitions.domain.lifecycle import State
from petitions.domain.reminding import rank, step_due
from petitions.jobs.deadlines import sweep_deadlines
from petitions.jobs.reminders import sweep_reminders
from petitions.models.reminders import Reminder
from petitions.services.reminders import remind
from tests.cases import answered, events, sent_mails, words_of
from tests.conftest import Clock
from tests.factories import GOVERNMENT, VILLAGE_BODY, a_petition, an_officer
from tests.services.test_stops import a_stop

DAY = timedelta(days=1)


def steps() -> list[str]:
    with reading(ANYONE) as w:
        return list(w.session.scalars(select(Reminder.step).order_by(Reminder.id)))


def a_case(clock: Clock, days: int = 0) -> int:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    clock.now += days * DAY
    return petition_id


@pytest.mark.parametrize(
    ("left", "length", "step"),
    [(20, 20, None), (11, 20, None), (10, 20, "10"), (9, 20, "10"), (4, 20, "10"), (3, 20, "3"), (2, 20, "3"),
     (1, 20, "1"), (0, 20, "0"), (3, 3, None), (1, 3, "1"), (10, 10, None), (8, None, "10"), (1, 1, None), (0, 1, "0")],
)  # fmt: skip
def test_the_latest_step_counts(left: int, length: int | None, step: str | None) -> None:
    now = Standing(TermState.RUNNING, date(2026, 12, 22), left, 0, None, False)
    assert step_due(now, length, 0) == step


@pytest.mark.parametrize(
    ("past", "step"), [(1, None), (6, None), (7, "late-1"), (13, "late-1"), (30, "late-4")]
)
def test_late_reminders_come_by_weeks(past: int, step: str | None) -> None:
    assert step_due(Standing(TermState.LATE, date(2026, 12, 22), None, past, None, False), 20, past) == step


def test_reminders_have_one_order() -> None:
    assert sorted(["late-12", "0", "10", "late-1", "3", "late-2", "1"], key=rank) == [
        "10", "3", "1", "0", "late-1", "late-2", "late-12"
    ]  # fmt: skip


@pytest.mark.parametrize("state", [TermState.STOPPED, TermState.MET, TermState.MET_LATE, TermState.CANCELLED])
def test_nobody_is_reminded_of_what_does_not_run(state: TermState) -> None:
    assert step_due(Standing(state, None, None, 0, None, False), 20, 40) is None


@pytest.mark.postgres_too
def test_day_by_day_each_step_is_told_once(app: Flask, clock: Clock) -> None:
    petition_id = a_case(clock)
    for _day in range(50):
        sweep_deadlines()
        sweep_reminders()
        assert sweep_reminders() == 0
        clock.now += DAY
    # The due date is 22 December: three weeks late on 12 January 2027, when fifty days are over.
    assert steps() == ["10", "3", "1", "0", "late-1", "late-2"]
    assert events(petition_id) == ["reminded"] * 4 + ["deadline_missed"] + ["reminded_late"] * 2


@pytest.mark.parametrize("runs", [1, 2, 14])
def test_after_a_silence_only_the_latest_is_sent(app: Flask, clock: Clock, runs: int) -> None:
    a_case(clock, days=28)
    assert [sweep_reminders() for _ in range(runs)] == [1] + [0] * (runs - 1)
    assert steps() == ["1"]
    clock.now += 30 * DAY
    assert [sweep_reminders() for _ in range(runs)] == [1] + [0] * (runs - 1)
    assert steps() == ["1", "late-4"]


@pytest.mark.postgres_too
def test_two_sweeps_at_once_remind_once(app: Flask, clock: Clock) -> None:
    cases = [a_petition(State.UNDER_REVIEW, signatures=21) for _ in range(4)]
    clock.now += 28 * DAY
    done: list[int] = []

    def run() -> None:
        with app.app_context():
            done.append(sweep_reminders())

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 4 and all(events(id_) == ["reminded"] for id_ in cases)


def test_officers_are_reminded_and_late_ones_with_their_supervisor(app: Flask, clock: Clock) -> None:
    a_case(clock)
    an_officer(email="officer@gov.example")
    with work(SYSTEM) as w:
        w.session.get_one(Authority, VILLAGE_BODY).supervisor = "akimat-19"
        above = w.session.get_one(Authority, "akimat-19").email
    clock.now += 28 * DAY
    sweep_reminders()
    early = sent_mails()
    assert {mail["to"] for mail in early} == {"officer@gov.example", "ulgi@gov.example"}
    assert all("2026" in words_of(mail) for mail in early)
    clock.now += 15 * DAY
    sweep_reminders()
    late = sent_mails()[len(early) :]
    assert {mail["to"] for mail in late} == {"officer@gov.example", "ulgi@gov.example", above}


@pytest.mark.postgres_too
def test_the_head_of_a_late_body_has_a_mail_of_its_own_and_only_one(app: Flask, clock: Clock) -> None:
    a_case(clock)
    an_officer(email="officer@gov.example", language="en")
    promote(an_officer(email="head@gov.example", language="en"))
    promote(an_officer(GOVERNMENT, email="other@gov.example"))
    clock.now += 28 * DAY
    sweep_reminders()
    # Before the date a head is told like every officer.
    assert to(sent_mails()) == ["head@gov.example", "officer@gov.example", "ulgi@gov.example"]
    clock.now += 3 * DAY
    sweep_deadlines()
    missed = {mail["to"]: mail for mail in sent_mails() if "missed" in mail["subject"].lower()}
    assert "You head Akimat of Ulgi village" in words_of(missed["head@gov.example"])
    clock.now += 12 * DAY
    for _again in range(3):
        sweep_reminders()
        late = [mail for mail in sent_mails() if "overdue" in mail["subject"]]
        assert to(late) == ["head@gov.example", "officer@gov.example"]
    by_address = {mail["to"]: mail for mail in late}
    assert by_address["head@gov.example"]["subject"].startswith("Your authority is still overdue")
    assert "You head" not in words_of(by_address["officer@gov.example"])
    assert mails_of("head@gov.example") == 3 and mails_of("other@gov.example") == 0


def test_a_head_who_left_before_the_mail_went_gets_none(app: Flask, clock: Clock) -> None:
    a_case(clock)
    head = promote(an_officer(email="head@gov.example"))
    clock.now += 43 * DAY
    sweep_reminders()
    with work(SYSTEM) as w:
        w.session.execute(delete(RoleGrant).where(RoleGrant.account_id == head))
    assert "head@gov.example" not in to(sent_mails())


def promote(account_id: int) -> int:
    """Make an officer the head of the body."""
    with work(SYSTEM) as w:
        w.session.scalars(select(RoleGrant).where(RoleGrant.account_id == account_id)).one().head = True
    return account_id


def to(mails: list[EmailMessage]) -> list[str]:
    return sorted(str(mail["to"]) for mail in mails)


def mails_of(address: str) -> int:
    return to(sent_mails()).count(address)


def test_no_reminder_once_answered_or_while_stopped(app: Flask, clock: Clock) -> None:
    done, held = a_case(clock), a_case(clock)
    answered(done)
    a_stop()
    clock.now += 28 * DAY
    assert sweep_reminders() == 0 and events(held) == ["clock_stopped"]
    with work(SYSTEM) as w:
        assert remind(w, 10**9) is False


def test_a_new_date_is_a_new_reminder(app: Flask, clock: Clock) -> None:
    a_case(clock, days=15)
    assert sweep_reminders() == 1
    a_stop(first_day=date(2026, 12, 8), last_day=date(2026, 12, 20), order_date=date(2026, 12, 8))
    clock.now += 20 * DAY
    assert sweep_reminders() == 1 and steps() == ["10", "10"]


def test_the_log_is_public(app: Flask, clock: Clock) -> None:
    petition_id = a_case(clock, days=28)
    sweep_reminders()
    client = app.test_client()
    terms = client.get(f"/api/v1/petitions/{petition_id}").get_json()["terms"]
    answer = next(term for term in terms if term["kind"] == "answer")
    assert "1 day before" in client.get(f"/terms/{answer['id']}?lang=en").get_data(as_text=True)
    assert "reminded of its due date" in client.get(f"/petitions/{petition_id}?lang=en").get_data(
        as_text=True
    )
