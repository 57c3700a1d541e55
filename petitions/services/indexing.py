"""The index of the search: written in the transaction that changes what is public, and made anew on demand."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from authorities.models import Area, Authority
from core import fulltext
from core.progress import Told
from core.work import SYSTEM, Work, reading, work
from petitions.models.case import Decision
from petitions.models.coauthors import CoAuthor, CoAuthorState
from petitions.models.petition import Petition, PetitionText
from petitions.queries.access import listed
from petitions.queries.stems import tokens

SLICE = 200


def refresh(w: Work, petition: Petition) -> None:
    """Let the search find what the page of this petition shows a stranger from now on, and nothing else of it.

    To be called in the Work that publishes, refuses, takes down, restores, renames or hands on a petition.
    """
    w.session.flush()
    if not _index(w.session, [petition.id]):
        fulltext.drop(w.session, [petition.id])


def rebuild(told: Told) -> int:
    """Make the whole index anew, slice by slice, so that nobody waits long; returns how many petitions it has."""
    with work(SYSTEM) as w:
        fulltext.clear(w.session)
    done = index_from(0, told)
    with work(SYSTEM) as w:
        fulltext.settle(w.session)
    return done


def index_from(first: int, told: Told) -> int:
    """Let the search find every listed petition from the number `first` on, slice by slice; returns how many."""
    with reading(SYSTEM) as w:
        ids = [id_ for id_ in _ids(w.session) if id_ >= first]
    for done in range(0, len(ids), SLICE):
        with work(SYSTEM) as w:
            _index(w.session, ids[done : done + SLICE])
        told(min(done + SLICE, len(ids)), len(ids))
    return len(ids)


def fill(session: Session, *, co_authors: bool = True) -> int:
    """Make the whole index anew within one transaction: for migrations, older than co-authors, and restores."""
    fulltext.clear(session)
    ids = _ids(session)
    for done in range(0, len(ids), SLICE):
        _index(session, ids[done : done + SLICE], co_authors=co_authors)
    return len(ids)


def _ids(session: Session) -> Sequence[int]:
    return session.scalars(select(Petition.id).where(listed()).order_by(Petition.id)).all()


def _index(session: Session, ids: Collection[int], *, co_authors: bool = True) -> int:
    rows = session.execute(_public().where(Petition.id.in_(ids))).all()
    beside = _co_authors(session, ids) if co_authors else {}
    fulltext.put(session, {row.id: _row(row, beside.get(row.id, [])) for row in rows})
    return len(rows)


def _co_authors(session: Session, ids: Collection[int]) -> dict[int, list[str]]:
    named = (CoAuthor.petition_id.in_(ids), CoAuthor.state == CoAuthorState.NAMED)
    found: dict[int, list[str]] = {}
    for petition_id, name in session.execute(select(CoAuthor.petition_id, CoAuthor.name).where(*named)):
        found.setdefault(petition_id, []).append(name)
    return found


def _public() -> Any:
    """What strangers see of each listed petition. Single columns: a migration may run before later ones exist."""
    place = aliased(Area)
    last = select(func.max(Decision.id)).where(Decision.petition_id == Petition.id).correlate(Petition)
    hidden = select(Decision.hides_text).where(Decision.id == last.scalar_subquery()).scalar_subquery()
    return (
        select(
            Petition.id,
            Petition.title,
            Petition.author_name,
            Petition.state,
            Authority.names.label("body"),
            Area.names.label("area"),
            place.names.label("place"),
            PetitionText.markdown,
            hidden.label("hidden"),
        )
        .outerjoin(Authority, Authority.code == Petition.authority)
        .outerjoin(Area, Area.code == Petition.area)
        .outerjoin(place, place.code == Petition.author_place)
        .outerjoin(
            PetitionText,
            (PetitionText.petition_id == Petition.id)
            & (PetitionText.number == Petition.text_number)
            & PetitionText.frozen_at.is_not(None),
        )
        .where(listed())
    )


def _row(row: Row[Any], beside: Sequence[str]) -> fulltext.Row:
    names = [name for named in (row.body, row.area, row.place) for name in (named or {}).values()]
    # Only a refusal hides the text of a petition that is still shown.
    markdown = "" if row.hidden and row.state == "refused" else row.markdown or ""
    return fulltext.Row(
        tokens(row.title), tokens(" ".join([row.author_name, *beside, *names])), tokens(markdown)
    )
