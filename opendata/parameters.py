"""The parameters of the public API: what may be asked, and within which bounds."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from authorities import queries as register
from core.i18n import N_, lazy
from core.refusal import Refusal
from core.refusals import Words, register_refusals
from core.work import Work
from opendata.schemas import Tongue
from petitions.domain.deadlines import TermState
from petitions.queries.listing import Shown, known_tiers
from petitions.queries.search import LONGEST_QUERY

MOST_ROWS, MOST_PLACES, DEFAULT_ROWS = 100, 1000, 20
register_refusals({"no-such-tier": Words(lazy("No rulebook has such a level."), 400)})
# A longer register is not repeated in the description.
MOST_NAMED = 2000

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Code = Annotated[str, StringConstraints(max_length=64)]
Word = Annotated[str, StringConstraints(max_length=LONGEST_QUERY, pattern=r"^[^\x00]*$")]
# A cursor names the last row of the page before, and its list: rows that arrive meanwhile move nothing.
PetitionCursor = Annotated[str, StringConstraints(pattern=r"^(p[1-9][0-9]{0,14})?$")]
TermCursor = Annotated[str, StringConstraints(pattern=r"^(t[1-9][0-9]{0,14})?$")]
AreaCursor = Annotated[str, StringConstraints(pattern=r"^(area\.[0-9A-Za-z._-]{1,64})?$")]
BodyCursor = Annotated[str, StringConstraints(pattern=r"^(body\.[0-9A-Za-z._-]{1,64})?$")]
NEXT = N_("Where the page begins: copy it from next of the page before.")


def _plain_day(value: object) -> object:
    """Only `2026-11-21`: other ways of writing a day are not part of the contract."""
    if isinstance(value, str) and not DAY.fullmatch(value):
        raise ValueError("must be a day such as 2026-11-21")
    return value


Day = Annotated[date, BeforeValidator(_plain_day)]


class Language(BaseModel):
    """What every address takes."""

    lang: Tongue | None = Field(
        None, description=N_("Language of names and messages; without it, the first language of this site.")
    )


class Listed(Language):
    """What every list takes."""

    format: Literal["json", "csv"] = Field(
        "json", description=N_("csv gives the same rows as a table (UTF-8), one line for each item.")
    )


class Narrowed(BaseModel):
    """Filters of petitions."""

    state: Shown | None = Field(
        None,
        description=N_(
            "A state, or a group: waiting (an answer is owed and not late), overdue (it is late), closed (lapsed or "
            "withdrawn)."
        ),
    )
    tier: Code = Field("", description=N_("A level of a rulebook, as /api/v1/rulebooks names it."))
    area: Code = Field("", description=N_("Code of an area: it and everything inside it."))
    authority: Code = Field("", description=N_("Code of the addressed authority."))
    q: Word = Field("", description=N_("Words of the title, the text, the author or the addressee."))


class PetitionsQuery(Narrowed, Listed):
    """Filters and paging of petitions."""

    limit: int = Field(DEFAULT_ROWS, ge=1, le=MOST_ROWS, description=N_("How many rows a page has."))
    cursor: PetitionCursor = Field("", description=NEXT)


class StatisticsQuery(Language):
    """From which day on the statistics begin."""

    since: Day | None = Field(
        None, description=N_("The funnel begins on this day; without it, on the first.")
    )


class TermsQuery(Listed):
    """Filters of terms."""

    state: TermState | None = Field(None, description=N_("Where the term stands today."))
    authority: Code = Field("", description=N_("Code of the authority that bears it."))
    limit: int = Field(DEFAULT_ROWS, ge=1, le=MOST_ROWS, description=N_("How many rows a page has."))
    cursor: TermCursor = Field("", description=NEXT)


class AreasQuery(Listed):
    """Paging of areas, whose rows are small."""

    limit: int = Field(MOST_PLACES, ge=1, le=MOST_PLACES, description=N_("How many rows a page has."))
    cursor: AreaCursor = Field("", description=NEXT)


class AuthoritiesQuery(Listed):
    """Paging of authorities, whose rows are small."""

    limit: int = Field(MOST_PLACES, ge=1, le=MOST_PLACES, description=N_("How many rows a page has."))
    cursor: BodyCursor = Field("", description=NEXT)


def known_codes(w: Work) -> Mapping[str, Sequence[str]]:
    """What `tier`, `area` and `authority` can be set to: any other code is a mistake and is answered with 400."""
    found = {
        "tier": sorted(known_tiers(w)),
        "area": [row.code for row in register.areas(w)],
        "authority": [row.code for row in register.authorities(w)],
    }
    return {name: codes for name, codes in found.items() if len(codes) <= MOST_NAMED}


def require_known(w: Work, *, tier: str = "", area: str = "", authority: str = "") -> None:
    """Refusals `no-such-tier`, `no-such-area`, `no-such-authority`: an unknown code is a mistake, not a filter."""
    if tier and tier not in known_tiers(w):
        raise Refusal("no-such-tier", field="tier")
    if area and register.area(w, area) is None:
        raise Refusal("no-such-area", field="area")
    if authority and register.authority(w, authority) is None:
        raise Refusal("no-such-authority", field="authority")
