"""Forms of updates: the author's words, and what a moderator does about them."""

from flask import request
from wtforms import SelectField

from core.forms import Form, language_choices, line_field, required, text_field
from core.i18n import lazy
from petitions.domain.updates import TEXT_MOST, TITLE_MOST, WHY_MOST
from petitions.services.updates import UpdateDraft
from petitions.web.forms.moderation import NoteReasonForm
from petitions.web.forms.writing import version_field


class UpdateForm(Form):
    """An update; the button says whether it is looked at first, changed again, or sent."""

    title = line_field(
        lazy("What is new? Say it in one sentence."),
        required(lazy("Say in one sentence what is new.")),
        max_length=TITLE_MOST,
    )
    text = text_field(
        lazy("Your words"), required(lazy("Write what you want to tell.")), max_length=TEXT_MOST
    )
    language = SelectField(lazy("Language of the text"), choices=language_choices())

    @property
    def action(self) -> str:
        """Which button was pressed: look, back or send."""
        return request.form.get("action", "look")

    def draft(self) -> UpdateDraft:
        """What the use case takes."""
        return UpdateDraft(self.title.data or "", self.text.data or "", self.language.data)


class CorrectionForm(UpdateForm):
    """The same for words that are out already: readers are told what was changed."""

    why = line_field(
        lazy("What did you change, and why?"),
        required(
            lazy("Say in one sentence what you changed and why. Readers see it beside the new version.")
        ),
        max_length=WHY_MOST,
    )

    def draft(self) -> UpdateDraft:
        """What the use case takes."""
        return UpdateDraft(
            self.title.data or "", self.text.data or "", self.language.data, self.why.data or ""
        )


class LookedAtForm(Form):
    """The button of a moderator who has read an update and leaves it as it is."""

    version = version_field()


class UpdateReasonForm(NoteReasonForm):
    """Why an update is taken down or shown again, and which version of it was read."""

    version = version_field()
