"""What two people decide about staff: roles given and taken, a lost second factor, letting somebody in again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth.mailbox import check_mailbox
from auth.models import RoleGrant
from auth.permissions import Permission, Role, may
from auth.queries import has_factor, is_head
from auth.services.accounts import find_account
from auth.services.factors import tell_of_access
from auth.services.invitations import invite
from auth.services.proposals import propose
from auth.services.staff import (
    check_apart,
    check_role,
    enable_account,
    give_role,
    held,
    reset_factor,
    take_role,
    usable_account,
)
from auth.two_person import Matter, two_person
from core.i18n import lazy
from core.refusal import Refusal
from core.work import Work

Payload = Mapping[str, Any]
HEADS = (Permission.OFFICERS_INVITE,)


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody is to get: for officers with their body, and whether they head it."""

    role: Role
    body: str | None = None
    head: bool = False


def propose_grant(w: Work, email: str, grant: Grant, reason: str) -> int:
    """Ask for a role for the owner of a mailbox, who is invited by mail where there is no account.

    Administrators may ask for every role, the head of a body for its officers. Returns the proposal's number.
    Refusals: `email-invalid`, of `check_role`, `role-conflict`, `not-allowed`, `proposal-reason`.
    """
    address = check_mailbox(email)
    account = find_account(w, address)
    known = account.id if account is not None and account.confirmed_at is not None else None
    payload = {"account": known, "role": grant.role.value, "body": grant.body, "head": grant.head}
    return propose(w, "role.grant", payload, reason, sealed=address)


def propose_removal(w: Work, account_id: int, role: Role, reason: str) -> int:
    """Ask for a role to be taken away. Refusals: `account-unknown`, `not-allowed`, `proposal-reason`."""
    grant = held(w, account_id, role)
    payload = {"account": account_id, "role": role.value, "body": grant.body}
    return propose(w, "role.revoke", payload, reason)


def propose_factor_reset(w: Work, account_id: int, reason: str) -> int:
    """Ask for a lost second factor to be forgotten. Refusals: as above, `factor-missing`."""
    return propose(w, "factor.reset", {"account": account_id}, reason)


def propose_enabling(w: Work, account_id: int, reason: str) -> int:
    """Ask for a stopped account to be let in again. Refusals: as above."""
    return propose(w, "account.enable", {"account": account_id}, reason)


def _check_grant(w: Work, payload: Payload) -> None:
    role = Role(payload["role"])
    check_role(w, role, payload["body"], head=payload["head"])
    _only_heads_of(w, role, payload["body"], headless=not payload["head"])
    if payload["account"] is not None:
        usable_account(w, payload["account"])
        check_apart(w, payload["account"], role)


def _check_removal(w: Work, payload: Payload) -> None:
    grant: RoleGrant = held(w, payload["account"], Role(payload["role"]))
    _only_heads_of(w, grant.role, grant.body, headless=not grant.head)


def _only_heads_of(w: Work, role: Role, body: str | None, *, headless: bool) -> None:
    """Who does not manage all accounts must head the body, and reaches its officers but no other head."""
    if may(w.actor.roles, Permission.USERS_MANAGE):
        return
    if role is not Role.OFFICER or not headless or not is_head(w, w.actor.account_id, body):
        raise Refusal("not-allowed")


def _check_reset(w: Work, payload: Payload) -> None:
    usable_account(w, payload["account"])
    if not has_factor(w, payload["account"]):
        raise Refusal("factor-missing")


@two_person(
    "role.grant", lazy("Give a role"), Permission.USERS_MANAGE, also_proposed_by=HEADS, check=_check_grant
)
def grant(w: Work, matter: Matter) -> None:
    """Give the role, or invite whoever has no account yet."""
    payload = matter.payload
    account = find_account(w, matter.sealed or "")
    if payload["account"] is not None and (account is None or account.id != payload["account"]):
        # The account that the second person saw is gone, and another one must not get its role.
        raise Refusal("changed-meanwhile")
    if account is None or account.confirmed_at is None:
        invite(w, matter.number, matter.sealed or "")
        return
    role = Role(payload["role"])
    give_role(w, account.id, role, payload["body"], head=payload["head"], by=matter.proposed_by)
    tell_of_access(w, account.id)


@two_person(
    "role.revoke",
    lazy("Take a role away"),
    Permission.USERS_MANAGE,
    also_proposed_by=HEADS,
    check=_check_removal,
)
def revoke(w: Work, matter: Matter) -> None:
    """Take the role away; the desk closes at once."""
    take_role(w, matter.payload["account"], Role(matter.payload["role"]))
    tell_of_access(w, matter.payload["account"])


@two_person("factor.reset", lazy("Forget a lost second factor"), Permission.USERS_MANAGE, check=_check_reset)
def forget(w: Work, matter: Matter) -> None:
    """Forget the second factor."""
    reset_factor(w, matter.payload["account"])


@two_person("account.enable", lazy("Let a stopped account in again"), Permission.USERS_MANAGE)
def enable(w: Work, matter: Matter) -> None:
    """Let the account in again."""
    enable_account(w, matter.payload["account"])
