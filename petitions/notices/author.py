"""What the mails to an author say, by event; they may name the petition."""

from collections.abc import Mapping

from core.i18n import lazy
from petitions.domain.events import Event
from petitions.notices.appeals import APPEALS
from petitions.notices.progress import PROGRESS
from petitions.notices.shape import MINE as _MINE
from petitions.notices.shape import PUBLIC, Words

E = Event

AUTHOR: Mapping[Event, Words] = {
    **APPEALS,
    **PROGRESS,
    E.GATHERING_BEGUN: Words(
        lazy("Now your petition needs its first supporters"),
        (
            lazy("“%(title)s” needs %(needed)s first supporters by %(due_on)s."),
            lazy("Send them the private link that stands on the page of your petition."),
        ),
        *_MINE,
    ),
    E.CO_AUTHOR_NAMED: Words(
        lazy("Somebody has agreed to be a co-author"),
        (
            lazy("A person whom you invited answers for “%(title)s” together with you from now on."),
            lazy("The name stands on the page of your petition."),
        ),
        *_MINE,
    ),
    E.CO_AUTHOR_DECLINED: Words(
        lazy("An invitation was declined"),
        (
            lazy("A person whom you invited does not want to be a co-author of “%(title)s”."),
            lazy("You can invite somebody else, or submit the petition without more co-authors."),
        ),
        *_MINE,
    ),
    E.CO_AUTHOR_STEPPED_BACK: Words(
        lazy("A co-author has left your petition"),
        (
            lazy("“%(title)s” has one co-author fewer. The name will not be published with it."),
            lazy("You do not have to do anything."),
        ),
        *_MINE,
    ),
    E.CO_AUTHOR_LEFT: Words(
        lazy("A co-author has left your petition"),
        (
            lazy("“%(title)s” has one co-author fewer."),
            lazy("The page of the petition keeps the name with the day on which the co-author left."),
        ),
        *_MINE,
    ),
    E.JOINERS_ASKED: Words(
        lazy("Your supporters are asked to confirm the corrected text"),
        (
            lazy("You have changed “%(title)s” after people had joined it."),
            lazy("Everybody who had joined gets a mail and can confirm the new text: %(asked)s people."),
            lazy("Only those count who confirm it. It needs %(needed)s first supporters by %(due_on)s."),
        ),
        *_MINE,
    ),
    E.STARTUP_ENDING: Words(
        lazy("The time for first supporters ends on %(due_on)s"),
        (
            lazy("“%(title)s” has %(joined)s of the %(needed)s first supporters that it needs."),
            lazy("If they are too few at the end of %(due_on)s, the petition lapses."),
            lazy("You find the private link for supporters on the page of your petition."),
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
    E.PUBLISHED: Words(
        lazy("Your petition is open for signatures"),
        (
            lazy("“%(title)s” needs %(threshold)s signatures by %(closes_on)s."),
            lazy("You can share the address of its page now."),
        ),
        *PUBLIC,
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
        *PUBLIC,
    ),
    E.ANSWER_CORRECTED: Words(
        lazy("The answer to your petition was corrected"),
        (
            lazy("The authority has corrected its answer to “%(title)s”. The outcome is now: %(outcome)s."),
            lazy("The earlier version stays readable beside it."),
        ),
        *PUBLIC,
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
        *PUBLIC,
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
        *PUBLIC,
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
        *PUBLIC,
    ),
    E.DISCUSSION_MOVED: Words(
        lazy("The public discussion of your petition was moved"),
        (
            lazy("“%(title)s” is now discussed in public on %(held_on)s. Announced before was: %(was_on)s."),
            lazy("Where: %(where)s."),
            lazy("The reason given: %(why)s"),
            lazy("The new hour and a new entry for your calendar stand on the page of the petition."),
        ),
        *PUBLIC,
    ),
    E.DISCUSSION_CALLED_OFF: Words(
        lazy("The public discussion of your petition does not take place"),
        (
            lazy("The discussion of “%(title)s” on %(was_on)s was called off."),
            lazy("The reason given: %(why)s"),
        ),
        *PUBLIC,
    ),
    E.MINUTES_AMENDED: Words(
        lazy("The minutes of the public discussion were amended"),
        (
            lazy(
                "The minutes about “%(title)s” have a new version. The earlier one stays readable beside it."
            ),
            lazy("The reason given: %(why)s"),
        ),
        *PUBLIC,
    ),
    E.MINUTES_PUBLISHED: Words(
        lazy("The minutes of the public discussion are there"),
        (lazy("What was said about “%(title)s” can be read on the page of the petition."),),
        *PUBLIC,
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
        *PUBLIC,
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
    E.DUPLICATE_LINKED: Words(
        lazy("Your petition was linked to an older one"),
        (
            lazy(
                "A moderator says that “%(title)s” is about the same matter as the older petition number %(original)s."
            ),
            lazy("The reason given: %(why)s"),
            lazy(
                "Your petition goes on as before. Both pages show the link, so that people can sign the older one."
            ),
        ),
        *PUBLIC,
    ),
    E.DUPLICATE_FOUND: Words(
        lazy("A later petition was linked to yours"),
        (
            lazy(
                "A moderator says that petition number %(duplicate)s is about the same matter as “%(title)s”."
            ),
            lazy("The reason given: %(why)s"),
        ),
        *PUBLIC,
    ),
    E.DUPLICATE_UNLINKED: Words(
        lazy("The link of your petition to an older one was taken back"),
        (
            lazy("“%(title)s” is no longer linked to the older petition number %(original)s."),
            lazy("The reason given: %(why)s"),
        ),
        *PUBLIC,
    ),
    E.DUPLICATE_GONE: Words(
        lazy("The link of a later petition to yours was taken back"),
        (
            lazy("Petition number %(duplicate)s is no longer linked to “%(title)s”."),
            lazy("The reason given: %(why)s"),
        ),
        *PUBLIC,
    ),
}

_AUTHORS_ALONE = frozenset({E.PROMISE_DUE, E.CO_AUTHOR_DECLINED})

# Co-authors hear the same, but for what only the author does or is asked.
CO_AUTHORS: Mapping[Event, Words] = {
    **{event: words for event, words in AUTHOR.items() if event not in _AUTHORS_ALONE},
    E.RETURNED: Words(
        lazy("The petition was returned for correction"),
        (
            lazy("A moderator has returned “%(title)s” for correction. The reason is quoted below."),
            lazy("Its author changes the text and submits it again."),
        ),
        *_MINE,
        reasons=True,
    ),
    E.WITHDRAWN: Words(
        lazy("The petition was withdrawn"),
        (lazy("“%(title)s” has ended at its author’s wish. Nobody can sign it any more."),),
        *_MINE,
    ),
    E.QUESTION_ASKED: Words(
        lazy("The authority asks a question about your petition"),
        (
            lazy("The authority needs something to answer “%(title)s”. The question stands on your page."),
            lazy(
                "The author replies by %(reply_by)s. Without a reply the authority decides on what it knows."
            ),
        ),
        *_MINE,
    ),
    E.CO_AUTHOR_NAMED: Words(
        lazy("Your petition has one more co-author"),
        (lazy("Somebody else answers for “%(title)s” together with you. The name stands on your page."),),
        *_MINE,
    ),
    E.CO_AUTHOR_RELEASED: Words(
        lazy("You are no longer a co-author of a draft"),
        (
            lazy("The author of “%(title)s” goes on without you as a co-author."),
            lazy("Your name was never published with it, and we have erased it there."),
        ),
    ),
}
