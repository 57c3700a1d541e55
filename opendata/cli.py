"""`flask data export` and `flask docs dictionary`: the files in a folder, and the document about them."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from core.config import ROOT
from opendata.dictionary import markdown
from opendata.publishing import export
from petitions.cli.docs import docs

FOLDER = click.Path(path_type=Path, file_okay=False)
DICTIONARY = ROOT / "docs" / "data-dictionary.md"
data = AppGroup("data", help="The open data.")


@data.command("export")
@click.argument("folder", metavar="DIR", type=FOLDER)
def export_command(folder: Path) -> None:
    """Make the files anew, put them out under /data/, and copy them into DIR."""
    try:
        version = export(folder, _told)
    except OSError as fault:
        click.echo(f"Nothing was exported: {fault}", err=True)
        sys.exit(1)
    click.echo(f"Wrote {len(version.files)} files of {version.made_at:%Y-%m-%d %H:%M} UTC into {folder}.")
    click.echo(f"Version {version.hash}")


@docs.command("dictionary")
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), default=DICTIONARY, help="Where to write it."
)
def dictionary(to: Path) -> None:
    """Write docs/data-dictionary.md from the columns of the files."""
    to.write_text(markdown(), encoding="utf-8")
    click.echo(f"Written: {to}")


def _told(name: str, rows: int) -> None:
    click.echo(f"  {name}: {rows:,} rows", err=True)
