"""What each mail about a case says: a subject, a few sentences, and one button, by event and audience."""

from collections.abc import Mapping

from core.i18n import lazy
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.notices.announcing import Audience
from petitions.notices.author import AUTHOR, CO_AUTHORS
from petitions.notices.quiet import FOLLOWERS
from petitions.notices.shape import MISSED, PLACE, PUBLIC, Words

__all__ = ["AUTHOR", "LATENESS", "MISSED", "PLACE", "SAID", "Words", "words_for"]

A, E, K = Audience, Event, TermKind

_DESK = (lazy("Open the case"), "desk.case")

_SOON = Words(
    lazy("Due on %(due_on)s: %(receipt)s"),
    (
        lazy("“%(title)s”: %(kind)s is due on %(due_on)s."),
        lazy("If the date is missed, the delay stays on record for good."),
    ),
    *_DESK,
)
_OVERDUE_OF_YOURS = Words(
    lazy("Your authority is still overdue: %(receipt)s"),
    (
        lazy("“%(title)s”: %(kind)s was due on %(due_on)s."),
        lazy("You head %(authority)s, so you are told beside its officers and the supervising body."),
        lazy("Please see to it that it is done now. Each further week of delay is made public."),
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

OFFICERS: Mapping[Event, Words] = {
    E.REMINDED: _SOON,
    E.REMINDED_LATE: _OVERDUE,
    E.DEADLINE_MISSED: AUTHORITY[E.DEADLINE_MISSED],
}

HEADS: Mapping[Event, Words] = {
    E.REMINDED_LATE: _OVERDUE_OF_YOURS,
    E.DEADLINE_MISSED: Words(
        lazy("Your authority has missed a due date: %(receipt)s"),
        (
            lazy("“%(title)s”: %(kind)s was due on %(due_on)s."),
            lazy("You head %(authority)s, so you are told beside its officers and the supervising body."),
            lazy("It can still be done, but the delay stays on record for good."),
        ),
        *_DESK,
    ),
}

SUPERVISOR: Mapping[Event, Words] = {
    E.REMINDED_LATE: Words(
        lazy("A body under your supervision is still late: %(receipt)s"),
        (
            lazy("%(authority)s has not acted yet. “%(title)s”: %(kind)s was due on %(due_on)s."),
            lazy("The delay is public on the page of the petition."),
        ),
        *PUBLIC,
    ),
    E.DEADLINE_MISSED: Words(
        lazy("A body under your supervision is late: %(receipt)s"),
        (
            lazy("%(authority)s has missed a due date. “%(title)s”: %(kind)s was due on %(due_on)s."),
            lazy("The delay is public on the page of the petition."),
        ),
        *PUBLIC,
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
    E.APPEAL_LATE: Words(
        lazy("The appeal about petition %(petition)s is late"),
        (
            lazy("Nobody decided in time on the appeal about “%(title)s”."),
            lazy("Please see to it that a moderator who did not refuse it decides now."),
        ),
    ),
}

SAID: Mapping[Audience, Mapping[Event, Words]] = {
    A.AUTHOR: AUTHOR,
    A.CO_AUTHORS: CO_AUTHORS,
    A.AUTHORITY: AUTHORITY,
    A.OFFICERS: OFFICERS,
    A.HEADS: HEADS,
    A.SUPERVISOR: SUPERVISOR,
    A.ADMINISTRATORS: ADMINISTRATORS,
    A.FOLLOWERS: FOLLOWERS,
}

# Of whose lateness an audience hears: others have their own mail about it, or nothing to do with it.
LATENESS: Mapping[Audience, frozenset[TermKind]] = {
    A.AUTHOR: frozenset({K.ANSWER, K.PUBLICATION, K.ORDINARY_REPLY}),
    A.CO_AUTHORS: frozenset({K.ANSWER, K.PUBLICATION, K.ORDINARY_REPLY}),
    A.AUTHORITY: frozenset({K.ANSWER, K.PUBLICATION, K.ORDINARY_REPLY}),
    A.OFFICERS: frozenset({K.ANSWER, K.PUBLICATION, K.ORDINARY_REPLY}),
    A.HEADS: frozenset({K.REGISTRATION, K.ANSWER, K.PUBLICATION, K.ORDINARY_REPLY}),
    A.SUPERVISOR: frozenset({K.REGISTRATION, K.ANSWER, K.PUBLICATION, K.ORDINARY_REPLY}),
    A.FOLLOWERS: frozenset({K.ANSWER, K.ORDINARY_REPLY}),
}


def words_for(audience: Audience, event: Event, kind: str | None) -> Words | None:
    """The mail that an audience gets about an event, or None; `kind` is the term of a missed date."""
    if event is E.DEADLINE_MISSED and kind not in LATENESS.get(audience, frozenset()):
        return None
    return SAID[audience].get(event)
