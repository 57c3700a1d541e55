"""The pace that a collection needs: an even one from the first day to the last, and what is left of it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Pace:
    """What is missing, in how many days, and how many signatures a day that takes."""

    missing: int
    days_left: int
    per_day: int


def needed_by(threshold: int, opened: date, closes: date, day: date) -> int:
    """How many signatures an even pace has at the end of a day, rounded up; the whole number from the last day on."""
    whole = (closes - opened).days
    gone = min(max((day - opened).days, 0), whole)
    return threshold if gone >= whole else -(-threshold * gone // whole)


def pace(threshold: int, counted: int, today: date, closes: date) -> Pace:
    """What is left to do from today on; today and the last day count as days."""
    missing, days_left = max(threshold - counted, 0), max((closes - today).days + 1, 0)
    per_day = -(-missing // days_left) if days_left else missing
    return Pace(missing, days_left, per_day)
