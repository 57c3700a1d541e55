"""What the acts of the life cycle hang on: facts of a case, and the conditions of the table in plain words."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards of the table may ask of a case; each is worked out from rows, never stored twice."""

    may_invite: bool = False
    invitation_open: bool = False
    has_co_authors: bool = False
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
    discussion_ahead: bool = False
    discussion_open: bool = False
    has_minutes: bool = False
    promise_open: bool = False
    taken_from: str = ""
    may_appeal: bool = False
    appeal_unused: bool = False
    appeal_waits: bool = False
    appeal_late: bool = False
    followers_reachable: bool = False
    has_updates: bool = False


Guard = Callable[[Facts], bool]


def always(_facts: Facts) -> bool:
    """No condition."""
    return True


def may_invite(facts: Facts) -> bool:
    """There is room for one more co-author."""
    return facts.may_invite


def invitation_open(facts: Facts) -> bool:
    """Somebody was invited to be a co-author and has not answered yet."""
    return facts.invitation_open


def others_named(facts: Facts) -> bool:
    """There is a co-author, or somebody who was invited."""
    return facts.has_co_authors or facts.invitation_open


def goes_to_joiners(facts: Facts) -> bool:
    """All who are named have agreed; the tier asks for joiners, and they are not all there yet."""
    return not facts.invitation_open and facts.needs_joiners and not facts.joiners_met


def goes_to_screening(facts: Facts) -> bool:
    """All who are named have agreed; no joiners are asked for, or they are there already (after a correction)."""
    return not facts.invitation_open and (facts.joiners_met or not facts.needs_joiners)


def no_joiners_yet(facts: Facts) -> bool:
    """Nobody has joined the petition, or was asked to join a corrected text, so it may still change."""
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


def discussion_ahead(facts: Facts) -> bool:
    """A discussion was announced, its day is not over, and nobody has recorded that it took place."""
    return facts.discussion_ahead


def has_minutes(facts: Facts) -> bool:
    """A discussion has minutes that everybody can read."""
    return facts.has_minutes


def discussion_open(facts: Facts) -> bool:
    """The day of a discussion has come, and its minutes are not published yet."""
    return facts.discussion_open


def promise_open(facts: Facts) -> bool:
    """A promise of the answer has no report yet."""
    return facts.promise_open


def may_appeal(facts: Facts) -> bool:
    """The author has not appealed yet, and the time for it runs."""
    return facts.may_appeal


def appeal_unused(facts: Facts) -> bool:
    """The time to appeal is over, and the author has not."""
    return facts.appeal_unused


def appeal_waits(facts: Facts) -> bool:
    """The author has appealed, and nobody has decided on it."""
    return facts.appeal_waits


def appeal_silence_opens(facts: Facts) -> bool:
    """The decision on the appeal is late, and the rulebook says that silence is no veto."""
    return facts.appeal_late and facts.silence_publishes


def appeal_silence_escalates(facts: Facts) -> bool:
    """The decision on the appeal is late, and the rulebook says that somebody above is told."""
    return facts.appeal_late and not facts.silence_publishes


def followers_reachable(facts: Facts) -> bool:
    """The petition was published, and the addresses of those who follow it are still kept."""
    return facts.followers_reachable


def has_updates(facts: Facts) -> bool:
    """The petition has an update of its authors."""
    return facts.has_updates


def was_collecting(facts: Facts) -> bool:
    """It collected signatures when it was taken down."""
    return facts.taken_from == "collecting"


def was_under_review(facts: Facts) -> bool:
    """It was with the authority when it was taken down."""
    return facts.taken_from == "under_review"


def was_answered(facts: Facts) -> bool:
    """It was answered when it was taken down."""
    return facts.taken_from == "answered"


def was_lapsed(facts: Facts) -> bool:
    """It had lapsed when it was taken down."""
    return facts.taken_from == "lapsed"


def was_withdrawn(facts: Facts) -> bool:
    """It was withdrawn when it was taken down."""
    return facts.taken_from == "withdrawn"
