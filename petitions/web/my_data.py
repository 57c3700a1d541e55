"""My data: a request over a whole mailbox, proved by a code; no page of it says what was found."""

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as Redirect
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from auth.mailbox import check_mailbox
from core.access import open_to_all, public
from core.forms import Form, line_field, refusals_on, required, text_field
from core.i18n import language, lazy, url
from core.limits import limiter
from core.refusal import Refusal
from core.web import page
from core.work import ANYONE, work
from petitions.models.data_requests import RequestKind
from petitions.services.data_requests import LONGEST_TEXT, ask, prove
from petitions.web.forms.signing import LONGEST_EMAIL, agrees_with

bp = Blueprint("my_data", __name__, url_prefix="/my-data")
BOTH = ["GET", "POST"]
View = Response | Redirect
PER_NETWORK = limiter.shared_limit("30 per minute", scope="my-data", methods=["POST"])

KINDS = {
    RequestKind.SEE: (
        lazy("See what is held with my mailbox"),
        lazy("The answer comes by mail, with a link to the private page of each signature. "
             "There you correct, withdraw and erase."),
    ),
    RequestKind.RESTRICT: (
        lazy("Have its use restricted"),
        lazy("While something is in doubt: no more mails, and the controller looks at it within one working day."),
    ),
    RequestKind.OBJECT: (
        lazy("Object to how it is used, or to what a machine decided"),
        lazy("A person looks at it and answers within three working days."),
    ),
}  # fmt: skip


def _mailbox_field() -> object:
    return line_field(
        lazy("E-mail address"),
        required(lazy("Write your e-mail address.")),
        agrees_with(check_mailbox),
        max_length=LONGEST_EMAIL,
    )


class AskForm(Form):
    """Whose data, and what is asked for."""

    email = _mailbox_field()
    kind = RadioField(lazy("What do you ask for?"), [required(lazy("Choose what you ask for."))])
    text = text_field(lazy("What should the controller know?"), Optional(), max_length=LONGEST_TEXT)

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.kind.choices = [SelectChoice(k.value, word, {"hint": hint}) for k, (word, hint) in KINDS.items()]


class CodeForm(Form):
    """The mailbox once more, so that nothing of it stays on the device between the two pages."""

    email = _mailbox_field()
    code = line_field(
        lazy("Code from the letter"), required(lazy("Write the code from the letter.")), max_length=20
    )


@bp.route("", methods=BOTH, endpoint="ask")
@open_to_all
@PER_NETWORK
def ask_page() -> View:
    """Ask; the answer is the same for every mailbox."""
    form = AskForm(data={"kind": RequestKind.SEE.value})
    if form.validate_on_submit():
        with refusals_on(form), work(ANYONE, shows=False) as w:
            ask(w, form.email.data or "", RequestKind(form.kind.data), form.text.data or "", language())
        if not form.errors:
            return redirect(url(".code"), 303)
    return page("my_data/ask.html", form=form)


@bp.route("/code", methods=BOTH)
@open_to_all
@PER_NETWORK
def code() -> View:
    """Prove the mailbox by the code of the letter."""
    form = CodeForm()
    if form.validate_on_submit():
        with refusals_on(form):
            _prove(form)
        if not form.errors:
            return redirect(url(".done"), 303)
    return page("my_data/code.html", form=form)


@bp.get("/done")
@public
def done() -> Response:
    """The same words for everybody: the answer comes by mail."""
    return page("my_data/done.html")


def _prove(form: CodeForm) -> None:
    with work(ANYONE, shows=False) as w:
        fits = prove(w, form.email.data or "", form.code.data or "")
    if not fits:
        # Outside the Work, which must keep the count of tries.
        raise Refusal("code-wrong", field="code")
