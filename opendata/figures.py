"""Figures of a body's answers: pure arithmetic over dates, with an interval that says how sure a share is."""

from collections.abc import Sequence
from math import comb, sqrt
from statistics import median
from typing import NamedTuple

from petitions.queries.records import AnswerDates

Z_95 = 1.959964
DIGITS = 4
TAIL = 0.025


class AnswerFigures(NamedTuple):
    """What the API says of a body's answers; `due` are those that were given or whose date has passed."""

    due: int
    on_time: int
    late: int
    overdue_now: int
    median_days: float | None
    share_on_time: float | None
    interval: tuple[float, float] | None

    @property
    def given(self) -> int:
        """The answers that were given, in time or not."""
        return self.due - self.overdue_now


def answer_figures(dates: Sequence[AnswerDates]) -> AnswerFigures:
    """Counts, the median number of calendar days from the clock's start to the answer, and the share on time."""
    fell_due = [one for one in dates if one.fell_due]
    late = sum(one.late for one in fell_due)
    days = [(one.met_on - one.started_on).days for one in fell_due if one.met_on is not None]
    on_time = len(fell_due) - late
    return AnswerFigures(
        due=len(fell_due),
        on_time=on_time,
        late=late,
        overdue_now=sum(one.met_on is None for one in fell_due),
        median_days=float(median(days)) if days else None,
        share_on_time=round(on_time / len(fell_due), DIGITS) if fell_due else None,
        interval=wilson(on_time, len(fell_due)),
    )


def median_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """The narrowest pair of values, equally far from both ends, that holds the true median with at least 95 %
    certainty (order statistics, sign test); None below six values, where no pair does."""
    ordered, n = sorted(values), len(values)
    # The chance that the median lies below the k-th smallest value is that of fewer than k heads in n throws.
    k, below = 0, 0.0
    while k < n // 2 and below + comb(n, k) / 2**n <= TAIL:
        below += comb(n, k) / 2**n
        k += 1
    return (float(ordered[k - 1]), float(ordered[n - k])) if k else None


def wilson(hits: int, n: int) -> tuple[float, float] | None:
    """The 95 % score interval of a share (Wilson 1927); None without any case."""
    if n == 0:
        return None
    share, z2 = hits / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return round(max(0.0, middle - half), DIGITS), round(min(1.0, middle + half), DIGITS)
