"""The orders of the list: stretches that an index gives row by row, so that a page costs the same in any list."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from core.paging import Key, beyond
from core.work import Work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition


class Order(StrEnum):
    """In which order a list stands; there is none by the number of signatures, and by relevance only a search."""

    RELEVANCE = "relevance"
    CLOSING = "closing"
    NEWEST = "newest"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Source:
    """Petitions in the order of plain columns, none of them NULL here, the last one the id."""

    condition: ColumnElement[bool]
    keys: tuple[Key, ...]


# A stretch of an order: what its sources give, merged by their keys. One follows the other.
Stretch = tuple[Source, ...]
_FALLING: tuple[Key, ...] = ((Petition.id, True),)
_ENDED = (State.LAPSED, State.WITHDRAWN, State.REFUSED)


def stretches(w: Work, order: Order) -> tuple[Stretch, ...]:
    """What an order consists of; that a petition is listed is for the caller to ask."""
    if order is Order.NEWEST:
        opened = Source(Petition.opened_at.is_not(None), ((Petition.opened_at, True), (Petition.id, True)))
        refused = and_(Petition.state == State.REFUSED, Petition.opened_at.is_(None))
        return ((opened, Source(refused, ((Petition.created_at, True), (Petition.id, True)))),)
    if order is Order.ANSWERED:
        answered = Source(
            Petition.answered_at.is_not(None), ((Petition.answered_at, True), (Petition.id, True))
        )
        return (answered,), (Source(Petition.answered_at.is_(None), _FALLING),)
    return _closing(w)


def _closing(w: Work) -> tuple[Stretch, ...]:
    """The open ones by their end, those without one last; then those that await an answer, the answered, the rest."""
    collecting = Petition.state == State.COLLECTING
    soon = Source(
        and_(collecting, Petition.closes_at > w.now), ((Petition.closes_at, False), (Petition.id, False))
    )
    held = Source(and_(collecting, Petition.closes_at.is_(None)), ((Petition.id, False),))
    over = Source(and_(collecting, Petition.closes_at <= w.now), _FALLING)
    in_state = {state: Source(Petition.state == state, _FALLING) for state in State}
    rest = (over, *(in_state[state] for state in _ENDED))
    return (soon,), (held,), (in_state[State.UNDER_REVIEW],), (in_state[State.ANSWERED],), rest


def ids_in_order(
    w: Work,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[Stretch],
    after: Sequence[object],
    limit: int,
) -> tuple[list[int], list[object]]:
    """The ids after a place of the order, and the place of the last one where more follow (stretch, then its keys)."""
    begin = int(str(after[0])) if after else 0
    found: list[tuple[int, Any]] = []
    for n, stretch in list(enumerate(order))[begin:]:
        reached = after[1:] if n == begin else ()
        rows = _merged(w, conditions, stretch, reached, limit + 1 - len(found))
        found += [(n, row) for row in rows]
        if len(found) > limit:
            at, last = found[limit - 1]
            return [row[-1] for _n, row in found[:limit]], [at, *last]
    return [row[-1] for _n, row in found], []


def _merged(
    w: Work, conditions: Sequence[ColumnElement[bool]], stretch: Stretch, after: Sequence[object], limit: int
) -> list[Any]:
    """The first rows of a stretch: its key values, the id last."""
    rows = [tuple(row) for source in stretch for row in _first(w, conditions, source, after, limit)]
    for place in reversed(range(len(stretch[0].keys))):
        rows.sort(key=lambda row: row[place], reverse=stretch[0].keys[place][1])
    return rows[:limit]


def _first(
    w: Work, conditions: Sequence[ColumnElement[bool]], source: Source, after: Sequence[object], limit: int
) -> Sequence[Any]:
    query = select(*(column for column, _falls in source.keys)).where(source.condition, *conditions)
    if after:
        query = query.where(beyond(source.keys, after))
    turned = (column.desc() if falls else column.asc() for column, falls in source.keys)
    return w.session.execute(query.order_by(*turned).limit(limit)).all()
