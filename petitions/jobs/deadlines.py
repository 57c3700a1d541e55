"""The job of the deadlines: marks and announces terms that are late, once for each."""

from datetime import timedelta

from core.jobs import job
from petitions.jobs.sweeping import sweep
from petitions.services.deadlines import settle_term, wanting_terms


@job("deadlines", every=timedelta(minutes=5))
def sweep_deadlines() -> int:
    """Recompute the open terms and mark the late ones."""
    return sweep("deadlines", wanting_terms, settle_term)
