"""How far a long command is: a bar on a terminal, and a line now and then where the output goes into a log."""

import sys
import time
from collections.abc import Callable

import click

Told = Callable[[int, int], None]
WIDTH = 30
ON_TERMINAL, IN_LOG = 0.1, 10.0


def unheard(_done: int, _of: int) -> None:
    """Where nobody waits to be told."""


def counter(what: str) -> Told:
    """A function that is told how much of how many is done; what is over within seconds leaves no line in a log."""
    return _Counter(what, sys.stderr.isatty())


class _Counter:
    def __init__(self, what: str, terminal: bool) -> None:
        self._what, self._terminal = what, terminal
        self._pause = ON_TERMINAL if terminal else IN_LOG
        self._begin()

    def _begin(self) -> None:
        self._begun = self._last = time.monotonic()
        self._spoken = False

    def __call__(self, done: int, of: int) -> None:
        now, ends = time.monotonic(), done >= of
        if now - self._last >= self._pause or (ends and (self._terminal or self._spoken)):
            self._last, self._spoken = now, True
            self._say(done, of, now - self._begun)
        if ends:
            self._begin()

    def _say(self, done: int, of: int, seconds: float) -> None:
        if self._terminal:
            click.echo(_bar(self._what, done, of, seconds), err=True, nl=done >= of)
        else:
            click.echo(_line(self._what, done, of), err=True)


def _line(what: str, done: int, of: int) -> str:
    return f"  {what}: {done:,} of {of:,} ({_percent(done, of)} %)"


def _bar(what: str, done: int, of: int, seconds: float) -> str:
    full = WIDTH * _percent(done, of) // 100
    left = f", {seconds * (of - done) / done:.0f} s left" if 0 < done < of and seconds > 1 else ""
    # The rest of an earlier, longer line is wiped.
    return f"\r  {what} [{'#' * full}{'.' * (WIDTH - full)}] {done:,} of {of:,}{left}\x1b[K"


def _percent(done: int, of: int) -> int:
    return min(100, 100 * done // of) if of else 100
