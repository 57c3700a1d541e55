"""What is due for destruction, what is held back and why, and what was destroyed: by class and number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.keeping import Kept
from petitions.domain.retention import RUNNING, CaseDates, contact_due, identity_due, promise_due
from petitions.models.case import Answer, Term
from petitions.models.petition import Petition, PetitionKeys
from petitions.models.retention import ContactRead, RetentionEntry, RetentionHold

BATCH = 500
# A case that still runs is due by its limit alone: nothing younger than this can be.
YOUNGEST = timedelta(days=21 * 28)


@dataclass(frozen=True, slots=True)
class Due:
    """One class of one petition's data, with its day; `held` is why it is not destroyed then, or None.

    `partial`: those who asked for news of a promise are left out; their class comes later.
    """

    petition_id: int
    kept: Kept
    due_at: datetime
    held: str | None
    hold_id: int | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """A petition that the controller holds back."""

    id: int
    petition_id: int
    reason: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Destroyed:
    """How much of a class was destroyed: in all, and when last."""

    kept: Kept
    n: int
    last: datetime


def due_cases(w: Work, until: datetime) -> Iterator[Due]:
    """Every class of keys that is due until a moment, case by case, with what holds it back."""
    after = 0
    while True:
        query = _candidates(until).where(Petition.id > after).order_by(Petition.id).limit(BATCH)
        rows = w.session.execute(query).all()
        if not rows:
            return
        after = rows[-1][0].id
        yield from _due_of(w, rows, until)


def due_of(w: Work, petition_id: int, until: datetime) -> list[Due]:
    """The same for one case."""
    rows = w.session.execute(_candidates(until).where(Petition.id == petition_id)).all()
    return list(_due_of(w, rows, until))


def holds(w: Work) -> list[Hold]:
    """The petitions that are held back now, the latest first."""
    query = select(RetentionHold).where(RetentionHold.lifted_at.is_(None)).order_by(RetentionHold.id.desc())
    return [Hold(row.id, row.petition_id, row.reason, row.set_at) for row in w.session.scalars(query)]


def destroyed(w: Work) -> list[Destroyed]:
    """What was destroyed since the beginning, by class: for everybody."""
    columns = (RetentionEntry.kept, func.sum(RetentionEntry.n), func.max(RetentionEntry.at))
    query = select(*columns).group_by(RetentionEntry.kept).order_by(RetentionEntry.kept)
    return [Destroyed(kept, int(n), last) for kept, n, last in w.session.execute(query)]


def contact_reads(w: Work) -> tuple[int, int]:
    """How often two persons of staff gave leave to read contacts, and how many were read: for everybody."""
    row = w.session.execute(select(func.count(), func.coalesce(func.sum(ContactRead.n), 0))).one()
    return int(row[0]), int(row[1])


def dates_of(w: Work, petitions: Sequence[Petition]) -> dict[int, CaseDates]:
    """The dates that the terms of keeping hang on, of many cases at once."""
    ids = [petition.id for petition in petitions]
    replied = _replies(w, ids)
    owed, promised = _terms(w, ids)
    return {
        p.id: CaseDates(
            state=p.state,
            begun_at=p.opened_at or p.submitted_at or p.created_at,
            closes_at=p.closes_at,
            ended_at=p.ended_at,
            handed_over_at=p.handed_over_at,
            answered_at=p.answered_at,
            replied_at=replied.get(p.id),
            reply_owed=p.id in owed,
            promise_at=promised.get(p.id),
        )
        for p in petitions
    }


def _candidates(until: datetime) -> Select[tuple[Petition, PetitionKeys]]:
    begun = func.coalesce(Petition.opened_at, Petition.submitted_at, Petition.created_at)
    handed_over = and_(Petition.handed_over_at.is_not(None), Petition.closes_at <= until)
    may = or_(Petition.state.not_in(RUNNING), handed_over, begun <= until - YOUNGEST)
    alive = or_(PetitionKeys.contact.is_not(None), PetitionKeys.identity.is_not(None))
    query = select(Petition, PetitionKeys).join(PetitionKeys, PetitionKeys.petition_id == Petition.id)
    return query.where(may, alive)


def _due_of(w: Work, rows: Sequence[Row[tuple[Petition, PetitionKeys]]], until: datetime) -> Iterator[Due]:
    petitions = [petition for petition, _keys in rows]
    dates, why = dates_of(w, petitions), _held(w, [petition.id for petition in petitions])
    for petition, keys in rows:
        held, hold_id = why.get(petition.id, (None, None))
        for kept, moment, partial in _moments(dates[petition.id], keys):
            if moment <= until:
                yield Due(petition.id, kept, moment, held, hold_id, partial)


def _moments(case: CaseDates, keys: PetitionKeys) -> Iterator[tuple[Kept, datetime, bool]]:
    if keys.contact is not None:
        contact, promise = contact_due(case), promise_due(case)
        later = promise is not None and promise > contact
        yield Kept.CONTACT, contact, later
        if promise is not None and later:
            yield Kept.PROMISE, promise, False
    if keys.identity is not None:
        yield Kept.IDENTITY, identity_due(case), False


def _held(w: Work, ids: list[int]) -> dict[int, tuple[str, int | None]]:
    open_appeal = (Term.kind == TermKind.APPEAL, Term.met_on.is_(None), Term.cancelled_on.is_(None))
    # A decision that is late must not cost the signers of a petition that may yet be opened.
    owed = Term.start_fact == "appealed"
    running = or_(Term.due_on.is_(None), Term.due_on >= w.today, owed)
    appeals = select(Term.petition_id).where(Term.petition_id.in_(ids), running, *open_appeal)
    found: dict[int, tuple[str, int | None]] = {id_: ("appeal", None) for id_ in w.session.scalars(appeals)}
    query = select(RetentionHold).where(RetentionHold.petition_id.in_(ids), RetentionHold.lifted_at.is_(None))
    for row in w.session.scalars(query):
        found[row.petition_id] = (row.reason, row.id)
    return found


def _replies(w: Work, ids: list[int]) -> dict[int, datetime]:
    query = select(Answer.petition_id, func.min(Answer.published_at)).where(Answer.petition_id.in_(ids))
    rows = w.session.execute(query.where(Answer.kind == "reply").group_by(Answer.petition_id))
    return {petition_id: moment for petition_id, moment in rows}


def _terms(w: Work, ids: list[int]) -> tuple[set[int], dict[int, datetime]]:
    """Which cases are owed an ordinary reply, and when the last promise of each is checked."""
    live: ColumnElement[bool] = and_(Term.petition_id.in_(ids), Term.cancelled_on.is_(None))
    reply = select(Term.petition_id).where(live, Term.kind == TermKind.ORDINARY_REPLY)
    promise = select(Term.petition_id, func.max(Term.due_on)).where(live, Term.kind == TermKind.PROMISE)
    ends = w.session.execute(promise.group_by(Term.petition_id)).all()
    zone, day = w.kernel.zone, timedelta(days=1)
    promised = {id_: datetime.combine(on + day, time(), zone) for id_, on in ends if on is not None}
    return set(w.session.scalars(reply)), promised
