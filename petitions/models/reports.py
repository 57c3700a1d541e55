"""Reports of readers about petitions, and takedowns with what they ended and whether they were undone."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, enum_column
from petitions.domain.lifecycle import State


class ReportReason(StrEnum):
    """What a reader finds wrong with a petition."""

    PRIVATE_DATA = "private_data"
    HATRED = "hatred"
    DEFAMATION = "defamation"
    FALSE_NAME = "false_name"
    ADVERTISING = "advertising"
    CHILDREN = "children"
    OTHER = "other"


class ReportOutcome(StrEnum):
    """What became of a report."""

    NO_ACTION = "no_action"
    TAKEN_DOWN = "taken_down"


class Report(Base):
    """One report; who wrote it is not known. Its words are encrypted, and NULL once their time is over.

    `update_number` names the author's update that it is about; NULL: the petition itself.
    """

    __tablename__ = "reports"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), index=True)
    update_number: Mapped[int | None]
    reason: Mapped[ReportReason] = mapped_column(enum_column(ReportReason))
    text: Mapped[bytes | None] = mapped_column(LargeBinary)
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[ReportOutcome | None] = mapped_column(enum_column(ReportOutcome))
    answer: Mapped[str] = mapped_column(Text, default="")
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (handled_at IS NULL)", name="handled_has_date"),
        Index("ix_reports_handled_at_filed_at", "handled_at", "filed_at"),
    )


class Takedown(Base):
    """One takedown: where the case was, which terms it ended, and when and why the case was shown again."""

    __tablename__ = "takedowns"
    decision_id: Mapped[int] = mapped_column(BigId, ForeignKey("decisions.id"), primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), index=True)
    was: Mapped[State] = mapped_column(enum_column(State))
    terms: Mapped[list[int]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    restored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (CheckConstraint("restored_at IS NULL OR reason <> ''", name="restored_has_reason"),)
