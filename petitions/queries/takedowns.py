"""Takedowns: the one that stands now."""

from sqlalchemy import select

from core.work import Work
from petitions.models.reports import Takedown


def standing_takedown(w: Work, petition_id: int) -> Takedown | None:
    """The takedown of a petition that was not undone."""
    query = select(Takedown).where(Takedown.petition_id == petition_id, Takedown.restored_at.is_(None))
    return w.session.scalar(query.order_by(Takedown.decision_id.desc()).limit(1))
