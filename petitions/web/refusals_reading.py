"""The words of the codes that reading pages, rules and the API refuse with."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

register_refusals(
    {
        "cursor-unknown": Words(
            lazy("This link to a further page is not valid any more. Here is the first page."), 400
        ),
        "no-such-area": Words(lazy("There is no such place in the register."), 400),
        "no-such-authority": Words(lazy("There is no such authority in the register."), 400),
    }
)
