"""Which petitions repeat which: the link of one case to the older one, and those that were linked to it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.work import Work
from petitions.domain.lifecycle import State
from petitions.models.duplicates import DuplicateLink
from petitions.models.petition import Petition, PetitionText
from petitions.queries.access import is_listed, listed


@dataclass(frozen=True, slots=True)
class Linked:
    """The petition at the other end of a link, with the public reason of the moderator."""

    id: int
    title: str
    language: str
    state: State
    reason: str
    reason_language: str
    at: datetime


def original_of(w: Work, petition_id: int) -> Linked | None:
    """The older petition that this one repeats, if a moderator said so and it is public."""
    query = select(DuplicateLink, Petition).join(Petition, Petition.id == DuplicateLink.original_id)
    row = w.session.execute(query.where(DuplicateLink.petition_id == petition_id, listed())).one_or_none()
    return None if row is None else _linked(*row)


def copies_of(w: Work, petition_id: int) -> tuple[Linked, ...]:
    """The public later petitions that repeat this one, the oldest link first."""
    query = select(DuplicateLink, Petition).join(Petition, Petition.id == DuplicateLink.petition_id)
    mine = query.where(DuplicateLink.original_id == petition_id, listed())
    rows = w.session.execute(mine.order_by(DuplicateLink.linked_at, Petition.id))
    return tuple(_linked(link, petition) for link, petition in rows)


def may_be_linked(w: Work, petition_id: int) -> bool:
    """Whether a case can still be linked to an older one: it is public, and no part of a link."""
    linked = w.session.get(DuplicateLink, petition_id) is not None or copies_of(w, petition_id)
    return is_listed(w.session.get_one(Petition, petition_id)) and not linked


def texts_of(w: Work, ids: Collection[int]) -> dict[int, str]:
    """The texts of petitions as HTML, for moderators who compare them."""
    mine = (PetitionText.petition_id == Petition.id) & (PetitionText.number == Petition.text_number)
    query = select(Petition.id, PetitionText.html).join(PetitionText, mine).where(Petition.id.in_(ids))
    return {id_: html for id_, html in w.session.execute(query)}


def _linked(link: DuplicateLink, petition: Petition) -> Linked:
    return Linked(
        petition.id,
        petition.title,
        petition.language,
        petition.state,
        link.reason,
        link.language,
        link.linked_at,
    )
