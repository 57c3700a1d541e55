"""What the help pages say in numbers: taken from the rulebook and the terms of keeping, so that they stay true."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.i18n import format_number, language, ngettext
from petitions.domain import keeping
from petitions.domain.keeping import LONGEST, TERMS, Kept, Length
from petitions.domain.rulebook import HandOver, Rulebook, Span, Status, Tier, Unit, WhenLate
from petitions.domain.thresholds import formula
from petitions.domain.updates import EVERY
from petitions.queries.answers import outcome_words
from petitions.web.reading_words import duration_words, formula_words, span_words, tier_words


@dataclass(frozen=True, slots=True)
class HelpFacts:
    """Numbers and lists of a rulebook in words. A text is empty where the rulebook has nothing of the kind."""

    id: str
    title: str
    proposal: bool
    legal_gap: str
    min_age: int | None
    spans: dict[str, str]
    supporters: str
    silence_publishes: bool
    at_close: bool
    residents_only: bool
    everywhere_residents: bool
    question_pauses: bool
    extensions: int
    outcomes: list[str]
    grounds: list[str]
    levels: list[dict[str, str]]
    kept: dict[str, str]
    update_every: str


def help_facts(book: Rulebook) -> HelpFacts:
    """What the help pages may say under this rulebook, in the reader's language."""
    tiers = book.tiers
    residents = [tier.residents_only for tier in tiers]
    return HelpFacts(
        id=book.id,
        title=book.text(book.title, language()),
        proposal=book.status is Status.PROPOSAL,
        legal_gap=book.text(book.identity.legal_gap or {}, language()),
        min_age=book.identity.min_age,
        spans={name: between(found) for name, found in _spans(tiers).items()},
        supporters=_numbers([tier.startup.signatures for tier in tiers if tier.startup]),
        silence_publishes=all(tier.screening.when_late is WhenLate.PUBLISH for tier in tiers),
        at_close=all(tier.collection.hand_over is HandOver.ON_CLOSE for tier in tiers),
        residents_only=any(residents),
        everywhere_residents=all(residents),
        question_pauses=any(t.response.question.pauses_answer for t in tiers if t.response.question),
        extensions=max((tier.response.extension.times for tier in tiers), default=0),
        outcomes=[str(outcome_words(outcome)) for outcome in book.outcomes],
        grounds=[book.text(ground.title, language()) for ground in book.grounds],
        levels=[_level(tier) for tier in tiers],
        kept=_kept(),
        update_every=duration_words(EVERY.days, Unit.CALENDAR_DAYS),
    )


def between(spans: Iterable[Span]) -> str:
    """One length for all levels, or the shortest and the longest: `5–20 working days`."""
    found = list(spans)
    units = list(dict.fromkeys(span.unit for span in found))
    parts = []
    for unit in units:
        counts = [span.n for span in found if span.unit is unit]
        least = f"{format_number(min(counts))}–" if min(counts) < max(counts) else ""
        parts.append(least + duration_words(max(counts), unit))
    return ", ".join(parts)


def _spans(tiers: tuple[Tier, ...]) -> dict[str, list[Span]]:
    """Every length of the rulebook by what it is for; a level that has none is left out."""
    found: dict[str, list[Span | None]] = {
        "startup": [tier.startup.within if tier.startup else None for tier in tiers],
        "screening": [tier.screening.within for tier in tiers],
        "appeal": [tier.appeal.within if tier.appeal else None for tier in tiers],
        "window": [tier.collection.window for tier in tiers],
        "grace": [tier.collection.confirm_grace for tier in tiers],
        "hand_over": [tier.response.hand_over for tier in tiers],
        "answer": [tier.response.answer for tier in tiers],
        "publish": [tier.response.publish for tier in tiers],
        "question": [tier.response.question.within if tier.response.question else None for tier in tiers],
        "discussion": [tier.response.discussion_notice for tier in tiers],
        "transfer": [tier.response.transfer for tier in tiers],
        "extension": [tier.response.extension.max for tier in tiers if tier.response.extension.times],
        "reply": [tier.lapse.ordinary_reply if tier.lapse else None for tier in tiers],
    }
    return {name: [span for span in spans if span is not None] for name, spans in found.items()}


def _numbers(counts: list[int]) -> str:
    if not counts:
        return ""
    least, most = format_number(min(counts)), format_number(max(counts))
    return most if least == most else f"{least}–{most}"


def _level(tier: Tier) -> dict[str, str]:
    return {
        "title": str(tier_words(tier)),
        "threshold": formula_words(formula(tier.milestones[0].threshold)),
        "answer": span_words(tier.response.answer),
    }


def _kept() -> dict[str, str]:
    """The terms of keeping that signers ask about."""
    kinds = {
        "unconfirmed": Kept.UNCONFIRMED,
        "withdrawn": Kept.WITHDRAWN,
        "contact": Kept.CONTACT,
        "identity": Kept.IDENTITY,
        "invitation": Kept.INVITATION,
    }
    words = {name: _length(TERMS[kind].length) for name, kind in kinds.items()}
    return {**words, "longest": _length(LONGEST)}


def _length(length: Length) -> str:
    n: Any = format_number(length.n)
    if length.unit is keeping.Unit.HOURS:
        return str(ngettext("%(n)s hour", "%(n)s hours", length.n, n=n))
    if length.unit is keeping.Unit.MONTHS:
        return str(ngettext("%(n)s month", "%(n)s months", length.n, n=n))
    return str(ngettext("%(n)s day", "%(n)s days", length.n, n=n))
