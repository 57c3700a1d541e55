"""People: accounts, the roles they were given, and the sessions they are signed in with."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
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
    """A staff role of an account; an officer acts for exactly one body."""

    __tablename__ = "role_grants"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    body: Mapped[str | None] = mapped_column(code_column(), ForeignKey("authorities.code"), index=True)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"))
    __table_args__ = (
        UniqueConstraint("account_id", "role"),
        CheckConstraint("role <> 'citizen'", name="staff"),
        CheckConstraint("(role = 'officer') = (body IS NOT NULL)", name="officer_has_body"),
    )


class AccountSession(Base):
    """One signed-in browser, known by a keyed hash of the random token in its cookie, and by nothing else."""

    __tablename__ = "account_sessions"
    id_hash: Mapped[bytes] = mapped_column(LargeBinary(INDEX_BYTES), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
