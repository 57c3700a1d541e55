"""The list of petitions: filters, explained orders, and pages by key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, literal, not_, or_, select

from authorities.models import Area
from core.db import UtcDateTime
from core.paging import Key, beyond, open_cursor, seal_cursor
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.models.case import Term
from petitions.models.petition import Petition, PetitionCount
from petitions.queries import rules
from petitions.queries.access import listed
from petitions.queries.petitions import PetitionCard, PetitionView, base_rows, cards, frozen_residents, views
from petitions.queries.search import Breadth, Search, finds, look, relevance

Item = TypeVar("Item")
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime(2100, 1, 1, tzinfo=UTC)


class Shown(StrEnum):
    """What a list can be narrowed to: a state, or a group of states and facts that readers ask for."""

    COLLECTING = "collecting"
    UNDER_REVIEW = "under_review"
    WAITING = "waiting"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    REFUSED = "refused"


class Order(StrEnum):
    """In which order a list stands; there is none by the number of signatures, and by relevance only a search."""

    RELEVANCE = "relevance"
    CLOSING = "closing"
    NEWEST = "newest"
    ANSWERED = "answered"


AT_A_GLANCE = (Shown.COLLECTING, Shown.WAITING, Shown.OVERDUE, Shown.ANSWERED)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; an empty one takes everything that is listed."""

    state: Shown | None = None
    tier: str = ""
    area: str = ""
    authority: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; `next` is the cursor of the one after it, None on the last; `search` how `q` was read."""

    items: tuple[Item, ...]
    next: str | None
    search: Search | None = None


@dataclass(frozen=True, slots=True)
class Highlights:
    """What the first page shows."""

    close: tuple[PetitionCard, ...]
    overdue: tuple[PetitionCard, ...]
    answered: tuple[PetitionCard, ...]
    numbers: Mapping[Shown, int]


def petition_page(w: Work, filters: Filters, order: Order, cursor: str, limit: int) -> Page[PetitionCard]:
    """A page of the list for readers. Refusal `cursor-unknown`.

    A list that was searched goes on as it began: its cursor says how broadly the words were read.
    """
    name = f"petitions {order}" + (" searched" if filters.q else "")
    after = open_cursor(name, cursor) if cursor else []
    breadth = Breadth(int(str(after.pop(0)))) if after and filters.q else None
    search = look(w, filters.q, breadth)
    rows, values = _rows(w, _conditions(w, filters, search), _keys(w, order, search), after, limit)
    if values and filters.q:
        values = [search.breadth.value if search else 0, *values]
    return Page(tuple(cards(w, rows)), seal_cursor(name, values) if values else None, search)


def view_page(w: Work, filters: Filters, after: int | None, limit: int) -> Page[PetitionView]:
    """A page of the list for machines, the newest id first: those below `after`; `next` is the last id as a text.

    Machines get what has every word; what else a reader may have meant is for readers.
    """
    search = look(w, filters.q, Breadth.ALL)
    query = base_rows().where(*_conditions(w, filters, search))
    if after is not None:
        query = query.where(Petition.id < after)
    found = w.session.execute(query.order_by(Petition.id.desc()).limit(limit + 1)).all()
    following = str(found[limit - 1].Petition.id) if len(found) > limit else None
    return Page(tuple(views(w, found[:limit])), following, search)


def how_many(w: Work, filters: Filters, search: Search | None) -> int:
    """How many petitions the filters and the search leave."""
    query = select(func.count()).select_from(Petition).where(*_conditions(w, filters, search))
    return w.session.scalar(query) or 0


def narrowed(w: Work, filters: Filters) -> list[ColumnElement[bool]]:
    """What the filters ask of a petition, for other queries over the same petitions; words are not looked for."""
    return _conditions(w, filters, None)


def known_tiers(w: Work) -> frozenset[str]:
    """The tiers of the rulebooks at hand, and those that listed petitions stand under."""
    shipped = {tier.id for loaded in rules.shipped_rulebooks(w) for tier in loaded.rulebook.tiers}
    used = w.session.scalars(select(Petition.tier).where(listed()).distinct())
    return frozenset(shipped.union(tier for tier in used if tier))


def highlights(w: Work, each: int) -> Highlights:
    """What is close to its threshold, what is overdue (the longest first), the newest answers, and how many of each."""
    towards = func.coalesce(_towards(), 0)
    groups = [
        base_rows()
        .where(Petition.state == State.COLLECTING, _still_open(w), Petition.reached_at.is_(None))
        .order_by((towards * 1.0 / Petition.threshold).desc(), Petition.id),
        base_rows().where(overdue(w)).order_by(Petition.handed_over_at, Petition.id),
        base_rows()
        .where(Petition.state == State.ANSWERED)
        .order_by(Petition.answered_at.desc(), Petition.id.desc()),
    ]
    rows = [w.session.execute(group.limit(each)).all() for group in groups]
    made = cards(w, [row for group in rows for row in group])
    ends = [len(rows[0]), len(rows[0]) + len(rows[1])]
    numbers = {shown: how_many(w, Filters(state=shown), None) for shown in AT_A_GLANCE}
    return Highlights(tuple(made[: ends[0]]), tuple(made[ends[0] : ends[1]]), tuple(made[ends[1] :]), numbers)


def _still_open(w: Work) -> ColumnElement[bool]:
    """Not closed yet; without a date an open stop holds the window."""
    return or_(Petition.closes_at.is_(None), Petition.closes_at > w.now)


def overdue(w: Work) -> ColumnElement[bool]:
    """Petitions whose answer is late now."""
    late = exists().where(
        Term.petition_id == Petition.id,
        Term.kind == TermKind.ANSWER,
        Term.met_on.is_(None),
        Term.cancelled_on.is_(None),
        Term.due_on < w.today,
    )
    return and_(Petition.state == State.UNDER_REVIEW, late)


def _rows(
    w: Work,
    conditions: Sequence[ColumnElement[bool]],
    keys: Sequence[Key],
    after: Sequence[object],
    limit: int,
) -> tuple[Sequence[Row[Any]], list[object]]:
    """The rows after those key values, and the values of the last one where more follow."""
    columns = [key.label(f"key_{n}") for n, (key, _falls) in enumerate(keys)]
    query = base_rows(*columns).where(*conditions)
    if after:
        query = query.where(beyond(keys, after))
    turns = [falls for _key, falls in keys]
    ordered = (column.desc() if falls else column.asc() for column, falls in zip(columns, turns, strict=True))
    found = w.session.execute(query.order_by(*ordered).limit(limit + 1)).all()
    if len(found) <= limit:
        return found, []
    return found[:limit], [getattr(found[limit - 1], column.name) for column in columns]


def _keys(w: Work, order: Order, search: Search | None) -> tuple[Key, ...]:
    """The keys of an order; none of them is ever NULL, and the last one is unique."""
    if order is Order.RELEVANCE and search is not None:
        return (relevance(w, search), True), (Petition.id, True)
    long_ago = literal(LONG_AGO, UtcDateTime)
    if order is Order.NEWEST:
        return (func.coalesce(Petition.opened_at, Petition.created_at), True), (Petition.id, True)
    if order is Order.ANSWERED:
        return (func.coalesce(Petition.answered_at, long_ago), True), (Petition.id, True)
    open_ = and_(Petition.state == State.COLLECTING, _still_open(w))
    closing = case((open_, func.coalesce(Petition.closes_at, literal(NEVER, UtcDateTime))), else_=long_ago)
    turned = case((open_, Petition.id), else_=-Petition.id)
    # After the open ones come those that somebody owes an answer, then the answered, then the rest.
    waiting, answered = Petition.state == State.UNDER_REVIEW, Petition.state == State.ANSWERED
    rank = case((open_, 0), (waiting, 1), (answered, 2), else_=3)
    return (rank, False), (closing, False), (turned, False)


def _conditions(w: Work, filters: Filters, search: Search | None) -> list[ColumnElement[bool]]:
    found = [listed()]
    if search is not None:
        found.append(finds(w, search))
    if filters.state is not None:
        found.append(_shown(w, filters.state))
    if filters.tier:
        found.append(Petition.tier == filters.tier)
    if filters.area:
        found.append(Petition.area.in_(select(Area.code).where(_at_or_below(filters.area))))
    if filters.authority:
        found.append(Petition.authority == filters.authority)
    return found


def _shown(w: Work, shown: Shown) -> ColumnElement[bool]:
    groups: Mapping[Shown, ColumnElement[bool]] = {
        Shown.WAITING: and_(Petition.state == State.UNDER_REVIEW, not_(overdue(w))),
        Shown.OVERDUE: overdue(w),
        Shown.CLOSED: Petition.state.in_([State.LAPSED, State.WITHDRAWN]),
    }
    return groups[shown] if shown in groups else Petition.state == State(shown.value)


def _at_or_below(code: str) -> ColumnElement[bool]:
    start, inside = f"{code}/", f"/{code}/"
    return or_(Area.path.startswith(start, autoescape=True), Area.path.contains(inside, autoescape=True))


def _towards() -> ColumnElement[int]:
    """What counts towards the threshold and may be published: never the live number of residents."""
    return case((Petition.residents_only, frozen_residents()), else_=PetitionCount.counted)
