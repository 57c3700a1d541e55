"""The words of the codes that reports refuse with."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

register_refusals(
    {
        "report-short": Words(
            lazy(
                "Write at least %(least)s characters: where in the petition it stands, and why it is wrong."
            ),
            422,
        ),
        "report-long": Words(lazy("This is too long: at most %(most)s characters fit."), 422),
    }
)
