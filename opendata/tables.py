"""The tables of the files: columns from the shapes of the API, rows streamed from the queries."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from authorities import queries as register
from core.i18n import N_
from core.work import Work
from opendata import rows, schemas
from opendata.figures import answer_figures
from opendata.replies import cells, columns
from opendata.schemas_signatures import AreaSignatures, DailySignatures
from petitions.queries import frozen
from petitions.queries.listing import Filters, view_page
from petitions.queries.records import answer_dates
from petitions.queries.terms import listed_terms

PAGE = 200
Row = Sequence[object]
Part = Mapping[str, Any]


def _nothing(_text: str) -> str:
    return ""


def _unnamed(text: str) -> str:
    """A list of people by their numbers."""
    return json.dumps([person | {"name": ""} for person in json.loads(text)]) if text else ""


# What people wrote may name somebody, and may have to go one day: it stands in the newest files only, never in older
# ones. What is left of it there is made of the cell's text.
WORDS: Mapping[str, Callable[[str], str]] = {
    "title": _nothing,
    "author.name": _nothing,
    "co_authors": _unnamed,
    "answer.text": _nothing,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name as in the API's tables, the kind of its values, and what it means (in English)."""

    name: str
    kind: str
    meaning: str
    values: tuple[str, ...] = ()
    least: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One file: what a row is, its key, which columns point into which file, and where its rows come from."""

    name: str
    title: str
    about: str
    key: tuple[str, ...]
    links: Mapping[str, str]
    columns: tuple[Column, ...]
    rows: Callable[[Work], Iterator[Row]]

    @property
    def head(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    @property
    def words(self) -> dict[int, Callable[[str], str]]:
        """The places of the columns that hold what people wrote, and what is left of it in older versions."""
        return {n: WORDS[column.name] for n, column in enumerate(self.columns) if column.name in WORDS}


def columns_of(shape: type[BaseModel]) -> tuple[Column, ...]:
    """The columns of a shape's table, as `?format=csv` gives them."""
    schema = shape.model_json_schema(mode="serialization")
    return tuple(_column(path, _found(schema, path)) for path in columns(shape))


def _found(schema: Part, path: Sequence[str]) -> Part:
    part = schema
    for name in path:
        part = _whole(schema, part)["properties"][name]
    return {**_whole(schema, part), "description": part["description"]}


def _whole(schema: Part, part: Part) -> Part:
    """A part with its reference followed and its `or null` left out."""
    for choice in part.get("anyOf", ()):
        part = part | choice if choice.get("type") != "null" else part
    name = part.get("$ref", "").rsplit("/", 1)[-1]
    return schema["$defs"][name] if name else part


def _column(path: Sequence[str], part: Part) -> Column:
    kind = part.get("format") or part["type"]
    # By the convention of the contract a moment's name ends in _at, and a date's never does.
    kind = "datetime" if path[-1].endswith("_at") else kind
    return Column(".".join(path), kind, part["description"], tuple(part.get("enum", ())), part.get("minimum"))


def _petitions(w: Work) -> Iterator[Row]:
    after: int | None = None
    paths = columns(schemas.Petition)
    while True:
        page = view_page(w, Filters(), after, PAGE)
        yield from (cells(rows.petition(view), paths) for view in page.items)
        if page.next is None:
            return
        after = int(page.next)


def _days(w: Work) -> Iterator[Row]:
    for petition, row in frozen.every_day(w):
        yield petition, row.date.isoformat(), row.days, row.count, row.cumulative


def _areas(w: Work) -> Iterator[Row]:
    for petition, row in frozen.every_area(w):
        yield petition, row.area, row.name, row.count, row.suppressed, row.population, row.per_1000


def _terms(w: Work) -> Iterator[Row]:
    after: int | None = None
    paths = columns(schemas.Term)
    while found := listed_terms(w, state=None, authority=None, after=after, limit=PAGE):
        yield from (cells(rows.term(row), paths) for row in found)
        after = found[-1].id


def _authorities(w: Work) -> Iterator[Row]:
    found = sorted(register.authorities(w), key=lambda row: row.code)
    dates = answer_dates(w, [row.code for row in found])
    paths = columns(schemas.Authority)
    for row in found:
        yield cells(rows.authority(row, answer_figures(dates[row.code])), paths)


OF_PETITION = Column("petition", "integer", N_("Number of the petition."), least=1)
TABLES = (
    Table(
        "petitions",
        N_("Petitions"),
        N_("One row for each listed petition, the newest first, as it stood when the files were made."),
        ("id",),
        {"authority.code": "authorities"},
        columns_of(schemas.Petition),
        _petitions,
    ),
    Table(
        "signatures_daily",
        N_("Signatures by day"),
        N_(
            "The signatures of each petition over time. Days with fewer than 10 are joined with the following ones "
            "until there are 10; an open remainder is not told. Rows are only added: what was published once stays."
        ),
        ("petition", "date"),
        {"petition": "petitions"},
        (OF_PETITION, *columns_of(DailySignatures)),
        _days,
    ),
    Table(
        "signatures_by_area",
        N_("Signatures by area"),
        N_(
            "The signatures of each petition by the region where the signers live, and one row _rest for all "
            "suppressed regions together."
        ),
        ("petition", "area"),
        {"petition": "petitions"},
        (OF_PETITION, *columns_of(AreaSignatures)),
        _areas,
    ),
    Table(
        "terms",
        N_("Terms"),
        N_(
            "One row for each term of a listed petition, the newest first: who owes what, since when, by which day."
        ),
        ("id",),
        {"petition": "petitions", "authority": "authorities"},
        columns_of(schemas.Term),
        _terms,
    ),
    Table(
        "authorities",
        N_("Authorities"),
        N_("One row for each authority by its code, with how it kept the dates of its answers."),
        ("code",),
        {},
        columns_of(schemas.Authority),
        _authorities,
    ),
)
