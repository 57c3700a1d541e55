"""What the mails to followers say, by event: never which petition it is about."""

from collections.abc import Mapping

from core.i18n import lazy
from petitions.domain.events import Event
from petitions.notices_shape import Words

E = Event

# Whoever finds these mails on a phone must not learn which petition they are about (TRUST rule 5).
_QUIET = lazy("News from Dauys")
_OWN_PAGE = (lazy("Open your private page"), "signing.manage")

FOLLOWERS: Mapping[Event, Words] = {
    E.HANDED_OVER: Words(
        _QUIET,
        (
            lazy(
                "What you signed has reached its threshold and was handed over. The addressee owes an answer now."
            ),
        ),
        *_OWN_PAGE,
    ),
    E.DEADLINE_MISSED: Words(
        _QUIET,
        (
            lazy(
                "What you signed should have been answered by now. The addressee is late, and this is on record."
            ),
        ),
        *_OWN_PAGE,
    ),
    E.ANSWERED: Words(_QUIET, (lazy("What you signed has been answered."),), *_OWN_PAGE),
    E.ANSWER_CORRECTED: Words(
        _QUIET,
        (lazy("The answer to what you signed was corrected. The earlier version stays readable."),),
        *_OWN_PAGE,
    ),
    E.DISCUSSION_ANNOUNCED: Words(
        _QUIET,
        (lazy("What you signed is discussed in public. Day and place stand on its page."),),
        *_OWN_PAGE,
    ),
    E.MINUTES_PUBLISHED: Words(
        _QUIET,
        (lazy("The minutes of the public discussion of what you signed can be read now."),),
        *_OWN_PAGE,
    ),
    E.PROMISE_DUE: Words(
        _QUIET,
        (
            lazy("The date of a promise about what you signed has come."),
            lazy("Please say whether it was kept. Only totals are published, and only from ten voices on."),
        ),
        lazy("Say whether it was kept"),
        "casework.ballot",
    ),
    E.PROMISE_REPORTED: Words(
        _QUIET, (lazy("The addressee reports what became of its promise about what you signed."),), *_OWN_PAGE
    ),
    E.LAPSED: Words(
        _QUIET, (lazy("The collection for what you signed has ended below its threshold."),), *_OWN_PAGE
    ),
    E.REPLIED: Words(_QUIET, (lazy("The addressee has replied to what you signed."),), *_OWN_PAGE),
    E.REOPENED: Words(_QUIET, (lazy("The collection for what you signed is open again."),), *_OWN_PAGE),
    E.EXTENDED: Words(
        _QUIET,
        (
            lazy(
                "The addressee of what you signed has extended its time for the answer. The reason is public."
            ),
        ),
        *_OWN_PAGE,
    ),
    E.TRANSFERRED: Words(
        _QUIET,
        (lazy("What you signed was handed on to the competent authority, which owes an answer now."),),
        *_OWN_PAGE,
    ),
}
