"""What a rulebook offers for an addressee: the tier, the thresholds, and the latest date of every step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from authorities import queries as register
from core.refusal import Refusal
from core.work import Work
from petitions.domain.calendar import Computation, WorkCalendar, due
from petitions.domain.deadlines import TermKind
from petitions.domain.rulebook import Areas, Rulebook, Span, Tier
from petitions.domain.thresholds import AreaFigures, ThresholdCertificate, certificates
from petitions.queries import rules


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a petition would address, with the figures of the area and, for some thresholds, of its parts."""

    area_kind: str
    branch: str
    figures: AreaFigures
    children: tuple[AreaFigures, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step at its latest: it runs from the end of the step before, for `span`."""

    kind: TermKind
    span: Span
    computed: Computation


@dataclass(frozen=True, slots=True)
class Offer:
    """What a rulebook asks and promises; `refusal` says why there is no threshold, where there is none."""

    rulebook: Rulebook
    tier: Tier
    proofs: tuple[ThresholdCertificate, ...]
    steps: tuple[Step, ...]
    refusal: Refusal | None = None


def addressee_of(w: Work, area_code: str, branch: str, on: date | None = None) -> Addressee | None:
    """The addressee of an area and branch, with the figures that were the newest on a day (default: today)."""
    area = register.area(w, area_code, on)
    if area is None:
        return None
    needs_parts = any(
        isinstance(milestone.threshold, Areas)
        for loaded in rules.shipped_rulebooks(w)
        for tier in loaded.rulebook.tiers
        for milestone in tier.milestones
    )
    parts = register.children(w, area_code, on) if needs_parts else ()
    below = tuple(figures_of(part.code, part.figure) for part in parts)
    return Addressee(area.kind, branch, figures_of(area.code, area.figure), below)


def offers(w: Work, addressee: Addressee, start: date | None = None) -> list[Offer]:
    """What every rulebook at hand offers, the instance's first; without `start` no dates are computed.

    Refusal: `calendar-out-of-range` where a date lies beyond what the calendar knows.
    """
    found = []
    for loaded in rules.shipped_rulebooks(w):
        tier = loaded.rulebook.tier_for(addressee.area_kind, addressee.branch)
        if tier is not None:
            found.append(_offer(loaded.rulebook, tier, addressee, start, rules.calendar(loaded.rulebook)))
    return found


def figures_of(code: str, figure: register.Figure | None) -> AreaFigures:
    """The figures of an area as thresholds take them; none where the register has none."""
    if figure is None:
        return AreaFigures(code)
    return AreaFigures(
        code, figure.population, figure.electorate, figure.as_of, figure.source, columns=figure.more
    )


def schedule(tier: Tier, start: date, calendar: WorkCalendar) -> tuple[Step, ...]:
    """Every step at its latest, each from the end of the one before. Refusal: `calendar-out-of-range`."""
    steps: list[Step] = []
    for kind, span in _spans(tier):
        computed = due(start, span, calendar)
        steps.append(Step(kind, span, computed))
        start = computed.due or start
    return tuple(steps)


def _spans(tier: Tier) -> Sequence[tuple[TermKind, Span]]:
    startup = [(TermKind.STARTUP, tier.startup.within)] if tier.startup else []
    return [
        *startup,
        (TermKind.SCREENING, tier.screening.within),
        (TermKind.COLLECTION, tier.collection.window),
        (TermKind.HAND_OVER, tier.response.hand_over),
        (TermKind.ANSWER, tier.response.answer),
        (TermKind.PUBLICATION, tier.response.publish),
    ]


def _offer(
    rulebook: Rulebook, tier: Tier, addressee: Addressee, start: date | None, calendar: WorkCalendar
) -> Offer:
    steps = () if start is None else schedule(tier, start, calendar)
    try:
        proofs = certificates(tier, addressee.figures, addressee.children)
    except Refusal as refusal:
        return Offer(rulebook, tier, (), steps, refusal)
    return Offer(rulebook, tier, proofs, steps)
