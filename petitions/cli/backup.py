"""`flask backup`: copies of the database without its keys, and their way back."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from core.backup import BackupFault, keys_beside
from core.crypto import KeyFault
from core.progress import counter
from petitions.domain.keeping import TERMS, Kept
from petitions.services.backups import create_backup, restore_backup

PATH = click.Path(path_type=Path, dir_okay=False)
backup = AppGroup("backup", help="Copies of the database, without its keys.")


@backup.command("create")
@click.argument("file", type=PATH)
def create(file: Path) -> None:
    """Write FILE (the database) and FILE.keys (the key file): keep them apart."""
    try:
        manifest = create_backup(file, counter)
    except (BackupFault, KeyFault, OSError) as fault:
        click.echo(f"No backup was made: {fault}", err=True)
        sys.exit(1)
    rows = sum(part.rows for part in manifest.tables.values())
    click.echo(f"Wrote {file}: {rows:,} rows, {manifest.totals['submitted']:,} signatures.")
    click.echo(
        f"Wrote {keys_beside(file)}: move it to another place than {file.name}. Destroy it after "
        f"{TERMS[Kept.BACKUP_KEYS].length.n} days, and {file.name} after {TERMS[Kept.BACKUP].length.n}: "
        "here `retention run` does both."
    )


@backup.command("restore")
@click.argument("file", type=PATH)
@click.option("--yes", "replace", is_flag=True, help="Put it in the place of a database that is not empty.")
def restore(file: Path, replace: bool) -> None:
    """Put FILE in the place of an empty database; FILE.keys must lie beside it."""
    try:
        done = restore_backup(file, counter, replace=replace)
    except (BackupFault, KeyFault, OSError) as fault:
        click.echo(f"Nothing was restored: {fault}", err=True)
        sys.exit(1)
    click.echo(f"Restored {done.rows:,} rows as of {done.made_at}; the totals fit.")
    click.echo(f"Keys destroyed since the backup, and destroyed again: {done.destroyed}.")
    if done.kept_aside:
        click.echo(f"The key file of the backup is in use; the one before lies in {done.kept_aside}.")
    click.echo("Restart the site and its jobs.")
