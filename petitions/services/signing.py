"""Signing: an entry by form, its confirmation by link; one person, one signature, and the same answer to all."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auth.mailbox import read_mailbox
from auth.names import check_signer_name
from authorities.queries import is_selectable
from core.contacts import claim_mail
from core.outbox import post
from core.refusal import Refusal
from core.work import Work
from petitions.domain.keeping import TERMS, Kept
from petitions.models.keys import opened, seal_field, uid_under
from petitions.models.signature import Signature, SignatureState
from petitions.models.tokens import LASTING, Purpose, sign_token
from petitions.queries.access import require_listed
from petitions.queries.gate import Entry, Gate, gate_of, refuse_while_off
from petitions.queries.kept_entries import waits
from petitions.queries.signing import Outlook, confirm_link, gate_closed_because, outlook
from petitions.services import tally
from petitions.services.entries import Known, count_entry, insert_entry, known_entry, take_entry

SCHEME = "email"
UNCONFIRMED = TERMS[Kept.UNCONFIRMED].length.shortest
# Milliseconds since 2020 take 41 bits until 2089; 22 random ones follow, so an id of 63 bits sorts by time.
_EPOCH_MS = 1_577_836_800_000
_RANDOM_BITS = 22
# A row that counts as nothing cannot be entered anew by anybody: it was set aside by people or by a check.
_SET_ASIDE = frozenset({SignatureState.INVALID, SignatureState.QUARANTINED})


@dataclass(frozen=True, slots=True)
class Signer:
    """What a person wrote into the form, and in which language they read it."""

    full_name: str
    email: str
    area: str
    updates: bool
    language: str


@dataclass(frozen=True, slots=True)
class Consent:
    """To which version of the notice a person agreed, and in which language it stood there."""

    notice: str
    language: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a confirmation comes to. `manage` is the token of the manage link, on the one page that shows it."""

    outlook: Outlook
    manage: str | None


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    mailbox: str
    canonical: str


def sign_petition(w: Work, petition_id: int, signer: Signer, consent: Consent, *, held: bool = False) -> None:
    """Enter a signature for a petition that is open; a mail with a link goes to the mailbox.

    `held` is an entry of a network that has sent too many: it is checked like all, and changes nothing.
    New, repeated, limited and blocked entries return alike. Refusals: `not-found`, `gone`, `signing-closed`,
    `read-only`, `switched-off`, and on their fields `name-...`, `email-invalid`, `area-unknown`.
    """
    gate = gate_of(w, petition_id, signer.area)
    if gate is None or gate.off:
        refuse_while_off(w)
    gate = require_listed(gate)
    reason = gate_closed_because(w, gate)
    if reason is not None:
        raise Refusal("signing-closed", reason=reason)
    enter(w, gate, signer, consent, joiner=False, held=held)


def enter(w: Work, gate: Gate, signer: Signer, consent: Consent, *, joiner: bool, held: bool = False) -> None:
    """Take an entry: a new row, or the row that this person has already; one that is held is checked only."""
    person = _person(gate, signer)
    if held or not claim_mail(w, person.canonical):
        return
    seal = _Seal(w, gate)
    uid, id_ = uid_under(seal.identity, SCHEME, person.canonical), new_id(w.now)
    entry = _entry(w, gate, signer, consent, joiner)
    own = {"petition_id": gate.id, "id": id_, "scheme": SCHEME, "uid": uid, "created_at": w.now}
    new = insert_entry(w, own | _FRESH | entry | seal.of(id_, person))
    # Who is new is read and sealed once more, as who is known: neither is answered sooner than the other.
    row = known_entry(w, gate.id, SCHEME, uid)
    sealed = seal.of(row.id, person)
    if new:
        tally.add(w, gate.id, pending=1)
        _send(w, "signer_confirm", gate.id, id_, 1, signer.language)
        return
    _take(w, gate.id, row, entry | sealed)


def confirm_signature(w: Work, token: str) -> Confirmed:
    """Count the signature of a confirmation link; repeating it changes nothing and gives no manage link.

    Refusals: `not-found`, `signature-link-expired`, `confirmation-over`, `read-only`, `switched-off`.
    """
    case, row, waiting = confirm_link(w, token, lock=True, refusing=True)
    told = outlook(w, case, joiner=row.joiner)
    if not waiting:
        return Confirmed(told, None)
    fresh = row.state is SignatureState.PENDING
    if fresh:
        tally.add(w, case.id, pending=-1, counted=1, residents=int(row.resident))
    count_entry(w, case.id, row.id, w.now if fresh else row.confirmed_at)
    return Confirmed(told, manage_token(w, row))


def manage_token(w: Work, row: Signature | Entry) -> str:
    """The token of the link under which a signer sees, corrects and withdraws."""
    return sign_token(w, Purpose.MANAGE, row.petition_id, row.id, row.entry, w.now + LASTING)


def new_id(now: datetime) -> int:
    """A signature's id: 63 bits, ordered by time, random within a millisecond, made without the database."""
    return (int(now.timestamp() * 1000) - _EPOCH_MS) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)


def require_area(w: Work, code: str) -> None:
    """Refusal `area-unknown` on `area` unless a person can say to live there."""
    if not is_selectable(w, code):
        raise Refusal("area-unknown", field="area")


def _person(gate: Gate, signer: Signer) -> _Person:
    name = check_signer_name(signer.full_name)
    mailbox, canonical = read_mailbox(signer.email)
    if gate.path is None:
        raise Refusal("area-unknown", field="area")
    return _Person(name, mailbox, canonical)


class _Seal:
    """The two keys of a petition, open for one entry."""

    def __init__(self, w: Work, gate: Gate) -> None:
        self._petition_id = gate.id
        self.identity = opened(w, gate.identity, gate.id, "identity")
        self._contact = opened(w, gate.contact, gate.id, "contact")

    def of(self, id_: int, person: _Person) -> dict[str, bytes]:
        """Name and contact as the row of that id holds them."""
        return {
            "name": seal_field(self.identity, person.name, self._petition_id, id_, "name"),
            "contact": seal_field(self._contact, person.mailbox, self._petition_id, id_, "contact"),
        }


_FRESH: Mapping[str, Any] = {
    "state": SignatureState.PENDING,
    "entry": 1,
    "renewal": False,
    "confirmed_at": None,
    "withdrawn_at": None,
}


def _entry(w: Work, gate: Gate, signer: Signer, consent: Consent, joiner: bool) -> dict[str, Any]:
    """The columns that every accepted entry sets; name and contact come with the row's id."""
    return {
        "channel": "web",
        "evidence": SCHEME,
        "area": signer.area,
        "resident": gate.resident,
        "joiner": joiner,
        "text_number": gate.text_number,
        "language": signer.language,
        "updates": signer.updates,
        "notice": consent.notice,
        "notice_language": consent.language,
        "consent_at": w.now,
        "expires_at": w.now + UNCONFIRMED,
    }


def _take(w: Work, petition_id: int, row: Known, entry: dict[str, Any]) -> None:
    """Take the row that is there: the latest accepted entry wins, and what counts already stays as it is."""
    if row.state in _SET_ASIDE:
        return
    language = entry["language"]
    if row.state is SignatureState.COUNTED and row.withdrawn_at is None:
        moment = int(w.now.timestamp() * 1000)
        _send(w, "signer_already", petition_id, row.id, row.entry, language, f".{moment}")
        return
    kept = {name: getattr(row, name) for name in ("state", "renewal", "confirmed_at", "withdrawn_at")}
    if row.state is SignatureState.COUNTED:
        # It was withdrawn after the hand-over and still counts: its part in the totals must not move.
        kept |= {"renewal": True, "area": row.area, "resident": row.resident, "joiner": row.joiner}
    elif not waits(row):
        tally.add(w, petition_id, pending=1, **{row.state.value: -1})
        kept |= {"state": SignatureState.PENDING, "confirmed_at": None, "withdrawn_at": None}
    take_entry(w, petition_id, row.id, entry | kept | {"entry": row.entry + 1})
    _send(w, "signer_confirm", petition_id, row.id, row.entry + 1, language)


def _send(
    w: Work, template: str, petition_id: int, id_: int, entry: int, language: str, more: str = ""
) -> None:
    ref = {"petition": petition_id, "signature": id_, "entry": entry}
    post(w, template, f"{petition_id}.{id_}.{entry}{more}", ref, language)
