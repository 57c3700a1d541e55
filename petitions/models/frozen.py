"""The frozen tables: all that is published of signatures beside a petition's live total comes from here."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId, UtcDateTime, code_column


class FrozenCell(Base):
    """A published figure of one petition: it stands from `day` on, until the day `until` of the row after it.

    A cell without a row is suppressed. `cell` is a code of its dimension, or `_rest` for the pool.
    """

    __tablename__ = "frozen_cells"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(code_column(16), primary_key=True)
    cell: Mapped[str] = mapped_column(code_column(32), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    until: Mapped[date | None] = mapped_column(Date)
    count: Mapped[int]
    __table_args__ = (
        CheckConstraint("count = 0 OR count >= 10", name="no_small_number"),
        CheckConstraint("until > day", name="in_order"),
        Index(
            "ix_frozen_cells_standing",
            "dimension",
            "cell",
            sqlite_where=until.is_(None),
            postgresql_where=until.is_(None),
        ),
    )


class FrozenState(Base):
    """What the next publication of a petition needs, and nobody is ever shown: its real cells, and the marks.

    `day` is the last day that was looked at, `at` when that was. `stale` says that cells moved between areas without
    a change of any total (`at` is then the moment of the last move), `final` that the equation of the petition was
    published, which happens once.
    """

    __tablename__ = "frozen_states"
    petition_id: Mapped[int] = mapped_column(BigId, ForeignKey("petitions.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    counted: Mapped[int]
    residents: Mapped[int]
    stale: Mapped[bool] = mapped_column(default=False)
    final: Mapped[bool] = mapped_column(default=False)
    actual: Mapped[dict[str, Any]] = mapped_column(JSON)
    tables: Mapped[dict[str, Any]] = mapped_column(JSON)


class FrozenDay(Base):
    """One day that was frozen, with the equation of the whole site at that time."""

    __tablename__ = "frozen_days"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    submitted: Mapped[int]
    pending: Mapped[int]
    expired: Mapped[int]
    invalid: Mapped[int]
    withdrawn: Mapped[int]
    quarantined: Mapped[int]
    counted: Mapped[int]
