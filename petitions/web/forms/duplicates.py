"""Forms of moderators: link a petition to an older one, and take the link back."""

from wtforms import SelectField

from core.forms import Form, language_choices, line_field, required, text_field
from core.i18n import lazy
from petitions.domain.moderation import REASON_MOST


class UnlinkForm(Form):
    """Why a link is taken back."""

    reason = text_field(
        lazy("Reason, in words that everybody understands"),
        required(lazy("Write the reason.")),
        max_length=REASON_MOST,
    )
    language = SelectField(lazy("Language of the text"), choices=language_choices())


class LinkForm(UnlinkForm):
    """Which older petition, and why."""

    original = line_field(
        lazy("Number of the older petition"),
        required(lazy("Enter the number of the older petition.")),
        max_length=12,
    )

    def number(self) -> int:
        """The number of the older petition; 0, which no petition has, for what is no number."""
        text = (self.original.data or "").lstrip("№# ")
        return int(text) if text.isascii() and text.isdigit() else 0
