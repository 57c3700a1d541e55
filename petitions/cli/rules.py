"""`flask rules`: check a rulebook folder, list its thresholds, run its clock; no settings, no database."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import click

from core.refusal import Refusal
from petitions.domain.calendar import Computation, Day, Mark, Stop, WorkCalendar, due
from petitions.domain.rulebook import Span, Texts, Unit
from petitions.rulebooks import (
    AuthorityThreshold,
    Fault,
    RulebookFaults,
    Severity,
    calendar_for,
    check,
    load_rulebook,
    load_terms,
    thresholds_of,
)

HEADER = (
    "authority",
    "area",
    "tier",
    "milestone",
    "base",
    "base_value",
    "base_as_of",
    "formula",
    "threshold",
)
UNITS = [Unit.WORKING_DAYS.value, Unit.CALENDAR_DAYS.value, Unit.MONTHS.value]
FIRST_DAY, LAST_DAY = date(1992, 1, 1), date(2099, 12, 31)
MOST = 3660
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


def _day(text: str) -> date | None:
    """A date written exactly as YYYY-MM-DD; week dates and dates without hyphens are not."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


class DayType(click.ParamType[date]):
    """A date of the form YYYY-MM-DD within the years the calendars know."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date, or a usage error."""
        day = _day(str(value))
        if day is None:
            self.fail(f"{value!r} is not a date (YYYY-MM-DD).", param, ctx)
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail(f"{value} lies outside {FIRST_DAY} to {LAST_DAY}.", param, ctx)
        return day


class StopType(click.ParamType[Stop]):
    """A stop, `FIRST..LAST` with both days inclusive, or `FIRST..` for one that is still open."""

    name = "stop"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Stop:
        """The stop, or a usage error."""
        first, dots, last = str(value).partition("..")
        if not dots:
            self.fail(f"{value!r} is not of the form FIRST..LAST or FIRST.. .", param, ctx)
        day = DayType()
        begins, ends = day.convert(first, param, ctx), day.convert(last, param, ctx) if last else None
        if ends is not None and ends < begins:
            self.fail(f"{value!r} ends before it begins.", param, ctx)
        return Stop(begins, ends, (str(value),))


@click.group()
def rules() -> None:
    """Check a rulebook folder, list its thresholds, run its clock."""


@rules.command("check")
@click.argument("folder", metavar="DIR", type=FOLDER)
def check_command(folder: Path) -> None:
    """Name every fault of a rulebook by file and line or key path; exit 1 if one of them is an error."""
    faults = check(folder)
    for fault in faults:
        click.echo(str(fault))
    errors = sum(fault.severity is Severity.ERROR for fault in faults)
    click.echo(f"{folder.name}: {errors} error(s), {len(faults) - errors} warning(s)")
    raise SystemExit(1 if errors else 0)


@rules.command("thresholds")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--format", "form", type=click.Choice(["csv", "table"]), default="table", show_default=True)
def thresholds_command(folder: Path, form: str) -> None:
    """List the threshold of each authority and milestone; authorities without a tier are named on stderr."""
    try:
        loaded = load_rulebook(folder)
    except RulebookFaults as error:
        raise _unusable(folder, error.faults) from error
    _warn(loaded.warnings)
    rows = [HEADER, *(_cells(row) for row in thresholds_of(loaded))]
    click.echo(_as_csv(rows) if form == "csv" else _as_table(rows), nl=False)


@rules.command("clock")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--unit", type=click.Choice(UNITS), required=True, help="In what the term is counted.")
@click.option("--start", type=DayType(), required=True, help="The day of the start fact (day 1 is the next).")
@click.option("--n", type=click.IntRange(1, MOST), required=True, help="How many of the unit.")
@click.option(
    "--stop", "stops", type=StopType(), multiple=True, help="FIRST..LAST, or FIRST.. if still open."
)
def clock_command(folder: Path, unit: str, start: date, n: int, stops: tuple[Stop, ...]) -> None:
    """Print every skipped day with its reason and, alone on the last line, the due date or `stopped`."""
    try:
        rulebook, overrides = load_terms(folder)
    except RulebookFaults as error:
        raise _unusable(folder, error.faults) from error
    span = Span(n, Unit(unit))
    calendar = calendar_for(rulebook, *_years(start, span, stops), overrides)
    result = _computed(start, span, calendar, stops)
    for day in result.skipped:
        click.echo(_explained(day))
    _say_stopped(result)
    click.echo("stopped" if result.due is None else result.due.isoformat())


def _computed(start: date, span: Span, calendar: WorkCalendar, stops: Sequence[Stop]) -> Computation:
    try:
        return due(start, span, calendar, stops)
    except Refusal as refusal:
        raise click.UsageError(f"The term ends beyond the year {calendar.last.year}.") from refusal


def _years(start: date, span: Span, stops: Iterable[Stop]) -> tuple[int, int]:
    """Whole years that are sure to hold the term: three calendar days for a working day are enough."""
    length = timedelta(days=span.n * (31 if span.unit is Unit.MONTHS else 3) + 366)
    stopped = sum((stop.last - stop.first for stop in stops if stop.last), timedelta())
    last = start + min(length + stopped, LAST_DAY - start)
    return start.year, max(last.year, start.year + 1)


def _explained(day: Day) -> str:
    reasons = [day.mark.value]
    if day.name:
        reasons.append(_in_english(day.name))
    if day.stop is not None:
        refs = ", ".join(day.stop.refs)
        reasons.append(refs if day.mark is Mark.STOP else f"stop {refs}")
    return f"{day.date}  {day.date:%a}  {', '.join(reasons)}"


def _say_stopped(result: Computation) -> None:
    if result.stopped_since is not None:
        click.echo(f"stopped since {result.stopped_since}, {result.used} of {result.total} days used")


def _in_english(texts: Texts) -> str:
    return texts.get("en") or next(iter(texts.values()))


def _cells(row: AuthorityThreshold) -> tuple[str, ...]:
    proof = row.certificate
    figures = (proof.base, proof.base_value, proof.base_as_of)
    return (
        row.authority.code,
        row.area.code,
        row.tier.id,
        proof.milestone,
        *("" if figure is None else str(figure) for figure in figures),
        proof.formula,
        str(proof.count),
    )


def _as_csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _as_table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEADER))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _warn(faults: Iterable[Fault]) -> None:
    for fault in faults:
        click.echo(str(fault), err=True)


def _unusable(folder: Path, faults: Iterable[Fault]) -> click.ClickException:
    _warn(faults)
    return click.ClickException(f"the rulebook {folder.name} has faults; nothing was computed.")
