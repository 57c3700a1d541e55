"""Which accounts want no more mails about a case."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime


class CaseMute(Base):
    """An account that wants no more mails about one petition."""

    __tablename__ = "case_mutes"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), primary_key=True)
    muted_at: Mapped[datetime] = mapped_column(UtcDateTime)
