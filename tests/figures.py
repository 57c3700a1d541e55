"""Published figures of a petition, written straight into the frozen tables."""

from collections.abc import Mapping
from datetime import timedelta

from core.work import SYSTEM, work
from petitions.models.frozen import FrozenCell, FrozenDay
from petitions.models.petition import FrozenCount

ONES = dict.fromkeys(("pending", "expired", "invalid", "withdrawn", "quarantined"), 1)


def some_figures(petition_id: int, cells: Mapping[str, int], days: int = 3) -> int:
    """Areas as given, and a total that grew evenly for so many days; the total."""
    total = max(sum(cells.values()), 10 * days)
    with work(SYSTEM) as w:
        for n in range(days):
            counted = total * (n + 1) // days
            day = w.today + timedelta(n)
            w.session.add(FrozenCount(petition_id=petition_id, day=day, counted=counted, residents=counted))
        for cell, n in cells.items():
            key = {"petition_id": petition_id, "dimension": "area", "cell": cell, "day": w.today}
            w.session.add(FrozenCell(**key, until=None, count=n))
        if w.session.get(FrozenDay, w.today) is None:
            w.session.add(FrozenDay(day=w.today, submitted=total + 5, counted=total, **ONES))
    return total
