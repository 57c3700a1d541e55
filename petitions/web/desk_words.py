"""Words of the desk and of the referral: groups, next steps, start facts, what was just done."""

from collections.abc import Mapping
from typing import Any

from core.i18n import lazy
from petitions.domain.deadlines import TermKind
from petitions.queries.answers import outcome_words
from petitions.queries.desk import Group, Step
from petitions.web.reading_words import TERM_KINDS, base_words, duration_words, formula_words

__all__ = ["base_words", "duration_words", "formula_words", "outcome_words"]

GROUPS: Mapping[Group, Any] = {
    Group.DUE_SOON: lazy("Due soon"),
    Group.OVERDUE: lazy("Overdue"),
    Group.IN_PROGRESS: lazy("In progress"),
    Group.WAITING: lazy("Waiting to be registered"),
    Group.ANSWERED: lazy("Answered"),
}

STEPS: Mapping[Step, Any] = {
    Step.REGISTER: lazy("Register the petition"),
    Step.ANSWER: lazy("Write the answer"),
    Step.REPLY: lazy("Write the ordinary reply"),
    Step.NONE: lazy("Nothing is left to do"),
}

STEP_ENDPOINTS: Mapping[Step, str] = {
    Step.REGISTER: "desk.register",
    Step.ANSWER: "desk.answer",
    Step.REPLY: "desk.reply",
}

# By the start fact that is stored with a term.
STARTS: Mapping[str, Any] = {
    "submitted": lazy("The petition was submitted"),
    "joiners_met": lazy("Enough first supporters had joined"),
    "published": lazy("The petition was published"),
    "threshold_reached": lazy("The threshold was reached"),
    "closing": lazy("The collection closed"),
    "handed_over": lazy("The petition was handed over"),
    "registered": lazy("The petition was registered"),
    "hand_over_end": lazy("The time to register ended without a registration"),
    "decided": lazy("The decision was taken"),
}

DONE: Mapping[str, Any] = {
    "register": lazy("The registration is recorded. The author has been told."),
    "answer": lazy("The answer is published. The author and all who asked for news are told."),
    "correct_answer": lazy(
        "The corrected answer is published. The earlier version stays readable beside it."
    ),
    "reply": lazy("The reply is published. The author and all who asked for news are told."),
}

WRITING: Mapping[str, Any] = {
    "answer": lazy("Write the answer"),
    "correct_answer": lazy("Correct the answer"),
    "reply": lazy("Write the ordinary reply"),
}


def start_words(fact: str, kind: TermKind) -> str:
    """Why a clock started on its day; a fact without words here is told by the kind of its term."""
    return str(STARTS.get(fact, TERM_KINDS[kind]))
