"""Paging by key: signed cursors that name the last row seen, so that pages stay stable while rows arrive."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import ColumnElement, SQLColumnExpression, and_, or_

from core.refusal import Refusal

Key = tuple[SQLColumnExpression[Any], bool]
"""An expression of the order that is never NULL, and whether it falls; the last key of an order is a unique id."""


def seal_cursor(order: str, values: Sequence[object]) -> str:
    """A cursor for the page after the row with these key values; it fits only the same `order`."""
    plain = [{"at": v.isoformat()} if isinstance(v, datetime) else v for v in values]
    return str(_serializer(order).dumps(plain))


def open_cursor(order: str, cursor: str) -> list[object]:
    """The key values of a cursor. Refusal `cursor-unknown` for one that was not made here for this order."""
    try:
        plain = _serializer(order).loads(cursor)
    except BadData as error:
        raise Refusal("cursor-unknown", field="cursor") from error
    return [datetime.fromisoformat(v["at"]) if isinstance(v, dict) else v for v in plain]


def beyond(keys: Sequence[Key], values: Sequence[object]) -> ColumnElement[bool]:
    """The condition of the rows that come after the row with these key values."""
    equal = [key == value for (key, _falls), value in zip(keys, values, strict=True)]
    past = [key < value if falls else key > value for (key, falls), value in zip(keys, values, strict=True)]
    return or_(*(and_(*equal[:n], step) for n, step in enumerate(past)))


def _serializer(order: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt=f"cursor|{order}")
