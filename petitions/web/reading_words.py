"""Words of the reading pages: events, terms, days, tiers and formulas, in the reader's language."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from markupsafe import Markup

from authorities.words import branch_word, kind_word
from core.i18n import _, format_date, format_number, lazy, ngettext, url
from petitions.domain.calendar import Day, Mark
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.keeping import LONGEST
from petitions.domain.rulebook import Branch, Span, Tier, Unit
from petitions.queries.answers import outcome_words
from petitions.queries.timeline import Line
from petitions.queries.updates import Update

K, E = TermKind, Event

TERM_KINDS: Mapping[TermKind, Any] = {
    K.STARTUP: lazy("Gathering the first supporters"),
    K.SCREENING: lazy("Check by a moderator"),
    K.APPEAL: lazy("Appeal against a refusal"),
    K.COLLECTION: lazy("Collection of signatures"),
    K.HAND_OVER: lazy("Hand-over to the authority"),
    K.REGISTRATION: lazy("Registration by the authority"),
    K.QUESTION: lazy("Reply to a question of the authority"),
    K.DISCUSSION: lazy("Public discussion"),
    K.ANSWER: lazy("Answer of the authority"),
    K.PUBLICATION: lazy("Publication of the decision"),
    K.ORDINARY_REPLY: lazy("Ordinary reply of the authority"),
    K.PROMISE: lazy("Date on which a promise is checked"),
}

STARTS: Mapping[TermKind, Any] = {
    K.STARTUP: lazy("The author submitted the petition."),
    K.SCREENING: lazy("The petition was sent to a moderator."),
    K.APPEAL: lazy("The author was told of the refusal."),
    K.COLLECTION: lazy("The petition was published."),
    K.HAND_OVER: lazy("The threshold was reached, or the collection closed."),
    K.REGISTRATION: lazy("The petition was handed over."),
    K.QUESTION: lazy("The authority asked the author a question."),
    K.DISCUSSION: lazy("The discussion was announced."),
    K.ANSWER: lazy("The authority registered the petition, or its time to register ended."),
    K.PUBLICATION: lazy("The decision was taken."),
    K.ORDINARY_REPLY: lazy("The petition was handed over after closing, below its threshold."),
    K.PROMISE: lazy("The authority made a promise."),
}

EVENTS: Mapping[Event, Any] = {
    E.CO_AUTHOR_LEFT: lazy("A co-author left the petition"),
    E.GATHERING_BEGUN: lazy("The author began to gather the first supporters"),
    E.JOINERS_MET: lazy("Enough first supporters have joined"),
    E.SCREENING_BEGUN: lazy("A moderator began to check the petition"),
    E.SCREENING_LATE: lazy("The check was not finished in time"),
    E.REFUSED: lazy("The petition was not accepted"),
    E.APPEALED: lazy("The author appealed against the refusal"),
    E.APPEAL_LATE: lazy("The appeal was not decided in time"),
    E.APPEAL_UPHELD: lazy("A second moderator let the refusal stand"),
    E.APPEAL_GRANTED: lazy("The refusal was overturned after the author's appeal"),
    E.APPEAL_OPEN_AGAIN: lazy("The author can appeal again: a stop of the clocks moved the last day"),
    E.PUBLISHED: lazy("Published and open for signatures"),
    E.QUARTER_REACHED: lazy("A quarter of the signatures is there"),
    E.HALF_REACHED: lazy("Half of the signatures are there"),
    E.THREE_QUARTERS_REACHED: lazy("Three quarters of the signatures are there"),
    E.MILESTONE_REACHED: lazy("A milestone was reached"),
    E.THRESHOLD_REACHED: lazy("The threshold was reached"),
    E.HANDED_OVER: lazy("Handed over to the authority"),
    E.REGISTERED: lazy("Registered by the authority"),
    E.DEEMED_REGISTERED: lazy("Registered without the authority: its time for that had ended"),
    E.DEADLINE_MISSED: lazy("A due date was missed"),
    E.ANSWERED: lazy("The authority answered"),
    E.ANSWER_CORRECTED: lazy("The answer was corrected"),
    E.LAPSED: lazy("The collection ended below the threshold"),
    E.REPLIED: lazy("The authority gave an ordinary reply"),
    E.WITHDRAWN: lazy("Withdrawn by its author"),
    E.TAKEN_DOWN: lazy("Taken down"),
    E.PUT_BACK: lazy("Shown again: the takedown was undone"),
    E.REOPENED: lazy("Open again: a stop of the clocks moved the end"),
    E.CLOCK_STOPPED: lazy("The clocks were stopped"),
    E.CLOCK_RESUMED: lazy("The clocks run again"),
    E.EXTENDED: lazy("The authority extended its time for the answer"),
    E.FROZEN: lazy("The author paused signing"),
    E.UNFROZEN: lazy("The author let signing go on"),
    E.TRANSFERRED: lazy("Handed on to the competent authority"),
    E.QUESTION_ASKED: lazy("The authority asked the author a question"),
    E.QUESTION_REPLIED: lazy("The author replied to the question"),
    E.DISCUSSION_ANNOUNCED: lazy("The authority announced a public discussion"),
    E.DISCUSSION_HELD: lazy("The public discussion took place"),
    E.DISCUSSION_MOVED: lazy("The public discussion was moved"),
    E.DISCUSSION_CALLED_OFF: lazy("The public discussion was called off"),
    E.MINUTES_PUBLISHED: lazy("The minutes of the public discussion were published"),
    E.MINUTES_AMENDED: lazy("The minutes of the public discussion were amended"),
    E.PROMISE_DUE: lazy(
        "The date of a promise has come: its author and followers are asked whether it was kept"
    ),
    E.PROMISE_REPORTED: lazy("The authority reported on its promise"),
    E.REMINDED: lazy("The authority was reminded of its due date"),
    E.REMINDED_LATE: lazy("The authority, its head and its supervisor were reminded that it is late"),
    E.DUPLICATE_LINKED: lazy("Linked to an older petition about the same matter"),
    E.DUPLICATE_FOUND: lazy("A later petition about the same matter was linked to this one"),
    E.DUPLICATE_UNLINKED: lazy("The link to the older petition was taken back"),
    E.DUPLICATE_GONE: lazy("The link of a later petition to this one was taken back"),
    E.UPDATE_PUBLISHED: lazy("The authors wrote to those who follow the petition"),
    E.UPDATE_CORRECTED: lazy("The authors corrected an update"),
    E.UPDATE_TAKEN_DOWN: lazy("A moderator took down an update of the authors"),
    E.UPDATE_PUT_BACK: lazy("A moderator shows an update of the authors again"),
    E.CONTACTS_DESTROYED: lazy(
        "The key to the signers' addresses was destroyed: nobody can read them any more"
    ),
    E.IDENTITIES_DESTROYED: lazy("The key to the signers' names was destroyed: only the totals are left"),
}
LATE = frozenset({E.DEADLINE_MISSED, E.SCREENING_LATE, E.APPEAL_LATE})

BASES: Mapping[str, Any] = {"population": lazy("residents"), "electorate": lazy("voters")}

CLOSED: Mapping[str, Any] = {
    "closed": lazy("Signing is closed."),
    "not-open": lazy("Signing has not begun."),
    "frozen": lazy("The author has paused signing for the moment."),
    "data-limit": lazy(
        "Signing has ended: nobody's data are kept longer than %(n)s months from the beginning of a petition.",
        n=LONGEST.n,
    ),
    "switched-off": lazy("Signing is paused on the whole site for the moment. Please come back later."),
    "no-controller": lazy(
        "Nobody can sign: the person who answers for the signers' data has not been named yet."
    ),
}


def span_words(span: Span) -> str:
    """A length of time: `20 working days`."""
    return duration_words(span.n, span.unit)


def duration_words(n: int, unit: Unit) -> str:
    """A number of days, months or hours in words."""
    number = format_number(n)
    if unit is Unit.WORKING_DAYS:
        return str(ngettext("%(n)s working day", "%(n)s working days", n, n=number))
    if unit is Unit.MONTHS:
        return str(ngettext("%(n)s month", "%(n)s months", n, n=number))
    if unit is Unit.HOURS:
        return str(ngettext("%(n)s hour", "%(n)s hours", n, n=number))
    return str(ngettext("%(n)s calendar day", "%(n)s calendar days", n, n=number))


def tier_words(tier: Tier) -> str:
    """Whom a tier covers: kinds of areas and the branch."""
    branch = _("Any body") if tier.branch is Branch.ANY else branch_word(tier.branch.value)
    first, *others = [str(kind_word(kind)) for kind in tier.area_kinds]
    return f"{', '.join([first, *map(_inside, others)])}: {_inside(str(branch))}"


def _inside(name: str) -> str:
    """A name as it is written inside a sentence."""
    return name[:1].lower() + name[1:]


def base_words(base: str | None) -> str | None:
    """Whose number a percentage is taken of."""
    return None if base is None else str(BASES.get(base, base))


def bearer_words(kind: TermKind, authority: str, fact: str = "") -> str:
    """Who bears a term; the time to decide on an appeal is the platform's, the time to appeal the author's."""
    if authority:
        return authority
    authors = {K.STARTUP, K.APPEAL, K.COLLECTION, K.QUESTION}
    return _("The author") if kind in authors and fact != "appealed" else _("This platform")


def day_words(day: Day, language: Callable[[Mapping[str, str]], str]) -> str:
    """Why a day did not count."""
    if day.mark is Mark.HOLIDAY and day.name:
        return language(day.name)
    if day.mark is Mark.STOP:
        return _("The clocks were stopped")
    return _("Day of rest")


def event_words(line: Line) -> dict[str, Any]:
    """A line of the journal as an item of the timeline."""
    said = [words(line.facts[name]) for name, words in FACTS.items() if line.facts.get(name) is not None]
    return {
        "at": line.at,
        "title": str(EVENTS[line.event]),
        "text": _words_of(line.update) if line.update else " ".join(part for part in said if part) or None,
        "tone": "late" if line.event in LATE else "done",
        "href": update_page(line.update)
        if line.update
        else next(
            (_page_of(line.facts[name]) for name in ("original", "duplicate") if name in line.facts), None
        ),
    }


def update_page(update: Update) -> str:
    """The place of an update on the page of them all."""
    return f"{url('updates.index', petition_id=update.petition)}#update-{update.number}"


def _words_of(update: Update) -> Markup:
    """The title of an update, in its own language."""
    return Markup('<span lang="{}">{}</span>').format(update.words.language, update.words.title)


def _page_of(number: str) -> str:
    return url("petitions.show", petition_id=int(number))


# The version number of a corrected answer is a number too, so only texts are registration numbers.
FACTS: Mapping[str, Callable[[Any], str]] = {
    "kind": lambda v: f"{TERM_KINDS[TermKind(v)]}." if v in set(TermKind) else "",
    "receipt": lambda v: _("Receipt number: %(number)s.", number=v),
    "number": lambda v: _("Registration number: %(number)s.", number=v) if isinstance(v, str) else "",
    "outcome": lambda v: f"{outcome_words(v)}.",
    "counted": lambda v: _("Signatures: %(n)s.", n=format_number(v)) if isinstance(v, int) else "",
    "threshold": lambda v: _("Threshold: %(n)s.", n=format_number(v)) if isinstance(v, int) else "",
    "needed": lambda v: _("Needed: %(n)s.", n=format_number(v)) if isinstance(v, int) else "",
    "appeal_by": lambda v: _("The author can appeal until: %(day)s.", day=_plain_day(v)),
    "due_on": lambda v: _("Due date: %(day)s.", day=_plain_day(v)),
    "closes_on": lambda v: _("Closes on: %(day)s.", day=_plain_day(v)),
    "registration_due": lambda v: _("Registration due: %(day)s.", day=_plain_day(v)),
    "answer_due": lambda v: _("Answer due: %(day)s.", day=_plain_day(v)),
    "between": lambda v: _("From “%(first)s” to “%(second)s”.", first=v[0], second=v[1]),
    "was_on": lambda v: _("Announced before for: %(day)s.", day=_plain_day(v)),
    "held_on": lambda v: _("On: %(day)s.", day=_plain_day(v)),
    "where": lambda v: _("Where: %(place)s.", place=v),
    "reply_by": lambda v: _("Time to reply until: %(day)s.", day=_plain_day(v)),
    "why_private": lambda v: _("The question is not public. The reason given: %(reason)s", reason=v),
    "what": lambda v: f"“{v}”",
    "lost": lambda v: _("Days lost with the first authority: %(n)s.", n=format_number(v)),
    "original": lambda v: _("The older petition: number %(n)s.", n=v),
    "duplicate": lambda v: _("The later petition: number %(n)s.", n=v),
    "why": lambda v: _("The reason given: %(reason)s", reason=v),
    "reply_due": lambda v: _("Ordinary reply due: %(day)s.", day=_plain_day(v)),
}


def _plain_day(value: object) -> str:
    try:
        return format_date(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


_FORMULAS: tuple[tuple[re.Pattern[str], Callable[[Mapping[str, str]], str]], ...] = (
    (re.compile(r"fixed (?P<n>\d+)"), lambda m: _("the same for everybody: %(n)s", n=_number(m["n"]))),
    (re.compile(r"floor (?P<n>\d+)"), lambda m: _("at least %(n)s", n=_number(m["n"]))),
    (re.compile(r"cap (?P<n>\d+)"), lambda m: _("at most %(n)s", n=_number(m["n"]))),
    (re.compile(r"ceil"), lambda m: _("rounded up")),
    (re.compile(r"floor"), lambda m: _("rounded down")),
    (re.compile(r"round"), lambda m: _("rounded to the nearest")),
    (re.compile(r"else (?P<rest>.+)"), lambda m: _("above that %(amount)s", amount=_piece(m["rest"]))),
    (
        re.compile(r"(?P<amount>.+) up to (?P<n>\d+)"),
        lambda m: _("%(amount)s where there are up to %(n)s", amount=_piece(m["amount"]), n=_number(m["n"])),
    ),
    (
        re.compile(r"(?P<p>[\d.]+) % of population"),
        lambda m: _("%(share)s of the residents", share=_share(m["p"])),
    ),
    (
        re.compile(r"(?P<p>[\d.]+) % of electorate"),
        lambda m: _("%(share)s of the voters", share=_share(m["p"])),
    ),
    (re.compile(r"total (?P<n>\d+)"), lambda m: _("%(n)s in all", n=_number(m["n"]))),
    (
        re.compile(r"and in at least (?P<n>\d+) areas: (?P<rest>.+)"),
        lambda m: _("and in at least %(n)s areas: %(amount)s", n=m["n"], amount=_piece(m["rest"])),
    ),
)


def formula_words(formula: str) -> str:
    """A certificate's formula in words; a part that has no words here stays as it is."""
    return ", ".join(_piece(part) for part in formula.split(", "))


def _piece(part: str) -> str:
    if part.isdigit():
        return _number(part)
    for pattern, words in _FORMULAS:
        if match := pattern.fullmatch(part):
            return words(match.groupdict())
    return part


def _number(digits: str) -> str:
    return format_number(int(digits))


def _share(percent: str) -> str:
    return f"{format_number(float(percent))} %"
