"""An example of a good demand for each kind of addressee; places and people in them are invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authorities.queries import AuthorityRow
from core.i18n import lazy

NATIONAL, REGIONAL, LOCAL = 0, 1, 2
EXECUTIVE, REPRESENTATIVE = "executive", "representative"


@dataclass(frozen=True, slots=True)
class Example:
    """A demand and its text."""

    demand: Any
    text: Any


EXAMPLES: Mapping[tuple[int, str], Example] = {
    (NATIONAL, EXECUTIVE): Example(
        lazy("Let every school in the country publish its menu and its suppliers each month from September"),
        lazy(
            "Parents do not know what their children eat and who is paid for it. In three schools of Ulgikala we asked "
            "and got no answer. We ask the Government to make schools publish menu and contracts every month. "
            "It costs little: the schools have these data already."
        ),
    ),
    (NATIONAL, REPRESENTATIVE): Example(
        lazy("Discuss the law on school meals in public before it is voted on"),
        lazy(
            "The law touches every family, but its draft cannot be read anywhere. We ask for the draft on the website, "
            "one month for remarks, and a hearing at which parents and cooks may speak."
        ),
    ),
    (REGIONAL, EXECUTIVE): Example(
        lazy("Open a bus line between Ulgikala and the regional hospital before 1 May"),
        lazy(
            "The hospital is 18 kilometres away, and no bus goes there. Old people pay for a taxi or stay at home. "
            "We ask the akimat of the region for two trips in the morning and two in the evening, first for half a "
            "year, and to publish then how many people use them."
        ),
    ),
    (REGIONAL, REPRESENTATIVE): Example(
        lazy("Let residents decide by vote on two per cent of the regional budget from 2027 on"),
        lazy(
            "People see which street and which school need money first. We ask the maslikhat to set two per cent of "
            "the budget aside for proposals of residents, to put them to the vote each March, and to "
            "publish what became of each."
        ),
    ),
    (LOCAL, EXECUTIVE): Example(
        lazy("Light Arman Street from the school to the bus stop before October"),
        lazy(
            "120 pupils of the second shift walk home in the dark. Last winter two of them were hit by cars. "
            "We ask the akimat to set up nine lamps on these 600 metres before the days get short. The poles are there."
        ),
    ),
    (LOCAL, REPRESENTATIVE): Example(
        lazy("Let residents speak for three minutes at every session of the maslikhat"),
        lazy(
            "Deputies hear of our roads and wells only from reports. We ask the maslikhat to give the first half hour "
            "of each session to residents who put down their names, and to answer each of them in writing "
            "within ten days."
        ),
    ),
}


def example_for(body: AuthorityRow | None) -> Example:
    """The example that is nearest to an addressee."""
    if body is None:
        return EXAMPLES[LOCAL, EXECUTIVE]
    branch = REPRESENTATIVE if body.branch == REPRESENTATIVE else EXECUTIVE
    return EXAMPLES[min(body.area_level, LOCAL), branch]
