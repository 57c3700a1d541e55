"""The only way of staff to signers' contacts: a reason, two persons, a cap, one use, and a public number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Select, func, select

from auth.mailbox import canonical_mailbox
from auth.permissions import Permission, demand
from auth.queries import mailboxes, mailboxes_held
from auth.services.proposals import propose
from auth.two_person import Matter, two_person
from core.audit import record
from core.i18n import _, lazy
from core.refusal import Refusal
from core.work import Work
from petitions.models.keys import contact_key, open_field
from petitions.models.petition import Petition, PetitionKeys
from petitions.models.privacy import Breach
from petitions.models.retention import ContactRead, ReadPurpose
from petitions.models.signature import Signature
from petitions.queries.handover import READ_PURPOSE

ONE, ALL = "contact.read", "contact.export"
# So many single reads in so many days; what tells people of a breach is not capped.
CAP, WITHIN = 5, timedelta(days=7)
LASTS = timedelta(hours=24)
SINGLE = (ReadPurpose.ORDER, ReadPurpose.REQUEST)
Payload = Mapping[str, Any]
Address = tuple[str, str]


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
    purpose: str
    breach_id: int | None
    petition_id: int | None
    signature_id: int | None
    agreed_at: datetime
    used_at: datetime | None
    n: int
    open_now: bool

    @property
    def is_file(self) -> bool:
        """Whether it gives all addresses as a file, not one on a page."""
        return self.signature_id is None


def ask_to_read(w: Work, petition_id: int, signature_id: int, purpose: ReadPurpose, reason: str) -> int:
    """Ask for one signer's contact; the proposal's number.

    Refusals: `not-allowed`, `proposal-reason`, `not-found`, `gone`, `read-purpose`, `read-cap`.
    """
    payload = {"purpose": purpose.value, "petition": petition_id, "signature": signature_id}
    return propose(w, ONE, payload, reason)


def ask_to_export(w: Work, breach_id: int, petition_id: int | None, reason: str) -> int:
    """Ask for the addresses of those whom a breach touches: a petition's signers, or (None) everybody's.

    Returns the proposal's number. Refusals: `not-allowed`, `proposal-reason`, `breach-unknown`, `not-found`, `gone`.
    """
    payload = {"purpose": ReadPurpose.BREACH.value, "breach": breach_id, "petition": petition_id}
    return propose(w, ALL, payload, reason)


def read_contact(w: Work, read_id: int) -> Opened:
    """Open the one contact that was agreed to, once, for the one who asked; it is counted and logged by number.

    Refusals: `not-allowed`, `not-found` for somebody else's, `read-used`, `gone` once it or its key is destroyed.
    """
    leave = _claim(w, read_id, file=False)
    row = w.session.get(Signature, (leave.petition_id, leave.signature_id))
    if row is None or row.contact is None:
        raise Refusal("gone")
    key = contact_key(w, row.petition_id)
    _used(w, leave, 1)
    return Opened(row.id, open_field(key, row.contact, row.petition_id, row.id, "contact"), row.language)


def begin_export(w: Work, read_id: int) -> int | None:
    """Use the leave for a file up, before its first line is written; the petition whose addresses it may hold.

    What breaks off half-way needs a new leave. Refusals: as for one contact, and `export-unsafe` over plain http.
    """
    if w.settings.env == "production" and not w.settings.secure_cookies:
        raise Refusal("export-unsafe")
    leave = _claim(w, read_id, file=True)
    n = w.session.scalar(select(func.count()).select_from(_sealed(leave.petition_id).subquery())) or 0
    _used(w, leave, n + (mailboxes_held(w) if leave.petition_id is None else 0))
    return leave.petition_id


def addresses(w: Work, petition_id: int | None) -> Iterator[Address]:
    """Mailbox and language of everybody concerned, each mailbox once, in the order of signing and of no petition.

    Nothing in it says who signed what. For `begin_export` alone, in a reading Work.
    """
    known: set[bytes] = set()
    for mailbox, language in _everybody(w, petition_id):
        mark = blake2b(canonical_mailbox(mailbox).encode(), digest_size=16).digest()
        if mark not in known:
            known.add(mark)
            yield mailbox, language


def leaves(w: Work) -> list[Leave]:
    """Every read that was agreed to, the latest first: numbers only."""
    demand(w.actor, Permission.DATA_REQUEST_HANDLE)
    query = select(ContactRead).order_by(ContactRead.id.desc()).limit(200)
    return [_leave(w, row) for row in w.session.scalars(query)]


def _leave(w: Work, row: ContactRead) -> Leave:
    return Leave(
        id=row.id,
        purpose=row.purpose.value,
        breach_id=row.breach_id,
        petition_id=row.petition_id,
        signature_id=row.signature_id,
        agreed_at=row.agreed_at,
        used_at=row.used_at,
        n=row.n,
        open_now=_is_open(w, row) and row.asked_by == w.actor.account_id,
    )


def _check_one(w: Work, payload: Payload) -> None:
    if payload["purpose"] not in SINGLE:
        raise Refusal("read-purpose", field="purpose")
    contact_key(w, payload["petition"])
    row = w.session.get(Signature, (payload["petition"], payload["signature"]))
    if row is None or row.contact is None:
        raise Refusal("not-found", field="signature")
    lately = (ContactRead.signature_id.is_not(None), ContactRead.agreed_at > w.now - WITHIN)
    if (w.session.scalar(select(func.count()).select_from(ContactRead).where(*lately)) or 0) >= CAP:
        raise Refusal("read-cap", cap=CAP)


def _check_all(w: Work, payload: Payload) -> None:
    if w.session.get(Breach, payload["breach"]) is None:
        raise Refusal("breach-unknown")
    if payload["petition"] is not None:
        if w.session.get(Petition, payload["petition"]) is None:
            raise Refusal("not-found", field="petition")
        contact_key(w, payload["petition"])


def _words(payload: Payload) -> list[tuple[str, object]]:
    """What the second person reads before saying yes."""
    said: list[tuple[str, object]] = [(_("Purpose"), str(READ_PURPOSE[ReadPurpose(payload["purpose"])]))]
    if "breach" in payload:
        said.append((_("Breach"), payload["breach"]))
    said.append((_("Petition"), payload["petition"] or _("all, and all accounts")))
    if "signature" in payload:
        said.append((_("Signature"), payload["signature"]))
    return said


@two_person(
    ONE,
    lazy("Read the address of a signer"),
    Permission.DATA_REQUEST_HANDLE,
    check=_check_one,
    describe=_words,
)
def allow_one(w: Work, matter: Matter) -> None:
    """Give the asker leave to read, for a day; nothing is opened yet."""
    _check_one(w, matter.payload)
    _allow(w, matter)


@two_person(
    ALL,
    lazy("Take the addresses of those whom a breach touches, as a file"),
    Permission.EXPORT_MASS,
    check=_check_all,
    describe=_words,
)
def allow_all(w: Work, matter: Matter) -> None:
    """Give the asker leave for one file, for a day; nothing is written yet."""
    _check_all(w, matter.payload)
    _allow(w, matter)


def _allow(w: Work, matter: Matter) -> None:
    row = ContactRead(
        proposal_id=matter.number,
        purpose=ReadPurpose(matter.payload["purpose"]),
        breach_id=matter.payload.get("breach"),
        petition_id=matter.payload["petition"],
        signature_id=matter.payload.get("signature"),
        asked_by=matter.proposed_by,
        agreed_by=w.actor.account_id,
        agreed_at=w.now,
    )
    w.session.add(row)


def _claim(w: Work, read_id: int, *, file: bool) -> ContactRead:
    demand(w.actor, Permission.EXPORT_MASS if file else Permission.DATA_REQUEST_HANDLE)
    leave = w.session.get(ContactRead, read_id, with_for_update=True)
    if leave is None or leave.asked_by != w.actor.account_id or (leave.signature_id is None) is not file:
        raise Refusal("not-found")
    if not _is_open(w, leave):
        raise Refusal("read-used")
    return leave


def _used(w: Work, leave: ContactRead, n: int) -> None:
    leave.used_at, leave.n = w.now, n
    what = "contact:export" if leave.signature_id is None else "contact:read"
    about = "all" if leave.petition_id is None else f"petition:{leave.petition_id}"
    record(w, what, about, after={"read": leave.id, "purpose": leave.purpose.value, "n": n})


def _is_open(w: Work, leave: ContactRead) -> bool:
    return leave.used_at is None and w.now < leave.agreed_at + LASTS


def _sealed(petition_id: int | None) -> Select[tuple[int, int, bytes | None, str]]:
    """Contacts that can still be opened: a number of time and chance orders them, over all petitions."""
    columns = (Signature.petition_id, Signature.id, Signature.contact, Signature.language)
    query = select(*columns).join(PetitionKeys, PetitionKeys.petition_id == Signature.petition_id)
    query = query.where(Signature.contact.is_not(None), PetitionKeys.contact.is_not(None))
    return query if petition_id is None else query.where(Signature.petition_id == petition_id)


def _everybody(w: Work, petition_id: int | None) -> Iterator[Address]:
    keys: dict[int, bytes] = {}
    query = _sealed(petition_id).order_by(Signature.id).execution_options(yield_per=1000)
    for number, id_, sealed, language in w.session.execute(query):
        key = keys.get(number) or keys.setdefault(number, contact_key(w, number))
        yield open_field(key, sealed or b"", number, id_, "contact"), language
    if petition_id is None:
        yield from mailboxes(w)
