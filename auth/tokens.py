"""Tokens of the links in an account's mails: sealed, of one purpose, with an end, and dead once used."""

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from auth.models import Account
from core.refusal import Refusal
from core.work import Work

FINGERPRINT = "account.fingerprint"


class Purpose(StrEnum):
    """What a link is for."""

    CONFIRM = "account-confirm"
    RESET = "account-reset"


VALID = {Purpose.CONFIRM: timedelta(days=7), Purpose.RESET: timedelta(hours=2)}


def make_token(w: Work, purpose: Purpose, account: Account) -> str:
    """The token of a link for an account as it is now."""
    ends = int((w.now + VALID[purpose]).timestamp())
    payload = json.dumps([account.id, ends, _fingerprint(w, account)], separators=(",", ":"))
    return w.keys.seal_token(purpose, payload.encode())


def account_of_token(w: Work, purpose: Purpose, token: str, *, lock: bool = False) -> Account:
    """The account that a link was made for; `lock` holds it for who uses the link up.

    Refusals: `not-found`; `link-expired` once used or too old.
    """
    payload = w.keys.open_token(purpose, token)
    if payload is None:
        raise Refusal("not-found")
    account_id, ends, fingerprint = json.loads(payload)
    held = {"key_share": True} if lock else None
    account = w.session.get(Account, account_id, with_for_update=held, populate_existing=lock)
    if account is None or account.closed_at is not None or account.disabled:
        raise Refusal("link-expired")
    if datetime.fromtimestamp(ends, UTC) <= w.now or fingerprint != _fingerprint(w, account):
        raise Refusal("link-expired")
    return account


def _fingerprint(w: Work, account: Account) -> str:
    # It changes with the password: a newer registration and a finished reset both end the earlier links.
    return w.keys.blind_index(FINGERPRINT, f"{account.id}|{account.password_hash}").hex()[:32]
