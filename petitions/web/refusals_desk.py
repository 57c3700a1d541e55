"""The words of the codes that the desk refuses with."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

register_refusals(
    {
        "not-registered": Words(
            lazy("Register the petition first: the answer term starts with the registration.")
        ),
        "date-in-future": Words(lazy("This day has not come yet. Today is %(today)s."), 422),
        "date-before-hand-over": Words(
            lazy("This day is before the hand-over. The petition was handed over on %(day)s."), 422
        ),
        "outcome-unknown": Words(lazy("Choose one of the outcomes that the rules know."), 422),
        "reasons-too-short": Words(
            lazy("This is too short. Write at least %(least)s characters, so that people can understand it."),
            422,
        ),
        "correction-too-short": Words(
            lazy("Say in at least %(least)s characters what you correct, and why."), 422
        ),
    }
)
