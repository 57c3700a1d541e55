"""Announcing a fact: one line in the journal, and the mails that the table says, in the same transaction."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from core.outbox import broadcast, post
from core.work import Work
from petitions.domain.events import PRIVATE, Event
from petitions.models.case import JournalEntry
from petitions.models.petition import Petition
from petitions.queries.coauthors import account_ids


class Audience(StrEnum):
    """Who is told of an event."""

    AUTHOR = "author"
    CO_AUTHORS = "co_authors"
    AUTHORITY = "authority"
    SUPERVISOR = "supervisor"
    ADMINISTRATORS = "administrators"
    OFFICERS = "officers"
    HEADS = "heads"
    FOLLOWERS = "followers"


A, E = Audience, Event

# Audiences of several people, whose mails are one broadcast; the others are one mailbox each.
TO_MANY: Mapping[Audience, str] = {
    A.FOLLOWERS: "followers",
    A.ADMINISTRATORS: "case_administrators",
    A.OFFICERS: "case_officers",
    A.HEADS: "case_heads",
}

TOLD: Mapping[Event, tuple[Audience, ...]] = {
    E.CO_AUTHOR_NAMED: (A.AUTHOR,),
    E.CO_AUTHOR_DECLINED: (A.AUTHOR,),
    E.CO_AUTHOR_STEPPED_BACK: (A.AUTHOR,),
    E.CO_AUTHOR_LEFT: (A.AUTHOR,),
    E.GATHERING_BEGUN: (A.AUTHOR,),
    E.JOINERS_ASKED: (A.AUTHOR,),
    E.STARTUP_ENDING: (A.AUTHOR,),
    E.SCREENING_BEGUN: (A.AUTHOR,),
    E.SCREENING_LATE: (A.AUTHOR, A.ADMINISTRATORS),
    E.RETURNED: (A.AUTHOR,),
    E.REFUSED: (A.AUTHOR,),
    E.APPEALED: (A.AUTHOR,),
    E.APPEAL_LATE: (A.AUTHOR, A.ADMINISTRATORS),
    E.APPEAL_UPHELD: (A.AUTHOR,),
    E.APPEAL_GRANTED: (A.AUTHOR,),
    E.APPEAL_OPEN_AGAIN: (A.AUTHOR,),
    E.PUBLISHED: (A.AUTHOR,),
    E.QUARTER_REACHED: (A.AUTHOR, A.FOLLOWERS),
    E.HALF_REACHED: (A.AUTHOR, A.FOLLOWERS),
    E.THREE_QUARTERS_REACHED: (A.AUTHOR, A.FOLLOWERS),
    E.THRESHOLD_REACHED: (A.AUTHOR, A.FOLLOWERS),
    E.MILESTONE_REACHED: (A.AUTHOR, A.FOLLOWERS),
    E.HANDED_OVER: (A.AUTHOR, A.AUTHORITY, A.FOLLOWERS),
    E.REGISTERED: (A.AUTHOR,),
    E.DEEMED_REGISTERED: (A.AUTHOR, A.AUTHORITY),
    E.DEADLINE_MISSED: (A.AUTHOR, A.AUTHORITY, A.OFFICERS, A.HEADS, A.SUPERVISOR, A.FOLLOWERS),
    E.ANSWERED: (A.AUTHOR, A.FOLLOWERS),
    E.ANSWER_CORRECTED: (A.AUTHOR, A.FOLLOWERS),
    E.STARTUP_LAPSED: (A.AUTHOR,),
    E.LAPSED: (A.AUTHOR, A.AUTHORITY, A.FOLLOWERS),
    E.REPLIED: (A.AUTHOR, A.FOLLOWERS),
    E.WITHDRAWN: (A.AUTHOR,),
    E.TAKEN_DOWN: (A.AUTHOR,),
    E.PUT_BACK: (A.AUTHOR,),
    E.REOPENED: (A.AUTHOR, A.FOLLOWERS),
    E.CLOCK_STOPPED: (A.AUTHOR,),
    E.CLOCK_RESUMED: (A.AUTHOR,),
    E.EXTENDED: (A.AUTHOR, A.FOLLOWERS),
    E.TRANSFERRED: (A.AUTHOR, A.AUTHORITY, A.FOLLOWERS),
    E.QUESTION_ASKED: (A.AUTHOR,),
    E.QUESTION_REPLIED: (A.AUTHORITY,),
    E.DISCUSSION_ANNOUNCED: (A.AUTHOR, A.FOLLOWERS),
    E.DISCUSSION_MOVED: (A.AUTHOR, A.FOLLOWERS),
    E.DISCUSSION_CALLED_OFF: (A.AUTHOR, A.FOLLOWERS),
    E.MINUTES_PUBLISHED: (A.AUTHOR, A.FOLLOWERS),
    E.MINUTES_AMENDED: (A.AUTHOR, A.FOLLOWERS),
    E.PROMISE_DUE: (A.AUTHOR, A.AUTHORITY, A.FOLLOWERS),
    E.PROMISE_REPORTED: (A.AUTHOR, A.FOLLOWERS),
    E.DUPLICATE_LINKED: (A.AUTHOR, A.FOLLOWERS),
    E.DUPLICATE_FOUND: (A.AUTHOR,),
    E.DUPLICATE_UNLINKED: (A.AUTHOR, A.FOLLOWERS),
    E.DUPLICATE_GONE: (A.AUTHOR,),
    E.UPDATE_PUBLISHED: (A.AUTHOR, A.FOLLOWERS),
    E.UPDATE_TAKEN_DOWN: (A.AUTHOR,),
    E.UPDATE_PUT_BACK: (A.AUTHOR,),
    E.REMINDED: (A.OFFICERS, A.AUTHORITY),
    E.REMINDED_LATE: (A.OFFICERS, A.HEADS, A.AUTHORITY, A.SUPERVISOR),
}


def announce(w: Work, petition: Petition, event: Event, *, mailed: bool = True, **facts: Any) -> JournalEntry:
    """Write the event into the journal and its mails into the outbox; `facts` are plain JSON values.

    Without `mailed` it is written down only: another mail says it already.
    """
    entry = JournalEntry(
        petition_id=petition.id, at=w.now, event=event.value, facts=facts, is_public=event not in PRIVATE
    )
    w.session.add(entry)
    w.session.flush()
    for audience in TOLD.get(event, ()) if mailed else ():
        _tell(w, audience, entry, petition)
    return entry


def _tell(w: Work, audience: Audience, entry: JournalEntry, petition: Petition) -> None:
    ref = {"journal": entry.id, "petition": petition.id, "audience": audience.value}
    if audience in TO_MANY:
        broadcast(w, TO_MANY[audience], f"{entry.id}", ref)
        return
    if audience is A.AUTHOR:
        # Whoever answers for a petition hears what its author hears.
        for account in account_ids(w, petition.id):
            told = ref | {"audience": A.CO_AUTHORS.value, "account": account}
            post(w, "case_co_authors", f"{entry.id}.{account}", told, petition.language)
    # The language is settled when the mail is made: it is the receiver's, not the writer's.
    post(w, f"case_{audience.value}", f"{entry.id}", ref, petition.language)
