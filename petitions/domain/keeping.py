"""How long each kind of personal data is kept: the only place of these numbers (TRUST rule 7)."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Unit(StrEnum):
    """In what a term of keeping is counted."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Length:
    """A number of hours, days or months."""

    n: int
    unit: Unit

    def after(self, start: datetime) -> datetime:
        """The moment at which the term is over; months end on the same day number or a month's last day."""
        if self.unit is Unit.HOURS:
            return start + timedelta(hours=self.n)
        if self.unit is Unit.DAYS:
            return start + timedelta(days=self.n)
        years, month = divmod(start.month - 1 + self.n, 12)
        year, month = start.year + years, month + 1
        return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))

    @property
    def shortest(self) -> timedelta:
        """No start younger than this can be over: for a query that finds candidates for `after`."""
        hours = {Unit.HOURS: 1, Unit.DAYS: 24, Unit.MONTHS: 28 * 24}
        return timedelta(hours=hours[self.unit] * self.n)


class Start(StrEnum):
    """The event from which a term of keeping runs."""

    ENTRY = "entry"
    WITHDRAWAL = "withdrawal"
    CONTACT_NEEDED_LAST = "contact_needed_last"
    PROMISE_CHECKED = "promise_checked"
    IDENTITY_NEEDED_LAST = "identity_needed_last"
    BEGINNING = "beginning"
    REQUEST = "request"
    SENT = "sent"
    ACT = "act"
    COPY = "copy"
    SIGN_IN = "sign_in"
    CHOICE = "choice"
    INVITATION = "invitation"
    PROPOSAL = "proposal"
    CASE_END = "case_end"
    SETTLED = "settled"


class Kept(StrEnum):
    """A class of keeping; each is carried out by a job of its own, or by the end of the thing itself."""

    UNCONFIRMED = "unconfirmed"
    WITHDRAWN = "withdrawn"
    CONTACT = "contact"
    PROMISE = "promise"
    IDENTITY = "identity"
    NETWORK = "network"
    MAILS_COUNTED = "mails_counted"
    MAIL_ROWS = "mail_rows"
    AUDIT = "audit"
    BACKUP = "backup"
    BACKUP_KEYS = "backup_keys"
    LANGUAGE = "language"
    SESSION = "session"
    SESSION_STAFF = "session_staff"
    INVITATION = "invitation"
    PROPOSAL = "proposal"
    PROPOSAL_REASON = "proposal_reason"
    ACCOUNT_UNCONFIRMED = "account_unconfirmed"
    AUTHOR_NAME = "author_name"
    CONTACT_LETTER = "contact_letter"
    REPORT = "report"
    REQUEST = "request"
    REQUEST_OPEN = "request_open"
    REQUEST_MAILBOX = "request_mailbox"
    # Without a number: as long as the thing itself is there.
    TOMBSTONE = "tombstone"
    ACCOUNT = "account"
    OFFICE = "office"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Term:
    """A length from an event; `at_most` is the limit that holds whatever happens, from its own event."""

    length: Length
    start: Start
    at_most: Length | None = None
    at_most_from: Start = Start.BEGINNING


LONGEST = Length(21, Unit.MONTHS)

TERMS: Mapping[Kept, Term] = {
    Kept.UNCONFIRMED: Term(Length(7, Unit.DAYS), Start.ENTRY),
    Kept.WITHDRAWN: Term(Length(7, Unit.DAYS), Start.WITHDRAWAL),
    # The later of the closing and the published answer or ordinary reply.
    Kept.CONTACT: Term(Length(30, Unit.DAYS), Start.CONTACT_NEEDED_LAST, LONGEST),
    # For those who asked for news, where an answer promised something by a day.
    Kept.PROMISE: Term(Length(30, Unit.DAYS), Start.PROMISE_CHECKED, LONGEST),
    # The later of the hand-over and the end of signing.
    Kept.IDENTITY: Term(Length(1, Unit.MONTHS), Start.IDENTITY_NEEDED_LAST, LONGEST),
    Kept.NETWORK: Term(Length(24, Unit.HOURS), Start.REQUEST),
    Kept.MAILS_COUNTED: Term(Length(24, Unit.HOURS), Start.SENT),
    Kept.MAIL_ROWS: Term(Length(35, Unit.DAYS), Start.SENT),
    Kept.AUDIT: Term(Length(36, Unit.MONTHS), Start.ACT),
    Kept.BACKUP: Term(Length(35, Unit.DAYS), Start.COPY),
    Kept.BACKUP_KEYS: Term(Length(7, Unit.DAYS), Start.COPY),
    Kept.LANGUAGE: Term(Length(365, Unit.DAYS), Start.CHOICE),
    Kept.SESSION: Term(Length(14, Unit.DAYS), Start.SIGN_IN),
    Kept.SESSION_STAFF: Term(Length(12, Unit.HOURS), Start.SIGN_IN),
    Kept.INVITATION: Term(Length(7, Unit.DAYS), Start.INVITATION),
    Kept.PROPOSAL: Term(Length(7, Unit.DAYS), Start.PROPOSAL),
    Kept.PROPOSAL_REASON: Term(Length(36, Unit.MONTHS), Start.PROPOSAL),
    Kept.ACCOUNT_UNCONFIRMED: Term(Length(7 * 24 + 1, Unit.HOURS), Start.ENTRY),
    Kept.AUTHOR_NAME: Term(Length(24, Unit.MONTHS), Start.CASE_END),
    Kept.CONTACT_LETTER: Term(Length(7, Unit.DAYS), Start.ENTRY),
    Kept.REPORT: Term(Length(180, Unit.DAYS), Start.ENTRY),
    Kept.REQUEST: Term(Length(12, Unit.MONTHS), Start.SETTLED),
    Kept.REQUEST_OPEN: Term(Length(24, Unit.HOURS), Start.ENTRY),
    Kept.REQUEST_MAILBOX: Term(Length(7, Unit.DAYS), Start.SETTLED),
}

# These last as long as the thing that they describe, and no clock ends them.
OPEN_ENDED = frozenset({Kept.TOMBSTONE, Kept.ACCOUNT, Kept.OFFICE, Kept.CASE})


def over_at(kept: Kept, start: datetime, limit_from: datetime | None = None) -> datetime:
    """When data of the class are due for destruction: `start` is its event, `limit_from` that of its limit."""
    term = TERMS[kept]
    end = term.length.after(start)
    if term.at_most is None or limit_from is None:
        return end
    return min(end, term.at_most.after(limit_from))
