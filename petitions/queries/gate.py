"""What one statement tells before a signature is taken, counted or written to: case, keys, switches, place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select

from authorities.models import Area, Authority
from core.prepared import Prepared
from core.switches import Switch, SwitchRow, refuse_if, refuse_if_read_only
from core.work import Work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition, PetitionKeys
from petitions.models.signature import Signature, SignatureState

_OFF = exists().where(
    SwitchRow.on,
    or_(SwitchRow.name == Switch.NO_SIGNING.value, SwitchRow.name == Switch.READ_ONLY.value),
)
_PLACE = select(Area.path).where(Area.code == bindparam("place"), Area.parent.is_not(None)).scalar_subquery()
_GATE = Prepared(
    lambda _insert: (
        select(
            Petition.id,
            Petition.state,
            Petition.opened_at,
            Petition.closes_at,
            Petition.frozen_at,
            Petition.area,
            Petition.text_number,
            PetitionKeys.identity,
            PetitionKeys.contact,
            _PLACE.label("path"),
            _OFF.label("off"),
        )
        .outerjoin(PetitionKeys, PetitionKeys.petition_id == Petition.id)
        .where(Petition.id == bindparam("petition"))
    )
)


@dataclass(frozen=True, slots=True)
class Gate:
    """A petition as an entry meets it; `path` is that of the place in the register, None where it cannot be chosen."""

    id: int
    state: State
    opened_at: datetime | None
    closes_at: datetime | None
    frozen_at: datetime | None
    area: str | None
    text_number: int
    identity: bytes | None
    contact: bytes | None
    path: str | None
    off: bool

    @property
    def keyless(self) -> bool:
        """Whether a key is destroyed: nothing can be sealed any more."""
        return self.identity is None or self.contact is None

    @property
    def resident(self) -> bool:
        """Whether the place lies in the area that the petition is about."""
        return self.area is not None and self.area in (self.path or "").split("/")[:-1]


def refuse_while_off(w: Work) -> None:
    """For whom a gate or a case says `off`: why that is. Refusals: `read-only`, `switched-off`."""
    refuse_if_read_only(w)
    refuse_if(w, Switch.NO_SIGNING)


def gate_of(w: Work, petition_id: int, place: str) -> Gate | None:
    """The gate of a petition for somebody who lives in `place`; None where there is no such petition."""
    row = _GATE.first(w, {"petition": petition_id, "place": place})
    return None if row is None else Gate(*row)


@dataclass(frozen=True, slots=True)
class Case:
    """A petition as somebody who signed it meets it."""

    id: int
    state: State
    closes_at: datetime | None
    title: str
    language: str
    tier: str | None
    rulebook: str
    rulebook_version: str
    threshold: int | None
    residents_only: bool
    handed_over_at: datetime | None
    author_name: str
    names: dict[str, str] | None
    off: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A signature as its links meet it."""

    petition_id: int
    id: int
    state: SignatureState
    entry: int
    renewal: bool
    resident: bool
    joiner: bool
    text_number: int
    confirmed_at: datetime | None
    withdrawn_at: datetime | None
    erased_at: datetime | None
    asked_again_at: datetime | None


_ENTRY = tuple(getattr(Signature, name) for name in Entry.__dataclass_fields__)
_CASE = (
    *(getattr(Petition, name) for name in list(Case.__dataclass_fields__)[:-2]),
    Authority.names,
    _OFF.label("off"),
)


def _entry_of(locked: bool) -> Prepared:
    def make(_insert: Any) -> Any:
        mine = and_(Signature.petition_id == bindparam("petition"), Signature.id == bindparam("signature"))
        query = select(*_ENTRY, *_CASE).join(Petition, Petition.id == Signature.petition_id)
        query = query.outerjoin(Authority, Authority.code == Petition.authority).where(mine)
        return query.with_for_update(of=Signature) if locked else query

    return Prepared(make)


_SEEN, _LOCKED = _entry_of(locked=False), _entry_of(locked=True)


def entry_of(w: Work, petition_id: int, signature_id: int, *, lock: bool) -> tuple[Case, Entry] | None:
    """A signature with its petition; with `lock` nobody else changes it until this work ends. None for no such."""
    row = (_LOCKED if lock else _SEEN).first(w, {"petition": petition_id, "signature": signature_id})
    if row is None:
        return None
    return Case(*row[len(_ENTRY) :]), Entry(*row[: len(_ENTRY)])


@dataclass(frozen=True, slots=True)
class Addressed:
    """A signature as a mail to its signer meets it; `key` is the wrapped key of its contact, None once destroyed."""

    petition_id: int
    id: int
    state: SignatureState
    entry: int
    renewal: bool
    withdrawn_at: datetime | None
    expires_at: datetime
    language: str
    contact: bytes | None
    key: bytes | None


_ADDRESSED = Prepared(
    lambda _insert: (
        select(
            *(getattr(Signature, name) for name in list(Addressed.__dataclass_fields__)[:-1]),
            PetitionKeys.contact.label("key"),
        )
        .outerjoin(PetitionKeys, PetitionKeys.petition_id == Signature.petition_id)
        .where(Signature.petition_id == bindparam("petition"), Signature.id == bindparam("signature"))
    )
)


def addressed(w: Work, petition_id: int, signature_id: int) -> Addressed | None:
    """A signature with what a mail to its signer needs. None for no such."""
    row = _ADDRESSED.first(w, {"petition": petition_id, "signature": signature_id})
    return None if row is None else Addressed(*row)
