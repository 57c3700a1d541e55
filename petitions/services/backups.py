"""Backups of a whole site: made without keys, restored with them, and what was destroyed since stays destroyed."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from core import backup, keyfile
from core.backup import BackupFault, Manifest, Told
from core.crypto import KeyRing
from core.db import scrub, steady_snapshot
from core.work import SYSTEM, Work, kernel, reading, work
from petitions.domain.keeping import TERMS, Kept, over_at
from petitions.models.keys import place_of
from petitions.models.petition import PetitionKeys
from petitions.services import tally
from petitions.services.indexing import fill
from petitions.services.petition_keys import KeyName, replay_destructions, wrapping_key_of

SLICE = 500


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to: the backup's moment, the rows, and how many keys were destroyed again."""

    made_at: str
    rows: int
    destroyed: int
    kept_aside: Path | None


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup that was made on this machine, or the copy of the key file beside it, and when it must go."""

    path: Path
    made_at: datetime
    due_at: datetime
    keys: bool


def create_backup(file: Path, told: Told) -> Manifest:
    """Write FILE and FILE.keys, and write down that they exist. Raises BackupFault, KeyFault."""
    with reading(SYSTEM) as w:
        steady_snapshot(w.session)
        manifest = backup.write_backup(w, file.absolute(), tally.totals(w), told)
    entry = {"file": str(file.absolute()), "at": manifest.made_at}
    keyfile.append_line(keyfile.copies_file(keyfile.key_path(kernel().keys)), entry)
    return manifest


def restore_backup(file: Path, told: Told, *, replace: bool) -> Restored:
    """Put a backup in the place of the database, with its keys, all of it or nothing.

    Raises BackupFault: a damaged file, keys that do not belong to it, other tables, a database that holds
    something unless `replace`, totals that drifted.
    """
    manifest = backup.read_manifest(file)
    ring = backup.check_backup(file, manifest, told)
    with reading(SYSTEM) as w:
        backup.check_schema(w, manifest)
        if not replace and not backup.is_empty(w):
            raise BackupFault("the database is not empty (--yes puts the backup in its place)")
    aside = _take_over_keys(ring)
    with work(SYSTEM) as w:
        backup.read_backup(w, file, manifest, told)
        if aside is None:
            _rewrap(w, ring)
        _check_totals(w, manifest)
        fill(w.session)
        destroyed = replay_destructions(w)
    scrub(PetitionKeys)
    return Restored(manifest.made_at, sum(part.rows for part in manifest.tables.values()), destroyed, aside)


def copies(now: datetime) -> list[Copy]:
    """The backups made on this machine that are still where they were made, the oldest first."""
    found = []
    lines = keyfile.lines_of(keyfile.copies_file(keyfile.key_path(kernel().keys)))
    # A name that is used again has the term of its newest backup.
    for name, at in {entry["file"]: entry["at"] for entry in lines}.items():
        path, made_at = Path(name), datetime.fromisoformat(at)
        for one, kept in ((path, Kept.BACKUP), (backup.keys_beside(path), Kept.BACKUP_KEYS)):
            if one.is_file():
                found.append(Copy(one, made_at, over_at(kept, made_at), kept is Kept.BACKUP_KEYS))
    return sorted(found, key=lambda copy: copy.due_at)


def last_copy_gone(now: datetime) -> datetime:
    """When no backup that is made until now is left: the day that a proof of erasure names."""
    return TERMS[Kept.BACKUP].length.after(now)


def _take_over_keys(ring: KeyRing) -> Path | None:
    """Use the backup's key file where the present one belongs to no site of this backup; where that went."""
    path = keyfile.key_path(kernel().keys)
    if keyfile.site_mark(kernel().keys) == keyfile.site_mark(ring):
        return None
    aside = path.with_name(f"{path.name}.before-restore")
    keyfile.replace_file(aside, path.read_text())
    keyfile.replace_file(path, keyfile.key_path(ring).read_text())
    kernel().keys.wrapping.update(ring.wrapping)
    return aside


def _rewrap(w: Work, ring: KeyRing) -> None:
    """Put the restored keys under the present wrapping key where the one of the backup was dropped since."""
    after, present = 0, w.keys.latest()
    while True:
        query = (
            select(PetitionKeys).where(PetitionKeys.petition_id > after).order_by(PetitionKeys.petition_id)
        )
        rows = w.session.scalars(query.limit(SLICE)).all()
        for row in rows:
            for name in KeyName:
                wrapped = getattr(row, name.value)
                if wrapped is not None and wrapping_key_of(wrapped) not in present.wrapping:
                    place = place_of(row.petition_id, name)
                    setattr(row, name.value, present.wrap(ring.unwrap(wrapped, place), place))
        w.session.flush()
        if not rows:
            return
        after = rows[-1].petition_id


def _check_totals(w: Work, manifest: Manifest) -> None:
    drifts = tally.check(w)
    if drifts or tally.totals(w) != manifest.totals:
        raise BackupFault(f"the totals are not those of the backup ({len(drifts)} petitions drifted)")
