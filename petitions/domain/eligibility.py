"""Who may sign when: the window, its grace, and the switches of the place."""

from datetime import datetime, timedelta

from petitions.domain.keeping import LONGEST
from petitions.domain.lifecycle import State

SIGNABLE = frozenset({State.COLLECTING, State.UNDER_REVIEW})


def signing_closed_because(
    state: State,
    closes_at: datetime | None,
    now: datetime,
    *,
    frozen: bool,
    opened_at: datetime | None = None,
    keyless: bool = False,
) -> str | None:
    """Why nobody can sign now, as a code, or None while signing is open.

    `not-open` before publication, `closed` after the window or once the case has ended, `frozen` while its author
    pauses it. A published case without a closing date is held by an open stop, and a stop never closes signing; but
    nobody's data are kept longer than `signing_limit`, and without its keys (`keyless`) a petition can seal nothing:
    `data-limit`.
    """
    if state not in SIGNABLE:
        return "closed" if closes_at is not None else "not-open"
    if closes_at is not None and now > closes_at:
        return "closed"
    if keyless or (opened_at is not None and now >= signing_limit(opened_at)):
        return "data-limit"
    return "frozen" if frozen else None


def signing_limit(opened_at: datetime) -> datetime:
    """The moment from which a petition cannot be signed any more, whatever stops moved its window."""
    return LONGEST.after(opened_at)


def confirmable(state: State, closes_at: datetime | None, grace: timedelta, now: datetime) -> bool:
    """Whether a signature given in time may still be confirmed: until the grace after closing is over."""
    if state is State.GATHERING or state is State.SCREENING:
        return True
    return state in SIGNABLE and (closes_at is None or now <= closes_at + grace)
