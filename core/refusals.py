"""The words and the HTTP status of every Refusal, registered by the packages that own the codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.i18n import format_date, format_datetime, format_number, lazy
from core.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Words:
    """What a reader is told: a sentence with `%(fact)s` places, and the status of a page that shows only this."""

    text: Any
    status: int = 409


_words: dict[str, Words] = {
    "switched-off": Words(
        lazy("This is switched off for the moment. What you typed is still here; please try again later."),
        503,
    ),
    "read-only": Words(
        lazy(
            "For the moment this site can only be read. Nothing of what you sent was kept. Go back with your browser: "
            "what you typed still stands in the form. Please try again later."
        ),
        503,
    ),
    "banner-words": Words(lazy("Write the text in all three languages."), 422),
    "switch-reason": Words(lazy("Write the reason in at least one language: everybody can read it."), 422),
    "not-found": Words(lazy("There is nothing here."), 404),
    "gone": Words(lazy("This was here, but it is not any more."), 410),
    "not-allowed": Words(lazy("This page is not for your account."), 403),
    "changed-meanwhile": Words(
        lazy(
            "Somebody changed this while you were working on it. Look at the new version, then decide again."
        )
    ),
}


def register_refusals(words: Mapping[str, Words]) -> None:
    """Add the words of a package's codes."""
    _words.update(words)


def known_codes() -> frozenset[str]:
    """Every code that has words."""
    return frozenset(_words)


def refusal_status(error: Refusal) -> int:
    """The status of a page that shows only this refusal."""
    return _words[error.code].status


def refusal_text(error: Refusal) -> str:
    """The sentence of a refusal in the reader's language, with its facts in local form."""
    facts = {name: _said(value) for name, value in error.facts.items()}
    return str(_words[error.code].text) % _Facts(facts)


class _Facts(dict[str, str]):
    """A fact that a sentence names and the refusal lacks is left out rather than a fault."""

    def __missing__(self, key: str) -> str:
        return ""


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return format_datetime(value)
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return format_number(value)
    return str(value)
