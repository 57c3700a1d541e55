"""R4 and R7: however often, by however many and under whatever clock the sweeps run, all ends up the same."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.config import ROOT
from core.db import db
from core.outbox import Broadcast, OutboxRow
from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.calendar import ends_at, local_day
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.lifecycle import State
from petitions.jobs.deadlines import sweep_deadlines
from petitions.jobs.promises import sweep_promises
from petitions.jobs.reminders import sweep_reminders
from petitions.jobs.windows import sweep_windows
from petitions.models.case import JournalEntry, Term
from petitions.queries.ledger import LedgerFilters, Standing, how_many_terms
from petitions.queries.terms import terms_of
from petitions.services.discussions import Invitation, announce_discussion
from petitions.services.promises import Promise
from petitions.services.register import load_register
from tests.cases import answered, change, done_by_two, events, officer, petition_row, term_row
from tests.conftest import START, Clock, make_app
from tests.factories import a_petition

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REMINDERS = {"reminded", "reminded_late"}
K, S = TermKind, State
# State, terms with their dates, and what was told how often.
Seen = tuple[State, dict[TermKind, tuple[Any, ...]], dict[str, int]]


@dataclass(frozen=True)
class World:
    """A case in each part of its life."""

    gathering: int
    screening: int
    collecting: int
    waiting: int
    reviewed: int
    answered: int


def a_world() -> World:
    waiting = a_petition(signatures=21, reached=True)
    sweep_windows()
    reviewed = a_petition(S.UNDER_REVIEW, signatures=21)
    with work(officer()) as w:
        invitation = Invitation(datetime(2026, 11, 27, 10, 30, tzinfo=UTC), "Мәдениет үйі", "", "", "kk")
        announce_discussion(w, reviewed, invitation, petition_row(reviewed).version)
    done = a_petition(S.UNDER_REVIEW, signatures=21)
    answered(done, promises=(Promise("Кітапхана наурызда ашылады", date(2026, 12, 1)),))
    return World(
        a_petition(S.GATHERING), a_petition(S.SCREENING, signatures=50), a_petition(signatures=3),
        waiting, reviewed, done,
    )  # fmt: skip


def all_sweeps() -> int:
    """Everything that time does, until nothing is left to do."""
    done = 0
    while n := sweep_windows() + sweep_deadlines() + sweep_promises():
        done += n
    return done + sweep_reminders()


def seen(world: World) -> dict[str, Seen]:
    """Where every case stands: state, terms with their dates, and what was told how often."""
    found: dict[str, Seen] = {}
    for name in World.__dataclass_fields__:
        id_ = getattr(world, name)
        with reading(ANYONE) as w:
            terms = w.session.scalars(select(Term).where(Term.petition_id == id_).order_by(Term.id)).all()
            rows = {
                t.kind: (t.started_on, t.due_on, t.missed_on, bool(t.met_on), bool(t.cancelled_on))
                for t in terms
            }
        told = Counter(event for event in events(id_) if event not in REMINDERS)
        found[name] = (petition_row(id_).state, rows, dict(told))
    return found


def posted() -> list[str]:
    """The keys of everything that was ever put into the outbox."""
    with reading(SYSTEM) as w:
        return sorted([*w.session.scalars(select(OutboxRow.key)), *w.session.scalars(select(Broadcast.key))])


def told_about_terms() -> Counter[tuple[str, int, str]]:
    """How often each step of each term was told."""
    with reading(SYSTEM) as w:
        named = [e for e in w.session.scalars(select(JournalEntry)) if "term" in e.facts]
        return Counter((e.event, e.facts["term"], e.facts.get("step", "")) for e in named)


def daily(clock: Clock, days: int) -> None:
    for _day in range(days):
        clock.now += DAY
        all_sweeps()


def silence(clock: Clock, days: int, runs: Callable[[], object]) -> None:
    clock.now += days * DAY
    runs()


WAYS: dict[str, Callable[[Flask, Clock], object]] = {
    "day by day": lambda app, clock: daily(clock, 60),
    "once": lambda app, clock: silence(clock, 60, all_sweeps),
    "twice": lambda app, clock: silence(clock, 60, lambda: [all_sweeps() for _ in range(2)]),
    "fourteen times": lambda app, clock: silence(clock, 60, lambda: [all_sweeps() for _ in range(14)]),
    "two at once": lambda app, clock: silence(clock, 60, lambda: two_at_once(app)),
    "after 14 days of silence": lambda app, clock: (daily(clock, 23), silence(clock, 14, all_sweeps), daily(clock, 23)),
}  # fmt: skip


def two_at_once(app: Flask) -> None:
    done_by_two(app, all_sweeps)
    # Whoever lost a race has left the case for the next sweep.
    all_sweeps()


@pytest.mark.postgres_too
@pytest.mark.parametrize("way", WAYS)
def test_every_way_ends_in_the_same_state(app: Flask, clock: Clock, way: str) -> None:
    world = a_world()
    WAYS[way](app, clock)
    found = seen(world)
    states = {name: row[0] for name, row in found.items()}
    assert states == {
        "gathering": S.LAPSED, "screening": S.SCREENING, "collecting": S.COLLECTING,
        "waiting": S.UNDER_REVIEW, "reviewed": S.UNDER_REVIEW, "answered": S.ANSWERED,
    }  # fmt: skip
    assert found["screening"][2] == {"screening_late": 1, "deadline_missed": 1}  # type: ignore[index]
    _state, terms, told = found["waiting"]  # type: ignore[misc]
    # Registered by silence on 26 November; the twentieth working day after it is 25 December.
    assert terms[K.ANSWER] == (date(2026, 11, 26), date(2026, 12, 25), date(2026, 12, 26), False, False)
    assert terms[K.REGISTRATION][2] == date(2026, 11, 27)
    assert told == {"handed_over": 1, "deemed_registered": 1, "deadline_missed": 2}
    _state, terms, told = found["reviewed"]  # type: ignore[misc]
    assert terms[K.ANSWER][1:3] == (date(2026, 12, 22), date(2026, 12, 23))
    assert terms[K.DISCUSSION][1:3] == (date(2026, 11, 27), date(2026, 11, 28))
    assert told == {"discussion_announced": 1, "deadline_missed": 2}
    assert found["answered"][2] == {"answered": 1, "promise_due": 1, "deadline_missed": 1}  # type: ignore[index]
    assert set(told_about_terms().values()) == {1} and len(set(posted())) == len(posted())
    before = seen(world), posted()
    assert all_sweeps() == 0 and (seen(world), posted()) == before


@pytest.mark.postgres_too
def test_a_clock_that_went_400_days_ahead_and_back_moves_nothing_back(app: Flask, clock: Clock) -> None:
    world = a_world()
    clock.now += 400 * DAY
    all_sweeps()
    ahead, mails = seen(world), posted()
    assert ahead["collecting"][0] is S.LAPSED  # type: ignore[index]
    for back in (START, START + HOUR, START - HOUR, START + 30 * DAY, START + 399 * DAY):
        clock.now = back
        assert [all_sweeps() for _ in range(14)] == [0] * 14, back
        assert (seen(world), posted()) == (ahead, mails)
        with reading(ANYONE) as w:
            shown = {t.kind: t.state for t in terms_of(w, [world.reviewed])[world.reviewed]}
            assert shown[K.ANSWER] is shown[K.DISCUSSION] is TermState.LATE
            assert how_many_terms(w, LedgerFilters(Standing.RUNNING, kind=K.ANSWER)) == 0
    clock.now = START + 400 * DAY
    assert all_sweeps() == 0 and (seen(world), posted()) == (ahead, mails)
    assert set(told_about_terms().values()) == {1}


def test_an_answer_after_the_clock_came_back_is_late_all_the_same(app: Flask, clock: Clock) -> None:
    world = a_world()
    clock.now += 400 * DAY
    all_sweeps()
    clock.now = START + 2 * DAY
    answered(world.reviewed)
    with reading(ANYONE) as w:
        shown = {t.kind: t.state for t in terms_of(w, [world.reviewed])[world.reviewed]}
    assert shown[K.ANSWER] is TermState.MET_LATE


@pytest.mark.parametrize("first", [-1, 1])
def test_an_hour_to_and_fro_at_midnight(app: Flask, clock: Clock, first: int) -> None:
    world = a_world()
    # Half an hour before the end of 22 December in Almaty, when the answer is due.
    end = datetime(2026, 12, 22, 18, 30, tzinfo=UTC)
    clock.now = end
    all_sweeps()
    assert term_row(world.reviewed, K.ANSWER).missed_on is None  # type: ignore[union-attr]
    for step in (first, -first, 1, -1, 1):
        clock.now += step * HOUR
        late = term_row(world.reviewed, K.ANSWER).missed_on is not None  # type: ignore[union-attr]
        all_sweeps()
        assert not late or term_row(world.reviewed, K.ANSWER).missed_on is not None  # type: ignore[union-attr]
    mails = posted()
    assert term_row(world.reviewed, K.ANSWER).missed_on == date(2026, 12, 23)  # type: ignore[union-attr]
    clock.now = end
    assert all_sweeps() == 0 and posted() == mails
    assert Counter(events(world.reviewed))["deadline_missed"] == 2
    assert set(told_about_terms().values()) == {1}


def test_the_end_of_the_year_and_of_february(app: Flask, clock: Clock) -> None:
    world = a_world()
    clock.now = datetime(2026, 12, 31, 18, 59, 59, tzinfo=UTC)
    all_sweeps()
    before = seen(world)
    clock.now += timedelta(seconds=1)
    all_sweeps()
    assert seen(world) == before
    assert ends_at(date(2028, 2, 29), "Asia/Almaty") == datetime(2028, 2, 29, 18, 59, 59, tzinfo=UTC)


def test_the_day_with_25_hours_is_in_time_until_its_second_midnight() -> None:
    """Kazakhstan put its clocks back by an hour at midnight of 1 March 2024: 29 February had 25 hours."""
    last = ends_at(date(2024, 2, 29), "Asia/Almaty")
    assert last == datetime(2024, 2, 29, 18, 59, 59, tzinfo=UTC)
    for minutes in (-61, -59, -31, -1, 0):
        assert local_day(last + timedelta(minutes=minutes), "Asia/Almaty") == date(2024, 2, 29)
    assert local_day(last + timedelta(seconds=1), "Asia/Almaty") == date(2024, 3, 1)
    assert ends_at(date(2024, 2, 28), "Asia/Almaty") == datetime(2024, 2, 28, 17, 59, 59, tzinfo=UTC)
    assert ends_at(date(2024, 3, 1), "Asia/Almaty") == datetime(2024, 3, 1, 18, 59, 59, tzinfo=UTC)
    # The west of the country kept its clocks.
    assert ends_at(date(2024, 2, 29), "Asia/Aqtau") == datetime(2024, 2, 29, 18, 59, 59, tzinfo=UTC)


def test_a_sweep_across_the_zone_change_marks_at_the_second_midnight(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(S.UNDER_REVIEW, signatures=21)
    with work(SYSTEM) as w:
        term = w.session.scalars(select(Term).where(Term.kind == K.ANSWER)).one()
        term.started_on, term.n, term.due_on = date(2024, 2, 27), 2, date(2024, 2, 29)
    midnight = datetime(2024, 2, 29, 18, tzinfo=UTC)
    for moment in (midnight - HOUR, midnight, midnight + HOUR - timedelta(seconds=1)):
        clock.now = moment
        assert sweep_deadlines() == 0
        with reading(ANYONE) as w:
            (row,) = (t for t in terms_of(w, [petition_id])[petition_id] if t.kind is K.ANSWER)
        assert (row.state, row.days_left) == (TermState.RUNNING, 0)
    clock.now = midnight + HOUR
    assert sweep_deadlines() == 1 and sweep_deadlines() == 0
    assert term_row(petition_id, K.ANSWER).missed_on == date(2024, 3, 1)  # type: ignore[union-attr]
    clock.now = midnight
    assert sweep_deadlines() == 0 and events(petition_id) == ["deadline_missed"]


def test_a_collection_that_ends_on_that_day_stays_open_for_its_last_hour(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=3)
    change(petition_id, closes_at=ends_at(date(2024, 2, 29), "Asia/Almaty"))
    for moment, is_open in (((18, 30), True), ((18, 59), True), ((19, 0), False)):
        clock.now = datetime(2024, 2, 29, *moment, tzinfo=UTC)
        signing = app.test_client().get(f"/api/v1/petitions/{petition_id}").get_json()["signing"]
        assert signing["open"] is is_open, moment


def test_two_processes_at_once_tell_each_thing_once(tmp_path: Path, clock: Clock) -> None:
    """Real processes on one database, with the machine's own clock."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("DAUYS_")}
    env |= {"DAUYS_VAR_DIR": str(tmp_path), "DAUYS_MAIL_URL": f"folder:{tmp_path / 'mail'}"}
    flask = [sys.executable, "-m", "flask", "--app", "app"]
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=env, check=True, capture_output=True)
    clock.now = datetime.now(UTC).replace(microsecond=0) - 90 * DAY
    app = make_app(tmp_path, f"sqlite:///{tmp_path / 'dauys.sqlite3'}", clock)
    env["DAUYS_KEY_FILE"] = str(tmp_path / "keys.json")
    with app.app_context():
        with work(SYSTEM) as w:
            load_register(w, w.settings.rulebook)
        cases = [a_petition(S.UNDER_REVIEW, signatures=21) for _ in range(5)]
        runs = [subprocess.Popen([*flask, "jobs", "tick"], cwd=ROOT, env=env) for _ in range(2)]
        assert [run.wait(120) for run in runs] == [0, 0]
        assert subprocess.run([*flask, "jobs", "tick"], cwd=ROOT, env=env, check=True).returncode == 0
        for petition_id in cases:
            assert Counter(events(petition_id)) == {"deadline_missed": 1, "reminded_late": 1}
            assert term_row(petition_id, K.ANSWER).missed_on is not None  # type: ignore[union-attr]
        assert set(told_about_terms().values()) == {1}
        db.engine.dispose()
