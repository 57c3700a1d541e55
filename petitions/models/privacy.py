"""What the controller keeps: versions of the notice, letters to authors on their way, orders, and breaches."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column


class NoticeVersion(Base):
    """One version of the notice, whole and in every language; it never changes."""

    __tablename__ = "notice_versions"
    id: Mapped[str] = mapped_column(code_column(32), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    hash: Mapped[str] = mapped_column(code_column(64))
    content: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)


class AuthorLetter(Base):
    """A letter to a petition's author, sealed; deleted once it is passed on, at the latest after its term."""

    __tablename__ = "author_letters"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"))
    text: Mapped[bytes] = mapped_column(LargeBinary)
    reply_to: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DataOrder(Base):
    """An order of a state body to hand over data: of what kind of body, and what came of it. Public by number."""

    __tablename__ = "data_orders"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    received_on: Mapped[date] = mapped_column(Date, index=True)
    body_kind: Mapped[str] = mapped_column(code_column(16))
    outcome: Mapped[str] = mapped_column(code_column(16))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"))


class Breach(Base):
    """A breach from the moment it was known: what is in the hands of others is described, never who is in it."""

    __tablename__ = "breaches"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    known_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date] = mapped_column(Date)
    what: Mapped[str] = mapped_column(code_column(2000))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"))
    regulator_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    people_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        CheckConstraint("regulator_told_at IS NULL OR regulator_told_at >= known_at", name="told_after"),
    )
