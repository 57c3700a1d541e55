"""How each published figure is counted: one text for each key, beside the figure on pages, in the API and in files."""

from collections.abc import Mapping
from typing import Any

from core.i18n import lazy

HOW: Mapping[str, Any] = {
    "funnel": lazy(
        "Signatures of the whole site by the day on which the day's table was frozen. Submitted is always the sum of "
        "the others: waiting for confirmation, expired, invalid, withdrawn, held back, and counted."
    ),
    "petitions": lazy(
        "Petitions that were ever public, by the month in which they were opened or, for refused ones, refused, and by "
        "their present state."
    ),
    "refusals": lazy(
        "Petitions that stand refused, by the ground of the rulebook on which the decision rests."
    ),
    "stages": lazy(
        "Calendar days from the beginning to the end of a stage, for petitions that have ended it. The median is the "
        "middle one; n says how many there were."
    ),
    "answers": lazy(
        "Answers that were given, or whose date has passed. On time: given by the date, extensions and stops included. "
        "The interval says where the true share lies with a certainty of 95 in 100 (Wilson)."
    ),
    "areas": lazy(
        "Sums of the published cells of all petitions in the last frozen table, so at least so many. An area with "
        "fewer than 10 signatures in a petition is not told there and is not in the sum. Per 1,000 residents by the "
        "newest figure of the area."
    ),
}
