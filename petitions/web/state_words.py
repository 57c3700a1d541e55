"""The states of a petition in words, where there is no template that says them."""

from collections.abc import Mapping
from typing import Any

from core.i18n import lazy
from petitions.domain.lifecycle import State

STATES: Mapping[State, Any] = {
    State.DRAFT: lazy("Draft"),
    State.GATHERING: lazy("Gathering first supporters"),
    State.SCREENING: lazy("Being checked"),
    State.COLLECTING: lazy("Collecting signatures"),
    State.UNDER_REVIEW: lazy("Waiting for an answer"),
    State.ANSWERED: lazy("Answered"),
    State.LAPSED: lazy("Did not reach its threshold"),
    State.WITHDRAWN: lazy("Withdrawn by its author"),
    State.REFUSED: lazy("Not accepted"),
    State.TAKEN_DOWN: lazy("Taken down"),
}
