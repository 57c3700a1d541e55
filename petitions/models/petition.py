"""Petitions with their texts, thresholds, counts and keys."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column, enum_column
from petitions.domain.lifecycle import State

PUBLISHED = "('collecting', 'under_review', 'answered')"
HANDED_OVER = "('under_review', 'answered')"


class RulebookVersion(Base):
    """The text of a rulebook as it was when a petition was begun under it."""

    __tablename__ = "rulebook_versions"
    rulebook: Mapped[str] = mapped_column(code_column(), primary_key=True)
    version: Mapped[str] = mapped_column(code_column(), primary_key=True)
    toml: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Petition(Base):
    """One case. Its text, counts, terms and answers are rows of their own.

    `closes_at` of a published case is NULL while an open stop holds its window: signing stays open.
    """

    __tablename__ = "petitions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    author_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), index=True)
    author_name: Mapped[str] = mapped_column(code_column(160))
    author_place: Mapped[str | None] = mapped_column(code_column(32), ForeignKey("areas.code"))
    title: Mapped[str] = mapped_column(code_column(200))
    language: Mapped[str] = mapped_column(code_column(8))
    authority: Mapped[str | None] = mapped_column(code_column(), ForeignKey("authorities.code"), index=True)
    area: Mapped[str | None] = mapped_column(code_column(32), ForeignKey("areas.code"), index=True)
    tier: Mapped[str | None] = mapped_column(code_column())
    rulebook: Mapped[str] = mapped_column(code_column())
    rulebook_version: Mapped[str] = mapped_column(code_column())
    state: Mapped[State] = mapped_column(enum_column(State))
    version: Mapped[int] = mapped_column(default=1)
    text_number: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    threshold: Mapped[int | None]
    residents_only: Mapped[bool] = mapped_column(default=False)
    reached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    registered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    frozen_reason: Mapped[str | None] = mapped_column(Text)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        ForeignKeyConstraint(
            ["rulebook", "rulebook_version"], ["rulebook_versions.rulebook", "rulebook_versions.version"]
        ),
        CheckConstraint(
            f"state NOT IN {PUBLISHED} OR (opened_at IS NOT NULL AND threshold > 0)",
            name="published_has_goal",
        ),
        CheckConstraint(
            f"state NOT IN {HANDED_OVER} OR (reached_at IS NOT NULL AND handed_over_at IS NOT NULL)",
            name="handed_over_has_dates",
        ),
        CheckConstraint("(frozen_at IS NULL) = (frozen_reason IS NULL)", name="frozen_has_reason"),
        CheckConstraint("state <> 'answered' OR answered_at IS NOT NULL", name="answered_has_date"),
        CheckConstraint(
            "state = 'draft' OR state = 'withdrawn' OR authority IS NOT NULL", name="has_addressee"
        ),
        Index("ix_petitions_state_closes_at_id", "state", "closes_at", "id"),
        Index("ix_petitions_state_opened_at_id", "state", "opened_at", "id"),
        Index("ix_petitions_state_id", "state", "id"),
        Index("ix_petitions_opened_at_id", "opened_at", "id"),
        Index("ix_petitions_answered_at_id", "answered_at", "id"),
    )


class PetitionText(Base):
    """One version of a text. It never changes; a correction is a new row with its reason."""

    __tablename__ = "petition_texts"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(code_column(200))
    markdown: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(code_column(64))
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")


class PetitionThreshold(Base):
    """The certificate of one milestone, frozen at publication: later figures and rulebooks never move it."""

    __tablename__ = "petition_thresholds"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    milestone: Mapped[str] = mapped_column(code_column(), primary_key=True)
    position: Mapped[int]
    count: Mapped[int]
    formula: Mapped[str] = mapped_column(Text)
    base: Mapped[str | None] = mapped_column(code_column())
    base_value: Mapped[int | None]
    base_as_of: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str | None] = mapped_column(Text)
    article: Mapped[str] = mapped_column(code_column(200))
    basis: Mapped[str] = mapped_column(code_column(16))
    areas: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (CheckConstraint("count > 0", name="positive"),)


class PetitionQuarter(Base):
    """A quarter, a half or three quarters of a petition's goal, marked once for good.

    `reached_at` is NULL for what was reached before quarters were marked.
    """

    __tablename__ = "petition_quarters"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    percent: Mapped[int] = mapped_column(primary_key=True)
    reached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (CheckConstraint("percent IN (25, 50, 75)", name="quarter"),)


class PetitionCount(Base):
    """The totals of a petition, written by the tally job only."""

    __tablename__ = "petition_counts"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    counted: Mapped[int] = mapped_column(default=0)
    residents: Mapped[int] = mapped_column(default=0)
    pending: Mapped[int] = mapped_column(default=0)
    expired: Mapped[int] = mapped_column(default=0)
    invalid: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        CheckConstraint("counted >= 0 AND residents >= 0 AND residents <= counted", name="sane"),
    )


class PetitionKeys(Base):
    """The two keys of a petition, wrapped by a key outside the database; a destroyed one is NULL with its date."""

    __tablename__ = "petition_keys"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    identity: Mapped[bytes | None] = mapped_column(LargeBinary)
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    identity_destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contact_destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FrozenCount(Base):
    """The totals at the end of a local day on which they changed; rows are only added."""

    __tablename__ = "frozen_counts"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    counted: Mapped[int]
    residents: Mapped[int]
