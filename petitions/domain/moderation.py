"""Decisions about admissibility and display: which there are, and what each must be reasoned with."""

from enum import StrEnum

from core.refusal import Refusal
from petitions.domain.lifecycle import Action
from petitions.domain.rulebook import Ground, Rulebook

REASON_LEAST, REASON_MOST = 20, 4_000


class Verdict(StrEnum):
    """The kinds of decisions; `silence` is the one that nobody made in time."""

    PUBLISH = "publish"
    RETURN = "return"
    REFUSE = "refuse"
    TAKE_DOWN = "take_down"
    SILENCE = "silence"


# What a moderator can decide, and the act of the life cycle that follows.
ACTIONS = {
    Verdict.PUBLISH: Action.PUBLISH,
    Verdict.RETURN: Action.RETURN,
    Verdict.REFUSE: Action.REFUSE,
    Verdict.TAKE_DOWN: Action.TAKE_DOWN,
}
GROUNDED = frozenset({Verdict.REFUSE, Verdict.TAKE_DOWN})


def require_reasoned(verdict: Verdict, ground: str, reason: str, rulebook: Rulebook) -> Ground | None:
    """The ground of a decision, None where it needs none; only the rulebook's own grounds count.

    Refusals: `ground-missing` on `ground`, `reason-missing` and `reason-long` on `reason`.
    """
    found = None
    if verdict in GROUNDED:
        found = next((known for known in rulebook.grounds if known.id == ground), None)
        if found is None:
            raise Refusal("ground-missing", field="ground")
    if verdict is not Verdict.PUBLISH and len(reason) < REASON_LEAST:
        raise Refusal("reason-missing", field="reason", least=REASON_LEAST)
    if len(reason) > REASON_MOST:
        raise Refusal("reason-long", field="reason", most=REASON_MOST)
    return found
