"""Signing in and out. A password is proved in a reading Work: no one else should wait for that to end."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from auth.mailbox import canonical_mailbox
from auth.models import Account, AccountSession
from auth.passwords import hash_password, is_outdated, matches
from auth.queries import grants_of, owes_factor, session_hash, session_key, usable
from core.refusal import Refusal
from core.work import Work

LASTS, LASTS_FOR_STAFF = timedelta(days=14), timedelta(hours=12)
LASTS_FOR_THE_SECOND_STEP = timedelta(minutes=20)
TOKEN_BYTES = 32
OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Proof:
    """A password that fitted: the hash it fitted, and a newer one where its costs were outdated."""

    account_id: int
    kept: str
    fresh: str | None


def check_credentials(w: Work, email: str, password: str) -> Proof:
    """Whether mailbox and password belong to a usable account; takes as long when they do not.

    Refusals: `sign-in-failed` whatever is wrong, `too-busy`.
    """
    return _prove(_usable_account(w, email), password, Refusal("sign-in-failed"))


def check_present(w: Work, password: str, *, field: str = "password") -> Proof:
    """Whether the actor knows the present password. Refusals: `password-wrong` on `field`, `too-busy`."""
    account = w.session.scalar(select(Account).where(Account.id == w.actor.account_id, usable()))
    return _prove(account, password, Refusal("password-wrong", field=field))


def _prove(account: Account | None, password: str, refusal: Refusal) -> Proof:
    kept = account.password_hash if account else None
    if not matches(kept, password) or account is None or kept is None:
        raise refusal
    return Proof(account.id, kept, hash_password(password) if is_outdated(kept) else None)


def begin_session(w: Work, proof: Proof) -> str:
    """Open a session and return its token, which is kept nowhere else. Refusal: `sign-in-failed`.

    A session of staff lasts only as long as the second step takes, and has no rights.
    """
    still = (Account.id == proof.account_id, Account.password_hash == proof.kept, usable())
    # Locked, so that a reset that ends all sessions meanwhile either ends this one too or is seen here.
    account = w.session.scalar(select(Account).where(*still).with_for_update(key_share=True))
    if account is None:
        raise Refusal("sign-in-failed")
    if proof.fresh is not None:
        account.password_hash = proof.fresh
    owed = owes_factor(account, grants_of(w, account.id))
    return _open(w, account.id, LASTS_FOR_THE_SECOND_STEP if owed else LASTS)


def begin_full_session(w: Work, account_id: int, earlier: bytes) -> str:
    """After the second factor: a new session with a new token takes the place of the `earlier` one.

    Refusal: `changed-meanwhile` where that one was ended while the code was on its way.
    """
    ended = delete(AccountSession).where(AccountSession.id_hash == earlier).returning(AccountSession.id_hash)
    if not w.session.execute(ended).all():
        raise Refusal("changed-meanwhile")
    return _open(w, account_id, LASTS_FOR_STAFF, passed=True)


def _open(w: Work, account_id: int, lasts: timedelta, *, passed: bool = False) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = AccountSession(
        id_hash=session_hash(w, token),
        account_id=account_id,
        created_at=w.now,
        expires_at=w.now + lasts,
        passed_at=w.now if passed else None,
    )
    w.session.add(row)
    return token


def end_session(w: Work, token: str) -> None:
    """Sign one browser out."""
    w.session.execute(delete(AccountSession).where(AccountSession.id_hash == session_hash(w, token)))


def end_sessions(w: Work, account_id: int, *, but: bytes | None = None) -> None:
    """Sign an account out everywhere, but for one session if it is named."""
    mine = delete(AccountSession).where(AccountSession.account_id == account_id)
    w.session.execute(mine if but is None else mine.where(AccountSession.id_hash != but))


def end_all_sessions(w: Work) -> None:
    """Sign everybody out."""
    w.session.execute(delete(AccountSession))


def end_chosen(w: Work, key: str | None, current: bytes | None) -> None:
    """Sign out one of the actor's browsers by its `key` of the list, or `others`. Refusal: `not-found`."""
    if w.actor.account_id is None:
        raise Refusal("not-allowed")
    if key == OTHERS:
        end_sessions(w, w.actor.account_id, but=current)
        return
    mine = select(AccountSession).where(AccountSession.account_id == w.actor.account_id)
    row = next((row for row in w.session.scalars(mine) if session_key(row.id_hash) == key), None)
    if row is None:
        raise Refusal("not-found")
    w.session.delete(row)


def _usable_account(w: Work, email: str) -> Account | None:
    try:
        index = w.keys.blind_index("account", canonical_mailbox(email))
    except Refusal:
        return None
    return w.session.scalar(select(Account).where(Account.email_index == index, usable()))
