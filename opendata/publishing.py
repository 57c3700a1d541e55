"""Makes the files: one snapshot of the database, everything beside the old version, then one switch."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask import current_app

from authorities import queries as register
from core.db import steady_snapshot
from core.i18n import speaking
from core.work import Work, kernel, reading
from opendata import shelf
from opendata.files import (
    ARCHIVE,
    CSVS,
    FILES,
    PACKAGE,
    Told,
    fact,
    settle,
    write_archive,
    write_bare,
    write_json,
    write_sheet,
    write_tables,
)
from opendata.package import Facts, description
from opendata.schemas import moment_text
from opendata.tables import TABLES
from petitions.queries import frozen

MADE_LAST = (PACKAGE, ARCHIVE)


def publish(told: Told = lambda _name, _rows: None) -> bool:
    """Make the files of this moment and put them out; False where today's version says the same already."""
    with shelf.making() as folder:
        manifest, today = _make(folder, told)
        before = shelf.newest()
        said = (today, manifest["named"]["hash"])
        if before is not None and (before.day, before.hash) == said and shelf.is_whole(before):
            return False
        settle(folder)
        shelf.put(folder, manifest, today)
    return True


def export(folder: Path, told: Told) -> shelf.Version:
    """Make the files, put them out and copy them into `folder`: what it then holds is what is under /data/.

    Raises OSError where the folder cannot be written.
    """
    publish(told)
    version = shelf.newest()
    if version is None:
        raise OSError("the files that were just made cannot be read back")
    folder.mkdir(parents=True, exist_ok=True)
    for name in version.files:
        shutil.copyfile(shelf.path_of(version, name), folder / name)
    return version


def _make(folder: Path, told: Told) -> tuple[dict[str, Any], date]:
    # Names stand in the first language of the site, as in the API without ?lang.
    with reading() as w, speaking(str(current_app.config["DAUYS_LANGUAGE"])):
        steady_snapshot(w.session)
        rows = write_tables(w, folder, told)
        facts, today = _facts(w), w.today
    _part_words(folder)
    making = Making(folder, facts, rows, told)
    manifest = {
        "day": today.isoformat(),
        "made_at": moment_text(facts.made_at),
        "through": facts.through.isoformat() if facts.through else None,
        "kept": making.finish(folder, with_words=False),
        "named": making.finish(folder / shelf.NAMED, with_words=True),
    }
    write_json(manifest, folder / shelf.MANIFEST)
    return manifest, today


def _facts(w: Work) -> Facts:
    sources = {row.source for row in register.areas(w) if row.source}
    made_at = w.now.replace(microsecond=0)
    return Facts(
        w.today, made_at, frozen.frozen_through(w), kernel().settings.controller, tuple(sorted(sources))
    )


def _part_words(folder: Path) -> None:
    """Move the tables with people's words aside and leave them without in their place."""
    named = folder / shelf.NAMED
    named.mkdir()
    for table in TABLES:
        if table.words:
            name = f"{table.name}.csv"
            (folder / name).rename(named / name)
            write_bare(table, named / name, folder / name)


@dataclass(frozen=True, slots=True)
class Making:
    """One making: the folder, what is told of it, and how many rows the tables have."""

    folder: Path
    facts: Facts
    rows: Mapping[str, int]
    told: Told

    def finish(self, part: Path, *, with_words: bool) -> dict[str, Any]:
        """Make workbooks, description and archive of one part; what it shares with the other part is made once."""
        for table in TABLES:
            source, sheet = self._at(part, f"{table.name}.csv"), part / f"{table.name}.xlsx"
            if source.parent == part:
                write_sheet(table, source, sheet, self.facts.made_at)
                self.told(sheet.name, self.rows[table.name])
        files = {
            name: fact(self._at(part, name), self._rows(name)) for name in FILES if name not in MADE_LAST
        }
        package = description(files, self.facts, with_words=with_words)
        write_json(package, part / PACKAGE)
        write_archive(
            [part / PACKAGE, *(self._at(part, name) for name in CSVS)], part / ARCHIVE, self.facts.made_at
        )
        files |= {name: fact(part / name) for name in MADE_LAST}
        return {"hash": package["version"], "files": [asdict(files[name]) for name in FILES]}

    def _at(self, part: Path, name: str) -> Path:
        own = part / name
        return own if own.exists() else self.folder / name

    def _rows(self, name: str) -> int:
        return self.rows[name.partition(".")[0]]
