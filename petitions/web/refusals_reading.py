"""The words of the codes that reading pages, rules and the API refuse with."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

register_refusals(
    {
        "cursor-unknown": Words(
            lazy("This link to a further page is not valid any more. Here is the first page."), 400
        ),
        "span-not-in-days": Words(lazy("A term is counted in working days, calendar days or months."), 422),
        "stop-ends-before-it-begins": Words(lazy("The last day of the stop is before its first day."), 422),
        "no-such-area": Words(lazy("There is no such place in the register."), 400),
        "no-such-authority": Words(lazy("There is no such authority in the register."), 400),
    }
)
