"""What a body works with between hand-over and answer: assignment, notes, draft, questions, discussions, promises."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column, enum_column


class Stage(StrEnum):
    """How far a draft is: with its writer, with its checker, back at its writer, ready to be published."""

    WRITING = "writing"
    CHECKING = "checking"
    RETURNED = "returned"
    APPROVED = "approved"


class Fate(StrEnum):
    """What became of an announcement."""

    MOVED = "moved"
    CALLED_OFF = "called_off"


class Voter(StrEnum):
    """In what part somebody says whether a promise was kept."""

    AUTHOR = "author"
    FOLLOWER = "follower"


class CaseAssignment(Base):
    """Which officer of a body has a case in hand. Another body that gets the case sees none of it."""

    __tablename__ = "case_assignments"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    authority: Mapped[str] = mapped_column(code_column(), ForeignKey("authorities.code"))
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), index=True)
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    assigned_by: Mapped[int | None] = mapped_column(BigId)


class CaseNote(Base):
    """An internal note of a body about a case: never public, never seen by another body."""

    __tablename__ = "case_notes"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), index=True)
    authority: Mapped[str] = mapped_column(code_column(), ForeignKey("authorities.code"))
    account_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)


class AnswerWork(Base):
    """The draft of an answer, of its correction or of an ordinary reply; it goes when the text is published."""

    __tablename__ = "answer_works"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"))
    authority: Mapped[str] = mapped_column(code_column(), ForeignKey("authorities.code"))
    kind: Mapped[str] = mapped_column(code_column(16))
    outcome: Mapped[str | None] = mapped_column(code_column())
    markdown: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(code_column(8))
    decided_on: Mapped[date] = mapped_column(Date)
    correction: Mapped[str] = mapped_column(Text, default="")
    acts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    promises: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    others: Mapped[list[int]] = mapped_column(JSON, default=list)
    stage: Mapped[Stage] = mapped_column(enum_column(Stage))
    written_by: Mapped[int | None] = mapped_column(BigId)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_by: Mapped[int | None] = mapped_column(BigId)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remark: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("petition_id", "authority"),
        CheckConstraint("stage <> 'approved' OR checked_at IS NOT NULL", name="approved_was_checked"),
    )


class CaseQuestion(Base):
    """A question of the body to the author, with the author's reply."""

    __tablename__ = "case_questions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), index=True)
    term_id: Mapped[int] = mapped_column(BigId, ForeignKey("terms.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(code_column(8))
    private_because: Mapped[str] = mapped_column(Text, default="")
    pauses: Mapped[bool] = mapped_column(default=False)
    account_id: Mapped[int | None] = mapped_column(BigId)
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (CheckConstraint("replied_at IS NULL OR reply <> ''", name="reply_has_words"),)


class CaseDiscussion(Base):
    """A public discussion: announced with date and place or link, held, with minutes."""

    __tablename__ = "case_discussions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), index=True)
    term_id: Mapped[int] = mapped_column(BigId, ForeignKey("terms.id"))
    announced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(Text, default="")
    materials: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(code_column(8))
    account_id: Mapped[int | None] = mapped_column(BigId)
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    minutes: Mapped[str] = mapped_column(Text, default="")
    minutes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (CheckConstraint("place <> '' OR link <> ''", name="somewhere"),)


class DiscussionChange(Base):
    """What an announced discussion was before it was moved or called off, and why. Rows are only added."""

    __tablename__ = "discussion_changes"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(BigId, ForeignKey("case_discussions.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    act: Mapped[Fate] = mapped_column(enum_column(Fate))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(Text, default="")
    materials: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(code_column(8))
    reason: Mapped[str] = mapped_column(Text)
    reason_language: Mapped[str] = mapped_column(code_column(8))
    account_id: Mapped[int | None] = mapped_column(BigId)


class MinutesVersion(Base):
    """Minutes that others have taken the place of, with the reason for it. Rows are only added."""

    __tablename__ = "minutes_versions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(BigId, ForeignKey("case_discussions.id"))
    number: Mapped[int]
    minutes: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    account_id: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (UniqueConstraint("discussion_id", "number"),)


class CasePromise(Base):
    """A promise of a published answer, with the date on which people are asked whether it was kept."""

    __tablename__ = "case_promises"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), index=True)
    answer_id: Mapped[int] = mapped_column(BigId, ForeignKey("answers.id"))
    term_id: Mapped[int] = mapped_column(BigId, ForeignKey("terms.id"))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(code_column(8))
    due_on: Mapped[date] = mapped_column(Date, index=True)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    report: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")


class PromiseVote(Base):
    """One voice on a promise. `voter` is a keyed hash, so that no row here points at a signature or an account."""

    __tablename__ = "promise_votes"
    promise_id: Mapped[int] = mapped_column(BigId, ForeignKey("case_promises.id"), primary_key=True)
    voter: Mapped[str] = mapped_column(code_column(64), primary_key=True)
    party: Mapped[Voter] = mapped_column(enum_column(Voter))
    kept: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
