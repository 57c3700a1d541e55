"""The shape of the statistics of the whole site."""

from datetime import date

from pydantic import Field

from core.i18n import N_
from opendata.schemas import Shape

ROWS = N_("The rows of this table.")


class Noted(Shape):
    """A figure with how it is counted."""

    note: str = Field(description=N_("Key of the note on how this is counted; it never changes."))
    how_counted: str = Field(description=N_("How this is counted, in the language asked for."))


class FunnelDay(Shape):
    """One day of all signatures; exact, because it is the whole site."""

    day: date = Field(description=N_("The day whose end is counted."))
    submitted: int = Field(
        ge=0, description=N_("All that were ever given until then: the sum of the others.")
    )
    pending: int = Field(ge=0, description=N_("Waiting for the confirmation by mail."))
    expired: int = Field(ge=0, description=N_("Never confirmed in time."))
    invalid: int = Field(ge=0, description=N_("Found not to be valid."))
    withdrawn: int = Field(ge=0, description=N_("Withdrawn by the signers themselves before the hand-over."))
    quarantined: int = Field(ge=0, description=N_("Held back until they are checked."))
    counted: int = Field(ge=0, description=N_("Those that count."))


class Funnel(Noted):
    """What becomes of signatures."""

    rows: list[FunnelDay] = Field(description=ROWS)


class MonthRow(Shape):
    """Petitions of one month in one state."""

    month: date = Field(description=N_("The first day of the month."))
    state: str = Field(description=N_("The present state of these petitions."))
    n: int = Field(ge=0, description=N_("How many petitions."))


class ByMonth(Noted):
    """The months and how many petitions stand in which state."""

    rows: list[MonthRow] = Field(description=ROWS)


class ReasonRow(Shape):
    """Refusals on one ground."""

    ground: str = Field(description=N_("Code of the ground in the rulebook."))
    n: int = Field(ge=0, description=N_("How many petitions."))


class Reasons(Noted):
    """The grounds of refusals."""

    rows: list[ReasonRow] = Field(description=ROWS)


class StageRow(Shape):
    """The time that one stage takes."""

    stage: str = Field(description=N_("The stage: startup, screening, collecting, hand_over or answer."))
    n: int = Field(ge=0, description=N_("How many petitions have ended it."))
    median_days: float | None = Field(ge=0, description=N_("Median of its calendar days; null where n is 0."))


class Stages(Noted):
    """The time in each stage."""

    rows: list[StageRow] = Field(description=ROWS)


class AnswersInTime(Noted):
    """The time to an answer against its limit."""

    due: int = Field(ge=0, description=N_("Answers that were given, or whose date has passed."))
    given: int = Field(ge=0, description=N_("Answers that were given."))
    on_time: int = Field(ge=0, description=N_("Those given by their date."))
    late: int = Field(ge=0, description=N_("Those given after their date, and those still missing after it."))
    share_on_time: float | None = Field(
        ge=0, le=1, description=N_("on_time divided by due; null where nothing was due.")
    )
    interval: tuple[float, float] | None = Field(
        description=N_("The interval of that share, 95 in 100 sure (Wilson): with few answers it is wide.")
    )
    median_days: float | None = Field(
        ge=0, description=N_("Median of the calendar days from the start of the clock to the answer.")
    )
    median_limit: float | None = Field(
        ge=0, description=N_("Median of the calendar days that the limit left for these answers.")
    )


class AreaSum(Shape):
    """Signatures from one area in all petitions."""

    area: str = Field(description=N_("Code of the area."))
    name: str = Field(description=N_("Its name in the language asked for."))
    count: int | None = Field(
        ge=10, description=N_("At least so many signatures; null where none may be told.")
    )
    suppressed: bool = Field(description=N_("Whether no number may be told."))
    petitions: int = Field(ge=0, description=N_("In how many petitions the area is told."))
    population: int | None = Field(ge=0, description=N_("How many people live there, by the newest figure."))
    per_1000: float | None = Field(ge=0, description=N_("count for each 1,000 of them."))


class ByArea(Noted):
    """Signatures by area."""

    rows: list[AreaSum] = Field(description=ROWS)


class Statistics(Shape):
    """The figures of the whole site."""

    as_of: date | None = Field(
        description=N_("The last frozen day: numbers of signatures stand as of its end.")
    )
    k: int = Field(ge=1, description=N_("The least number of a cell that is told; smaller ones are null."))
    funnel: Funnel = Field(description=N_("What became of all signatures, day by day."))
    petitions: ByMonth = Field(description=N_("Petitions by month and state."))
    refusals: Reasons = Field(description=N_("Why petitions were refused."))
    stages: Stages = Field(description=N_("How long each stage takes."))
    answers: AnswersInTime = Field(description=N_("How answers kept their dates."))
    areas: ByArea = Field(description=N_("Signatures by area and per 1,000 residents."))
