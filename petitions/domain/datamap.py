"""The map of personal data: every personal column, whose it is, what for, how it is stored, for how long.

The notice, the page on orders and the record of processing are made from it; a test holds it against the
tables. A table that is not named here has no personal column.
"""

from petitions.domain.datakinds import Basis, Form, Item, Outside, Place, Purpose, Recipient, What, Whose
from petitions.domain.datastaff import STAFF
from petitions.domain.keeping import Kept

# fmt: off
__all__ = [
    "ITEMS", "OUTSIDE", "Basis", "Form", "Item", "Outside", "Place",
    "Purpose", "Recipient", "What", "Whose", "about", "named_columns",
]
# fmt: on

W, P, F, K, R = Whose, Purpose, Form, Kept, Recipient
_PUBLIC = (R.EVERYBODY, R.ADDRESSEE)


def _request(form: Form, kept: tuple[Kept, ...], columns: str) -> Item:
    recipients = (R.MAIL_SERVICE,) if form is F.SEALED_SITE else ()
    what = (What.REQUEST, (P.SETTLE_REQUEST,))
    return Item("data_requests", tuple(columns.split()), W.WRITER, *what, form, kept, Basis.DUTY, recipients)


_LATER = (K.REQUEST_OPEN, K.REQUEST)
_COURSE = "id kind state language tries asked_at proved_at searched_at due_on answered_at granted"

WRITERS: tuple[Item, ...] = (
    Item("reports", ("text",), W.WRITER, What.REPORT, (P.HANDLE_REPORTS,), F.SEALED_SITE, (K.REPORT,)),
    _request(F.SEALED_SITE, (K.REQUEST_OPEN, K.REQUEST_MAILBOX), "mailbox text found answer"),
    _request(F.HASHED_SITE, _LATER, "contact salt"),
    _request(F.CLEAR, _LATER, _COURSE),
    Item(
        "author_letters",
        ("text", "reply_to"),
        W.WRITER,
        What.LETTER,
        (P.FORWARD,),
        F.SEALED_SITE,
        (K.CONTACT_LETTER,),
        recipients=(R.MAIL_SERVICE, R.AUTHOR),
    ),
    Item(
        "author_letters",
        ("id", "petition_id", "created_at"),
        W.WRITER,
        What.LETTER,
        (P.FORWARD,),
        F.CLEAR,
        (K.CONTACT_LETTER,),
    ),
)

SIGNERS: tuple[Item, ...] = (
    Item(
        "signatures",
        ("name",),
        W.SIGNER,
        What.NAME,
        (P.NAMED,),
        F.SEALED_IDENTITY,
        (K.UNCONFIRMED, K.WITHDRAWN, K.IDENTITY),
    ),
    Item(
        "signatures",
        ("contact",),
        W.SIGNER,
        What.MAILBOX,
        (P.CONFIRM, P.NEWS),
        F.SEALED_CONTACT,
        (K.UNCONFIRMED, K.WITHDRAWN, K.CONTACT, K.PROMISE),
        recipients=(R.MAIL_SERVICE,),
    ),
    Item(
        "signatures",
        ("scheme", "uid"),
        W.SIGNER,
        What.PERSON_MARK,
        (P.ONE_PERSON_ONCE,),
        F.HASHED_IDENTITY,
        (K.IDENTITY,),
    ),
    Item(
        "contact_reads",
        ("signature_id",),
        W.SIGNER,
        What.COURSE,
        (P.ANSWER_FOR_ACTS,),
        F.CLEAR,
        (K.CASE,),
        Basis.DUTY,
    ),
    Item("signatures", ("area", "resident"), W.SIGNER, What.AREA, (P.AREAS,), F.CLEAR, (K.TOMBSTONE,)),
    Item(
        "signatures",
        ("channel", "evidence", "notice", "notice_language", "consent_at"),
        W.SIGNER,
        What.CONSENT,
        (P.PROVE_CONSENT,),
        F.CLEAR,
        (K.TOMBSTONE,),
        Basis.DUTY,
    ),
    Item("signatures", ("language", "updates"), W.SIGNER, What.WISHES, (P.NEWS,), F.CLEAR, (K.TOMBSTONE,)),
    Item(
        "signatures",
        (
            "petition_id",
            "id",
            "state",
            "entry",
            "renewal",
            "joiner",
            "text_number",
            "created_at",
            "expires_at",
            "confirmed_at",
            "withdrawn_at",
            "erased_at",
            "asked_again_at",
        ),
        W.SIGNER,
        What.COURSE,
        (P.COUNT,),
        F.CLEAR,
        (K.TOMBSTONE,),
    ),
    Item(
        "promise_votes",
        ("promise_id", "voter", "party", "kept", "at"),
        W.SIGNER,
        What.VOICE,
        (P.PROMISES,),
        F.HASHED_SITE,
        (K.CASE,),
    ),
    Item(
        "contact_mails",
        ("contact", "n", "at"),
        W.SIGNER,
        What.SIGN_UPS,
        (P.STOP_FLOODS,),
        F.HASHED_DAILY,
        (K.MAILS_COUNTED,),
        Basis.SAFETY,
    ),
    Item(
        "outbox",
        ("key", "template", "ref", "language", "created_at", "due_at", "sent_at", "parked_at"),
        W.SIGNER,
        What.MAIL_ROWS,
        (P.SEND_MAIL,),
        F.CLEAR,
        (K.MAIL_ROWS,),
    ),
)

HOLDERS: tuple[Item, ...] = (
    Item(
        "accounts",
        ("full_name",),
        W.AUTHOR,
        What.NAME,
        (P.PUBLIC_AUTHOR,),
        F.CLEAR,
        (K.ACCOUNT, K.AUTHOR_NAME),
        recipients=_PUBLIC,
    ),
    Item(
        "accounts",
        ("place",),
        W.AUTHOR,
        What.AREA,
        (P.PUBLIC_AUTHOR,),
        F.CLEAR,
        (K.ACCOUNT,),
        recipients=_PUBLIC,
    ),
    Item(
        "accounts",
        ("email_enc",),
        W.HOLDER,
        What.MAILBOX,
        (P.SIGN_IN, P.CASE_MAILS),
        F.SEALED_SITE,
        (K.ACCOUNT_UNCONFIRMED, K.ACCOUNT),
        recipients=(R.MAIL_SERVICE,),
    ),
    Item(
        "accounts",
        ("email_index",),
        W.HOLDER,
        What.PERSON_MARK,
        (P.SIGN_IN,),
        F.HASHED_SITE,
        (K.ACCOUNT_UNCONFIRMED, K.ACCOUNT),
    ),
    Item(
        "accounts",
        ("password_hash", "password_long"),
        W.HOLDER,
        What.LOGIN,
        (P.SIGN_IN,),
        F.HASHED_SLOW,
        (K.ACCOUNT_UNCONFIRMED, K.ACCOUNT),
    ),
    Item(
        "accounts",
        (
            "author_since",
            "author_notice_version",
            "author_consent_at",
            "author_consent_language",
            "author_consent_channel",
        ),
        W.AUTHOR,
        What.CONSENT,
        (P.PROVE_CONSENT,),
        F.CLEAR,
        (K.CASE,),
        Basis.DUTY,
    ),
    Item(
        "accounts",
        ("notice", "notice_language", "notice_channel"),
        W.HOLDER,
        What.CONSENT,
        (P.PROVE_CONSENT,),
        F.CLEAR,
        (K.ACCOUNT_UNCONFIRMED, K.CASE),
        Basis.DUTY,
    ),
    Item(
        "accounts",
        ("id", "language", "created_at", "confirmed_at", "closed_at", "disabled"),
        W.HOLDER,
        What.ACCOUNT_COURSE,
        (P.SIGN_IN, P.CASE_MAILS),
        F.CLEAR,
        (K.ACCOUNT_UNCONFIRMED, K.CASE),
    ),
    Item(
        "account_sessions",
        ("id_hash", "account_id", "created_at", "expires_at", "passed_at"),
        W.HOLDER,
        What.SESSIONS,
        (P.SIGN_IN,),
        F.HASHED_SITE,
        (K.SESSION, K.SESSION_STAFF),
    ),
    Item(
        "case_mutes",
        ("petition_id", "account_id", "muted_at"),
        W.HOLDER,
        What.WISHES,
        (P.CASE_MAILS,),
        F.CLEAR,
        (K.CASE,),
    ),
    Item(
        "petitions",
        ("author_name", "author_place"),
        W.AUTHOR,
        What.NAME,
        (P.PUBLIC_AUTHOR,),
        F.CLEAR,
        (K.AUTHOR_NAME,),
        recipients=_PUBLIC,
    ),
    Item(
        "petitions",
        ("author_id", "title", "frozen_reason"),
        W.AUTHOR,
        What.TEXTS,
        (P.PUBLIC_AUTHOR,),
        F.CLEAR,
        (K.CASE,),
        recipients=_PUBLIC,
    ),
    Item(
        "co_authors",
        ("account_id", "name", "place", "named_at", "ended_at"),
        W.AUTHOR,
        What.NAME,
        (P.PUBLIC_AUTHOR,),
        F.CLEAR,
        (K.AUTHOR_NAME,),
        recipients=_PUBLIC,
    ),
    Item(
        "co_authors",
        ("notice", "notice_language"),
        W.AUTHOR,
        What.CONSENT,
        (P.PROVE_CONSENT,),
        F.CLEAR,
        (K.CASE,),
        Basis.DUTY,
    ),
    Item(
        "co_authors",
        ("sealed",),
        W.AUTHOR,
        What.MAILBOX,
        (P.PUBLIC_AUTHOR,),
        F.SEALED_SITE,
        (K.INVITATION,),
        recipients=(R.MAIL_SERVICE,),
    ),
    Item(
        "appeals",
        ("text", "filed_at"),
        W.AUTHOR,
        What.TEXTS,
        (P.APPEALS,),
        F.CLEAR,
        (K.CASE,),
    ),
    Item(
        "case_questions",
        ("reply", "replied_at"),
        W.AUTHOR,
        What.TEXTS,
        (P.PUBLIC_AUTHOR,),
        F.CLEAR,
        (K.CASE,),
        recipients=_PUBLIC,
    ),
    Item(
        "author_updates",
        ("account_id", "published_at"),
        W.AUTHOR,
        What.TEXTS,
        (P.PUBLIC_AUTHOR,),
        F.CLEAR,
        (K.CASE,),
        recipients=_PUBLIC,
    ),
    Item(
        "author_update_texts",
        ("title", "markdown", "html", "language", "at", "why"),
        W.AUTHOR,
        What.TEXTS,
        (P.PUBLIC_AUTHOR,),
        F.CLEAR,
        (K.CASE,),
        recipients=_PUBLIC,
    ),
    Item(
        "petition_texts",
        ("title", "markdown", "html", "reason"),
        W.AUTHOR,
        What.TEXTS,
        (P.PUBLIC_AUTHOR,),
        F.CLEAR,
        (K.CASE,),
        recipients=_PUBLIC,
    ),
)

ITEMS: tuple[Item, ...] = (*SIGNERS, *HOLDERS, *WRITERS, *STAFF)


def named_columns() -> frozenset[tuple[str, str]]:
    """Every personal column, as table and column."""
    return frozenset((item.table, column) for item in ITEMS for column in item.columns)


def about(*whose: Whose) -> tuple[Item, ...]:
    """The part of the map that is about some people."""
    return tuple(item for item in ITEMS if item.whose in whose)


OUTSIDE: tuple[Outside, ...] = (
    Outside(Place.LIMITS, F.HASHED_DAILY, (P.STOP_FLOODS,), (K.NETWORK,), Basis.SAFETY),
    Outside(
        Place.COOKIE_SIGN_IN, F.CLEAR, (P.SIGN_IN, P.STOP_FLOODS), (K.SESSION, K.SESSION_STAFF), Basis.SAFETY
    ),
    Outside(Place.COOKIE_LANGUAGE, F.CLEAR, (P.WISHES,), (K.LANGUAGE,), Basis.CONSENT),
    Outside(Place.BACKUP, F.AS_COPIED, (P.SAFEGUARD,), (K.BACKUP, K.BACKUP_KEYS), Basis.SAFETY),
)
