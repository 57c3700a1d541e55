"""The dates of a case: its public journal, and one term explained day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from authorities.models import Authority
from authorities.queries import authority_names
from core.i18n import localised
from core.refusal import Refusal
from core.work import Work
from petitions.domain.calendar import Computation
from petitions.domain.events import PRIVATE, Event
from petitions.domain.rulebook import Status
from petitions.models.case import JournalEntry, Term, TermChange
from petitions.models.petition import Petition
from petitions.models.reminders import Reminder
from petitions.models.stops import TermExtension
from petitions.queries import rules, stops, terms
from petitions.queries.stops import StopRow
from petitions.queries.updates import Update, standing

# These lines go with the update that they tell of when it is taken down; that it was is a line that stays.
OF_UPDATES = frozenset({Event.UPDATE_PUBLISHED, Event.UPDATE_CORRECTED})


@dataclass(frozen=True, slots=True)
class Line:
    """One public line of the journal; `facts` are plain values. `update` is the author's update that it tells of."""

    at: datetime
    event: Event
    facts: Mapping[str, Any]
    id: int = 0
    update: Update | None = None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of a term's date, with its cause."""

    at: datetime
    old_due: date | None
    new_due: date | None
    cause: str


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """One extension with its public reason."""

    at: datetime
    n: int
    reason: str
    language: str


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """One reminder that was sent; `step` is the days before the due date, or late-1, late-2, ... by weeks."""

    at: datetime
    due_on: date
    step: str
    to_supervisor: bool


@dataclass(frozen=True, slots=True)
class ExplainedTerm:
    """A term with its petition and its bearer, every day of it, what stopped or lengthened it, and every change."""

    row: terms.TermRow
    petition_title: str
    petition_language: str
    rulebook: str
    proposal: bool  # the rulebook is not the law
    authority_names: Mapping[str, str]
    computed: Computation
    changes: tuple[ChangeRow, ...]
    stops: tuple[StopRow, ...] = ()
    extensions: tuple[ExtensionRow, ...] = ()
    reminders: tuple[ReminderRow, ...] = ()

    @property
    def authority(self) -> str:
        """The name of the body that bears the term, empty where author or platform does."""
        return localised(self.authority_names)


def timeline(w: Work, petition_id: int) -> tuple[Line, ...]:
    """What happened to a case and may be told, the oldest first; nothing of updates that are taken down."""
    query = select(JournalEntry).where(JournalEntry.petition_id == petition_id, JournalEntry.is_public)
    known = {event.value: event for event in Event if event not in PRIVATE}
    rows = [row for row in w.session.scalars(query.order_by(JournalEntry.id)) if row.event in known]
    names = _names(w, rows)
    shown = standing(w, petition_id) if any(row.event in OF_UPDATES for row in rows) else {}
    found = ((row, _update_of(row, shown)) for row in rows)
    return tuple(
        Line(row.at, known[row.event], _named(row, names), row.id, update)
        for row, update in found
        if update is not None or row.event not in OF_UPDATES
    )


def _update_of(row: JournalEntry, shown: Mapping[int, Update]) -> Update | None:
    return shown.get(row.facts.get("update", 0)) if row.event in OF_UPDATES else None


def explained_term(w: Work, term_id: int) -> ExplainedTerm:
    """One term of a listed petition. Refusals: `not-found`; `gone` where the petition was taken down."""
    row = terms.term(w, term_id)
    if row is None:
        raise Refusal("gone" if _taken_down(w, term_id) else "not-found")
    query = (
        select(Term, Petition, Authority.names)
        .join(Petition, Petition.id == Term.petition_id)
        .outerjoin(Authority, Authority.code == Term.authority)
        .where(Term.id == term_id)
    )
    term, petition, names = w.session.execute(query).one()
    return ExplainedTerm(
        row=row,
        petition_title=petition.title,
        petition_language=petition.language,
        rulebook=petition.rulebook,
        proposal=rules.rulebook_of(w, petition).status is Status.PROPOSAL,
        authority_names=names or {},
        computed=terms.computed_of(w, term, petition),
        changes=_changes(w, term_id),
        stops=_stops(w, term, petition),
        extensions=_extensions(w, term_id),
        # Reminders to an author are between the author and this site.
        reminders=_reminders(w, term_id) if row.authority else (),
    )


def _names(w: Work, rows: Sequence[JournalEntry]) -> Mapping[str, Mapping[str, str]]:
    """The names of the bodies that lines about transfers name by their codes."""
    codes = {row.facts[end] for row in rows if row.event == Event.TRANSFERRED for end in ("from", "to")}
    return authority_names(w, sorted(codes)) if codes else {}


def _named(row: JournalEntry, names: Mapping[str, Mapping[str, str]]) -> Mapping[str, Any]:
    if row.event != Event.TRANSFERRED:
        return row.facts
    return row.facts | {"between": [localised(names[row.facts[end]]) for end in ("from", "to")]}


def _stops(w: Work, term: Term, petition: Petition) -> tuple[StopRow, ...]:
    """The stops that lie between the start and the due date of a term."""
    until = terms.computed_of(w, term, petition).due
    refs = (
        ref
        for stop in stops.stops_of(w, term, petition)
        if (until is None or stop.first <= until) and (stop.last is None or stop.last > term.started_on)
        for ref in stop.refs
    )
    return tuple(stops.stops_named(w, refs))


def _extensions(w: Work, term_id: int) -> tuple[ExtensionRow, ...]:
    query = select(TermExtension).where(TermExtension.term_id == term_id).order_by(TermExtension.id)
    return tuple(ExtensionRow(row.at, row.n, row.reason, row.language) for row in w.session.scalars(query))


def _reminders(w: Work, term_id: int) -> tuple[ReminderRow, ...]:
    query = select(Reminder).where(Reminder.term_id == term_id).order_by(Reminder.id)
    rows = w.session.scalars(query)
    return tuple(ReminderRow(row.at, row.due_on, row.step, row.to_supervisor) for row in rows)


def _taken_down(w: Work, term_id: int) -> bool:
    query = select(Petition.state).join(Term, Term.petition_id == Petition.id).where(Term.id == term_id)
    return str(w.session.scalar(query)) == "taken_down"


def _changes(w: Work, term_id: int) -> tuple[ChangeRow, ...]:
    rows = w.session.scalars(select(TermChange).where(TermChange.term_id == term_id).order_by(TermChange.id))
    return tuple(ChangeRow(row.at, row.old_due, row.new_due, row.cause) for row in rows)
