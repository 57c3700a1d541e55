"""Emergency switches: read-only, no signing, no new petitions; set by one person, seen by all."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from core.audit import record
from core.db import Base, UtcDateTime, code_column
from core.refusal import Refusal
from core.work import Work


class Switch(StrEnum):
    """What can be switched on."""

    READ_ONLY = "read-only"
    NO_SIGNING = "no-signing"
    NO_NEW_PETITIONS = "no-new-petitions"


class SwitchRow(Base):
    """The last setting of one switch."""

    __tablename__ = "switches"
    name: Mapped[str] = mapped_column(code_column(), primary_key=True)
    on: Mapped[bool] = mapped_column("is_on")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def is_on(w: Work, name: Switch) -> bool:
    """Whether the switch is on; read-only turns the others on."""
    names = {name.value, Switch.READ_ONLY.value}
    found = select(SwitchRow.name).where(SwitchRow.name.in_(names), SwitchRow.on)
    return w.session.scalar(found.limit(1)) is not None


def refuse_if(w: Work, name: Switch) -> None:
    """Refuse while the switch is on. Refusal: `switched-off` with the switch's name."""
    if is_on(w, name):
        raise Refusal("switched-off", switch=name.value)


def turn(w: Work, name: Switch, on: bool) -> None:
    """Set a switch; the log keeps who did it and when, and everybody can read when."""
    before = {"on": all_switches(w)[name]}
    record(w, "switch.on" if on else "switch.off", f"switch:{name.value}", before, {"on": on})
    w.session.merge(SwitchRow(name=name.value, on=on, changed_at=w.now))


def all_switches(w: Work) -> dict[Switch, bool]:
    """Every switch and whether it is on."""
    on = set(w.session.scalars(select(SwitchRow.name).where(SwitchRow.on)))
    return {name: name.value in on for name in Switch}
