"""How many mails one mailbox may be sent because somebody typed it into a form (TRUST: 3 an hour, 10 a day)."""

from datetime import date, datetime, timedelta

from sqlalchemy import LargeBinary, bindparam, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime
from core.prepared import Prepared, given
from core.work import Work

HASH_BYTES = 32
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
PER_HOUR, PER_DAY = 3, 10


class ContactMail(Base):
    """One mail that a sign-up caused, kept for 24 hours. `contact` is a keyed hash of the mailbox and the day,
    so it cannot be told whose it was or that two days' rows are the same person's."""

    __tablename__ = "contact_mails"
    contact: Mapped[bytes] = mapped_column(LargeBinary(HASH_BYTES), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


_DAYS = or_(ContactMail.contact == bindparam("today"), ContactMail.contact == bindparam("yesterday"))
_SENT = Prepared(lambda _insert: select(ContactMail.contact, ContactMail.n, ContactMail.at).where(_DAYS))
_CLAIM = Prepared(
    lambda insert: (
        insert(ContactMail)
        .values(**given(ContactMail, ("contact", "n", "at")))
        .on_conflict_do_nothing()
        .returning(ContactMail.n)
    )
)
# A refusal that writes nothing would be answered sooner than an entry, and so be told from it.
_ALIKE = Prepared(lambda _insert: update(ContactMail).where(_DAYS).values(n=ContactMail.n))


def claim_mail(w: Work, mailbox: str) -> bool:
    """Count one mail for the canonical mailbox; False, with nothing counted, once its number is used up.

    The number is a key of the table, so that two requests at once cannot both take the last one.
    """
    today, yesterday = _hash(w, mailbox, w.now.date()), _hash(w, mailbox, w.now.date() - timedelta(days=1))
    for _try in range(PER_DAY + 1):
        # Both the moments and the last number come from one look: a number taken after it is taken by one only.
        sent = _SENT.all(w, {"today": today, "yesterday": yesterday})
        if _used_up(w.now, [at for _contact, _n, at in sent]):
            _ALIKE.run(w, {"today": today, "yesterday": yesterday})
            return False
        latest = max((n for contact, n, _at in sent if contact == today), default=0)
        if _CLAIM.first(w, {"new_contact": today, "new_n": latest + 1, "new_at": w.now}) is not None:
            return True
    return False


def forget_mails(w: Work, most: int) -> int:
    """Delete what is older than 24 hours; returns how many rows."""
    old = select(ContactMail.contact, ContactMail.n).where(ContactMail.at <= w.now - DAY).limit(most)
    rows = w.session.execute(old).all()
    for contact, n in rows:
        w.session.execute(delete(ContactMail).where(ContactMail.contact == contact, ContactMail.n == n))
    return len(rows)


def _hash(w: Work, mailbox: str, day: date) -> bytes:
    return w.keys.blind_index(f"contact|{day.isoformat()}", mailbox)


def _used_up(now: datetime, moments: list[datetime]) -> bool:
    return (
        sum(at > now - DAY for at in moments) >= PER_DAY or sum(at > now - HOUR for at in moments) >= PER_HOUR
    )
