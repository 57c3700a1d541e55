"""The job of the promises: asks whether a promise was kept, once, when its date has come."""

from datetime import timedelta

from core.jobs import job
from petitions.jobs.sweeping import sweep
from petitions.services.promises import ask_about, due_promises


@job("promises", every=timedelta(minutes=5))
def sweep_promises() -> int:
    """Ask authors and followers about the promises whose date has come."""
    return sweep("promises", due_promises, ask_about)
