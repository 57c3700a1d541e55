"""The vocabulary of the data map: whose, what, what for, on what ground, in what form, and for whom."""

from dataclasses import dataclass
from enum import StrEnum

from petitions.domain.keeping import Kept


class Whose(StrEnum):
    """About whom the data are."""

    SIGNER = "signer"
    AUTHOR = "author"
    HOLDER = "holder"
    STAFF = "staff"
    WRITER = "writer"


class What(StrEnum):
    """The kind of data, as people call it."""

    NAME = "name"
    MAILBOX = "mailbox"
    PERSON_MARK = "person_mark"
    AREA = "area"
    CONSENT = "consent"
    WISHES = "wishes"
    COURSE = "course"
    SIGN_UPS = "sign_ups"
    LOGIN = "login"
    ACCOUNT_COURSE = "account_course"
    TEXTS = "texts"
    SESSIONS = "sessions"
    FACTOR = "factor"
    ROLE = "role"
    ACTS = "acts"
    MAIL_ROWS = "mail_rows"
    LETTER = "letter"
    REPORT = "report"
    REQUEST = "request"
    VOICE = "voice"


class Purpose(StrEnum):
    """What data are used for, and for nothing else."""

    ONE_PERSON_ONCE = "one_person_once"
    NAMED = "named"
    CONFIRM = "confirm"
    NEWS = "news"
    AREAS = "areas"
    PROVE_CONSENT = "prove_consent"
    COUNT = "count"
    STOP_FLOODS = "stop_floods"
    SIGN_IN = "sign_in"
    PUBLIC_AUTHOR = "public_author"
    CASE_MAILS = "case_mails"
    OFFICE = "office"
    ANSWER_FOR_ACTS = "answer_for_acts"
    SEND_MAIL = "send_mail"
    FORWARD = "forward"
    SETTLE_REQUEST = "settle_request"
    WISHES = "wishes"
    PROMISES = "promises"
    SAFEGUARD = "safeguard"
    APPEALS = "appeals"
    HANDLE_REPORTS = "handle_reports"


class Basis(StrEnum):
    """On what ground data are processed."""

    CONSENT = "consent"
    DUTY = "duty"
    SAFETY = "safety"


class Form(StrEnum):
    """How data stand in the database."""

    SEALED_IDENTITY = "sealed_identity"
    SEALED_CONTACT = "sealed_contact"
    SEALED_SITE = "sealed_site"
    HASHED_IDENTITY = "hashed_identity"
    HASHED_SITE = "hashed_site"
    HASHED_DAILY = "hashed_daily"
    HASHED_SLOW = "hashed_slow"
    AS_COPIED = "as_copied"
    CLEAR = "clear"


class Recipient(StrEnum):
    """Who gets data besides the controller."""

    EVERYBODY = "everybody"
    ADDRESSEE = "addressee"
    MAIL_SERVICE = "mail_service"
    AUTHOR = "author"


@dataclass(frozen=True, slots=True)
class Item:
    """Columns of one table that are alike in everything that the notice says of them."""

    table: str
    columns: tuple[str, ...]
    whose: Whose
    what: What
    purposes: tuple[Purpose, ...]
    form: Form
    kept: tuple[Kept, ...]
    basis: Basis = Basis.CONSENT
    recipients: tuple[Recipient, ...] = ()

    @property
    def is_public(self) -> bool:
        """Whether everybody can read it."""
        return Recipient.EVERYBODY in self.recipients

    @property
    def is_readable(self) -> bool:
        """Whether who has only the database can read it."""
        return self.form is Form.CLEAR


class Place(StrEnum):
    """Where data stand outside the database."""

    LIMITS = "limits"
    COOKIE_SIGN_IN = "cookie_sign_in"
    COOKIE_LANGUAGE = "cookie_language"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class Outside:
    """Data in another place than the database."""

    place: Place
    form: Form
    purposes: tuple[Purpose, ...]
    kept: tuple[Kept, ...]
    basis: Basis
