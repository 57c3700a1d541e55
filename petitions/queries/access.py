"""May this actor see this case, and in what part does the actor act in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from core.refusal import Refusal
from core.work import Work
from petitions.domain.lifecycle import LISTED, Party, State
from petitions.models.coauthors import CoAuthor, CoAuthorState
from petitions.models.petition import Petition, PetitionKeys

Found = TypeVar("Found", bound="Shown")


def parties(w: Work, petition: Petition) -> frozenset[Party]:
    """Every part that the actor has in this case; a moderator is none in a case of their own."""
    actor = w.actor
    if actor.system:
        return frozenset({Party.SYSTEM})
    found = {Party.ANYONE}
    if actor.account_id is not None and actor.account_id == petition.author_id:
        found.add(Party.AUTHOR)
    elif is_co_author(w, petition.id, actor.account_id):
        found.add(Party.CO_AUTHOR)
    elif "moderator" in actor.roles:
        found.add(Party.MODERATOR)
    if "officer" in actor.roles and actor.body is not None and actor.body == petition.authority:
        found.add(Party.OFFICER)
    return frozenset(found)


def is_co_author(w: Work, petition_id: int, account_id: int | None) -> bool:
    """Whether the account is named beside the petition's author now."""
    if account_id is None:
        return False
    mine = (CoAuthor.account_id == account_id, CoAuthor.state == CoAuthorState.NAMED)
    return bool(w.session.scalar(select(exists().where(CoAuthor.petition_id == petition_id, *mine))))


class Shown(Protocol):
    """What tells whether strangers may see a case: a petition, or what one statement read of it."""

    @property
    def state(self) -> State:
        """Where the case is."""

    @property
    def opened_at(self) -> datetime | None:
        """When it was published."""


def is_listed(petition: Shown) -> bool:
    """Whether a stranger may see the case: published once, or refused; never one that is taken down."""
    if petition.state is State.REFUSED:
        return True
    return petition.state in LISTED and petition.opened_at is not None


def listed() -> ColumnElement[bool]:
    """`is_listed` as a condition of a query."""
    shown = and_(Petition.state.in_(LISTED), Petition.opened_at.is_not(None))
    return or_(Petition.state == State.REFUSED, shown)


def listed_rows() -> ColumnElement[bool]:
    """The same for lists that follow an index by something else: no list of states that could tempt a planner."""
    hidden = [state for state in State if state not in LISTED and state is not State.REFUSED]
    opened = or_(Petition.opened_at.is_not(None), Petition.state == State.REFUSED)
    return and_(Petition.state.not_in(hidden), opened)


def hidden_ids() -> Select[Any]:
    """The petitions that are not listed, for counts that take what is hidden out of what an index found."""
    hidden = [state for state in State if state not in LISTED]
    unopened = and_(Petition.opened_at.is_(None), Petition.state != State.REFUSED)
    return select(Petition.id).where(or_(Petition.state.in_(hidden), unopened))


def keyless(w: Work, ids: Sequence[int]) -> frozenset[int]:
    """Those of some published petitions whose keys are destroyed, one or both: nobody can sign them."""
    gone = or_(PetitionKeys.contact.is_(None), PetitionKeys.identity.is_(None))
    query = select(PetitionKeys.petition_id).where(PetitionKeys.petition_id.in_(ids), gone)
    return frozenset(w.session.scalars(query))


def require_listed(petition: Found | None) -> Found:
    """The petition for a stranger. Refusals: `not-found`; `gone` for one that was taken down."""
    if petition is not None and petition.state is State.TAKEN_DOWN:
        raise Refusal("gone")
    if petition is None or not is_listed(petition):
        raise Refusal("not-found")
    return petition


def require_published(petition: Petition | None) -> Petition:
    """The petition for a stranger who wants more than its page: not a refused one. Refusals: as `require_listed`."""
    known = require_listed(petition)
    if known.state is State.REFUSED:
        raise Refusal("not-found")
    return known


def require_author(w: Work, petition: Petition | None) -> Petition:
    """The petition for its author. Refusal `not-found` for everybody else."""
    if petition is None or Party.AUTHOR not in parties(w, petition):
        raise Refusal("not-found")
    return petition


def require_named(w: Work, petition: Petition | None) -> Petition:
    """The petition for its author and co-authors. Refusal `not-found` for everybody else."""
    if petition is None or parties(w, petition).isdisjoint({Party.AUTHOR, Party.CO_AUTHOR}):
        raise Refusal("not-found")
    return petition


def require_moderator(w: Work, petition: Petition | None) -> Petition:
    """The petition for a moderator who is not one of its authors. Refusal `not-found`."""
    if petition is None or petition.state is State.DRAFT or Party.MODERATOR not in parties(w, petition):
        raise Refusal("not-found")
    return petition


def require_officer(w: Work, petition: Petition | None) -> Petition:
    """The petition for an officer of the addressed body, once it was handed over. Refusal `not-found`."""
    if petition is None or petition.handed_over_at is None or Party.OFFICER not in parties(w, petition):
        raise Refusal("not-found")
    return petition
