"""CSV tables cell by cell: rows with their line numbers, and a fault for all that cannot be read."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from authorities.faults import Fault

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
KIND = re.compile(r"[a-z][a-z0-9_-]*")
COLUMN = re.compile(r"[a-z][a-z0-9_]*")
NAME = re.compile(r"name_[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
NUMBER = re.compile(r"[0-9]+(\.[0-9]{1,9})?")
NEGATIVE = re.compile(r"[-−][0-9.]+")
EMAIL = re.compile(r"[^@\s,;<>()\"\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
LANGUAGES = ("kk", "ru", "en")
LONGEST_SHOWN = 60
# The widest whole number that every database keeps in an ordinary column.
LARGEST = 2_000_000_000
TURNING = range(0x202A, 0x202F)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table, `at` the number of its first line; reading a bad cell adds to `faults`."""

    at: int
    cells: dict[str, str]
    faults: list[Fault]

    def fault(self, column: str, code: str, **facts: object) -> None:
        """Note what is wrong with a cell, or with the row where `column` is empty."""
        self.faults.append(Fault(self.at, column, code, facts))

    def text(self, column: str, most: int, *, needed: bool = True) -> str:
        """A cell of at most `most` characters."""
        value = self.cells[column]
        if needed and not value:
            self.fault(column, "cell-empty")
        if len(value) > most:
            self.fault(column, "cell-long", most=most)
        if not value.isprintable():
            self._check_signs(column, value)
        return value

    def code(self, column: str, most: int, *, needed: bool = True) -> str:
        """A cell that holds a code."""
        value = self.text(column, most, needed=needed)
        if value and value.isprintable() and not CODE.fullmatch(value):
            self.fault(column, "cell-form", value=_shown(value))
        return value

    def kind(self, column: str, most: int) -> str:
        """A cell that holds a word for a kind of things: small letters, digits, hyphen, underscore."""
        value = self.code(column, most)
        if value and CODE.fullmatch(value) and not KIND.fullmatch(value):
            self.fault(column, "cell-kind", value=_shown(value))
        return value

    def choice(self, column: str, choices: Sequence[str]) -> str:
        """A cell that holds one of a few words."""
        value = self.text(column, LONGEST_SHOWN)
        if value and value not in choices:
            self.fault(column, "cell-choice", value=_shown(value), choices=", ".join(choices))
        return value

    def number(self, column: str) -> Decimal | None:
        """A number that is not negative, or None for an empty cell."""
        value = self.cells[column]
        if not value:
            return None
        if not NUMBER.fullmatch(value):
            code = "cell-negative" if NEGATIVE.fullmatch(value) else "cell-number"
            self.fault(column, code, value=_shown(value))
            return None
        if Decimal(value) > LARGEST:
            self.fault(column, "cell-large", value=_shown(value), most=LARGEST)
        return Decimal(value)

    def whole(self, column: str) -> int | None:
        """A whole number that is not negative, or None for an empty cell."""
        if "." in self.cells[column]:
            self.fault(column, "cell-number", value=_shown(self.cells[column]))
            return None
        number = self.number(column)
        return None if number is None else int(number)

    def day(self, column: str) -> date | None:
        """A date of the form YYYY-MM-DD, or None for an empty cell."""
        value = self.cells[column]
        if not value:
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        # fromisoformat also reads 20260131 and week dates, which nobody means here.
        if day is None or day.isoformat() != value:
            self.fault(column, "cell-date", value=_shown(value))
            return None
        return day

    def email(self, column: str) -> str:
        """A cell that holds an e-mail address, or nothing."""
        value = self.text(column, 254, needed=False)
        if value and not EMAIL.fullmatch(value):
            self.fault(column, "cell-email", value=_shown(value))
        return value

    def names(self, most: int, languages: Sequence[str] = LANGUAGES) -> dict[str, str]:
        """The names in the languages, all of them needed, and in whatever others the file has."""
        columns = [column for column in self.cells if NAME.fullmatch(column)]
        found = {column.removeprefix("name_"): self._name(column, most) for column in columns}
        for language in languages:
            if not found[language]:
                self.fault(f"name_{language}", "cell-empty")
        return {language: name for language, name in found.items() if name}

    def _name(self, column: str, most: int) -> str:
        value = self.text(column, most, needed=False)
        return " ".join(unicodedata.normalize("NFC", value).split())

    def _check_signs(self, column: str, value: str) -> None:
        for sign in value:
            if ord(sign) in TURNING or unicodedata.category(sign) in {"Cc", "Cs", "Cn", "Co", "Zl", "Zp"}:
                self.fault(column, "cell-control", sign=f"U+{ord(sign):04X}")
                return


def read_table(
    source: str | bytes,
    columns: Sequence[str],
    languages: Sequence[str] = LANGUAGES,
    *,
    further: bool = False,
    may_be_empty: bool = False,
) -> tuple[list[Line], list[Fault]]:
    """The rows of a CSV file whose header has `columns` and the names in the languages, in any order.

    `further` allows more columns, `may_be_empty` a header without rows. Where the header is wrong there
    are no rows, only faults.
    """
    faults: list[Fault] = []
    text = _decoded(source, faults)
    rows = list(_rows(text, faults)) if text is not None else []
    if not rows:
        return [], faults or [Fault(1, "", "empty-file")]
    number, header = rows[0]
    needed = [*columns, *(f"name_{language}" for language in languages)]
    faults += _header_faults(number, header, needed, further=further)
    if faults:
        return [], faults
    if len(rows) == 1 and not may_be_empty:
        return [], [Fault(number, "", "no-rows")]
    return [line for row in rows[1:] if (line := _line(*row, header, faults))], faults


def _decoded(source: str | bytes, faults: list[Fault]) -> str | None:
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(Fault(source[: error.start].count(b"\n") + 1, "", "not-utf8"))
        return None


def _rows(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, each with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    first = 1
    try:
        for cells in reader:
            stripped = [cell.strip(" \t\u00a0") for cell in cells]
            if any(stripped):
                yield first, stripped
            first = reader.line_num + 1
    except csv.Error:
        faults.append(Fault(first, "", "csv-syntax"))


def _header_faults(number: int, header: list[str], needed: Sequence[str], *, further: bool) -> list[Fault]:
    separator = next((sign for sign in ";\t|" if len(header) == 1 and sign in header[0]), None)
    if separator:
        return [Fault(number, "", "separator", {"found": "tab" if separator == "\t" else separator})]
    missing = [(name, "column-missing") for name in needed if name not in header]
    twice = [(name, "column-twice") for name in sorted(set(header)) if header.count(name) > 1]
    forms = (NAME, COLUMN) if further else (NAME,)
    known = {*needed, *(name for name in header if any(form.fullmatch(name) for form in forms))}
    unknown = [(name, "column-unknown") for name in header if name not in known]
    return [Fault(number, "", code, {"name": _shown(name)}) for name, code in (*missing, *twice, *unknown)]


def _line(number: int, cells: list[str], header: list[str], faults: list[Fault]) -> Line | None:
    if len(cells) != len(header):
        faults.append(Fault(number, "", "cells-count", {"found": len(cells), "needed": len(header)}))
        return None
    return Line(number, dict(zip(header, cells, strict=True)), faults)


def _shown(value: str) -> str:
    """A value as a message may repeat it: short, and without characters that do something."""
    clean = "".join(sign if sign.isprintable() else "\ufffd" for sign in value[:LONGEST_SHOWN])
    return f"{clean}…" if len(value) > LONGEST_SHOWN else clean
