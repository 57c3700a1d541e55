"""The job of the outages: notices a silence of its own, and proposes a stop for it."""

from datetime import timedelta

from core.jobs import job, last_success
from core.work import SYSTEM, work
from petitions.services.outages import propose_outage

NAME = "outages"


@job(NAME, every=timedelta(minutes=30))
def notice_outage() -> int:
    """Look when this job last ended well; a gap of more than a day is proposed as a stop."""
    with work(SYSTEM) as w:
        return int(propose_outage(w, last_success(w, NAME)) is not None)
