"""`flask retention run`: destroy what is due, or say what would be."""

import click
from flask.cli import AppGroup

from core.progress import counter
from petitions.services.retention import run_retention

retention = AppGroup("retention", help="How long personal data are kept.")


@retention.command("run")
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would be destroyed.")
def run(dry: bool) -> None:
    """Destroy everything whose term is over, by class; what is held back is named."""
    outcome = run_retention(dry=dry, told=counter("cases and classes"))
    verb = "would be destroyed" if dry else "destroyed"
    for kept, n in outcome.done.items():
        click.echo(f"{kept.value}: {n:,} {verb}")
    if not outcome.done:
        click.echo("Nothing is due.")
    for due in outcome.held:
        click.echo(f"held back: {due.kept.value} of petition {due.petition_id} ({due.held})")
