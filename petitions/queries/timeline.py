"""The dates of a case: its public journal, and one term explained day by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from authorities.models import Authority
from core.i18n import localised
from core.refusal import Refusal
from core.work import Work
from petitions.domain.calendar import Computation
from petitions.domain.events import PRIVATE, Event
from petitions.models.case import JournalEntry, Term, TermChange
from petitions.models.petition import Petition
from petitions.queries import terms


@dataclass(frozen=True, slots=True)
class Line:
    """One public line of the journal; `facts` are plain values."""

    at: datetime
    event: Event
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of a term's date, with its cause."""

    at: datetime
    old_due: date | None
    new_due: date | None
    cause: str


@dataclass(frozen=True, slots=True)
class ExplainedTerm:
    """A term with its petition, the body that bears it, every day that was skipped, and every change."""

    row: terms.TermRow
    petition_title: str
    petition_language: str
    rulebook: str
    authority_names: Mapping[str, str]
    computed: Computation
    changes: tuple[ChangeRow, ...]

    @property
    def authority(self) -> str:
        """The name of the body that bears the term, empty where author or platform does."""
        return localised(self.authority_names)


def timeline(w: Work, petition_id: int) -> tuple[Line, ...]:
    """What happened to a case and may be told, the oldest first."""
    query = select(JournalEntry).where(JournalEntry.petition_id == petition_id, JournalEntry.is_public)
    known = {event.value: event for event in Event if event not in PRIVATE}
    rows = w.session.scalars(query.order_by(JournalEntry.id))
    return tuple(Line(row.at, known[row.event], row.facts) for row in rows if row.event in known)


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
        authority_names=names or {},
        computed=terms.computed_of(w, term, petition),
        changes=_changes(w, term_id),
    )


def _taken_down(w: Work, term_id: int) -> bool:
    query = select(Petition.state).join(Term, Term.petition_id == Petition.id).where(Term.id == term_id)
    return str(w.session.scalar(query)) == "taken_down"


def _changes(w: Work, term_id: int) -> tuple[ChangeRow, ...]:
    rows = w.session.scalars(select(TermChange).where(TermChange.term_id == term_id).order_by(TermChange.id))
    return tuple(ChangeRow(row.at, row.old_due, row.new_due, row.cause) for row in rows)
