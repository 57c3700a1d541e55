"""Which reminder of a term is due on a day: before the date, on it, and by weeks once it is late."""

from petitions.domain.deadlines import Standing, TermState

BEFORE = (0, 1, 3, 10)
WEEK = 7


def step_due(now: Standing, length: int | None, days_past: int) -> str | None:
    """The latest reminder that is due, None for none: after days of silence only this one is sent.

    `length` is the number of days of a term that counts days, so that a short one is not reminded of at once;
    `days_past` are calendar days after the due date.
    """
    if now.state is TermState.LATE:
        return f"late-{days_past // WEEK}" if days_past >= WEEK else None
    if now.state is not TermState.RUNNING or now.days_left is None:
        return None
    steps = (step for step in BEFORE if now.days_left <= step and (length is None or step < length))
    return next((str(step) for step in steps), None)


def is_late(step: str) -> bool:
    """Whether a reminder is one of those that the supervising body gets as well."""
    return step.startswith("late")
