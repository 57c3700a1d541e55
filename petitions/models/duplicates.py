"""Duplicates: which petition a moderator has linked to an older one about the same matter."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column


class DuplicateLink(Base):
    """A petition with the older one that it repeats; unlinking deletes the row, journal and staff log keep it."""

    __tablename__ = "duplicate_links"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    original_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(code_column(8))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (CheckConstraint("original_id <> petition_id", name="another"),)
