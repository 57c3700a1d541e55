"""The record of processing, made from the data map: docs/processing.md is this text."""

from collections.abc import Iterable
from itertools import groupby

from core.i18n import speaking
from petitions.domain.datamap import ITEMS, OUTSIDE, Item, Outside
from petitions.queries.notice_words import (
    BASIS,
    FORM,
    PLACE,
    PURPOSE,
    RECIPIENT,
    WHAT,
    WHOSE,
    capital,
    kept_words,
    together,
)

HEADS = ("data", "columns", "what for", "ground", "stored as", "who gets it", "kept")
INTRO = """# Record of processing

Generated from `petitions/domain/datamap.py` by `flask --app app docs processing`; a test compares them.
The controller, its data protection officer, the place of storage and the mail service are settings of the
instance: its own notice (`/privacy`) names them. A test walks all columns of all tables: a column that is
not here is about nobody.
"""


def processing_markdown() -> str:
    """Every kind of personal data by whose they are, in English."""
    with speaking("en"):
        parts = [INTRO]
        for whose, items in groupby(sorted(ITEMS, key=lambda item: item.whose), key=lambda item: item.whose):
            parts += [f"## {capital(str(WHOSE[whose]))[:-1]}\n", _table(map(_cells, items))]
        parts += ["## Outside the database\n", _table(map(_outside, OUTSIDE))]
        return "\n".join(parts)


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(HEADS)} |", f"|{'---|' * len(HEADS)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _cells(item: Item) -> tuple[str, ...]:
    return (
        str(WHAT[item.what]),
        f"`{item.table}`: {', '.join(f'`{name}`' for name in item.columns)}",
        together(item.purposes, PURPOSE),
        str(BASIS[item.basis]),
        str(FORM[item.form]),
        together(item.recipients, RECIPIENT) or "nobody",
        "; ".join(kept_words(kept) for kept in item.kept),
    )


def _outside(entry: Outside) -> tuple[str, ...]:
    return (
        str(PLACE[entry.place]),
        "-",
        together(entry.purposes, PURPOSE),
        str(BASIS[entry.basis]),
        str(FORM[entry.form]),
        "nobody",
        "; ".join(kept_words(kept) for kept in entry.kept),
    )
