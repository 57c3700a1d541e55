"""The append-only log of what staff did: who, what, to which object, before and after."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column
from core.work import Work


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
