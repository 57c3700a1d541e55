"""What others may read of people: who is signed in, an author's public name, a contact under its purpose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from auth.models import Account, AccountSession, RoleGrant, SecondFactor
from auth.permissions import STAFF, Role
from authorities.queries import area_names
from core.i18n import localised
from core.work import Work

PURPOSE_EMAIL = "account"
PURPOSE_SESSION = "account.session"


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in account with the roles that are in force.

    While the second factor is owed there are none, and `waits_for` says what comes next: `enrol` or `code`.
    """

    account_id: int
    roles: frozenset[str]
    body: str | None
    session_hash: bytes
    waits_for: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Where and in which language an account is written to; read it only to send a mail."""

    account_id: int
    email: str
    language: str
    full_name: str


@dataclass(frozen=True, slots=True)
class Author:
    """What is public of an author: full name and place of residence."""

    account_id: int
    full_name: str
    place: str


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What the owner of an account sees of it."""

    account_id: int
    email: str
    full_name: str
    place: str | None
    language: str
    created_at: datetime
    author_since: datetime | None
    roles: tuple[Role, ...]
    body: str | None
    head: bool
    has_factor: bool
    needs_longer_password: bool


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One signed-in browser in the owner's list; `key` tells it from the others and opens nothing."""

    key: str
    created_at: datetime
    expires_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the operator's list of accounts: no contact."""

    account_id: int
    full_name: str
    roles: tuple[str, ...]
    body: str | None
    state: str


def email_place(account_id: int) -> str:
    """The place that a sealed mailbox is bound to."""
    return f"accounts.{account_id}.email"


def usable() -> ColumnElement[bool]:
    """Accounts that can sign in: confirmed, not closed, not disabled."""
    return Account.confirmed_at.is_not(None) & Account.closed_at.is_(None) & Account.disabled.is_(False)


def session_hash(w: Work, token: str) -> bytes:
    """The form in which a session's token is kept."""
    return w.keys.blind_index(PURPOSE_SESSION, token)


def session_key(id_hash: bytes) -> str:
    """What tells one session from another in its owner's list."""
    return id_hash.hex()[:16]


def identity_of(w: Work, token: str) -> Identity | None:
    """Whose session the token is, if it is running and the account usable."""
    query = (
        select(Account, AccountSession)
        .join(AccountSession, AccountSession.account_id == Account.id)
        .where(AccountSession.id_hash == session_hash(w, token), AccountSession.expires_at > w.now, usable())
    )
    row = w.session.execute(query).one_or_none()
    if row is None:
        return None
    account, entry = row
    grants = grants_of(w, account.id)
    roles = roles_in_force(account, grants, passed=entry.passed_at is not None)
    body = next((grant.body for grant in grants if grant.role in roles and grant.body), None)
    waits = None if roles else "code" if has_factor(w, account.id) else "enrol"
    return Identity(account.id, frozenset(roles), body, entry.id_hash, waits)


def has_factor(w: Work, account_id: int) -> bool:
    """Whether the account has set up its second factor."""
    return w.session.get(SecondFactor, account_id) is not None


def owes_factor(account: Account, grants: Sequence[RoleGrant]) -> bool:
    """Whether a session of the account needs the second factor: staff with a password that is long enough."""
    return bool(grants) and account.password_long


def is_head(w: Work, account_id: int | None, body: str | None) -> bool:
    """Whether the account heads the body, and so may invite and remove its officers."""
    query = select(RoleGrant.id).where(RoleGrant.account_id == account_id, RoleGrant.head)
    return body is not None and w.session.scalar(query.where(RoleGrant.body == body)) is not None


def grants_of(w: Work, account_id: int) -> Sequence[RoleGrant]:
    """The staff roles that an account was given."""
    query = select(RoleGrant).where(RoleGrant.account_id == account_id).order_by(RoleGrant.id)
    return w.session.scalars(query).all()


def roles_in_force(account: Account, grants: Sequence[RoleGrant], *, passed: bool) -> set[Role]:
    """Staff act in their staff roles only, and in none before the second factor; all others are citizens.

    Whoever was given a role and has a short password is a citizen until it is changed.
    """
    if owes_factor(account, grants):
        return {grant.role for grant in grants} if passed else set()
    return {Role.CITIZEN}


def own_account(w: Work, account_id: int) -> OwnAccount:
    """The owner's view of an account."""
    account = w.session.get_one(Account, account_id)
    grants = grants_of(w, account_id)
    return OwnAccount(
        account_id=account.id,
        email=_email(w, account),
        full_name=account.full_name,
        place=account.place,
        language=account.language,
        created_at=account.created_at,
        author_since=account.author_since,
        roles=tuple(grant.role for grant in grants),
        body=next((grant.body for grant in grants if grant.body), None),
        head=any(grant.head for grant in grants),
        has_factor=has_factor(w, account_id),
        needs_longer_password=bool(grants) and not account.password_long,
    )


def contact_of(w: Work, account_id: int) -> Contact | None:
    """Where mail for an account goes; None once it is closed or disabled."""
    account = w.session.get(Account, account_id)
    if account is None or account.email_enc is None or account.disabled:
        return None
    return Contact(account.id, _email(w, account), account.language, account.full_name)


def mailboxes(w: Work) -> Iterator[tuple[str, str]]:
    """Mailbox and language of every account, to tell their owners of a breach; only the disclosure service may."""
    query = select(Account).where(Account.email_enc.is_not(None)).order_by(Account.id)
    for account in w.session.scalars(query.execution_options(yield_per=1000)):
        yield _email(w, account), account.language


def mailboxes_held(w: Work) -> int:
    """How many accounts have a mailbox."""
    held = select(func.count()).select_from(Account).where(Account.email_enc.is_not(None))
    return w.session.scalar(held) or 0


def author_of(w: Work, account_id: int) -> Author | None:
    """The author's public name and place; None while the account has not consented to be named."""
    account = w.session.get(Account, account_id)
    if account is None or account.author_since is None or account.place is None:
        return None
    return Author(account.id, account.full_name, account.place)


def holders(w: Work, role: Role, body: str | None = None) -> list[int]:
    """The usable accounts that hold a role (of a body), in the order they were given it."""
    query = select(RoleGrant.account_id).join(Account, Account.id == RoleGrant.account_id)
    query = query.where(RoleGrant.role == role, usable()).order_by(RoleGrant.id)
    if body is not None:
        query = query.where(RoleGrant.body == body)
    return list(w.session.scalars(query))


def heads(w: Work, body: str | None) -> list[int]:
    """The usable accounts that head a body, in the order they were given it."""
    query = select(RoleGrant.account_id).join(Account, Account.id == RoleGrant.account_id)
    headed = (RoleGrant.head, RoleGrant.body == body, usable())
    return list(w.session.scalars(query.where(*headed).order_by(RoleGrant.id)))


def sessions_of(w: Work, account_id: int, current: bytes | None) -> list[SessionRow]:
    """The running sessions of an account, the latest first."""
    mine = (AccountSession.account_id == account_id, AccountSession.expires_at > w.now)
    query = select(AccountSession).where(*mine)
    rows = w.session.scalars(query.order_by(AccountSession.created_at.desc(), AccountSession.id_hash))
    return [
        SessionRow(session_key(row.id_hash), row.created_at, row.expires_at, row.id_hash == current)
        for row in rows
    ]


def people(w: Work) -> list[Person]:
    """All accounts for the operator, without contacts."""
    found = w.session.scalars(select(Account).order_by(Account.id)).all()
    return [_person(account, grants_of(w, account.id)) for account in found]


def place_name(w: Work, code: str | None) -> str | None:
    """An area's name in the reader's language."""
    return localised(area_names(w, [code])[code]) if code else None


def _email(w: Work, account: Account) -> str:
    return w.keys.open_text(PURPOSE_EMAIL, account.email_enc or b"", email_place(account.id))


def _person(account: Account, grants: Sequence[RoleGrant]) -> Person:
    roles = tuple(grant.role.value for grant in grants if grant.role in STAFF) or (Role.CITIZEN.value,)
    body = next((grant.body for grant in grants if grant.body), None)
    return Person(account.id, account.full_name, roles, body, _state(account))


def _state(account: Account) -> str:
    if account.closed_at is not None:
        return "closed"
    if account.disabled:
        return "disabled"
    return "open" if account.confirmed_at is not None else "unconfirmed"
