"""Appeals against refusals: one for a petition, with what a second moderator decided."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column, enum_column


class AppealOutcome(StrEnum):
    """How an appeal ended; `silence` is the one that nobody decided in time under rules that open the petition then."""

    UPHELD = "upheld"
    RESTORED = "restored"
    SILENCE = "silence"


class Appeal(Base):
    """The author's words against a refusal, and the decision; `petition_id` is the key, for there is only one."""

    __tablename__ = "appeals"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    decision_id: Mapped[int] = mapped_column(BigId, ForeignKey("decisions.id"))
    text: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[AppealOutcome | None] = mapped_column(enum_column(AppealOutcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(code_column(8))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_has_date"),
        CheckConstraint("outcome IS NULL OR outcome = 'silence' OR reason <> ''", name="decided_has_reason"),
    )
