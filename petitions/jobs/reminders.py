"""The job of the reminders: each one once, the latest only after days of silence."""

from datetime import timedelta

from core.jobs import job
from petitions.jobs.sweeping import sweep
from petitions.services.reminders import remind, wanting_reminders


@job("reminders", every=timedelta(minutes=30))
def sweep_reminders() -> int:
    """Remind those who owe something by a date."""
    return sweep("reminders", wanting_reminders, remind)
