"""Forms of reports: a reader's report, and what a moderator does about it."""

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from core.forms import Form, required, text_field
from core.i18n import lazy
from petitions.domain.moderation import REASON_MOST
from petitions.models.reports import ReportReason
from petitions.services.reports import MOST
from petitions.web.forms.writing import version_field

REASONS = {
    ReportReason.PRIVATE_DATA: lazy("Private data of a person"),
    ReportReason.HATRED: lazy("Calls for violence or hatred"),
    ReportReason.DEFAMATION: lazy("A person is accused or insulted by name"),
    ReportReason.FALSE_NAME: lazy("The author is not the person who is named"),
    ReportReason.ADVERTISING: lazy("Advertising or spam"),
    ReportReason.CHILDREN: lazy("Harm to children"),
    ReportReason.OTHER: lazy("Something else"),
}


class ReportForm(Form):
    """What is wrong with a petition, and where."""

    reason = RadioField(
        lazy("What is wrong?"),
        [required(lazy("Choose what is wrong."))],
        choices=[SelectChoice(reason.value, words) for reason, words in REASONS.items()],
    )
    text = text_field(
        lazy("Where and why?"),
        required(lazy("Say where in the petition it stands, and why it is wrong.")),
        max_length=MOST,
    )


class LeaveForm(Form):
    """Why nothing is done about the reports of a petition."""

    reason = text_field(lazy("Reasons"), required(lazy("Write the reason.")), max_length=REASON_MOST)


class PutBackForm(Form):
    """Why a petition that was taken down is shown again."""

    reason = text_field(lazy("Reasons"), required(lazy("Write the reason.")), max_length=REASON_MOST)
    version = version_field()
