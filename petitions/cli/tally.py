"""`flask tally`: compare the totals with the signatures themselves."""

import sys

import click
from flask.cli import AppGroup

from core.progress import counter
from core.work import SYSTEM, reading
from petitions.services import tally as counting

PARTS = ("pending", "expired", "invalid", "withdrawn", "quarantined", "counted")

tally = AppGroup("tally", help="The counts of signatures.")


@tally.command("check")
def check_command() -> None:
    """Print the equation of the totals and every petition that drifted; exit 1 if there is one."""
    with reading(SYSTEM) as w:
        drifts, sums = counting.check(w, counter("petitions")), counting.totals(w)
    click.echo(f"submitted {sums['submitted']} = " + " + ".join(f"{name} {sums[name]}" for name in PARTS))
    for drift in drifts:
        wrong = ", ".join(f"{name} {n:+d}" for name, n in drift.differences.items())
        click.echo(f"petition {drift.petition_id} drifted: {wrong}", err=True)
    if drifts or sums["submitted"] != sum(sums[name] for name in PARTS):
        sys.exit(1)
    click.echo("No drift.")
