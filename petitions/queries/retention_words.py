"""The short names of the classes of keeping, for lists and letters."""

from collections.abc import Mapping
from typing import Any

from core.i18n import lazy
from petitions.domain.keeping import Kept

KEPT_NAMES: Mapping[Kept, Any] = {
    Kept.UNCONFIRMED: lazy("Entries that were not confirmed"),
    Kept.WITHDRAWN: lazy("Names and addresses of withdrawn signatures"),
    Kept.CONTACT: lazy("E-mail addresses of signers"),
    Kept.PROMISE: lazy("E-mail addresses of those who asked for news of a promise"),
    Kept.IDENTITY: lazy("Names of signers, and the marks that keep anybody from signing twice"),
    Kept.NETWORK: lazy("Counts by network address"),
    Kept.MAILS_COUNTED: lazy("Counts of mails to one mailbox"),
    Kept.MAIL_ROWS: lazy("Rows of mails that were sent"),
    Kept.AUDIT: lazy("Entries of the log of staff"),
    Kept.BACKUP: lazy("Backups"),
    Kept.BACKUP_KEYS: lazy("Copies of the key file beside backups"),
    Kept.AUTHOR_NAME: lazy("Full names of authors"),
    Kept.CONTACT_LETTER: lazy("Letters to authors"),
    Kept.REPORT: lazy("Words of reports about petitions"),
    Kept.REQUEST_OPEN: lazy("Requests whose code was not given"),
    Kept.REQUEST_MAILBOX: lazy("Mailboxes and texts of answered requests"),
    Kept.REQUEST: lazy("Answered requests"),
    Kept.ACCOUNT_UNCONFIRMED: lazy("Accounts whose mailbox was not confirmed"),
    Kept.SESSION: lazy("Ended sign-ins"),
    Kept.SESSION_STAFF: lazy("Ended sign-ins of staff"),
    Kept.INVITATION: lazy("Mailboxes of invitations"),
    Kept.PROPOSAL: lazy("Mailboxes of proposals that nobody decided"),
    Kept.PROPOSAL_REASON: lazy("Reasons of what two people decided"),
}


def kept_name(kept: Kept) -> str:
    """What a class is called; one that no list shows has its code."""
    return str(KEPT_NAMES.get(kept, kept.value))
