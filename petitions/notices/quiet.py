"""What the mails to followers say, by event: never which petition it is about."""

from collections.abc import Mapping

from core.i18n import lazy
from petitions.domain.events import Event
from petitions.notices.shape import Words

E = Event

# Whoever finds these mails on a phone must not learn which petition they are about (TRUST rule 5).
_QUIET = lazy("News from Dauys")
_OWN_PAGE = (lazy("Open your private page"), "signing.manage")

QUARTERS: Mapping[Event, Words] = {
    E.QUARTER_REACHED: Words(
        _QUIET, (lazy("What you signed has a quarter of the signatures that it needs."),), *_OWN_PAGE
    ),
    E.HALF_REACHED: Words(
        _QUIET, (lazy("What you signed has half of the signatures that it needs."),), *_OWN_PAGE
    ),
    E.THREE_QUARTERS_REACHED: Words(
        _QUIET, (lazy("What you signed has three quarters of the signatures that it needs."),), *_OWN_PAGE
    ),
    E.THRESHOLD_REACHED: Words(
        _QUIET,
        (
            lazy("What you signed has all the signatures that it needs."),
            lazy("It is handed over when signing ends, and the addressee owes an answer then."),
        ),
        *_OWN_PAGE,
    ),
    E.MILESTONE_REACHED: Words(
        _QUIET, (lazy("What you signed has reached a further milestone of signatures."),), *_OWN_PAGE
    ),
}

FOLLOWERS: Mapping[Event, Words] = {
    **QUARTERS,
    E.UPDATE_PUBLISHED: Words(
        _QUIET,
        (
            lazy("The people who started what you signed have written to you."),
            lazy("Their words stand on its page; a link to it is on your private page."),
        ),
        *_OWN_PAGE,
    ),
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
    E.DISCUSSION_MOVED: Words(
        _QUIET,
        (
            lazy(
                "The public discussion of what you signed was moved. Its new day and place stand on its page."
            ),
        ),
        *_OWN_PAGE,
    ),
    E.DISCUSSION_CALLED_OFF: Words(
        _QUIET,
        (lazy("The public discussion of what you signed does not take place. The reason is public."),),
        *_OWN_PAGE,
    ),
    E.MINUTES_AMENDED: Words(
        _QUIET,
        (
            lazy(
                "The minutes of the public discussion of what you signed were amended. The earlier ones stay readable."
            ),
        ),
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
    E.DUPLICATE_LINKED: Words(
        _QUIET,
        (
            lazy("What you signed was linked to an older petition about the same matter."),
            lazy("Your signature stays. You can sign the older one as well; its address stands on the page."),
        ),
        *_OWN_PAGE,
    ),
    E.DUPLICATE_UNLINKED: Words(
        _QUIET,
        (lazy("The link of what you signed to an older petition was taken back. The reason is public."),),
        *_OWN_PAGE,
    ),
}
