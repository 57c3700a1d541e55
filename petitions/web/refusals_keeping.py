"""The words of what keeping, reading contacts and requests about data are refused for."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

CONFLICT, UNPROCESSABLE = 409, 422

register_refusals(
    {
        "hold-reason": Words(lazy("Write the reason in %(least)s to %(most)s characters."), UNPROCESSABLE),
        "hold-there": Words(lazy("This petition is held back already."), UNPROCESSABLE),
        "code-wrong": Words(
            lazy("The code does not fit, or its time is over. Look at the newest letter, or ask again."),
            UNPROCESSABLE,
        ),
        "request-kind": Words(lazy("Choose what you ask for."), UNPROCESSABLE),
        "request-answered": Words(lazy("This request was answered already."), CONFLICT),
        "answer-length": Words(lazy("Write the answer in %(least)s to %(most)s characters."), UNPROCESSABLE),
        "read-purpose": Words(lazy("Choose what for."), UNPROCESSABLE),
        "export-unsafe": Words(
            lazy("Addresses are sent over https only. Ask the operator to serve the site so."), CONFLICT
        ),
        "read-cap": Words(
            lazy("The number of reads for these days is used up: %(cap)s. A breach is not counted."),
            CONFLICT,
        ),
        "read-used": Words(
            lazy("This was read already, or its time is over. Ask again if you must."), CONFLICT
        ),
    }
)
