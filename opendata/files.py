"""Writes the files of one version: tables in one snapshot of the database, workbooks and the archive made of them."""

import csv
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from core.tables import csv_lines
from core.work import Work
from opendata.package import FileFact
from opendata.tables import TABLES, Column, Table

Told = Callable[[str, int], None]
Cells = Iterator[list[str]]
PACKAGE, ARCHIVE = "datapackage.json", "dauys.zip"
CSVS = tuple(f"{table.name}.csv" for table in TABLES)
SHEETS = tuple(f"{table.name}.xlsx" for table in TABLES)
FILES = (PACKAGE, *(name for pair in zip(CSVS, SHEETS, strict=True) for name in pair), ARCHIVE)
BLOCK = 1 << 20
STEP = 10_000
# What a sheet and a cell of a workbook can hold: a longer table goes on in a further sheet, a longer text is cut.
MOST_ROWS, MOST_SIGNS = 1_048_576, 32_767
WIDTH = 18
ABOUT = "Licence: CC BY 4.0. What the columns mean: datapackage.json."
ALL_READ = 0o644 << 16
# Cells hold longer texts than Python's reader takes by itself.
csv.field_size_limit(10_000_000)


def write_tables(w: Work, folder: Path, told: Told) -> dict[str, int]:
    """Every table as CSV into `folder`, row by row; returns how many rows each has, by name."""
    return {table.name: _write_table(w, table, folder / f"{table.name}.csv", told) for table in TABLES}


def _write_table(w: Work, table: Table, path: Path, told: Told) -> int:
    n = 0
    with path.open("wb") as file:
        for n, line in enumerate(csv_lines(table.head, table.rows(w))):
            file.write(line)
            if n and n % STEP == 0:
                told(path.name, n)
    told(path.name, n)
    return n


def write_bare(table: Table, source: Path, target: Path) -> None:
    """The table once more without what people wrote."""
    words = table.words
    with target.open("wb") as file:
        file.writelines(csv_lines(table.head, (_bare(row, words) for row in _cells(source))))


def write_sheet(table: Table, source: Path, target: Path, made_at: datetime) -> None:
    """The table as a workbook, cell by cell the same: numbers as numbers, all else as text.

    True and false are words as well: LibreOffice keeps a truth value as a formula, and here is none.
    """
    book = Workbook(str(target), {"constant_memory": True, "tmpdir": str(target.parent)})
    book.set_properties({"title": f"Dauys: {table.name}", "comments": ABOUT, "created": made_at})
    sheet, place = _sheet(book, table, 1), 0
    for row in _cells(source):
        place += 1
        if place == MOST_ROWS:
            sheet, place = _sheet(book, table, len(book.worksheets()) + 1), 1
        for n, column in enumerate(table.columns):
            _write_cell(sheet, place, n, row[n], column)
    book.close()


def write_archive(paths: Iterable[Path], target: Path, made_at: datetime) -> None:
    """The files in one archive; its bytes depend on nothing but the files and the moment."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            info = zipfile.ZipInfo(path.name, made_at.timetuple()[:6])
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, ALL_READ
            info.file_size = path.stat().st_size
            with archive.open(info, "w") as inside, path.open("rb") as file:
                shutil.copyfileobj(file, inside, BLOCK)


def write_json(value: object, target: Path) -> None:
    """A document that people can read too."""
    target.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def settle(folder: Path) -> None:
    """Have everything below the folder on the disk before anybody is sent there."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def fact(path: Path, rows: int | None = None) -> FileFact:
    """What is told of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return FileFact(path.name, path.stat().st_size, digest.hexdigest(), rows)


def _cells(path: Path) -> Cells:
    """The rows of a table below its head."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


def _bare(row: Sequence[str], words: Mapping[int, Callable[[str], str]]) -> list[str]:
    return [words[n](text) if n in words else text for n, text in enumerate(row)]


def _sheet(book: Workbook, table: Table, number: int) -> Worksheet:
    sheet: Worksheet = book.add_worksheet(table.name if number == 1 else f"{table.name} {number}")
    sheet.set_column(0, len(table.columns) - 1, WIDTH)
    sheet.freeze_panes(1, 0)
    for n, column in enumerate(table.columns):
        sheet.write_string(0, n, column.name)
    return sheet


def _write_cell(sheet: Worksheet, row: int, place: int, text: str, column: Column) -> None:
    if not text:
        return
    if column.kind in {"integer", "number"}:
        sheet.write_number(row, place, float(text))
    elif len(text) > MOST_SIGNS:
        sheet.write_string(row, place, f"{text[: MOST_SIGNS - 1]}…")
    else:
        sheet.write_string(row, place, text)
