"""The facts that a case announces: each is a line of its journal, and some go out by mail."""

from enum import StrEnum


class Event(StrEnum):
    """What happened. The journal keeps it for good; `petitions/notices/announcing.py` says who is told."""

    DRAFT_BEGUN = "draft_begun"
    SUBMITTED = "submitted"
    REVISED = "revised"
    CO_AUTHOR_INVITED = "co_author_invited"
    CO_AUTHOR_NAMED = "co_author_named"
    CO_AUTHOR_DECLINED = "co_author_declined"
    CO_AUTHOR_RELEASED = "co_author_released"
    CO_AUTHOR_STEPPED_BACK = "co_author_stepped_back"
    CO_AUTHOR_LEFT = "co_author_left"
    GATHERING_BEGUN = "gathering_begun"
    JOINERS_ASKED = "joiners_asked"
    STARTUP_ENDING = "startup_ending"
    JOINERS_MET = "joiners_met"
    SCREENING_BEGUN = "screening_begun"
    SCREENING_LATE = "screening_late"
    RETURNED = "returned"
    REFUSED = "refused"
    APPEALED = "appealed"
    APPEAL_LATE = "appeal_late"
    APPEAL_UPHELD = "appeal_upheld"
    APPEAL_GRANTED = "appeal_granted"
    APPEAL_OPEN_AGAIN = "appeal_open_again"
    PUBLISHED = "published"
    QUARTER_REACHED = "quarter_reached"
    HALF_REACHED = "half_reached"
    THREE_QUARTERS_REACHED = "three_quarters_reached"
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
    PUT_BACK = "put_back"
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
    DISCUSSION_MOVED = "discussion_moved"
    DISCUSSION_CALLED_OFF = "discussion_called_off"
    DISCUSSION_HELD = "discussion_held"
    MINUTES_PUBLISHED = "minutes_published"
    MINUTES_AMENDED = "minutes_amended"
    PROMISE_DUE = "promise_due"
    PROMISE_REPORTED = "promise_reported"
    REMINDED = "reminded"
    REMINDED_LATE = "reminded_late"
    DUPLICATE_LINKED = "duplicate_linked"
    DUPLICATE_FOUND = "duplicate_found"
    DUPLICATE_UNLINKED = "duplicate_unlinked"
    DUPLICATE_GONE = "duplicate_gone"
    UPDATE_PUBLISHED = "update_published"
    UPDATE_CORRECTED = "update_corrected"
    UPDATE_TAKEN_DOWN = "update_taken_down"
    UPDATE_PUT_BACK = "update_put_back"
    CONTACTS_DESTROYED = "contacts_destroyed"
    IDENTITIES_DESTROYED = "identities_destroyed"


# Before publication a case is private: these lines are for its author and the moderators.
PRIVATE = frozenset(
    {
        Event.DRAFT_BEGUN,
        Event.SUBMITTED,
        Event.REVISED,
        Event.RETURNED,
        Event.CO_AUTHOR_INVITED,
        Event.CO_AUTHOR_NAMED,
        Event.CO_AUTHOR_DECLINED,
        Event.CO_AUTHOR_RELEASED,
        Event.CO_AUTHOR_STEPPED_BACK,
        Event.JOINERS_ASKED,
        Event.STARTUP_ENDING,
        Event.STARTUP_LAPSED,
    }
)
