"""The jobs of petitions; importing this package registers them in the order in which a tick runs them."""

from petitions.jobs import (
    data_requests,
    deadlines,
    outages,
    privacy,
    promises,
    reminders,
    retention,
    tally,
    windows,
)

__all__ = [
    "data_requests",
    "deadlines",
    "outages",
    "privacy",
    "promises",
    "reminders",
    "retention",
    "tally",
    "windows",
]
