"""Tables for spreadsheets: UTF-8 with its mark, and no cell that a program would take for a formula."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

# The sign of minus is read like the hyphen; every other form of the signs (full-width, small, raised) becomes one of
# them by compatibility (NFKC).
SIGNS = frozenset("=+-@|%\u2212")
# A reader's spreadsheet may split at a semicolon or a tab instead of the comma, and at a line break: what follows one
# of them can stand at the beginning of a cell there.
SPLITS = re.compile(r"([;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029])")
UNSEEN = frozenset({"Cf", "Cc", "Mn", "Me"})


def harmless(value: object) -> object:
    """A cell that no spreadsheet takes for a formula, in CSV and XLSX alike: texts get an apostrophe before whatever
    could begin one; truth is `true` or `false`, numbers and nothing stay what they are. Twice is the same as once."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return value
    parts = SPLITS.split(value)
    # A break before the first word is as good as a sign: some programs drop it and read on.
    broken = len(parts) > 1 and not parts[0].strip()
    return ("'" if broken else "") + "".join(f"'{part}" if _is_formula(part) else part for part in parts)


def _is_formula(part: str) -> bool:
    """Whether the first character that can be seen is one of the signs."""
    for character in part:
        if not character.isspace() and unicodedata.category(character) not in UNSEEN:
            return unicodedata.normalize("NFKC", character)[0] in SIGNS
    return False


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table as a file."""
    return b"".join(csv_lines(head, rows))


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The table line by line, for a file that is too long to be held."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(harmless(name) for name in head)
    yield codecs.BOM_UTF8 + _taken(out)
    for row in rows:
        writer.writerow("" if value is None else harmless(value) for value in row)
        yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    line = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return line
