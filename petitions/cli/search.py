"""`flask search rebuild`: make the index of the search anew."""

import click
from flask.cli import AppGroup

from core.progress import counter
from petitions.services.indexing import rebuild

search = AppGroup("search", help="The index of the search.")


@search.command("rebuild")
def rebuild_command() -> None:
    """Make the index anew from all public petitions: after names in the register changed, or to be sure."""
    n = rebuild(counter("petitions"))
    click.echo(f"{n:,} petitions can be found.")
