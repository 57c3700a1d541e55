"""Forms of author safety: a letter to the author, and the reason of a pause."""

from typing import Any

from wtforms import Field
from wtforms.validators import Optional

from auth.mailbox import canonical_mailbox, check_mailbox
from core.forms import Form, line_field, required, text_field
from core.i18n import lazy
from petitions.services.freezing import LONGEST_REASON
from petitions.services.letters import MOST
from petitions.web.forms.signing import Tick, agrees_with
from petitions.web.forms.writing import version_field

CHECKED = agrees_with(check_mailbox, canonical_mailbox)


def _if_given(form: Any, field: Field) -> None:
    if field.data:
        CHECKED(form, field)


class LetterForm(Form):
    """A letter, and the sender's address for the answer, which goes along only if the box is ticked."""

    text = text_field(lazy("Your letter"), required(lazy("Write your letter.")), max_length=MOST)
    email = line_field(lazy("Your e-mail address"), Optional(), _if_given, max_length=254)
    share = Tick(lazy("Give my address to the author, so that an answer can reach me"))


class FreezeForm(Form):
    """Why signing is paused, for everybody to read."""

    reason = text_field(
        lazy("Reason for the pause"), required(lazy("Write the reason.")), max_length=LONGEST_REASON
    )
    version = version_field()
