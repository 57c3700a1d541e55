"""Consent: the notice that is in force, for packages that ask for data and do not know its text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, current_app

from core.i18n import language
from core.work import Work

WEB = "web"


class ShownLine(Protocol):
    """One statement of the short form, and the thing that it is about."""

    @property
    def text(self) -> str:
        """What is said."""

    @property
    def about(self) -> str:
        """About what."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands before the button: the version's name, and its short form in the reader's language."""

    version: str
    lines: Sequence[ShownLine]


@dataclass(frozen=True, slots=True)
class Given:
    """A consent as it is kept with the account: to which version, in which language, by which channel."""

    version: str
    language: str
    channel: str = WEB


@dataclass(frozen=True, slots=True)
class NoticeSource:
    """Where the notice for authors comes from: `show` reads it, `store` makes its version a lasting one."""

    show: Callable[[Work], Shown]
    store: Callable[[Work], str]


def install_notice(app: Flask, source: NoticeSource) -> None:
    """Give `app` its notice."""
    app.extensions["dauys_notice"] = source


def shown(w: Work) -> Shown:
    """The notice for authors that stands before the button."""
    return _source().show(w)


def given(w: Work) -> Given:
    """The consent that is given now, to the version in force."""
    return Given(_source().store(w), language())


def _source() -> NoticeSource:
    found: NoticeSource = current_app.extensions["dauys_notice"]
    return found
