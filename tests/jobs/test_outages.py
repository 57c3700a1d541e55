"""A silence of the jobs becomes a proposed stop, once, and moves nothing by itself."""

from datetime import date, timedelta

from flask import Flask

from core.jobs import registered, run_now
from core.work import ANYONE, reading, work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.queries.stops import StopRow, register
from petitions.services.stopping import confirm_stop
from tests.cases import events, term_row
from tests.conftest import Clock
from tests.factories import a_petition
from tests.services.test_stops import admin

DAY = timedelta(days=1)


def run() -> int:
    return run_now(next(job for job in registered() if job.name == "outages"))


def proposed() -> list[StopRow]:
    with reading(ANYONE) as w:
        return register(w, confirmed=False)


def test_the_first_run_and_a_short_pause_are_no_outage(app: Flask, clock: Clock) -> None:
    assert run() == 0
    clock.now += timedelta(hours=24)
    assert run() == 0 and proposed() == []


def test_two_weeks_of_silence_are_proposed_once(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    run()
    clock.now += 14 * DAY
    assert run() == 1 and run() == 0
    (stop,) = proposed()
    assert (stop.first_day, stop.last_day) == (date(2026, 11, 24), date(2026, 12, 6))
    assert stop.state == "proposed" and stop.is_outage and events(petition_id) == []
    with work(admin()) as w:
        confirm_stop(w, stop.id)
    # 23 May 2027 and 13 days are a Saturday, so the window ends on the Monday after it.
    moved = term_row(petition_id, TermKind.COLLECTION)
    assert moved and moved.due_on == date(2027, 6, 7)


def test_a_gap_without_a_whole_day_is_left_to_people(app: Flask, clock: Clock) -> None:
    run()
    clock.now += timedelta(hours=26)
    assert run() == 0


def test_an_outage_holds_no_body(app: Flask, clock: Clock) -> None:
    a_petition(State.UNDER_REVIEW, signatures=21)
    run()
    clock.now += 3 * DAY
    run()
    with work(admin()) as w:
        impact = confirm_stop(w, proposed()[0].id)
    assert impact.terms == 1
