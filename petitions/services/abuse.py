"""Signals against machines that sign: how many entries one network may send, and which mailboxes are thrown away."""

from disposable_email_domains import blocklist

from auth.mailbox import canonical_mailbox
from core.limits import DISPOSABLE, ENTRIES, HELD, allowed_here, note
from core.refusal import Refusal

# A carrier puts a whole town behind one address: 120 people a minute and 300 an hour are normal there, and twice and
# four times that many pass. What is beyond is a machine, or a crowd that a machine hides in.
FROM_ONE_NETWORK = ("240 per minute", "1200 per hour")
TO_ONE_PETITION = ("180 per minute", "600 per hour")


def network_is_free(petition_id: int) -> bool:
    """Count one entry of this request's network; False once it has sent more than people behind one address do."""
    rules = {"entries": FROM_ONE_NETWORK, f"entries|{petition_id}": TO_ONE_PETITION}
    if allowed_here(rules, noted_as=ENTRIES):
        return True
    note(HELD)
    return False


def note_mailbox(email: str) -> None:
    """Count an entry whose mailbox is one of those that are made to be thrown away; nothing else follows from it.

    People have reasons to use one, so that it is a figure of the whole site and no mark on a signature.
    """
    try:
        domain = canonical_mailbox(email).rpartition("@")[2]
    except Refusal:
        return  # it was no mailbox, and the form has said so
    if domain in blocklist:
        note(DISPOSABLE)
