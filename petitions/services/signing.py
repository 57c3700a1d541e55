"""Signing: an entry by form, its confirmation by link; one person, one signature, and the same answer to all."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from auth.mailbox import canonical_mailbox, check_mailbox
from auth.names import check_signer_name
from authorities.queries import is_selectable, is_within
from core.contacts import claim_mail
from core.db import upsert
from core.outbox import post
from core.refusal import Refusal
from core.switches import Switch, refuse_if
from core.work import Work
from petitions.domain.keeping import TERMS, Kept
from petitions.models.keys import contact_key, identity_key, person_uid, seal_field
from petitions.models.petition import Petition
from petitions.models.signature import Signature, SignatureState
from petitions.models.tokens import LASTING, Purpose, sign_token
from petitions.queries.access import require_listed
from petitions.queries.signing import Outlook, closed_because, confirm_link, outlook, waits
from petitions.services import tally

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
    `switched-off`, and on their fields `name-...`, `email-invalid`, `area-unknown`.
    """
    refuse_if(w, Switch.NO_SIGNING)
    petition = require_listed(w.session.get(Petition, petition_id))
    reason = closed_because(w, petition)
    if reason is not None:
        raise Refusal("signing-closed", reason=reason)
    enter(w, petition, signer, consent, joiner=False, held=held)


def enter(
    w: Work, petition: Petition, signer: Signer, consent: Consent, *, joiner: bool, held: bool = False
) -> None:
    """Take an entry: a new row, or the row that this person has already; one that is held is checked only."""
    person = _person(w, signer)
    if held or not claim_mail(w, person.canonical):
        return
    uid = person_uid(w, petition.id, SCHEME, person.canonical)
    entry = _entry(w, petition, signer, consent) | {"joiner": joiner}
    id_ = _insert(w, petition.id, uid, person, entry)
    if id_ is not None:
        tally.add(w, petition.id, pending=1)
        _send(w, "signer_confirm", petition.id, id_, 1, signer.language)
        return
    mine = (Signature.petition_id == petition.id, Signature.scheme == SCHEME, Signature.uid == uid)
    row = w.session.scalars(select(Signature).where(*mine).with_for_update()).one()
    _take(w, row, person, entry)


def confirm_signature(w: Work, token: str) -> Confirmed:
    """Count the signature of a confirmation link; repeating it changes nothing and gives no manage link.

    Refusals: `not-found`, `signature-link-expired`, `confirmation-over`, `switched-off`.
    """
    refuse_if(w, Switch.NO_SIGNING)
    petition, row, waiting = confirm_link(w, token, lock=True)
    told = outlook(w, petition, joiner=row.joiner)
    if not waiting:
        return Confirmed(told, None)
    if row.state is SignatureState.PENDING:
        row.state, row.confirmed_at = SignatureState.COUNTED, w.now
        tally.add(w, petition.id, pending=-1, counted=1, residents=int(row.resident))
    row.withdrawn_at, row.renewal, row.asked_again_at = None, False, None
    return Confirmed(told, manage_token(w, row))


def manage_token(w: Work, row: Signature) -> str:
    """The token of the link under which a signer sees, corrects and withdraws."""
    return sign_token(w, Purpose.MANAGE, row.petition_id, row.id, row.entry, w.now + LASTING)


def new_id(now: datetime) -> int:
    """A signature's id: 63 bits, ordered by time, random within a millisecond, made without the database."""
    return (int(now.timestamp() * 1000) - _EPOCH_MS) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)


def require_area(w: Work, code: str) -> None:
    """Refusal `area-unknown` on `area` unless a person can say to live there."""
    if not is_selectable(w, code):
        raise Refusal("area-unknown", field="area")


def _person(w: Work, signer: Signer) -> _Person:
    name = check_signer_name(signer.full_name)
    mailbox = check_mailbox(signer.email)
    require_area(w, signer.area)
    return _Person(name, mailbox, canonical_mailbox(signer.email))


def _entry(w: Work, petition: Petition, signer: Signer, consent: Consent) -> dict[str, Any]:
    """The columns that every accepted entry sets; name and contact come with the row's id."""
    return {
        "channel": "web",
        "evidence": SCHEME,
        "area": signer.area,
        "resident": is_within(w, signer.area, petition.area or ""),
        "text_number": petition.text_number,
        "language": signer.language,
        "updates": signer.updates,
        "notice": consent.notice,
        "notice_language": consent.language,
        "consent_at": w.now,
        "expires_at": w.now + UNCONFIRMED,
    }


def _sealed(w: Work, petition_id: int, id_: int, person: _Person) -> dict[str, bytes]:
    return {
        "name": seal_field(identity_key(w, petition_id), person.name, petition_id, id_, "name"),
        "contact": seal_field(contact_key(w, petition_id), person.mailbox, petition_id, id_, "contact"),
    }


def _insert(w: Work, petition_id: int, uid: bytes, person: _Person, entry: dict[str, Any]) -> int | None:
    """A new row's id; None where the database has one of this person, be it from the same moment."""
    id_ = new_id(w.now)
    row = {
        "petition_id": petition_id,
        "id": id_,
        "scheme": SCHEME,
        "uid": uid,
        "state": SignatureState.PENDING,
        "entry": 1,
        "renewal": False,
        "created_at": w.now,
        **entry,
        **_sealed(w, petition_id, id_, person),
    }
    known = ["petition_id", "scheme", "uid"]
    statement = upsert(w.session, Signature).values(**row).on_conflict_do_nothing(index_elements=known)
    made: int | None = w.session.scalar(statement.returning(Signature.id))
    return made


def _take(w: Work, row: Signature, person: _Person, entry: dict[str, Any]) -> None:
    """Take the row that is there: the latest accepted entry wins, and what counts already stays as it is."""
    if row.state in _SET_ASIDE:
        return
    if row.state is SignatureState.COUNTED and row.withdrawn_at is None:
        moment = int(w.now.timestamp() * 1000)
        _send(w, "signer_already", row.petition_id, row.id, row.entry, entry["language"], f".{moment}")
        return
    if row.state is SignatureState.COUNTED:
        # It was withdrawn after the hand-over and still counts: its part in the totals must not move.
        row.renewal = True
        entry = {name: value for name, value in entry.items() if name not in {"area", "resident", "joiner"}}
    elif not waits(row):
        tally.add(w, row.petition_id, pending=1, **{row.state.value: -1})
        row.state, row.confirmed_at, row.withdrawn_at = SignatureState.PENDING, None, None
    for name, value in (entry | _sealed(w, row.petition_id, row.id, person)).items():
        setattr(row, name, value)
    row.entry, row.erased_at, row.asked_again_at = row.entry + 1, None, None
    _send(w, "signer_confirm", row.petition_id, row.id, row.entry, row.language)


def _send(
    w: Work, template: str, petition_id: int, id_: int, entry: int, language: str, more: str = ""
) -> None:
    ref = {"petition": petition_id, "signature": id_, "entry": entry}
    post(w, template, f"{petition_id}.{id_}.{entry}{more}", ref, language)
