"""The jobs of requests about data: the search for what is held with a proved mailbox, and the day that is due."""

from datetime import timedelta

from core.jobs import job
from core.work import SYSTEM, reading, work
from petitions.services import data_mails  # noqa: F401 - it registers the mails that this job causes
from petitions.services.data_requests import keep_found, next_unsearched, remind_controllers, search


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


@job("data_requests_due", every=timedelta(days=1), daily=True)
def remind_of_requests() -> int:
    """Write to the controllers on the day on which a request is due, and every day that it is late."""
    with work(SYSTEM) as w:
        return remind_controllers(w)
