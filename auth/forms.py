"""Forms of accounts: shape only; what a name, a mailbox or a password must be is said by the use cases."""

from collections.abc import Mapping

from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, Length, Optional

from auth.passwords import MOST
from auth.services.proposals import MOST_REASON
from core.forms import Form, language_choices, line_field, required, text_field
from core.i18n import lazy


def email_field() -> StringField:
    """A mailbox."""
    return line_field(lazy("E-mail address"), required(lazy("Write your e-mail address.")), max_length=254)


def secret_field(label: object, missing: object) -> PasswordField:
    """A password; never shown again."""
    long = lazy("This password is too long: at most %(max)d characters fit.")
    return PasswordField(label, [required(missing), Length(max=MOST, message=long)])


class RegisterForm(Form):
    """A new account: as little as it can be."""

    email = email_field()
    password = secret_field(lazy("Password"), lazy("Choose a password."))


class SignInForm(Form):
    """Mailbox and password, and where to go on to."""

    email = email_field()
    password = secret_field(lazy("Password"), lazy("Write your password."))
    next = HiddenField()


class ResetForm(Form):
    """Ask for a new password."""

    email = email_field()


class NewPasswordForm(Form):
    """Set a new password by a link, which is permission enough."""

    class Meta(Form.Meta):
        """The link is the token."""

        csrf = False

    password = secret_field(lazy("New password"), lazy("Choose a new password."))


class ConfirmForm(Form):
    """Nothing but a button, on a page whose address is the permission."""

    class Meta(Form.Meta):
        """The link is the token."""

        csrf = False


class ChosenForm(ConfirmForm):
    """Open an account with the password that was chosen for it."""

    password = secret_field(lazy("The password that you chose"), lazy("Write your password."))


class PasswordForm(Form):
    """Change one's password."""

    present = secret_field(lazy("Present password"), lazy("Write your present password."))
    password = secret_field(lazy("New password"), lazy("Choose a new password."))


def place_choices(groups: Mapping[str, list[tuple[str, str]]], none: str) -> list[SelectChoice]:
    """The areas of `authorities.queries.area_choices`, after a line that says none was chosen."""
    choices = [SelectChoice("", none)]
    for name, places in groups.items():
        choices += [SelectChoice(code, place, optgroup=name or None) for code, place in places]
    return choices


class DetailsForm(Form):
    """Name, place and language of one's own account."""

    full_name = line_field(lazy("Full name"), Optional())
    place = SelectField(lazy("Place of residence"), [Optional()])
    language = SelectField(
        lazy("Language of our mails to you"),
        choices=language_choices(),
    )


class AuthorForm(Form):
    """Become an author: who and where, and the consent to be named."""

    full_name = line_field(lazy("Full name"), required(lazy("Write your surname and first name.")))
    place = SelectField(lazy("Place of residence"), [required(lazy("Choose the place where you live."))])
    consent = BooleanField(
        lazy("I have read this page. My full name and place may stand beside my petitions, for all to see.")
    )
    next = HiddenField()


class SessionForm(Form):
    """Which of one's browsers to sign out."""

    key = HiddenField()


def code_field() -> StringField:
    """A one-time code or a recovery code."""
    return line_field(lazy("One-time code"), required(lazy("Write the code.")), max_length=40)


class CodeForm(Form):
    """The second step of signing in, and where to go on to."""

    code = code_field()
    next = HiddenField()


class ProofForm(Form):
    """Password and code once more, before the second factor is changed."""

    password = secret_field(lazy("Password"), lazy("Write your password."))
    code = code_field()


def reason_field() -> TextAreaField:
    """Why something is proposed; names and contacts do not belong into it."""
    return text_field(lazy("Reason"), required(lazy("Say why.")), max_length=MOST_REASON)


class ReasonForm(Form):
    """Propose something about an account."""

    reason = reason_field()


class RemovalForm(Form):
    """Propose to take a role away."""

    role = SelectField(lazy("Role"), [required(lazy("Choose a role."))])
    reason = reason_field()


class GrantForm(Form):
    """Propose a role for the owner of a mailbox."""

    email = email_field()
    role = RadioField(lazy("Role"), [required(lazy("Choose a role."))])
    body = SelectField(lazy("Authority"), [Optional()])
    head = BooleanField(lazy("Heads the authority here: may propose its officers"))
    reason = reason_field()


class OfficerForm(Form):
    """The head of an authority proposes an officer."""

    email = email_field()
    reason = reason_field()


class DecisionForm(Form):
    """Yes or no; the two buttons carry the answer."""

    decision = StringField(
        lazy("Decision"), [AnyOf(("yes", "no"), message=lazy("Choose one of the buttons."))]
    )


class InvitationForm(Form):
    """Take a role with a new account; the link is permission enough."""

    class Meta(Form.Meta):
        """The link is the token."""

        csrf = False

    full_name = line_field(lazy("Full name"), required(lazy("Write your surname and first name.")))
    password = secret_field(lazy("Password"), lazy("Choose a password."))


class CloseForm(Form):
    """Close one's account."""

    password = secret_field(lazy("Password"), lazy("Write your password."))
