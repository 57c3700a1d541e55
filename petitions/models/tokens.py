"""Tokens of the links in mails: sealed, of one purpose, with an end; nothing of them is stored."""

import hmac
import struct
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from core.refusal import Refusal
from core.work import Work

_PACKED = struct.Struct(">QQIQ")
# Longer than any row is kept (21 months), so that it is the row that ends the link.
LASTING = timedelta(days=670)
JOIN_SIGNS = 32


class Purpose(StrEnum):
    """What a link is for; a token of one purpose opens nothing of another."""

    CONFIRM = "signature-confirm"
    MANAGE = "signature-manage"
    UNSUBSCRIBE = "signature-unsubscribe"
    MUTE = "case-unsubscribe"
    PROMISE = "promise-follower"
    PROMISE_AUTHOR = "promise-author"
    CO_AUTHOR = "co-author"


@dataclass(frozen=True, slots=True)
class Link:
    """What a token says: a petition, a signature (or, for a mail of a case, an account), and its entry number.

    In a link about a promise the entry is the promise's number; in an invitation the subject is the invitation.
    """

    petition_id: int
    subject_id: int
    entry: int
    expires_at: datetime


def sign_token(
    w: Work, purpose: Purpose, petition_id: int, subject_id: int, entry: int, expires_at: datetime
) -> str:
    """A token for a URL; `subject_id` is a signature's id, or an account's for `Purpose.MUTE`."""
    payload = _PACKED.pack(petition_id, subject_id, entry, int(expires_at.timestamp()))
    return w.keys.seal_token(purpose.value, payload)


def read_token(w: Work, purpose: Purpose, token: str) -> Link:
    """What a token says. Refusals: `not-found` for none of ours; `signature-link-expired` from its end on."""
    payload = w.keys.open_token(purpose.value, token)
    if payload is None or len(payload) != _PACKED.size:
        raise Refusal("not-found")
    petition_id, subject_id, entry, ends = _PACKED.unpack(payload)
    link = Link(petition_id, subject_id, entry, datetime.fromtimestamp(ends, UTC))
    if w.now >= link.expires_at:
        raise Refusal("signature-link-expired")
    return link


def join_token(w: Work, petition_id: int) -> str:
    """The secret part of a petition's private link, made from the site key and stored nowhere."""
    digest = w.keys.blind_index("join", str(petition_id))
    return urlsafe_b64encode(digest).decode()[:JOIN_SIGNS]


def is_join_token(w: Work, petition_id: int, token: str) -> bool:
    """Whether the token opens this petition's private link; takes the same time for every wrong one."""
    return hmac.compare_digest(join_token(w, petition_id).encode(), token.encode())
