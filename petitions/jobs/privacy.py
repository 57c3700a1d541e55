"""The jobs of the controller: a new version of the notice when it says something new, and old names shortened."""

from datetime import timedelta

from core.jobs import job
from core.work import SYSTEM, reading, work
from petitions.queries.privacy import in_force
from petitions.services import letters, naming
from petitions.services.privacy import store_notice


@job("notice", every=timedelta(minutes=10))
def keep_notice() -> int:
    """Store the notice as it stands now, where it differs from the last version."""
    with reading(SYSTEM) as w:
        if in_force(w).since is not None:
            return 0
    with work(SYSTEM) as w:
        store_notice(w)
    return 1


@job("author_names", every=timedelta(days=1), daily=True)
def shorten_old_names() -> int:
    """Shorten the names of authors whose petitions ended long ago."""
    total = 0
    while True:
        with work(SYSTEM) as w:
            done = naming.shorten_names(w)
        if not done:
            return total
        total += done


@job("letters", every=timedelta(minutes=10))
def forget_letters() -> int:
    """Delete letters to authors that were passed on, and those whose time is over."""
    with work(SYSTEM) as w:
        return letters.forget_letters(w)
