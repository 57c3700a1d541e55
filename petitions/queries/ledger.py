"""The public ledger: the terms that bodies bear, open ones first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, or_, select

from authorities.models import Authority
from core.i18n import localised
from core.paging import Key, beyond, open_cursor, seal_cursor
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.models.case import JournalEntry, Term, TermChange
from petitions.models.petition import Petition
from petitions.queries.access import listed
from petitions.queries.terms import TermRow, rows_of

NO_DATE = date(9999, 12, 31)
ORDER = "ledger"
E = Event
TOLD_IN_FEEDS = (
    *(E.HANDED_OVER, E.REGISTERED, E.DEEMED_REGISTERED, E.DEADLINE_MISSED, E.EXTENDED, E.TRANSFERRED),
    *(E.ANSWERED, E.ANSWER_CORRECTED, E.LAPSED, E.REPLIED),
)


class Standing(StrEnum):
    """What the ledger can be narrowed to."""

    RUNNING = "running"
    STOPPED = "stopped"
    LATE = "late"
    MET = "met"
    MET_LATE = "met_late"


@dataclass(frozen=True, slots=True)
class LedgerFilters:
    """What the ledger is narrowed to; an empty one takes every term of every body."""

    state: Standing | None = None
    authority: str = ""
    kind: TermKind | None = None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One term with its petition and its body; `changed_at` is when its date was last set."""

    term: TermRow
    title: str
    language: str
    authority_names: Mapping[str, str]

    @property
    def authority(self) -> str:
        """The body in the reader's language."""
        return localised(self.authority_names)


@dataclass(frozen=True, slots=True)
class EventLine:
    """One public line of the journal of a body's case."""

    id: int
    petition_id: int
    title: str
    event: Event
    at: datetime


def ledger_page(
    w: Work, filters: LedgerFilters, cursor: str, limit: int
) -> tuple[list[LedgerRow], str | None]:
    """A page of the ledger: open terms by due date, then ended ones by due date. Refusal `cursor-unknown`."""
    keys = _keys()
    columns = [key.label(f"key_{n}") for n, (key, _falls) in enumerate(keys)]
    query = _base(*columns).where(*_conditions(w, filters))
    if cursor:
        ended, due_on, term_id = open_cursor(ORDER, cursor)
        query = query.where(beyond(keys, [ended, date.fromisoformat(str(due_on)), term_id]))
    ordered = query.order_by(*(key.desc() if falls else key.asc() for key, falls in keys))
    found = w.session.execute(ordered.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = seal_cursor(ORDER, [last.key_0, last.key_1.isoformat(), last.key_2])
    return _rows(w, found[:limit]), following


def how_many_terms(w: Work, filters: LedgerFilters) -> int:
    """How many terms the filters leave."""
    query = select(func.count()).select_from(Term).join(Petition, Petition.id == Term.petition_id)
    return w.session.scalar(query.where(*_conditions(w, filters))) or 0


def overdue_answers(w: Work, limit: int) -> list[LedgerRow]:
    """Answers and ordinary replies that are late now, the newest lateness first."""
    kinds = [TermKind.ANSWER, TermKind.ORDINARY_REPLY]
    query = _base().where(*_conditions(w, LedgerFilters(Standing.LATE)), Term.kind.in_(kinds))
    ordered = query.order_by(Term.due_on.desc(), Term.id.desc()).limit(limit)
    return _rows(w, w.session.execute(ordered).all())


def open_terms_of(w: Work, authority: str) -> list[LedgerRow]:
    """What a body owes, late or not, by its dates."""
    open_ = (Term.met_on.is_(None), Term.cancelled_on.is_(None))
    query = _base().where(*_conditions(w, LedgerFilters(authority=authority)), *open_)
    return _rows(w, w.session.execute(query.order_by(Term.due_on, Term.id)).all())


def last_changes(w: Work, term_ids: Sequence[int]) -> dict[int, tuple[datetime, int]]:
    """When each term's date was last set, and how often it was moved."""
    columns = (TermChange.term_id, func.max(TermChange.at), func.count() - 1)
    query = select(*columns).where(TermChange.term_id.in_(term_ids)).group_by(TermChange.term_id)
    found = {term_id: (at, moves) for term_id, at, moves in w.session.execute(query)}
    return {term_id: found.get(term_id, (w.now, 0)) for term_id in term_ids}


def events_of(w: Work, authority: str, limit: int) -> list[EventLine]:
    """What happened in the cases of a body since they were handed over to it, the newest first."""
    query = (
        select(JournalEntry, Petition.title)
        .join(Petition, Petition.id == JournalEntry.petition_id)
        .where(listed(), Petition.authority == authority, JournalEntry.is_public)
        .where(JournalEntry.event.in_([event.value for event in TOLD_IN_FEEDS]))
    )
    rows = w.session.execute(query.order_by(JournalEntry.id.desc()).limit(limit))
    return [EventLine(row.id, row.petition_id, title, Event(row.event), row.at) for row, title in rows]


def bodies_with_answers(w: Work) -> list[str]:
    """The bodies that have owed an answer to a listed petition, by code."""
    query = (
        select(Term.authority)
        .join(Petition, Petition.id == Term.petition_id)
        .where(
            Term.kind == TermKind.ANSWER, Term.cancelled_on.is_(None), Term.authority.is_not(None), listed()
        )
    )
    return [code for code in w.session.scalars(query.distinct().order_by(Term.authority)) if code]


def _base(*columns: Any) -> Select[Any]:
    return (
        select(Term, Petition, Authority.names.label("names"), *columns)
        .join(Petition, Petition.id == Term.petition_id)
        .join(Authority, Authority.code == Term.authority)
    )


def _rows(w: Work, found: Sequence[Row[Any]]) -> list[LedgerRow]:
    terms = rows_of(w, [(row.Term, row.Petition) for row in found])
    pairs = zip(terms, found, strict=True)
    return [LedgerRow(term, row.Petition.title, row.Petition.language, row.names) for term, row in pairs]


def _keys() -> tuple[Key, ...]:
    open_ = and_(Term.met_on.is_(None), Term.cancelled_on.is_(None))
    due = func.coalesce(Term.due_on, literal(NO_DATE))
    return (case((open_, 0), else_=1), False), (due, False), (Term.id, False)


def _conditions(w: Work, filters: LedgerFilters) -> list[ColumnElement[bool]]:
    found = [listed(), Term.authority.is_not(None), Term.cancelled_on.is_(None)]
    if filters.authority:
        found.append(Term.authority == filters.authority)
    if filters.kind is not None:
        found.append(Term.kind == filters.kind)
    if filters.state is not None:
        found.append(_standing(w, filters.state))
    return found


def _standing(w: Work, state: Standing) -> ColumnElement[bool]:
    """By the stored dates, which the sweeps keep true."""
    missed = Term.missed_on.is_not(None)
    open_, late = Term.met_on.is_(None), or_(missed, Term.met_on > Term.due_on)
    return {
        Standing.RUNNING: and_(open_, ~missed, Term.due_on >= w.today),
        Standing.STOPPED: and_(open_, Term.due_on.is_(None)),
        Standing.LATE: and_(open_, or_(missed, Term.due_on < w.today)),
        Standing.MET: and_(~open_, ~func.coalesce(late, False)),
        Standing.MET_LATE: and_(~open_, late),
    }[state]
