"""Forms of the work at the desk: hand, note, check, question, discussion, minutes, report; and the author's reply."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask import request
from wtforms import Field, SelectField
from wtforms.validators import Optional, ValidationError

from core.forms import Form, language_choices, line_field, required, text_field
from core.i18n import _, lazy
from petitions.queries.casework import Colleague
from petitions.queries.discussions import DiscussionRow
from petitions.services.casework import LONGEST_NOTE
from petitions.services.discussions import MOST as LONGEST_MINUTES
from petitions.services.discussions import Invitation
from petitions.services.links import LONGEST_LINK
from petitions.services.questions import MOST, Question
from petitions.services.term_acts import Reason
from petitions.web.forms.desk import DayField
from petitions.web.forms.writing import version_field

NOBODY = "0"
HOUR = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
LONGEST_LINE = 300
LONGEST_REASON = 2_000


def is_hour(_form: Form, field: Field) -> None:
    """Refuse what is no hour of the day."""
    if not HOUR.fullmatch(field.data or ""):
        raise ValidationError(_("Enter the hour in figures, for example 15:30."))


class AssignForm(Form):
    """Who has the case in hand."""

    assignee = SelectField(lazy("Officer"))

    def offer(self, colleagues: Sequence[Colleague]) -> "AssignForm":
        """Nobody, then the officers of the body."""
        named = [(str(who.id), who.name) for who in colleagues]
        self.assignee.choices = [(NOBODY, lazy("Nobody yet")), *named]
        return self

    def chosen(self) -> int | None:
        """The account, or None for nobody."""
        return None if self.assignee.data == NOBODY else int(self.assignee.data)


class NoteForm(Form):
    """An internal note."""

    note = text_field(lazy("Note"), required(lazy("Write the note first.")), max_length=LONGEST_NOTE)


class DraftForm(Form):
    """A step of a draft: the button says which."""

    remark = text_field(lazy("What should be changed?"), Optional(), max_length=LONGEST_NOTE)
    version = version_field()

    @property
    def action(self) -> str:
        """Which button was pressed."""
        return request.form.get("action", "")


class QuestionForm(Form):
    """A question to the author."""

    text = text_field(lazy("Question"), required(lazy("Write the question.")), max_length=MOST)
    language = SelectField(lazy("Language of the text"))
    private_because = line_field(lazy("Why the question is not public"), Optional(), max_length=LONGEST_LINE)
    version = version_field()

    def question(self) -> Question:
        """What the use case takes."""
        return Question(self.text.data or "", self.language.data or "", self.private_because.data or "")


class ReplyToQuestionForm(Form):
    """The author's reply."""

    text = text_field(lazy("Your reply"), required(lazy("Write your reply first.")), max_length=MOST)


class DiscussionForm(Form):
    """An invitation to a public discussion."""

    day = DayField(lazy("Day"))
    hour = line_field(lazy("Hour"), required(lazy("Enter the hour.")), is_hour, max_length=5)
    place = line_field(lazy("Where it is held"), Optional(), max_length=LONGEST_LINE)
    link = line_field(lazy("Address on the web, to take part from afar"), Optional(), max_length=LONGEST_LINK)
    materials = text_field(lazy("Materials"), Optional(), max_length=MOST)
    language = SelectField(lazy("Language of the text"))
    version = version_field()

    def invitation(self, zone: ZoneInfo) -> Invitation:
        """What the use case takes; the hour is local."""
        found = HOUR.fullmatch(self.hour.data or "")
        hour = time(int(found[1]), int(found[2])) if found else time(0)
        starts_at = datetime.combine(self.day.day or date.min, hour, zone)
        texts = (field.data or "" for field in (self.place, self.link, self.materials, self.language))
        return Invitation(starts_at, *texts)


class MinutesForm(Form):
    """The record of a discussion; the minutes may follow later."""

    minutes = text_field(lazy("Minutes"), Optional(), max_length=LONGEST_MINUTES)
    version = version_field()


class MoveForm(DiscussionForm):
    """A discussion with another hour, place or address, and why."""

    reason = text_field(
        lazy("Why is it moved?"), required(lazy("Write the reason.")), max_length=LONGEST_REASON
    )

    def show(self, row: DiscussionRow, zone: ZoneInfo) -> None:
        """Fill in what was announced."""
        local = row.starts_at.astimezone(zone)
        self.day.show(local.date())
        self.hour.data = f"{local:%H:%M}"
        self.place.data, self.link.data, self.materials.data = row.place, row.link, row.materials
        self.language.data = row.language

    def why(self) -> Reason:
        """The public reason, in the language of the announcement."""
        return Reason(self.reason.data or "", self.language.data or "")


class CallOffForm(Form):
    """Why a discussion does not take place."""

    reason = text_field(
        lazy("Why does it not take place?"), required(lazy("Write the reason.")), max_length=LONGEST_REASON
    )
    language = SelectField(lazy("Language of the text"))
    version = version_field()

    def why(self) -> Reason:
        """The public reason."""
        return Reason(self.reason.data or "", self.language.data or "")


class AmendForm(Form):
    """New minutes in the place of those that stand, and why."""

    minutes = text_field(lazy("Minutes"), required(lazy("Write the minutes.")), max_length=LONGEST_MINUTES)
    reason = line_field(
        lazy("What do you change, and why?"),
        required(lazy("Say what you change, and why: it stands beside the new version.")),
        max_length=LONGEST_LINE,
    )
    version = version_field()


class ReportForm(Form):
    """What became of a promise."""

    report = text_field(
        lazy("What became of the promise?"),
        required(lazy("Say what became of the promise.")),
        max_length=MOST,
    )
    evidence = line_field(lazy("Where this can be seen or read"), Optional(), max_length=LONGEST_LINK)


def offer_languages(form: QuestionForm | DiscussionForm | CallOffForm, languages: Sequence[str]) -> None:
    """The languages to choose from, the case's own first."""
    form.language.choices = language_choices(languages)
