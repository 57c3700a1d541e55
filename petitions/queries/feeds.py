"""When something public last happened to petitions, for feeds."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from core.work import Work
from petitions.domain.events import PRIVATE
from petitions.models.case import JournalEntry


def last_changes(w: Work, petition_ids: Sequence[int]) -> dict[int, datetime]:
    """The moment of the last public line in the journal of each petition, in one query; none without such a line."""
    query = (
        select(JournalEntry.petition_id, func.max(JournalEntry.at))
        .where(JournalEntry.petition_id.in_(petition_ids), JournalEntry.is_public)
        .where(JournalEntry.event.not_in([event.value for event in PRIVATE]))
        .group_by(JournalEntry.petition_id)
    )
    return {petition_id: at for petition_id, at in w.session.execute(query)}
