"""Signatures and the deltas that the tally folds into totals."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column, enum_column


class SignatureState(StrEnum):
    """Where a signature is; the equation of the totals has one term for each."""

    PENDING = "pending"
    COUNTED = "counted"
    EXPIRED = "expired"
    INVALID = "invalid"
    WITHDRAWN = "withdrawn"
    QUARANTINED = "quarantined"


class Signature(Base):
    """One person's signature of one petition: no account, no address, name and contact encrypted.

    `uid` is a keyed hash of the normalised id under `scheme` (e-mail today); the database lets each stand once.
    `entry` is the number of the accepted form: a link in a mail works only for the last one. `renewal` marks
    a withdrawn signature that still counts and was entered anew, until the new entry is confirmed.
    `asked_again_at` is set while somebody who joined an earlier text is asked to confirm the corrected one.
    """

    __tablename__ = "signatures"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    scheme: Mapped[str] = mapped_column(code_column(16))
    uid: Mapped[bytes | None] = mapped_column(LargeBinary)
    channel: Mapped[str] = mapped_column(code_column(16))
    evidence: Mapped[str] = mapped_column(code_column(16))
    state: Mapped[SignatureState] = mapped_column(enum_column(SignatureState))
    entry: Mapped[int] = mapped_column(default=1)
    renewal: Mapped[bool] = mapped_column(default=False)
    area: Mapped[str] = mapped_column(code_column(32))
    resident: Mapped[bool]
    joiner: Mapped[bool] = mapped_column(default=False)
    text_number: Mapped[int]
    name: Mapped[bytes | None] = mapped_column(LargeBinary)
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(code_column(8))
    updates: Mapped[bool] = mapped_column(default=False)
    notice: Mapped[str] = mapped_column(code_column(32))
    notice_language: Mapped[str] = mapped_column(code_column(8))
    consent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("petition_id", "scheme", "uid"),
        CheckConstraint("state <> 'counted' OR confirmed_at IS NOT NULL", name="counted_is_confirmed"),
        CheckConstraint("state <> 'withdrawn' OR withdrawn_at IS NOT NULL", name="withdrawn_has_date"),
        Index("ix_signatures_state_expires_at", "state", "expires_at"),
        Index("ix_signatures_withdrawn_at", "withdrawn_at"),
        Index("ix_signatures_petition_id_confirmed_at", "petition_id", "confirmed_at"),
    )


class TallyDelta(Base):
    """What one act changes in a petition's totals; the tally job adds them up and removes them."""

    __tablename__ = "tally_deltas"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"))
    counted: Mapped[int] = mapped_column(default=0)
    residents: Mapped[int] = mapped_column(default=0)
    pending: Mapped[int] = mapped_column(default=0)
    expired: Mapped[int] = mapped_column(default=0)
    invalid: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
