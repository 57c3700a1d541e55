"""Forms of authors: the addressee, the words, and the buttons that carry the version of what was seen."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField

from core.forms import Form, has_controls, language_choices, line_field, required, text_field
from core.i18n import lazy
from petitions.domain.texts import TEXT_MOST, TITLE_MOST
from petitions.services.letters import MOST as LONGEST_LETTER

NO_VERSION = -1
LONGEST_REASON = 500


def _whole(value: Any) -> int:
    """A version that is no number is an old one: the reader is shown the present state and asked again."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NO_VERSION


def _code(value: str | None) -> str:
    """What is no text is no code; it would be looked up before the form has been checked."""
    return "" if value is None or has_controls(value) else value


def version_field() -> HiddenField:
    """The version of the case that the form was made from."""
    return HiddenField(filters=[_whole])


class AddresseeForm(Form):
    """Whom the petition is addressed to. Whether the body can be addressed is not the form's business."""

    authority = SelectField(lazy("Who should answer?"), filters=[_code], validate_choice=False)
    version = version_field()

    def offer(self, groups: Mapping[str, Sequence[tuple[str, str]]]) -> "AddresseeForm":
        """Fill the list, with an empty line first so that nobody is addressed by accident."""
        empty = {"": [("", lazy("Choose a body"))]}
        self.authority.choices = empty | {name: list(bodies) for name, bodies in groups.items()}
        return self


class DemandForm(Form):
    """The demand in one sentence, and the language of the petition; too short is only refused when one goes on."""

    title = line_field(lazy("What do you demand? Say it in one sentence."), max_length=TITLE_MOST)
    language = SelectField(lazy("Language of the petition"), choices=language_choices())
    version = version_field()

    def words(self) -> dict[str, str]:
        """What the use case takes."""
        return {"title": self.title.data or "", "language": self.language.data or ""}


class ReasonsForm(Form):
    """The text; only one that was frozen before asks what was changed."""

    text = text_field(lazy("Why is it needed, and what exactly should be done?"), max_length=TEXT_MOST)
    reason = line_field(lazy("What did you change, and why?"), max_length=LONGEST_REASON)
    version = version_field()

    def ask_reason(self, again: bool) -> "ReasonsForm":
        """Leave the question about the change out of a first version."""
        if not again:
            del self.reason
        return self

    def words(self) -> dict[str, str]:
        """What the use case takes."""
        words = {"markdown": self.text.data or ""}
        return words | ({"reason": self.reason.data or ""} if "reason" in self else {})


class InviteForm(Form):
    """Whom the author invites to be a co-author."""

    full_name = line_field(
        lazy("Full name of the person whom you invite"), required(lazy("Write the full name of the person."))
    )
    email = line_field(lazy("E-mail address"), required(lazy("Write an e-mail address.")), max_length=254)
    version = version_field()


class ProposalForm(Form):
    """What a co-author proposes for the draft."""

    text = text_field(
        lazy("What do you propose?"), required(lazy("Write what you propose.")), max_length=LONGEST_LETTER
    )


class AnswerForm(Form):
    """Yes or no to an invitation; yes needs the consent."""

    consent = BooleanField(lazy("I agree to be named in public as a co-author of this petition."))


class VersionForm(Form):
    """A button that acts on what was seen."""

    version = version_field()
