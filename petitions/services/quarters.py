"""A quarter, a half and three quarters of a goal: marked once for good, and told to the author and to followers."""

from sqlalchemy import ColumnElement, func, select

from core.db import upsert
from core.work import Work
from petitions.domain.disclosure import rounded_down
from petitions.domain.events import Event
from petitions.domain.lifecycle import State
from petitions.domain.thresholds import QUARTERS, quarters
from petitions.models.petition import Petition, PetitionQuarter
from petitions.notices import announce
from petitions.queries.petitions import frozen_residents

EVENTS = {
    25: Event.QUARTER_REACHED,
    50: Event.HALF_REACHED,
    75: Event.THREE_QUARTERS_REACHED,
}


def mark_quarters(w: Work, petition_id: int, counted: int, *, whole: bool = False) -> list[int]:
    """Mark what `counted` is enough for, in per cent; returns what is new.

    Only the greatest of several is mailed, and none with the `whole` goal, which has a mail of its own. Where only
    residents count, the number that was published last stands in for `counted`, unless the whole goal is there: a
    mail must not tell more than the page does.
    """
    petition = w.session.get_one(Petition, petition_id)
    if petition.residents_only and not whole and petition.reached_at is None:
        counted = _published(w, petition_id)
    threshold = petition.threshold or 0
    known = set(
        w.session.scalars(select(PetitionQuarter.percent).where(PetitionQuarter.petition_id == petition_id))
    )
    passed = [percent for percent in quarters(counted, threshold) if percent not in known]
    new = [percent for percent in passed if _first(w, petition_id, percent)]
    for percent in new:
        facts = {"percent": percent, "counted": counted, "threshold": threshold}
        announce(w, petition, EVENTS[percent], mailed=not whole and percent == new[-1], **facts)
    return new


def catch_up_quarters(w: Work) -> int:
    """Mark what the figures published last are enough for, where only residents count; returns how many marks."""
    due = (
        select(Petition.id)
        .where(Petition.state == State.COLLECTING, Petition.residents_only, Petition.reached_at.is_(None))
        .where(func.coalesce(frozen_residents(), 0) * 100 >= Petition.threshold * QUARTERS[0], _unmarked())
        .order_by(Petition.id)
    )
    return sum(len(mark_quarters(w, petition_id, 0)) for petition_id in w.session.scalars(due).all())


def _first(w: Work, petition_id: int, percent: int) -> bool:
    """Set the mark where it is not set yet; the database decides who was first."""
    row = {"petition_id": petition_id, "percent": percent, "reached_at": w.now}
    made = upsert(w.session, PetitionQuarter).values(**row).on_conflict_do_nothing()
    return w.session.scalar(made.returning(PetitionQuarter.percent)) is not None


def _published(w: Work, petition_id: int) -> int:
    residents = w.session.scalar(select(frozen_residents()).where(Petition.id == petition_id))
    return rounded_down(residents) or 0


def _unmarked() -> ColumnElement[bool]:
    marks = select(func.count()).where(PetitionQuarter.petition_id == Petition.id)
    return marks.correlate(Petition).scalar_subquery() < len(QUARTERS)
