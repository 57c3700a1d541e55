"""What was destroyed by class and number, what is held back from it and why, and reads of contacts by staff."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column, enum_column
from petitions.domain.keeping import Kept


class RetentionEntry(Base):
    """One destruction: of which class, of which petition if it is one's, and how many. Rows are only added."""

    __tablename__ = "retention_journal"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept: Mapped[Kept] = mapped_column(enum_column(Kept))
    petition_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("petitions.id"))
    n: Mapped[int]
    __table_args__ = (
        CheckConstraint("n > 0", name="something"),
        Index("ix_retention_journal_kept_at", "kept", "at"),
    )


class RetentionHold(Base):
    """A petition whose keys are not destroyed while it is in dispute, with the controller's reason."""

    __tablename__ = "retention_holds"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), index=True)
    reason: Mapped[str] = mapped_column(code_column(500))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    set_by: Mapped[int | None] = mapped_column(BigId)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[int | None] = mapped_column(BigId)


class ReadPurpose(StrEnum):
    """What staff read contacts for; nothing else is a purpose."""

    ORDER = "order"
    REQUEST = "request"
    BREACH = "breach"


class ContactRead(Base):
    """Leave, given by two persons, to read contacts of signers, and its use; public as a number.

    One signature's, or after a breach that was written down all of a petition's (`petition_id` NULL: all there are).
    """

    __tablename__ = "contact_reads"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(BigId, ForeignKey("proposals.id"), unique=True)
    purpose: Mapped[ReadPurpose] = mapped_column(enum_column(ReadPurpose))
    breach_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("breaches.id"))
    petition_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("petitions.id"))
    signature_id: Mapped[int | None] = mapped_column(BigId)
    asked_by: Mapped[int | None] = mapped_column(BigId)
    agreed_by: Mapped[int | None] = mapped_column(BigId)
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    n: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        CheckConstraint(
            "purpose = 'breach' OR (petition_id IS NOT NULL AND signature_id IS NOT NULL AND breach_id IS NULL)",
            name="all_only_after_a_breach",
        ),
    )
