"""`flask keys rotate`: a new wrapping key over the keys of all petitions."""

import sys

import click

from core.cli import keys
from core.crypto import KeyFault
from core.progress import counter
from core.refusal import Refusal
from petitions.services.petition_keys import rotate as rotate_keys


@keys.command("rotate")
@click.option("--finish", is_flag=True, help="Make no new key: only finish a rotation that was interrupted.")
def rotate(finish: bool) -> None:
    """Put a new wrapping key into the key file and drop the old one once no petition needs it."""
    try:
        done = rotate_keys(counter("petitions"), finish_only=finish)
    except (KeyFault, Refusal, OSError) as fault:
        click.echo(f"Stopped, and nothing was dropped: {fault}. Run it again with --finish.", err=True)
        sys.exit(1)
    click.echo(f"Wrapping key {done.current} is in use; {done.moved} petitions were moved to it.")
    click.echo(f"Dropped: {', '.join(done.dropped) or 'none'}. Copy the key file to its safe place again.")
