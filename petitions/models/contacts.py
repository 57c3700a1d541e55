"""What is kept of mail to one mailbox: counts for a day under a daily key, and which case mails are muted."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime

HASH_BYTES = 32


class ContactMail(Base):
    """One mail that a sign-up caused, kept for 24 hours. `contact` is a keyed hash of the mailbox and the day,
    so it cannot be told whose it was or that two days' rows are the same person's."""

    __tablename__ = "contact_mails"
    contact: Mapped[bytes] = mapped_column(LargeBinary(HASH_BYTES), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CaseMute(Base):
    """An account that wants no more mails about one petition."""

    __tablename__ = "case_mutes"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), primary_key=True)
    muted_at: Mapped[datetime] = mapped_column(UtcDateTime)
