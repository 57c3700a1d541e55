"""The outbox: mails as rows of the same transaction, sent later, once, with retries."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import JSON, Index, Select, bindparam, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column, is_postgres, upsert
from core.jobs import job
from core.mail import Message, PermanentFailure, TemporaryFailure, TransportDown, compose, transport_for
from core.prepared import Prepared, given
from core.work import SYSTEM, Work, brief_work, glance, kernel, work

# A claim is renewed while its batch goes out, so that after a kill the rest waits no longer than this.
CLAIM = timedelta(seconds=12)
RENEW = timedelta(seconds=4)
BATCH = 50
MAX_TRIES = 8
EXPAND, STEPS = 1000, 20
WAIT_FOR_TRANSPORT = timedelta(minutes=1)
log = structlog.get_logger()


class OutboxRow(Base):
    """One mail to be sent. It holds a template and ids; address and text are made when it is sent."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(code_column(200), unique=True)
    template: Mapped[str] = mapped_column(code_column())
    ref: Mapped[dict[str, Any]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(code_column(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    parked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fault: Mapped[str | None] = mapped_column(code_column(80))
    __table_args__ = (
        Index(
            "ix_outbox_open",
            "due_at",
            sqlite_where=(sent_at.is_(None) & parked_at.is_(None)),
            postgresql_where=(sent_at.is_(None) & parked_at.is_(None)),
        ),
    )


class Broadcast(Base):
    """One mail to many: expanded into outbox rows a thousand at a time, resuming after `cursor`."""

    __tablename__ = "broadcasts"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(code_column(200), unique=True)
    template: Mapped[str] = mapped_column(code_column())
    ref: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cursor: Mapped[int] = mapped_column(BigId, default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


_POSTED = ("key", "template", "ref", "language", "created_at", "due_at", "tries")
_POST = Prepared(
    lambda insert: insert(OutboxRow).values(**given(OutboxRow, _POSTED)).on_conflict_do_nothing()
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One receiver of a broadcast: the part of the row's key, the ids, and the language."""

    key: str
    ref: dict[str, Any]
    language: str


Renderer = Callable[[Work, dict[str, Any]], Message | None]
# The receivers after a cursor, at most n of them, and the next cursor (None: no more).
Expander = Callable[[Work, dict[str, Any], int, int], tuple[Sequence[Recipient], int | None]]
_renderers: dict[str, Renderer] = {}
_expanders: dict[str, Expander] = {}


def renders(template: str) -> Callable[[Renderer], Renderer]:
    """Register the function that makes the mail of a template; None means it is no longer wanted."""

    def register(renderer: Renderer) -> Renderer:
        _renderers[template] = renderer
        return renderer

    return register


def expands(template: str) -> Callable[[Expander], Expander]:
    """Register the function that lists the receivers of a broadcast."""

    def register(expander: Expander) -> Expander:
        _expanders[template] = expander
        return expander

    return register


def post(w: Work, template: str, key: str, ref: dict[str, Any], language: str) -> None:
    """Put one mail into the outbox; the same `key` is posted once for good."""
    row = {"key": f"{template}:{key}", "template": template, "ref": ref, "language": language}
    times = {"created_at": w.now, "due_at": w.now, "tries": 0}
    _POST.run(w, {f"new_{name}": value for name, value in (row | times).items()})


def broadcast(w: Work, template: str, key: str, ref: dict[str, Any]) -> None:
    """Put one mail to many into the outbox, once for good by its `key`."""
    row = {"key": f"{template}:{key}", "template": template, "ref": ref, "created_at": w.now, "cursor": 0}
    w.session.execute(upsert(w.session, Broadcast).values(**row).on_conflict_do_nothing())


@job("broadcasts", every=timedelta(seconds=5))
def sweep_broadcasts() -> int:
    """Expand open broadcasts, each step in a transaction of its own; returns how many rows were posted.

    A run ends after `STEPS` of them, so that other jobs of the process have their turn; the next one goes on there.
    """
    posted = 0
    for _step in range(STEPS):
        made = _expand_step()
        posted += made
        if not made:
            break
    return posted


def _expand_step() -> int:
    with work(SYSTEM, shows=False) as w:
        query = select(Broadcast).where(Broadcast.done_at.is_(None)).order_by(Broadcast.id).limit(1)
        row = w.session.scalar(_locked(w, query))
        if row is None:
            return 0
        recipients, cursor = _expanders[row.template](w, row.ref, row.cursor, EXPAND)
        for recipient in recipients:
            post(w, row.template, f"{row.key}:{recipient.key}", recipient.ref, recipient.language)
        if cursor is None:
            row.done_at = w.now
        else:
            row.cursor = cursor
        return max(1, len(recipients))


@job("outbox", every=timedelta(seconds=1))
def sweep_outbox() -> int:
    """Send what is due, in batches; returns how many rows were handled.

    What comes while the last ones go out waits for the next run: claimed at once, each would be a batch of its own.
    """
    handled, batch = 0, _claim()
    while batch:
        renewed = time.monotonic()
        for n, row in enumerate(batch):
            if time.monotonic() - renewed > RENEW.total_seconds():
                _renew(batch[n:])
                renewed = time.monotonic()
            if not _deliver(row):
                _postpone(batch[n:])
                return handled
            handled += 1
        batch = _claim() if len(batch) == BATCH else []
    return handled


def _locked(w: Work, query: Select[Any]) -> Select[Any]:
    return query.with_for_update(skip_locked=True) if is_postgres(w.session) else query


def _claim() -> Sequence[OutboxRow]:
    with work(SYSTEM, shows=False) as w:
        open_rows = (OutboxRow.sent_at.is_(None), OutboxRow.parked_at.is_(None), OutboxRow.due_at <= w.now)
        query = select(OutboxRow).where(*open_rows).order_by(OutboxRow.due_at, OutboxRow.id).limit(BATCH)
        rows = w.session.scalars(_locked(w, query)).all()
        for row in rows:
            row.due_at = w.now + CLAIM
            row.tries += 1
        return rows


def _renew(rows: Sequence[OutboxRow]) -> None:
    """Keep the claim on what is still to go out."""
    with work(SYSTEM, shows=False) as w:
        mine = update(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows]))
        w.session.execute(mine.values(due_at=w.now + CLAIM))


def _deliver(row: OutboxRow) -> bool:
    """Send one mail and settle its row; False when nothing can go out at all."""
    try:
        _send(row)
    except PermanentFailure as error:
        _settle(row.id, fault=str(error), park=True)
    except TransportDown as error:
        log.warning("no mail can go out", why=str(error))
        return False
    except TemporaryFailure as error:
        _settle(row.id, fault=str(error), park=row.tries >= MAX_TRIES)
    except Exception as error:  # one faulty mail must not stop the others
        log.exception("mail failed", template=row.template)
        _settle(row.id, fault=type(error).__name__, park=row.tries >= MAX_TRIES)
    else:
        _settle(row.id)
    return True


def _send(row: OutboxRow) -> None:
    settings = kernel().settings
    with glance(SYSTEM) as w:
        message = _renderers[row.template](w, row.ref | {"language": row.language})
        now = w.now
    if message is not None:
        mail = compose(message, settings.mail_from, message_id(row.key, settings.base_url), now)
        transport_for(settings.mail_url)(mail)


def _postpone(rows: Sequence[OutboxRow]) -> None:
    """Give back what could not even be tried: its claim was no try. The first, which failed, goes behind the others.

    Were it the mail that breaks the connection, it would stand in the way of all of them for ever.
    """
    with work(SYSTEM, shows=False) as w:
        for wait, some in ((2 * WAIT_FOR_TRANSPORT, rows[:1]), (WAIT_FOR_TRANSPORT, rows[1:])):
            mine = update(OutboxRow).where(OutboxRow.id.in_([row.id for row in some]))
            w.session.execute(mine.values(tries=OutboxRow.tries - 1, due_at=w.now + wait))


def message_id(key: str, base_url: str) -> str:
    """The same for every try of one row, so that a mail sent twice is known as one (RFC 5322, 3.6.4)."""
    host = urlsplit(base_url).hostname or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"


_SENT = Prepared(
    lambda _insert: (
        update(OutboxRow)
        .where(OutboxRow.id == bindparam("row"))
        .values(**given(OutboxRow, ("sent_at", "fault")))
    )
)


def _settle(row_id: int, *, fault: str | None = None, park: bool = False) -> None:
    if fault is None:
        with brief_work(SYSTEM) as w:
            _SENT.run(w, {"row": row_id, "new_sent_at": w.now, "new_fault": None})
        return
    with work(SYSTEM, shows=False) as w:
        row = w.session.get(OutboxRow, row_id)
        if row is None:
            return
        row.fault = fault[:80]
        if park:
            row.parked_at = w.now
        else:
            row.due_at = w.now + timedelta(minutes=2**row.tries)


def retry_parked(w: Work) -> int:
    """Try every parked mail again, with all its tries; returns how many there were."""
    again = {"parked_at": None, "fault": None, "tries": 0, "due_at": w.now}
    parked = OutboxRow.parked_at.is_not(None)
    found = w.session.execute(update(OutboxRow).where(parked).values(**again).returning(OutboxRow.id))
    return len(found.all())


def counts(w: Work) -> dict[str, int]:
    """How many mails wait and how many are parked."""
    waiting = OutboxRow.sent_at.is_(None) & OutboxRow.parked_at.is_(None)
    query = select(func.count()).select_from(OutboxRow)
    return {
        "waiting": w.session.scalar(query.where(waiting)) or 0,
        "parked": w.session.scalar(query.where(OutboxRow.parked_at.is_not(None))) or 0,
    }
