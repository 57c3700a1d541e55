"""What happens to a case: its terms, journal, decisions, referral and answers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column, enum_column
from petitions.domain.deadlines import TermKind
from petitions.domain.rulebook import Unit


class Term(Base):
    """One term of one party: its start, its length, its date, and how it ended.

    `authority` is NULL where author or platform bears it. `due_on` is NULL while a stop holds it.
    `missed_on` is set once, by the sweep, and stays: late stays late.
    """

    __tablename__ = "terms"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"))
    authority: Mapped[str | None] = mapped_column(code_column(), ForeignKey("authorities.code"), index=True)
    kind: Mapped[TermKind] = mapped_column(enum_column(TermKind))
    round: Mapped[int] = mapped_column(default=1)
    started_on: Mapped[date] = mapped_column(Date)
    start_fact: Mapped[str] = mapped_column(code_column())
    unit: Mapped[Unit] = mapped_column(enum_column(Unit))
    n: Mapped[int]
    extended: Mapped[int] = mapped_column(default=0)
    article: Mapped[str] = mapped_column(code_column(200), default="")
    basis: Mapped[str] = mapped_column(code_column(16))
    calendar: Mapped[str] = mapped_column(code_column(80))
    due_on: Mapped[date | None] = mapped_column(Date)
    met_on: Mapped[date | None] = mapped_column(Date)
    missed_on: Mapped[date | None] = mapped_column(Date)
    cancelled_on: Mapped[date | None] = mapped_column(Date)
    __table_args__ = (
        UniqueConstraint("petition_id", "kind", "round"),
        CheckConstraint("n > 0", name="positive"),
        Index(
            "ix_terms_open",
            "due_on",
            sqlite_where=(met_on.is_(None) & cancelled_on.is_(None)),
            postgresql_where=(met_on.is_(None) & cancelled_on.is_(None)),
        ),
    )


class TermChange(Base):
    """Every change of a term's date: old, new, cause, author. Rows are only added."""

    __tablename__ = "term_changes"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    term_id: Mapped[int] = mapped_column(BigId, ForeignKey("terms.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    old_due: Mapped[date | None] = mapped_column(Date)
    new_due: Mapped[date | None] = mapped_column(Date)
    cause: Mapped[str] = mapped_column(code_column())
    account_id: Mapped[int | None] = mapped_column(BigId)


class JournalEntry(Base):
    """One fact in the life of a case. Rows are only added; single signatures never are."""

    __tablename__ = "journal"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(code_column())
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_public: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (Index("ix_journal_petition_id_id", "petition_id", "id"),)


class Decision(Base):
    """A decision about admissibility or display, with its coded ground and its reasons; public for good."""

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), index=True)
    kind: Mapped[str] = mapped_column(code_column(16))
    ground: Mapped[str | None] = mapped_column(code_column())
    reason: Mapped[str] = mapped_column(Text)
    hides_text: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(BigId)


class Referral(Base):
    """What was handed over to the addressed body, and its registration there; totals only."""

    __tablename__ = "referrals"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    receipt: Mapped[str] = mapped_column(code_column(40), unique=True)
    kind: Mapped[str] = mapped_column(code_column(16))
    handed_over_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counted: Mapped[int]
    text_number: Mapped[int]
    text_hash: Mapped[str] = mapped_column(code_column(64))
    registered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    registration_number: Mapped[str | None] = mapped_column(code_column(80))
    registered_by: Mapped[int | None] = mapped_column(BigId)


class Answer(Base):
    """One version of an answer or of an ordinary reply; a corrected one keeps the first."""

    __tablename__ = "answers"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(code_column(16))
    outcome: Mapped[str | None] = mapped_column(code_column())
    markdown: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    correction: Mapped[str] = mapped_column(Text, default="")
    acts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    language: Mapped[str] = mapped_column(code_column(8))
    decided_on: Mapped[date] = mapped_column(Date)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(BigId)
    checked_by: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (UniqueConstraint("petition_id", "kind", "number"),)
