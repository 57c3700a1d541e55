"""Whether a refusal was appealed against: what the life cycle asks of each case."""

from core.work import Work
from petitions.models.appeals import Appeal


def filed_and_waiting(w: Work, petition_id: int) -> tuple[bool, bool]:
    """Whether the author has appealed, and whether nobody has decided on it yet."""
    row = w.session.get(Appeal, petition_id)
    return row is not None, row is not None and row.outcome is None
