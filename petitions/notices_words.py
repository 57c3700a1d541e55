"""What each mail about a case says: a subject, a few sentences, and one button, by event and audience."""

from collections.abc import Mapping

from core.i18n import lazy
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.notices import Audience
from petitions.notices_quiet import FOLLOWERS
from petitions.notices_shape import MISSED, PLACE, Words

__all__ = ["LATENESS", "MISSED", "PLACE", "SAID", "Words", "words_for"]

A, E, K = Audience, Event, TermKind

_MINE = (lazy("Open the page of your petition"), "writing.mine")
_PUBLIC = (lazy("Open the petition"), "petitions.show")
_DESK = (lazy("Open the case"), "desk.case")

AUTHOR: Mapping[Event, Words] = {
    E.GATHERING_BEGUN: Words(
        lazy("Now your petition needs its first supporters"),
        (
            lazy("“%(title)s” needs %(needed)s first supporters by %(due_on)s."),
            lazy("Send them the private link that stands on the page of your petition."),
        ),
        *_MINE,
    ),
    E.SCREENING_BEGUN: Words(
        lazy("Your petition is being checked"),
        (
            lazy("A moderator checks “%(title)s” now."),
            lazy("The check must be finished by %(due_on)s."),
            lazy("You will be told the result by mail."),
        ),
        *_MINE,
    ),
    E.SCREENING_LATE: Words(
        lazy("The check of your petition is late"),
        (
            lazy("“%(title)s” was not checked in time."),
            lazy("Those who are responsible for this have been told. You do not have to do anything."),
        ),
        *_MINE,
    ),
    E.RETURNED: Words(
        lazy("Please correct your petition"),
        (
            lazy("A moderator has returned “%(title)s” to you for correction. The reason is quoted below."),
            lazy("You can change the text and submit it again."),
        ),
        *_MINE,
        reasons=True,
    ),
    E.REFUSED: Words(
        lazy("Your petition was not accepted"),
        (
            lazy("“%(title)s” cannot be opened for signatures."),
            lazy("The ground is: %(ground)s."),
        ),
        *_MINE,
        reasons=True,
    ),
    E.PUBLISHED: Words(
        lazy("Your petition is open for signatures"),
        (
            lazy("“%(title)s” needs %(threshold)s signatures by %(closes_on)s."),
            lazy("You can share the address of its page now."),
        ),
        *_PUBLIC,
    ),
    E.HANDED_OVER: Words(
        lazy("Your petition has reached its threshold"),
        (
            lazy("“%(title)s” was handed over to the authority with %(counted)s signatures: %(authority)s."),
            lazy("The receipt number is %(receipt)s."),
            lazy(
                "The authority has to register it by %(registration_due)s. Then the time for the answer runs."
            ),
        ),
        *_MINE,
    ),
    E.REGISTERED: Words(
        lazy("The authority has registered your petition"),
        (
            lazy("“%(title)s” has the registration number %(number)s there."),
            lazy("The answer is due on %(answer_due)s."),
        ),
        *_MINE,
    ),
    E.DEEMED_REGISTERED: Words(
        lazy("The time for the answer to your petition is running"),
        (
            lazy(
                "The authority did not register “%(title)s” in time, so it counts as registered without it."
            ),
            lazy("The answer is due on %(answer_due)s."),
        ),
        *_MINE,
    ),
    E.DEADLINE_MISSED: Words(
        lazy("The authority has missed a due date"),
        (
            lazy("“%(title)s”: %(kind)s was due on %(due_on)s."),
            lazy("The answer can still be given, but the delay stays on record for good."),
        ),
        *_MINE,
    ),
    E.ANSWERED: Words(
        lazy("Your petition has an answer"),
        (
            lazy("The authority has answered “%(title)s”. The outcome is: %(outcome)s."),
            lazy("The reasons stand on the page of the petition."),
        ),
        *_PUBLIC,
    ),
    E.ANSWER_CORRECTED: Words(
        lazy("The answer to your petition was corrected"),
        (
            lazy("The authority has corrected its answer to “%(title)s”. The outcome is now: %(outcome)s."),
            lazy("The earlier version stays readable beside it."),
        ),
        *_PUBLIC,
    ),
    E.STARTUP_LAPSED: Words(
        lazy("Your petition did not find its first supporters in time"),
        (
            lazy(
                "“%(title)s” was not joined by enough people before the date, so it was not opened for signatures."
            ),
            lazy("You can begin a new petition at any time."),
        ),
        *_MINE,
    ),
    E.LAPSED: Words(
        lazy("The collection of signatures for your petition has ended"),
        (
            lazy(
                "“%(title)s” was signed by %(counted)s people and did not reach its threshold of %(threshold)s."
            ),
            lazy("The authority still owes it an ordinary reply, by %(reply_due)s."),
        ),
        *_MINE,
    ),
    E.REPLIED: Words(
        lazy("The authority has replied to your petition"),
        (lazy("The ordinary reply to “%(title)s” stands on the page of the petition."),),
        *_PUBLIC,
    ),
    E.WITHDRAWN: Words(
        lazy("You have withdrawn your petition"),
        (lazy("“%(title)s” has ended at your wish. Nobody can sign it any more."),),
        *_MINE,
    ),
    E.TAKEN_DOWN: Words(
        lazy("Your petition was taken down"),
        (
            lazy("“%(title)s” is not shown any more. The reason is quoted below."),
            lazy("The ground is: %(ground)s."),
        ),
        *_MINE,
        reasons=True,
    ),
    E.REOPENED: Words(
        lazy("Your petition is open again"),
        (
            lazy("A stop of the clocks moved the last day of “%(title)s”, which had ended meanwhile."),
            lazy("It is open until %(closes_on)s."),
        ),
        *_PUBLIC,
    ),
    E.CLOCK_STOPPED: Words(
        lazy("The clocks of your petition were stopped"),
        (
            lazy("A stop of the clocks that began on %(first)s moves dates of “%(title)s”."),
            lazy("You lose no day by it: each day of the stop is added."),
        ),
        *_MINE,
    ),
    E.CLOCK_RESUMED: Words(
        lazy("The clocks of your petition run again"),
        (
            lazy("The stop ended on %(last)s. “%(title)s” has new dates."),
            lazy("Each of them is explained day by day on the page of the petition."),
        ),
        *_MINE,
    ),
    E.QUESTION_ASKED: Words(
        lazy("The authority asks you a question about your petition"),
        (
            lazy(
                "The authority needs something from you to answer “%(title)s”. The question stands on your page."
            ),
            lazy("Please reply by %(reply_by)s. Without a reply the authority decides on what it knows."),
        ),
        *_MINE,
    ),
    E.DISCUSSION_ANNOUNCED: Words(
        lazy("The authority invites to a public discussion of your petition"),
        (
            lazy("“%(title)s” is discussed in public on %(held_on)s. Everybody may come."),
            lazy("Where: %(where)s."),
            lazy("The hour, the materials and an entry for your calendar stand on the page of the petition."),
        ),
        *_PUBLIC,
    ),
    E.MINUTES_PUBLISHED: Words(
        lazy("The minutes of the public discussion are there"),
        (lazy("What was said about “%(title)s” can be read on the page of the petition."),),
        *_PUBLIC,
    ),
    E.PROMISE_DUE: Words(
        lazy("Was the promise kept?"),
        (
            lazy("In its answer to “%(title)s” the authority promised something by %(due_on)s:"),
            lazy("“%(what)s”"),
            lazy("Please say whether it was kept. What you say is public."),
        ),
        lazy("Say whether it was kept"),
        "casework.ballot",
    ),
    E.PROMISE_REPORTED: Words(
        lazy("The authority reports on its promise"),
        (
            lazy("The authority says what became of its promise in the answer to “%(title)s”."),
            lazy("“%(what)s”"),
        ),
        *_PUBLIC,
    ),
    E.EXTENDED: Words(
        lazy("The authority has extended its time for the answer"),
        (
            lazy("The answer to “%(title)s” is now due on %(answer_due)s."),
            lazy("The reason given: %(why)s"),
        ),
        *_MINE,
    ),
    E.TRANSFERRED: Words(
        lazy("Your petition was handed on to another authority"),
        (
            lazy("“%(title)s” was handed on to the competent authority: %(authority)s."),
            lazy("The answer is due on %(answer_due)s."),
            lazy("The reason given: %(why)s"),
        ),
        *_MINE,
    ),
}

_SOON = Words(
    lazy("Due on %(due_on)s: %(receipt)s"),
    (
        lazy("“%(title)s”: %(kind)s is due on %(due_on)s."),
        lazy("If the date is missed, the delay stays on record for good."),
    ),
    *_DESK,
)
_OVERDUE = Words(
    lazy("Still overdue: %(receipt)s"),
    (
        lazy("“%(title)s”: %(kind)s was due on %(due_on)s."),
        lazy("The supervising body has this reminder as well. Please act now."),
    ),
    *_DESK,
)

AUTHORITY: Mapping[Event, Words] = {
    E.QUESTION_REPLIED: Words(
        lazy("The author has replied to your question: %(receipt)s"),
        (
            lazy("The reply about “%(title)s” stands on the page of the case."),
            lazy("Your answer is due on %(answer_due)s."),
        ),
        *_DESK,
    ),
    E.PROMISE_DUE: Words(
        lazy("The date of your promise has come: %(receipt)s"),
        (
            lazy("In your answer to “%(title)s” you promised something by %(due_on)s:"),
            lazy("“%(what)s”"),
            lazy(
                "Please report in public what became of it. The author and the followers are asked as well."
            ),
        ),
        *_DESK,
    ),
    E.HANDED_OVER: Words(
        lazy("A petition was handed over to you: %(receipt)s"),
        (
            lazy("“%(title)s” has reached its threshold with %(counted)s signatures."),
            lazy("Please register it by %(registration_due)s."),
            lazy(
                "The time for the answer starts with the registration, at the latest at the end of that day."
            ),
        ),
        *_DESK,
    ),
    E.DEEMED_REGISTERED: Words(
        lazy("The time for your answer is running: %(receipt)s"),
        (
            lazy("“%(title)s” was not registered in time, so it counts as registered."),
            lazy("Your answer is due on %(answer_due)s."),
        ),
        *_DESK,
    ),
    E.DEADLINE_MISSED: Words(
        lazy("Overdue: %(receipt)s"),
        (
            lazy("“%(title)s”: %(kind)s was due on %(due_on)s."),
            lazy("You can still act, but the delay stays on record for good. Please act now."),
        ),
        *_DESK,
    ),
    E.LAPSED: Words(
        lazy("A petition below its threshold waits for your reply: %(receipt)s"),
        (
            lazy(
                "“%(title)s” was signed by %(counted)s people and did not reach its threshold of %(threshold)s."
            ),
            lazy("The rules owe it an ordinary reply, by %(reply_due)s."),
        ),
        *_DESK,
    ),
    E.TRANSFERRED: Words(
        lazy("A petition was handed on to you: %(receipt)s"),
        (
            lazy("“%(title)s” was handed on to you as the competent authority."),
            lazy("Your answer is due on %(answer_due)s."),
            lazy("The reason given: %(why)s"),
        ),
        *_DESK,
    ),
    E.REMINDED: _SOON,
    E.REMINDED_LATE: _OVERDUE,
}

OFFICERS: Mapping[Event, Words] = {E.REMINDED: _SOON, E.REMINDED_LATE: _OVERDUE}

SUPERVISOR: Mapping[Event, Words] = {
    E.REMINDED_LATE: Words(
        lazy("A body under your supervision is still late: %(receipt)s"),
        (
            lazy("%(authority)s has not acted yet. “%(title)s”: %(kind)s was due on %(due_on)s."),
            lazy("The delay is public on the page of the petition."),
        ),
        *_PUBLIC,
    ),
    E.DEADLINE_MISSED: Words(
        lazy("A body under your supervision is late: %(receipt)s"),
        (
            lazy("%(authority)s has missed a due date. “%(title)s”: %(kind)s was due on %(due_on)s."),
            lazy("The delay is public on the page of the petition."),
        ),
        *_PUBLIC,
    ),
}

ADMINISTRATORS: Mapping[Event, Words] = {
    E.SCREENING_LATE: Words(
        lazy("The check of petition %(petition)s is late"),
        (
            lazy("“%(title)s” was not checked in time."),
            lazy("Please see to it that a moderator decides on it now."),
        ),
    ),
}

SAID: Mapping[Audience, Mapping[Event, Words]] = {
    A.AUTHOR: AUTHOR,
    A.AUTHORITY: AUTHORITY,
    A.OFFICERS: OFFICERS,
    A.SUPERVISOR: SUPERVISOR,
    A.ADMINISTRATORS: ADMINISTRATORS,
    A.FOLLOWERS: FOLLOWERS,
}

# Of whose lateness an audience hears: others have their own mail about it, or nothing to do with it.
LATENESS: Mapping[Audience, frozenset[TermKind]] = {
    A.AUTHOR: frozenset({K.ANSWER, K.PUBLICATION, K.ORDINARY_REPLY}),
    A.AUTHORITY: frozenset({K.ANSWER, K.PUBLICATION, K.ORDINARY_REPLY}),
    A.SUPERVISOR: frozenset({K.REGISTRATION, K.ANSWER, K.PUBLICATION, K.ORDINARY_REPLY}),
    A.FOLLOWERS: frozenset({K.ANSWER, K.ORDINARY_REPLY}),
}


def words_for(audience: Audience, event: Event, kind: str | None) -> Words | None:
    """The mail that an audience gets about an event, or None; `kind` is the term of a missed date."""
    if event is E.DEADLINE_MISSED and kind not in LATENESS.get(audience, frozenset()):
        return None
    return SAID[audience].get(event)
