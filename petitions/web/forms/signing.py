"""The forms of signing and of managing a signature: shape only, with the law's own words where it refuses."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import request
from wtforms import BooleanField, Field, SelectField, StringField
from wtforms.validators import ValidationError

from auth.mailbox import canonical_mailbox, check_mailbox
from auth.names import check_signer_name
from core.forms import Form, has_controls, is_own_form, line_field, one_line, required
from core.i18n import _, lazy
from core.refusal import Refusal
from core.refusals import refusal_text
from petitions.services.signing import Signer

Choices = Mapping[str, list[tuple[str, str]]]
LONGEST_NAME = 120
LONGEST_EMAIL = 254
YES = "y"


class Tick(BooleanField):
    """A box that is ticked by its own value alone: no other word counts as a yes."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Ticked or not."""
        self.data = YES in valuelist


def agrees_with(*checks: Callable[[str], object]) -> Callable[[Any, Field], None]:
    """A validator out of the functions that the use case itself asks, so that all faults are told at once."""

    def validate(_form: Any, field: Field) -> None:
        try:
            for check in checks:
                check(field.data or "")
        except Refusal as refusal:
            raise ValidationError(refusal_text(refusal)) from refusal

    return validate


def one_of_the_list(_form: Any, field: SelectField) -> None:
    """The place must be one that can be chosen."""
    if not any(
        field.data == value for group in (field.choices or {}).values() for value, _name in group if value
    ):
        raise ValidationError(_("Choose the place where you live from the list."))


def ticked(_form: Any, field: Tick) -> None:
    """Without consent there is no signature."""
    if not field.data:
        raise ValidationError(
            _("Tick the box if you agree. Without your consent we cannot take your signature.")
        )


def name_field() -> StringField:
    """A full name, checked as the use case does."""
    empty = required(lazy("Write your full name."))
    return line_field(lazy("Full name"), empty, agrees_with(check_signer_name), max_length=LONGEST_NAME)


def area_field() -> SelectField:
    """A place out of the register."""
    return SelectField(lazy("Where you live"), [one_of_the_list], validate_choice=False)


class PlacedForm(Form):
    """A form with a place to choose."""

    def __init__(self, places: Choices, **options: Any) -> None:
        super().__init__(**options)
        grouped = {group: places[group] for group in places if group}
        self.area.choices = {"": [("", _("Choose a place")), *places.get("", [])], **grouped}


class SignForm(PlacedForm):
    """Five fields: who, where mail reaches them, where they live, consent, and news if they want them."""

    full_name = name_field()
    email = line_field(
        lazy("E-mail address"),
        required(lazy("Write your e-mail address.")),
        agrees_with(check_mailbox, canonical_mailbox),
        max_length=LONGEST_EMAIL,
    )
    area = area_field()
    consent = Tick(lazy("I have read the notice and agree"), [ticked])
    updates = Tick(lazy("Write to me when there is news, such as the answer"))

    def signer(self, language: str) -> Signer:
        """What was written, for the use case."""
        return Signer(
            self.full_name.data or "",
            self.email.data or "",
            self.area.data or "",
            self.updates.data,
            language,
        )


def quick_entry(language: str) -> Signer | None:
    """What a form without a fault says, read by the same rules without building the form; None for any other.

    Building the form costs more than storing the signature, and it is needed only to say what is wrong.
    """
    sent = request.form
    area = sent.get("area", "")
    name, email = (one_line(sent.get(field)) or "" for field in ("full_name", "email"))
    short = 0 < len(name) <= LONGEST_NAME and 0 < len(email) <= LONGEST_EMAIL
    if (
        not short
        or has_controls(name + email + area)
        or YES not in sent.getlist("consent")
        or not is_own_form()
    ):
        return None
    try:
        check_mailbox(email)
    except Refusal:
        return None
    return Signer(name, email, area, YES in sent.getlist("updates"), language)


class CorrectForm(PlacedForm):
    """Corrects a signature; the link in its address is the permission, so it has no other token."""

    class Meta(Form.Meta):
        """No token of a session: there is none."""

        csrf = False

    full_name = name_field()
    area = area_field()
