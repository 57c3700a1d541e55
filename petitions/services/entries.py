"""The rows of an entry: a new signature, or the one that a person has already. Prepared: crowds come at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from core.prepared import Prepared, given
from core.work import Work
from petitions.models.signature import Signature, SignatureState

_MINE = (Signature.petition_id == bindparam("petition"), Signature.id == bindparam("signature"))
_PERSON = ("petition_id", "scheme", "uid")
_CHANGED = (
    "state", "entry", "renewal", "area", "resident", "joiner", "channel", "evidence", "text_number", "language",
    "updates", "notice", "notice_language", "consent_at", "expires_at", "name", "contact", "confirmed_at",
    "withdrawn_at",
)  # fmt: skip
_NEW = ("petition_id", "id", "scheme", "uid", "created_at", *_CHANGED)
_INSERT = Prepared(
    lambda insert: (
        insert(Signature)
        .values(**given(Signature, _NEW))
        .on_conflict_do_nothing(index_elements=list(_PERSON))
        .returning(Signature.id)
    )
)


class Known(NamedTuple):
    """What there is of a person's signature before another entry is taken."""

    id: int
    state: SignatureState
    entry: int
    renewal: bool
    area: str
    resident: bool
    joiner: bool
    confirmed_at: datetime | None
    withdrawn_at: datetime | None


_KNOWN = Prepared(
    lambda _insert: (
        select(*(getattr(Signature, name) for name in Known._fields))
        .where(
            Signature.petition_id == bindparam("petition"),
            Signature.scheme == bindparam("of_scheme"),
            Signature.uid == bindparam("person"),
        )
        .with_for_update()
    )
)
_TAKE = Prepared(
    lambda _insert: (
        update(Signature)
        .where(*_MINE)
        .values(**given(Signature, _CHANGED), erased_at=None, asked_again_at=None)
    )
)
_CONFIRM = Prepared(
    lambda _insert: (
        update(Signature)
        .where(*_MINE)
        .values(
            **given(Signature, ("state", "confirmed_at")),
            withdrawn_at=None,
            renewal=False,
            asked_again_at=None,
        )
    )
)


def insert_entry(w: Work, row: Mapping[str, Any]) -> bool:
    """Put a new row in; False where the database has one of this person, be it from the same moment."""
    return _INSERT.first(w, _named(row)) is not None


def known_entry(w: Work, petition_id: int, scheme: str, uid: bytes) -> Known:
    """The row of a person that is there, held until this work ends."""
    row = _KNOWN.first(w, {"petition": petition_id, "of_scheme": scheme, "person": uid})
    if row is None:
        raise LookupError("a row that stood in the way of another is gone")
    return Known(*row)


def take_entry(w: Work, petition_id: int, id_: int, row: Mapping[str, Any]) -> None:
    """Write an accepted entry over the row that is there; `row` names every column of `_CHANGED`."""
    _TAKE.run(w, {"petition": petition_id, "signature": id_, **_named(row)})


def count_entry(w: Work, petition_id: int, id_: int, confirmed_at: datetime | None) -> None:
    """Let a signature count from `confirmed_at` on; nothing of a withdrawal or a question is left."""
    found = {"petition": petition_id, "signature": id_}
    _CONFIRM.run(w, found | _named({"state": SignatureState.COUNTED, "confirmed_at": confirmed_at}))


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in row.items()}
