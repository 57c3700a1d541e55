"""New passwords: by a link to the mailbox, or by its owner who knows the present one."""

import secrets

from sqlalchemy import select

from auth.mailbox import canonical_mailbox
from auth.models import Account
from auth.passwords import check_password, hash_password, is_long
from auth.queries import contact_of, grants_of
from auth.services.accounts import mailbox_index, own
from auth.services.sessions import Proof, end_sessions
from auth.tokens import Purpose, account_of_token
from core.contacts import claim_mail
from core.outbox import post
from core.refusal import Refusal
from core.work import Work


def request_reset(w: Work, email: str, language: str) -> None:
    """Send a link for a new password, if the mailbox has an account; the same happens outwardly if not.

    Refusal: `email-invalid`.
    """
    known = w.session.scalar(select(Account.id).where(Account.email_index == mailbox_index(w, email)))
    if claim_mail(w, canonical_mailbox(email)):
        # A row is written for an unknown mailbox too, and dropped when it is due: the answer takes as long.
        post(w, "auth-reset", secrets.token_hex(16), {"account": known}, language)


def check_reset(w: Work, token: str) -> None:
    """Whether the link is still good. Refusals: `not-found`, `link-expired`."""
    account_of_token(w, Purpose.RESET, token)


def finish_reset(w: Work, token: str, password: str) -> None:
    """Set a new password by link: it works once, confirms the mailbox, and signs out everywhere.

    Refusals: `not-found`, `link-expired`, those of `check_password`.
    """
    kept = hash_password(password)  # before the first statement, which locks the database
    account = account_of_token(w, Purpose.RESET, token, lock=True)
    _set_password(w, account, password, kept)
    account.confirmed_at = account.confirmed_at or w.now
    end_sessions(w, account.id)


def change_password(w: Work, present: Proof, new: str, *, keep: bytes | None = None) -> None:
    """Set a new password; every session ends but the one it was changed in.

    Refusals: `changed-meanwhile`, those of `check_password`.
    """
    kept = hash_password(new)  # before the first statement, which locks the database
    account = own(w)
    if account.password_hash != present.kept:
        raise Refusal("changed-meanwhile")
    _set_password(w, account, new, kept)
    end_sessions(w, account.id, but=keep)


def _set_password(w: Work, account: Account, password: str, kept: str) -> None:
    contact = contact_of(w, account.id)
    about = (contact.email.split("@")[0], contact.full_name) if contact else ()
    check_password(password, staff=bool(grants_of(w, account.id)), about=about)
    account.password_hash, account.password_long = kept, is_long(password)
