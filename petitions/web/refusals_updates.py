"""The words of the codes that updates of authors refuse with."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

register_refusals(
    {
        "update-title": Words(lazy("Say what is new in %(least)s to %(most)s characters."), 422),
        "update-short": Words(
            lazy("Write at least %(least)s characters: what has happened, or what you ask people to do."), 422
        ),
        "update-long": Words(lazy("This is too long: at most %(most)s characters fit."), 422),
        "update-why": Words(
            lazy("Say in %(least)s to %(most)s characters what you changed and why. Readers see it."), 422
        ),
        "update-unchanged": Words(
            lazy("Nothing is changed yet. Correct the text, or leave it as it is."), 422
        ),
        "update-too-soon": Words(
            lazy(
                "Everybody who follows gets a mail about an update, so there is one a week at most. "
                "The next one can be sent from: %(moment)s."
            )
        ),
        "updates-too-many": Words(
            lazy("A petition can have %(most)s updates, and this one has them. You can still correct them.")
        ),
    }
)
