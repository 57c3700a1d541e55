"""Forms about the clocks: proposing a stop, ending it, extending an answer, transferring a case."""

from collections.abc import Sequence
from datetime import date

from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from core.forms import Form, language_choices, line_field, required, text_field
from core.i18n import lazy
from petitions.domain.stops import STOPPABLE
from petitions.services.stopping import StopDraft
from petitions.services.term_acts import Reason
from petitions.web.forms.desk import DayField
from petitions.web.forms.writing import version_field
from petitions.web.reading_words import TERM_KINDS

LONGEST_REASON = 2_000
WHY = lazy("Reason, in words that everybody understands")


class StopForm(Form):
    """A stop as one person proposes it."""

    act = line_field(
        lazy("The order or act"), required(lazy("Name the order that stops the clocks.")), max_length=300
    )
    link = line_field(lazy("Where the order can be read (address)"), Optional(), max_length=500)
    order_date = DayField(lazy("Date of the order"))
    first_day = DayField(lazy("First stopped day"))
    last_day = DayField(lazy("Last stopped day, if it is known"), optional=True)
    areas = SelectMultipleField(lazy("Where"), choices=[])
    place = SelectField(lazy("A smaller area"), choices=[], default="")
    kinds = SelectMultipleField(
        lazy("Which clocks"), choices=[SelectChoice(kind.value, TERM_KINDS[kind]) for kind in STOPPABLE]
    )
    reason = text_field(WHY, required(lazy("Write the reason.")), max_length=LONGEST_REASON)
    language = SelectField(lazy("Language of the text"), choices=language_choices())
    is_outage = BooleanField(lazy("This platform or the network was out of order"))
    replay_day = DayField(
        lazy("Only for a replay of the past: the day on which it counts as recorded"), optional=True
    )

    def prepare(
        self, areas: Sequence[tuple[str, str]], places: dict[str, list[tuple[str, str]]]
    ) -> "StopForm":
        """The areas to choose from: the widest as boxes, all others in a list."""
        self.areas.choices = list(areas)
        smaller = {group: options for group, options in places.items() if group}
        self.place.choices = {"": [("", "—")], **smaller}
        return self

    def draft(self) -> StopDraft:
        """What the use case takes."""
        places = [*(self.areas.data or []), *([self.place.data] if self.place.data else [])]
        return StopDraft(
            first_day=self.first_day.day or date.min,
            last_day=self.last_day.day,
            order_date=self.order_date.day or date.min,
            act=self.act.data or "",
            link=self.link.data or "",
            reason=self.reason.data or "",
            language=self.language.data or "",
            areas=tuple(places),
            kinds=tuple(self.kinds.data or []),
            is_outage=bool(self.is_outage.data),
            replay_day=self.replay_day.day,
        )


class EndForm(Form):
    """The last day of an open stop."""

    last_day = DayField(lazy("Last stopped day"))


class ExtendForm(Form):
    """By how much, and why."""

    n = IntegerField(
        lazy("By how many days"),
        [
            InputRequired(lazy("Enter a number of days.")),
            NumberRange(1, 999, lazy("Enter a number of days.")),
        ],
    )
    reason = text_field(WHY, required(lazy("Write the reason.")), max_length=LONGEST_REASON)
    language = SelectField(lazy("Language of the text"), choices=language_choices())
    version = version_field()

    def why(self) -> Reason:
        """The public reason."""
        return Reason(self.reason.data or "", self.language.data or "")


class TransferForm(Form):
    """To whom, and why."""

    authority = SelectField(lazy("The competent authority"), choices=[])
    reason = text_field(WHY, required(lazy("Write the reason.")), max_length=LONGEST_REASON)
    language = SelectField(lazy("Language of the text"), choices=language_choices())
    version = version_field()

    def prepare(self, bodies: Sequence[tuple[str, str]]) -> "TransferForm":
        """The bodies to choose from."""
        self.authority.choices = [("", "—"), *bodies]
        return self

    def why(self) -> Reason:
        """The public reason."""
        return Reason(self.reason.data or "", self.language.data or "")


class NoteForm(Form):
    """A body's own word on its figures; an empty one takes the note away."""

    text = text_field(lazy("Your note"), Optional(), max_length=LONGEST_REASON)
    language = SelectField(lazy("Language of the text"), choices=language_choices())
