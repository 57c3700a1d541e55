"""Jobs: a registry of idempotent sweeps, when each last ran, and the huey consumer that runs them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import Flask, current_app
from huey import RedisHuey, SqliteHuey
from huey.consumer import Consumer, Scheduler
from huey.serializer import SignedSerializer
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from core.config import Settings
from core.db import Base, UtcDateTime, code_column, upsert
from core.work import SYSTEM, Work, glance, kernel, work

# Who works renews the lease; after a kill the next process takes the job over within this time.
LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3
REST = timedelta(minutes=10)
ROUNDS = 500
# Threads. While people sign, one of them sends mails all the time and another may look through every open term: the
# total must not wait until either is done.
WORKERS = 6
log = structlog.get_logger()
Sweep = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Job:
    """A sweep that may run at any time, twice or late, with the same result; it returns how much it did."""

    name: str
    run: Sweep
    every: timedelta
    daily: bool = False
    after: str = ""


class JobRun(Base):
    """The log of one job: its last start, its last success, its last fault, and who holds it."""

    __tablename__ = "job_runs"
    name: Mapped[str] = mapped_column(code_column(), primary_key=True)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ok_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str | None] = mapped_column(code_column(80))


@dataclass(frozen=True, slots=True)
class JobState:
    """What a staff page and the metrics say of a job."""

    name: str
    every: timedelta
    daily: bool
    ok_at: datetime | None
    faults: int
    fault: str | None
    late: bool
    done: int


_jobs: dict[str, Job] = {}


def job(name: str, *, every: timedelta, daily: bool = False, after: str = "") -> Callable[[Sweep], Sweep]:
    """Register a sweep under `name`, due again `every` so often, or once a local day.

    A daily one is not due before the daily job `after` has ended well on the same day.
    """

    def register(run: Sweep) -> Sweep:
        _jobs[name] = Job(name, run, every, daily, after)
        return run

    return register


def registered() -> tuple[Job, ...]:
    """All jobs, in the order of their registration; those that come after another one last."""
    return tuple(sorted(_jobs.values(), key=lambda entry: bool(entry.after)))


def run_now(entry: Job) -> int:
    """Run a job and log it, whatever its interval; a fault is logged and raised."""
    with work(SYSTEM) as w:
        _begin(w, entry.name)
    return _carry_out(entry)


def _begin(w: Work, name: str) -> None:
    row = _row(w, name)
    row.started_at, row.leased_until = w.now, w.now + LEASE


def _carry_out(entry: Job) -> int:
    """Run a job whose lease is ours."""
    try:
        with _held(entry.name):
            done = entry.run()
    except Exception as error:
        _finish(entry.name, 0, type(error).__name__)
        raise
    _finish(entry.name, done, None)
    return done


def run_if_due(name: str) -> int:
    """Run a job only if it is due and nobody holds it; returns how much it did. Faults are logged, not raised."""
    try:
        return _carry_out(_jobs[name]) if is_due(name) and _take(name) else 0
    except Exception:
        log.exception("job failed", job=name)
        return 0


def _take(name: str) -> bool:
    """Lease the job unless another process was first; the row's lock decides."""
    with work(SYSTEM) as w:
        _row(w, name)
        row = w.session.scalars(select(JobRun).where(JobRun.name == name).with_for_update()).one()
        w.session.refresh(row)
        if not _due(w, _jobs[name], row):
            return False
        _begin(w, name)
        return True


@contextmanager
def _held(name: str) -> Iterator[None]:
    """Renew the lease from beside for as long as the block runs, however long that is."""
    app, over = current_app._get_current_object(), threading.Event()  # type: ignore[attr-defined]

    def renew() -> None:
        while not over.wait(RENEW_SECONDS):
            with app.app_context():
                _renew(name)

    beside = threading.Thread(target=renew, name=f"lease-{name}", daemon=True)
    beside.start()
    try:
        yield
    finally:
        over.set()
        beside.join()


def _renew(name: str) -> None:
    try:
        with work(SYSTEM) as w:
            _row(w, name).leased_until = w.now + LEASE
    except SQLAlchemyError as error:
        # The next renewal may do; if none does, another process takes over what nobody can finish here.
        log.warning("the lease was not renewed", job=name, kind=type(error).__name__)


def is_due(name: str) -> bool:
    """Whether the job's interval has passed and no other process holds it."""
    with glance(SYSTEM) as w:
        row = w.session.get(JobRun, name)
        return _due(w, _jobs[name], row)


def tick(*, everything: bool = False) -> int:
    """Run the frequent jobs until none finds work, then the daily ones if due (or `everything`)."""
    total = sum(
        run_now(entry) for entry in registered() if entry.daily and (everything or is_due(entry.name))
    )
    frequent = [entry for entry in registered() if not entry.daily]
    for _round in range(ROUNDS):
        done = sum(run_now(entry) for entry in frequent)
        total += done
        if not done:
            break
    return total


def last_success(w: Work, name: str) -> datetime | None:
    """When a job last ended well; inside the job itself this is its run before."""
    row = w.session.get(JobRun, name)
    return row.ok_at if row else None


def states(w: Work) -> list[JobState]:
    """Each job with its last success and whether it is late (three intervals without one)."""
    rows = {row.name: row for row in w.session.scalars(select(JobRun))}
    return [_state(w, entry, rows.get(entry.name)) for entry in registered()]


def _state(w: Work, entry: Job, row: JobRun | None) -> JobState:
    patience = timedelta(hours=26) if entry.daily else max(3 * entry.every, timedelta(minutes=2))
    row = row or JobRun(name=entry.name, done=0, faults=0)
    late = row.ok_at is None or row.ok_at + patience < w.now
    return JobState(entry.name, entry.every, entry.daily, row.ok_at, row.faults, row.fault, late, row.done)


def run_named(name: str) -> int:
    """Run the job of that name now, whatever its interval; a fault is logged and raised."""
    return run_now(_jobs[name])


def _due(w: Work, entry: Job, row: JobRun | None) -> bool:
    if entry.after and not _done_today(w, w.session.get(JobRun, entry.after)):
        return False
    if row is None or row.started_at is None:
        return True
    # A moment that lies further ahead than it can was written before the machine's clock was put back: it holds nobody.
    if row.leased_until is not None and w.now < row.leased_until <= w.now + LEASE:
        return False
    if entry.daily:
        # One that failed is long work done in vain: it rests before it is tried again.
        rests = row.fault is not None and row.started_at + REST > w.now
        return not rests and not _done_today(w, row)
    return not row.started_at <= w.now < row.started_at + entry.every


def _done_today(w: Work, row: JobRun | None) -> bool:
    last = row.ok_at if row else None
    return last is not None and w.day_of(last) >= w.today


def _row(w: Work, name: str) -> JobRun:
    fresh = {"name": name, "done": 0, "faults": 0}
    w.session.execute(upsert(w.session, JobRun).values(**fresh).on_conflict_do_nothing())
    return w.session.get_one(JobRun, name)


def _finish(name: str, done: int, fault: str | None) -> None:
    with work(SYSTEM) as w:
        row = _row(w, name)
        row.leased_until = None
        row.done = done
        if fault is None:
            row.ok_at, row.fault = w.now, None
        else:
            row.faults, row.fault = row.faults + 1, fault


class SecondsScheduler(Scheduler):
    """huey looks for periodic tasks once a minute; counts on public pages must be fresher than that."""

    periodic_task_seconds = 2


class SecondsConsumer(Consumer):
    """A consumer with the finer scheduler."""

    scheduler_class = SecondsScheduler


def make_huey(settings: Settings) -> SqliteHuey | RedisHuey:
    """The queue: a SQLite file of its own by default, Redis by setting."""
    serializer = SignedSerializer(secret=settings.secret_key.get_secret_value())
    if settings.redis_url:
        return RedisHuey("dauys", url=settings.redis_url, results=False, serializer=serializer)
    settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = str(settings.var_dir / "queue.sqlite3")
    return SqliteHuey("dauys", filename=path, results=False, serializer=serializer)


def make_consumer(app: Flask) -> SecondsConsumer:
    """What runs the jobs that are registered."""
    huey = make_huey(kernel().settings)
    for entry in registered():
        _schedule(app, huey, entry.name)
    return SecondsConsumer(huey, workers=WORKERS, periodic=True, max_delay=1, graceful_signal="TERM")


def consume(app: Flask) -> None:
    """Run the jobs until SIGTERM, after which what is under way is finished; SIGINT ends at once."""
    consumer = make_consumer(app)
    log.info("jobs run", jobs=[entry.name for entry in registered()])
    consumer.run()


def _schedule(app: Flask, huey: SqliteHuey | RedisHuey, name: str) -> None:
    def due(_now: datetime) -> bool:
        try:
            with app.app_context():
                return is_due(name)
        except SQLAlchemyError as error:
            # The scheduler has one thread for all jobs: it must outlive a database that is away.
            log.warning("it is not known whether the job is due", job=name, kind=type(error).__name__)
            return False

    def run() -> None:
        with app.app_context():
            run_if_due(name)

    huey.periodic_task(due, name=f"job_{name}")(run)
