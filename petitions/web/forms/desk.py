"""Forms of officers: registration, answer, corrected answer, ordinary reply."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import Form as PlainForm
from wtforms import FormField, RadioField, SelectField, StringField

from core.forms import Form, line_field, one_line, required, text_field
from core.i18n import LANGUAGES, _, lazy
from petitions.domain.texts import TEXT_MOST
from petitions.queries.answers import OUTCOMES
from petitions.services.answering import AnswerDraft
from petitions.web.forms.writing import version_field

LONGEST_CORRECTION = 500
LONGEST_PART = 4


class _Parts(PlainForm):
    """Day, month and year as they are typed."""

    day = StringField(lazy("Day"), filters=[one_line])
    month = StringField(lazy("Month"), filters=[one_line])
    year = StringField(lazy("Year"), filters=[one_line])


class DayField(FormField):
    """A date in three boxes with one message for all of them."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(_Parts, label, **options)
        # The macros know a field of several parts by this word.
        self.type = "FormField"
        self._errors: Sequence[Any] = ()

    @property
    def errors(self) -> Sequence[Any]:
        """The messages for the date as a whole."""
        return self._errors

    @errors.setter
    def errors(self, messages: Sequence[Any]) -> None:
        self._errors = messages

    @property
    def day(self) -> date | None:
        """The date, or None where the three boxes are none."""
        parts = [self.form[name].data or "" for name in ("year", "month", "day")]
        if not all(part.isascii() and part.isdigit() and len(part) <= LONGEST_PART for part in parts):
            return None
        try:
            return date(*(int(part) for part in parts))
        except ValueError:
            return None

    def show(self, day: date) -> None:
        """Fill the boxes in."""
        self.form.process(data={"day": str(day.day), "month": str(day.month), "year": str(day.year)})

    def validate(self, form: Any, extra_validators: Sequence[Any] = ()) -> bool:
        """Whether the boxes hold a date."""
        self.errors = () if self.day else (_("Enter a date: day, month and year, for example 27 3 2026."),)
        return not self.errors


class RegisterForm(Form):
    """The number and the day of the registration."""

    number = line_field(
        lazy("Registration number"),
        required(lazy("Enter the number under which you registered it.")),
        max_length=80,
    )
    registered_on = DayField(lazy("Day of the registration"))
    version = version_field()


class ReplyForm(Form):
    """Reasons, day and language of an ordinary reply."""

    text = text_field(lazy("The reply"), required(lazy("Write the reply.")), max_length=TEXT_MOST)
    decided_on = DayField(lazy("Day of the reply"))
    language = SelectField(lazy("Language of the text"))
    version = version_field()

    def prepare(self, languages: Sequence[str], _outcomes: Sequence[str]) -> "ReplyForm":
        """The languages to choose from, the case's own first."""
        self.language.choices = [(code, LANGUAGES[code]) for code in languages if code in LANGUAGES]
        return self

    def draft(self) -> AnswerDraft:
        """What the use case takes."""
        return AnswerDraft(self.text.data or "", self.decided_on.day or date.min, self.language.data or "")


class AnswerForm(ReplyForm):
    """An answer: the outcome first, then its reasons."""

    outcome = RadioField(lazy("Outcome"), [required(lazy("Choose the outcome."))])
    text = text_field(lazy("Reasons"), required(lazy("Write the reasons.")), max_length=TEXT_MOST)
    decided_on = DayField(lazy("Day of the decision"))

    def prepare(self, languages: Sequence[str], outcomes: Sequence[str]) -> "AnswerForm":
        """The languages, and the outcomes that the rulebook knows."""
        super().prepare(languages, outcomes)
        self.outcome.choices = [(code, OUTCOMES.get(code, code.replace("_", " "))) for code in outcomes]
        return self

    def draft(self) -> AnswerDraft:
        """What the use case takes."""
        plain = super().draft()
        return AnswerDraft(plain.text, plain.decided_on, plain.language, outcome=self.outcome.data)


class CorrectForm(AnswerForm):
    """A corrected answer with the reason for it."""

    correction = line_field(
        lazy("What do you correct, and why?"),
        required(lazy("Say what you correct, and why: it stands beside the new version.")),
        max_length=LONGEST_CORRECTION,
    )

    def draft(self) -> AnswerDraft:
        """What the use case takes."""
        answer = super().draft()
        correction = self.correction.data or ""
        return AnswerDraft(answer.text, answer.decided_on, answer.language, answer.outcome, correction)


def hidden_values(form: Form) -> Mapping[str, str]:
    """Every value of a form by the name it is sent under, so that a preview can send it once more."""
    values: dict[str, str] = {}
    for field in form:
        if field.type == "FormField":
            values |= {part.name: part.data or "" for part in field.form}
        elif field.name != "csrf_token":
            values[field.name] = "" if field.data is None else str(field.data)
    return values
