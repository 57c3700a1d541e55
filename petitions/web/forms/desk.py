"""Forms of officers: registration, answer, corrected answer, ordinary reply."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from wtforms import Form as PlainForm
from wtforms import FormField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Optional

from core.forms import Form, language_choices, line_field, one_line, required, text_field
from core.i18n import _, lazy
from petitions.domain.texts import TEXT_MOST
from petitions.queries.answers import OUTCOMES, AnswerView
from petitions.queries.casework import WorkRow
from petitions.services.answering import Act, AnswerDraft
from petitions.services.links import LONGEST_LINK
from petitions.services.promises import Promise
from petitions.web.forms.writing import version_field

LONGEST_CORRECTION = 500
LONGEST_PART = 4


def _title(label: Any) -> StringField:
    return line_field(label, Optional(), max_length=300)


def _link(label: Any) -> StringField:
    return line_field(label, Optional(), max_length=LONGEST_LINK)


class _Parts(PlainForm):
    """Day, month and year as they are typed."""

    day = StringField(lazy("Day"), filters=[one_line])
    month = StringField(lazy("Month"), filters=[one_line])
    year = StringField(lazy("Year"), filters=[one_line])


class DayField(FormField):
    """A date in three boxes with one message for all of them."""

    def __init__(self, label: Any, *, optional: bool = False, **options: Any) -> None:
        super().__init__(_Parts, label, **options)
        self.optional = optional
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

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not any(self.form[name].data for name in ("year", "month", "day"))

    def validate(self, form: Any, extra_validators: Sequence[Any] = ()) -> bool:
        """Whether the boxes hold a date, or nothing where nothing is needed."""
        good = self.day is not None or (self.optional and self.is_empty)
        self.errors = () if good else (_("Enter a date: day, month and year, for example 27 3 2026."),)
        return good


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
        self.language.choices = language_choices(languages)
        return self

    def draft(self) -> AnswerDraft:
        """What the use case takes."""
        return AnswerDraft(self.text.data or "", self.decided_on.day or date.min, self.language.data or "")

    def show(self, kept: WorkRow) -> None:
        """Fill in what a draft holds."""
        self.text.data, self.language.data = kept.text, kept.language
        self.decided_on.show(kept.decided_on)


class AnswerForm(ReplyForm):
    """An answer: the outcome first, then its reasons."""

    outcome = RadioField(lazy("Outcome"), [required(lazy("Choose the outcome."))])
    text = text_field(lazy("Reasons"), required(lazy("Write the reasons.")), max_length=TEXT_MOST)
    decided_on = DayField(lazy("Day of the decision"))
    act1_title = _title(lazy("First act: title and article"))
    act1_link = _link(lazy("First act: where it can be read"))
    act2_title = _title(lazy("Second act: title and article"))
    act2_link = _link(lazy("Second act: where it can be read"))
    act3_title = _title(lazy("Third act: title and article"))
    act3_link = _link(lazy("Third act: where it can be read"))
    promise1_text = _title(lazy("First promise: what will be done"))
    promise1_due = DayField(lazy("First promise: day on which it is checked (optional)"), optional=True)
    promise2_text = _title(lazy("Second promise: what will be done"))
    promise2_due = DayField(lazy("Second promise: day on which it is checked (optional)"), optional=True)
    others = SelectMultipleField(
        lazy("Petitions that get the same answer"), [Optional()], coerce=int, choices=[]
    )

    def offer(self, others: Sequence[tuple[int, str]]) -> "AnswerForm":
        """The other petitions that can be answered together with this one."""
        self.others.choices = list(others)
        return self

    def acts(self) -> tuple[Act, ...]:
        """The cited acts; one without a title keeps its place, so that the use case can say so."""
        pairs = [(self[f"act{n}_title"].data or "", self[f"act{n}_link"].data or "") for n in (1, 2, 3)]
        while pairs and not any(pairs[-1]):
            pairs.pop()
        return tuple(Act(title, link) for title, link in pairs)

    def promises(self) -> tuple[Promise, ...]:
        """The promises; a missing day is said at its field."""
        given = [(self[f"promise{n}_text"].data or "", self[f"promise{n}_due"]) for n in (1, 2)]
        while given and not given[-1][0] and given[-1][1].is_empty:
            given.pop()
        return tuple(Promise(text, field.day or date.min) for text, field in given)

    def show(self, kept: WorkRow) -> None:
        """Fill in what a draft holds."""
        self.outcome.data, self.text.data, self.language.data = kept.outcome, kept.text, kept.language
        self.decided_on.show(kept.decided_on)
        self.others.data = list(kept.others)
        for n, act in enumerate(kept.acts, start=1):
            self[f"act{n}_title"].data, self[f"act{n}_link"].data = act["title"], act["link"]
        for n, promise in enumerate(kept.promises, start=1):
            self[f"promise{n}_text"].data = promise["text"]
            self[f"promise{n}_due"].show(date.fromisoformat(promise["due_on"]))

    def prepare(self, languages: Sequence[str], outcomes: Sequence[str]) -> "AnswerForm":
        """The languages, and the outcomes that the rulebook knows."""
        super().prepare(languages, outcomes)
        self.outcome.choices = [(code, OUTCOMES.get(code, code.replace("_", " "))) for code in outcomes]
        return self

    def draft(self) -> AnswerDraft:
        """What the use case takes."""
        plain = super().draft()
        return replace(
            plain,
            outcome=self.outcome.data,
            acts=self.acts(),
            promises=self.promises(),
            others=tuple(self.others.data or ()),
        )


class CorrectForm(AnswerForm):
    """A corrected answer with the reason for it."""

    correction = line_field(
        lazy("What do you correct, and why?"),
        required(lazy("Say what you correct, and why: it stands beside the new version.")),
        max_length=LONGEST_CORRECTION,
    )

    def draft(self) -> AnswerDraft:
        """What the use case takes."""
        return replace(super().draft(), correction=self.correction.data or "")

    def show(self, kept: WorkRow) -> None:
        """Fill in what a draft holds."""
        super().show(kept)
        self.correction.data = kept.correction

    def show_published(self, answer: AnswerView) -> None:
        """Fill in the answer that stands, to begin from it."""
        self.outcome.data, self.text.data, self.language.data = answer.outcome, answer.text, answer.language
        for n, act in enumerate(answer.acts, start=1):
            self[f"act{n}_title"].data, self[f"act{n}_link"].data = act["title"], act["link"]
