"""Forms of authors: the addressee, the words, and the buttons that carry the version of what was seen."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import HiddenField, SelectField

from core.forms import Form, line_field, text_field
from core.i18n import lazy
from petitions.domain.texts import TEXT_MOST, TITLE_MOST

NO_VERSION = -1
LONGEST_REASON = 500


def _whole(value: Any) -> int:
    """A version that is no number is an old one: the reader is shown the present state and asked again."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NO_VERSION


def version_field() -> HiddenField:
    """The version of the case that the form was made from."""
    return HiddenField(filters=[_whole])


class AddresseeForm(Form):
    """Whom the petition is addressed to. Whether the body can be addressed is not the form's business."""

    authority = SelectField(lazy("Who should answer?"), validate_choice=False)
    version = version_field()

    def offer(self, groups: Mapping[str, Sequence[tuple[str, str]]]) -> "AddresseeForm":
        """Fill the list, with an empty line first so that nobody is addressed by accident."""
        empty = {"": [("", lazy("Choose a body"))]}
        self.authority.choices = empty | {name: list(bodies) for name, bodies in groups.items()}
        return self


class WordsForm(Form):
    """Title, text and language; what is too short is only refused when the author goes on."""

    title = line_field(lazy("What do you demand? Say it in one sentence."), max_length=TITLE_MOST)
    text = text_field(lazy("Why is it needed, and what exactly should be done?"), max_length=TEXT_MOST)
    language = SelectField(lazy("Language of the petition"))
    reason = line_field(lazy("What did you change, and why?"), max_length=LONGEST_REASON)
    version = version_field()

    def prepare(self, languages: Sequence[tuple[str, str]], *, again: bool) -> "WordsForm":
        """The languages to choose from; only a text that was frozen before asks what was changed."""
        self.language.choices = list(languages)
        if not again:
            del self.reason
        return self

    def words(self) -> dict[str, str]:
        """What the use case takes."""
        reason = self.reason.data if "reason" in self else ""
        return {
            "title": self.title.data or "",
            "markdown": self.text.data or "",
            "language": self.language.data or "",
            "reason": reason or "",
        }


class VersionForm(Form):
    """A button that acts on what was seen."""

    version = version_field()
