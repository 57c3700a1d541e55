"""Work: one transaction with its actor, its clock and its keys; the only commit in the code base."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from core.config import Settings
from core.crypto import KeyRing
from core.db import open_connection, open_glance, open_session


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with its roles and, for an officer, the body acted for; or nobody; or the system."""

    account_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    body: str | None = None
    system: bool = False


ANYONE = Actor()
SYSTEM = Actor(system=True)


@dataclass(slots=True)
class Changes:
    """Which state of the public pages this is: the number grows with each Work that may have changed one."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class Kernel:
    """What every Work shares: settings, keys, the clock and the time zone that dates are counted in."""

    settings: Settings
    keys: KeyRing
    zone: ZoneInfo
    clock: Callable[[], datetime]
    changes: Changes = field(default_factory=Changes)


@dataclass(slots=True)
class Work:
    """An open transaction. `now` is fixed at its start; `today` is the date then in the instance's zone."""

    opened: Session | Connection
    actor: Actor
    now: datetime
    kernel: Kernel

    @property
    def session(self) -> Session:
        """The transaction with objects of the models; a brief one makes it when somebody asks."""
        if not isinstance(self.opened, Session):
            # What is written through it ends with the transaction that it joins.
            self.opened = Session(self.opened, expire_on_commit=False, join_transaction_mode="rollback_only")
        return self.opened

    @property
    def connection(self) -> Connection:
        """The transaction for statements that need no objects."""
        return self.opened.connection() if isinstance(self.opened, Session) else self.opened

    @property
    def today(self) -> date:
        """The local date at the start of this work."""
        return self.day_of(self.now)

    def day_of(self, moment: datetime) -> date:
        """The local date of a moment."""
        return moment.astimezone(self.kernel.zone).date()

    def midnight(self, day: date) -> datetime:
        """The moment at which a local day begins."""
        return datetime.combine(day, time(), self.kernel.zone)

    @property
    def settings(self) -> Settings:
        """The instance's settings."""
        return self.kernel.settings

    @property
    def keys(self) -> KeyRing:
        """The keys that are kept outside the database."""
        return self.kernel.keys


def system_clock() -> datetime:
    """The present moment in UTC: the only place that asks the machine for it."""
    return datetime.now(UTC)


def install(app: Flask, kernel: Kernel) -> None:
    """Give `app` its kernel."""
    app.extensions["dauys"] = kernel


@contextmanager
def at(moment: datetime, rulebook: Path | None = None) -> Iterator[None]:
    """Replay at another moment: inside the block every Work's clock stands there (demo, imports of history).

    With `rulebook` what is begun inside begins under that folder's rules.
    """
    present = kernel()
    settings = present.settings
    if rulebook is not None:
        settings = settings.model_copy(update={"rulebook": rulebook})
    install(current_app, replace(present, clock=lambda: moment, settings=settings))
    try:
        yield
    finally:
        install(current_app, present)


def kernel() -> Kernel:
    """The current app's kernel."""
    return current_app.extensions["dauys"]  # type: ignore[no-any-return]


@contextmanager
def work(actor: Actor = ANYONE, *, shows: bool = True) -> Iterator[Work]:
    """Open a writing transaction; it commits when the block ends and rolls back when it raises.

    `shows` is False where nothing changes that a public page shows, or only a total, which is seen a moment later:
    the ready pages of this process then stay as they are.
    """
    shared = kernel()
    session = open_session(writes=True)
    try:
        yield Work(session, actor, shared.clock(), shared)
        session.commit()
        if shows:
            shared.changes.number += 1
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


@contextmanager
def brief_work(actor: Actor = ANYONE) -> Iterator[Work]:
    """`work` for a few prepared statements: it spares what a Session costs where nobody asks for one."""
    shared = kernel()
    with open_connection(writes=True) as connection, connection.begin():
        w = Work(connection, actor, shared.clock(), shared)
        yield w
        if isinstance(w.opened, Session):
            w.opened.flush()


@contextmanager
def glance(actor: Actor = ANYONE) -> Iterator[Work]:
    """`reading` for a prepared statement or two: no transaction, and no Session until one is asked for."""
    shared = kernel()
    with open_glance() as connection:
        w = Work(connection, actor, shared.clock(), shared)
        try:
            yield w
        finally:
            if isinstance(w.opened, Session):
                w.opened.close()


@contextmanager
def reading(actor: Actor = ANYONE) -> Iterator[Work]:
    """Open a reading transaction: it never commits."""
    shared = kernel()
    session = open_session(writes=False)
    try:
        yield Work(session, actor, shared.clock(), shared)
    finally:
        session.rollback()
        session.close()
