"""Where a petition to the whole country stands out: the shown numbers of its areas beside its public total."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from authorities.models import Area
from core.work import Work
from petitions.domain.disclosure import REST
from petitions.models.frozen import FrozenCell
from petitions.models.petition import Petition, PetitionCount
from petitions.queries.access import listed
from petitions.queries.frozen import Dimension
from petitions.queries.selection import Ids


@dataclass(frozen=True, slots=True)
class LocalShare:
    """The shown number of one area of one petition, and the petition's total."""

    petition_id: int
    title: str
    language: str
    area: str
    count: int
    total: int


def local_shares(w: Work, among: Ids) -> list[LocalShare]:
    """The shown areas of petitions whose addressee is a body of the whole country, in one query."""
    query = (
        _shown()
        .join(Area, Area.code == Petition.area)
        .where(FrozenCell.cell != REST, Area.level == 0, Petition.id.in_(among))
        .order_by(Petition.id, FrozenCell.cell)
    )
    return [LocalShare(*row) for row in w.session.execute(query)]


def signed_in(w: Work, area: str, limit: int) -> list[LocalShare]:
    """The listed petitions with the highest shown numbers of one area, in one query."""
    query = (
        _shown()
        .where(FrozenCell.cell == area, listed())
        .order_by(FrozenCell.count.desc(), Petition.id)
        .limit(limit)
    )
    return [LocalShare(*row) for row in w.session.execute(query)]


def _shown() -> Any:
    """What is shown now of the areas of petitions."""
    columns = (Petition.id, Petition.title, Petition.language, FrozenCell.cell, FrozenCell.count)
    standing = (
        FrozenCell.dimension == Dimension.AREA.value,
        FrozenCell.until.is_(None),
        FrozenCell.count > 0,
    )
    return (
        select(*columns, PetitionCount.counted)
        .join(FrozenCell, FrozenCell.petition_id == Petition.id)
        .join(PetitionCount, PetitionCount.petition_id == Petition.id)
        .where(*standing)
    )
