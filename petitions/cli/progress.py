"""How far a long command is, on a terminal; silent where the output goes into a file."""

import sys
from collections.abc import Callable

import click


def counter(what: str) -> Callable[[int, int], None]:
    """A function that is told how much of how many is done."""

    def told(done: int, of: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r  {what}: {done:,} of {of:,}", err=True, nl=done >= of)

    return told
