"""The typed rulebook: what a law or a proposal sets for petitions, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from core.refusal import Refusal

Texts = Mapping[str, str]
"""One text in several languages, keyed by language code."""


class Unit(StrEnum):
    """In what a span is counted; hours serve the grace after closing only, never a clock of days."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"
    HOURS = "hours"


class Basis(StrEnum):
    """Where a number comes from: the law (or the proposal) itself, or this platform's own rule."""

    LAW = "law"
    POLICY = "policy"


class Status(StrEnum):
    """Whether the rulebook is in force or only proposed."""

    LAW = "law"
    PROPOSAL = "proposal"


class Branch(StrEnum):
    """The branch of an authority; a tier may also serve any of them."""

    EXECUTIVE = "executive"
    REPRESENTATIVE = "representative"
    ANY = "any"


class WhenLate(StrEnum):
    """What follows when screening is late: the petition is published, or the matter goes to a superior."""

    PUBLISH = "publish"
    ESCALATE = "escalate"


class HandOver(StrEnum):
    """When the operator hands a petition over: as soon as the threshold is reached, or at closing."""

    ON_THRESHOLD = "on_threshold"
    ON_CLOSE = "on_close"


class Base(StrEnum):
    """The figure of an area that a percentage is taken of."""

    POPULATION = "population"
    ELECTORATE = "electorate"


class Rounding(StrEnum):
    """How a fraction of a signature is settled; `round` takes a half upwards."""

    CEIL = "ceil"
    ROUND = "round"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, with where it comes from; two spans are equal when they last equally long."""

    n: int
    unit: Unit
    basis: Basis = field(default=Basis.LAW, compare=False)
    article: str = field(default="", compare=False)

    def duration(self) -> timedelta:
        """The exact length of a span of hours or calendar days.

        Raises Refusal `span-not-fixed` for working days and months, whose length depends on the calendar.
        """
        if self.unit is Unit.HOURS:
            return timedelta(hours=self.n)
        if self.unit is Unit.CALENDAR_DAYS:
            return timedelta(days=self.n)
        raise Refusal("span-not-fixed", n=self.n, unit=self.unit.value)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A flat number of signatures."""

    count: int


@dataclass(frozen=True, slots=True)
class Percent:
    """A share of a base figure, exact, with an optional least and greatest number."""

    percent: Decimal
    of: Base
    floor: int | None = None
    cap: int | None = None
    rounding: Rounding = Rounding.CEIL


@dataclass(frozen=True, slots=True)
class Band:
    """One band of base figures up to and including `up_to`; exactly one of `percent` and `count` is set."""

    up_to: int | None
    percent: Decimal | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Bands:
    """Different rules for small and large areas; the last band has no upper end."""

    of: Base
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A multiple of a numeric column of the area table (seats, for example)."""

    name: str
    times: Decimal


PerArea = Fixed | Percent | Bands | Column


@dataclass(frozen=True, slots=True)
class Areas:
    """A total that must be reached together with the thresholds of at least `min_areas` child areas."""

    total: int
    min_areas: int
    per_area: PerArea


Threshold = Fixed | Percent | Bands | Areas


@dataclass(frozen=True, slots=True)
class Milestone:
    """A number of signatures with a consequence; the first of a tier obliges an answer."""

    id: str
    threshold: Threshold
    article: str
    basis: Basis = Basis.LAW


@dataclass(frozen=True, slots=True)
class Startup:
    """Joiners needed before a petition is listed."""

    signatures: int
    within: Span
    basis: Basis = Basis.LAW
    article: str = ""


@dataclass(frozen=True, slots=True)
class Screening:
    """The check of admissibility, and what its silence means."""

    within: Span
    when_late: WhenLate
    basis: Basis = Basis.LAW
    article: str = ""


@dataclass(frozen=True, slots=True)
class Appeal:
    """How long a refused author may ask a second person."""

    within: Span
    basis: Basis = Basis.LAW
    article: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """The window of signing, the grace in which a last confirmation still counts, and when hand-over is."""

    window: Span
    confirm_grace: Span
    hand_over: HandOver
    early_floor: int | None = None
    basis: Basis = Basis.LAW
    article: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """How long the author has for a question of the authority, and whether the answer term waits for it."""

    within: Span
    pauses_answer: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    """By how much in all, and how many times, an answer term may be extended; zero times means never."""

    max: Span
    times: int
    basis: Basis = Basis.LAW
    article: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """The terms of the operator and the authority once the threshold is reached."""

    hand_over: Span
    answer: Span
    publish: Span
    extension: Extension
    question: Question | None = None
    discussion_notice: Span | None = None
    transfer: Span | None = None
    basis: Basis = Basis.LAW
    article: str = ""


@dataclass(frozen=True, slots=True)
class Lapse:
    """What a petition below its threshold still gets."""

    ordinary_reply: Span
    basis: Basis = Basis.LAW
    article: str = ""


@dataclass(frozen=True, slots=True)
class Tier:
    """The rules for one level and branch of authorities."""

    id: str
    area_kinds: tuple[str, ...]
    branch: Branch
    residents_only: bool
    screening: Screening
    collection: Collection
    milestones: tuple[Milestone, ...]
    response: Response
    startup: Startup | None = None
    appeal: Appeal | None = None
    lapse: Lapse | None = None
    basis: Basis = Basis.LAW
    article: str = ""

    def serves(self, area_kind: str, branch: str) -> bool:
        """Whether the tier is for areas of this kind and for exactly this branch."""
        return self.branch == branch and area_kind in self.area_kinds


@dataclass(frozen=True, slots=True)
class Ground:
    """One of the only grounds on which a petition may be refused."""

    id: str
    title: Texts
    article: str
    hide_text: bool = False
    basis: Basis = Basis.LAW


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """Whose public holidays count, and which days of the week are off (Monday is 0)."""

    holidays: str
    weekend: frozenset[int]
    basis: Basis = Basis.LAW
    article: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """What signers and authors must give, and what such signatures are not in law."""

    signer_requires: tuple[str, ...]
    author_requires: tuple[str, ...]
    min_age: int | None = None
    legal_gap: Texts | None = None
    basis: Basis = Basis.LAW
    article: str = ""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every number and list that a law or a proposal sets for petitions.

    `version` changes exactly when the law's content does: not with comments, spacing or populations.
    """

    id: str
    version: str
    title: Texts
    country: str
    timezone: str
    languages: tuple[str, ...]
    status: Status
    valid_from: date
    legal_basis: str
    outcomes: tuple[str, ...]
    calendar: CalendarSettings
    identity: Identity
    tiers: tuple[Tier, ...]
    grounds: tuple[Ground, ...]

    def __hash__(self) -> int:
        # Texts are plain dictionaries; id and version say all that a cache needs to know.
        return hash((self.id, self.version))

    def tier_for(self, area_kind: str, branch: str) -> Tier | None:
        """The tier for an area's kind and an authority's branch, or None; an exact branch before `any`."""
        for wanted in (branch, Branch.ANY.value):
            for tier in self.tiers:
                if tier.serves(area_kind, wanted):
                    return tier
        return None

    def tier(self, tier_id: str) -> Tier:
        """The tier with this id; Refusal `tier-unknown` if there is none."""
        for tier in self.tiers:
            if tier.id == tier_id:
                return tier
        raise Refusal("tier-unknown", tier=tier_id, rulebook=self.id)

    def ground(self, ground_id: str) -> Ground:
        """The ground of refusal with this id; Refusal `ground-unknown` if there is none."""
        for ground in self.grounds:
            if ground.id == ground_id:
                return ground
        raise Refusal("ground-unknown", ground=ground_id, rulebook=self.id)

    def text(self, texts: Texts, language: str) -> str:
        """A text in a language, else in the first of the rulebook's languages that has it."""
        for wanted in (language, *self.languages):
            if wanted in texts:
                return texts[wanted]
        return ""
