"""The words of what accounts, names, mailboxes and passwords are refused for."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

UNPROCESSABLE = 422

register_refusals(
    {
        "author-name-group": Words(
            lazy(
                "This looks like the name of a group. Write the surname and first name of one person who "
                "speaks for it: a petition that nobody answers for with a name is not read by any "
                "authority."
            ),
            UNPROCESSABLE,
        ),
        "author-name-single": Words(
            lazy(
                "Write at least a surname and a first name, for example “Sample Ainur”. A petition under "
                "a nickname or a first name alone counts as anonymous, and no authority reads it."
            ),
            UNPROCESSABLE,
        ),
        "author-name-initials": Words(
            lazy(
                "Write surname and first name in full and without dots: “Sample Daniyar”, not “Sample "
                "D.”. A petition whose author is cut to initials counts as anonymous, and no authority "
                "reads it."
            ),
            UNPROCESSABLE,
        ),
        "author-name-fixed": Words(
            lazy(
                "You agreed to be named as you are written here, and petitions may stand under this name. "
                "If it changed or has a mistake, write to those who keep your data: their address is "
                "below on every page."
            ),
            UNPROCESSABLE,
        ),
        "name-two-words": Words(
            lazy("Write your full name: at least a surname and a first name, with a space between."),
            UNPROCESSABLE,
        ),
        "name-characters": Words(
            lazy(
                "A name has only letters, spaces, hyphens, apostrophes and dots. Please leave out "
                "everything else."
            ),
            UNPROCESSABLE,
        ),
        "name-length": Words(
            lazy("A name has %(least)s to %(most)s characters. Please write it within these."),
            UNPROCESSABLE,
        ),
        "email-invalid": Words(
            lazy("This is not an e-mail address. It looks like name@post.example: please check each letter."),
            UNPROCESSABLE,
        ),
        "email-taken": Words(
            lazy("There is an account with this e-mail address already."),
        ),
        "place-unknown": Words(
            lazy("Choose your place of residence from the list."),
            UNPROCESSABLE,
        ),
        "language-unknown": Words(
            lazy("Choose one of the languages from the list."),
            UNPROCESSABLE,
        ),
        "consent-missing": Words(
            lazy("Tick the box if you agree. Without it nothing changes, and you can decide later."),
            UNPROCESSABLE,
        ),
        "password-short": Words(
            lazy(
                "This password is too short: it needs at least %(least)s characters. Several words are "
                "easy to remember."
            ),
            UNPROCESSABLE,
        ),
        "password-long": Words(
            lazy("This password is too long: at most %(most)s characters fit."),
            UNPROCESSABLE,
        ),
        "password-common": Words(
            lazy("This password is easy to guess. Take a few words that do not belong together."),
            UNPROCESSABLE,
        ),
        "password-not-chosen": Words(
            lazy(
                "This is not the password that was chosen for the account. "
                "If it was not you who chose it, set your own."
            ),
            UNPROCESSABLE,
        ),
        "password-wrong": Words(
            lazy("This is not your present password."),
            UNPROCESSABLE,
        ),
        "sign-in-failed": Words(
            lazy(
                "E-mail address and password do not fit together, or the address was not confirmed yet. "
                "Look into your mail for our link, or ask for a new password."
            ),
            UNPROCESSABLE,
        ),
        "too-busy": Words(
            lazy("Many people are signing in just now. Please try again in a minute."),
            503,
        ),
        "link-expired": Words(
            lazy("This link was used already, or it is too old. You can ask for a new one."),
            410,
        ),
        "code-wrong": Words(
            lazy(
                "This code is not right, or it was used already. Wait for the next one, and check that the "
                "clock of your device is right."
            ),
            UNPROCESSABLE,
        ),
        "factor-missing": Words(
            lazy("This account has no second factor that could be forgotten."),
        ),
        "disable-self": Words(
            lazy("You cannot stop your own account: ask another administrator."),
        ),
        "proposal-reason": Words(
            lazy("Say why in %(least)s to %(most)s characters, without names or contacts."),
            UNPROCESSABLE,
        ),
        "proposal-decided": Words(
            lazy("Somebody decided this already."),
        ),
        "proposal-expired": Words(
            lazy("Nobody decided this in time, so it has ended. It can be proposed anew."),
        ),
        "proposal-own": Words(
            lazy("You proposed this yourself: another person has to decide it."),
            403,
        ),
        "proposal-about-you": Words(
            lazy("This is about your own account: another person has to decide it."),
            403,
        ),
        "account-unknown": Words(
            lazy("There is no such account."),
            404,
        ),
        "role-not-staff": Words(
            lazy("This role is not given: every account has it."),
            UNPROCESSABLE,
        ),
        "role-without-body": Words(
            lazy("An officer needs the code of an authority, and nobody else has one."),
            UNPROCESSABLE,
        ),
        "role-conflict": Words(
            lazy("This account holds a role that must stay apart from the new one."),
            UNPROCESSABLE,
        ),
        "body-unknown": Words(
            lazy("No authority has this code."),
            UNPROCESSABLE,
        ),
    }
)
