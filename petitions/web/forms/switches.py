"""The form of an emergency switch or of the banner."""

from wtforms import HiddenField
from wtforms.validators import AnyOf

from core.forms import Form, text_field
from core.i18n import lazy
from core.switches import LONGEST_WORDS


class SwitchForm(Form):
    """Which way to turn it, and what everybody is told in each language."""

    turn = HiddenField(validators=[AnyOf(["on", "off"])])
    kk = text_field(lazy("In Kazakh"), max_length=LONGEST_WORDS)
    ru = text_field(lazy("In Russian"), max_length=LONGEST_WORDS)
    en = text_field(lazy("In English"), max_length=LONGEST_WORDS)

    def words(self) -> dict[str, str]:
        """The texts by language."""
        return {field.name: field.data or "" for field in (self.kk, self.ru, self.en)}
