"""The shape of a mail about a case: a subject, sentences with places for facts, one button; names of terms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.i18n import lazy
from petitions.domain.deadlines import TermKind

K = TermKind

# The button that leads to the public page.
PUBLIC = (lazy("Open the petition"), "petitions.show")

# The button that leads its author to the page of a petition.
MINE = (lazy("Open the page of your petition"), "writing.mine")

PLACE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Words:
    """One mail. A sentence with a fact that the case does not have is left out. An empty endpoint: no button.

    With `reasons` the text of the decision behind the event is quoted.
    """

    subject: Any
    sentences: tuple[Any, ...]
    button: Any = ""
    endpoint: str = ""
    reasons: bool = False

    def said(self, facts: Mapping[str, str]) -> list[str]:
        """The sentences whose facts are all there, in the language in force."""
        texts = [str(sentence) for sentence in self.sentences]
        return [text % facts for text in texts if all(facts.get(name) for name in PLACE.findall(text))]


MISSED: Mapping[TermKind, Any] = {
    K.REGISTRATION: lazy("Registration by the authority"),
    K.ANSWER: lazy("Answer of the authority"),
    K.PUBLICATION: lazy("Publication of the decision"),
    K.ORDINARY_REPLY: lazy("Ordinary reply of the authority"),
    K.SCREENING: lazy("Check by a moderator"),
    K.HAND_OVER: lazy("Hand-over to the authority"),
    K.APPEAL: lazy("Appeal against a refusal"),
    K.DISCUSSION: lazy("Public discussion"),
    K.PROMISE: lazy("Date on which a promise is checked"),
}
