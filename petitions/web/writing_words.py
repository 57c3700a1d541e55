"""Words that authors' and moderators' pages share: the numbers of an offer, and the mail of a decision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from core.i18n import _, format_date, format_number, ngettext, url
from core.refusal import Refusal
from petitions.domain import texts
from petitions.domain.events import Event
from petitions.domain.moderation import Verdict
from petitions.notices.words import AUTHOR
from petitions.queries.drafts import Draft
from petitions.queries.moderation import GroundRow, ModeratedCase
from petitions.web.reading_words import base_words, formula_words, span_words

OFFER: Mapping[str, Any] = {"span": span_words, "formula": formula_words, "base": base_words}
# So much of a text stands on the overview.
EXCERPT = 160
EVENTS = {
    Verdict.PUBLISH: Event.PUBLISHED,
    Verdict.RETURN: Event.RETURNED,
    Verdict.REFUSE: Event.REFUSED,
    Verdict.TAKE_DOWN: Event.TAKEN_DOWN,
}


@dataclass(frozen=True, slots=True)
class Task:
    """One question of a draft on its overview: what was answered, and whether that is enough."""

    label: str
    href: str
    done: bool
    said: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class MailPreview:
    """The mail to the author as a moderator sees it before deciding."""

    subject: str
    sentences: list[str]
    reason: str


def tasks_of(draft: Draft) -> list[Task]:
    """The questions of a draft in their order."""
    body = draft.addressee.name if draft.addressee else ""
    excerpt = Markup(draft.html).striptags()  # noqa: S704 - what comes out is text and no markup
    excerpt = excerpt if len(excerpt) <= EXCERPT else f"{excerpt[:EXCERPT].rstrip()}…"
    beside = ngettext(
        "%(n)s co-author", "%(n)s co-authors", len(draft.co_authors), n=format_number(len(draft.co_authors))
    )
    whole = _enough(texts.require_text, draft.markdown) and (bool(draft.reason) or not draft.corrects)
    here = {"petition_id": draft.id}
    return [
        Task(_("Addressee"), url("writing.addressee", **here), bool(body), body),
        Task(
            _("Demand"),
            url("steps.demand", **here),
            _enough(texts.require_title, draft.title),
            draft.title,
            draft.language,
        ),
        Task(_("Text"), url("steps.text", **here), whole, excerpt, draft.language),
        Task(
            _("Authors"),
            url("coauthors.authors", **here),
            not draft.waiting,
            beside if draft.co_authors else _("You alone"),
        ),
    ]


def _enough(require: Callable[[str], None], words: str) -> bool:
    """Whether an answer could be submitted as it is."""
    try:
        require(words)
    except Refusal:
        return False
    return True


def mail_preview(case: ModeratedCase, verdict: Verdict, ground: GroundRow | None, reason: str) -> MailPreview:
    """What the author would be told, in the moderator's language."""
    words = AUTHOR[EVENTS[verdict]]
    facts = {"title": case.title, "ground": ground.title if ground else "", **_goal(case)}
    return MailPreview(str(words.subject) % facts, words.said(facts), reason if words.reasons else "")


def _goal(case: ModeratedCase) -> dict[str, str]:
    offer = case.offer
    if offer is None or not offer.proofs:
        return {}
    closing = next((step.computed.due for step in offer.steps if step.kind.value == "collection"), None)
    closes_on = format_date(closing) if closing else ""
    return {"threshold": format_number(offer.proofs[0].count), "closes_on": closes_on}
