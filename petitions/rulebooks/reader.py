"""A TOML table that is read key by key and complains, by key path, about all that it does not expect."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from petitions.domain.rulebook import Ground, Milestone, Texts, Tier
from petitions.rulebooks.faults import Findings

FILE = "rulebook.toml"
GREATEST = 10**12
Choice = TypeVar("Choice", bound=StrEnum)
Named = TypeVar("Named", Tier, Milestone, Ground)
_ABSENT = object()


class TableReader:
    """Reads one table; what is wrong is recorded, and a stand-in value lets the reading go on.

    After the last key `close()` names the keys that nobody asked for.
    """

    def __init__(self, table: Mapping[str, Any], path: str, findings: Findings) -> None:
        self._table = table
        self._asked: set[str] = set()
        self.path = path
        self.findings = findings

    def at(self, key: str) -> str:
        """The full place of a key: file and key path."""
        return f"{FILE}: {self._join(key)}"

    @property
    def place(self) -> str:
        """The full place of this table."""
        return f"{FILE}: {self.path}"

    def has(self, key: str) -> bool:
        """Whether the key is there; asking does not count as reading."""
        return key in self._table

    def fault(self, key: str, code: str, /, **facts: object) -> None:
        """Record an error at a key."""
        self.findings.error(self.at(key), code, **facts)

    def text(self, key: str, form: re.Pattern[str] | None = None, default: str | None = None) -> str:
        """A non-empty text, of a given form where one is named."""
        value = self._take(key, default)
        if value is _ABSENT or value is default:
            return default or ""
        return self._checked_text(key, value, form)

    def choice(self, key: str, choices: type[Choice], default: Choice | None = None) -> Choice:
        """One of the words of an enumeration."""
        value = self._take(key, default)
        fallback = default or next(iter(choices))
        if value is _ABSENT or value is default:
            return fallback
        if value not in [choice.value for choice in choices]:
            words = ", ".join(choice.value for choice in choices)
            self.fault(key, "not-a-choice", value=value, choices=words)
            return fallback
        return choices(value)

    def whole(self, key: str, least: int = 0, most: int = GREATEST) -> int:
        """A whole number from `least` to `most`."""
        value = self._take(key, None)
        return least if value is _ABSENT else self._checked_whole(key, value, least, most)

    def whole_or_none(self, key: str, least: int = 0) -> int | None:
        """A whole number, or None where the key is absent."""
        return self.whole(key, least) if self.has(key) else None

    def decimal(self, key: str) -> Decimal:
        """An exact number: TOML floats are read as decimals."""
        value = self._take(key, None)
        if value is _ABSENT:
            return Decimal(1)
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            self.fault(key, "not-number")
            return Decimal(1)
        return Decimal(value)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false."""
        value = self._take(key, default)
        if value is _ABSENT:
            return False
        if not isinstance(value, bool):
            self.fault(key, "not-true-false")
            return False
        return value

    def day(self, key: str) -> date:
        """A date without a time."""
        value = self._take(key, None)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not _ABSENT:
            self.fault(key, "not-a-date")
        return date.min

    def words(self, key: str, form: re.Pattern[str]) -> tuple[str, ...]:
        """A list of different texts, at least one, each of a given form."""
        value = self._take(key, None)
        if value is _ABSENT:
            return ()
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            self.fault(key, "not-texts")
            return ()
        self._check_words(key, value, form)
        return tuple(value)

    def texts(self, key: str, languages: tuple[str, ...]) -> Texts:
        """One text in every language of the rulebook; further languages are welcome."""
        table = self.table(key)
        for language in languages:
            if not table.has(language):
                table.findings.error(self.at(key), "language-missing", language=language)
        names = list(table._table)
        result = {name: table.text(name) for name in names}
        table.close()
        return result

    def table(self, key: str) -> "TableReader":
        """A table below this one; an empty stand-in where it is missing, so that its keys go unnamed."""
        value = self._take(key, None)
        if isinstance(value, dict):
            return TableReader(value, self._join(key), self.findings)
        if value is not _ABSENT:
            self.fault(key, "not-a-table")
        return TableReader({}, self._join(key), Findings())

    def table_or_none(self, key: str) -> "TableReader | None":
        """A table below this one, or None where it is absent."""
        return self.table(key) if self.has(key) else None

    def tables(self, key: str) -> list["TableReader"]:
        """One or more tables of a list."""
        value = self._take(key, None)
        if value is _ABSENT:
            return []
        if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
            self.fault(key, "not-tables")
            return []
        place = self._join(key)
        return [TableReader(row, f"{place}[{n}]", self.findings) for n, row in enumerate(value)]

    def close(self) -> None:
        """Name every key that was not asked for."""
        for key in self._table:
            if key not in self._asked:
                self.fault(key, "unknown-key")

    def _take(self, key: str, default: object) -> Any:
        self._asked.add(key)
        if key in self._table:
            return self._table[key]
        if default is not None:
            return default
        self.fault(key, "key-missing")
        return _ABSENT

    def _checked_text(self, key: str, value: object, form: re.Pattern[str] | None) -> str:
        if not isinstance(value, str):
            self.fault(key, "not-text")
            return ""
        if not value.strip():
            self.fault(key, "text-empty")
        elif form is not None and not form.fullmatch(value):
            self.fault(key, "text-form", value=value, form=form.pattern)
        return value

    def _checked_whole(self, key: str, value: object, least: int, most: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(key, "not-whole")
            return least
        if value < least:
            self.fault(key, "number-small", least=least)
            return least
        if value > most:
            self.fault(key, "number-large", most=most)
            return least
        return value

    def _check_words(self, key: str, words: list[str], form: re.Pattern[str]) -> None:
        if not words:
            self.fault(key, "list-empty")
        for n, word in enumerate(words):
            if not form.fullmatch(word):
                self.fault(f"{key}[{n}]", "text-form", value=word, form=form.pattern)
            if word in words[:n]:
                self.fault(f"{key}[{n}]", "listed-twice", value=word)

    def _join(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def read_all(rows: list[TableReader], read: Callable[[TableReader], Named]) -> tuple[Named, ...]:
    """Read each row with `read`; a second row with the same id is a fault."""
    seen: set[str] = set()
    result = []
    for row in rows:
        value = read(row)
        if value.id in seen:
            row.fault("id", "listed-twice", value=value.id)
        seen.add(value.id)
        result.append(value)
    return tuple(result)
