"""The controller's pages: requests of people about their data, and reads of contacts by two persons."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, redirect, stream_with_context
from werkzeug.wrappers import Response as Redirect
from wtforms import IntegerField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from auth.guards import current_actor
from auth.permissions import Permission
from auth.services.proposals import MOST_REASON
from core.access import needs
from core.forms import ButtonForm, Form, refusals_on, required, text_field
from core.i18n import lazy, url
from core.tables import csv_lines
from core.web import page
from core.work import reading, work
from petitions.models.data_requests import RequestState
from petitions.models.retention import ReadPurpose
from petitions.queries.controlling import breach
from petitions.queries.handover import READ_PURPOSE
from petitions.queries.retention import contact_reads
from petitions.services.data_requests import (
    MOST_ANSWER,
    answer_request,
    queue,
    queue_row,
    waiting_numbers,
)
from petitions.services.disclosure import (
    CAP,
    SINGLE,
    addresses,
    ask_to_export,
    ask_to_read,
    begin_export,
    leaves,
    read_contact,
)
from petitions.web.my_data import KINDS

bp = Blueprint("data_desk", __name__, url_prefix="/admin")
BOTH = ["GET", "POST"]
LARGEST = 2**63 - 1
View = Response | Redirect
NEEDED = Permission.DATA_REQUEST_HANDLE


class AnswerForm(Form):
    """Granted or not, and the words of the answer."""

    granted = RadioField(
        lazy("Decision"),
        [required(lazy("Choose the decision."))],
        choices=[SelectChoice("yes", lazy("Granted")), SelectChoice("no", lazy("Not granted"))],
    )
    text = text_field(lazy("Answer"), required(lazy("Write the answer.")), max_length=MOST_ANSWER)


def _reason() -> object:
    return text_field(lazy("Reason"), required(lazy("Write the reason.")), max_length=MOST_REASON)


class AskReadForm(Form):
    """Whose contact, what for, and why."""

    petition = IntegerField(
        lazy("Number of the petition"),
        [InputRequired(lazy("Write the number of the petition.")), NumberRange(min=1, max=2**53)],
    )
    signature = IntegerField(
        lazy("Number of the signature"),
        [InputRequired(lazy("Write the number of the signature.")), NumberRange(min=1, max=LARGEST)],
    )
    purpose = RadioField(
        lazy("What for"),
        [required(lazy("Choose what for."))],
        choices=[SelectChoice(one.value, READ_PURPOSE[one]) for one in SINGLE],
    )
    reason = _reason()


class AskFileForm(Form):
    """After a breach: the signers of which petition, or everybody."""

    petition = IntegerField(lazy("Number of the petition"), [Optional(), NumberRange(min=1, max=2**53)])
    reason = _reason()


@bp.get("/requests")
@needs(NEEDED)
def requests() -> View:
    """What waits, the most urgent first, and the latest answers."""
    with reading(current_actor()) as w:
        rows, (waiting, late) = queue(w), waiting_numbers(w)
    return page(
        "data_desk/requests.html", rows=rows, waiting=waiting, late=late, kinds=_kinds(), today=w.today
    )


@bp.route("/requests/<id:request_id>", methods=BOTH)
@needs(NEEDED)
def request(request_id: int) -> View:
    """One request, and its answer."""
    form = AnswerForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            answer_request(w, request_id, granted=form.granted.data == "yes", text=form.text.data or "")
        if not form.errors and not form.form_errors:
            return redirect(url(".requests", done="y"), 303)
    with reading(current_actor()) as w:
        row = queue_row(w, request_id)
    answerable = row.state is RequestState.WAITING and row.kind != "see"
    return page("data_desk/request.html", row=row, form=form, kinds=_kinds(), answerable=answerable)


@bp.get("/contact-reads")
@needs(NEEDED)
def reads() -> View:
    """Every read that two persons agreed to."""
    with reading(current_actor()) as w:
        rows, (times, n) = leaves(w), contact_reads(w)
    return page(
        "data_desk/reads.html", rows=rows, times=times, n=n, cap=CAP, words=_purposes(), form=ButtonForm()
    )


@bp.route("/contact-reads/ask", methods=BOTH)
@needs(NEEDED)
def ask_read() -> View:
    """Ask a second person for leave to read one address."""
    form = AskReadForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            purpose = ReadPurpose(form.purpose.data)
            ask_to_read(w, form.petition.data, form.signature.data, purpose, form.reason.data or "")
        if not form.errors and not form.form_errors:
            return redirect(url(".reads"), 303)
    return page("data_desk/ask_read.html", form=form, cap=CAP)


@bp.route("/breach/<id:breach_id>/contacts", methods=BOTH)
@needs(Permission.EXPORT_MASS)
def ask_file(breach_id: int) -> View:
    """Ask a second person for leave to take the addresses of those whom a breach touches, as a file."""
    with reading(current_actor()) as w:
        row = breach(w, breach_id)
    form = AskFileForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            ask_to_export(w, breach_id, form.petition.data, form.reason.data or "")
        if not form.errors and not form.form_errors:
            return redirect(url(".reads"), 303)
    return page("data_desk/ask_file.html", form=form, row=row)


@bp.post("/contact-reads/<id:read_id>/open")
@needs(NEEDED)
def open_read(read_id: int) -> View:
    """Show what was agreed to, once."""
    form = ButtonForm()
    if not form.validate_on_submit():
        return page("data_desk/open_read.html", form=form, read_id=read_id, is_file=False)
    with work(current_actor()) as w:
        opened = read_contact(w, read_id)
    return page("data_desk/opened.html", row=opened)


@bp.post("/contact-reads/<id:read_id>/file")
@needs(Permission.EXPORT_MASS)
def take_file(read_id: int) -> View:
    """Write the file of addresses into this answer and nowhere else, once."""
    form = ButtonForm()
    if not form.validate_on_submit():
        return page("data_desk/open_read.html", form=form, read_id=read_id, is_file=True)
    with work(current_actor()) as w:
        petition_id = begin_export(w, read_id)
    response = Response(stream_with_context(_lines(petition_id)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="addresses.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _lines(petition_id: int | None) -> Iterator[bytes]:
    """A line for each mailbox, made while it is sent: no file of it is ever on the server."""
    with reading(current_actor()) as w:
        yield from csv_lines(("email", "language"), addresses(w, petition_id))


def _purposes() -> dict[str, Any]:
    return {purpose.value: word for purpose, word in READ_PURPOSE.items()}


def _kinds() -> dict[str, Any]:
    return {kind.value: word for kind, (word, _hint) in KINDS.items()}
