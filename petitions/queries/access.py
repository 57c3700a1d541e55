"""May this actor see this case, and in what part does the actor act in it."""

from sqlalchemy import ColumnElement, and_, or_

from core.refusal import Refusal
from core.work import Work
from petitions.domain.lifecycle import LISTED, Party, State
from petitions.models.petition import Petition


def parties(w: Work, petition: Petition) -> frozenset[Party]:
    """Every part that the actor has in this case; a moderator is none in a case of their own."""
    actor = w.actor
    if actor.system:
        return frozenset({Party.SYSTEM})
    found = {Party.ANYONE}
    if actor.account_id is not None and actor.account_id == petition.author_id:
        found.add(Party.AUTHOR)
    elif "moderator" in actor.roles:
        found.add(Party.MODERATOR)
    if "officer" in actor.roles and actor.body is not None and actor.body == petition.authority:
        found.add(Party.OFFICER)
    return frozenset(found)


def is_listed(petition: Petition) -> bool:
    """Whether a stranger may see the case: published once, or refused; never one that is taken down."""
    if petition.state is State.REFUSED:
        return True
    return petition.state in LISTED and petition.opened_at is not None


def listed() -> ColumnElement[bool]:
    """`is_listed` as a condition of a query."""
    shown = and_(Petition.state.in_(LISTED), Petition.opened_at.is_not(None))
    return or_(Petition.state == State.REFUSED, shown)


def require_listed(petition: Petition | None) -> Petition:
    """The petition for a stranger. Refusals: `not-found`; `gone` for one that was taken down."""
    if petition is not None and petition.state is State.TAKEN_DOWN:
        raise Refusal("gone")
    if petition is None or not is_listed(petition):
        raise Refusal("not-found")
    return petition


def require_author(w: Work, petition: Petition | None) -> Petition:
    """The petition for its author. Refusal `not-found` for everybody else."""
    if petition is None or Party.AUTHOR not in parties(w, petition):
        raise Refusal("not-found")
    return petition


def require_moderator(w: Work, petition: Petition | None) -> Petition:
    """The petition for a moderator who is not its author. Refusal `not-found`."""
    if petition is None or petition.state is State.DRAFT or Party.MODERATOR not in parties(w, petition):
        raise Refusal("not-found")
    return petition


def require_officer(w: Work, petition: Petition | None) -> Petition:
    """The petition for an officer of the addressed body, once it was handed over. Refusal `not-found`."""
    if petition is None or petition.handed_over_at is None or Party.OFFICER not in parties(w, petition):
        raise Refusal("not-found")
    return petition
