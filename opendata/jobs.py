"""The job of the files: made once a day, after the day's tables are frozen."""

from datetime import timedelta

from core.jobs import job
from opendata.publishing import publish


@job("data_files", every=timedelta(days=1), daily=True, after="freeze")
def make_files() -> int:
    """Make the files and put them out; a version that says nothing new is none."""
    return int(publish())
