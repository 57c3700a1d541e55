"""A backup: every table as lines of JSON in one zip file with a manifest, the same for both databases."""

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, inspect, select, text

from core import keyfile
from core.crypto import KeyFault, KeyRing, read_key_file
from core.db import Base, settle_sequences
from core.rowtext import decoder, encoder
from core.work import Work

FORMAT = "dauys-backup-1"
MANIFEST = "manifest.json"
BATCH = 2_000
# What says how the machine is doing, not what it holds: a fresh database may have rows of these already.
OWN_BUSINESS = frozenset({"job_runs"})
Told = Callable[[str], Callable[[int, int], None]]


class BackupFault(Exception):
    """The backup cannot be made or used, with the reason in plain words."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table in a backup."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: its schema, to which key file it belongs, its tables and totals."""

    format: str
    made_at: str
    schema: str
    keys: str
    totals: dict[str, int]
    tables: dict[str, Part]


def keys_beside(file: Path) -> Path:
    """Where the copy of the key file of a backup is."""
    return file.with_name(f"{file.name}.keys")


def write_backup(w: Work, file: Path, totals: dict[str, int], told: Told) -> Manifest:
    """Write FILE and FILE.keys (both 0400) from one snapshot; memory stays flat however many rows there are.

    `w` must be a fresh reading Work. Raises BackupFault where FILE is there already, KeyFault without a key file.
    """
    for path in (file, keys_beside(file)):
        if path.exists():
            raise BackupFault(f"{path} is there already")
    key_text = keyfile.key_path(w.keys).read_text()
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        manifest = _write(w, part, totals, told)
        part.chmod(keyfile.OWNER_READS)
        keyfile.replace_file(keys_beside(file), key_text)
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return manifest


def read_manifest(file: Path) -> Manifest:
    """What a backup says of itself. Raises BackupFault for a file that is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            said = json.loads(archive.read(MANIFEST))
        tables = {name: Part(**part) for name, part in said.pop("tables").items()}
        manifest = Manifest(tables=tables, **said)
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise BackupFault(f"{file} is not a backup of Dauys ({error})") from error
    if manifest.format != FORMAT:
        raise BackupFault(f"{file} has the format {manifest.format!r}; this version reads {FORMAT!r}")
    return manifest


def check_backup(file: Path, manifest: Manifest, told: Told) -> KeyRing:
    """Read every line against the manifest, and the key file beside it; its keys. Raises BackupFault."""
    with zipfile.ZipFile(file) as archive:
        for name, part in manifest.tables.items():
            _check_part(archive, name, part, told(f"checking {name}"))
    try:
        ring = read_key_file(keys_beside(file))
    except KeyFault as fault:
        raise BackupFault(f"{keys_beside(file)}: {fault}. A restore needs both files") from fault
    if keyfile.site_mark(ring) != manifest.keys:
        raise BackupFault(f"{keys_beside(file)} is not the key file of this backup")
    return ring


def is_empty(w: Work) -> bool:
    """Whether nothing would be lost by a restore."""
    held = (table for table in Base.metadata.sorted_tables if table.name not in OWN_BUSINESS)
    return all(w.session.execute(select(1).select_from(table).limit(1)).first() is None for table in held)


def schema_of(w: Work) -> str:
    """The version of the database's tables; empty where no migration made them."""
    connection = w.session.connection()
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def check_schema(w: Work, manifest: Manifest) -> None:
    """Raises BackupFault unless this database's tables are those of the backup."""
    if schema_of(w) != manifest.schema:
        raise BackupFault(
            f"the backup has tables of version {manifest.schema or 'none'}, this database {schema_of(w) or 'none'}: "
            "restore with the release that made the backup, then upgrade"
        )
    if set(manifest.tables) != set(Base.metadata.tables):
        raise BackupFault("the backup does not have the tables of this release")


def read_backup(w: Work, file: Path, manifest: Manifest, told: Told) -> None:
    """Put the backup in the place of everything the database holds, within this Work. Raises BackupFault."""
    for table in reversed(Base.metadata.sorted_tables):
        w.session.execute(table.delete())
    with zipfile.ZipFile(file) as archive:
        for table in Base.metadata.sorted_tables:
            _fill(w, archive, table, manifest.tables[table.name].rows, told(table.name))
    settle_sequences(w.session)
    for table in Base.metadata.sorted_tables:
        found = w.session.scalar(select(func.count()).select_from(table))
        if found != manifest.tables[table.name].rows:
            raise BackupFault(f"{table.name} has {found} rows after the restore, not as many as the backup")


def _write(w: Work, part: Path, totals: dict[str, int], told: Told) -> Manifest:
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, keyfile.OWNER_WRITES)
    tables = {}
    with os.fdopen(handle, "wb") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for table in Base.metadata.sorted_tables:
                tables[table.name] = _write_table(w, archive, table, told(table.name))
            mark = keyfile.site_mark(w.keys)
            manifest = Manifest(FORMAT, w.now.isoformat(), schema_of(w), mark, totals, tables)
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
        raw.flush()
        os.fsync(raw.fileno())
    return manifest


def _write_table(w: Work, archive: zipfile.ZipFile, table: Table, told: Callable[[int, int], None]) -> Part:
    total = w.session.scalar(select(func.count()).select_from(table)) or 0
    encode, digest, done = encoder(table), hashlib.sha256(), 0
    query = select(*table.columns).order_by(*table.primary_key.columns)
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as out:
        for rows in w.session.connection().execution_options(yield_per=BATCH).execute(query).partitions():
            block = b"".join(map(encode, rows))
            digest.update(block)
            out.write(block)
            done += len(rows)
            told(done, total)
    return Part(done, digest.hexdigest())


def _check_part(archive: zipfile.ZipFile, name: str, part: Part, told: Callable[[int, int], None]) -> None:
    digest, rows = hashlib.sha256(), 0
    try:
        with archive.open(f"{name}.jsonl") as lines:
            for line in lines:
                digest.update(line)
                rows += 1
    except (KeyError, zipfile.BadZipFile, OSError) as error:
        raise BackupFault(f"{name} is damaged in the backup") from error
    if (rows, digest.hexdigest()) != (part.rows, part.sha256):
        raise BackupFault(f"{name} is not as the backup's manifest says")
    told(rows, part.rows)


def _fill(
    w: Work, archive: zipfile.ZipFile, table: Table, total: int, told: Callable[[int, int], None]
) -> None:
    decode, done = decoder(table), 0
    with archive.open(f"{table.name}.jsonl") as lines:
        rows = map(decode, lines)
        for batch in _batches(_parents_first(table, rows)):
            w.session.execute(table.insert(), batch)
            done += len(batch)
            told(done, total)


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _parents_first(table: Table, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows as they are; of a table that points at itself each one after the one it points at."""
    own = [(key.parent.name, key.column.name) for key in table.foreign_keys if key.column.table is table]
    if not own:
        yield from rows
        return
    waiting, known = list(rows), {name: {None} for _child, name in own}
    while waiting:
        ready = [row for row in waiting if all(row[child] in known[name] for child, name in own)]
        if not ready:
            raise BackupFault(f"the rows of {table.name} point at each other in a ring")
        yield from ready
        for _child, name in own:
            known[name] |= {row[name] for row in ready}
        waiting = [row for row in waiting if row not in ready]
