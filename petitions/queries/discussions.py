"""Public discussions of a case: what was announced, what became of it, and every version of the minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.models.case import Term
from petitions.models.casework import CaseDiscussion, DiscussionChange, Fate, MinutesVersion
from petitions.models.petition import Petition
from petitions.queries import rules
from petitions.queries.terms import open_term


@dataclass(frozen=True, slots=True)
class Before:
    """What an announcement was until it was moved or called off, and why."""

    act: Fate
    at: datetime
    starts_at: datetime
    place: str
    link: str
    language: str
    reason: str
    reason_language: str


@dataclass(frozen=True, slots=True)
class EarlierMinutes:
    """Minutes that others have taken the place of."""

    number: int
    minutes: str
    published_at: datetime
    replaced_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class DiscussionRow:
    """A public discussion; `ahead` while it can still be moved or called off."""

    id: int
    announced_at: datetime
    starts_at: datetime
    place: str
    link: str
    materials: str
    language: str
    held_at: datetime | None
    minutes: str
    minutes_at: datetime | None
    cancelled: bool
    ahead: bool
    changes: tuple[Before, ...]
    earlier: tuple[EarlierMinutes, ...]

    @property
    def sequence(self) -> int:
        """How often the event of a calendar was changed (RFC 5545, 3.8.7.4)."""
        moves = sum(change.act is Fate.MOVED for change in self.changes)
        return moves + self.cancelled

    @property
    def moves(self) -> tuple[Before, ...]:
        """The earlier dates and places, the oldest first."""
        return tuple(change for change in self.changes if change.act is Fate.MOVED)

    @property
    def called_off(self) -> Before | None:
        """When and why it was called off."""
        return next((change for change in self.changes if change.act is Fate.CALLED_OFF), None)


def discussions(w: Work, petition_id: int) -> tuple[DiscussionRow, ...]:
    """The public discussions, the oldest first."""
    rows = w.session.execute(_discussions(petition_id).order_by(CaseDiscussion.id)).all()
    if not rows:
        return ()
    ids = [row.id for row, _term in rows]
    changes, earlier = _changes(w, ids), _earlier(w, ids)
    return tuple(_row(w, row, term, changes[row.id], earlier[row.id]) for row, term in rows)


def recordable(w: Work, petition_id: int) -> CaseDiscussion | None:
    """The discussion whose hour has come and whose minutes are not published."""
    wanted = (Term.cancelled_on.is_(None), CaseDiscussion.starts_at <= w.now, CaseDiscussion.minutes == "")
    return _first(w, _discussions(petition_id).where(*wanted))


def movable(w: Work, petition_id: int) -> CaseDiscussion | None:
    """The discussion that was announced, whose day is not over and that nobody has recorded as held."""
    open_ = (Term.cancelled_on.is_(None), Term.met_on.is_(None), Term.due_on >= w.today)
    return _first(w, _discussions(petition_id).where(*open_, CaseDiscussion.held_at.is_(None)))


def has_minutes(w: Work, petition_id: int) -> bool:
    """Whether a discussion has public minutes."""
    return _first(w, _discussions(petition_id).where(CaseDiscussion.minutes != "")) is not None


def may_discuss(w: Work, petition: Petition) -> bool:
    """Whether a public discussion can be announced now."""
    if petition.state is not State.UNDER_REVIEW or petition.registered_at is None:
        return False
    known = rules.tier_of(w, petition).response.discussion_notice is not None
    return known and open_term(w, petition.id, TermKind.DISCUSSION) is None


def _first(w: Work, query: Select[CaseDiscussion, Term]) -> CaseDiscussion | None:
    found = w.session.execute(query.order_by(CaseDiscussion.id).limit(1)).first()
    return found[0] if found else None


def _discussions(petition_id: int) -> Select[CaseDiscussion, Term]:
    query = select(CaseDiscussion, Term).join(Term, Term.id == CaseDiscussion.term_id)
    return query.where(CaseDiscussion.petition_id == petition_id)


def _changes(w: Work, ids: Sequence[int]) -> dict[int, list[Before]]:
    found: dict[int, list[Before]] = {id_: [] for id_ in ids}
    query = select(DiscussionChange).where(DiscussionChange.discussion_id.in_(ids))
    for row in w.session.scalars(query.order_by(DiscussionChange.id)):
        before = Before(
            act=row.act,
            at=row.at,
            starts_at=row.starts_at,
            place=row.place,
            link=row.link,
            language=row.language,
            reason=row.reason,
            reason_language=row.reason_language,
        )
        found[row.discussion_id].append(before)
    return found


def _earlier(w: Work, ids: Sequence[int]) -> dict[int, list[EarlierMinutes]]:
    found: dict[int, list[EarlierMinutes]] = {id_: [] for id_ in ids}
    query = select(MinutesVersion).where(MinutesVersion.discussion_id.in_(ids))
    for row in w.session.scalars(query.order_by(MinutesVersion.number.desc())):
        version = EarlierMinutes(row.number, row.minutes, row.published_at, row.replaced_at, row.reason)
        found[row.discussion_id].append(version)
    return found


def _row(
    w: Work, row: CaseDiscussion, term: Term, changes: list[Before], earlier: list[EarlierMinutes]
) -> DiscussionRow:
    open_ = term.cancelled_on is None and row.held_at is None
    return DiscussionRow(
        id=row.id,
        announced_at=row.announced_at,
        starts_at=row.starts_at,
        place=row.place,
        link=row.link,
        materials=row.materials,
        language=row.language,
        held_at=row.held_at,
        minutes=row.minutes,
        minutes_at=row.minutes_at,
        cancelled=term.cancelled_on is not None,
        ahead=open_ and term.due_on is not None and term.due_on >= w.today,
        changes=tuple(changes),
        earlier=tuple(earlier),
    )
