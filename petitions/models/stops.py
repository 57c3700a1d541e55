"""Stops of the clocks with their history, and what officers change about a term: extensions and transfers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column


class ClockStop(Base):
    """One stop: proposed by one person, in force once another has confirmed it. `last_day` NULL: still open.

    A marked replay sets the day from which bodies' terms may stop; otherwise that is the day of confirmation.
    """

    __tablename__ = "clock_stops"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    order_date: Mapped[date] = mapped_column(Date)
    act: Mapped[str] = mapped_column(code_column(300))
    link: Mapped[str] = mapped_column(code_column(500), default="")
    reason: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(code_column(8))
    areas: Mapped[list[str]] = mapped_column(JSON)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    is_outage: Mapped[bool] = mapped_column(default=False)
    is_replay: Mapped[bool] = mapped_column(default=False)
    replay_recorded_on: Mapped[date | None] = mapped_column(Date)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    confirmed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"))
    entered_on: Mapped[date | None] = mapped_column(Date)
    rejected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Only a stop that a job proposed has one: the same silence is proposed once.
    outage_key: Mapped[str | None] = mapped_column(code_column(80), unique=True)
    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="ends_after_it_begins"),
        CheckConstraint("(confirmed_at IS NULL) = (entered_on IS NULL)", name="confirmed_has_day"),
        CheckConstraint("confirmed_at IS NULL OR rejected_at IS NULL", name="one_decision"),
        CheckConstraint("is_replay = (replay_recorded_on IS NOT NULL)", name="replay_has_day"),
    )


class StopChange(Base):
    """One act about a stop, with the values after it. Rows are only added."""

    __tablename__ = "stop_changes"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stop_id: Mapped[int] = mapped_column(BigId, ForeignKey("clock_stops.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    act: Mapped[str] = mapped_column(code_column(16))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    account_id: Mapped[int | None] = mapped_column(BigId)


class TermExtension(Base):
    """An extension of a term with its public reason, in the term's own unit."""

    __tablename__ = "term_extensions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    term_id: Mapped[int] = mapped_column(BigId, ForeignKey("terms.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    n: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(code_column(8))
    account_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (CheckConstraint("n > 0", name="longer"),)


class Transfer(Base):
    """The one transfer of a case to the competent body: from whom, to whom, why, and how many days it cost."""

    __tablename__ = "transfers"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"))
    from_authority: Mapped[str] = mapped_column(code_column(), ForeignKey("authorities.code"))
    to_authority: Mapped[str] = mapped_column(code_column(), ForeignKey("authorities.code"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    lost_days: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(code_column(8))
    account_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (
        UniqueConstraint("petition_id"),
        CheckConstraint("from_authority <> to_authority", name="moves"),
    )
