"""The stops of the clocks: the public register, and the staff's pages that propose, confirm and end them."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from authorities import queries as register
from core.access import needs, public
from core.forms import ButtonForm, refusals_on
from core.i18n import language, lazy, url
from core.refusal import Refusal
from core.web import page
from core.work import Work, reading, work
from petitions.domain.stops import STOPPABLE
from petitions.queries import stops as query
from petitions.services import stopping
from petitions.web.forms.stops import EndForm, StopForm
from petitions.web.reading_words import TERM_KINDS

BOTH = ["GET", "POST"]
View = Response | Redirect
bp = Blueprint("stops", __name__)

STATES: Mapping[str, tuple[Any, str]] = {
    "proposed": (lazy("Waits for a second person"), "warning"),
    "rejected": (lazy("Laid aside"), "muted"),
    "planned": (lazy("Begins later"), "neutral"),
    "open": (lazy("The clocks stand still"), "warning"),
    "ended": (lazy("Over"), "muted"),
}
ACTS: Mapping[str, Any] = {
    "propose": lazy("Proposed"),
    "confirm": lazy("Confirmed by a second person"),
    "reject": lazy("Laid aside"),
    "close": lazy("Ended"),
}
DONE: Mapping[str, Any] = {
    "propose": lazy("The stop is proposed. Another person has to confirm it; until then no date moves."),
    "confirm": lazy("The stop is in force. Every date that it touches was computed anew."),
    "reject": lazy("The stop was laid aside. No date has moved."),
    "close": lazy("The stop is over. The clocks run again, each with a new date."),
}
WORDS = {"states": STATES, "acts": ACTS, "kinds": TERM_KINDS}


@bp.get("/stops")
@public
def index() -> View:
    """Every stop that was in force, with its order, its areas and its history."""
    with reading() as w:
        rows = query.register(w)
    return page("stops/index.html", rows=rows, words=WORDS)


@bp.get("/admin/stops")
@needs(Permission.STOPS_DECIDE)
def admin() -> View:
    """All stops, those that wait for a second person first."""
    with reading(current_actor()) as w:
        rows = sorted(query.register(w, confirmed=False), key=lambda row: row.state != "proposed")
    return page("stops/admin.html", rows=rows, words=WORDS)


@bp.route("/admin/stops/new", methods=BOTH)
@needs(Permission.STOPS_DECIDE)
def new() -> View:
    """Propose a stop."""
    form = _form()
    if form.validate_on_submit():
        made = 0
        with refusals_on(form), work(current_actor()) as w:
            made = stopping.propose_stop(w, form.draft())
        if made:
            return redirect(url(".one", stop_id=made, done="propose"), 303)
    if request.method == "GET":
        form.kinds.data, form.language.data = [kind.value for kind in STOPPABLE], language()
    return page("stops/new.html", form=form)


@bp.get("/admin/stops/<id:stop_id>")
@needs(Permission.STOPS_DECIDE)
def one(stop_id: int) -> View:
    """One stop: what it says, what it would change, and what can be done about it."""
    return _one(stop_id, ButtonForm(), DONE.get(request.args.get("done", "")))


@bp.post("/admin/stops/<id:stop_id>/confirm")
@needs(Permission.STOPS_DECIDE)
def confirm(stop_id: int) -> View:
    """Put it into force."""
    form = ButtonForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            stopping.confirm_stop(w, stop_id)
        if not form.form_errors:
            return redirect(url(".one", stop_id=stop_id, done="confirm"), 303)
    return _one(stop_id, form)


@bp.post("/admin/stops/<id:stop_id>/reject")
@needs(Permission.STOPS_DECIDE)
def reject(stop_id: int) -> View:
    """Lay it aside."""
    form = ButtonForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            stopping.reject_stop(w, stop_id)
        if not form.form_errors:
            return redirect(url(".one", stop_id=stop_id, done="reject"), 303)
    return _one(stop_id, form)


@bp.route("/admin/stops/<id:stop_id>/end", methods=BOTH)
@needs(Permission.STOPS_DECIDE)
def end(stop_id: int) -> View:
    """End an open stop."""
    row, form = _row(stop_id), EndForm()
    if form.validate_on_submit() and form.last_day.day:
        with refusals_on(form), work(current_actor()) as w:
            stopping.close_stop(w, stop_id, form.last_day.day)
        if not form.errors and not form.form_errors:
            return redirect(url(".one", stop_id=stop_id, done="close"), 303)
    if request.method == "GET":
        with reading() as w:
            form.last_day.show(w.today)
    return page("stops/end.html", form=form, row=row, words=WORDS)


def _one(stop_id: int, form: ButtonForm, done: Any = None) -> Response:
    row, impact = _row(stop_id), None
    if row.state == "proposed":
        with reading(current_actor()) as w:
            impact = stopping.preview_stop(w, stop_id)
    own = row.proposed_by is not None and row.proposed_by == current_actor().account_id and _two_needed()
    return page("stops/one.html", form=form, row=row, impact=impact, own=own, done=done, words=WORDS)


def _two_needed() -> bool:
    with reading() as w:
        return w.settings.four_eyes != "off"


def _row(stop_id: int) -> query.StopRow:
    with reading(current_actor()) as w:
        row = query.stop_row(w, stop_id)
    if row is None:
        raise Refusal("not-found")
    return row


def _form() -> StopForm:
    with reading() as w:
        return StopForm().prepare(_wide(w), register.area_choices(w))


def _wide(w: Work) -> list[tuple[str, str]]:
    """The whole country, then its first-level areas."""
    places = register.first_level(w)
    root = register.area(w, places[0].parent or "") if places else None
    return [(row.code, row.name) for row in ([root] if root else []) + list(places)]
