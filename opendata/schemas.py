"""The shapes of the public API: everything that it gives, each field with its meaning."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from core.i18n import N_
from petitions.domain.deadlines import TermKind, TermState

MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def moment_text(value: datetime) -> str:
    """A moment as it is written in all data: UTC, to the second."""
    return value.astimezone(UTC).strftime(MOMENT)


Moment = Annotated[datetime, PlainSerializer(moment_text, return_type=str, when_used="json")]
ListedState = Literal["collecting", "under_review", "answered", "lapsed", "withdrawn", "refused"]
SigningClosed = Literal["closed", "not-open", "frozen", "data-limit", "switched-off", "no-controller"]
Tongue = Literal["kk", "ru", "en"]
Unit = Literal["working_days", "calendar_days", "months"]
Basis = Literal["law", "policy"]


class Shape(BaseModel):
    """The base of everything that is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(Shape):
    """A named author."""

    id: int = Field(ge=1, description=N_("Number of the author; the same in all petitions of this person."))
    name: str = Field(description=N_("Full name, as the author consented to be shown."))
    place: str | None = Field(description=N_("Code of the area where the author lives; null where unknown."))


class Body(Shape):
    """The addressed authority."""

    code: str = Field(description=N_("Code of the authority."))
    name: str = Field(description=N_("Its name in the language asked for."))


class Signing(Shape):
    """Whether signatures can be given now."""

    open: bool = Field(description=N_("Whether the petition can be signed now."))
    reason: SigningClosed | None = Field(
        description=N_(
            "Why not: its window is over (closed) or has not begun (not-open), the author paused it (frozen), the "
            "longest time for the data of signers is over (data-limit), signing is switched off on the whole site "
            "(switched-off), or nobody is named who answers for the data (no-controller); null while it is open."
        )
    )


class Signatures(Shape):
    """How many people have signed."""

    counted: int = Field(
        ge=0, description=N_("All signatures that count: exact, and never older than 15 seconds.")
    )
    counting: int | None = Field(
        ge=0,
        description=N_(
            "What counts towards the threshold. It is the same number, but where only residents count, it is the "
            "residents of the last daily table, rounded down to tens; null where they are fewer than 10."
        ),
    )


class Threshold(Shape):
    """One milestone with its certificate, frozen on the day of publication."""

    milestone: str = Field(
        description=N_("What the number obliges to; answer is the one that owes an answer.")
    )
    count: int = Field(gt=0, description=N_("How many signatures are needed."))
    formula: str = Field(description=N_("The formula of the rulebook."))
    base: str | None = Field(description=N_("Of what the formula takes a share: population or electorate."))
    base_value: int | None = Field(description=N_("That number of people."))
    base_as_of: date | None = Field(description=N_("The date of that number."))
    source: str | None = Field(description=N_("Where that number comes from."))
    article: str = Field(description=N_("The article that sets the formula."))
    basis: Basis = Field(description=N_("Whether it is law, or a rule of this platform (policy)."))
    reached_at: Moment | None = Field(
        description=N_("When it was reached; it is never unset. Null before that.")
    )


class Term(Shape):
    """One term of one party."""

    id: int = Field(ge=1, description=N_("Number of the term; its page is /terms/{id}."))
    petition: int = Field(ge=1, description=N_("Number of the petition."))
    authority: str | None = Field(
        description=N_("Code of the authority that bears it; null where the author or the platform does.")
    )
    kind: TermKind = Field(description=N_("What is due."))
    state: TermState = Field(
        description=N_("Where it stands today; met_late was met after its date, and stays so for good.")
    )
    started_on: date = Field(description=N_("The day of the fact that started it; counting begins after it."))
    due_on: date | None = Field(description=N_("Its last day; null while a stop of the clocks is open."))
    days_left: int | None = Field(
        ge=0, description=N_("Days until its last day, in the days of unit; null unless it is running.")
    )
    days_late: int = Field(ge=0, description=N_("Days after its last day, in the days of unit."))
    unit: Unit = Field(
        description=N_(
            "How its length is counted: days_left and days_late are working days for working_days, else calendar days."
        )
    )
    stopped_since: date | None = Field(description=N_("The first day of the open stop; null where it runs."))
    extended: bool = Field(description=N_("Whether the authority made it longer, with a public reason."))
    met_on: date | None = Field(description=N_("The day on which it was met; null before that."))


class Answer(Shape):
    """The answer that stands."""

    outcome: str = Field(
        description=N_("The outcome by the list of the rulebook: satisfied, partly_satisfied, refused.")
    )
    text: str = Field(description=N_("The reasons as the authority wrote them (Markdown)."))
    decided_on: date = Field(description=N_("The date of the decision."))
    published_at: Moment = Field(description=N_("When this version was published here."))
    corrected: bool = Field(
        description=N_("Whether it replaces an earlier version, which stays on the page.")
    )


class Petition(Shape):
    """One petition as everybody may see it."""

    id: int = Field(ge=1, description=N_("Number of the petition; newer ones have greater numbers."))
    url: str = Field(description=N_("The address of its page."))
    state: ListedState = Field(
        description=N_("Where the case is. Lateness is a fact of a term, not a state.")
    )
    title: str = Field(description=N_("The demand in one sentence, in the language of the petition."))
    language: str = Field(description=N_("The language of the petition."))
    author: Person = Field(description=N_("Who started it."))
    co_authors: list[Person] = Field(description=N_("Who answers for it together with the author."))
    authority: Body = Field(description=N_("To whom it is addressed."))
    tier: str = Field(description=N_("The level of the rulebook that it falls under."))
    area: str = Field(description=N_("Code of the area of the addressee."))
    rulebook: str = Field(description=N_("The rulebook that it was begun under."))
    opened_at: Moment | None = Field(
        description=N_("When it was published; null for a refused one, which was never open.")
    )
    closes_at: Moment | None = Field(
        description=N_(
            "The end of its window for signatures; null while a stop holds it, and where there is none."
        )
    )
    signing: Signing = Field(description=N_("Whether it can be signed now."))
    signatures: Signatures = Field(description=N_("The totals; nothing else of any signer is given."))
    thresholds: list[Threshold] = Field(
        description=N_("Its milestones, the one that obliges an answer first; empty for a refused one.")
    )
    terms: list[Term] = Field(description=N_("Its terms, in the order in which they began."))
    answer: Answer | None = Field(description=N_("The answer that stands; null while there is none."))


class AnswersOf(Shape):
    """How a body kept the dates of its answers."""

    due: int = Field(ge=0, description=N_("Answers that were given, or whose date has passed."))
    on_time: int = Field(ge=0, description=N_("Those given by their date."))
    late: int = Field(ge=0, description=N_("Those given after their date, and those still missing after it."))
    overdue_now: int = Field(ge=0, description=N_("Those that are missing after their date today."))
    median_days: float | None = Field(
        ge=0, description=N_("Median of the calendar days from the start of the clock to the answer.")
    )
    share_on_time: float | None = Field(
        ge=0, le=1, description=N_("on_time divided by due; null where nothing was due.")
    )
    interval: tuple[float, float] | None = Field(
        description=N_("The interval of that share, 95 in 100 sure (Wilson): with few answers it is wide.")
    )


class Authority(Shape):
    """A body that answers petitions about its area."""

    code: str = Field(description=N_("Code of the authority."))
    name: str = Field(description=N_("Its name in the language asked for."))
    area: str = Field(description=N_("Code of the area that it is responsible for."))
    branch: str = Field(description=N_("Its branch: executive or representative."))
    answers: AnswersOf = Field(description=N_("How it kept the dates of its answers."))


class Area(Shape):
    """A place with its newest figure."""

    code: str = Field(description=N_("Code of the area."))
    parent: str | None = Field(description=N_("Code of the area around it; null for the whole country."))
    kind: str = Field(description=N_("Its kind: country, region, city, district, village and so on."))
    name: str = Field(description=N_("Its name in the language asked for."))
    population: int | None = Field(ge=0, description=N_("How many people live there, by the newest figure."))
    as_of: date | None = Field(description=N_("The date of that figure."))
    source: str | None = Field(description=N_("Where that figure comes from."))
    selectable: bool = Field(description=N_("Whether a signer can choose it as the place of residence."))


class RulebookTier(Shape):
    """One level and branch of a rulebook."""

    id: str = Field(description=N_("Code of the level: petitions can be filtered by it."))
    area_kinds: list[str] = Field(description=N_("The kinds of areas that it covers."))
    branch: str = Field(description=N_("The branch that it covers, or any."))
    residents_only: bool = Field(description=N_("Whether only residents count towards the threshold."))


class Rulebook(Shape):
    """A rulebook at hand; its page has every number with its article."""

    id: str = Field(description=N_("Code of the rulebook."))
    url: str = Field(description=N_("The address of its page."))
    version: str = Field(description=N_("Its version; a petition stays under the one it was begun under."))
    title: str = Field(description=N_("Its name in the language asked for."))
    status: Literal["law", "proposal"] = Field(description=N_("Whether it is law or only proposed."))
    country: str = Field(description=N_("The country, as two letters (ISO 3166)."))
    timezone: str = Field(description=N_("The time zone in which its days are counted."))
    languages: list[str] = Field(description=N_("Its languages, the first one is the default."))
    valid_from: date = Field(description=N_("From which day it holds."))
    legal_basis: str = Field(description=N_("The act that it comes from."))
    outcomes: list[str] = Field(description=N_("The outcomes that an answer can have."))
    tiers: list[RulebookTier] = Field(description=N_("Its levels."))


class Petitions(Shape):
    """A page of petitions."""

    items: list[Petition] = Field(description=N_("The rows of this page."))
    next: str | None = Field(description=N_("The address of the next page; null on the last one."))


class Terms(Shape):
    """A page of terms."""

    items: list[Term] = Field(description=N_("The rows of this page."))
    next: str | None = Field(description=N_("The address of the next page; null on the last one."))


class Authorities(Shape):
    """A page of authorities."""

    items: list[Authority] = Field(description=N_("The rows of this page."))
    next: str | None = Field(description=N_("The address of the next page; null on the last one."))


class Areas(Shape):
    """A page of areas."""

    items: list[Area] = Field(description=N_("The rows of this page."))
    next: str | None = Field(description=N_("The address of the next page; null on the last one."))


class Rulebooks(Shape):
    """All rulebooks at hand."""

    items: list[Rulebook] = Field(description=N_("The rows of this page."))
    next: str | None = Field(description=N_("The address of the next page; null on the last one."))


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(description=N_("Always about:blank: the status says what kind of error it is."))
    title: str = Field(description=N_("The error in a few words."))
    status: int = Field(ge=400, le=599, description=N_("The status of the answer."))
    detail: str | None = Field(None, description=N_("What was wrong, where more can be said."))
    parameters: list[str] | None = Field(None, description=N_("Each parameter that cannot be read."))


class Description(BaseModel):
    """An OpenAPI document."""

    model_config = ConfigDict(extra="allow")
    openapi: str = Field(description=N_("The version of the OpenAPI Specification."))
