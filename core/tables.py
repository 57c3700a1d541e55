"""Tables for spreadsheets: UTF-8 with its mark, and no cell that a program would take for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

# Full-width signs too: some programs read them as the plain ones.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")


def harmless(value: object) -> object:
    """A text that no spreadsheet takes for a formula; numbers and nothing stay what they are."""
    if isinstance(value, str) and value.lstrip(" \u00a0").startswith(DANGEROUS):
        return f"'{value}"
    return value


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table as a file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(harmless(name) for name in head)
    for row in rows:
        writer.writerow("" if value is None else harmless(value) for value in row)
    return out.getvalue().encode("utf-8-sig")
