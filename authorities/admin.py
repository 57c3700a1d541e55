"""Admin pages of the register: choose a file, see what it would change, confirm."""

import zlib
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField

from authorities import refusals, words
from authorities.faults import Fault
from authorities.imports import AREAS, AUTHORITIES, Table, import_table
from core.access import acting, needs
from core.forms import Form, refusals_on
from core.i18n import lazy, ngettext, url
from core.refusal import Refusal
from core.refusals import refusal_text, register_refusals
from core.web import page
from core.work import Work, reading, work

IMPORT = "register:import"
SHOWN = 50
TABLES: Mapping[str, Table] = {table.name: table for table in (AREAS, AUTHORITIES)}
DIGEST = 32
bp = Blueprint("register", __name__, url_prefix="/admin")
register_refusals(refusals.WORDS)


class UploadForm(Form):
    """The file that is to be imported."""

    file = FileField(lazy("CSV file"), [FileRequired(lazy("Please choose a CSV file."))])


class ConfirmForm(Form):
    """The file again, sealed together with the digest of the plan that was shown."""

    sealed = HiddenField()


@bp.route("/<any(areas,authorities):name>", methods=["GET", "POST"])
@needs(IMPORT)
def upload(name: str) -> Response:
    """Choose a file; a good one leads to its preview, a faulty one to the list of its faults."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _upload_page(name, form)
    return _preview(name, form.file.data.read(), ConfirmForm(formdata=None), form)


@bp.post("/<any(areas,authorities):name>/confirm")
@needs(IMPORT)
def confirm(name: str) -> Response:
    """Import what the preview showed; if the register is another one by now, show the preview anew."""
    form = ConfirmForm()
    with reading(acting()) as w:
        opened = _open(w, name, form.sealed.data or "")
    valid = form.validate_on_submit()
    if opened is None:
        return _lost(name, stale=form.stale)
    source, digest = opened
    changes = 0
    if valid:
        with refusals_on(form), work(acting()) as w:
            changes = import_table(w, TABLES[name], source, digest)
    if form.errors or form.form_errors:
        return _preview(name, source, form, UploadForm(formdata=None))
    return redirect(url("register.upload", name=name, changes=changes), 303)  # type: ignore[return-value]


def _preview(name: str, source: bytes, confirmed: Form, chosen: UploadForm) -> Response:
    table = TABLES[name]
    with reading(acting()) as w:
        rows, faults = table.read(w, source)
        if faults:
            return _upload_page(name, chosen, faults)
        diff = table.plan(w, rows)
        confirmed.sealed.data = _seal(w, name, source, diff.digest)
    facts: dict[str, Any] = {"name": name, "diff": diff, "words": words, "shown": SHOWN}
    return page(f"authorities/preview_{name}.html", form=confirmed, **facts)


def _upload_page(name: str, form: UploadForm, faults: tuple[Fault, ...] = ()) -> Response:
    if faults:
        n = len(faults)
        message = ngettext("The file has %(n)s fault.", "The file has %(n)s faults.", n, n=n)
        form.file.errors = [*form.file.errors, message]
    facts: dict[str, Any] = {
        "name": name,
        "faults": faults[:SHOWN],
        "all_faults": len(faults),
        "words": words,
    }
    return page("authorities/upload.html", form=form, done=request.args.get("changes", type=int), **facts)


def _lost(name: str, *, stale: bool) -> Response:
    form = UploadForm(formdata=None)
    form.file.errors = [refusal_text(Refusal("import-preview-lost"))]
    response = _upload_page(name, form)
    if stale:
        response.status_code = 400
    return response


def _purpose(w: Work, name: str) -> str:
    return f"{IMPORT}|{name}|{w.actor.account_id}"


def _seal(w: Work, name: str, source: bytes, digest: str) -> str:
    # The file travels through the reader's hands: compressed to fit, sealed so that it comes back unchanged.
    return w.keys.seal_token(_purpose(w, name), digest.encode() + zlib.compress(source, 9))


def _open(w: Work, name: str, sealed: str) -> tuple[bytes, str] | None:
    payload = w.keys.open_token(_purpose(w, name), sealed)
    if payload is None:
        return None
    return zlib.decompress(payload[DIGEST:]), payload[:DIGEST].decode()
