"""The append-only log of what staff did: who, what, to which object, before and after."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, event, func, select
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column
from core.paging import open_cursor, seal_cursor
from core.work import Work

ORDER = "audit"


class AuditEntry(Base):
    """One act of staff; holds codes and numbers, never a person's contact."""

    __tablename__ = "audit_log"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    account_id: Mapped[int | None] = mapped_column(BigId, index=True)
    action: Mapped[str] = mapped_column(code_column())
    object: Mapped[str] = mapped_column(code_column(128), index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


def record(
    w: Work,
    action: str,
    object_: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one entry in the same transaction as the act itself."""
    entry = AuditEntry(
        at=w.now, account_id=w.actor.account_id, action=action, object=object_, before=before, after=after
    )
    w.session.add(entry)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to show; an empty filter lets all through."""

    action: str = ""
    account_id: int | None = None
    object_: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as it is shown."""

    id: int
    at: datetime
    account_id: int | None
    action: str
    object: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Page:
    """Entries from the newest to the oldest, with cursors to both sides."""

    rows: tuple[Row, ...]
    newer: str | None
    older: str | None


def entries(w: Work, wanted: Wanted, *, older: str = "", newer: str = "", n: int = 50) -> Page:
    """A page of the log: the newest, or the entries `older` or `newer` than a cursor names.

    Refusal: `cursor-unknown`.
    """
    cursor, rising = newer or older, bool(newer)
    query = select(AuditEntry).where(*_conditions(wanted))
    if cursor:
        edge = int(str(open_cursor(ORDER, cursor)[0]))
        query = query.where(AuditEntry.id > edge if rising else AuditEntry.id < edge)
    found = list(
        w.session.scalars(query.order_by(AuditEntry.id if rising else AuditEntry.id.desc()).limit(n + 1))
    )
    more, rows = len(found) > n, found[:n]
    if rising:
        rows.reverse()
    back, on = (more, True) if rising else (bool(cursor), more)
    return Page(
        tuple(_row(entry) for entry in rows),
        seal_cursor(ORDER, [rows[0].id]) if rows and back else None,
        seal_cursor(ORDER, [rows[-1].id]) if rows and on else None,
    )


def actions(w: Work) -> list[str]:
    """Every kind of act in the log."""
    return list(w.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def count_of(w: Work, action: str) -> int:
    """How many acts of a kind the log has."""
    query = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)
    return w.session.scalar(query) or 0


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.action:
        conditions.append(AuditEntry.action == wanted.action)
    if wanted.account_id is not None:
        conditions.append(AuditEntry.account_id == wanted.account_id)
    if wanted.object_:
        conditions.append(AuditEntry.object == wanted.object_)
    if wanted.since is not None:
        conditions.append(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(AuditEntry.at < wanted.until)
    return conditions


def _row(entry: AuditEntry) -> Row:
    return Row(entry.id, entry.at, entry.account_id, entry.action, entry.object, entry.before, entry.after)


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _append_only(_mapper: object, _connection: object, entry: AuditEntry) -> None:
    raise AssertionError(f"the staff log is append-only (entry {entry.id})")
