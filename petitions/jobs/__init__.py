"""The jobs of petitions; importing this package registers them in the order in which a tick runs them."""

from petitions.jobs import deadlines, tally, windows

__all__ = ["deadlines", "tally", "windows"]
