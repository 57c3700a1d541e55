"""The shapes of the public API: what it gives, and which parameters it takes."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from petitions.domain.deadlines import TermKind, TermState
from petitions.queries.listing import Shown
from petitions.queries.search import LONGEST_QUERY

MOST_ROWS, MOST_PLACES, DEFAULT_ROWS = 100, 1000, 20


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


Moment = Annotated[datetime, PlainSerializer(_moment, return_type=str, when_used="json")]
Code = Annotated[str, StringConstraints(max_length=64)]
Word = Annotated[str, StringConstraints(max_length=LONGEST_QUERY)]
Cursor = Annotated[
    str, StringConstraints(max_length=600), Field(description="From `next` of the page before.")
]
Format = Annotated[Literal["json", "csv"], Field(description="`csv` gives the same rows as a table.")]
ListedState = Literal["collecting", "under_review", "answered", "lapsed", "withdrawn", "refused"]
Unit = Literal["working_days", "calendar_days", "months"]
Basis = Literal["law", "policy"]


class Shape(BaseModel):
    """The base of everything that is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(Shape):
    """A named author; `place` is the code of an area."""

    id: int
    name: str
    place: str | None


class Body(Shape):
    """The addressed authority."""

    code: str
    name: str


class Signing(Shape):
    """Whether signatures can be given now, and if not, why: closed, not-open, frozen, switched-off or no-controller."""

    open: bool
    reason: str | None


class Signatures(Shape):
    """`counted`: all that count, exact. `counting`: what counts towards the threshold; where only residents do,
    the residents of the last frozen table rounded down to tens, null below 10."""

    counted: int = Field(ge=0)
    counting: int | None = Field(ge=0)


class Threshold(Shape):
    """One milestone with the certificate that was frozen at publication."""

    milestone: str
    count: int = Field(gt=0)
    formula: str
    base: str | None
    base_value: int | None
    base_as_of: date | None
    source: str | None
    article: str
    basis: Basis
    reached_at: Moment | None


class Term(Shape):
    """One term; `authority` is null where author or platform bears it. `days_left` and `days_late` are working days
    where `unit` says so, else calendar days."""

    id: int
    petition: int
    authority: str | None
    kind: TermKind
    state: TermState
    started_on: date
    due_on: date | None
    days_left: int | None
    days_late: int
    unit: Unit
    stopped_since: date | None
    extended: bool
    met_on: date | None


class Answer(Shape):
    """The answer that stands; `text` is Markdown."""

    outcome: str
    text: str
    decided_on: date
    published_at: Moment
    corrected: bool


class Petition(Shape):
    """One petition. `area` is the code of the addressee's area; `tier` is explained by the rulebook."""

    id: int
    url: str
    state: ListedState
    title: str
    language: str
    author: Person
    co_authors: list[Person]
    authority: Body
    tier: str
    area: str
    rulebook: str
    opened_at: Moment | None
    closes_at: Moment | None
    signing: Signing
    signatures: Signatures
    thresholds: list[Threshold]
    terms: list[Term]
    answer: Answer | None


class AnswersOf(Shape):
    """How a body answered: `due` are answers that were given or whose date has passed, each on time or late;
    `median_days` are calendar days from the start of the clock to the answer; `interval` is Wilson's at 95 %."""

    due: int
    on_time: int
    late: int
    overdue_now: int
    median_days: float | None
    share_on_time: float | None
    interval: tuple[float, float] | None


class Authority(Shape):
    """A body that answers petitions about its area."""

    code: str
    name: str
    area: str
    branch: str
    answers: AnswersOf


class Area(Shape):
    """A place with its newest figure; `selectable` says whether a signer can live there."""

    code: str
    parent: str | None
    kind: str
    name: str
    population: int | None
    as_of: date | None
    source: str | None
    selectable: bool


class RulebookTier(Shape):
    """One level and branch of a rulebook."""

    id: str
    area_kinds: list[str]
    branch: str
    residents_only: bool


class Rulebook(Shape):
    """A rulebook at hand; the page under `url` has every number with its article."""

    id: str
    url: str
    version: str
    title: str
    status: Literal["law", "proposal"]
    country: str
    timezone: str
    languages: list[str]
    valid_from: date
    legal_basis: str
    outcomes: list[str]
    tiers: list[RulebookTier]


class Petitions(Shape):
    """A page of petitions."""

    items: list[Petition]
    next: str | None


class Terms(Shape):
    """A page of terms."""

    items: list[Term]
    next: str | None


class Authorities(Shape):
    """A page of authorities."""

    items: list[Authority]
    next: str | None


class Areas(Shape):
    """A page of areas."""

    items: list[Area]
    next: str | None


class Rulebooks(Shape):
    """All rulebooks at hand."""

    items: list[Rulebook]
    next: str | None


class Problem(BaseModel):
    """An error (RFC 9457); `parameters` name each parameter that cannot be read."""

    type: str
    title: str
    status: int
    detail: str | None = None
    parameters: list[str] | None = None


class Description(BaseModel):
    """An OpenAPI document."""

    model_config = ConfigDict(extra="allow")
    openapi: str


class Language(BaseModel):
    """What every address takes."""

    lang: Annotated[str, Field(description="Language of names: kk, ru or en; else the instance's first.")] = (
        ""
    )


class Listed(Language):
    """What every list takes."""

    format: Format = "json"


class PetitionsQuery(Listed):
    """Filters of petitions; `waiting`, `overdue` and `closed` are groups of states and facts."""

    state: Shown | None = None
    tier: Code = ""
    area: Annotated[Code, Field(description="An area or anything below it.")] = ""
    authority: Code = ""
    q: Word = ""
    limit: int = Field(DEFAULT_ROWS, ge=1, le=MOST_ROWS)
    cursor: Cursor = ""


class TermsQuery(Listed):
    """Filters of terms."""

    state: TermState | None = None
    authority: Code = ""
    limit: int = Field(DEFAULT_ROWS, ge=1, le=MOST_ROWS)
    cursor: Cursor = ""


class PlacesQuery(Listed):
    """Paging of the register, whose rows are small."""

    limit: int = Field(MOST_PLACES, ge=1, le=MOST_PLACES)
    cursor: Cursor = ""
