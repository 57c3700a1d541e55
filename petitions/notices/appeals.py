"""What the mails to an author say about a refusal, the appeal against it, and the end of a takedown."""

from collections.abc import Mapping

from core.i18n import lazy
from petitions.domain.events import Event
from petitions.notices.shape import MINE, PUBLIC, Words

E = Event

APPEALS: Mapping[Event, Words] = {
    E.REFUSED: Words(
        lazy("Your petition was not accepted"),
        (
            lazy("“%(title)s” cannot be opened for signatures."),
            lazy("The ground is: %(ground)s."),
            lazy("The author can appeal once, by %(appeal_by)s. Another moderator decides then."),
        ),
        *MINE,
        reasons=True,
    ),
    E.APPEALED: Words(
        lazy("Your appeal is there"),
        (
            lazy("Another moderator looks at “%(title)s” again, not the one who refused it."),
            lazy("The decision is due on %(due_on)s. You are told it by mail."),
        ),
        *MINE,
    ),
    E.APPEAL_LATE: Words(
        lazy("The decision on your appeal is late"),
        (
            lazy("Nobody decided in time on the appeal about “%(title)s”."),
            lazy("Those who are responsible for this have been told. You do not have to do anything."),
        ),
        *MINE,
    ),
    E.APPEAL_UPHELD: Words(
        lazy("Your appeal was not granted"),
        (
            lazy("A second moderator let the refusal of “%(title)s” stand."),
            lazy("The reason given: %(why)s"),
            lazy("You can begin a new petition at any time."),
        ),
        *MINE,
    ),
    E.APPEAL_GRANTED: Words(
        lazy("Your appeal was granted"),
        (
            lazy("The refusal of “%(title)s” was overturned: it is open for signatures."),
            lazy("The reason given: %(why)s"),
            lazy("It has its whole time from today: no day was lost by the refusal."),
        ),
        *PUBLIC,
    ),
    E.PUT_BACK: Words(
        lazy("Your petition is shown again"),
        (
            lazy("“%(title)s” was taken down and can be read again."),
            lazy("The reason given: %(why)s"),
            lazy("The days for which it was hidden do not count: its dates were moved."),
        ),
        *PUBLIC,
    ),
    E.APPEAL_OPEN_AGAIN: Words(
        lazy("You can appeal again"),
        (
            lazy(
                "A stop of the clocks moved the last day on which you can appeal about “%(title)s”: %(closes_on)s."
            ),
        ),
        *MINE,
    ),
}
