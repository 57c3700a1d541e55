"""The facts that a case announces: each is a line of its journal, and some go out by mail."""

from enum import StrEnum


class Event(StrEnum):
    """What happened. The journal keeps it for good; `petitions/notices.py` says who is told."""

    DRAFT_BEGUN = "draft_begun"
    SUBMITTED = "submitted"
    REVISED = "revised"
    GATHERING_BEGUN = "gathering_begun"
    JOINERS_MET = "joiners_met"
    SCREENING_BEGUN = "screening_begun"
    SCREENING_LATE = "screening_late"
    RETURNED = "returned"
    REFUSED = "refused"
    PUBLISHED = "published"
    MILESTONE_REACHED = "milestone_reached"
    THRESHOLD_REACHED = "threshold_reached"
    HANDED_OVER = "handed_over"
    REGISTERED = "registered"
    DEEMED_REGISTERED = "deemed_registered"
    DEADLINE_MISSED = "deadline_missed"
    ANSWERED = "answered"
    ANSWER_CORRECTED = "answer_corrected"
    LAPSED = "lapsed"
    STARTUP_LAPSED = "startup_lapsed"
    REPLIED = "replied"
    WITHDRAWN = "withdrawn"
    TAKEN_DOWN = "taken_down"
    REOPENED = "reopened"
    CLOCK_STOPPED = "clock_stopped"
    CLOCK_RESUMED = "clock_resumed"
    EXTENDED = "extended"
    TRANSFERRED = "transferred"
    FROZEN = "frozen"
    UNFROZEN = "unfrozen"
    QUESTION_ASKED = "question_asked"
    QUESTION_REPLIED = "question_replied"
    DISCUSSION_ANNOUNCED = "discussion_announced"
    DISCUSSION_HELD = "discussion_held"
    MINUTES_PUBLISHED = "minutes_published"
    PROMISE_DUE = "promise_due"
    PROMISE_REPORTED = "promise_reported"
    REMINDED = "reminded"
    REMINDED_LATE = "reminded_late"
    CONTACTS_DESTROYED = "contacts_destroyed"
    IDENTITIES_DESTROYED = "identities_destroyed"


# Before publication a case is private: these lines are for its author and the moderators.
PRIVATE = frozenset(
    {
        Event.DRAFT_BEGUN,
        Event.SUBMITTED,
        Event.REVISED,
        Event.RETURNED,
        Event.STARTUP_LAPSED,
    }
)
