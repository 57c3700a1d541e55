"""The words of the codes that invitations of co-authors refuse with."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

UNPROCESSABLE = 422

register_refusals(
    {
        "co-authors-open": Words(
            lazy(
                "Somebody whom you invited to be a co-author has not answered yet. Wait for the answer, or take the "
                "invitation back: nobody is named without their own consent."
            ),
            UNPROCESSABLE,
        ),
        "co-authors-too-many": Words(lazy("A petition can have at most %(most)s co-authors."), UNPROCESSABLE),
        "invitations-too-many": Words(
            lazy("You have sent many invitations today. Please send this one later."), UNPROCESSABLE
        ),
        "co-author-self": Words(lazy("You are the author of this petition already."), UNPROCESSABLE),
        "co-author-invited": Words(lazy("This mailbox has an open invitation already."), UNPROCESSABLE),
        "co-author-twice": Words(lazy("You are a co-author of this petition already.")),
        "invitation-over": Words(
            lazy(
                "This invitation is over: it was answered, taken back, or its time has ended. "
                "Ask the author for a new one."
            ),
            410,
        ),
    }
)
