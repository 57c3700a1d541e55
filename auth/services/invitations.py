"""Invitations of staff: a role that two people agreed on waits for the owner of a mailbox to take it."""

import json
from dataclasses import dataclass
from datetime import timedelta

from auth.models import Account, Invitation, Proposal
from auth.permissions import Role
from auth.services.accounts import find_account, open_account
from auth.services.staff import give_role
from core.audit import record
from core.i18n import language
from core.outbox import post
from core.refusal import Refusal
from core.work import Work

LASTS = timedelta(days=7)
PURPOSE = "invitation"
PURPOSE_TOKEN = "invitation-link"  # noqa: S105 - the name of a purpose


@dataclass(frozen=True, slots=True)
class Offer:
    """What the reader of an invitation is offered, and whether the mailbox has an account already."""

    role: Role
    body: str | None
    head: bool
    has_account: bool


def invite(w: Work, proposal_id: int, email: str) -> None:
    """Mail the owner of a mailbox the link to a role that was agreed on."""
    row = Invitation(proposal_id=proposal_id, language=language(), expires_at=w.now + LASTS)
    w.session.add(row)
    w.session.flush()
    row.email_enc = w.keys.seal_text(PURPOSE, email, _place(row.id))
    post(w, "auth-invitation", str(row.id), {"invitation": row.id}, row.language)


def invited(w: Work, invitation_id: int) -> tuple[str, str] | None:
    """Mailbox and link's token of an invitation that still waits."""
    row = w.session.get(Invitation, invitation_id)
    if row is None or row.email_enc is None or row.expires_at <= w.now:
        return None
    payload = json.dumps([row.id, int(row.expires_at.timestamp())]).encode()
    return _mailbox(w, row), w.keys.seal_token(PURPOSE_TOKEN, payload)


def offer_of(w: Work, token: str) -> Offer:
    """What an invitation offers. Refusals: `not-found`, `link-expired` once it was taken or is too old."""
    row = _waiting(w, token)
    payload = w.session.get_one(Proposal, row.proposal_id).payload
    return Offer(Role(payload["role"]), payload["body"], payload["head"], _account(w, row) is not None)


def accept(w: Work, token: str, full_name: str, password: str) -> None:
    """Take the role: with a new account, whose mailbox the link has proved, or with the one that is there.

    Refusals: `not-found`, `link-expired`, of `open_account` and `give_role`.
    """
    row = _waiting(w, token)
    proposal = w.session.get_one(Proposal, row.proposal_id)
    account = _account(w, row) or _open(w, row, full_name, password)
    role, body, head = Role(proposal.payload["role"]), proposal.payload["body"], proposal.payload["head"]
    give_role(w, account.id, role, body, head=head, by=proposal.proposed_by)
    row.accepted_at, row.email_enc = w.now, None
    record(w, "invitation:accept", f"account:{account.id}", after={"proposal": proposal.id})


def _waiting(w: Work, token: str) -> Invitation:
    payload = w.keys.open_token(PURPOSE_TOKEN, token)
    if payload is None:
        raise Refusal("not-found")
    row = w.session.get(Invitation, json.loads(payload)[0])
    if row is None or row.email_enc is None or row.expires_at <= w.now:
        raise Refusal("link-expired")
    return row


def _account(w: Work, row: Invitation) -> Account | None:
    account = find_account(w, _mailbox(w, row))
    return account if account is not None and account.confirmed_at is not None else None


def _open(w: Work, row: Invitation, full_name: str, password: str) -> Account:
    email = _mailbox(w, row)
    unconfirmed = find_account(w, email)
    if unconfirmed is not None:
        # Whoever registered it never proved the mailbox; the owner of the mailbox just did.
        w.session.delete(unconfirmed)
        w.session.flush()
    return open_account(w, full_name, email, password, language(), staff=True)


def _mailbox(w: Work, row: Invitation) -> str:
    return w.keys.open_text(PURPOSE, row.email_enc or b"", _place(row.id))


def _place(invitation_id: int) -> str:
    return f"invitations.{invitation_id}.email"
