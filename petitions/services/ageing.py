"""What time does to signatures: the unconfirmed expire, the withdrawn fade, and a day's totals are frozen."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import case, func, or_, select

from core.db import upsert
from core.work import Work
from petitions.domain.eligibility import SIGNABLE
from petitions.models.petition import FrozenCount, Petition
from petitions.models.signature import Signature, SignatureState
from petitions.queries.signing import AFTERGLOW
from petitions.services import tally
from petitions.services.managing import erase

SLICE = 1000
LONGEST_GAP = 60
Pair = tuple[int, int]


def expire_unconfirmed(w: Work, most: int = SLICE) -> int:
    """Expire entries whose seven days for confirming are over; nothing of the person is kept but the uid."""
    due = (Signature.state == SignatureState.PENDING, Signature.expires_at <= w.now)
    query = select(Signature).where(*due).order_by(Signature.expires_at).limit(most)
    rows = w.session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        row.state = SignatureState.EXPIRED
        erase(w, row)
    for petition_id, n in sorted(Counter(row.petition_id for row in rows).items()):
        tally.add(w, petition_id, pending=-n, expired=n)
    return len(rows)


def erase_withdrawn(w: Work, most: int = SLICE) -> int:
    """Erase name and contact of signatures withdrawn seven days ago; one entered anew waits for its own end."""
    over = (Signature.withdrawn_at <= w.now - AFTERGLOW, Signature.erased_at.is_(None))
    alone = or_(Signature.renewal.is_(False), Signature.expires_at <= w.now)
    query = select(Signature).where(*over, alone).order_by(Signature.withdrawn_at).limit(most)
    rows = w.session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        erase(w, row)
    return len(rows)


def freeze_days(w: Work) -> int:
    """Keep the totals as they were at the end of each day since the last one that was kept; returns the rows.

    A petition whose signing is over gets a row only when its totals still change.
    """
    return sum(_freeze(w, day) for day in _unfrozen(w))


def _unfrozen(w: Work) -> list[date]:
    yesterday = w.today - timedelta(days=1)
    last = w.session.scalar(select(func.max(FrozenCount.day)))
    first = (
        yesterday if last is None else max(last + timedelta(days=1), yesterday - timedelta(days=LONGEST_GAP))
    )
    return [first + timedelta(days=n) for n in range((yesterday - first).days + 1)]


def _freeze(w: Work, day: date) -> int:
    ends = datetime.combine(day + timedelta(days=1), time(), w.kernel.zone)
    opened = (Petition.opened_at.is_not(None), Petition.opened_at < ends)
    now, before = _counts(w, ends), _last_frozen(w)
    rows = [
        {
            "petition_id": id_,
            "day": day,
            "counted": now.get(id_, (0, 0))[0],
            "residents": now.get(id_, (0, 0))[1],
        }
        for id_, state in w.session.execute(select(Petition.id, Petition.state).where(*opened))
        if state in SIGNABLE or before.get(id_) != now.get(id_, (0, 0))
    ]
    if rows:
        w.session.execute(upsert(w.session, FrozenCount).on_conflict_do_nothing(), rows)
    return len(rows)


def _counts(w: Work, ends: datetime) -> Mapping[int, Pair]:
    residents = func.sum(case((Signature.resident, 1), else_=0))
    query = select(Signature.petition_id, func.count(), residents).group_by(Signature.petition_id)
    query = query.where(Signature.state == SignatureState.COUNTED, Signature.confirmed_at < ends)
    return {id_: (counted, int(n)) for id_, counted, n in w.session.execute(query)}


def _last_frozen(w: Work) -> Mapping[int, Pair]:
    last = select(FrozenCount.petition_id, func.max(FrozenCount.day).label("day"))
    newest = last.group_by(FrozenCount.petition_id).subquery()
    query = select(FrozenCount).join(
        newest, (newest.c.petition_id == FrozenCount.petition_id) & (newest.c.day == FrozenCount.day)
    )
    return {row.petition_id: (row.counted, row.residents) for row in w.session.scalars(query)}
