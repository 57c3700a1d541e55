"""The classes of keeping that hang on no key: what counts as due of each, and how a slice of it is destroyed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from core import limits
from core.audit import AuditEntry
from core.contacts import ContactMail, forget_mails
from core.outbox import OutboxRow
from core.work import Work
from petitions.domain.keeping import Kept, over_at
from petitions.models.data_requests import DataRequest, RequestState
from petitions.models.signature import Signature, SignatureState
from petitions.queries.kept_entries import AFTERGLOW
from petitions.services import ageing, letters, naming, reports
from petitions.services.backups import Copy, copies
from petitions.services.retention_accounts import ACCOUNT_SWEEPS
from petitions.services.sweeps import MOST, Sweep, delete_some, number, over


def _unconfirmed(w: Work) -> int:
    return number(w, Signature, Signature.state == SignatureState.PENDING, Signature.expires_at <= w.now)


def _withdrawn(w: Work) -> int:
    alone = or_(Signature.renewal.is_(False), Signature.expires_at <= w.now)
    faded = Signature.withdrawn_at <= w.now - AFTERGLOW
    return number(w, Signature, faded, Signature.erased_at.is_(None), alone)


def _mails_counted(w: Work) -> int:
    return number(w, ContactMail, over(Kept.MAILS_COUNTED, ContactMail.at, w.now))


def _network(_w: Work) -> int:
    return limits.expired()


def _forget_network(_w: Work, _most: int) -> int:
    return limits.forget_expired()


def _sent(now: datetime) -> ColumnElement[bool]:
    return over(Kept.MAIL_ROWS, func.coalesce(OutboxRow.sent_at, OutboxRow.parked_at), now)


def _mail_rows(w: Work) -> int:
    return number(w, OutboxRow, _sent(w.now))


def _delete_mail_rows(w: Work, most: int) -> int:
    return delete_some(w, OutboxRow.id, [_sent(w.now)], most)


def _old_acts(w: Work, most: int) -> list[int]:
    """Log entries whose 36 months are over to the day, which only the calendar can tell."""
    old = over(Kept.AUDIT, AuditEntry.at, w.now)
    rows = w.session.execute(
        select(AuditEntry.id, AuditEntry.at).where(old).order_by(AuditEntry.at).limit(most)
    )
    return [id_ for id_, at in rows if over_at(Kept.AUDIT, at) <= w.now]


def _acts(w: Work) -> int:
    return len(_old_acts(w, MOST))


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
    return number(w, DataRequest, _OPEN, over(Kept.REQUEST_OPEN, DataRequest.asked_at, w.now))


def _delete_open_requests(w: Work, most: int) -> int:
    late = over(Kept.REQUEST_OPEN, DataRequest.asked_at, w.now)
    return delete_some(w, DataRequest.id, [_OPEN, late], most)


_SEALED = ("contact", "mailbox", "text", "found", "answer", "salt")


def _told(now: datetime) -> list[ColumnElement[bool]]:
    held = or_(*(getattr(DataRequest, name).is_not(None) for name in _SEALED))
    return [held, over(Kept.REQUEST_MAILBOX, DataRequest.answered_at, now)]


def _mailboxes(w: Work) -> int:
    return number(w, DataRequest, *_told(w.now))


def _erase_mailboxes(w: Work, most: int) -> int:
    some = select(DataRequest.id).where(*_told(w.now)).limit(most)
    emptied = update(DataRequest).where(DataRequest.id.in_(some)).values(dict.fromkeys(_SEALED))
    done = emptied.returning(DataRequest.id).execution_options(synchronize_session=False)
    return len(w.session.execute(done).all())


def _old_requests(w: Work, most: int) -> list[int]:
    query = select(DataRequest.id, DataRequest.answered_at)
    old = query.where(over(Kept.REQUEST, DataRequest.answered_at, w.now))
    rows = w.session.execute(old.order_by(DataRequest.answered_at).limit(most))
    return [id_ for id_, at in rows if at is not None and over_at(Kept.REQUEST, at) <= w.now]


def _delete_old_requests(w: Work, most: int) -> int:
    gone = _old_requests(w, most)
    w.session.execute(delete(DataRequest).where(DataRequest.id.in_(gone)))
    return len(gone)


SWEEPS: Mapping[Kept, Sweep] = {
    Kept.UNCONFIRMED: Sweep(_unconfirmed, ageing.expire_unconfirmed),
    Kept.WITHDRAWN: Sweep(_withdrawn, ageing.erase_withdrawn),
    Kept.MAILS_COUNTED: Sweep(_mails_counted, forget_mails),
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
    Kept.REPORT: Sweep(reports.due_reports, reports.forget_reports),
    Kept.REQUEST: Sweep(lambda w: len(_old_requests(w, MOST)), _delete_old_requests),
    **ACCOUNT_SWEEPS,
}
