"""Faults of a rulebook folder: each with its place, a message with facts, and a severity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


def N_(message: str) -> str:
    """Mark a message for translation; the edge that shows a fault translates it."""
    return message


class Severity(StrEnum):
    """An error keeps a rulebook from being used; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


MESSAGES: Mapping[str, str] = {
    "file-missing": N_("the file is missing"),
    "not-utf8": N_("the text is not UTF-8"),
    "toml-syntax": N_("not valid TOML: %(detail)s"),
    "unknown-key": N_("unknown key"),
    "key-missing": N_("this key is required"),
    "not-a-table": N_("a table is expected here"),
    "not-tables": N_("one or more tables are expected here"),
    "not-text": N_("a text is expected here"),
    "text-empty": N_("the text is empty"),
    "text-form": N_("“%(value)s” is not of the form that is expected here (%(form)s)"),
    "not-a-choice": N_("“%(value)s” is not one of %(choices)s"),
    "not-whole": N_("a whole number is expected here"),
    "number-small": N_("the number must be at least %(least)s"),
    "number-large": N_("the number must be at most %(most)s"),
    "not-number": N_("a number is expected here"),
    "not-true-false": N_("true or false is expected here"),
    "not-a-date": N_("a date is expected here (YYYY-MM-DD)"),
    "not-texts": N_("a list of texts is expected here"),
    "list-empty": N_("the list is empty"),
    "listed-twice": N_("“%(value)s” is there twice"),
    "language-missing": N_("the text in “%(language)s” is missing"),
    "percent-range": N_("a percentage is above 0 and at most 100, with at most 9 decimal places"),
    "floor-above-cap": N_("the floor is above the cap"),
    "band-amount": N_("a band has either a percentage or a count"),
    "bands-order": N_("the bands must rise, and the last one has no upper end"),
    "milestones-order": N_("milestones must rise: this one needs no more signatures than the one before it"),
    "milestones-equal": N_("two milestones of tier “%(tier)s” need the same number here"),
    "tier-clash": N_("area kind “%(kind)s” and branch “%(branch)s” already belong to tier “%(tier)s”"),
    "extension-clash": N_("an extension needs both a number of times and a length, or neither"),
    "timezone-unknown": N_("“%(value)s” is not a known time zone"),
    "holidays-unknown": N_("no public holidays are known for “%(value)s”"),
    "weekend-full": N_("at least one day of the week must be a working day"),
    "csv-syntax": N_("not valid CSV: %(detail)s"),
    "column-missing": N_("the column “%(column)s” is missing"),
    "column-unknown": N_("the column “%(column)s” is not known"),
    "column-twice": N_("the column “%(column)s” is there twice"),
    "cells-count": N_("the row has %(found)s cells, the header %(needed)s"),
    "cell-empty": N_("“%(column)s” is empty"),
    "cell-form": N_("%(column)s: “%(value)s” is not of the form that is expected here (%(form)s)"),
    "cell-choice": N_("%(column)s: “%(value)s” is not one of %(choices)s"),
    "cell-date": N_("%(column)s: “%(value)s” is not a date (YYYY-MM-DD)"),
    "cell-number": N_("%(column)s: “%(value)s” is not a number"),
    "cell-negative": N_("%(column)s: “%(value)s” is negative"),
    "code-twice": N_("the code “%(code)s” is already used in line %(line)s"),
    "date-twice": N_("the date %(date)s is already used in line %(line)s"),
    "parent-unknown": N_("the parent “%(parent)s” is not in the file"),
    "parent-cycle": N_("the area “%(code)s” is its own ancestor"),
    "root-missing": N_("no area is without a parent: there must be one root"),
    "root-second": N_("a second area without a parent: “%(root)s” is the root already"),
    "area-unknown": N_("the area “%(area)s” is not in areas.csv"),
    "supervisor-unknown": N_("the supervisor “%(supervisor)s” is not in the file"),
    "supervisor-cycle": N_("the authority “%(code)s” supervises itself"),
    "validity-backwards": N_("valid_to lies before valid_from"),
    "no-rows": N_("the file has no rows"),
    "base-missing": N_("tier “%(tier)s” needs “%(base)s” of “%(area)s”, which is missing or zero"),
    "areas-too-few": N_("tier “%(tier)s” asks for %(needed)s areas below “%(area)s”, there are %(found)s"),
    "kind-without-tier": N_("no tier serves areas of the kind “%(kind)s”"),
    "authority-without-tier": N_("no tier for “%(code)s”: area kind “%(kind)s”, branch “%(branch)s”"),
    "email-missing": N_("the authority has no e-mail address"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a rulebook folder, at `areas.csv:17` or `rulebook.toml: tier[2].screening.within`.

    `code` is a key of MESSAGES; `message` is the English text, which an edge may translate with `facts`.
    """

    where: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = Severity.ERROR

    @property
    def message(self) -> str:
        """The message in English."""
        return MESSAGES[self.code] % self.facts

    def __str__(self) -> str:
        return f"{self.where}: {self.severity.value}: {self.message}"


class RulebookFaults(Exception):
    """A rulebook that cannot be used, with every fault and warning that was found."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(slots=True)
class Findings:
    """Gathers faults while a folder is read, so that all of them are named at once."""

    found: list[Fault] = field(default_factory=list)

    def error(self, where: str, code: str, /, **facts: object) -> None:
        """Record what makes the rulebook unusable."""
        self.found.append(Fault(where, code, facts))

    def warning(self, where: str, code: str, /, **facts: object) -> None:
        """Record what a reader should know."""
        self.found.append(Fault(where, code, facts, Severity.WARNING))

    @property
    def broken(self) -> bool:
        """Whether any error was recorded."""
        return any(fault.severity is Severity.ERROR for fault in self.found)

    def stop_if_broken(self) -> None:
        """Raise RulebookFaults with everything found so far, if there is an error among it."""
        if self.broken:
            raise RulebookFaults(tuple(self.found))
