"""Faults of an imported table: each with its line, its column, a code, and facts for its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(message: str) -> str:
    """Mark a message for translation; the edge that shows a fault translates it."""
    return message


MESSAGES: Mapping[str, str] = {
    "empty-file": N_("the file is empty"),
    "no-rows": N_("the file has a header but no rows"),
    "not-utf8": N_("the text is not UTF-8: save the file as “CSV UTF-8” and try again"),
    "csv-syntax": N_("this is not valid CSV: look for a quotation mark that is not closed"),
    "separator": N_("the columns are separated by “%(found)s”, but commas are needed"),
    "column-missing": N_("the column “%(name)s” is missing"),
    "column-unknown": N_("the column “%(name)s” is not known"),
    "column-twice": N_("the column “%(name)s” is there twice"),
    "cells-count": N_("the row has %(found)s cells, the header has %(needed)s"),
    "cell-empty": N_("this cell must not be empty"),
    "cell-long": N_("this is too long: at most %(most)s characters fit"),
    "cell-control": N_("this holds a character that cannot be used (%(sign)s)"),
    "cell-form": N_("“%(value)s” is no code: use Latin letters, digits, “-”, “.” and “_”, no sign first"),
    "cell-kind": N_("“%(value)s” is no kind: use only a–z, digits, “-” and “_”, with a letter first"),
    "cell-choice": N_("“%(value)s” is not one of these: %(choices)s"),
    "cell-date": N_("“%(value)s” is not a date (like 2026-01-31)"),
    "cell-number": N_("“%(value)s” is not a number (digits only, no spaces)"),
    "cell-negative": N_("“%(value)s” is negative"),
    "cell-large": N_("“%(value)s” is larger than %(most)s"),
    "cell-email": N_("“%(value)s” is not an e-mail address"),
    "figure-undated": N_("a figure needs the date that it holds for"),
    "figure-unsourced": N_("a figure needs its source"),
    "code-twice": N_("the code “%(value)s” is already used in line %(other)s"),
    "parent-unknown": N_("the parent “%(value)s” is neither in this file nor in the register"),
    "parent-cycle": N_("the area “%(value)s” would lie inside itself"),
    "root-missing": N_("one area must have no parent: the whole country"),
    "root-second": N_("only one area may have no parent, and “%(other)s” has none already"),
    "too-deep": N_("there are too many areas above this one"),
    "area-unknown": N_("the area “%(value)s” is not in the register"),
    "supervisor-unknown": N_("the supervisor “%(value)s” is neither in this file nor in the register"),
    "supervisor-cycle": N_("the body “%(value)s” would supervise itself"),
    "dates-backwards": N_("the last day lies before the first"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a table; `line` counts from 1, `column` is empty where the whole row is meant.

    `code` is a key of MESSAGES.
    """

    line: int
    column: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The message in English, for commands."""
        return MESSAGES[self.code] % self.facts

    def at(self, file: str) -> str:
        """The whole fault in English: `areas.csv:17: population: “-5” is negative`."""
        place = f"{file}:{self.line}"
        return f"{place}: {self.column}: {self.message}" if self.column else f"{place}: {self.message}"
