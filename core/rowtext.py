"""Rows as text and back: one JSON array a row, the same from and for both databases."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Enum, LargeBinary, Table

from core.db import UtcDateTime

Coder = Callable[[Any], Any]


def encoder(table: Table) -> Callable[[Sequence[Any]], bytes]:
    """A function that writes a row of the table's columns as one line."""
    coders = [_written(column.type) for column in table.columns]

    def encode(row: Sequence[Any]) -> bytes:
        values = [v if v is None or code is None else code(v) for code, v in zip(coders, row, strict=True)]
        return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    return encode


def decoder(table: Table) -> Callable[[bytes], dict[str, Any]]:
    """A function that reads a line back as the values of an INSERT."""
    names = [column.name for column in table.columns]
    coders = [_read(column.type) for column in table.columns]

    def decode(line: bytes) -> dict[str, Any]:
        values = json.loads(line)
        made = [v if v is None or code is None else code(v) for code, v in zip(coders, values, strict=True)]
        return dict(zip(names, made, strict=True))

    return decode


def _written(kind: Any) -> Coder | None:
    if isinstance(kind, UtcDateTime | Date):
        return lambda value: value.isoformat()
    if isinstance(kind, LargeBinary):
        return lambda value: base64.b64encode(value).decode()
    return (lambda value: value.value) if isinstance(kind, Enum) else None


def _read(kind: Any) -> Coder | None:
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    return kind.enum_class if isinstance(kind, Enum) else None
