"""What authors write to their followers, in versions, with what moderators did to it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column, enum_column


class AuthorUpdate(Base):
    """One update of a petition, by the author or a co-author; its words are rows of their own.

    `looked_at` is when a moderator saw the text that stands now. Versions below `shown_from` stay hidden for good:
    they were taken down, and what is shown again is a corrected text.
    """

    __tablename__ = "author_updates"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"))
    number: Mapped[int]
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text_number: Mapped[int] = mapped_column(default=1)
    shown_from: Mapped[int] = mapped_column(default=1)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        UniqueConstraint("petition_id", "number"),
        CheckConstraint("shown_from <= text_number", name="shows_something"),
        Index("ix_author_updates_looked_at_published_at", "looked_at", "published_at"),
    )


class AuthorUpdateText(Base):
    """One version of an update's words. It never changes; a correction is a new row with its reason."""

    __tablename__ = "author_update_texts"
    update_id: Mapped[int] = mapped_column(BigId, ForeignKey("author_updates.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(code_column(160))
    markdown: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(code_column(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (CheckConstraint("number = 1 OR why <> ''", name="corrected_has_reason"),)


class UpdateAct(StrEnum):
    """What a moderator does about an update: leave it, take it down, show it again."""

    PASS = "pass"  # noqa: S105 - no password
    HIDE = "hide"
    RESTORE = "restore"


class AuthorUpdateAct(Base):
    """One act of a moderator about one version; but for `pass` with a public reason. Rows are only added."""

    __tablename__ = "author_update_acts"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    update_id: Mapped[int] = mapped_column(BigId, ForeignKey("author_updates.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    act: Mapped[UpdateAct] = mapped_column(enum_column(UpdateAct))
    text_number: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(code_column(8), default="")
    account_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (CheckConstraint("act = 'pass' OR reason <> ''", name="public_has_reason"),)
