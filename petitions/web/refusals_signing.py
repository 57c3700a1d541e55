"""The words of what signing, joining and managing are refused for."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

CONFLICT, GONE, UNPROCESSABLE = 409, 410, 422

register_refusals(
    {
        "signing-closed": Words(lazy("Signing is closed. Nothing was changed."), CONFLICT),
        "joining-closed": Words(
            lazy("This petition is not looking for first supporters any more. Nothing was changed."), CONFLICT
        ),
        "area-unknown": Words(lazy("Choose the place where you live from the list."), UNPROCESSABLE),
        "signature-link-expired": Words(
            lazy(
                "This link is no longer valid: its time is over, or a later letter holds a newer one. If you wanted "
                "to confirm a signature, sign again and you will get a new link."
            ),
            GONE,
        ),
        "confirmation-over": Words(
            lazy(
                "Signatures for this petition can no longer be confirmed: signing has ended. Nothing was counted."
            ),
            GONE,
        ),
        "action-unknown": Words(
            lazy("Use one of the buttons on the page. Nothing was changed."), UNPROCESSABLE
        ),
    }
)
