"""What the controller writes down: orders of state bodies, and breaches with the clock of one working day."""

from datetime import date, datetime, time

from auth.permissions import Permission, demand
from core.audit import record
from core.refusal import Refusal
from core.work import Work
from petitions.domain.calendar import due
from petitions.domain.rulebook import Span, Unit
from petitions.models.privacy import Breach, DataOrder
from petitions.queries import rules
from petitions.queries.handover import BodyKind, Outcome

# PDL 25(2)(8): the competent body is told within one working day.
TO_TELL = Span(1, Unit.WORKING_DAYS)


def record_order(w: Work, received_on: date, kind: BodyKind, outcome: Outcome) -> None:
    """Write down an order; the page “What we could hand over” counts it at once.

    Refusals: `not-allowed`; `order-in-the-future` on `received_on`.
    """
    demand(w.actor, Permission.NOTICE_PUBLISH)
    if received_on > w.today:
        raise Refusal("order-in-the-future", field="received_on")
    row = DataOrder(
        received_on=received_on,
        body_kind=kind.value,
        outcome=outcome.value,
        recorded_at=w.now,
        recorded_by=w.actor.account_id,
    )
    w.session.add(row)
    w.session.flush()
    record(w, "order:record", f"order:{row.id}", after={"kind": kind.value, "outcome": outcome.value})


def settle_order(w: Work, order_id: int, outcome: Outcome) -> None:
    """Write down what came of an order. Refusals: `not-allowed`, `not-found`."""
    demand(w.actor, Permission.NOTICE_PUBLISH)
    row = w.session.get(DataOrder, order_id)
    if row is None:
        raise Refusal("not-found")
    record(w, "order:settle", f"order:{row.id}", {"outcome": row.outcome}, {"outcome": outcome.value})
    row.outcome = outcome.value


def record_breach(w: Work, known_on: date, known_time: time, what: str) -> int:
    """Write down a breach; the clock runs from the moment when it was known. Returns its number.

    Refusals: `not-allowed`; `breach-in-the-future` on `known_on`.
    """
    demand(w.actor, Permission.NOTICE_PUBLISH)
    known_at = datetime.combine(known_on, known_time, w.kernel.zone)
    if known_at > w.now:
        raise Refusal("breach-in-the-future", field="known_on")
    row = Breach(
        known_at=known_at,
        due_on=_due(w, known_on),
        what=what,
        recorded_at=w.now,
        recorded_by=w.actor.account_id,
    )
    w.session.add(row)
    w.session.flush()
    record(w, "breach:record", f"breach:{row.id}", after={"due_on": row.due_on.isoformat()})
    return row.id


def mark_told(w: Work, breach_id: int, whom: str) -> None:
    """Write down that the `regulator` or the `people` were told, now; the first time stands.

    Refusals: `not-allowed`, `breach-unknown`, `action-unknown`.
    """
    demand(w.actor, Permission.NOTICE_PUBLISH)
    row = w.session.get(Breach, breach_id)
    if row is None:
        raise Refusal("breach-unknown")
    if whom == "regulator":
        row.regulator_told_at = row.regulator_told_at or w.now
    elif whom == "people":
        row.people_told_at = row.people_told_at or w.now
    else:
        raise Refusal("action-unknown")
    record(w, f"breach:told-{whom}", f"breach:{row.id}")


def _due(w: Work, known_on: date) -> date:
    calendar = rules.calendar(rules.instance_rulebook(w).rulebook)
    day = due(known_on, TO_TELL, calendar).due
    return day or known_on
