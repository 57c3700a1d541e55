"""A process of its own for work behind the pages: `python -m bench.background WHAT`; prints what it took, as JSON."""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, event, func, select, update

from app import create_app
from core.db import db
from core.jobs import run_named
from core.outbox import OutboxRow, broadcast
from core.work import SYSTEM, reading, system_clock, work
from petitions.domain.events import Event
from petitions.models.case import JournalEntry
from petitions.models.signature import Signature
from petitions.notices.announcing import Audience
from petitions.notices.words import SAID

BEGUN = "bench_begun"
Found = dict[str, Any]


@contextmanager
def writes() -> Iterator[list[float]]:
    """The seconds of each transaction that may write, from its BEGIN until its connection is given back."""
    taken: list[float] = []

    def began(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", True):
            connection.info[BEGUN] = time.perf_counter()

    def ended(_connection: object, record: Any) -> None:
        if begun := record.info.pop(BEGUN, None):
            taken.append(time.perf_counter() - begun)

    event.listen(db.engine, "begin", began)
    event.listen(db.engine, "checkin", ended)
    yield taken


def daily() -> Found:
    """The statistics and all files of a day that has ended."""
    jobs = ("tally", "freeze", "data_files")
    with writes() as taken:
        seconds = {name: _timed(partial(run_named, name)) for name in jobs}
    return {"seconds": seconds, "longest write": max(taken)}


def followers() -> Found:
    """News to everybody who signed the largest petition: expanded into mails, of which none is sent."""
    with work(SYSTEM) as w:
        written = select(Signature.petition_id).where(Signature.contact.is_not(None))
        largest = written.group_by(Signature.petition_id).order_by(func.count().desc()).limit(1)
        petition = w.session.scalars(largest).one()
        told = select(JournalEntry.id).where(
            JournalEntry.petition_id == petition, JournalEntry.event.in_(SAID[Audience.FOLLOWERS])
        )
        journal = w.session.scalars(told.where(JournalEntry.event != Event.DEADLINE_MISSED).limit(1)).one()
        w.session.execute(update(Signature).where(Signature.petition_id == petition).values(updates=True))
        ref = {"journal": journal, "petition": petition, "audience": Audience.FOLLOWERS.value}
        broadcast(w, "followers", "bench", ref)
    with writes() as taken:
        seconds = _timed(_expand)
    mails = _number(select(func.count()).where(OutboxRow.template == "followers"))
    return {"seconds": {"followers": seconds}, "rows": mails, "longest write": max(taken)}


def retention() -> Found:
    """Everything of everybody destroyed years later."""
    held = select(func.count()).where(Signature.contact.is_not(None))
    before = _number(held)
    with writes() as taken:
        seconds = _timed(partial(run_named, "retention"))
    return {
        "seconds": {"retention": seconds},
        "rows": before - _number(held),
        "longest write": max(taken),
    }


def _number(query: Select[tuple[int]]) -> int:
    with reading(SYSTEM) as w:
        return w.session.scalars(query).one()


def _expand() -> None:
    while run_named("broadcasts"):
        pass


def _timed(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


# What is done, and how long after now.
ACTS: dict[str, tuple[Callable[[], Found], timedelta]] = {
    # As tomorrow's, so that each petition that was signed today has figures to publish.
    "daily": (daily, timedelta(days=1)),
    "followers": (followers, timedelta()),
    "retention": (retention, timedelta(days=6 * 366)),
}


def main(what: str) -> None:
    """Do one of them and say what it took."""
    act, later = ACTS[what]
    with create_app(clock=lambda: system_clock() + later).app_context():
        found = act()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found | {"peak": peak}))


if __name__ == "__main__":
    main(sys.argv[1])
