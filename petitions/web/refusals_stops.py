"""The words of the codes that stops, extensions and transfers refuse with."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

register_refusals(
    {
        "second-person-needed": Words(
            lazy("Another person has to confirm what you proposed: nobody can stop the clocks alone.")
        ),
        "stop-decided": Words(lazy("This stop was confirmed or laid aside already.")),
        "stop-not-open": Words(lazy("This stop is not open, so it cannot be ended.")),
        "stop-begins-later": Words(
            lazy(
                "A stop without a last day cannot begin later than today. Give its last day, or record it then."
            ),
            422,
        ),
        "stop-ends-too-early": Words(
            lazy(
                "Until now every page said that the clocks stand still, and a stop never takes a day away: "
                "the last day can be %(day)s at the earliest."
            ),
            422,
        ),
        "stop-too-long": Words(
            lazy(
                "This is longer than %(most)s days. Leave the last day empty, and end the stop when it is over."
            ),
            422,
        ),
        "date-beyond": Words(lazy("Only years from %(first)s to %(last)s can be used here."), 422),
        "stop-areas-unknown": Words(lazy("Choose at least one area."), 422),
        "stop-kinds-unknown": Words(lazy("Choose at least one kind of clock."), 422),
        "link-unsafe": Words(lazy("Enter an address that begins with https:// or http://."), 422),
        "reason-too-short": Words(
            lazy("This is too short. Write at least %(least)s characters: everybody can read this reason."),
            422,
        ),
        "extension-too-long": Words(lazy("The rules leave at most %(most)s days for an extension."), 422),
        "transfer-to-itself": Words(lazy("This is the authority that has the petition now."), 422),
    }
)
