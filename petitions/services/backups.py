"""Backups of a whole site: made without keys, restored with them, and what was destroyed since stays destroyed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update

from auth.services.sessions import end_all_sessions
from core import backup, keyfile
from core.backup import BackupFault, Manifest, Told
from core.crypto import KeyRing
from core.db import scrub, steady_snapshot
from core.work import SYSTEM, Work, kernel, reading, work
from petitions.domain.keeping import TERMS, Kept, over_at
from petitions.models.keys import place_of
from petitions.models.petition import PetitionKeys
from petitions.models.retention import ContactRead
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
    something unless `replace`, totals that drifted, a key file that an earlier restore put aside.
    """
    manifest = backup.read_manifest(file)
    ring = backup.check_backup(file, manifest, told)
    with reading(SYSTEM) as w:
        backup.check_schema(w, manifest)
        if not replace and not backup.is_empty(w):
            raise BackupFault("the database is not empty (--yes puts the backup in its place)")
    with _keys_of(ring) as aside, work(SYSTEM) as w:
        backup.read_backup(w, file, manifest, told)
        if aside is None:
            _rewrap(w, ring)
        _check_totals(w, manifest)
        _close_what_was_open(w)
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


@contextmanager
def _keys_of(ring: KeyRing) -> Iterator[Path | None]:
    """Use the backup's key file where the present one belongs to no site of this backup; gives where that went.

    It is put back where the restore fails. Raises BackupFault while the one of an earlier restore lies there.
    """
    path, keys = keyfile.key_path(kernel().keys), kernel().keys.wrapping
    if keyfile.site_mark(kernel().keys) == keyfile.site_mark(ring):
        yield None
        return
    aside = keyfile.aside_file(path)
    if aside.exists():
        raise BackupFault(f"{aside} of an earlier restore is still there: move it away first")
    before, added = path.read_text(), ring.wrapping.keys() - keys.keys()
    keyfile.replace_file(aside, before)
    try:
        keyfile.replace_file(path, keyfile.key_path(ring).read_text())
        keys.update(ring.wrapping)
        yield aside
    except BaseException:
        keyfile.replace_file(path, before)
        aside.unlink()
        for name in added:
            del keys[name]
        raise


def _close_what_was_open(w: Work) -> None:
    """What was ended since the backup was made is open in it: every session, and every leave to read contacts."""
    end_all_sessions(w)
    w.session.execute(update(ContactRead).where(ContactRead.used_at.is_(None)).values(used_at=w.now))


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
