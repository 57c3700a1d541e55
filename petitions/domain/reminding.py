"""Which reminder of a term is due on a day: before the date, on it, and by weeks once it is late."""

from petitions.domain.deadlines import Standing, TermState

BEFORE = (0, 1, 3, 10)
# An author can still do something in these days, and nothing on the last evening.
BEFORE_AUTHOR = (1, 3)
WEEK = 7


def step_due(now: Standing, length: int | None, days_past: int) -> str | None:
    """The latest reminder that is due, None for none: after days of silence only this one is sent.

    `length` is the number of days of a term that counts days, so that a short one is not reminded of at once;
    `days_past` are calendar days after the due date.
    """
    if now.state is TermState.LATE:
        return f"late-{days_past // WEEK}" if days_past >= WEEK else None
    return step_before(now, length, BEFORE)


def step_before(now: Standing, length: int | None, before: tuple[int, ...]) -> str | None:
    """The same before the date alone, with steps of one's own, the nearest first."""
    if now.state is not TermState.RUNNING or now.days_left is None:
        return None
    steps = (step for step in before if now.days_left <= step and (length is None or step < length))
    return next((str(step) for step in steps), None)


def rank(step: str) -> int:
    """The place of a reminder in their order: days before the date count down to 0, weeks after it up from 1."""
    return int(step.removeprefix("late-")) if is_late(step) else -int(step)


def is_late(step: str) -> bool:
    """Whether a reminder is one of those that the supervising body gets as well."""
    return step.startswith("late")
