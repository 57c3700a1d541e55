"""People: accounts, their roles, second factors and sessions, and what waits for a second person."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from auth.permissions import Role
from core.db import Base, BigId, UtcDateTime, code_column, enum_column

INDEX_BYTES = 32


class Account(Base):
    """A person who can sign in. The mailbox is sealed, and found by a keyed hash of its canonical spelling.

    The name stands in clear: it is the author's public name. A closed account keeps no mailbox, no password.
    """

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(INDEX_BYTES), unique=True)
    email_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    full_name: Mapped[str] = mapped_column(code_column(120))
    place: Mapped[str | None] = mapped_column(code_column(32), ForeignKey("areas.code"))
    language: Mapped[str] = mapped_column(code_column(8))
    password_hash: Mapped[str | None] = mapped_column(code_column(200))
    password_long: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    author_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    author_notice_version: Mapped[str | None] = mapped_column(code_column())
    author_consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    author_consent_language: Mapped[str | None] = mapped_column(code_column(8))
    author_consent_channel: Mapped[str | None] = mapped_column(code_column(16))
    # To which notice the account was opened; the time is `created_at`. NULL where the host opened it.
    notice: Mapped[str | None] = mapped_column(code_column(32))
    notice_language: Mapped[str | None] = mapped_column(code_column(8))
    notice_channel: Mapped[str | None] = mapped_column(code_column(16))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        CheckConstraint(
            "closed_at IS NOT NULL OR "
            "(email_index IS NOT NULL AND email_enc IS NOT NULL AND password_hash IS NOT NULL)",
            name="open_is_reachable",
        ),
        CheckConstraint(
            "closed_at IS NULL OR (email_index IS NULL AND email_enc IS NULL AND password_hash IS NULL)",
            name="closed_holds_nothing",
        ),
        CheckConstraint(
            "author_since IS NULL OR (author_notice_version IS NOT NULL AND author_consent_at IS NOT NULL "
            "AND author_consent_language IS NOT NULL AND place IS NOT NULL AND full_name <> '')",
            name="author_is_named",
        ),
    )


class RoleGrant(Base):
    """A staff role of an account; an officer acts for exactly one body, and its head may invite others."""

    __tablename__ = "role_grants"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    body: Mapped[str | None] = mapped_column(code_column(), ForeignKey("authorities.code"), index=True)
    head: Mapped[bool] = mapped_column(default=False)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"))
    __table_args__ = (
        UniqueConstraint("account_id", "role"),
        CheckConstraint("role <> 'citizen'", name="staff"),
        CheckConstraint("(role = 'officer') = (body IS NOT NULL)", name="officer_has_body"),
        CheckConstraint("NOT head OR role = 'officer'", name="head_is_officer"),
    )


class AccountSession(Base):
    """One signed-in browser, known by a keyed hash of the random token in its cookie, and by nothing else.

    `passed_at` is when the second factor was shown; staff have no rights in a session without it.
    """

    __tablename__ = "account_sessions"
    id_hash: Mapped[bytes] = mapped_column(LargeBinary(INDEX_BYTES), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    passed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SecondFactor(Base):
    """The sealed secret of one account's one-time codes, and the last time step whose code was used."""

    __tablename__ = "second_factors"
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), primary_key=True)
    secret_enc: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigId, default=0)
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """A keyed hash of one recovery code that was not used yet; a used one is deleted."""

    __tablename__ = "recovery_codes"
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(INDEX_BYTES), primary_key=True)


class Proposal(Base):
    """What one person asked for and a second one decides: carried out once the other says yes.

    `payload` holds codes and numbers only; a mailbox that the matter needs is sealed, and erased at its end.
    """

    __tablename__ = "proposals"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(code_column(), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(code_column(500))
    proposed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    decided_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed: Mapped[bool | None]
    alone: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (agreed IS NULL)", name="decided_is_whole"),
        CheckConstraint(
            "alone OR decided_by IS NULL OR proposed_by IS NULL OR decided_by <> proposed_by",
            name="two_people",
        ),
    )


class Invitation(Base):
    """A role that waits for the owner of a mailbox without an account; mailed as a link, erased when used."""

    __tablename__ = "invitations"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(BigId, ForeignKey("proposals.id"), unique=True)
    email_enc: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(code_column(8))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
