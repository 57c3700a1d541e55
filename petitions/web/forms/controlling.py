"""Forms of the controller: an order, what came of it, and a breach."""

from datetime import time

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from core.forms import Form, line_field, required, text_field
from core.i18n import lazy
from petitions.queries.handover import BODY_KIND, OUTCOME
from petitions.web.forms.desk import DayField

CLOCK = Regexp(r"^([01]?\d|2[0-3]):[0-5]\d$", message=lazy("Write the time like this: 14:30."))


class OrderForm(Form):
    """An order of a state body."""

    received_on = DayField(lazy("Day on which it came"))
    body_kind = SelectField(
        lazy("From"), choices=[SelectChoice(kind.value, said) for kind, said in BODY_KIND.items()]
    )
    outcome = SelectField(
        lazy("What came of it"), choices=[SelectChoice(one.value, said) for one, said in OUTCOME.items()]
    )


class OutcomeForm(Form):
    """What came of an order, later."""

    outcome = SelectField(
        lazy("What came of it"), choices=[SelectChoice(one.value, said) for one, said in OUTCOME.items()]
    )


class BreachForm(Form):
    """A breach, from the moment when it was known."""

    known_on = DayField(lazy("Day on which it became known"))
    known_time = line_field(lazy("Time"), required(lazy("Write the time.")), CLOCK, max_length=5)
    what = text_field(lazy("What has happened"), required(lazy("Say what has happened.")), max_length=2000)

    def clock(self) -> time:
        """The time of day."""
        hour, minute = (self.known_time.data or "0:00").split(":")
        return time(int(hour), int(minute))
