"""Pages of the controller: orders of state bodies, and breaches with their clock."""

from datetime import date

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from auth.guards import current_actor
from auth.permissions import Permission
from core.access import needs
from core.forms import ButtonForm, refusals_on
from core.i18n import url
from core.switches import works_read_only
from core.web import page
from core.work import reading, work
from petitions.queries import controlling as query
from petitions.queries.handover import BodyKind, Outcome
from petitions.services import controlling
from petitions.web.forms.controlling import BreachForm, OrderForm, OutcomeForm

bp = Blueprint("controlling", __name__, url_prefix="/admin")
BOTH = ["GET", "POST"]
View = Response | Redirect


@bp.route("/orders", methods=BOTH)
@needs(Permission.NOTICE_PUBLISH)
def orders() -> View:
    """Every order that came, and a form for the next one."""
    form = OrderForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            kind, outcome = BodyKind(form.body_kind.data), Outcome(form.outcome.data)
            controlling.record_order(w, form.received_on.day or date.min, kind, outcome)
        if not form.errors:
            return redirect(url(".orders"), 303)
    with reading(current_actor()) as w:
        rows = query.orders(w)
    return page("admin/orders.html", form=form, rows=rows)


@bp.route("/orders/<id:order_id>", methods=BOTH)
@needs(Permission.NOTICE_PUBLISH)
def order(order_id: int) -> View:
    """What came of an order, once that is known."""
    with reading(current_actor()) as w:
        row = query.order(w, order_id)
    form = OutcomeForm(outcome=row.outcome.value)
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            controlling.settle_order(w, order_id, Outcome(form.outcome.data))
        if not form.errors:
            return redirect(url(".orders"), 303)
    return page("admin/order.html", form=form, row=row)


@bp.route("/breach", methods=BOTH)
@needs(Permission.NOTICE_PUBLISH)
@works_read_only
def breaches() -> View:
    """Every breach with its clock, and a form for a new one."""
    form = BreachForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            made = controlling.record_breach(
                w, form.known_on.day or date.min, form.clock(), form.what.data or ""
            )
        if not form.errors:
            return redirect(url(".breach", breach_id=made), 303)
    with reading(current_actor()) as w:
        rows = query.breaches(w)
    return page("admin/breaches.html", form=form, rows=rows)


@bp.get("/breach/<id:breach_id>")
@needs(Permission.NOTICE_PUBLISH)
def breach(breach_id: int) -> View:
    """One breach: its clock, what was done, and the letters in every language."""
    return _breach_page(breach_id, ButtonForm())


@bp.post("/breach/<id:breach_id>")
@needs(Permission.NOTICE_PUBLISH)
@works_read_only
def told(breach_id: int) -> View:
    """Write down that somebody was told."""
    form = ButtonForm()
    if form.validate_on_submit():
        with refusals_on(form), work(current_actor()) as w:
            controlling.mark_told(w, breach_id, request.form.get("whom", ""))
        if not form.errors and not form.form_errors:
            return redirect(url(".breach", breach_id=breach_id), 303)
    return _breach_page(breach_id, form)


def _breach_page(breach_id: int, form: ButtonForm) -> Response:
    with reading(current_actor()) as w:
        row = query.breach(w, breach_id)
        regulator, people = query.letters(w, row)
    return page("admin/breach.html", form=form, row=row, regulator=regulator, people=people)
