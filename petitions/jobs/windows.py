"""The job of the windows: what the passing of time does to cases."""

from datetime import timedelta

from core.jobs import job
from petitions.jobs.sweeping import sweep
from petitions.services.windows import do_next, due_cases


@job("windows", every=timedelta(minutes=1))
def sweep_windows() -> int:
    """Begin checks, end start-ups and collections, hand over, register by the passing of time."""
    return sweep("windows", due_cases, do_next)
