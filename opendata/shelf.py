"""Where the files lie: one folder for each version, one index that says which versions there are, switched at once."""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from core.work import kernel
from opendata.package import FileFact
from opendata.schemas import MOMENT

INDEX, MANIFEST, NAMED = "index.json", "manifest.json", "named"
DRAFT = "making-"
# Every day for a quarter, then the first version of each month for five years: enough to cite, little to keep.
DAILY, MONTHLY = 92, 60
TRIES = 5


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its day, when it was made, the last frozen day it holds, its hash, and its files by name.

    The newest one is also there with people's words in it (`named`), under the addresses without a date.
    """

    day: date
    made_at: datetime
    through: date | None
    hash: str
    files: Mapping[str, FileFact]
    folder: Path
    named: bool


@dataclass(frozen=True, slots=True)
class Index:
    """Which day is the newest, and in which folder the version of each day lies."""

    current: str
    versions: dict[str, str]


def root() -> Path:
    """The folder of everything here."""
    return kernel().settings.var_dir / "data"


def newest() -> Version | None:
    """The newest version with people's words, as the addresses without a date give it; None before the first run."""
    return _whole(lambda index: index.versions.get(index.current), named=True)


def of_day(day: date) -> Version | None:
    """The version of a day without people's words, or None."""
    return _whole(lambda index: index.versions.get(day.isoformat()), named=False)


def _whole(which: Callable[[Index], str | None], *, named: bool) -> Version | None:
    """A version of the index. Where its folder went between two looks, the index names another one by now."""
    for _try in range(TRIES):
        index = _index()
        name = which(index) if index else None
        version = _version(name, named=named)
        if version is not None or name is None:
            return version
    return None


def all_versions() -> list[Version]:
    """Every version that is there, the newest first, without people's words."""
    index = _index()
    found = (_version(name, named=False) for name in (index.versions.values() if index else ()))
    return sorted((one for one in found if one), key=lambda one: one.day, reverse=True)


def open_file(day: date | None, name: str) -> tuple[Version, BinaryIO] | None:
    """A file of the newest version (no day) or of a day's, opened: it can be read to its end whatever comes now."""
    for _try in range(TRIES):
        version = newest() if day is None else of_day(day)
        if version is None or name not in version.files:
            return None
        try:
            return version, path_of(version, name).open("rb")
        except OSError:
            continue  # it was replaced between the two looks, or is damaged
    return None


def path_of(version: Version, name: str) -> Path:
    """Where a file of a version lies."""
    named = version.folder / NAMED / name
    return named if version.named and named.exists() else version.folder / name


def is_whole(version: Version) -> bool:
    """Whether all its files are there in their sizes."""
    paths = ((path_of(version, one.name), one.bytes) for one in version.files.values())
    return all(path.is_file() and path.stat().st_size == size for path, size in paths)


@contextmanager
def making() -> Iterator[Path]:
    """A folder to make a version in, for one maker at a time; what is left in it at the end is removed.

    The lock ends with its process, so what an earlier maker left behind belongs to nobody and goes first.
    """
    root().mkdir(parents=True, exist_ok=True)
    with (root() / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in root().glob(f"{DRAFT}*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=DRAFT, dir=root()))
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def put(folder: Path, manifest: Mapping[str, Any], today: date) -> None:
    """Make a finished folder the newest version: one rename of the index does it, then what is too old goes."""
    day = manifest["day"]
    final = root() / f"{day}-{manifest['named']['hash'][:12]}-{folder.name.removeprefix(DRAFT)}"
    folder.rename(final)
    index = _index()
    versions = (index.versions if index else _on_disk()) | {day: final.name}
    kept = kept_days([date.fromisoformat(one) for one in versions], today) | {date.fromisoformat(day)}
    versions = {one: name for one, name in versions.items() if date.fromisoformat(one) in kept}
    _replace(root() / INDEX, {"current": day, "versions": versions})
    _clear(versions, final.name)


def kept_days(days: Collection[date], today: date) -> set[date]:
    """Which of these versions are kept: all of the last `DAILY` days, and the first of each of `MONTHLY` months."""
    firsts: dict[tuple[int, int], date] = {}
    for day in sorted(days):
        firsts.setdefault((day.year, day.month), day)
    months = {day for day in firsts.values() if _months(day, today) <= MONTHLY}
    return {day for day in days if (today - day).days < DAILY} | months


def _months(day: date, today: date) -> int:
    return (today.year - day.year) * 12 + today.month - day.month


def _index() -> Index | None:
    """The newest day and the folder of each day, or None where no index can be read."""
    try:
        found = json.loads((root() / INDEX).read_text(encoding="utf-8"))
        return Index(found["current"], {day: Path(name).name for day, name in found["versions"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _on_disk() -> dict[str, str]:
    """The folder of each day as the folders themselves tell it, where the index is lost."""
    names = (
        path.parent.name for path in sorted(root().glob(f"*/{MANIFEST}"), key=lambda one: one.stat().st_mtime)
    )
    found = ((name, _version(name, named=False)) for name in names if not name.startswith(DRAFT))
    return {one.day.isoformat(): name for name, one in found if one}


def _version(name: str | None, *, named: bool) -> Version | None:
    """A version by the name of its folder, or None where it cannot be read."""
    if not name:
        return None
    folder = root() / name
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        part = found["named" if named else "kept"]
        return Version(
            date.fromisoformat(found["day"]),
            datetime.strptime(found["made_at"], MOMENT).replace(tzinfo=UTC),
            date.fromisoformat(found["through"]) if found["through"] else None,
            part["hash"],
            {one["name"]: FileFact(**one) for one in part["files"]},
            folder,
            named,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _replace(path: Path, value: object) -> None:
    """Write a file beside and put it in the place of the old one at once; it is on the disk when this returns."""
    fresh = path.with_name(f"{DRAFT}{path.name}")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clear(versions: Mapping[str, str], current: str) -> None:
    """Remove the folders that no version is in, and people's words from all but the newest."""
    for folder in root().iterdir():
        if not folder.is_dir() or folder.name.startswith(DRAFT):
            continue
        if folder.name not in versions.values():
            shutil.rmtree(folder, ignore_errors=True)
        elif folder.name != current:
            shutil.rmtree(folder / NAMED, ignore_errors=True)
