"""Requests of people over everything that is held with their mailbox."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column, enum_column


class RequestKind(StrEnum):
    """What a person asks for: to see what is held, to have its use restricted, or to object to it."""

    SEE = "see"
    RESTRICT = "restrict"
    OBJECT = "object"


class RequestState(StrEnum):
    """Where a request is: without its code, waiting for the controller or the job, or answered."""

    UNPROVED = "unproved"
    WAITING = "waiting"
    ANSWERED = "answered"


class DataRequest(Base):
    """One request. Mailbox, text, answer and what was found are sealed, and erased soon after the answer.

    `contact` is a keyed hash of the mailbox. The code of the mail is made from the row's number, its random
    `salt` and the site key, and is stored nowhere.
    """

    __tablename__ = "data_requests"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[RequestKind] = mapped_column(enum_column(RequestKind))
    state: Mapped[RequestState] = mapped_column(enum_column(RequestState))
    language: Mapped[str] = mapped_column(code_column(8))
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    mailbox: Mapped[bytes | None] = mapped_column(LargeBinary)
    text: Mapped[bytes | None] = mapped_column(LargeBinary)
    found: Mapped[bytes | None] = mapped_column(LargeBinary)
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    searched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_on: Mapped[date | None] = mapped_column(Date)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    granted: Mapped[bool | None]
    answered_by: Mapped[int | None] = mapped_column(BigId)
    __table_args__ = (
        CheckConstraint(
            "state = 'unproved' OR (proved_at IS NOT NULL AND due_on IS NOT NULL)", name="proved_has_due"
        ),
        CheckConstraint("(state = 'answered') = (answered_at IS NOT NULL)", name="answered_has_date"),
        Index("ix_data_requests_contact", "contact"),
        Index("ix_data_requests_state_asked_at", "state", "asked_at"),
    )
