"""The notice on personal data as a thing: its 25 fields, its fingerprint, its numbers, and what has changed."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Audience(StrEnum):
    """Whom a notice is for."""

    SIGNER = "signer"
    AUTHOR = "author"


@dataclass(frozen=True, slots=True)
class Line:
    """One statement, with the thing that it is about where there is one."""

    text: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the notice, by its number in the list that the law and the report make."""

    n: int
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A whole notice for one audience in one language: the short form, and every field."""

    short: tuple[Line, ...]
    fields: tuple[Field, ...]


# By language, then by audience.
Content = Mapping[str, Mapping[str, Text]]


@dataclass(frozen=True, slots=True)
class Change:
    """One field in which two versions differ; a line that is only in one of them stands on its side."""

    n: int
    title: str
    removed: tuple[Line, ...]
    added: tuple[Line, ...]


def plain(content: Content) -> dict[str, Any]:
    """The content as it is stored: nothing but texts, numbers and lists."""
    return {code: {who: asdict(text) for who, text in texts.items()} for code, texts in content.items()}


def read(stored: Mapping[str, Any]) -> Content:
    """What `plain` made, back again."""
    return {code: {who: _text(text) for who, text in texts.items()} for code, texts in stored.items()}


def fingerprint(content: Content) -> str:
    """SHA-256 of the content in one fixed spelling: two notices are the same exactly when these are."""
    spelled = json.dumps(plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()


def next_version(day: date, taken: Iterable[str]) -> str:
    """The name of a version that begins on `day`: year, month, and which one of that month."""
    month = f"{day.year}-{day.month:02}-"
    numbers = [int(name.removeprefix(month)) for name in taken if name.startswith(month)]
    return f"{month}{max(numbers, default=0) + 1}"


def changes(old: Text, new: Text) -> tuple[Change, ...]:
    """The fields in which two notices differ, by their numbers."""
    before = {field.n: field for field in old.fields}
    after = {field.n: field for field in new.fields}
    found = []
    for n in sorted(before.keys() | after.keys()):
        was, now = before.get(n), after.get(n)
        removed, added = _apart(was.lines if was else (), now.lines if now else ())
        if removed or added:
            found.append(Change(n, (now or before[n]).title, removed, added))
    return tuple(found)


def _apart(old: Sequence[Line], new: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    return tuple(line for line in old if line not in new), tuple(line for line in new if line not in old)


def _text(stored: Mapping[str, Any]) -> Text:
    fields = tuple(Field(field["n"], field["title"], _lines(field["lines"])) for field in stored["fields"])
    return Text(_lines(stored["short"]), fields)


def _lines(stored: Iterable[Mapping[str, str]]) -> tuple[Line, ...]:
    return tuple(Line(line["text"], line["about"]) for line in stored)
