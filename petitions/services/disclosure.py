"""The only way of staff to a signer's contact: a reason, two persons, a cap, one use, and a public number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from auth.permissions import Permission, demand
from auth.services.proposals import propose
from auth.two_person import Matter, two_person
from core.audit import record
from core.i18n import lazy
from core.refusal import Refusal
from core.work import Work
from petitions.models.keys import contact_key, open_field
from petitions.models.retention import ContactRead
from petitions.models.signature import Signature

KIND = "contact.read"
# So many single reads in so many days; after a breach all of a petition's are one read, and not capped.
CAP, WITHIN = 5, timedelta(days=7)
LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Opened:
    """A signer's contact, as it is shown once."""

    signature_id: int
    contact: str
    language: str


@dataclass(frozen=True, slots=True)
class Leave:
    """A read that two persons agreed to; `open_now`: the asker may still use it."""

    id: int
    petition_id: int
    signature_id: int | None
    agreed_at: Any
    used_at: Any
    n: int
    open_now: bool


def ask_to_read(w: Work, petition_id: int, signature_id: int | None, reason: str) -> int:
    """Ask for one signer's contact, or after a breach (`signature_id` None) for all of a petition's.

    Returns the proposal's number. Refusals: `not-allowed`, `proposal-reason`, `not-found`, `gone`, `read-cap`.
    """
    return propose(w, KIND, {"petition": petition_id, "signature": signature_id}, reason)


def read_contacts(w: Work, read_id: int) -> list[Opened]:
    """Open what was agreed to, once, for the one who asked; it is counted and logged by number.

    Refusals: `not-allowed`, `not-found` for somebody else's, `read-used`, `gone` once the key is destroyed.
    """
    demand(w.actor, Permission.DATA_REQUEST_HANDLE)
    leave = w.session.get(ContactRead, read_id, with_for_update=True)
    if leave is None or leave.asked_by != w.actor.account_id:
        raise Refusal("not-found")
    if not _is_open(w, leave):
        raise Refusal("read-used")
    opened = _open(w, leave)
    leave.used_at, leave.n = w.now, len(opened)
    record(w, "contact:read", f"petition:{leave.petition_id}", after={"read": leave.id, "n": len(opened)})
    return opened


def leaves(w: Work) -> list[Leave]:
    """Every read that was agreed to, the latest first: numbers only."""
    demand(w.actor, Permission.DATA_REQUEST_HANDLE)
    return [
        Leave(
            row.id,
            row.petition_id,
            row.signature_id,
            row.agreed_at,
            row.used_at,
            row.n,
            _is_open(w, row) and row.asked_by == w.actor.account_id,
        )
        for row in w.session.scalars(select(ContactRead).order_by(ContactRead.id.desc()).limit(200))
    ]


def _check(w: Work, payload: Mapping[str, Any]) -> None:
    contact_key(w, payload["petition"])
    if payload["signature"] is None:
        return
    row = w.session.get(Signature, (payload["petition"], payload["signature"]))
    if row is None or row.contact is None:
        raise Refusal("not-found", field="signature")
    lately = (ContactRead.signature_id.is_not(None), ContactRead.agreed_at > w.now - WITHIN)
    if (w.session.scalar(select(func.count()).select_from(ContactRead).where(*lately)) or 0) >= CAP:
        raise Refusal("read-cap", cap=CAP)


@two_person(KIND, lazy("Read the address of a signer"), Permission.DATA_REQUEST_HANDLE, check=_check)
def allow(w: Work, matter: Matter) -> None:
    """Give the asker leave to read, for a day; nothing is opened yet."""
    _check(w, matter.payload)
    row = ContactRead(
        proposal_id=matter.number,
        petition_id=matter.payload["petition"],
        signature_id=matter.payload["signature"],
        asked_by=matter.proposed_by,
        agreed_by=w.actor.account_id,
        agreed_at=w.now,
    )
    w.session.add(row)


def _is_open(w: Work, leave: ContactRead) -> bool:
    return leave.used_at is None and w.now < leave.agreed_at + LASTS


def _open(w: Work, leave: ContactRead) -> list[Opened]:
    key = contact_key(w, leave.petition_id)
    query = select(Signature).where(
        Signature.petition_id == leave.petition_id, Signature.contact.is_not(None)
    )
    if leave.signature_id is not None:
        query = query.where(Signature.id == leave.signature_id)
    rows = w.session.scalars(query.order_by(Signature.id).execution_options(yield_per=1000))
    return [
        Opened(row.id, open_field(key, row.contact, row.petition_id, row.id, "contact"), row.language)
        for row in rows
        if row.contact is not None
    ]
