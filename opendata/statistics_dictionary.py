"""The dictionary of the tables beside the charts: each column of /statistics and of a petition's statistics."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from core.i18n import N_, _, lazy
from opendata import dictionary
from opendata.dictionary import KINDS, Line
from opendata.schemas_signatures import AreaSignatures
from opendata.schemas_statistics import AnswersInTime, AreaSum, FunnelDay, MonthRow, ReasonRow, StageRow
from opendata.statistics_sheets import HOW, SHEETS
from opendata.statistics_sheets import TITLES as SHEET_TITLES
from opendata.tables import OF_PETITION, Column, columns_of
from petitions.queries.frozen import Dimension
from petitions.web.petition_figures import HOW_CELLS

OF_SITE, OF_AREA, OF_ONE = (
    "/statistics/{}.csv",
    "/statistics/areas/<code>.csv",
    "/petitions/<id>/statistics.csv",
)
COUNT = Column("count", "integer", N_("Signatures that are shown; empty where the number is not."), least=0)
TITLE = Column("title", "string", N_("Title of the petition."))
LANGUAGE = Column("language", "string", N_("Language of the title."))
AREA_NAME = Column("name", "string", N_("Its name in the language asked for."))
PER_1000 = Column("per_1000", "number", N_("count for each 1,000 of the area's residents."), least=0)
AUTHORITY = Column("authority", "string", N_("Code of the authority that owes the answer."))


def _of(shape: type[BaseModel], **renamed: str) -> tuple[Column, ...]:
    """The columns of a shape of the API; some have another name in the table."""
    return tuple(replace(one, name=renamed.get(one.name, one.name)) for one in columns_of(shape))


def _picked(columns: Iterable[Column], *names: str) -> tuple[Column, ...]:
    found = {column.name: column for column in columns}
    return tuple(found[name] for name in names)


ANSWERS = columns_of(AnswersInTime)
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "petitions": _of(MonthRow, n="petitions"),
    "areas": _of(AreaSum),
    "strong": (
        *(OF_PETITION, TITLE, LANGUAGE),
        *_picked(columns_of(AreaSignatures), "area"),
        *(AREA_NAME, COUNT, PER_1000),
        Column(
            "national_per_1000", "number", N_("The same rate of the petition in the whole country."), least=0
        ),
        Column("quotient", "number", N_("per_1000 divided by national_per_1000."), least=0),
    ),
    "answers": (
        replace(AUTHORITY, meaning=N_("Code of the authority; _all is all of them together.")),
        AREA_NAME,
        *_picked(ANSWERS, "due", "given", "on_time", "late", "share_on_time"),
        Column("share_low", "number", N_("Lower end of the range of the share (Wilson)."), least=0),
        Column("share_high", "number", N_("Upper end of the range of the share (Wilson)."), least=0),
        *_picked(ANSWERS, "median_days"),
        Column(
            "median_low",
            "number",
            N_("Lower end of the range of the median; empty under six answers."),
            least=0,
        ),
        Column(
            "median_high",
            "number",
            N_("Upper end of the range of the median; empty under six answers."),
            least=0,
        ),
    ),
    "answer_times": (
        *(OF_PETITION, AUTHORITY),
        Column("started_on", "date", N_("The day on which the clock started.")),
        Column("due_on", "date", N_("The last day for the answer, with stops and extensions.")),
        Column("met_on", "date", N_("The day of the answer.")),
        Column("days", "integer", N_("Calendar days from the start of the clock to the answer."), least=0),
        Column(
            "limit_days", "integer", N_("Calendar days from the start of the clock to the last day."), least=0
        ),
        Column("late", "boolean", N_("Whether the answer came after its last day.")),
    ),
    "stages": _of(StageRow, n="finished"),
    "refusals": (
        *_picked(columns_of(ReasonRow), "ground"),
        Column("title", "string", N_("What the ground is called in the rulebook.")),
        *_of(ReasonRow, n="petitions")[1:],
    ),
    "funnel": columns_of(FunnelDay),
    "signed_here": (OF_PETITION, TITLE, LANGUAGE, COUNT, PER_1000),
    "petition": (
        Column("dimension", "string", N_("By what the signatures are told apart."), tuple(Dimension)[1:]),
        Column("cell", "string", N_("Which of them; _rest is all that are not shown.")),
        COUNT,
        *_picked(columns_of(AreaSignatures), "suppressed"),
    ),
}
KEYS: Mapping[str, str] = {
    "petitions": "month, state",
    "areas": "area",
    "strong": "petition, area",
    "answers": "authority",
    "answer_times": "petition, started_on",
    "stages": "stage",
    "refusals": "ground",
    "funnel": "day",
    "signed_here": "petition",
    "petition": "dimension, cell",
}
TITLES: Mapping[str, Any] = {
    **SHEET_TITLES,
    "petition": lazy("How the signatures of one petition divide"),
}
ABOUT: Mapping[str, Any] = {**HOW, "petition": HOW_CELLS}
COLUMN_TITLES: Mapping[str, str] = dictionary.TITLES | {
    "month": N_("Month"),
    "petitions": N_("Petitions"),
    "national_per_1000": N_("In the whole country"),
    "quotient": N_("Above the country"),
    "due": N_("Answers due"),
    "given": N_("Given"),
    "on_time": N_("On time"),
    "late": N_("Late"),
    "share_on_time": N_("Share on time"),
    "share_low": N_("Share, lower end"),
    "share_high": N_("Share, upper end"),
    "median_days": N_("Median"),
    "median_low": N_("Median, lower end"),
    "median_high": N_("Median, upper end"),
    "days": N_("Days taken"),
    "limit_days": N_("Days allowed"),
    "stage": N_("Stage"),
    "finished": N_("Finished"),
    "ground": N_("Ground"),
    "day": N_("Day"),
    "submitted": N_("Submitted"),
    "pending": N_("Not confirmed yet"),
    "expired": N_("Never confirmed"),
    "invalid": N_("Not valid"),
    "withdrawn": N_("Withdrawn"),
    "quarantined": N_("Set aside for a check"),
    "counted": N_("Counted"),
    "dimension": N_("Division"),
    "cell": N_("Group"),
}


@dataclass(frozen=True, slots=True)
class SheetSection:
    """One table beside the charts, in the language in force; `addresses` are its forms."""

    name: str
    title: str
    about: str
    addresses: tuple[str, ...]
    key: str
    lines: tuple[Line, ...]


def sections() -> tuple[SheetSection, ...]:
    """Every table beside the charts with its columns, in the language in force."""
    return tuple(_section(name) for name in (*SHEETS, "signed_here", "petition"))


def _section(name: str) -> SheetSection:
    lines = (
        Line(one.name, _(COLUMN_TITLES[one.name]), str(KINDS[one.kind]), _(one.meaning), tuple(one.values))
        for one in COLUMNS[name]
    )
    return SheetSection(name, str(TITLES[name]), str(ABOUT[name]), _addresses(name), KEYS[name], tuple(lines))


def _addresses(name: str) -> tuple[str, ...]:
    if name == "petition":
        return (OF_ONE,)
    table = OF_AREA if name == "signed_here" else OF_SITE.format(name)
    return table, table.removesuffix("csv") + "json"
