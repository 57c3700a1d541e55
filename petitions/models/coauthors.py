"""Co-authors: invited by mail, named once they agreed, and gone again without a trace or with a dated line."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column, enum_column


class CoAuthorState(StrEnum):
    """Where somebody stands who was asked to answer for a petition together with its author."""

    INVITED = "invited"
    NAMED = "named"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    LEFT = "left"


class CoAuthor(Base):
    """One person beside the author. `sealed` is the name and mailbox that the author typed, until it is answered.

    Account, name and place stand here from the consent on. Whoever leaves before publication takes them along;
    whoever leaves after it stays readable with the day on which they left.
    """

    __tablename__ = "co_authors"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), index=True)
    state: Mapped[CoAuthorState] = mapped_column(enum_column(CoAuthorState))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(code_column(8))
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"), index=True)
    name: Mapped[str | None] = mapped_column(code_column(160))
    place: Mapped[str | None] = mapped_column(code_column(32), ForeignKey("areas.code"))
    named_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notice: Mapped[str | None] = mapped_column(code_column(32))
    notice_language: Mapped[str | None] = mapped_column(code_column(8))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        CheckConstraint(
            "state <> 'named' OR (account_id IS NOT NULL AND name IS NOT NULL AND named_at IS NOT NULL"
            " AND notice IS NOT NULL)",
            name="named_has_agreed",
        ),
        CheckConstraint("state IN ('invited', 'named') OR ended_at IS NOT NULL", name="ended_has_date"),
        CheckConstraint("state = 'invited' OR sealed IS NULL", name="answered_is_unsealed"),
        Index(
            "uq_co_authors_named",
            "petition_id",
            "account_id",
            unique=True,
            sqlite_where=(state == CoAuthorState.NAMED.value),
            postgresql_where=(state == CoAuthorState.NAMED.value),
        ),
    )
