"""The shape of a mail about a case: a subject, sentences with places for facts, one button."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
