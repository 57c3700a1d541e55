"""Forms: shape only. Every message is ours and translated; a stale token keeps what was typed."""

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.csrf import validate_csrf
from flask_wtf.file import FileField
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, SelectChoice, StringField, TextAreaField
from wtforms import ValidationError as WrongToken
from wtforms.validators import InputRequired, Length, ValidationError

from core.i18n import LANGUAGES, _, lazy
from core.refusal import Refusal
from core.refusals import refusal_text

# WTForms has no Kazakh: its own messages are said through our catalogues.
BUILT_IN = (
    lazy("Not a valid choice."),
    lazy("Invalid Choice: could not coerce."),
    lazy("Not a valid date value."),
    lazy("Not a valid integer value."),
    lazy("This field is required."),
)
STALE = lazy("This page was open for too long. Nothing is lost: check what you typed and send it once more.")


class _Translations:
    def gettext(self, text: str) -> str:
        return str(_(text))

    def ngettext(self, one: str, many: str, n: int) -> str:
        return str(_(one if n == 1 else many))


class Form(FlaskForm):
    """The base of all forms."""

    class Meta(FlaskForm.Meta):
        """Our own messages, whatever the language."""

        locales = ("en",)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What a form sent, never a JSON body, and files only for fields that take one.

            A field of text would take whatever is sent under its name for a text: a JSON body can be anything, and
            any part of a multipart body becomes a file by calling itself one.
            """
            given = formdata is None or isinstance(formdata, MultiDict)
            sent = None if not given and request.is_json else super().wrap_formdata(form, formdata)
            if not isinstance(sent, CombinedMultiDict):
                return sent
            taken = {field.name for field in form if isinstance(field, FileField)}
            files = [(name, file) for name, file in request.files.items(multi=True) if name in taken]
            return CombinedMultiDict([MultiDict(files), request.form])

        def get_translations(self, form: Any) -> _Translations:
            """WTForms' words come from our catalogues."""
            return _Translations()

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Whether the form was sent and its shape is right; a stale token is said in one sentence."""
        valid = bool(super().validate_on_submit(extra_validators))
        token = self._fields.get("csrf_token")
        if token is not None and token.errors:
            token.errors = [STALE]
        return valid

    @property
    def stale(self) -> bool:
        """Whether the form's token was missing, wrong or too old."""
        return "csrf_token" in self.errors

    @property
    def status(self) -> int:
        """The status of a page that shows this form: 200, 400 for a stale token, 422 for bad input."""
        if not self.errors and not self.form_errors:
            return 200
        return 400 if self.stale else 422

    def refuse(self, error: Refusal, message: str) -> None:
        """Put the words of a Refusal on the field it belongs to, or above the form."""
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]


class ButtonForm(Form):
    """A form with nothing but its button."""


def tidy(text: str | None) -> str | None:
    """One spelling of the same letters (Unicode NFC), line ends as one sign, no space at the ends."""
    if text is None:
        return None
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def one_line(text: str | None) -> str | None:
    """`tidy`, and runs of white space become one space."""
    tidied = tidy(text)
    return None if tidied is None else " ".join(part for part in tidied.split(" ") if part)


def no_controls(_form: Any, field: Field) -> None:
    """Refuse characters that are no text: controls, surrogates, unassigned ones, and text turned around."""
    allowed = "\n\t" if isinstance(field, TextAreaField) else ""
    if has_controls(field.data or "", allowed):
        raise ValidationError(_("This has a character that cannot be used here. Please type it anew."))


def has_controls(text: str, allowed: str = "") -> bool:
    """Whether a text has characters that are no text, beside the `allowed` ones."""
    if text.isascii() and text.isprintable():
        return False
    return any(
        unicodedata.category(sign) in {"Cc", "Cs", "Cn", "Co"} or "\u202a" <= sign <= "\u202e"
        for sign in text
        if sign not in allowed
    )


def is_own_form() -> bool:
    """Whether the request sends the token of a form that we gave to this browser, and not too long ago."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except WrongToken:
        return False
    return True


def required(message: Any) -> InputRequired:
    """The field must be filled in; `message` says what is missing."""
    return InputRequired(message=message)


def at_most(n: int) -> Length:
    """At most `n` characters."""
    return Length(max=n, message=lazy("This is too long: at most %(max)d characters fit."))


def line_field(label: Any, *validators: Any, max_length: int = 200, **options: Any) -> StringField:
    """A field of one line."""
    checks = [*validators, at_most(max_length), no_controls]
    return StringField(label, checks, filters=[one_line], **options)


def text_field(label: Any, *validators: Any, max_length: int = 20_000, **options: Any) -> TextAreaField:
    """A field of several lines."""
    checks = [*validators, at_most(max_length), no_controls]
    return TextAreaField(label, checks, filters=[tidy], **options)


@contextmanager
def refusals_on(form: Form) -> Iterator[None]:
    """Catch a Refusal of the use case and say it on the form; put outside `work`, which must roll back."""
    try:
        yield
    except Refusal as error:
        form.refuse(error, refusal_text(error))


def language_choices(codes: Iterable[str] = LANGUAGES) -> list[SelectChoice]:
    """Languages to choose from, each by its own name and spoken as that language."""
    return [SelectChoice(code, LANGUAGES[code], {"lang": code}) for code in codes if code in LANGUAGES]
