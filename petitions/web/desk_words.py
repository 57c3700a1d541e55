"""Words of the desk and of the referral: groups, next steps, start facts, what was just done."""

from collections.abc import Mapping
from typing import Any

from core.i18n import lazy
from petitions.domain.deadlines import TermKind
from petitions.models.casework import Stage
from petitions.queries.answers import outcome_words
from petitions.queries.desk import DeskCase, Group, Step
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
    "appealed": lazy("The author appealed against the refusal"),
    "threshold_reached": lazy("The threshold was reached"),
    "closing": lazy("The collection closed"),
    "handed_over": lazy("The petition was handed over"),
    "registered": lazy("The petition was registered"),
    "hand_over_end": lazy("The time to register ended without a registration"),
    "decided": lazy("The decision was taken"),
    "asked": lazy("The authority asked the author a question"),
    "discussion_announced": lazy("The discussion was announced"),
    "promised": lazy("The authority made a promise"),
    "transferred": lazy("The petition was handed on to the competent authority"),
}

STAGES: Mapping[Stage, Any] = {
    Stage.WRITING: lazy("Being written"),
    Stage.CHECKING: lazy("Waits for the legal check"),
    Stage.RETURNED: lazy("Sent back with a remark"),
    Stage.APPROVED: lazy("Checked: it can be published"),
}

AFTER_DRAFT: Mapping[Stage, Any] = {
    Stage.WRITING: lazy("Finish the draft and send it to the legal check"),
    Stage.CHECKING: lazy("Make the legal check"),
    Stage.RETURNED: lazy("Change the draft: the remark says what"),
    Stage.APPROVED: lazy("Publish the text"),
}

DONE: Mapping[str, Any] = {
    "assign": lazy("It is noted who has the case in hand."),
    "note": lazy("The note is kept. Only the officers of your authority see it."),
    "to_check": lazy("The draft waits for the legal check by a second officer."),
    "approved": lazy("The legal check is passed. The text can be published now."),
    "sent_back": lazy("The draft is back with its writer, with your remark."),
    "published": lazy("It is published. The author and all who asked for news are told."),
    "question": lazy("The question is sent. The author has been told."),
    "discussion": lazy("The discussion is announced. The author and all who asked for news are told."),
    "move": lazy("The discussion is moved. The author and all who asked for news are told."),
    "call_off": lazy("The discussion is called off. The author and all who asked for news are told."),
    "minutes": lazy("The record of the discussion is public."),
    "amend": lazy("The new minutes are public. The earlier ones stay readable beside them."),
    "promise": lazy("Your report is public. The author and all who asked for news are told."),
    "register": lazy("The registration is recorded. The author has been told."),
    "extend": lazy("The time for the answer is extended. The author has been told."),
    "transfer": lazy("The petition is handed on. The author has been told."),
}

# What happens next, where it is more than the next step of the case.
NEXT: Mapping[str, Any] = {
    "to_check": lazy("A second officer reads the draft, and passes it or sends it back with a remark."),
    "sent_back": lazy("Correct the draft, and send it to the check again."),
    "published": lazy(
        "The answer stands above the petition on its public page. You can correct it later with a public reason; "
        "what you promised with a date is looked at on that day."
    ),
    "question": lazy("The reply of the author appears here, and you are told by mail."),
    "discussion": lazy("Hold the discussion on the announced day, then record it here."),
    "move": lazy("Hold the discussion on the new day, then record it here."),
    "minutes": lazy("Everybody can read the record. Take up in the answer what was said."),
    "promise": lazy("Author and followers say on the day of the promise whether it was kept."),
    "register": lazy("The time for the answer runs now. Its last day stands below and on the public page."),
    "extend": lazy("The new last day and your reason stand on the public page."),
    "transfer": lazy("The other authority finds it on its desk, and owes the answer from now on."),
}

WRITING: Mapping[str, Any] = {
    "answer": lazy("Write the answer"),
    "correct_answer": lazy("Correct the answer"),
    "reply": lazy("Write the ordinary reply"),
}


def next_step(step: Step, stage: Stage | None) -> Any:
    """What has to be done next; a draft that is under way says more than the bare step."""
    return STEPS[step] if stage is None else AFTER_DRAFT[stage]


def languages(case: DeskCase) -> list[str]:
    """The languages for a text about a case, its own first."""
    return list(dict.fromkeys([case.referral.language, *case.languages]))


def start_words(fact: str, kind: TermKind) -> str:
    """Why a clock started on its day; a fact without words here is told by the kind of its term."""
    return str(STARTS.get(fact, TERM_KINDS[kind]))
