"""Staff: accounts made by the operator, roles given and taken, each with an entry in the staff log."""

from sqlalchemy import exists, select

from auth.models import Account, RoleGrant
from auth.permissions import APART, STAFF, Permission, Role, demand
from auth.queries import grants_of
from auth.services.accounts import open_account
from auth.services.sessions import end_sessions
from authorities.models import Authority
from core.audit import record
from core.refusal import Refusal
from core.work import Work


def create_user(
    w: Work, full_name: str, email: str, password: str, role: Role, body: str | None, language: str
) -> int:
    """Open a confirmed account with a role; returns its number. Refusals: of `open_account`, `grant_role`."""
    account = open_account(w, full_name, email, password, language, staff=role in STAFF)
    record(w, "account:create", f"account:{account.id}", after={"role": role.value})
    if role in STAFF:
        grant_role(w, account.id, role, body)
    elif body is not None:
        raise Refusal("role-without-body", field="body")
    return account.id


def grant_role(w: Work, account_id: int, role: Role, body: str | None = None) -> None:
    """Give an account a staff role; its sessions end, and a short password must be changed first.

    Refusals: `not-allowed`, `account-unknown`, `role-not-staff`, `role-without-body`, `body-unknown`,
    `role-conflict`.
    """
    demand(w.actor, Permission.USERS_MANAGE)
    account = w.session.get(Account, account_id)
    if account is None or account.closed_at is not None or account.confirmed_at is None:
        raise Refusal("account-unknown")
    _check_role(w, role, body)
    _check_apart(w, account_id, role)
    grant = RoleGrant(
        account_id=account_id, role=role, body=body, granted_at=w.now, granted_by=w.actor.account_id
    )
    w.session.add(grant)
    w.session.flush()
    end_sessions(w, account_id)
    record(w, "role:grant", f"account:{account_id}", after={"role": role.value, "body": body})


def revoke_role(w: Work, account_id: int, role: Role) -> None:
    """Take a staff role away; the account's sessions end. Refusals: `not-allowed`, `account-unknown`."""
    demand(w.actor, Permission.USERS_MANAGE)
    held = select(RoleGrant).where(RoleGrant.account_id == account_id, RoleGrant.role == role)
    grant = w.session.scalar(held)
    if grant is None:
        raise Refusal("account-unknown")
    w.session.delete(grant)
    w.session.flush()
    end_sessions(w, account_id)
    record(w, "role:revoke", f"account:{account_id}", before={"role": role.value, "body": grant.body})


def _check_role(w: Work, role: Role, body: str | None) -> None:
    if role not in STAFF:
        raise Refusal("role-not-staff", field="role")
    if (role is Role.OFFICER) != (body is not None):
        raise Refusal("role-without-body", field="body")
    if body is not None and not w.session.scalar(select(exists().where(Authority.code == body))):
        raise Refusal("body-unknown", field="body")


def _check_apart(w: Work, account_id: int, role: Role) -> None:
    held = {grant.role for grant in grants_of(w, account_id)}
    if role in held or (role in APART and held & APART):
        raise Refusal("role-conflict", field="role")
