"""Forms of the appeal: the author's words, and the second moderator's decision."""

from flask import request
from wtforms import RadioField

from core.forms import Form, required, text_field
from core.i18n import lazy
from petitions.domain.moderation import REASON_MOST
from petitions.models.appeals import AppealOutcome
from petitions.web.forms.writing import version_field

OUTCOMES = {
    AppealOutcome.UPHELD: (
        lazy("Let the refusal stand"),
        lazy("The petition stays refused. There is no second appeal."),
    ),
    AppealOutcome.RESTORED: (
        lazy("Open the petition"),
        lazy("It can be signed at once, its threshold is fixed today, and it has its whole time from today."),
    ),
}


class AppealForm(Form):
    """Why the author thinks that the refusal is wrong."""

    text = text_field(
        lazy("Why is the refusal wrong?"),
        required(lazy("Write why the refusal is wrong.")),
        max_length=REASON_MOST,
    )
    version = version_field()


class OutcomeForm(Form):
    """What the second moderator decides, and why; the button says whether it is only looked at."""

    outcome = RadioField(lazy("Decision"), [required(lazy("Choose what you decide."))])
    reason = text_field(lazy("Reasons"), max_length=REASON_MOST)
    version = version_field()

    def prepare(self) -> "OutcomeForm":
        """Offer the two outcomes."""
        self.outcome.choices = [
            (outcome.value, name, {"hint": hint}) for outcome, (name, hint) in OUTCOMES.items()
        ]
        return self

    @property
    def action(self) -> str:
        """Which button was pressed: look, back or decide."""
        return request.form.get("action", "look")

    def decision(self) -> tuple[AppealOutcome, str]:
        """What the use case takes."""
        return AppealOutcome(self.outcome.data), self.reason.data or ""
