"""`flask docs`: writes the documents that are generated from the code."""

from pathlib import Path

import click
from flask.cli import AppGroup

from core.config import ROOT
from petitions.cli.processing import processing_markdown
from petitions.domain.lifecycle import as_markdown

LIFECYCLE = ROOT / "docs" / "lifecycle.md"
PROCESSING = ROOT / "docs" / "processing.md"
docs = AppGroup("docs", help="Write the documents that are generated from the code.")


@docs.command("lifecycle")
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), default=LIFECYCLE, help="Where to write it."
)
def lifecycle(to: Path) -> None:
    """Write docs/lifecycle.md from the table of the life cycle."""
    to.write_text(as_markdown(), encoding="utf-8")
    click.echo(f"Written: {to}")


@docs.command("processing")
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), default=PROCESSING, help="Where to write it."
)
def processing(to: Path) -> None:
    """Write docs/processing.md, the record of processing, from the data map."""
    to.write_text(processing_markdown(), encoding="utf-8")
    click.echo(f"Written: {to}")
