"""Reports of readers for moderators: by petition, the one that has waited longest first, with age bands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from core.refusal import Refusal
from core.work import Work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition
from petitions.models.reports import Report, ReportReason, Takedown
from petitions.queries.access import require_listed, require_moderator
from petitions.queries.coauthors import petitions_of
from petitions.queries.updates import Update, require_shown, updates_of

PURPOSE = "report"
BANDS = ("old", "waiting", "new")
# This platform's own measure: no rulebook gives reports a term.
NEW, WAITING = timedelta(days=1), timedelta(days=3)
RECENT = 20


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """A petition about which reports wait; `own` marks the reader's own, which somebody else handles."""

    petition: int
    title: str
    language: str
    state: State
    n: int
    oldest: datetime
    band: str
    own: bool


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report; `text` is None once its time is over. `update` names the author's update that it is about."""

    reason: ReportReason
    text: str | None
    filed_at: datetime
    update: int | None = None
    update_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReportedCase:
    """What a moderator reads before handling the reports of one petition."""

    id: int
    title: str
    language: str
    state: State
    reports: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class DownRow:
    """A petition that is taken down now, or was and is shown again."""

    petition: int
    title: str
    language: str
    at: datetime
    restored_at: datetime | None
    own: bool


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """What the form of a report shows of its petition, or of the author's update that is reported."""

    id: int
    title: str
    language: str
    update: Update | None = None


def sheet(w: Work, petition_id: int, update: int | None = None) -> ReportSheet:
    """The petition that a reader reports, or one of its updates. Refusals: `not-found`, `gone`."""
    row = require_listed(w.session.get(Petition, petition_id))
    shown = None if update is None else require_shown(w, row.id, update)
    return ReportSheet(row.id, row.title, row.language, shown)


def place_of(number: int) -> str:
    """The column that a report's words are bound to."""
    return f"reports|{number}|text"


def reported(w: Work) -> tuple[ReportedRow, ...]:
    """Every petition about which reports wait, the longest waiting first."""
    query = select(Report, Petition).join(Petition, Petition.id == Report.petition_id)
    rows = w.session.execute(query.where(Report.handled_at.is_(None)).order_by(Report.filed_at, Report.id))
    beside = petitions_of(w, w.actor.account_id)
    found: dict[int, tuple[Petition, list[Report]]] = {}
    for report, petition in rows:
        found.setdefault(petition.id, (petition, []))[1].append(report)
    return tuple(
        ReportedRow(
            petition=petition.id,
            title=petition.title,
            language=petition.language,
            state=petition.state,
            n=len(reports),
            oldest=reports[0].filed_at,
            band=_band(w.now - reports[0].filed_at),
            own=petition.author_id == w.actor.account_id or petition.id in beside,
        )
        for petition, reports in found.values()
    )


def reported_case(w: Work, petition_id: int) -> ReportedCase:
    """The waiting reports of a petition, the oldest first. Refusal `not-found`, also for one's own, and for none."""
    petition = require_moderator(w, w.session.get(Petition, petition_id))
    query = select(Report).where(Report.petition_id == petition_id, Report.handled_at.is_(None))
    rows = w.session.scalars(query.order_by(Report.filed_at, Report.id)).all()
    if not rows:
        raise Refusal("not-found")
    numbers = {update.number: update.id for update in updates_of(w, petition_id)}
    reports = tuple(
        ReportRow(
            row.reason, _words(w, row), row.filed_at, row.update_number, numbers.get(row.update_number or 0)
        )
        for row in rows
    )
    return ReportedCase(petition.id, petition.title, petition.language, petition.state, reports)


def takedowns(w: Work) -> tuple[DownRow, ...]:
    """The last takedowns, the newest first."""
    query = select(Takedown, Petition).join(Petition, Petition.id == Takedown.petition_id)
    rows = w.session.execute(query.order_by(Takedown.at.desc()).limit(RECENT))
    beside = petitions_of(w, w.actor.account_id)
    return tuple(
        DownRow(
            petition.id,
            petition.title,
            petition.language,
            row.at,
            row.restored_at,
            petition.author_id == w.actor.account_id or petition.id in beside,
        )
        for row, petition in rows
    )


def _words(w: Work, row: Report) -> str | None:
    return None if row.text is None else w.keys.open_text(PURPOSE, row.text, place_of(row.id))


def _band(age: timedelta) -> str:
    if age <= NEW:
        return "new"
    return "waiting" if age <= WAITING else "old"
