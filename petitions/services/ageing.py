"""What time does to signatures: the unconfirmed expire, and the withdrawn fade."""

from collections import Counter

from sqlalchemy import or_, select

from core.work import Work
from petitions.models.signature import Signature, SignatureState
from petitions.queries.kept_entries import AFTERGLOW
from petitions.services import tally
from petitions.services.managing import erase

SLICE = 1000


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
