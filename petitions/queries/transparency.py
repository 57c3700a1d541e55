"""What moderation did, month by month: counts of acts and of petitions, never of persons."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from sqlalchemy import func, select

from core.audit import AuditEntry
from core.i18n import localised
from core.work import Work
from petitions.domain.calendar import days_late
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.moderation import Verdict
from petitions.domain.rulebook import Unit
from petitions.models.appeals import Appeal, AppealOutcome
from petitions.models.case import Decision, JournalEntry, Term
from petitions.models.petition import Petition
from petitions.models.reports import Report, Takedown
from petitions.models.updates import AuthorUpdate, AuthorUpdateAct, UpdateAct
from petitions.queries import rules

MEASURES = (
    *("received", "published", "returned", "refused", "appeals", "appeals_upheld", "appeals_restored"),
    *("appeals_silence", "reports", "takedowns", "restores"),
    *("updates", "updates_taken_down", "updates_restored"),
)
VERDICTS = {Verdict.RETURN: "returned", Verdict.REFUSE: "refused", Verdict.TAKE_DOWN: "takedowns"}
OUTCOMES = {
    AppealOutcome.UPHELD: "appeals_upheld",
    AppealOutcome.RESTORED: "appeals_restored",
    AppealOutcome.SILENCE: "appeals_silence",
}
UPDATES = {UpdateAct.HIDE: "updates_taken_down", UpdateAct.RESTORE: "updates_restored"}
SWITCHED = {"switch.on": True, "switch.off": False}
Happened = Iterator[tuple[str, datetime | None]]


@dataclass(frozen=True, slots=True)
class Month:
    """One month: a count for each measure, the check's median, and what refusals and takedowns stood on."""

    first: date
    counts: Counter[str]
    checked: int
    median_days: float | None
    refused_on: Counter[str]
    taken_down_on: Counter[str]


@dataclass(frozen=True, slots=True)
class Switched:
    """One turn of an emergency switch."""

    name: str
    on: bool
    at: datetime
    words: Mapping[str, str]


def months(w: Work) -> tuple[Month, ...]:
    """Every month in which something happened, the newest first; months are those of the instance's zone."""
    counts: dict[date, Counter[str]] = defaultdict(Counter)
    for name, at in _happened(w):
        if at is not None:
            counts[_month(w, at)][name] += 1
    checks = _checks(w)
    refused, down = _grounds(w, Verdict.REFUSE), _grounds(w, Verdict.TAKE_DOWN)
    return tuple(
        Month(
            first,
            counts[first],
            len(checks[first]),
            median(checks[first]) if checks[first] else None,
            refused[first],
            down[first],
        )
        for first in sorted(counts.keys() | checks.keys(), reverse=True)
    )


def switched(w: Work) -> tuple[Switched, ...]:
    """Each turn of a switch that the log of staff still knows, the newest first."""
    query = select(AuditEntry).where(AuditEntry.action.in_(SWITCHED)).order_by(AuditEntry.id.desc())
    return tuple(
        Switched(row.object.removeprefix("switch:"), SWITCHED[row.action], row.at, _words(row.after))
        for row in w.session.scalars(query)
    )


def _words(after: dict[str, Any] | None) -> Mapping[str, str]:
    """The reason as it was given; turns from before reasons were asked for have none."""
    return (after or {}).get("words") or {}


def ground_titles(w: Work) -> dict[str, str]:
    """The grounds of the shipped rulebooks in the reader's language."""
    grounds = (ground for loaded in rules.shipped_rulebooks(w) for ground in loaded.rulebook.grounds)
    return {ground.id: localised(ground.title) for ground in grounds}


def _happened(w: Work) -> Happened:
    """Each act that counts, with its moment. A petition is received once, however often it was corrected."""
    first = select(func.min(JournalEntry.at)).where(JournalEntry.event == Event.SUBMITTED.value)
    yield from (("received", at) for at in w.session.scalars(first.group_by(JournalEntry.petition_id)))
    opened = select(JournalEntry.at).where(JournalEntry.event == Event.PUBLISHED.value)
    yield from (("published", at) for at in w.session.scalars(opened))
    made = select(Decision.kind, Decision.decided_at).where(Decision.kind.in_(VERDICTS))
    yield from ((VERDICTS[Verdict(kind)], at) for kind, at in w.session.execute(made))
    for filed, outcome, decided in w.session.execute(
        select(Appeal.filed_at, Appeal.outcome, Appeal.decided_at)
    ):
        yield "appeals", filed
        if outcome is not None:
            yield OUTCOMES[outcome], decided
    yield from (("reports", at) for at in w.session.scalars(select(Report.filed_at)))
    yield from (("restores", at) for at in w.session.scalars(select(Takedown.restored_at)))
    yield from (("updates", at) for at in w.session.scalars(select(AuthorUpdate.published_at)))
    acts = select(AuthorUpdateAct.act, AuthorUpdateAct.at).where(AuthorUpdateAct.act.in_(UPDATES))
    yield from ((UPDATES[act], at) for act, at in w.session.execute(acts))


def _checks(w: Work) -> dict[date, list[int]]:
    """For each month the working days that its finished checks took; the day of the start does not count."""
    found: dict[date, list[int]] = defaultdict(list)
    query = select(Term, Petition).join(Petition, Petition.id == Term.petition_id)
    for term, petition in w.session.execute(
        query.where(Term.kind == TermKind.SCREENING, Term.met_on.is_not(None))
    ):
        if term.met_on is not None:
            calendar = rules.calendar(rules.rulebook_of(w, petition))
            days = days_late(term.met_on, term.started_on, Unit.WORKING_DAYS, calendar)
            found[term.met_on.replace(day=1)].append(days)
    return found


def _grounds(w: Work, verdict: Verdict) -> dict[date, Counter[str]]:
    found: dict[date, Counter[str]] = defaultdict(Counter)
    query = select(Decision.ground, Decision.decided_at).where(Decision.kind == verdict.value)
    for ground, at in w.session.execute(query):
        found[_month(w, at)][ground or ""] += 1
    return found


def _month(w: Work, at: datetime) -> date:
    return at.astimezone(w.kernel.zone).date().replace(day=1)
