"""The words of the codes that letters, pauses and the controller's records refuse with."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

register_refusals(
    {
        "letter-short": Words(
            lazy("This is too short to be a letter. Write at least %(n)s characters."), 422
        ),
        "letter-long": Words(lazy("This is too long: at most %(n)s characters fit."), 422),
        "letter-address-missing": Words(lazy("Write your e-mail address, or untick the box below it."), 422),
        "freeze-reason-missing": Words(lazy("Write the reason."), 422),
        "order-in-the-future": Words(lazy("This day is still to come. Write the day on which it came."), 422),
        "breach-in-the-future": Words(lazy("This moment is still to come. Write when it was known."), 422),
        "breach-unknown": Words(lazy("There is no such breach."), 404),
    }
)
