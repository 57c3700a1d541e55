"""The classes of keeping that hang on no key: what counts as due of each, and how a slice of it is destroyed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from core import limits
from core.audit import AuditEntry
from core.outbox import OutboxRow
from core.work import Work
from petitions.domain.keeping import TERMS, Kept, over_at
from petitions.models.contacts import ContactMail
from petitions.models.data_requests import DataRequest, RequestState
from petitions.models.signature import Signature, SignatureState
from petitions.queries.signing import AFTERGLOW
from petitions.services import ageing, contacts, letters, naming
from petitions.services.backups import Copy, copies


@dataclass(frozen=True, slots=True)
class Sweep:
    """How many are due now, and the destruction of at most so many of them, which returns how many it did."""

    due: Callable[[Work], int]
    run: Callable[[Work, int], int]


def _over(kept: Kept, column: Any, now: datetime) -> ColumnElement[bool]:
    """The rows of a class whose event is so long ago that its term is over; exact for hours and days."""
    return and_(column.is_not(None), column <= now - TERMS[kept].length.shortest)


def _number(w: Work, table: Any, *where: ColumnElement[bool]) -> int:
    return w.session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def _unconfirmed(w: Work) -> int:
    return _number(w, Signature, Signature.state == SignatureState.PENDING, Signature.expires_at <= w.now)


def _withdrawn(w: Work) -> int:
    alone = or_(Signature.renewal.is_(False), Signature.expires_at <= w.now)
    over = Signature.withdrawn_at <= w.now - AFTERGLOW
    return _number(w, Signature, over, Signature.erased_at.is_(None), alone)


def _mails_counted(w: Work) -> int:
    return _number(w, ContactMail, _over(Kept.MAILS_COUNTED, ContactMail.at, w.now))


def _network(_w: Work) -> int:
    return limits.expired()


def _forget_network(_w: Work, _most: int) -> int:
    return limits.forget_expired()


def _sent(now: datetime) -> ColumnElement[bool]:
    return _over(Kept.MAIL_ROWS, func.coalesce(OutboxRow.sent_at, OutboxRow.parked_at), now)


def _mail_rows(w: Work) -> int:
    return _number(w, OutboxRow, _sent(w.now))


def _delete_mail_rows(w: Work, most: int) -> int:
    return _delete(w, OutboxRow, OutboxRow.id, [_sent(w.now)], most)


def _old_acts(w: Work, most: int) -> list[int]:
    """Log entries whose 36 months are over to the day, which only the calendar can tell."""
    old = _over(Kept.AUDIT, AuditEntry.at, w.now)
    rows = w.session.execute(
        select(AuditEntry.id, AuditEntry.at).where(old).order_by(AuditEntry.at).limit(most)
    )
    return [id_ for id_, at in rows if over_at(Kept.AUDIT, at) <= w.now]


def _acts(w: Work) -> int:
    return len(_old_acts(w, 1_000_000))


def _delete_acts(w: Work, most: int) -> int:
    gone = _old_acts(w, most)
    w.session.execute(delete(AuditEntry).where(AuditEntry.id.in_(gone)))
    return len(gone)


def _old_copies(w: Work, *, keys: bool) -> list[Copy]:
    if w.keys.source is None:
        return []
    return [copy for copy in copies(w.now) if copy.keys is keys and copy.due_at <= w.now]


def _delete_copies(w: Work, *, keys: bool) -> int:
    gone = _old_copies(w, keys=keys)
    for copy in gone:
        copy.path.unlink(missing_ok=True)
    return len(gone)


_OPEN = DataRequest.state == RequestState.UNPROVED


def _open_requests(w: Work) -> int:
    return _number(w, DataRequest, _OPEN, _over(Kept.REQUEST_OPEN, DataRequest.asked_at, w.now))


def _delete_open_requests(w: Work, most: int) -> int:
    over = _over(Kept.REQUEST_OPEN, DataRequest.asked_at, w.now)
    return _delete(w, DataRequest, DataRequest.id, [_OPEN, over], most)


_SEALED = ("contact", "mailbox", "text", "found", "answer", "salt")


def _told(now: datetime) -> list[ColumnElement[bool]]:
    held = or_(*(getattr(DataRequest, name).is_not(None) for name in _SEALED))
    return [held, _over(Kept.REQUEST_MAILBOX, DataRequest.answered_at, now)]


def _mailboxes(w: Work) -> int:
    return _number(w, DataRequest, *_told(w.now))


def _erase_mailboxes(w: Work, most: int) -> int:
    some = select(DataRequest.id).where(*_told(w.now)).limit(most)
    emptied = update(DataRequest).where(DataRequest.id.in_(some)).values(dict.fromkeys(_SEALED))
    done = emptied.returning(DataRequest.id).execution_options(synchronize_session=False)
    return len(w.session.execute(done).all())


def _old_requests(w: Work, most: int) -> list[int]:
    query = select(DataRequest.id, DataRequest.answered_at)
    old = query.where(_over(Kept.REQUEST, DataRequest.answered_at, w.now))
    rows = w.session.execute(old.order_by(DataRequest.answered_at).limit(most))
    return [id_ for id_, at in rows if at is not None and over_at(Kept.REQUEST, at) <= w.now]


def _delete_old_requests(w: Work, most: int) -> int:
    gone = _old_requests(w, most)
    w.session.execute(delete(DataRequest).where(DataRequest.id.in_(gone)))
    return len(gone)


def _delete(w: Work, table: Any, id_: Any, where: list[ColumnElement[bool]], most: int) -> int:
    some = select(id_).where(*where).limit(most)
    gone = delete(table).where(id_.in_(some)).returning(id_).execution_options(synchronize_session=False)
    return len(w.session.execute(gone).all())


SWEEPS: Mapping[Kept, Sweep] = {
    Kept.UNCONFIRMED: Sweep(_unconfirmed, ageing.expire_unconfirmed),
    Kept.WITHDRAWN: Sweep(_withdrawn, ageing.erase_withdrawn),
    Kept.MAILS_COUNTED: Sweep(_mails_counted, contacts.forget_mails),
    Kept.NETWORK: Sweep(_network, _forget_network),
    Kept.MAIL_ROWS: Sweep(_mail_rows, _delete_mail_rows),
    Kept.AUDIT: Sweep(_acts, _delete_acts),
    Kept.BACKUP: Sweep(
        lambda w: len(_old_copies(w, keys=False)), lambda w, _most: _delete_copies(w, keys=False)
    ),
    Kept.BACKUP_KEYS: Sweep(
        lambda w: len(_old_copies(w, keys=True)), lambda w, _most: _delete_copies(w, keys=True)
    ),
    Kept.REQUEST_OPEN: Sweep(_open_requests, _delete_open_requests),
    Kept.REQUEST_MAILBOX: Sweep(_mailboxes, _erase_mailboxes),
    Kept.AUTHOR_NAME: Sweep(naming.due_names, naming.shorten_names),
    Kept.CONTACT_LETTER: Sweep(letters.due_letters, letters.forget_letters),
    Kept.REQUEST: Sweep(lambda w: len(_old_requests(w, 1_000_000)), _delete_old_requests),
}
