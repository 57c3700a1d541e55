"""Rulebooks as rows for their pages: every number with its article and its mark, and the calculator's result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.i18n import N_, _, format_date, format_number, language, ngettext
from petitions.domain.calendar import DayKind, Mark, WorkCalendar
from petitions.domain.rulebook import Basis, HandOver, Rulebook, Span, Status, Tier, WhenLate
from petitions.domain.thresholds import formula
from petitions.queries.answers import outcome_words
from petitions.queries.offers import Offer
from petitions.web.reading_words import TERM_KINDS, formula_words, span_words, tier_words

MONDAY = date(2024, 1, 1)
# The acts of the rulebooks that ship, so that they can be translated; another rulebook's stands in its own words.
KNOWN_ACTS = (
    N_(
        "Administrative Procedural and Process-Related Code of the Republic of Kazakhstan, chapter 12-1 "
        "(articles 90-1 to 90-6), version of 19 March 2026"
    ),
    N_(
        "Proposal after the 2022 report on the internet shutdown in Kazakhstan, chapter E-Participation, "
        "Recommendations; the numbers are a proposal of this project"
    ),
)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One number of a rulebook in words, with its article and whether it is law or this platform's policy."""

    what: str
    value: str
    article: str
    basis: str


def book_facts(book: Rulebook, calendar: WorkCalendar, today: date) -> dict[str, Any]:
    """What the page of a rulebook shows besides its calculator."""
    days = sorted(day for day in calendar.days if day.year in {today.year, today.year + 1})
    return {
        "title": book.text(book.title, language()),
        "legal_basis": _(book.legal_basis),
        "known_acts": KNOWN_ACTS,
        "legal_gap": book.text(book.identity.legal_gap or {}, language()),
        "tiers": [
            {"id": tier.id, "title": tier_words(tier), "main": _main(tier), "rows": _tier_rows(tier)}
            for tier in book.tiers
        ],
        "grounds": [
            (book.text(g.title, language()), g.article, g.basis.value, g.hide_text) for g in book.grounds
        ],
        "outcomes": [outcome_words(outcome) for outcome in book.outcomes],
        "weekend": [_weekday(n) for n in sorted(book.calendar.weekend)],
        "days_off": [(format_date(day, "full"), _day_name(book, calendar, day)) for day in days],
        "identity": _identity(book),
        "marks": {basis.value: mark_words(book, basis.value) for basis in Basis},
    }


def comparison(found: Sequence[Offer]) -> dict[str, Any]:
    """The calculator's result: one column for each rulebook, one row for each thing."""
    steps = {step.kind: str(TERM_KINDS[step.kind]) for offer in found for step in offer.steps}
    rows = [
        [_("Threshold"), *(_threshold(offer) for offer in found)],
        [_("How it is counted"), *(_how(offer) for offer in found)],
        [_("Who counts"), *(_who(offer.tier) for offer in found)],
        [_("First supporters"), *(_supporters(offer.tier) for offer in found)],
        *([title, *(_step(offer, kind) for offer in found)] for kind, title in steps.items()),
    ]
    return {
        "headers": [_("What"), *(offer.rulebook.text(offer.rulebook.title, language()) for offer in found)],
        "rows": rows,
        "days": [_days_of(offer) for offer in found],
    }


def _main(tier: Tier) -> list[str]:
    """The three numbers that most readers come for: threshold, time to collect, time to answer."""
    goal, answer = tier.milestones[0], tier.response.answer
    return [
        formula_words(formula(goal.threshold)),
        span_words(tier.collection.window),
        span_words(answer) if answer else "—",
    ]


def _tier_rows(tier: Tier) -> list[RuleRow]:
    rows = [*_goal_rows(tier), *_startup_rows(tier)]
    screening, collection = tier.screening, tier.collection
    rows += [
        _span_row(tier, _("Check by a moderator"), screening.within, screening),
        RuleRow(
            _("When the check is late"),
            _late(screening.when_late),
            _article(screening, tier),
            _basis(screening),
        ),
    ]
    if tier.appeal:
        rows.append(_span_row(tier, _("Time to appeal against a refusal"), tier.appeal.within, tier.appeal))
    rows += [
        _span_row(tier, _("Collection of signatures"), collection.window, collection),
        _span_row(
            tier, _("Confirmations still count after closing for"), collection.confirm_grace, collection
        ),
        RuleRow(
            _("Hand-over"), _hand_over(collection.hand_over), _article(collection, tier), _basis(collection)
        ),
    ]
    return rows + _response_rows(tier)


def _goal_rows(tier: Tier) -> list[RuleRow]:
    rows = []
    for n, milestone in enumerate(tier.milestones):
        what = (
            _("Threshold that obliges an answer")
            if n == 0
            else _("Further milestone: %(name)s", name=milestone.id)
        )
        words = formula_words(formula(milestone.threshold))
        rows.append(RuleRow(what, words, milestone.article, milestone.basis.value))
    rows.append(RuleRow(_("Who counts"), _who(tier), tier.article, tier.basis.value))
    return rows


def _startup_rows(tier: Tier) -> list[RuleRow]:
    if tier.startup is None:
        return []
    startup = tier.startup
    needed = RuleRow(
        _("First supporters"), format_number(startup.signatures), _article(startup, tier), _basis(startup)
    )
    return [needed, _span_row(tier, _("Gathering the first supporters"), startup.within, startup)]


def _response_rows(tier: Tier) -> list[RuleRow]:
    response = tier.response
    spans: list[tuple[str, Span | None]] = [
        (_("Hand-over to the authority"), response.hand_over),
        (_("Answer of the authority"), response.answer),
        (_("Publication of the decision"), response.publish),
        (_("Reply to a question of the authority"), response.question.within if response.question else None),
        (_("Notice before a public discussion"), response.discussion_notice),
        (_("Transfer to the right authority"), response.transfer),
        (_("Ordinary reply below the threshold"), tier.lapse.ordinary_reply if tier.lapse else None),
    ]
    rows = [_span_row(tier, what, span, response) for what, span in spans if span is not None]
    extension = response.extension
    value = _("none")
    if extension.times:
        times = ngettext("%(n)s time", "%(n)s times", extension.times, n=format_number(extension.times))
        value = _("%(times)s, by %(days)s in all", times=times, days=span_words(extension.max))
    rows.append(RuleRow(_("Extension of the answer"), value, _article(extension, tier), _basis(extension)))
    return rows


def _span_row(tier: Tier, what: str, span: Span, owner: Any) -> RuleRow:
    return RuleRow(what, span_words(span), _cited(span, owner, tier), span.basis.value)


def _article(owner: Any, tier: Tier) -> str:
    return _cited(owner, owner, tier)


def _cited(marked: Any, owner: Any, tier: Tier) -> str:
    """The article of a number; what this platform set itself does not stand in the tier's article."""
    article = marked.article or owner.article or tier.article
    ours = marked.basis is Basis.POLICY and article == tier.article
    return "—" if ours or not article else str(article)


def _basis(owner: Any) -> str:
    basis: Basis = owner.basis
    return basis.value


def _late(when: WhenLate) -> str:
    if when is WhenLate.PUBLISH:
        return _("the petition is published: silence is no veto")
    return _("the matter goes to those above the moderator")


def _hand_over(when: HandOver) -> str:
    if when is HandOver.ON_THRESHOLD:
        return _("as soon as the threshold is reached")
    return _("when the collection closes")


def _who(tier: Tier) -> str:
    return _("residents of the place only") if tier.residents_only else _("everybody who signs")


def _supporters(tier: Tier) -> str:
    return format_number(tier.startup.signatures) if tier.startup else _("none")


def _identity(book: Rulebook) -> str:
    age = book.identity.min_age
    return _("Signers declare that they are at least %(n)s years old.", n=age) if age else ""


def _weekday(n: int) -> str:
    return format_date(MONDAY.replace(day=1 + n), "EEEE")


def _day_name(book: Rulebook, calendar: WorkCalendar, day: date) -> str:
    name = book.text(calendar.name_of(day) or {}, language())
    working = calendar.days[day].kind is DayKind.WORKING_DAY
    return _("%(name)s (people work on this day)", name=name) if working else name


def _threshold(offer: Offer) -> str:
    if not offer.proofs:
        return _("cannot be said: a figure is missing")
    return "; ".join(format_number(proof.count) for proof in offer.proofs)


def _how(offer: Offer) -> str:
    if not offer.proofs:
        return "—"
    proof = offer.proofs[0]
    words = formula_words(proof.formula)
    return f"{words} ({proof.article}, {mark_words(offer.rulebook, proof.basis)})"


def mark_words(book: Rulebook, basis: str) -> str:
    """Where a number comes from: the law, the proposal, or this platform."""
    if basis != Basis.LAW.value:
        return _("rule of the platform")
    return _("law") if book.status is Status.LAW else _("proposal")


def _step(offer: Offer, kind: object) -> str:
    step = next((step for step in offer.steps if step.kind is kind), None)
    if step is None or step.computed.due is None:
        return "—"
    return _("%(length)s, until %(day)s", length=span_words(step.span), day=format_date(step.computed.due))


def _days_of(offer: Offer) -> dict[str, Any]:
    """The holidays that the dates of one rulebook pass over, and how many days of rest besides."""
    skipped = [day for step in offer.steps for day in step.computed.skipped]
    named = [(format_date(day.date, "full"), offer.rulebook.text(day.name or {}, language()))
             for day in skipped if day.mark is Mark.HOLIDAY]  # fmt: skip
    rest = sum(day.mark is Mark.WEEKEND for day in skipped)
    return {
        "title": offer.rulebook.text(offer.rulebook.title, language()),
        "named": named,
        "rest": ngettext("%(n)s day of rest", "%(n)s days of rest", rest, n=format_number(rest)),
    }
