"""The shapes of one petition's signatures by day and by area."""

from datetime import date as Date

from pydantic import Field

from core.i18n import N_
from opendata.schemas import Shape
from petitions.domain.disclosure import DayRow
from petitions.queries.frozen import AreaCell

ROWS = N_("The rows, all of them.")
NEXT = N_("Always null: the list has one page.")


class DailySignatures(Shape):
    """A day, or days that were joined because each alone brought fewer than ten. A row never changes."""

    date: Date = Field(description=N_("The last of the days that were joined."))
    days: int = Field(ge=1, description=N_("How many days were joined."))
    count: int = Field(ge=10, description=N_("What they added, withdrawals taken off."))
    cumulative: int = Field(ge=10, description=N_("What counted at the end of the last of them."))


class AreaSignatures(Shape):
    """One first-level area, or the row _rest, which holds the areas that are not shown."""

    area: str = Field(description=N_("Code of the area, or _rest."))
    name: str = Field(description=N_("Its name in the language asked for; empty for _rest."))
    count: int | None = Field(
        ge=0, description=N_("Signatures; null where the number is not shown. Never 1 to 9.")
    )
    suppressed: bool = Field(description=N_("Whether the number is not shown."))
    population: int | None = Field(ge=0, description=N_("How many people live there, by the newest figure."))
    per_1000: float | None = Field(ge=0, description=N_("count for each 1,000 of them."))


class DaysOfPetition(Shape):
    """The daily series of one petition."""

    items: list[DailySignatures] = Field(description=ROWS)
    next: str | None = Field(description=NEXT)


class AreasOfPetition(Shape):
    """The areas of one petition."""

    items: list[AreaSignatures] = Field(description=ROWS)
    next: str | None = Field(description=NEXT)


def daily_signatures(row: DayRow) -> DailySignatures:
    """One row of the daily series."""
    return DailySignatures(date=row.date, days=row.days, count=row.count, cumulative=row.cumulative)


def area_signatures(row: AreaCell) -> AreaSignatures:
    """One area."""
    return AreaSignatures(
        area=row.area,
        name=row.name,
        count=row.count,
        suppressed=row.suppressed,
        population=row.population,
        per_1000=row.per_1000,
    )
