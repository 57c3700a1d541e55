"""The words of the codes that links of duplicates refuse with."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

register_refusals(
    {
        "duplicate-private": Words(
            lazy("This petition is not public, so it cannot be linked to another one yet.")
        ),
        "duplicate-linked": Words(
            lazy("This petition is linked already. Take that link back first, then link it to another one.")
        ),
        "duplicate-unlinked": Words(lazy("This petition is not linked to another one any more.")),
        "duplicate-unknown": Words(
            lazy("There is no other public petition with this number. Look at the end of its address."), 422
        ),
        "duplicate-own": Words(
            lazy("That petition is your own. Another moderator decides whether it is repeated."), 422
        ),
        "duplicate-newer": Words(
            lazy("That petition is the newer one. Open it and link it to this one instead."), 422
        ),
        "duplicate-chain": Words(
            lazy(
                "One of the two is part of a link already. Link every duplicate to the oldest petition itself."
            ),
            422,
        ),
    }
)
