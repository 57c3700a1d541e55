"""The words of the codes that appeals refuse with."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

register_refusals(
    {
        "appeal-short": Words(
            lazy(
                "Write at least %(least)s characters: what in the reasons of the refusal is not right, and why."
            ),
            422,
        ),
        "appeal-own-refusal": Words(
            lazy("You refused this petition yourself. Another moderator decides on the appeal."), 403
        ),
    }
)
