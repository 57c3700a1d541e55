"""Words that authors' and moderators' pages share: the numbers of an offer, and the mail of a decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.i18n import format_date, format_number
from petitions.domain.events import Event
from petitions.domain.moderation import Verdict
from petitions.notices_words import AUTHOR
from petitions.queries.moderation import GroundRow, ModeratedCase
from petitions.web.reading_words import base_words, formula_words, span_words

OFFER: Mapping[str, Any] = {"span": span_words, "formula": formula_words, "base": base_words}
EVENTS = {
    Verdict.PUBLISH: Event.PUBLISHED,
    Verdict.RETURN: Event.RETURNED,
    Verdict.REFUSE: Event.REFUSED,
    Verdict.TAKE_DOWN: Event.TAKEN_DOWN,
}


@dataclass(frozen=True, slots=True)
class MailPreview:
    """The mail to the author as a moderator sees it before deciding."""

    subject: str
    sentences: list[str]
    reason: str


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
