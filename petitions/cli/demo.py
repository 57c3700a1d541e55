"""`flask demo load`: the invented country, for trying Dauys and for showing it."""

import os
import sys

import click
from flask import current_app
from flask.cli import AppGroup

from core.jobs import run_named
from core.progress import counter
from core.work import reading
from petitions.services.demo import DEMO_ACCOUNTS, is_empty, load_demo

# The job that the package above registers.
DATA_FILES = "data_files"
demo = AppGroup("demo", help="An invented country to try Dauys with.")


@demo.command("load")
@click.option("--signatures", type=click.IntRange(min=100), help="How many the largest petition gets.")
@click.option("--petitions", type=click.IntRange(min=0), default=0, help="So many more open ones, unsigned.")
@click.option("--if-empty", is_flag=True, help="Do nothing where people have accounts already.")
def load(signatures: int | None, petitions: int, if_empty: bool) -> None:
    """Load the demo into an empty database; its accounts and their password are printed."""
    with reading() as w:
        empty = is_empty(w)
    if empty:
        _load(signatures, petitions)
    elif not if_empty:
        click.echo("The database is not empty: the demo is only loaded into an empty one.", err=True)
        sys.exit(1)
    _print_accounts()


def _load(signatures: int | None, petitions: int) -> None:
    if current_app.extensions["dauys"].settings.env == "production":
        click.echo("The demo's password is public: it is never loaded in production.", err=True)
        sys.exit(1)
    n = load_demo(signatures, lambda what: click.echo(f"  {what}"), petitions=petitions, counter=counter)
    click.echo("  files of the open data")
    run_named(DATA_FILES)
    click.echo(f"Loaded {n:,} petitions.")


def _print_accounts() -> None:
    click.echo("The demo's accounts (one password for all):")
    for email, password, role, body in DEMO_ACCOUNTS:
        click.echo(f"  {email:28} {password}  {role} {body}".rstrip())
    click.echo("Staff are asked for a one-time code; this prints the present one:")
    click.echo(f"  {os.path.relpath(sys.argv[0])} --app app users code moderator@dauys.example")
