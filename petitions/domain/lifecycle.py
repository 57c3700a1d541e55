"""The life of a petition: its states, the acts that change them, and who may do each one when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.refusal import Refusal


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
    JOIN = "join"
    SCREEN = "screen"
    PUBLISH = "publish"
    RETURN = "return"
    REFUSE = "refuse"
    ESCALATE = "escalate"
    SIGN = "sign"
    HAND_OVER = "hand_over"
    REGISTER = "register"
    DEEM_REGISTERED = "deem_registered"
    ANSWER = "answer"
    CORRECT_ANSWER = "correct_answer"
    REPLY = "reply"
    WITHDRAW = "withdraw"
    TAKE_DOWN = "take_down"
    LAPSE = "lapse"
    REOPEN = "reopen"
    EXTEND = "extend"
    TRANSFER = "transfer"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    ASK = "ask"
    EXPLAIN = "explain"
    ANNOUNCE_DISCUSSION = "announce_discussion"
    RECORD_DISCUSSION = "record_discussion"
    REPORT_PROMISE = "report_promise"


class Party(StrEnum):
    """In what part somebody acts in one case."""

    ANYONE = "anyone"
    AUTHOR = "author"
    MODERATOR = "moderator"
    OFFICER = "officer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards of the table may ask of a case; each is worked out from rows, never stored twice."""

    needs_joiners: bool = False
    has_joiners: bool = False
    joiners_met: bool = False
    startup_over: bool = False
    screening_late: bool = False
    silence_publishes: bool = False
    signing_open: bool = False
    threshold_met: bool = False
    may_hand_over: bool = False
    collection_and_grace_over: bool = False
    registered: bool = False
    registration_over: bool = False
    reply_owed: bool = False
    published: bool = False
    end_moved: bool = False
    may_extend: bool = False
    frozen: bool = False
    may_transfer: bool = False
    may_ask: bool = False
    question_open: bool = False
    may_discuss: bool = False
    discussion_open: bool = False
    promise_open: bool = False


Guard = Callable[[Facts], bool]


def always(_facts: Facts) -> bool:
    """No condition."""
    return True


def goes_to_joiners(facts: Facts) -> bool:
    """The tier asks for joiners and they are not all there yet."""
    return facts.needs_joiners and not facts.joiners_met


def goes_to_screening(facts: Facts) -> bool:
    """No joiners are asked for, or they are there already (after a correction)."""
    return not goes_to_joiners(facts)


def no_joiners_yet(facts: Facts) -> bool:
    """Nobody has joined the text, so it may still change."""
    return not facts.has_joiners


def joiners_met(facts: Facts) -> bool:
    """The tier's number of joiners is reached."""
    return facts.joiners_met


def startup_failed(facts: Facts) -> bool:
    """The start-up term is over without enough joiners."""
    return facts.startup_over and not facts.joiners_met


def startup_open(facts: Facts) -> bool:
    """The start-up term still runs."""
    return not facts.startup_over


def silence_publishes(facts: Facts) -> bool:
    """The check is late and the rulebook says that silence is no veto."""
    return facts.screening_late and facts.silence_publishes


def silence_escalates(facts: Facts) -> bool:
    """The check is late and the rulebook says that somebody above is told."""
    return facts.screening_late and not facts.silence_publishes


def signing_open(facts: Facts) -> bool:
    """Signatures may be given now."""
    return facts.signing_open


def frozen(facts: Facts) -> bool:
    """The author has paused signing."""
    return facts.frozen


def threshold_met(facts: Facts) -> bool:
    """The count obliges an answer, and the rulebook's moment of the hand-over has come."""
    return facts.threshold_met and facts.may_hand_over


def collection_and_grace_over(facts: Facts) -> bool:
    """The window and its grace for confirmations are over, and the threshold was not reached."""
    return facts.collection_and_grace_over and not facts.threshold_met


def not_registered(facts: Facts) -> bool:
    """The addressed body has not registered the petition."""
    return not facts.registered


def registration_over(facts: Facts) -> bool:
    """The body let the term of registration pass: the answer's clock starts without it."""
    return facts.registration_over and not facts.registered


def registered(facts: Facts) -> bool:
    """The petition is registered, by the body or by the end of the term."""
    return facts.registered


def reply_owed(facts: Facts) -> bool:
    """The rulebook gives an ordinary reply to a petition below its threshold, and it is not there yet."""
    return facts.reply_owed


def was_published(facts: Facts) -> bool:
    """The petition was open to readers."""
    return facts.published


def a_stop_moved_the_end(facts: Facts) -> bool:
    """A stop recorded later moved the end of a window that had run out."""
    return facts.end_moved


def a_stop_moved_the_collection(facts: Facts) -> bool:
    """The same, for a petition that was open for signatures."""
    return facts.end_moved and facts.published


def a_stop_moved_the_startup(facts: Facts) -> bool:
    """The same, for one that looked for its first joiners."""
    return facts.end_moved and not facts.published


def may_extend(facts: Facts) -> bool:
    """The rulebook leaves an extension, and the answer is not due yet."""
    return facts.may_extend


def may_transfer(facts: Facts) -> bool:
    """The rulebook's days for a transfer have not passed, and there was none yet."""
    return facts.may_transfer


def may_ask(facts: Facts) -> bool:
    """The rulebook gives the author time for a reply, and no earlier question waits for one."""
    return facts.may_ask


def question_open(facts: Facts) -> bool:
    """A question waits for the author's reply."""
    return facts.question_open


def may_discuss(facts: Facts) -> bool:
    """The rulebook knows public discussions, the petition is registered, and no other discussion is ahead."""
    return facts.may_discuss


def discussion_open(facts: Facts) -> bool:
    """The day of a discussion has come, and its minutes are not published yet."""
    return facts.discussion_open


def promise_open(facts: Facts) -> bool:
    """A promise of the answer has no report yet."""
    return facts.promise_open


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do it, when, and where the case then is."""

    to: State
    by: Party
    when: Guard = always


S, A, P = State, Action, Party

TRANSITIONS: Mapping[tuple[State, Action], tuple[Rule, ...]] = {
    (S.DRAFT, A.EDIT): (Rule(S.DRAFT, P.AUTHOR),),
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
    (S.UNDER_REVIEW, A.RECORD_DISCUSSION): (Rule(S.UNDER_REVIEW, P.OFFICER, discussion_open),),
    (S.UNDER_REVIEW, A.TAKE_DOWN): (Rule(S.TAKEN_DOWN, P.MODERATOR),),
    (S.ANSWERED, A.CORRECT_ANSWER): (Rule(S.ANSWERED, P.OFFICER),),
    (S.ANSWERED, A.RECORD_DISCUSSION): (Rule(S.ANSWERED, P.OFFICER, discussion_open),),
    (S.ANSWERED, A.REPORT_PROMISE): (Rule(S.ANSWERED, P.OFFICER, promise_open),),
    (S.ANSWERED, A.TAKE_DOWN): (Rule(S.TAKEN_DOWN, P.MODERATOR),),
    (S.LAPSED, A.REPLY): (Rule(S.LAPSED, P.OFFICER, reply_owed),),
    (S.LAPSED, A.REOPEN): (
        Rule(S.COLLECTING, P.SYSTEM, a_stop_moved_the_collection),
        Rule(S.GATHERING, P.SYSTEM, a_stop_moved_the_startup),
    ),
    (S.LAPSED, A.TAKE_DOWN): (Rule(S.TAKEN_DOWN, P.MODERATOR, was_published),),
    (S.WITHDRAWN, A.TAKE_DOWN): (Rule(S.TAKEN_DOWN, P.MODERATOR, was_published),),
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
