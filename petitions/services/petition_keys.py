"""The keys of petitions over the years: wrapped anew under another key, and destroyed for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, or_, select, update

from core import keyfile
from core.crypto import KeyFault, fits
from core.db import lock_writers
from core.health import readiness
from core.progress import Told
from core.refusal import Refusal
from core.work import SYSTEM, Work, kernel, reading, work
from petitions.domain.events import Event
from petitions.models.keys import place_of
from petitions.models.petition import Petition, PetitionKeys
from petitions.models.signature import Signature
from petitions.notices import announce

SLICE = 500


class KeyName(StrEnum):
    """Which of a petition's two keys."""

    CONTACT = "contact"
    IDENTITY = "identity"


# What lies under a destroyed key is emptied too: a row keeps its place in the count and nothing else of the person.
COLUMNS: Mapping[KeyName, tuple[str, ...]] = {
    KeyName.CONTACT: ("contact",),
    KeyName.IDENTITY: ("name", "uid"),
}
EVENTS = {
    KeyName.CONTACT: Event.CONTACTS_DESTROYED,
    KeyName.IDENTITY: Event.IDENTITIES_DESTROYED,
}


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation came to: the new wrapping key, how many petitions moved to it, and which keys were dropped."""

    current: str
    moved: int
    dropped: tuple[str, ...]


def rotate(told: Told, *, finish_only: bool = False) -> Rotation:
    """Put a new wrapping key over every petition's keys, slice after slice, and drop the ones nobody needs.

    An interrupted one is finished by the next, or by `finish_only`, which makes no new key.
    Raises KeyFault where a row does not open: nothing is dropped then.
    """
    path = keyfile.key_path(kernel().keys)
    current = kernel().keys.latest().current if finish_only else keyfile.add_wrapping_key(path)
    total, after, moved = _how_many(), 0, 0
    while True:
        with work(SYSTEM) as w:
            last, done = _move_slice(w, after, current)
        moved += done
        if last is None:
            break
        after = last
        told(moved, total)
    return Rotation(current, moved, _drop_unused(current))


def destroy_key(w: Work, petition_id: int, name: KeyName) -> bool:
    """Destroy one of a petition's keys, in public and for good; False where it is gone already.

    It is written down beside the key file first, so that a restored backup destroys it again.
    """
    row = w.session.get(PetitionKeys, petition_id, with_for_update=True)
    wrapped: bytes | None = getattr(row, name.value, None)
    if row is None or wrapped is None:
        return False
    _write_down(w, petition_id, name, wrapped)
    _forget(w, row, name)
    announce(w, w.session.get_one(Petition, petition_id), EVENTS[name])
    return True


def replay_destructions(w: Work) -> int:
    """Destroy again what was destroyed after the moment of a backup, with what lay under it; how many keys."""
    done = 0
    for entry in keyfile.lines_of(keyfile.destroyed_file(keyfile.key_path(w.keys))):
        row = w.session.get(PetitionKeys, entry["petition"])
        name = KeyName(entry["key"])
        wrapped = getattr(row, name.value, None)
        # A number may have been given anew after a restore: the mark says whether it is the same key.
        if (
            row is not None
            and wrapped is not None
            and _mark(w, row.petition_id, name, wrapped) == entry["mark"]
        ):
            _forget(w, row, name)
            emptied = update(Signature).where(Signature.petition_id == row.petition_id)
            w.session.execute(emptied.values(dict.fromkeys(COLUMNS[name])))
            announce(w, w.session.get_one(Petition, row.petition_id), EVENTS[name])
            done += 1
    return done


def unreadable_keys(w: Work, most: int = 20) -> int:
    """How many of the newest petitions have keys that the key file does not open: 0 where the file fits."""
    rows = w.session.scalars(select(PetitionKeys).order_by(PetitionKeys.petition_id.desc()).limit(most))
    return sum(not _opens(w, row) for row in rows)


@readiness
def key_problem() -> str | None:
    """What is wrong with the key file, in words for machines and operators; None while it fits."""
    try:
        kernel().keys.latest()
        with reading(SYSTEM) as w:
            shut = unreadable_keys(w)
    except KeyFault as fault:
        return f"keys: {fault}"
    return f"keys: the key file does not open {shut} of the newest petitions" if shut else None


def _opens(w: Work, row: PetitionKeys) -> bool:
    held = [(name, getattr(row, name.value)) for name in KeyName]
    return all(fits(w.keys, wrapped, place_of(row.petition_id, name)) for name, wrapped in held if wrapped)


def _how_many() -> int:
    with reading(SYSTEM) as w:
        return w.session.scalar(select(func.count()).select_from(PetitionKeys)) or 0


def _move_slice(w: Work, after: int, current: str) -> tuple[int | None, int]:
    some = or_(PetitionKeys.identity.is_not(None), PetitionKeys.contact.is_not(None))
    query = select(PetitionKeys).where(PetitionKeys.petition_id > after, some)
    rows = w.session.scalars(query.order_by(PetitionKeys.petition_id).limit(SLICE).with_for_update()).all()
    moved = sum(_move(w, row, current) for row in rows)
    return (rows[-1].petition_id if rows else None), moved


def _move(w: Work, row: PetitionKeys, current: str) -> bool:
    changed = False
    for name in KeyName:
        wrapped: bytes | None = getattr(row, name.value)
        if wrapped is not None and wrapping_key_of(wrapped) != current:
            place = place_of(row.petition_id, name)
            setattr(row, name.value, w.keys.wrap(w.keys.unwrap(wrapped, place), place))
            changed = True
    return changed


def _drop_unused(current: str) -> tuple[str, ...]:
    path = keyfile.key_path(kernel().keys)
    with work(SYSTEM) as w:
        # Nobody may begin a petition between the look and the drop.
        lock_writers(w.session, PetitionKeys)
        rows = w.session.execute(select(PetitionKeys.identity, PetitionKeys.contact)).yield_per(SLICE)
        used = {wrapping_key_of(wrapped) for row in rows for wrapped in row if wrapped is not None}
        if kernel().keys.latest().current != current:
            raise Refusal("changed-meanwhile")
        idle = set(kernel().keys.latest().wrapping) - used
        return tuple(keyfile.drop_wrapping_keys(path, idle))


def wrapping_key_of(wrapped: bytes) -> str:
    """The name of the wrapping key that a wrapped key lies under."""
    return wrapped.partition(b"|")[0].decode(errors="replace")


def _write_down(w: Work, petition_id: int, name: KeyName, wrapped: bytes) -> None:
    entry = {
        "petition": petition_id,
        "key": name.value,
        "at": w.now.isoformat(),
        "mark": _mark(w, petition_id, name, wrapped),
    }
    keyfile.append_line(keyfile.destroyed_file(keyfile.key_path(w.keys)), entry)


def _mark(w: Work, petition_id: int, name: KeyName, wrapped: bytes) -> str:
    try:
        return keyfile.fingerprint(w.keys.unwrap(wrapped, place_of(petition_id, name)))
    except KeyFault:
        return ""  # a key that opens nowhere is destroyed as well; there is nothing to know again


def _forget(w: Work, row: PetitionKeys, name: KeyName) -> None:
    setattr(row, name.value, None)
    setattr(row, f"{name.value}_destroyed_at", w.now)
    w.session.flush()
