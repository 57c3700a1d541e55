"""The words of the codes that the desk refuses with."""

from core.i18n import lazy
from core.refusals import Words, register_refusals

register_refusals(
    {
        "not-registered": Words(
            lazy("Register the petition first: the answer term starts with the registration.")
        ),
        "date-in-future": Words(lazy("This day has not come yet. Today is %(today)s."), 422),
        "date-before-hand-over": Words(
            lazy("This day is before the hand-over. The petition was handed over on %(day)s."), 422
        ),
        "outcome-unknown": Words(lazy("Choose one of the outcomes that the rules know."), 422),
        "reasons-too-short": Words(
            lazy("This is too short. Write at least %(least)s characters, so that people can understand it."),
            422,
        ),
        "correction-too-short": Words(
            lazy("Say in at least %(least)s characters what you correct, and why."), 422
        ),
        "needs-second-person": Words(
            lazy("You wrote this text yourself. A second officer has to check it before it can be published.")
        ),
        "remark-missing": Words(lazy("Say what should be changed, so that your colleague can do it."), 422),
        "other-not-open": Words(
            lazy("One of the petitions that you chose does not wait for your answer any more. Choose again."),
            422,
        ),
        "act-without-title": Words(lazy("Give the title of the act that this address leads to."), 422),
        "link-faulty": Words(
            lazy("This is no web address. It has to begin with https:// or http://, without spaces."), 422
        ),
        "promise-too-short": Words(lazy("Say in at least %(least)s characters what will be done."), 422),
        "promise-date": Words(
            lazy(
                "Choose a working day after today, at most three years ahead, on which the promise is checked."
            ),
            422,
        ),
        "report-too-short": Words(
            lazy("Say in at least %(least)s characters what became of the promise."), 422
        ),
        "no-such-colleague": Words(lazy("Choose one of the officers of your authority."), 422),
        "note-empty": Words(lazy("Write the note first."), 422),
        "note-too-long": Words(lazy("This is too long: at most %(most)s characters fit."), 422),
        "question-too-short": Words(
            lazy("Ask in at least %(least)s characters, so that the author knows what you need."), 422
        ),
        "why-too-short": Words(
            lazy("Say in at least %(least)s characters why the question is not public."), 422
        ),
        "reply-too-short": Words(lazy("Write your reply first."), 422),
        "discussion-date": Words(lazy("Choose a working day after today, at most three years ahead."), 422),
        "discussion-too-soon": Words(
            lazy("People must be told in time: the first day on which the discussion can be is %(first)s."),
            422,
        ),
        "hour-passed": Words(lazy("This hour has passed already. Choose a later one."), 422),
        "nothing-changed": Words(
            lazy("This is what was announced already. Change the day, the hour, the place or the materials."),
            422,
        ),
        "minutes-unchanged": Words(lazy("These are the minutes that stand already. Change them first."), 422),
        "place-missing": Words(lazy("Give a place, or an address on the web."), 422),
        "minutes-too-short": Words(
            lazy("Write at least %(least)s characters about what was said, or leave it empty for now."), 422
        ),
    }
)
