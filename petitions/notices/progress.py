"""What the mails to authors say about the signatures that have come together, and about their own updates."""

from collections.abc import Mapping

from core.i18n import lazy
from petitions.domain.events import Event
from petitions.notices.shape import MINE, PUBLIC, Words

E = Event

_COUNTED = lazy("It has %(counted)s of %(threshold)s signatures.")
_UPDATES = (lazy("Open the updates"), "updates.index")

PROGRESS: Mapping[Event, Words] = {
    E.QUARTER_REACHED: Words(
        lazy("A quarter of the signatures is there"),
        (
            lazy("“%(title)s” has a quarter of the signatures that it needs."),
            _COUNTED,
            lazy("This may be a good moment to write to those who follow it."),
        ),
        *MINE,
    ),
    E.HALF_REACHED: Words(
        lazy("Half of the signatures are there"),
        (
            lazy("“%(title)s” has half of the signatures that it needs."),
            _COUNTED,
            lazy("This may be a good moment to write to those who follow it."),
        ),
        *MINE,
    ),
    E.THREE_QUARTERS_REACHED: Words(
        lazy("Three quarters of the signatures are there"),
        (
            lazy("“%(title)s” has three quarters of the signatures that it needs."),
            _COUNTED,
            lazy("This may be a good moment to write to those who follow it."),
        ),
        *MINE,
    ),
    E.THRESHOLD_REACHED: Words(
        lazy("All the signatures are there"),
        (
            lazy("“%(title)s” has reached its threshold of %(threshold)s signatures."),
            lazy("It is handed over to the authority when signing ends: %(authority)s."),
        ),
        *MINE,
    ),
    E.MILESTONE_REACHED: Words(
        lazy("Your petition has reached a further milestone"),
        (lazy("“%(title)s” has reached %(threshold)s signatures."),),
        *PUBLIC,
    ),
    E.UPDATE_PUBLISHED: Words(
        lazy("An update of your petition was published"),
        (
            lazy("What was written about “%(title)s” stands on its page of updates."),
            lazy("Those who follow it are told by mail. The mail does not name the petition."),
        ),
        *_UPDATES,
    ),
    E.UPDATE_TAKEN_DOWN: Words(
        lazy("An update of your petition was taken down"),
        (
            lazy("A moderator has taken down an update of “%(title)s”. The petition itself stays."),
            lazy("The reason given: %(why)s"),
            lazy("Whoever wrote it can correct it; a moderator can then show it again."),
        ),
        *MINE,
    ),
    E.UPDATE_PUT_BACK: Words(
        lazy("An update of your petition is shown again"),
        (
            lazy("A moderator shows an update of “%(title)s” again."),
            lazy("The reason given: %(why)s"),
        ),
        *_UPDATES,
    ),
}
