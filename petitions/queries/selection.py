"""Which petitions a figure is taken over: the filters of the statistics, as a query of numbers of petitions."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, func, select

from core.work import Work
from petitions.models.petition import Petition, PetitionCount
from petitions.queries.access import listed
from petitions.queries.listing import Filters, narrowed

Ids = Select[int]
# When a petition began: published, or ended where it never was.
began_at = func.coalesce(Petition.opened_at, Petition.ended_at, Petition.submitted_at, Petition.created_at)


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters of the list, a rulebook, and the months in which a petition began; `until` is the first day after."""

    filters: Filters = field(default_factory=Filters)
    rulebook: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return self != Selection()


def selected(w: Work, selection: Selection) -> Ids:
    """The numbers of the petitions that are meant. A month is that of publication, or of the refusal."""
    query = select(Petition.id).where(*narrowed(w, selection.filters))
    if selection.rulebook:
        query = query.where(Petition.rulebook == selection.rulebook)
    if selection.since is not None:
        query = query.where(began_at >= w.midnight(selection.since))
    if selection.until is not None:
        query = query.where(began_at < w.midnight(selection.until))
    return query


def how_many_petitions(w: Work, among: Ids) -> tuple[int, int]:
    """How many petitions are meant, and how many signatures they have: the live totals, which are public."""
    query = select(func.count(Petition.id), func.coalesce(func.sum(PetitionCount.counted), 0))
    query = query.outerjoin(PetitionCount, PetitionCount.petition_id == Petition.id)
    n, counted = w.session.execute(query.where(Petition.id.in_(among))).one()
    return int(n), int(counted)


def years(w: Work) -> list[int]:
    """The years in which petitions began, the newest first."""
    found = w.session.execute(select(func.min(began_at), func.max(began_at)).where(listed())).one()
    if found[0] is None:
        return []
    first, last = (w.day_of(moment).year for moment in found)
    return list(range(last, first - 1, -1))
