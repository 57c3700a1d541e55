"""Jobs of accounts: what nobody confirmed and what is over is deleted."""

from datetime import timedelta

from auth.services import invitations, proposals
from auth.services.accounts import expire_accounts
from core.jobs import job
from core.work import SYSTEM, work


@job("accounts", every=timedelta(hours=1))
def sweep_accounts() -> int:
    """Delete unconfirmed accounts after a week, sessions after their end, mailboxes of what nobody took up."""
    with work(SYSTEM) as w:
        return expire_accounts(w) + proposals.erase_expired(w) + invitations.erase_expired(w)
