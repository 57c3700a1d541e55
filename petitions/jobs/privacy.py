"""The jobs of the controller: a new version of the notice when it says something new, and letters that are done."""

from datetime import timedelta

from core.jobs import job
from core.work import SYSTEM, reading, work
from petitions.domain.keeping import Kept
from petitions.queries.privacy import in_force
from petitions.services.privacy import store_notice
from petitions.services.retention import carry_out


@job("notice", every=timedelta(minutes=10))
def keep_notice() -> int:
    """Store the notice as it stands now, where it differs from the last version."""
    with reading(SYSTEM) as w:
        if in_force(w).since is not None:
            return 0
    with work(SYSTEM) as w:
        store_notice(w)
    return 1


@job("letters", every=timedelta(minutes=10))
def forget_letters() -> int:
    """Delete letters to authors that were passed on, and those whose time is over."""
    return carry_out(Kept.CONTACT_LETTER)
