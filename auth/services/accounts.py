"""Accounts: register, confirm the mailbox, change what one's own account says, close it."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Row, delete, select

from auth.mailbox import canonical_mailbox, check_mailbox
from auth.models import Account, RecoveryCode, RoleGrant, SecondFactor
from auth.names import check_signer_name
from auth.passwords import check_password, hash_password, is_long, matches
from auth.permissions import Permission, demand
from auth.queries import PURPOSE_EMAIL, email_place, usable
from auth.services.sessions import Proof, end_sessions
from auth.tokens import Purpose, account_of_token
from authorities.queries import is_selectable
from core.audit import record
from core.consent import Given, given
from core.contacts import claim_mail
from core.i18n import LANGUAGES
from core.outbox import post
from core.refusal import Refusal
from core.work import Work

# Petitions may refuse the closing of an account that still has something to see through.
CloseCheck = Callable[[Work, int], None]
_close_checks: list[CloseCheck] = []


def before_closing(check: CloseCheck) -> CloseCheck:
    """Register a check that raises a Refusal while an account must stay open."""
    _close_checks.append(check)
    return check


def register_account(w: Work, full_name: str, email: str, password: str, language: str) -> None:
    """Open an account that waits for its mailbox to be confirmed; whoever knows the mailbox learns by mail.

    What is answered is the same whether the mailbox has an account or not. Refusals: `email-invalid`, those
    of `check_signer_name` and of `check_password`.
    """
    address = check_mailbox(email)
    name = check_signer_name(full_name) if full_name else ""
    check_password(password, staff=False, about=(address.split("@")[0], name))
    kept = hash_password(password)  # before the first statement, which locks the database
    agreed = given(w)
    # Only one at a time goes on with a mailbox; so whether there is an account is asked after that.
    if not claim_mail(w, canonical_mailbox(email)):
        return
    known = _known(w, email)
    # The same is written for all, and taken back where there is an account: none is answered sooner than others.
    with suppress(_Undo), w.session.begin_nested():
        account = _fresh(w, f"{secrets.token_hex(8)}@decoy.example" if known else address)
        _write(account, name, kept, language, long=is_long(password))
        _agree(w, account, agreed)
        w.session.flush()
        number = account.id
        if known:
            raise _Undo
    if known:
        number = known.id
        if known.confirmed_at is not None:
            _mail(w, "auth-exists", number, language)
            return
        account = w.session.get_one(Account, number)
        _write(account, name, kept, language, long=is_long(password))
        _agree(w, account, agreed)
    _mail(w, "auth-confirm", number, language)


def check_chosen(w: Work, token: str, password: str) -> None:
    """Whether who follows a mailed link is who asked for the account, and not only the owner of the mailbox.

    Anybody can ask for one with somebody else's mailbox and a password of their own. Refusals: `not-found`,
    `link-expired`, `password-not-chosen`, `too-busy`.
    """
    if not matches(account_of_token(w, Purpose.CONFIRM, token).password_hash, password):
        raise Refusal("password-not-chosen", field="password")


def confirm_account(w: Work, token: str) -> None:
    """The owner of the mailbox, who knows the password (`check_chosen`), opens the account; may be repeated.

    A link ends with a newer password, so it is still the one that was checked. Refusals: `not-found`, `link-expired`.
    """
    account = account_of_token(w, Purpose.CONFIRM, token, lock=True)
    account.confirmed_at = account.confirmed_at or w.now


def is_confirmed(w: Work, token: str) -> bool:
    """Whether the account of a mailed link is open already. Refusals: `not-found`, `link-expired`."""
    return account_of_token(w, Purpose.CONFIRM, token).confirmed_at is not None


def open_account(
    w: Work,
    full_name: str,
    email: str,
    password: str,
    language: str,
    *,
    staff: bool,
    kept: str | None = None,
) -> Account:
    """Open an account that is confirmed at once, for the operator's commands and the demo.

    `kept` is the form in which this very password is kept, where it was made before.
    Refusals: `email-taken`, and those of `register_account`.
    """
    address = check_mailbox(email)
    name = check_signer_name(full_name)
    check_password(password, staff=staff, about=(address.split("@")[0], name))
    kept = kept or hash_password(password)  # before the first statement, which locks the database
    if find_account(w, email) is not None:
        raise Refusal("email-taken", field="email")
    account = _fresh(w, address)
    _write(account, name, kept, language, long=is_long(password))
    account.confirmed_at = w.now
    w.session.flush()
    return account


def own(w: Work) -> Account:
    """The actor's own account. Refusal: `not-allowed`."""
    demand(w.actor, Permission.ACCOUNT_SELF)
    account = w.session.scalar(select(Account).where(Account.id == w.actor.account_id, usable()))
    if account is None:
        raise Refusal("not-allowed")
    return account


def change_details(w: Work, full_name: str, place: str | None, language: str) -> None:
    """Change name, place and language; an author keeps the name that petitions were published under.

    Refusals: `author-name-fixed`, `place-unknown`, `language-unknown`, those of `check_signer_name`.
    """
    account = own(w)
    if language not in LANGUAGES:
        raise Refusal("language-unknown", field="language")
    name = check_signer_name(full_name) if full_name else ""
    if account.author_since is not None and name != account.full_name:
        raise Refusal("author-name-fixed", field="full_name")
    account.full_name, account.language = name, language
    account.place = check_place(w, place) if place or account.author_since else None


def check_place(w: Work, code: str | None) -> str:
    """The code of an area that someone can live in. Refusal: `place-unknown` on `place`."""
    if not code or not is_selectable(w, code):
        raise Refusal("place-unknown", field="place")
    return code


def close_account(w: Work, present: Proof) -> None:
    """Close the actor's account: mailbox, password, roles and sessions go at once, an author's name stays.

    Refusals: `changed-meanwhile`, and what the registered checks say.
    """
    account = own(w)
    if account.password_hash != present.kept:
        raise Refusal("changed-meanwhile")
    for check in _close_checks:
        check(w, account.id)
    end_sessions(w, account.id)
    if w.session.scalar(select(RoleGrant.id).where(RoleGrant.account_id == account.id).limit(1)):
        record(w, "account:close", f"account:{account.id}")
    for table in (RoleGrant, RecoveryCode, SecondFactor):
        w.session.execute(delete(table).where(table.account_id == account.id))
    account.closed_at = w.now
    account.email_index = account.email_enc = account.password_hash = None
    account.password_long = False
    if account.author_since is None:
        account.full_name, account.place = "", None


def find_account(w: Work, email: str) -> Account | None:
    """The open account of a mailbox, whatever the spelling. Refusal: `email-invalid`."""
    return w.session.scalar(select(Account).where(Account.email_index == mailbox_index(w, email)))


def mailbox_index(w: Work, email: str) -> bytes:
    """What the account of a mailbox is found by. Refusal: `email-invalid`."""
    return w.keys.blind_index("account", canonical_mailbox(email))


def _fresh(w: Work, address: str) -> Account:
    account = Account(
        email_index=mailbox_index(w, address),
        email_enc=b"",
        full_name="",
        language="",
        password_hash="",
        created_at=w.now,
    )
    w.session.add(account)
    w.session.flush()
    # The sealed mailbox is bound to its row, whose number is known only now.
    account.email_enc = w.keys.seal_text(PURPOSE_EMAIL, address, email_place(account.id))
    return account


def _write(account: Account, name: str, kept: str, language: str, *, long: bool) -> None:
    account.full_name, account.language = name, language
    account.password_hash, account.password_long = kept, long


def _agree(w: Work, account: Account, agreed: Given) -> None:
    account.created_at, account.notice = w.now, agreed.version
    account.notice_language, account.notice_channel = agreed.language, agreed.channel


def _known(w: Work, email: str) -> Row[int, datetime | None] | None:
    """Number and confirmation of a mailbox's account: a whole one would take the longer to read."""
    query = select(Account.id, Account.confirmed_at).where(Account.email_index == mailbox_index(w, email))
    return w.session.execute(query).one_or_none()


class _Undo(Exception):
    """Takes a savepoint back."""


def _mail(w: Work, template: str, number: int, language: str) -> None:
    post(w, template, f"{number}:{secrets.token_hex(8)}", {"account": number}, language)
