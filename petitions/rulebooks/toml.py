"""rulebook.toml: from its text to a typed Rulebook, every fault named by line or key path."""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from petitions.domain.rulebook import (
    Appeal,
    Basis,
    Branch,
    CalendarSettings,
    Collection,
    Extension,
    Ground,
    HandOver,
    Identity,
    Lapse,
    Milestone,
    Question,
    Response,
    Rulebook,
    Screening,
    Span,
    Startup,
    Status,
    Tier,
    Unit,
    WhenLate,
)
from petitions.rulebooks.faults import Findings, RulebookFaults
from petitions.rulebooks.limits import check_rising, read_threshold
from petitions.rulebooks.reader import FILE, TableReader, read_all

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WORD = re.compile(r"[a-z][a-z0-9_]*")
KIND = re.compile(r"[a-z][a-z0-9_-]*")
COUNTRY = re.compile(r"[A-Z]{2}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
SIGNER_NEEDS = re.compile(r"email|phone|national_id")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY = re.compile("|".join(WEEKDAYS))
LONGEST = 3660
DAY_UNITS = frozenset({Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.MONTHS})
FIXED_UNITS = frozenset({Unit.HOURS, Unit.CALENDAR_DAYS})
_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class _Origin:
    """Basis and article of a table: its own, else those of the table around it.

    A table with a basis of its own inherits no article: a policy of the platform has none in the law.
    """

    basis: Basis = Basis.LAW
    article: str = ""

    def within(self, table: TableReader) -> "_Origin":
        basis = table.choice("basis", Basis, default=self.basis)
        inherited = self.article if basis is self.basis else ""
        return _Origin(basis, table.text("article", default=inherited))


@lru_cache(maxsize=64)
def rulebook_from_toml(text: str) -> Rulebook:
    """The rulebook of a TOML text, such as one stored with a petition; raises RulebookFaults."""
    findings = Findings()
    rulebook = read_rulebook(text, findings)
    if rulebook is None or findings.broken:
        raise RulebookFaults(tuple(findings.found))
    return rulebook


def read_rulebook(text: str, findings: Findings) -> Rulebook | None:
    """The rulebook of a TOML text; faults are gathered, and None stands for what is not TOML at all."""
    try:
        table = tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ArithmeticError, RecursionError) as error:
        line = _LINE.search(str(error))
        number = line.group(1) if line else str(text.count("\n") + 1)
        findings.error(f"{FILE}:{number}", "toml-syntax", detail=str(error))
        return None
    return _rulebook(TableReader(table, "", findings), version_of(table))


def version_of(table: dict[str, Any]) -> str:
    """A short hash of what a rulebook says; comments, order of keys and spacing do not change it."""
    plain = json.dumps(table, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def _plain(value: object) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _rulebook(root: TableReader, version: str) -> Rulebook:
    languages = root.words("languages", LANGUAGE)
    origin = _Origin().within(root)
    rulebook = Rulebook(
        id=root.text("id", KEBAB),
        version=version,
        title=root.texts("title", languages),
        country=root.text("country", COUNTRY),
        timezone=_timezone(root),
        languages=languages,
        status=root.choice("status", Status),
        valid_from=root.day("valid_from"),
        legal_basis=root.text("legal_basis"),
        outcomes=root.words("outcomes", WORD),
        calendar=_calendar(root.table("calendar"), origin),
        identity=_identity(root.table("identity"), origin, languages),
        tiers=read_all(root.tables("tier"), lambda row: _tier(row, origin)),
        grounds=read_all(root.tables("ground"), lambda row: _ground(row, origin, languages)),
    )
    root.close()
    _check_clashes(rulebook, root)
    return rulebook


def _timezone(root: TableReader) -> str:
    name = root.text("timezone")
    try:
        ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        root.fault("timezone", "timezone-unknown", value=name)
    return name


def _calendar(table: TableReader, around: _Origin) -> CalendarSettings:
    origin = around.within(table)
    country = table.text("holidays", COUNTRY)
    weekend = table.words("weekend", WEEKDAY)
    if len(set(weekend)) == len(WEEKDAYS):
        table.fault("weekend", "weekend-full")
    table.close()
    days = frozenset(WEEKDAYS.index(day) for day in weekend if day in WEEKDAYS)
    return CalendarSettings(country, days, origin.basis, origin.article)


def _identity(table: TableReader, around: _Origin, languages: tuple[str, ...]) -> Identity:
    origin = around.within(table)
    identity = Identity(
        signer_requires=table.words("signer_requires", SIGNER_NEEDS),
        author_requires=table.words("author_requires", WORD),
        min_age=table.whole_or_none("min_age"),
        legal_gap=table.texts("legal_gap", languages) if table.has("legal_gap") else None,
        basis=origin.basis,
        article=origin.article,
    )
    table.close()
    return identity


def _ground(table: TableReader, around: _Origin, languages: tuple[str, ...]) -> Ground:
    ground = Ground(
        id=table.text("id", KEBAB),
        title=table.texts("title", languages),
        article=table.text("article"),
        hide_text=table.flag("hide_text", default=False),
        basis=table.choice("basis", Basis, default=around.basis),
    )
    table.close()
    return ground


def _tier(table: TableReader, around: _Origin) -> Tier:
    origin = around.within(table)
    startup, appeal = table.table_or_none("startup"), table.table_or_none("appeal")
    lapse = table.table_or_none("lapse")
    tier = Tier(
        id=table.text("id", KEBAB),
        area_kinds=table.words("area_kinds", KIND),
        branch=table.choice("branch", Branch),
        residents_only=table.flag("residents_only"),
        screening=_screening(table.table("screening"), origin),
        collection=_collection(table.table("collection"), origin),
        milestones=_milestones(table, origin),
        response=_response(table.table("response"), origin),
        startup=_startup(startup, origin) if startup else None,
        appeal=_appeal(appeal, origin) if appeal else None,
        lapse=_lapse(lapse, origin) if lapse else None,
        basis=origin.basis,
        article=origin.article,
    )
    table.close()
    return tier


def _startup(table: TableReader, around: _Origin) -> Startup:
    origin = around.within(table)
    result = Startup(
        table.whole("signatures", least=1), _span(table, "within", origin), origin.basis, origin.article
    )
    table.close()
    return result


def _screening(table: TableReader, around: _Origin) -> Screening:
    origin = around.within(table)
    result = Screening(
        _span(table, "within", origin), table.choice("when_late", WhenLate), origin.basis, origin.article
    )
    table.close()
    return result


def _appeal(table: TableReader, around: _Origin) -> Appeal:
    origin = around.within(table)
    result = Appeal(_span(table, "within", origin), origin.basis, origin.article)
    table.close()
    return result


def _lapse(table: TableReader, around: _Origin) -> Lapse:
    origin = around.within(table)
    result = Lapse(_span(table, "ordinary_reply", origin), origin.basis, origin.article)
    table.close()
    return result


def _collection(table: TableReader, around: _Origin) -> Collection:
    origin = around.within(table)
    result = Collection(
        window=_span(table, "window", origin),
        confirm_grace=_span(table, "confirm_grace", origin, FIXED_UNITS, least=0),
        hand_over=table.choice("hand_over", HandOver),
        early_floor=table.whole_or_none("early_floor", least=1),
        basis=origin.basis,
        article=origin.article,
    )
    table.close()
    return result


def _milestones(table: TableReader, around: _Origin) -> tuple[Milestone, ...]:
    rows = table.tables("milestone")
    milestones = read_all(rows, lambda row: _milestone(row, around))
    check_rising(milestones, rows)
    return milestones


def _milestone(table: TableReader, around: _Origin) -> Milestone:
    basis = table.choice("basis", Basis, default=around.basis)
    milestone = Milestone(
        id=table.text("id", KEBAB),
        threshold=read_threshold(table.table("threshold")),
        article=table.text("article"),
        basis=basis,
    )
    table.close()
    return milestone


def _response(table: TableReader, around: _Origin) -> Response:
    origin = around.within(table)
    result = Response(
        hand_over=_span(table, "hand_over", origin),
        answer=_span(table, "answer", origin),
        publish=_span(table, "publish", origin),
        extension=_extension(table.table("extension"), origin),
        question=_question(table, origin),
        discussion_notice=_span_or_none(table, "discussion_notice", origin),
        transfer=_span_or_none(table, "transfer", origin),
        basis=origin.basis,
        article=origin.article,
    )
    table.close()
    return result


def _extension(table: TableReader, around: _Origin) -> Extension:
    origin = around.within(table)
    most, times = _span(table, "max", origin, least=0), table.whole("times", most=LONGEST)
    if bool(most.n) != bool(times):
        table.fault("times", "extension-clash")
    table.close()
    return Extension(most, times, origin.basis, origin.article)


def _question(table: TableReader, around: _Origin) -> Question | None:
    inner = table.table_or_none("question")
    if inner is None:
        return None
    question = Question(
        _span_of(inner, around, DAY_UNITS, least=1), inner.flag("pauses_answer", default=False)
    )
    inner.close()
    return question


def _span_or_none(table: TableReader, key: str, around: _Origin) -> Span | None:
    return _span(table, key, around) if table.has(key) else None


def _span(
    table: TableReader, key: str, around: _Origin, units: frozenset[Unit] = DAY_UNITS, least: int = 1
) -> Span:
    inner = table.table(key)
    span = _span_of(inner, around, units, least)
    inner.close()
    return span


def _span_of(table: TableReader, around: _Origin, units: frozenset[Unit], least: int) -> Span:
    origin = around.within(table)
    unit = table.choice("unit", Unit, default=None)
    if unit not in units and table.has("unit"):
        table.fault("unit", "not-a-choice", value=unit.value, choices=", ".join(sorted(units)))
    return Span(table.whole("n", least=least, most=LONGEST), unit, origin.basis, origin.article)


def _check_clashes(rulebook: Rulebook, root: TableReader) -> None:
    """No two tiers may serve the same kind of area and branch: which of them holds would be chance."""
    owners: dict[tuple[str, Branch], str] = {}
    for n, tier in enumerate(rulebook.tiers):
        for kind in tier.area_kinds:
            owner = owners.setdefault((kind, tier.branch), tier.id)
            if owner != tier.id:
                root.fault(
                    f"tier[{n}].area_kinds", "tier-clash", kind=kind, branch=tier.branch.value, tier=owner
                )
