"""The dictionary of the files: what each column is called and means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.i18n import N_, _, lazy, speaking
from opendata.tables import TABLES, Column, Table

TITLES: Mapping[str, str] = {
    "id": N_("Number"),
    "url": N_("Address"),
    "state": N_("State"),
    "title": N_("Title"),
    "language": N_("Language"),
    "author.id": N_("Author's number"),
    "author.name": N_("Author"),
    "author.place": N_("Author's place"),
    "co_authors": N_("Co-authors"),
    "authority": N_("Authority's code"),
    "authority.code": N_("Authority's code"),
    "authority.name": N_("Authority"),
    "tier": N_("Level"),
    "area": N_("Area's code"),
    "rulebook": N_("Rulebook"),
    "opened_at": N_("Published at"),
    "closes_at": N_("Signing ends at"),
    "signing.open": N_("Open for signing"),
    "signing.reason": N_("Why signing is closed"),
    "signatures.counted": N_("Signatures"),
    "signatures.counting": N_("Towards the threshold"),
    "thresholds": N_("Thresholds"),
    "terms": N_("Terms"),
    "answer.outcome": N_("Outcome of the answer"),
    "answer.text": N_("Text of the answer"),
    "answer.decided_on": N_("Date of the decision"),
    "answer.published_at": N_("Answer published at"),
    "answer.corrected": N_("Answer corrected"),
    "petition": N_("Petition's number"),
    "date": N_("Date"),
    "days": N_("Days joined"),
    "count": N_("Signatures"),
    "cumulative": N_("Signatures so far"),
    "name": N_("Name"),
    "suppressed": N_("Suppressed"),
    "population": N_("Residents"),
    "per_1000": N_("Signatures per 1,000 residents"),
    "kind": N_("Kind of term"),
    "started_on": N_("Started on"),
    "due_on": N_("Due on"),
    "days_left": N_("Days left"),
    "days_late": N_("Days late"),
    "unit": N_("Unit"),
    "stopped_since": N_("Stopped since"),
    "extended": N_("Extended"),
    "met_on": N_("Met on"),
    "code": N_("Code"),
    "branch": N_("Branch"),
    "answers.due": N_("Answers due"),
    "answers.on_time": N_("Answers on time"),
    "answers.late": N_("Answers late"),
    "answers.overdue_now": N_("Answers overdue now"),
    "answers.median_days": N_("Median days to the answer"),
    "answers.share_on_time": N_("Share on time"),
    "answers.interval": N_("Interval of the share"),
}
KINDS: Mapping[str, object] = {
    "string": lazy("text"),
    "integer": lazy("whole number"),
    "number": lazy("number"),
    "boolean": lazy("true or false"),
    "date": lazy("date"),
    "datetime": lazy("moment (UTC)"),
    "array": lazy("list (JSON)"),
}
RULES = (
    N_(
        "The total of a petition (signatures.counted) is exact, as of the moment when the files were made. It "
        "is the only number of signatures that is."
    ),
    N_(
        "Every other number of signatures comes from a table that is frozen once a day. A number from 0 to 9 "
        "is not told: it is empty, and suppressed is true. Zero and nine look alike on purpose."
    ),
    N_(
        "Suppressed areas are pooled in one row, _rest: at least three areas and at least 10 signatures. Where "
        "they would be fewer, further areas are withheld with them, even large ones. Where no area is suppressed, "
        "_rest is 0."
    ),
    N_(
        "A number that is told stays until the true one is 10 away from it, so that comparing two versions "
        "points at nobody either."
    ),
    N_("Per 1,000 residents is the count divided by the newest population figure of that area."),
    N_(
        "An empty cell means null: unknown, not there yet, or suppressed. Lists stand as JSON in one cell. "
        "Moments are UTC, dates are days where this site is."
    ),
    N_(
        "A text that a spreadsheet could take for a formula begins with an apostrophe. It does not belong to "
        "the text."
    ),
    N_(
        "What people wrote (title, author.name, the names in co_authors, answer.text) stands in the newest "
        "files only and is empty in older versions, so that nobody is named there for ever. The numbers of "
        "petitions and authors never change: join by them."
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One column in the language in force."""

    name: str
    title: str
    kind: str
    meaning: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One table in the language in force."""

    name: str
    title: str
    about: str
    key: str
    lines: tuple[Line, ...]


def title_of(column: Column) -> str:
    """What a column is called, in the language in force; its own name where it has no title."""
    return _(TITLES[column.name]) if column.name in TITLES else column.name


def sections() -> tuple[Section, ...]:
    """Every table with its columns, in the language in force."""
    return tuple(_section(table) for table in TABLES)


def _section(table: Table) -> Section:
    lines = (
        Line(one.name, title_of(one), str(KINDS[one.kind]), _(one.meaning), one.values)
        for one in table.columns
    )
    return Section(table.name, _(table.title), _(table.about), ", ".join(table.key), tuple(lines))


def markdown() -> str:
    """docs/data-dictionary.md, in English."""
    with speaking("en"):
        return "\n".join(_document())


def _document() -> Iterator[str]:
    yield "# Data dictionary\n"
    yield "Generated from `opendata/dictionary.py` by `flask --app app docs dictionary`; a test compares them."
    yield "The same in Kazakh, Russian and English is at `/data/dictionary`; `datapackage.json` holds all three.\n"
    yield "## What holds in every table\n"
    yield from (f"- {_(rule)}" for rule in RULES)
    for one in sections():
        yield f"\n## {one.name}: {one.title}\n"
        yield f"{one.about} Key: `{one.key}`.\n"
        yield "| column | title | type | meaning |\n|---|---|---|---|"
        yield from (_line(line) for line in one.lines)
    yield ""


def _line(line: Line) -> str:
    values = f" One of: {', '.join(f'`{value}`' for value in line.values)}." if line.values else ""
    return f"| `{line.name}` | {line.title} | {line.kind} | {line.meaning}{values} |"
