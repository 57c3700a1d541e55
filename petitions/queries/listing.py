"""The list of petitions: filters, explained orders, and pages by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, or_, select

from authorities.models import Area
from authorities.queries import at_or_below
from core.paging import open_cursor, seal_cursor
from core.work import Work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.models.case import Term
from petitions.models.petition import Petition, PetitionCount
from petitions.queries import rules
from petitions.queries.access import listed, listed_rows
from petitions.queries.orders import Order, ids_in_order, stretches
from petitions.queries.petitions import (
    PetitionCard,
    PetitionView,
    cards,
    frozen_residents,
    rows_in_order,
    views,
)
from petitions.queries.search import Breadth, Search, by_relevance, finds, how_many_found, look

Item = TypeVar("Item")


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
    conditions = _conditions(w, filters, search)
    if order is Order.RELEVANCE and search is not None:
        ids, place = by_relevance(w, search, _conditions(w, filters, None), after, limit)
    else:
        ids, place = ids_in_order(w, conditions, stretches(w, order), after, limit)
    if place and filters.q:
        place = [search.breadth.value if search else 0, *place]
    return Page(tuple(cards(w, rows_in_order(w, ids))), seal_cursor(name, place) if place else None, search)


def view_page(w: Work, filters: Filters, after: int | None, limit: int) -> Page[PetitionView]:
    """A page of the list for machines, the newest id first: those below `after`; `next` is the last id as a text.

    Machines get what has every word; what else a reader may have meant is for readers.
    """
    search = look(w, filters.q, Breadth.ALL)
    query = select(Petition.id).where(*_conditions(w, filters, search))
    if after is not None:
        query = query.where(Petition.id < after)
    ids = w.session.scalars(query.order_by(Petition.id.desc()).limit(limit + 1)).all()
    following = str(ids[limit - 1]) if len(ids) > limit else None
    return Page(tuple(views(w, rows_in_order(w, ids[:limit]))), following, search)


def how_many(w: Work, filters: Filters, search: Search | None) -> int:
    """How many petitions the filters and the search leave."""
    if search is not None and filters == Filters(q=filters.q):
        # A frequent word has a third of all petitions: their rows are not read to count them.
        return how_many_found(w, search)
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
    late = select(Petition.id).where(overdue(w)).order_by(Petition.handed_over_at, Petition.id)
    answered = select(Petition.id).where(Petition.state == State.ANSWERED)
    newest = answered.order_by(Petition.answered_at.desc(), Petition.id.desc())
    groups = [_close(w, each), *(w.session.scalars(query.limit(each)).all() for query in (late, newest))]
    made = cards(w, rows_in_order(w, [id_ for group in groups for id_ in group]))
    ends = [len(groups[0]), len(groups[0]) + len(groups[1])]
    numbers = {shown: how_many(w, Filters(state=shown), None) for shown in AT_A_GLANCE}
    return Highlights(tuple(made[: ends[0]]), tuple(made[ends[0] : ends[1]]), tuple(made[ends[1] :]), numbers)


def _close(w: Work, each: int) -> list[int]:
    """The open petitions with the largest part of their threshold; those that nobody signed only fill up."""
    open_ = Petition.state == State.COLLECTING, _still_open(w), Petition.reached_at.is_(None)
    part = func.coalesce(_towards(), 0) * 1.0 / Petition.threshold
    # Asked so, the way leads from the few that have a signature to their petitions, not through all that are open.
    signed = select(PetitionCount.petition_id).where(PetitionCount.counted > 0)
    best = select(Petition.id).where(*open_, Petition.id.in_(signed)).order_by(part.desc(), Petition.id)
    found = list(w.session.scalars(best.limit(each)))
    rest = select(Petition.id).where(*open_, Petition.id.not_in(found)).order_by(Petition.id)
    return found + list(w.session.scalars(rest.limit(each - len(found)))) if len(found) < each else found


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


def _conditions(w: Work, filters: Filters, search: Search | None) -> list[ColumnElement[bool]]:
    # Of states that are shown themselves, whether a petition was ever open is all that is left to ask: an index tells.
    shown = filters.state not in (None, Shown.REFUSED)
    found = [Petition.opened_at.is_not(None) if shown else listed_rows()]
    if search is not None:
        found.append(finds(w, search))
    if filters.state is not None:
        found.append(_shown(w, filters.state))
    if filters.tier:
        found.append(Petition.tier == filters.tier)
    if filters.area:
        found.append(Petition.area.in_(select(Area.code).where(at_or_below(filters.area))))
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


def _towards() -> ColumnElement[int]:
    """What counts towards the threshold and may be published: never the live number of residents."""
    counted = select(PetitionCount.counted).where(PetitionCount.petition_id == Petition.id).scalar_subquery()
    return case((Petition.residents_only, frozen_residents()), else_=counted)
