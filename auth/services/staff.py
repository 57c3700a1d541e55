"""Staff: accounts made on the host, roles given and taken, accounts stopped, each with an entry in the log."""

from sqlalchemy import exists, select

from auth.models import Account, RoleGrant
from auth.permissions import APART, STAFF, Permission, Role, demand
from auth.queries import grants_of
from auth.services.accounts import open_account
from auth.services.factors import forget_factor, tell_of_access
from auth.services.sessions import end_sessions
from authorities.models import Authority
from core.audit import record
from core.refusal import Refusal
from core.work import Work


def create_user(
    w: Work,
    full_name: str,
    email: str,
    password: str,
    role: Role,
    body: str | None,
    language: str,
    *,
    head: bool = False,
    kept: str | None = None,
) -> int:
    """Open a confirmed account with a role; returns its number. `kept` as in `open_account`.

    Refusals: of `open_account`, `grant_role`.
    """
    account = open_account(w, full_name, email, password, language, staff=role in STAFF, kept=kept)
    record(w, "account:create", f"account:{account.id}", after={"role": role.value})
    if role in STAFF:
        grant_role(w, account.id, role, body, head=head)
    elif body is not None or head:
        raise Refusal("role-without-body", field="body")
    return account.id


def grant_role(w: Work, account_id: int, role: Role, body: str | None = None, *, head: bool = False) -> None:
    """Give a role from the host; on the site it takes two people. Refusals: `not-allowed`, of `give_role`."""
    on_the_host(w)
    give_role(w, account_id, role, body, head=head, by=None)


def revoke_role(w: Work, account_id: int, role: Role) -> None:
    """Take a role away from the host. Refusals: `not-allowed`, of `take_role`."""
    on_the_host(w)
    take_role(w, account_id, role)


def on_the_host(w: Work) -> None:
    """Only a command on the host passes. Refusal: `not-allowed`."""
    if not w.actor.system:
        raise Refusal("not-allowed")


def give_role(w: Work, account_id: int, role: Role, body: str | None, *, head: bool, by: int | None) -> None:
    """Give an account a staff role; its sessions end, and a short password must be changed first.

    Refusals: `account-unknown`, those of `check_role` and `role-conflict`.
    """
    usable_account(w, account_id)
    check_role(w, role, body, head=head)
    check_apart(w, account_id, role)
    grant = RoleGrant(account_id=account_id, role=role, body=body, head=head, granted_at=w.now, granted_by=by)
    w.session.add(grant)
    w.session.flush()
    end_sessions(w, account_id)
    record(w, "role:grant", f"account:{account_id}", after=_said(grant))


def take_role(w: Work, account_id: int, role: Role) -> None:
    """Take a staff role away; the account's sessions end at once. Refusal: `account-unknown`."""
    grant = held(w, account_id, role)
    w.session.delete(grant)
    w.session.flush()
    if not grants_of(w, account_id):
        forget_factor(w, account_id)
    end_sessions(w, account_id)
    record(w, "role:revoke", f"account:{account_id}", before=_said(grant))


def held(w: Work, account_id: int, role: Role) -> RoleGrant:
    """The grant of a role that an account holds. Refusal: `account-unknown`."""
    mine = (RoleGrant.account_id == account_id, RoleGrant.role == role)
    grant = w.session.scalar(select(RoleGrant).where(*mine))
    if grant is None:
        raise Refusal("account-unknown")
    return grant


def disable_account(w: Work, account_id: int) -> None:
    """Stop an account at once: one person may do it, its sessions end, and the number of uses is public.

    Refusals: `not-allowed`, `account-unknown`, `disable-self`.
    """
    demand(w.actor, Permission.USERS_MANAGE)
    if account_id == w.actor.account_id:
        raise Refusal("disable-self")
    account = usable_account(w, account_id)
    account.disabled = True
    end_sessions(w, account_id)
    record(w, "account:disable", f"account:{account_id}", {"disabled": False}, {"disabled": True})


def enable_account(w: Work, account_id: int) -> None:
    """Let a stopped account in again. Refusal: `account-unknown`."""
    account = w.session.get(Account, account_id)
    if account is None or account.closed_at is not None or not account.disabled:
        raise Refusal("account-unknown")
    account.disabled = False
    record(w, "account:enable", f"account:{account_id}", {"disabled": True}, {"disabled": False})


def reset_factor(w: Work, account_id: int) -> None:
    """Forget the second factor of somebody who lost everything; the sessions end, the owner is told.

    Refusal: `account-unknown`.
    """
    usable_account(w, account_id)
    forget_factor(w, account_id)
    end_sessions(w, account_id)
    record(w, "factor:reset", f"account:{account_id}")
    tell_of_access(w, account_id)


def usable_account(w: Work, account_id: int) -> Account:
    """An account that can sign in. Refusal: `account-unknown`."""
    account = w.session.get(Account, account_id)
    if account is None or account.closed_at is not None or account.confirmed_at is None or account.disabled:
        raise Refusal("account-unknown")
    return account


def check_role(w: Work, role: Role, body: str | None, *, head: bool = False) -> None:
    """Whether a role can be given with a body. Refusals: `role-not-staff`, `role-without-body`, `body-unknown`."""
    if role not in STAFF:
        raise Refusal("role-not-staff", field="role")
    if (role is Role.OFFICER) != (body is not None) or (head and role is not Role.OFFICER):
        raise Refusal("role-without-body", field="body")
    if body is not None and not w.session.scalar(select(exists().where(Authority.code == body))):
        raise Refusal("body-unknown", field="body")


def check_apart(w: Work, account_id: int, role: Role) -> None:
    """Whether an account may hold a role beside those it has. Refusal: `role-conflict`."""
    present = {grant.role for grant in grants_of(w, account_id)}
    if role in present or (role in APART and present & APART):
        raise Refusal("role-conflict", field="role")


def _said(grant: RoleGrant) -> dict[str, object]:
    return {"role": grant.role.value, "body": grant.body} | ({"head": True} if grant.head else {})
