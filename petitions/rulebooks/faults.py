"""Faults of a rulebook folder: each with its place, a message with facts, and a severity."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from authorities import faults as tables


class Severity(StrEnum):
    """An error keeps a rulebook from being used; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


MESSAGES: Mapping[str, str] = {
    "file-missing": "the file is missing",
    "not-utf8": "the text is not UTF-8",
    "toml-syntax": "not valid TOML: %(detail)s",
    "unknown-key": "unknown key",
    "key-missing": "this key is required",
    "not-a-table": "a table is expected here",
    "not-tables": "one or more tables are expected here",
    "not-text": "a text is expected here",
    "text-empty": "the text is empty",
    "text-form": "“%(value)s” is not of the form that is expected here (%(form)s)",
    "not-a-choice": "“%(value)s” is not one of %(choices)s",
    "not-whole": "a whole number is expected here",
    "number-small": "the number must be at least %(least)s",
    "number-large": "the number must be at most %(most)s",
    "not-number": "a number is expected here",
    "not-true-false": "true or false is expected here",
    "not-a-date": "a date is expected here (YYYY-MM-DD)",
    "not-texts": "a list of texts is expected here",
    "list-empty": "the list is empty",
    "listed-twice": "“%(value)s” is there twice",
    "language-missing": "the text in “%(language)s” is missing",
    "percent-range": "a percentage is above 0 and at most 100, with at most 9 decimal places",
    "floor-above-cap": "the floor is above the cap",
    "band-amount": "a band has either a percentage or a count",
    "bands-order": "the bands must rise, and the last one has no upper end",
    "milestones-order": "milestones must rise: this one needs no more signatures than the one before it",
    "milestones-equal": "two milestones of tier “%(tier)s” need the same number here",
    "tier-clash": "area kind “%(kind)s” and branch “%(branch)s” already belong to tier “%(tier)s”",
    "extension-clash": "an extension needs both a number of times and a length, or neither",
    "timezone-unknown": "“%(value)s” is not a known time zone",
    "holidays-unknown": "no public holidays are known for “%(value)s”",
    "weekend-full": "at least one day of the week must be a working day",
    "date-twice": "the date %(date)s is already used in line %(line)s",
    "parent-unknown": "the parent “%(value)s” is not in the file",
    "area-unknown": "the area “%(value)s” is not in areas.csv",
    "supervisor-unknown": "the supervisor “%(value)s” is not in the file",
    "base-missing": "tier “%(tier)s” needs “%(base)s” of “%(area)s”, which is missing or zero",
    "areas-too-few": "tier “%(tier)s” asks for %(needed)s areas below “%(area)s”, there are %(found)s",
    "kind-without-tier": "no tier serves areas of the kind “%(kind)s”",
    "authority-without-tier": "no tier for “%(code)s”: area kind “%(kind)s”, branch “%(branch)s”",
    "email-missing": "the authority has no e-mail address",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a rulebook folder, at `areas.csv:17` or `rulebook.toml: tier[2].screening.within`.

    `code` is a key of MESSAGES or of the messages of tables; `column` names the cell of a table.
    """

    where: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = Severity.ERROR
    column: str = ""

    @property
    def message(self) -> str:
        """The message in English; where both have the code, a rulebook's own words win."""
        message = (MESSAGES.get(self.code) or tables.MESSAGES[self.code]) % self.facts
        return f"{self.column}: {message}" if self.column else message

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

    def table(self, file: str, faults: Iterable[tables.Fault]) -> None:
        """Record what makes a table unusable, each fault at its line."""
        for fault in faults:
            self.found.append(Fault(f"{file}:{fault.line}", fault.code, fault.facts, column=fault.column))

    @property
    def broken(self) -> bool:
        """Whether any error was recorded."""
        return any(fault.severity is Severity.ERROR for fault in self.found)

    def stop_if_broken(self) -> None:
        """Raise RulebookFaults with everything found so far, if there is an error among it."""
        if self.broken:
            raise RulebookFaults(tuple(self.found))
