"""The words of the codes that drafts, submission, the check and publication refuse with."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

UNPROCESSABLE = 422

register_refusals(
    {
        "author-consent-missing": Words(
            lazy("Whoever starts a petition is named in public. Read what that means and agree to it first."),
            403,
        ),
        "addressee-missing": Words(
            lazy(
                "Choose who should answer. A petition without an addressee has to be read by nobody; with one, "
                "it is owed an answer by a date."
            ),
            UNPROCESSABLE,
        ),
        "authority-unknown": Words(
            lazy("This body is not in the register, or does not exist any more. Please choose another one."),
            UNPROCESSABLE,
        ),
        "no-tier": Words(
            lazy(
                "The rules do not say how petitions to this body are answered: %(authority)s. Choose another one, "
                "for example the body of the district or region above it."
            ),
            UNPROCESSABLE,
        ),
        "drafts-too-many": Words(
            lazy("You have %(most)s drafts already. Finish or delete one of them, then begin a new one.")
        ),
        "title-length": Words(
            lazy("Say the demand in one sentence of %(least)s to %(most)s characters."), UNPROCESSABLE
        ),
        "text-short": Words(
            lazy(
                "Write at least %(least)s characters: what is wrong, whom it concerns, and what should be done. "
                "You can save the draft and go on later."
            ),
            UNPROCESSABLE,
        ),
        "text-long": Words(
            lazy(
                "This is too long: at most %(most)s characters fit. People rarely read more than two pages."
            ),
            UNPROCESSABLE,
        ),
        "change-unsaid": Words(
            lazy("Say in one sentence what you changed and why. Readers see it beside the new version."),
            UNPROCESSABLE,
        ),
        "not-your-move": Words(
            lazy(
                "This cannot be done with the petition as it stands now, or not by you. Open its page again."
            )
        ),
        "not-now": Words(lazy("This cannot be done at this moment. Open the page again to see what can.")),
        "ground-missing": Words(
            lazy("Choose the ground. A petition can be refused or taken down only on one of these."),
            UNPROCESSABLE,
        ),
        "reason-missing": Words(
            lazy(
                "Give your reasons in at least %(least)s characters. Author and readers must be able to "
                "follow them."
            ),
            UNPROCESSABLE,
        ),
        "reason-long": Words(lazy("This is too long: at most %(most)s characters fit."), UNPROCESSABLE),
        "threshold-base-missing": Words(
            lazy(
                "This petition cannot be published yet: the register has no usable figure for the area "
                "“%(area)s”, so its threshold cannot be computed. Nothing was changed."
            )
        ),
        "threshold-areas-too-few": Words(
            lazy(
                "This petition cannot be published yet: the rules ask for %(needed)s parts of the area %(area)s, "
                "and the register knows %(found)s. Nothing was changed."
            )
        ),
        "calendar-out-of-range": Words(lazy("A date would lie beyond the years that the calendar knows.")),
        "span-not-fixed": Words(lazy("The length of this time depends on the calendar.")),
        "tier-unknown": Words(lazy("The rules of this petition do not know this kind of addressee.")),
        "ground-unknown": Words(lazy("The rules of this petition do not know this ground."), UNPROCESSABLE),
    }
)
