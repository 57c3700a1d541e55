"""The job of requests about data: searches for what is held with a proved mailbox."""

from datetime import timedelta

from core.jobs import job
from core.work import SYSTEM, reading, work
from petitions.services import data_mails  # noqa: F401 - it registers the mails that this job causes
from petitions.services.data_requests import keep_found, next_unsearched, search


@job("data_requests", every=timedelta(seconds=30))
def search_requests() -> int:
    """Search for every proved request; the long look reads only, so that signing goes on beside it."""
    done = 0
    while True:
        with reading(SYSTEM) as w:
            number = next_unsearched(w)
            found = [] if number is None else search(w, number)
        if number is None:
            return done
        with work(SYSTEM) as w:
            keep_found(w, number, found)
        done += 1
