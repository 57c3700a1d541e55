"""Commands of the register: import a file after showing what it would change."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from authorities.changes import AreaDiff, AuthorityDiff, Changed, FigureChange, Names
from authorities.imports import AREAS, AUTHORITIES, Table, import_table
from authorities.queries import Figure
from core.i18n import localised, speaking
from core.progress import counter
from core.refusal import Refusal
from core.refusals import refusal_text
from core.work import SYSTEM, reading, work

SHOWN = 50
areas = AppGroup("areas", help="The areas of the register.")
authorities = AppGroup("authorities", help="The bodies of the register.")
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_yes = click.option("--yes", is_flag=True, help="Import without asking.")


@areas.command("import")
@_file
@_yes
def import_areas(file: Path, yes: bool) -> None:
    """Import areas and their dated figures from FILE (CSV); older figures are kept."""
    _import(AREAS, file, yes, _area_lines)


@authorities.command("import")
@_file
@_yes
def import_authorities(file: Path, yes: bool) -> None:
    """Import bodies from FILE (CSV); a body ends by its `valid_to`, never by missing from the file."""
    _import(AUTHORITIES, file, yes, _authority_lines)


def _import(table: Table, file: Path, yes: bool, lines: Callable[[Any], Iterator[str]]) -> None:
    source = file.read_bytes()
    with reading(SYSTEM) as w:
        rows, faults = table.read(w, source)
        if faults:
            _stop([fault.at(file.name) for fault in faults])
        diff = table.plan(w, rows)
    _show(diff, list(lines(diff)))
    if diff.changes and (yes or click.confirm("Import this?", abort=True)):
        _store(table, source, diff.digest)


def _store(table: Table, source: bytes, digest: str) -> None:
    try:
        with work(SYSTEM) as w:
            changes = import_table(w, table, source, digest, counter(table.name))
    except Refusal as refusal:
        with speaking("en"):
            _stop([refusal_text(refusal)])
    click.echo(f"Changes stored: {changes}.")


def _stop(problems: Sequence[str]) -> None:
    for problem in problems:
        click.echo(problem, err=True)
    click.echo("Nothing was imported.", err=True)
    raise SystemExit(1)


def _show(diff: AreaDiff | AuthorityDiff, lines: list[str]) -> None:
    if isinstance(diff, AreaDiff):
        click.echo(_area_counts(diff))
    else:
        click.echo(_authority_counts(diff))
    for line in lines[:SHOWN]:
        click.echo(f"  {line}")
    if len(lines) > SHOWN:
        click.echo(f"  ... and {len(lines) - SHOWN} more")
    if diff.missing:
        click.echo(f"Not in the file, and left as they are: {_listed(diff.missing)}")
    if not diff.changes:
        click.echo("Nothing changes.")


def _area_counts(diff: AreaDiff) -> str:
    counts = {
        "added": diff.added,
        "renamed": diff.renamed,
        "moved": diff.moved,
        "reclassified": diff.reclassified,
        "figures": diff.figures,
    }
    said = ", ".join(f"{word} {len(changes)}" for word, changes in counts.items())
    return f"Areas: {said}, unchanged {diff.unchanged}, not in the file {len(diff.missing)}"


def _authority_counts(diff: AuthorityDiff) -> str:
    changed = f"changed {len(diff.changed)} (of these closed {len(diff.closed)})"
    rest = f"unchanged {diff.unchanged}, not in the file {len(diff.missing)}"
    return f"Bodies: added {len(diff.added)}, {changed}, {rest}"


def _area_lines(diff: AreaDiff) -> Iterator[str]:
    for row in diff.added:
        people = "" if row.population is None else f", population {row.population} on {row.as_of}"
        yield f"+ {row.code} {_name(row.names)} ({row.kind} in {row.parent or 'nothing'}{people})"
    for named in diff.renamed:
        yield f"~ {named.code} renamed: {_all(named.before)} -> {_all(named.after)}"
    for moved in diff.moved:
        yield f"~ {moved.code} {_name(moved.names)} moved: {moved.before} -> {moved.after}"
    for other in diff.reclassified:
        yield f"~ {other.code} {_name(other.names)}: {_kind(*other.before)} -> {_kind(*other.after)}"
    yield from (_figure_line(change) for change in diff.figures)


def _authority_lines(diff: AuthorityDiff) -> Iterator[str]:
    for row in diff.added:
        yield f"+ {row.code} {_name(row.names)} ({row.branch}, area {row.area})"
    yield from (_changed_line(change) for change in diff.changed)


def _changed_line(change: Changed) -> str:
    fields = "; ".join(f"{c.field}: {_value(c.before)} -> {_value(c.after)}" for c in change.fields)
    return f"{'x' if change.closes else '~'} {change.code} {_name(change.names)}: {fields}"


def _figure_line(change: FigureChange) -> str:
    before = "no figure" if change.before is None else _figures(change.before)
    after = _figures(change.after)
    return f"# {change.after.area} {_name(change.names)}, {change.kind} figure: {before} -> {after}"


def _figures(figure: Figure) -> str:
    numbers = {"population": figure.population, "electorate": figure.electorate, **figure.more}
    said = ", ".join(f"{name} {value}" for name, value in numbers.items() if value is not None)
    return f"{said} on {figure.as_of} ({figure.source})"


def _kind(kind: str, invented: bool) -> str:
    return f"{kind} (invented)" if invented else kind


def _name(names: Names) -> str:
    return localised(names, "en")


def _all(names: Names) -> str:
    return " / ".join(names.values())


def _value(value: object) -> str:
    if isinstance(value, dict):
        return _all(value)
    return "nothing" if value is None or value == "" else str(value)


def _listed(codes: Sequence[str]) -> str:
    more = f" and {len(codes) - SHOWN} more" if len(codes) > SHOWN else ""
    return ", ".join(codes[:SHOWN]) + more
