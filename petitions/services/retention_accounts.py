"""The classes of keeping about accounts: unconfirmed ones, sessions, invitations, proposals and their reasons."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select, update

from auth.models import Account, AccountSession, Invitation, Proposal
from core.work import Work
from petitions.domain.keeping import Kept, over_at
from petitions.models.coauthors import CoAuthor
from petitions.services.sweeps import MOST, Sweep, delete_some, number, over

Conditions = list[ColumnElement[bool]]


def _unconfirmed(w: Work) -> Conditions:
    """Accounts whose mailbox nobody confirmed: they never held a session, a role or a petition."""
    return [Account.confirmed_at.is_(None), over(Kept.ACCOUNT_UNCONFIRMED, Account.created_at, w.now)]


def _sessions(w: Work, *, staff: bool) -> Conditions:
    """Sessions that are over; only staff show a second factor."""
    passed = AccountSession.passed_at.is_not(None) if staff else AccountSession.passed_at.is_(None)
    return [passed, AccountSession.expires_at <= w.now]


def _invitations(w: Work) -> Conditions:
    return [Invitation.expires_at <= w.now, Invitation.email_enc.is_not(None)]


def _co_authors(w: Work) -> Conditions:
    return [CoAuthor.expires_at <= w.now, CoAuthor.sealed.is_not(None)]


def _proposals(w: Work) -> Conditions:
    return [Proposal.expires_at <= w.now, Proposal.sealed.is_not(None)]


def _old_reasons(w: Work, most: int) -> list[int]:
    """Proposals whose 36 months are over to the day, which only the calendar can tell."""
    old = (Proposal.reason != "", over(Kept.PROPOSAL_REASON, Proposal.proposed_at, w.now))
    query = select(Proposal.id, Proposal.proposed_at).where(*old).order_by(Proposal.proposed_at).limit(most)
    return [id_ for id_, at in w.session.execute(query) if over_at(Kept.PROPOSAL_REASON, at) <= w.now]


def _erase_reasons(w: Work, most: int) -> int:
    """The act stays with its kind, its day and its two numbers, so that the public counts still fit."""
    return _blank(w, Proposal.id, Proposal.id.in_(_old_reasons(w, most)), {"reason": ""})


def _blank(w: Work, id_: Any, where: ColumnElement[bool], values: Mapping[str, object]) -> int:
    emptied = update(id_.class_).where(where).values(**values).returning(id_)
    return len(w.session.execute(emptied.execution_options(synchronize_session=False)).all())


def _some(w: Work, id_: Any, where: Conditions, most: int) -> ColumnElement[bool]:
    return id_.in_(select(id_).where(*where).limit(most))  # type: ignore[no-any-return]


def _end_sessions(w: Work, most: int, *, staff: bool) -> int:
    return delete_some(w, AccountSession.id_hash, _sessions(w, staff=staff), most)


def _forget_invited(w: Work, most: int) -> int:
    staff = _blank(w, Invitation.id, _some(w, Invitation.id, _invitations(w), most), {"email_enc": None})
    return staff + _blank(w, CoAuthor.id, _some(w, CoAuthor.id, _co_authors(w), most), {"sealed": None})


def _forget_sealed(w: Work, most: int) -> int:
    return _blank(w, Proposal.id, _some(w, Proposal.id, _proposals(w), most), {"sealed": None})


ACCOUNT_SWEEPS: Mapping[Kept, Sweep] = {
    Kept.ACCOUNT_UNCONFIRMED: Sweep(
        lambda w: number(w, Account, *_unconfirmed(w)),
        lambda w, most: delete_some(w, Account.id, _unconfirmed(w), most),
    ),
    Kept.SESSION: Sweep(
        lambda w: number(w, AccountSession, *_sessions(w, staff=False)),
        lambda w, most: _end_sessions(w, most, staff=False),
    ),
    Kept.SESSION_STAFF: Sweep(
        lambda w: number(w, AccountSession, *_sessions(w, staff=True)),
        lambda w, most: _end_sessions(w, most, staff=True),
    ),
    Kept.INVITATION: Sweep(
        lambda w: number(w, Invitation, *_invitations(w)) + number(w, CoAuthor, *_co_authors(w)),
        _forget_invited,
    ),
    Kept.PROPOSAL: Sweep(lambda w: number(w, Proposal, *_proposals(w)), _forget_sealed),
    Kept.PROPOSAL_REASON: Sweep(lambda w: len(_old_reasons(w, MOST)), _erase_reasons),
}
