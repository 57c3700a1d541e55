"""Reports of readers: taken from anybody without a name, kept sealed, and handled by a moderator."""

from sqlalchemy import ColumnElement, select, update

from auth.permissions import Permission, demand
from core.audit import record
from core.limits import allowed
from core.refusal import Refusal
from core.switches import Switch, refuse_if
from core.work import Work
from petitions.domain.keeping import Kept
from petitions.domain.moderation import REASON_LEAST, REASON_MOST
from petitions.models.petition import Petition
from petitions.models.reports import Report, ReportOutcome, ReportReason
from petitions.queries.access import require_listed, require_moderator
from petitions.queries.reports import PURPOSE, place_of
from petitions.queries.updates import require_shown
from petitions.services.signing import new_id
from petitions.services.sweeps import number, over

LEAST, MOST = 10, 2_000
# One petition gets no more than this however many networks write; the rest is dropped, and nobody is told.
TO_ONE_PETITION = ("60 per hour", "300 per day")


def report_petition(
    w: Work, petition_id: int, reason: ReportReason, text: str, update: int | None = None
) -> None:
    """Take a report about what everybody can read; too many are dropped like the others are kept.

    `update` names the author's update that it is about. Refusals: `switched-off`, `not-found`, `gone`;
    `report-short` and `report-long` on `text`.
    """
    refuse_if(w, Switch.READ_ONLY)
    petition = require_listed(w.session.get(Petition, petition_id))
    if update is not None:
        require_shown(w, petition.id, update)
    words = text.strip()
    if len(words) < LEAST:
        raise Refusal("report-short", field="text", least=LEAST)
    if len(words) > MOST:
        raise Refusal("report-long", field="text", most=MOST)
    if not allowed(TO_ONE_PETITION, "reports", f"petition:{petition.id}"):
        return
    number_ = new_id(w.now)
    sealed = w.keys.seal_text(PURPOSE, words, place_of(number_))
    row = Report(id=number_, petition_id=petition.id, update_number=update, reason=reason, filed_at=w.now)
    row.text = sealed
    w.session.add(row)


def leave_as_it_is(w: Work, petition_id: int, answer: str) -> None:
    """Close the waiting reports of a petition without an act; why stands in the log of reports.

    Refusals: `switched-off`, `not-allowed`, `not-found` (also for one's own petition, and where none waits);
    `reason-missing` and `reason-long` on `reason`.
    """
    refuse_if(w, Switch.READ_ONLY)
    demand(w.actor, Permission.REPORT_HANDLE)
    petition = require_moderator(w, w.session.get(Petition, petition_id))
    words = answer.strip()
    if len(words) < REASON_LEAST:
        raise Refusal("reason-missing", field="reason", least=REASON_LEAST)
    if len(words) > REASON_MOST:
        raise Refusal("reason-long", field="reason", most=REASON_MOST)
    if not close_reports(w, petition.id, ReportOutcome.NO_ACTION, words):
        raise Refusal("not-found")


def close_reports(
    w: Work, petition_id: int, outcome: ReportOutcome, answer: str, *, update: int | None = None
) -> int:
    """Handle every waiting report of a petition in one way, with a line in the log; how many there were.

    With `update` only those about this update of its authors.
    """
    waiting = [Report.petition_id == petition_id, Report.handled_at.is_(None)]
    if update is not None:
        waiting.append(Report.update_number == update)
    rows = w.session.scalars(select(Report).where(*waiting)).all()
    for row in rows:
        row.outcome, row.answer, row.handled_at = outcome, answer, w.now
        row.account_id = w.actor.account_id
    if rows:
        before = {"reports": len(rows), "outcome": None}
        after = {"reports": len(rows), "outcome": outcome.value}
        record(w, f"report.{outcome.value}", f"petition:{petition_id}", before, after)
    return len(rows)


def due_reports(w: Work) -> int:
    """How many reports have words whose time is over."""
    return number(w, Report, *_over(w))


def forget_reports(w: Work, most: int) -> int:
    """Erase the words of reports whose time is over; reason, dates and outcome stay for the figures."""
    some = select(Report.id).where(*_over(w)).limit(most)
    emptied = update(Report).where(Report.id.in_(some)).values(text=None).returning(Report.id)
    return len(w.session.execute(emptied.execution_options(synchronize_session=False)).all())


def _over(w: Work) -> list[ColumnElement[bool]]:
    return [Report.text.is_not(None), over(Kept.REPORT, Report.filed_at, w.now)]
