"""Who answers for a petition beside its author: those who are named, those who left, and open invitations."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from authorities.models import Area
from core.i18n import localised
from core.refusal import Refusal
from core.work import Work
from petitions.domain.lifecycle import State
from petitions.models.coauthors import CoAuthor, CoAuthorState
from petitions.models.petition import Petition, PetitionText
from petitions.models.tokens import Purpose, read_token

# The author and nine others: more names tell a reader nothing more.
MOST = 9
PURPOSE = "co-author"


@dataclass(frozen=True, slots=True)
class CoAuthorRow:
    """One co-author as everybody may see them; `left_at` is set for who left after publication."""

    row: int
    id: int
    name: str
    place: str | None
    place_names: Mapping[str, str]
    named_at: datetime
    left_at: datetime | None = None

    @property
    def place_name(self) -> str:
        """The name of the place in the reader's language."""
        return localised(self.place_names)


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that waits for its answer, for the author alone: the name that the author typed."""

    row: int
    name: str
    invited_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the reader of an invitation sees before deciding: the draft, and who asks."""

    row: int
    petition_id: int
    title: str
    html: str
    language: str
    author: str
    others: tuple[CoAuthorRow, ...]
    expires_at: datetime


def named(w: Work, petition_id: int) -> tuple[CoAuthorRow, ...]:
    """The present co-authors, in the order in which they agreed."""
    return named_of(w, [petition_id]).get(petition_id, ())


def named_of(w: Work, petition_ids: Collection[int]) -> dict[int, tuple[CoAuthorRow, ...]]:
    """The present co-authors of some petitions, by petition, in one query."""
    return _of(w, petition_ids, CoAuthor.state == CoAuthorState.NAMED)


def former(w: Work, petition_id: int) -> tuple[CoAuthorRow, ...]:
    """Those who left after publication, in the order in which they had agreed."""
    left = and_(CoAuthor.state == CoAuthorState.LEFT, CoAuthor.name.is_not(None))
    return _of(w, [petition_id], left).get(petition_id, ())


def named_at(w: Work, petition_id: int, moment: datetime) -> tuple[CoAuthorRow, ...]:
    """The co-authors of a moment of the past, such as the hand-over."""
    then = and_(
        CoAuthor.name.is_not(None),
        CoAuthor.named_at <= moment,
        or_(CoAuthor.ended_at.is_(None), CoAuthor.ended_at >= moment),
    )
    return _of(w, [petition_id], then).get(petition_id, ())


def account_ids(w: Work, petition_id: int) -> list[int]:
    """The accounts of the present co-authors, for mails."""
    mine = (CoAuthor.petition_id == petition_id, CoAuthor.state == CoAuthorState.NAMED)
    return [
        id_
        for id_ in w.session.scalars(select(CoAuthor.account_id).where(*mine).order_by(CoAuthor.id))
        if id_
    ]


def petitions_of(w: Work, account_id: int | None) -> frozenset[int]:
    """The petitions beside whose author the account is named now."""
    mine = (CoAuthor.account_id == account_id, CoAuthor.state == CoAuthorState.NAMED)
    return frozenset(w.session.scalars(select(CoAuthor.petition_id).where(*mine)))


def is_waiting(now: datetime) -> ColumnElement[bool]:
    """An invitation that can still be answered."""
    return and_(CoAuthor.state == CoAuthorState.INVITED, CoAuthor.expires_at > now)


def waiting(w: Work, petition_id: int) -> bool:
    """Whether somebody was invited and can still answer."""
    open_ = (CoAuthor.petition_id == petition_id, is_waiting(w.now))
    return bool(w.session.scalar(select(exists().where(*open_))))


def how_many(w: Work, petition_id: int) -> int:
    """Co-authors and open invitations together."""
    here = or_(CoAuthor.state == CoAuthorState.NAMED, is_waiting(w.now))
    query = select(func.count()).select_from(CoAuthor).where(CoAuthor.petition_id == petition_id, here)
    return w.session.scalar(query) or 0


def invited(w: Work, petition_id: int) -> tuple[Invited, ...]:
    """The open invitations with the names that the author typed; only for the author's own page."""
    query = (
        select(CoAuthor).where(CoAuthor.petition_id == petition_id, is_waiting(w.now)).order_by(CoAuthor.id)
    )
    rows = w.session.scalars(query).all()
    return tuple(Invited(row.id, opened(w, row)[0], row.invited_at, row.expires_at) for row in rows)


def invitation_row(w: Work, token: str) -> CoAuthor:
    """The invitation of a mailed link.

    Refusals: `not-found`; `invitation-over` once it was answered, taken back or is too old.
    """
    try:
        link = read_token(w, Purpose.CO_AUTHOR, token)
    except Refusal as error:
        raise Refusal("not-found" if error.code == "not-found" else "invitation-over") from error
    row = w.session.get(CoAuthor, link.subject_id)
    if row is None or row.petition_id != link.petition_id:
        raise Refusal("not-found")
    petition = w.session.get_one(Petition, row.petition_id)
    if row.state is not CoAuthorState.INVITED or row.expires_at <= w.now or petition.state is not State.DRAFT:
        raise Refusal("invitation-over")
    return row


def invitation(w: Work, token: str) -> Invitation:
    """What an invitation is about. Refusals as `invitation_row`."""
    row = invitation_row(w, token)
    petition = w.session.get_one(Petition, row.petition_id)
    text = w.session.get_one(PetitionText, (petition.id, petition.text_number))
    return Invitation(
        row=row.id,
        petition_id=petition.id,
        title=text.title,
        html=text.html,
        language=petition.language,
        author=petition.author_name,
        others=named(w, petition.id),
        expires_at=row.expires_at,
    )


def opened(w: Work, row: CoAuthor) -> tuple[str, str]:
    """Name and mailbox of an invitation as the author typed them; read the mailbox only to send the mail."""
    name, mailbox = json.loads(w.keys.open_text(PURPOSE, row.sealed or b"", seal_place(row.id)))
    return name, mailbox


def seal_place(row_id: int) -> str:
    """The place that a sealed invitation is bound to."""
    return f"co_authors.{row_id}.sealed"


def _of(w: Work, ids: Collection[int], which: ColumnElement[bool]) -> dict[int, tuple[CoAuthorRow, ...]]:
    if not ids:
        return {}
    query = select(CoAuthor, Area.names).outerjoin(Area, Area.code == CoAuthor.place)
    rows = w.session.execute(
        query.where(CoAuthor.petition_id.in_(ids), which).order_by(CoAuthor.named_at, CoAuthor.id)
    )
    found: dict[int, list[CoAuthorRow]] = defaultdict(list)
    for row, names in rows:
        found[row.petition_id].append(_row(row, names or {}))
    return {petition_id: tuple(those) for petition_id, those in found.items()}


def _row(row: CoAuthor, names: Mapping[str, str]) -> CoAuthorRow:
    return CoAuthorRow(
        row=row.id,
        id=row.account_id or 0,
        name=row.name or "",
        place=row.place,
        place_names=names,
        named_at=row.named_at or row.invited_at,
        left_at=row.ended_at,
    )
