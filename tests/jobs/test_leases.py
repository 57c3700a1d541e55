"""A job runs in one process at a time; after a kill another one takes it over within seconds."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Event, Semaphore

import pytest
from flask import Flask

from core import jobs
from core.jobs import LEASE, Job, is_due, make_consumer, run_if_due, run_now
from tests.conftest import Clock
from tests.processes import eventually

pytestmark = pytest.mark.postgres_too
Known = Callable[[Callable[[], int]], Job]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Known:
    """Register a job for the time of the test."""

    def register(run: Callable[[], int]) -> Job:
        entry = Job("tried", run, timedelta(seconds=5))
        monkeypatch.setitem(jobs._jobs, entry.name, entry)
        return entry

    return register


def test_a_killed_job_is_taken_over(app: Flask, clock: Clock, known: Known) -> None:
    def dies() -> int:
        raise KeyboardInterrupt  # no Exception: nothing is tidied up, as after a kill

    with pytest.raises(KeyboardInterrupt):
        run_now(known(dies))
    known(lambda: 7)
    clock.now += LEASE - timedelta(seconds=1)
    assert not is_due("tried") and run_if_due("tried") == 0
    clock.now += timedelta(seconds=1)
    assert run_if_due("tried") == 7
    assert timedelta(seconds=10) >= LEASE


@pytest.mark.parametrize("ends", [True, False])
def test_a_clock_that_is_put_back_delays_no_job(app: Flask, clock: Clock, known: Known, ends: bool) -> None:
    def runs() -> int:
        if ends:
            return 1
        raise KeyboardInterrupt  # as after a kill: its lease stays

    clock.now += timedelta(days=1)
    with suppress(KeyboardInterrupt):
        run_now(known(runs))
    clock.now -= timedelta(days=1)
    known(lambda: 7)
    assert is_due("tried") and run_if_due("tried") == 7
    assert not is_due("tried")


def test_of_many_that_want_a_job_one_runs_it(app: Flask, known: Known) -> None:
    known(lambda: 1)

    def want(_n: int) -> int:
        with app.app_context():
            return run_if_due("tried")

    with ThreadPoolExecutor(8) as many:
        assert sum(many.map(want, range(16))) == 1


def test_a_long_job_renews_its_lease(
    app: Flask, clock: Clock, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "RENEW_SECONDS", 0.05)

    def long() -> int:
        clock.now += LEASE
        eventually(lambda: not is_due("tried"))
        return 1

    assert run_now(known(long)) == 1


@contextmanager
def _running(app: Flask) -> Iterator[None]:
    """The jobs of `jobs run` beside the test, which keeps its own signals."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    consumer = make_consumer(app)
    consumer.start()
    try:
        yield
    finally:
        consumer.stop(graceful=True)
        for number, handler in kept.items():
            signal.signal(number, handler)


def test_a_short_job_does_not_wait_for_four_long_ones(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, over, ran = Semaphore(0), Event(), Event()

    def long() -> int:
        begun.release()
        assert over.wait(60)
        return 1

    def short() -> int:
        ran.set()
        return 1

    names, every = [f"long-{n}" for n in range(4)], timedelta(seconds=5)
    monkeypatch.setattr(
        jobs,
        "_jobs",
        {name: Job(name, long, every) for name in names} | {"short": Job("short", short, every)},
    )
    with _running(app):
        assert all(begun.acquire(timeout=30) for _name in names)
        ran.clear()
        clock.now += every
        assert ran.wait(30)
        over.set()
