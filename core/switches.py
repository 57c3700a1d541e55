"""Emergency switches and the banner: set by one person, said to everybody on every page they concern, and in a log."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from sqlalchemy import JSON, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from core.audit import record
from core.db import Base, UtcDateTime, code_column
from core.i18n import LANGUAGES
from core.prepared import Prepared
from core.refusal import Refusal
from core.work import Work, glance, reading

View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_WORDS = 500


class Switch(StrEnum):
    """What can be switched on."""

    READ_ONLY = "read-only"
    NO_SIGNING = "no-signing"
    NO_NEW_PETITIONS = "no-new-petitions"
    BANNER = "banner"


# While nothing can be changed, these hold too.
WITH_READ_ONLY = frozenset({Switch.NO_SIGNING, Switch.NO_NEW_PETITIONS})


class SwitchRow(Base):
    """The last setting of one switch, and what is said about it, by language."""

    __tablename__ = "switches"
    name: Mapped[str] = mapped_column(code_column(), primary_key=True)
    on: Mapped[bool] = mapped_column("is_on")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    words: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")


@dataclass(frozen=True, slots=True)
class Setting:
    """How a switch stands: since when (None: never turned), and its reason or text by language."""

    name: Switch
    on: bool
    since: datetime | None
    words: Mapping[str, str]


def is_on(w: Work, name: Switch) -> bool:
    """Whether the switch is on; read-only turns signing and new petitions off with it."""
    names = {name.value, Switch.READ_ONLY.value} if name in WITH_READ_ONLY else {name.value}
    found = select(SwitchRow.name).where(SwitchRow.name.in_(names), SwitchRow.on)
    return w.session.scalar(found.limit(1)) is not None


_READ_ONLY = Prepared(
    lambda _insert: select(SwitchRow.name).where(SwitchRow.name == Switch.READ_ONLY.value, SwitchRow.on)
)


def refuse_if(w: Work, name: Switch) -> None:
    """Refuse while the switch is on. Refusal: `switched-off` with the switch's name."""
    if is_on(w, name):
        raise Refusal("switched-off", switch=name.value)


def refuse_if_read_only(w: Work) -> None:
    """Refusal `read-only` while nothing can be changed."""
    if _READ_ONLY.first(w, {}):
        raise Refusal("read-only")


def turn(w: Work, name: Switch, on: bool, words: Mapping[str, str] | None = None) -> None:
    """Set a switch; `words` are its reason, or the banner's text, by language, for everybody to read.

    The log of staff keeps who did it; when and why is public. Refusals: `banner-words` unless a banner speaks all
    languages, `switch-reason` where a person gives no reason.
    """
    said = {code: text for code in LANGUAGES if (text := (words or {}).get(code, "").strip()[:LONGEST_WORDS])}
    if on and name is Switch.BANNER and len(said) < len(LANGUAGES):
        raise Refusal("banner-words")
    if on and not said and not w.actor.system:
        raise Refusal("switch-reason")
    before = {"on": settings_of(w)[name].on}
    record(w, "switch.on" if on else "switch.off", f"switch:{name.value}", before, {"on": on, "words": said})
    w.session.merge(SwitchRow(name=name.value, on=on, changed_at=w.now, words=said))


def settings_of(w: Work) -> dict[Switch, Setting]:
    """How every switch stands."""
    rows = {row.name: row for row in w.session.scalars(select(SwitchRow))}
    return {
        name: Setting(name, row.on, row.changed_at, row.words or {})
        if (row := rows.get(name.value))
        else Setting(name, False, None, {})
        for name in Switch
    }


def all_switches(w: Work) -> dict[Switch, bool]:
    """Every switch and whether it is on."""
    return {name: setting.on for name, setting in settings_of(w).items()}


def works_read_only(view: View) -> View:
    """A view that stays open while the site can only be read: whoever ends that must get in."""
    return _unguarded(view, "works_read_only")


def asks_itself(view: View) -> View:
    """A view that changes nothing before it has asked whether the site is read-only, in the work that changes it."""
    return _unguarded(view, "asks_itself")


def _unguarded(view: View, why: str) -> View:
    setattr(view, why, True)
    return view


def init_switches(app: Flask, concerned: Mapping[Switch, Iterable[str]]) -> None:
    """Refuse every change while the site is read-only, and give pages what is on.

    `concerned`: the blueprints whose pages say that a switch is on; those that are not named are said everywhere.
    """
    where = {name: frozenset(blueprints) for name, blueprints in concerned.items()}

    @app.before_request
    def guard() -> None:
        if request.method in SAFE or request.endpoint is None:
            return
        view = current_app.view_functions[request.endpoint]
        if not getattr(view, "works_read_only", False) and not getattr(view, "asks_itself", False):
            with glance() as w:
                refuse_if_read_only(w)

    @app.context_processor
    def notices() -> dict[str, Any]:
        return {"switches_on": lambda: _said_here(where)}


def _said_here(where: Mapping[Switch, frozenset[str]]) -> list[Setting]:
    """What is on and concerns the page at hand; nothing where the database cannot be asked."""
    if "switches" not in g:
        try:
            with reading() as w:
                g.switches = [setting for setting in settings_of(w).values() if setting.on]
        except SQLAlchemyError:
            g.switches = []
    here = request.blueprint or ""
    return [setting for setting in g.switches if setting.name not in where or here in where[setting.name]]
