"""The life of a petition: its states, the acts that change them, and who may do each one when."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.refusal import Refusal
from petitions.domain.conditions import (
    Facts,
    Guard,
    a_stop_moved_the_collection,
    a_stop_moved_the_startup,
    always,
    appeal_silence_escalates,
    appeal_silence_opens,
    appeal_unused,
    appeal_waits,
    collection_and_grace_over,
    discussion_ahead,
    discussion_open,
    followers_reachable,
    frozen,
    goes_to_joiners,
    goes_to_screening,
    has_minutes,
    has_updates,
    invitation_open,
    joiners_met,
    may_appeal,
    may_ask,
    may_discuss,
    may_extend,
    may_invite,
    may_transfer,
    no_joiners_yet,
    not_registered,
    others_named,
    promise_open,
    question_open,
    registered,
    registration_over,
    reply_owed,
    signing_open,
    silence_escalates,
    silence_publishes,
    startup_failed,
    startup_open,
    threshold_met,
    was_answered,
    was_collecting,
    was_lapsed,
    was_published,
    was_under_review,
    was_withdrawn,
)

__all__ = [
    "FOLLOWED",
    "LISTED",
    "STANDING",
    "TRANSITIONS",
    "Action",
    "Facts",
    "Party",
    "Rule",
    "State",
    "as_markdown",
    "open_to",
    "step",
]


class State(StrEnum):
    """Where a case is. Late, stopped and extended are facts of its terms, not states."""

    DRAFT = "draft"
    GATHERING = "gathering"
    SCREENING = "screening"
    COLLECTING = "collecting"
    UNDER_REVIEW = "under_review"
    ANSWERED = "answered"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    TAKEN_DOWN = "taken_down"


class Action(StrEnum):
    """What can be done to a case."""

    EDIT = "edit"
    SUBMIT = "submit"
    REVISE = "revise"
    INVITE = "invite"
    ACCEPT = "accept"
    RELEASE = "release"
    PROPOSE = "propose"
    LEAVE = "leave"
    JOIN = "join"
    SCREEN = "screen"
    PUBLISH = "publish"
    RETURN = "return"
    REFUSE = "refuse"
    ESCALATE = "escalate"
    APPEAL = "appeal"
    CLOSE_APPEAL = "close_appeal"
    UPHOLD = "uphold"
    RESTORE = "restore"
    SIGN = "sign"
    HAND_OVER = "hand_over"
    REGISTER = "register"
    DEEM_REGISTERED = "deem_registered"
    ANSWER = "answer"
    CORRECT_ANSWER = "correct_answer"
    REPLY = "reply"
    WITHDRAW = "withdraw"
    TAKE_DOWN = "take_down"
    PUT_BACK = "put_back"
    LAPSE = "lapse"
    REOPEN = "reopen"
    EXTEND = "extend"
    TRANSFER = "transfer"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    ASK = "ask"
    EXPLAIN = "explain"
    ANNOUNCE_DISCUSSION = "announce_discussion"
    MOVE_DISCUSSION = "move_discussion"
    CALL_OFF_DISCUSSION = "call_off_discussion"
    RECORD_DISCUSSION = "record_discussion"
    AMEND_MINUTES = "amend_minutes"
    REPORT_PROMISE = "report_promise"
    WRITE_UPDATE = "write_update"
    CORRECT_UPDATE = "correct_update"


class Party(StrEnum):
    """In what part somebody acts in one case."""

    ANYONE = "anyone"
    AUTHOR = "author"
    CO_AUTHOR = "co_author"
    MODERATOR = "moderator"
    OFFICER = "officer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do it, when, and where the case then is."""

    to: State
    by: Party
    when: Guard = always


S, A, P = State, Action, Party

# While a case stands in one of these a co-author can leave; what has ended keeps its names as they were.
STANDING = (S.DRAFT, S.GATHERING, S.SCREENING, S.COLLECTING, S.UNDER_REVIEW, S.ANSWERED)
# While a case stands in one of these its authors tell those who follow it what has happened.
FOLLOWED = (S.COLLECTING, S.UNDER_REVIEW, S.ANSWERED, S.LAPSED)

TRANSITIONS: Mapping[tuple[State, Action], tuple[Rule, ...]] = {
    (S.DRAFT, A.EDIT): (Rule(S.DRAFT, P.AUTHOR),),
    (S.DRAFT, A.INVITE): (Rule(S.DRAFT, P.AUTHOR, may_invite),),
    (S.DRAFT, A.ACCEPT): (Rule(S.DRAFT, P.ANYONE, invitation_open),),
    (S.DRAFT, A.RELEASE): (Rule(S.DRAFT, P.AUTHOR, others_named),),
    (S.DRAFT, A.PROPOSE): (Rule(S.DRAFT, P.CO_AUTHOR),),
    **{(state, A.LEAVE): (Rule(state, P.CO_AUTHOR),) for state in STANDING},
    **{
        (state, action): tuple(Rule(state, party, when) for party in (P.AUTHOR, P.CO_AUTHOR))
        for state in FOLLOWED
        for action, when in ((A.WRITE_UPDATE, followers_reachable), (A.CORRECT_UPDATE, has_updates))
    },
    (S.DRAFT, A.SUBMIT): (
        Rule(S.GATHERING, P.AUTHOR, goes_to_joiners),
        Rule(S.SCREENING, P.AUTHOR, goes_to_screening),
    ),
    (S.DRAFT, A.WITHDRAW): (Rule(S.WITHDRAWN, P.AUTHOR),),
    (S.GATHERING, A.REVISE): (Rule(S.DRAFT, P.AUTHOR, no_joiners_yet),),
    (S.GATHERING, A.JOIN): (Rule(S.GATHERING, P.ANYONE, startup_open),),
    (S.GATHERING, A.SCREEN): (Rule(S.SCREENING, P.SYSTEM, joiners_met),),
    (S.GATHERING, A.LAPSE): (Rule(S.LAPSED, P.SYSTEM, startup_failed),),
    (S.GATHERING, A.WITHDRAW): (Rule(S.WITHDRAWN, P.AUTHOR),),
    (S.SCREENING, A.PUBLISH): (
        Rule(S.COLLECTING, P.MODERATOR),
        Rule(S.COLLECTING, P.SYSTEM, silence_publishes),
    ),
    (S.SCREENING, A.RETURN): (Rule(S.DRAFT, P.MODERATOR),),
    (S.SCREENING, A.REFUSE): (Rule(S.REFUSED, P.MODERATOR),),
    (S.SCREENING, A.ESCALATE): (Rule(S.SCREENING, P.SYSTEM, silence_escalates),),
    (S.SCREENING, A.WITHDRAW): (Rule(S.WITHDRAWN, P.AUTHOR),),
    (S.REFUSED, A.APPEAL): (Rule(S.REFUSED, P.AUTHOR, may_appeal),),
    (S.REFUSED, A.CLOSE_APPEAL): (Rule(S.REFUSED, P.SYSTEM, appeal_unused),),
    (S.REFUSED, A.UPHOLD): (Rule(S.REFUSED, P.MODERATOR, appeal_waits),),
    (S.REFUSED, A.RESTORE): (
        Rule(S.COLLECTING, P.MODERATOR, appeal_waits),
        Rule(S.COLLECTING, P.SYSTEM, appeal_silence_opens),
    ),
    (S.REFUSED, A.ESCALATE): (Rule(S.REFUSED, P.SYSTEM, appeal_silence_escalates),),
    (S.COLLECTING, A.SIGN): (Rule(S.COLLECTING, P.ANYONE, signing_open),),
    (S.COLLECTING, A.FREEZE): (Rule(S.COLLECTING, P.AUTHOR, signing_open),),
    (S.COLLECTING, A.UNFREEZE): (Rule(S.COLLECTING, P.AUTHOR, frozen),),
    (S.COLLECTING, A.HAND_OVER): (Rule(S.UNDER_REVIEW, P.SYSTEM, threshold_met),),
    (S.COLLECTING, A.LAPSE): (Rule(S.LAPSED, P.SYSTEM, collection_and_grace_over),),
    (S.COLLECTING, A.WITHDRAW): (Rule(S.WITHDRAWN, P.AUTHOR),),
    (S.COLLECTING, A.TAKE_DOWN): (Rule(S.TAKEN_DOWN, P.MODERATOR),),
    (S.UNDER_REVIEW, A.SIGN): (Rule(S.UNDER_REVIEW, P.ANYONE, signing_open),),
    (S.UNDER_REVIEW, A.FREEZE): (Rule(S.UNDER_REVIEW, P.AUTHOR, signing_open),),
    (S.UNDER_REVIEW, A.UNFREEZE): (Rule(S.UNDER_REVIEW, P.AUTHOR, frozen),),
    (S.UNDER_REVIEW, A.REGISTER): (Rule(S.UNDER_REVIEW, P.OFFICER, not_registered),),
    (S.UNDER_REVIEW, A.DEEM_REGISTERED): (Rule(S.UNDER_REVIEW, P.SYSTEM, registration_over),),
    (S.UNDER_REVIEW, A.ANSWER): (Rule(S.ANSWERED, P.OFFICER, registered),),
    (S.UNDER_REVIEW, A.EXTEND): (Rule(S.UNDER_REVIEW, P.OFFICER, may_extend),),
    (S.UNDER_REVIEW, A.TRANSFER): (Rule(S.UNDER_REVIEW, P.OFFICER, may_transfer),),
    (S.UNDER_REVIEW, A.ASK): (Rule(S.UNDER_REVIEW, P.OFFICER, may_ask),),
    (S.UNDER_REVIEW, A.EXPLAIN): (Rule(S.UNDER_REVIEW, P.AUTHOR, question_open),),
    (S.UNDER_REVIEW, A.ANNOUNCE_DISCUSSION): (Rule(S.UNDER_REVIEW, P.OFFICER, may_discuss),),
    (S.UNDER_REVIEW, A.MOVE_DISCUSSION): (Rule(S.UNDER_REVIEW, P.OFFICER, discussion_ahead),),
    (S.UNDER_REVIEW, A.CALL_OFF_DISCUSSION): (Rule(S.UNDER_REVIEW, P.OFFICER, discussion_ahead),),
    (S.UNDER_REVIEW, A.RECORD_DISCUSSION): (Rule(S.UNDER_REVIEW, P.OFFICER, discussion_open),),
    (S.UNDER_REVIEW, A.AMEND_MINUTES): (Rule(S.UNDER_REVIEW, P.OFFICER, has_minutes),),
    (S.UNDER_REVIEW, A.TAKE_DOWN): (Rule(S.TAKEN_DOWN, P.MODERATOR),),
    (S.ANSWERED, A.CORRECT_ANSWER): (Rule(S.ANSWERED, P.OFFICER),),
    (S.ANSWERED, A.RECORD_DISCUSSION): (Rule(S.ANSWERED, P.OFFICER, discussion_open),),
    (S.ANSWERED, A.AMEND_MINUTES): (Rule(S.ANSWERED, P.OFFICER, has_minutes),),
    (S.ANSWERED, A.REPORT_PROMISE): (Rule(S.ANSWERED, P.OFFICER, promise_open),),
    (S.ANSWERED, A.TAKE_DOWN): (Rule(S.TAKEN_DOWN, P.MODERATOR),),
    (S.LAPSED, A.REPLY): (Rule(S.LAPSED, P.OFFICER, reply_owed),),
    (S.LAPSED, A.REOPEN): (
        Rule(S.COLLECTING, P.SYSTEM, a_stop_moved_the_collection),
        Rule(S.GATHERING, P.SYSTEM, a_stop_moved_the_startup),
    ),
    (S.LAPSED, A.TAKE_DOWN): (Rule(S.TAKEN_DOWN, P.MODERATOR, was_published),),
    (S.WITHDRAWN, A.TAKE_DOWN): (Rule(S.TAKEN_DOWN, P.MODERATOR, was_published),),
    (S.TAKEN_DOWN, A.PUT_BACK): (
        Rule(S.COLLECTING, P.MODERATOR, was_collecting),
        Rule(S.UNDER_REVIEW, P.MODERATOR, was_under_review),
        Rule(S.ANSWERED, P.MODERATOR, was_answered),
        Rule(S.LAPSED, P.MODERATOR, was_lapsed),
        Rule(S.WITHDRAWN, P.MODERATOR, was_withdrawn),
    ),
}

# What a stranger may see: the others answer 404, taken_down answers 410.
LISTED = (S.COLLECTING, S.UNDER_REVIEW, S.ANSWERED, S.LAPSED, S.WITHDRAWN, S.REFUSED)


def step(state: State, action: Action, party: Party, facts: Facts) -> State:
    """The state after `action`, or a Refusal: the only door from one state to another.

    Refusal: `not-your-move` where no rule names the party, `not-now` where none of its conditions holds.
    """
    rules = [rule for rule in TRANSITIONS.get((state, action), ()) if rule.by is party]
    if not rules:
        raise Refusal("not-your-move", state=state.value, action=action.value, party=party.value)
    for rule in rules:
        if rule.when(facts):
            return rule.to
    raise Refusal("not-now", state=state.value, action=action.value)


def open_to(state: State, party: Party, facts: Facts) -> tuple[Action, ...]:
    """What the party may do now: templates get their buttons from here."""
    return tuple(
        action
        for (at, action), rules in TRANSITIONS.items()
        if at is state and any(rule.by is party and rule.when(facts) for rule in rules)
    )


def as_markdown() -> str:
    """The table for people: docs/lifecycle.md is this text."""
    lines = [
        "# The life of a petition",
        "",
        "Generated from `petitions/domain/lifecycle.py` by `flask --app app docs lifecycle`; a test compares them.",
        "",
        "| state | action | by | when | then |",
        "|---|---|---|---|---|",
    ]
    for (state, action), rules in TRANSITIONS.items():
        for rule in rules:
            when = "" if rule.when is always else (rule.when.__doc__ or "").strip()
            lines.append(f"| {state} | {action} | {rule.by} | {when} | {rule.to} |")
    return "\n".join(lines) + "\n"
