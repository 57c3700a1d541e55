"""The words of the data map: what each kind, purpose, form and term of personal data is called for people."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from core.i18n import _, format_number, lazy, ngettext
from petitions.domain.datamap import Basis, Form, Place, Purpose, Recipient, What, Whose
from petitions.domain.keeping import OPEN_ENDED, TERMS, Kept, Length, Unit

Word = TypeVar("Word", bound=StrEnum)

WHAT: Mapping[What, str] = {
    What.NAME: lazy("Full name"),
    What.MAILBOX: lazy("E-mail address"),
    What.PERSON_MARK: lazy("Mark of the mailbox"),
    What.AREA: lazy("Place where you live"),
    What.CONSENT: lazy("Your consent"),
    What.WISHES: lazy("What you asked for"),
    What.COURSE: lazy("Course of the signature"),
    What.SIGN_UPS: lazy("Number of letters"),
    What.LOGIN: lazy("Password"),
    What.ACCOUNT_COURSE: lazy("Course of the account"),
    What.TEXTS: lazy("Your texts"),
    What.SESSIONS: lazy("Where you are signed in"),
    What.FACTOR: lazy("Second factor"),
    What.ROLE: lazy("Role on this site"),
    What.ACTS: lazy("What was done in office"),
    What.MAIL_ROWS: lazy("Letters on their way"),
    What.LETTER: lazy("Letter to an author"),
    What.REPORT: lazy("Report about a petition"),
    What.REQUEST: lazy("Request about data"),
    What.VOICE: lazy("Your word on a promise"),
}

# More about the kinds whose name alone does not say what is in them.
DETAIL: Mapping[What, str] = {
    What.PERSON_MARK: lazy("a keyed hash: it shows that a mailbox is the same one, and nothing else"),
    What.AREA: lazy("only the area that you choose from a list; no street, no house"),
    What.CONSENT: lazy("version and language of this notice, time, and channel"),
    What.WISHES: lazy("language of the letters, and whether you want news"),
    What.COURSE: lazy("a number, and when it was entered, confirmed or withdrawn; no account stands on it"),
    What.SIGN_UPS: lazy("how many letters a form has sent to one mailbox within a day"),
    What.ACCOUNT_COURSE: lazy("a number, the language, and when it was opened, confirmed or closed"),
    What.TEXTS: lazy("the petition with its title and its versions"),
    What.SESSIONS: lazy("a keyed hash for each browser, with its times"),
    What.MAIL_ROWS: lazy(
        "the kind of letter and a number; address and text are only put together on sending"
    ),
    What.LETTER: lazy("its text and the address for the answer, until it is passed on"),
    What.REPORT: lazy("its words; who wrote it is not asked and not known"),
    What.REQUEST: lazy("its kind, its times, and a mark of the mailbox"),
    What.VOICE: lazy("whether a promise of the authority was kept, under a mark that points at no signature"),
}

PURPOSE: Mapping[Purpose, str] = {
    Purpose.ONE_PERSON_ONCE: lazy("to count one signature for each mailbox"),
    Purpose.NAMED: lazy("because a petition may not be anonymous"),
    Purpose.CONFIRM: lazy("to have the signature confirmed"),
    Purpose.NEWS: lazy("to send the news that you asked for"),
    Purpose.AREAS: lazy("to count residents, and to show figures by area"),
    Purpose.PROVE_CONSENT: lazy("to be able to prove that you agreed"),
    Purpose.COUNT: lazy("to count signatures, and to end them in time"),
    Purpose.STOP_FLOODS: lazy("to hold back floods of letters and of entries"),
    Purpose.SIGN_IN: lazy("to let you, and nobody else, into your account"),
    Purpose.PUBLIC_AUTHOR: lazy("because a petition has a named author whom everybody can see"),
    Purpose.CASE_MAILS: lazy("to tell you what is next, and when"),
    Purpose.OFFICE: lazy("to give rights to those who work here"),
    Purpose.ANSWER_FOR_ACTS: lazy("so that what is done in office can be checked"),
    Purpose.SEND_MAIL: lazy("to send each letter once"),
    Purpose.FORWARD: lazy("to pass the letter on to the author"),
    Purpose.SETTLE_REQUEST: lazy("to settle the request, and to prove that it was settled in time"),
    Purpose.WISHES: lazy("to show the site in the language that you chose"),
    Purpose.PROMISES: lazy("to show whether promises are kept"),
    Purpose.APPEALS: lazy("so that a second moderator can look at a refusal again"),
    Purpose.HANDLE_REPORTS: lazy("so that a moderator can look at what readers report"),
    Purpose.SAFEGUARD: lazy("so that nothing is lost when a machine breaks"),
}

BASIS: Mapping[Basis, str] = {
    Basis.CONSENT: lazy("your consent"),
    Basis.DUTY: lazy("a duty that the law sets: to prove consent, and to answer for acts in office"),
    Basis.SAFETY: lazy("the safety of the site and of those who use it"),
}

FORM: Mapping[Form, str] = {
    Form.SEALED_IDENTITY: lazy(
        "encrypted with a key of the petition's own, which is kept outside the database"
    ),
    Form.SEALED_CONTACT: lazy(
        "encrypted with a second key of the petition's own, which is destroyed earlier"
    ),
    Form.SEALED_SITE: lazy("encrypted with a key of the site, which is kept outside the database"),
    Form.HASHED_IDENTITY: lazy("a hash with the petition's own key; it cannot be compared between petitions"),
    Form.HASHED_SITE: lazy("a hash with a key that is kept outside the database"),
    Form.HASHED_DAILY: lazy("a hash with a key that changes every day"),
    Form.HASHED_SLOW: lazy("a slow hash (Argon2id), from which the password cannot be read"),
    Form.AS_COPIED: lazy("as in the database, without the keys"),
    Form.CLEAR: lazy("readable"),
}

RECIPIENT: Mapping[Recipient, str] = {
    Recipient.EVERYBODY: lazy("Everybody"),
    Recipient.ADDRESSEE: lazy("The authority that the petition is addressed to"),
    Recipient.MAIL_SERVICE: lazy("Our mail service"),
    Recipient.AUTHOR: lazy("The author of the petition"),
}

WHOSE: Mapping[Whose, str] = {
    Whose.SIGNER: lazy("those who sign"),
    Whose.AUTHOR: lazy("authors"),
    Whose.HOLDER: lazy("those who have an account"),
    Whose.STAFF: lazy("those who work here"),
    Whose.WRITER: lazy("those who write to an author or to the controller"),
}

PLACE: Mapping[Place, str] = {
    Place.LIMITS: lazy("Network address"),
    Place.COOKIE_SIGN_IN: lazy("Cookie for forms and for signing in"),
    Place.COOKIE_LANGUAGE: lazy("Cookie for the language"),
    Place.BACKUP: lazy("Backups"),
}

KEPT: Mapping[Kept, str] = {
    Kept.UNCONFIRMED: lazy("%(span)s from the entry, if it is not confirmed"),
    Kept.WITHDRAWN: lazy("%(span)s from a withdrawal, or not at all if you ask for that"),
    Kept.CONTACT: lazy("%(span)s from the end of signing or from the published answer, whichever is later"),
    Kept.PROMISE: lazy(
        "for those who asked for news: %(span)s from the day on which a promise of the authority is checked"
    ),
    Kept.IDENTITY: lazy("%(span)s from the hand-over or from the end of signing, whichever is later"),
    Kept.NETWORK: lazy("at most %(span)s, and never beside a signature"),
    Kept.MAILS_COUNTED: lazy("%(span)s from the letter"),
    Kept.MAIL_ROWS: lazy("%(span)s from the sending"),
    Kept.AUDIT: lazy("%(span)s from the act; it holds numbers of accounts, no names"),
    Kept.BACKUP: lazy("%(span)s from the copy; then the last copy of what was erased is gone too"),
    Kept.BACKUP_KEYS: lazy("%(span)s from the copy of the key file that belongs to a backup"),
    Kept.LANGUAGE: lazy("%(span)s from the choice, on your device"),
    Kept.SESSION: lazy("%(span)s from signing in, or until you sign out"),
    Kept.SESSION_STAFF: lazy("for those who work here: %(span)s from signing in"),
    Kept.INVITATION: lazy("%(span)s from the invitation, or until it is accepted"),
    Kept.PROPOSAL: lazy("%(span)s from the proposal, or until it is decided"),
    Kept.PROPOSAL_REASON: lazy(
        "%(span)s from the proposal; then only that it was made, and decided, is left"
    ),
    Kept.ACCOUNT_UNCONFIRMED: lazy("%(span)s from the entry, if the mailbox is not confirmed"),
    Kept.AUTHOR_NAME: lazy("in full: %(span)s from the end of the petition; then initial and surname"),
    Kept.CONTACT_LETTER: lazy("until it is passed on, and at most %(span)s"),
    Kept.REPORT: lazy("%(span)s from the report"),
    Kept.REQUEST: lazy("%(span)s from the settling of the request"),
    Kept.REQUEST_OPEN: lazy("%(span)s from the request, if its code is not given"),
    Kept.REQUEST_MAILBOX: lazy("%(span)s from the answer: the mailbox and the text of the request"),
    Kept.TOMBSTONE: lazy("for good, for the count; once the keys are destroyed it points at nobody"),
    Kept.ACCOUNT: lazy("until you close your account"),
    Kept.OFFICE: lazy("as long as the office lasts"),
    Kept.CASE: lazy("for good, with the petition or the account that it belongs to"),
}


def span(length: Length) -> str:
    """A length in words; whole days and years are said as such."""
    if length.unit is Unit.HOURS and length.n > 24:
        return days(round(length.n / 24))
    if length.unit is Unit.HOURS:
        return str(ngettext("%(n)s hour", "%(n)s hours", length.n, n=format_number(length.n)))
    if length.unit is Unit.DAYS:
        return days(length.n)
    if length.n % 12 == 0:
        years = length.n // 12
        return str(ngettext("%(n)s year", "%(n)s years", years, n=format_number(years)))
    return str(ngettext("%(n)s month", "%(n)s months", length.n, n=format_number(length.n)))


def days(n: int) -> str:
    """A number of days in words."""
    return str(ngettext("%(n)s day", "%(n)s days", n, n=format_number(n)))


def kept_words(kept: Kept) -> str:
    """How long a class is kept, from which event, and at most."""
    if kept in OPEN_ENDED:
        return str(KEPT[kept])
    term = TERMS[kept]
    said = str(KEPT[kept]) % {"span": span(term.length)}
    if term.at_most is None:
        return said
    most = _("at most %(span)s from the beginning of the petition", span=span(term.at_most))
    return f"{said}; {most}"


def together(words: Iterable[Word], said: Mapping[Word, str]) -> str:
    """Several things in one line, each said once."""
    return "; ".join(dict.fromkeys(str(said[word]) for word in words))


def capital(text: str) -> str:
    """A line that begins with a capital letter and ends with a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
