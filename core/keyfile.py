"""The key file's own life: a new wrapping key, an old one dropped, and what is written down beside it."""

import base64
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from core.crypto import KeyFault, KeyRing, keyed_hash, new_key, read_key_file

OWNER_READS = 0o400
OWNER_WRITES = 0o600


def add_wrapping_key(path: Path) -> str:
    """Put a new wrapping key into the file and make it the current one; the older ones stay. Its name."""
    content = _content(path)
    name = secrets.token_hex(4)
    content["wrapping"][name] = base64.b64encode(new_key()).decode()
    content["current"] = name
    replace_file(path, json.dumps(content, indent=1))
    return name


def drop_wrapping_keys(path: Path, names: Iterable[str]) -> list[str]:
    """Take wrapping keys out of the file, never the current one; the names that were there."""
    content = _content(path)
    gone = [name for name in names if name != content["current"] and name in content["wrapping"]]
    for name in gone:
        del content["wrapping"][name]
    if gone:
        replace_file(path, json.dumps(content, indent=1))
    return gone


def replace_file(path: Path, text: str) -> None:
    """Write a file at once or not at all, readable by its owner only (0400)."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_READS)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _settle_folder(path.parent)


def destroyed_file(key_file: Path) -> Path:
    """Where destroyed keys are written down: beside the key file, outside database and backups."""
    return key_file.with_name(f"{key_file.name}.destroyed")


def copies_file(key_file: Path) -> Path:
    """Where the backups made on this machine are written down."""
    return key_file.with_name(f"{key_file.name}.backups")


def aside_file(key_file: Path) -> Path:
    """Where a restore puts the key file that it takes out of use."""
    return key_file.with_name(f"{key_file.name}.before-restore")


def append_line(path: Path, entry: dict[str, Any]) -> None:
    """Add one line of JSON to a file that only grows; it is on the disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_WRITES)
    with os.fdopen(handle, "a") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    _settle_folder(path.parent)


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of such a file; none where it is not there."""
    if not path.exists():
        return
    with path.open() as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def fingerprint(key: bytes) -> str:
    """A name of a key that tells nothing of it, by which a restored copy of it is known again."""
    return keyed_hash(key, "dauys|fingerprint").hex()[:32]


def site_mark(ring: KeyRing) -> str:
    """A name of the key file's site key: two files with the same one belong to the same site."""
    return fingerprint(ring.derived("backup"))


def key_path(ring: KeyRing) -> Path:
    """The file that the running app read its keys from. Raises KeyFault where there is none."""
    if ring.source is None:
        raise KeyFault("these keys came from no file")
    return ring.source


def _content(path: Path) -> dict[str, Any]:
    read_key_file(path)  # a damaged file is said to be one before anything is written
    return dict(json.loads(path.read_text()))


def _settle_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
