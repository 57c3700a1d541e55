"""Reminders that were sent about terms: one row for each step towards (or past) one due date."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column, enum_column


class Reminder(Base):
    """One reminder. `step` is the days before the date (10, 3, 1, 0) or late-1, late-2, ... by weeks."""

    __tablename__ = "reminders"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    term_id: Mapped[int] = mapped_column(BigId, ForeignKey("terms.id"))
    due_on: Mapped[date] = mapped_column(Date)
    step: Mapped[str] = mapped_column(code_column(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_supervisor: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (UniqueConstraint("term_id", "due_on", "step"),)


class LedgerNote(Base):
    """One version of a body's own word on its figures; the newest stands, an empty one takes it away."""

    __tablename__ = "ledger_notes"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    authority: Mapped[str] = mapped_column(code_column(), ForeignKey("authorities.code"), index=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(code_column(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(BigId)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_why: Mapped[str] = mapped_column(Text, default="")


class NoteAct(StrEnum):
    """What a moderator can do to a note."""

    HIDE = "hide"
    RESTORE = "restore"


class LedgerNoteAct(Base):
    """One act of a moderator about a note, with its public reason. Rows are only added."""

    __tablename__ = "ledger_note_acts"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    note_id: Mapped[int] = mapped_column(BigId, ForeignKey("ledger_notes.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    act: Mapped[NoteAct] = mapped_column(enum_column(NoteAct))
    reason: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(code_column(8), default="")
    account_id: Mapped[int | None] = mapped_column(BigId)
