"""What a switch is called, what it means for people, and its reason in the reader's language."""

from collections.abc import Mapping
from typing import Any

from core.i18n import LANGUAGES, language, lazy
from core.switches import Switch

NAMES: Mapping[str, Any] = {
    Switch.READ_ONLY.value: lazy("Only reading"),
    Switch.NO_SIGNING.value: lazy("No signing"),
    Switch.NO_NEW_PETITIONS.value: lazy("No new petitions"),
    Switch.BANNER.value: lazy("Announcement on all pages"),
}
# What people read on the pages concerned: a title, and what it means for them.
NOTICES: Mapping[str, tuple[Any, Any]] = {
    Switch.READ_ONLY.value: (
        lazy("For the moment this site can only be read"),
        lazy("Signing, confirming, withdrawing and writing have to wait. What was counted stays counted."),
    ),
    Switch.NO_SIGNING.value: (
        lazy("For the moment nobody can sign here"),
        lazy("What was counted stays counted. You can read everything, and withdraw as always."),
    ),
    Switch.NO_NEW_PETITIONS.value: (
        lazy("For the moment no new petition can be begun"),
        lazy("Drafts and running petitions stay as they are. You can read and sign as always."),
    ),
}


def spoken(words: Mapping[str, str]) -> tuple[str, str] | None:
    """The text in the reader's language, else in the first one it has; with the code of its language."""
    for code in (language(), *LANGUAGES):
        if words.get(code):
            return code, words[code]
    return None
