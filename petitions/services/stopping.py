"""Stops of the clocks: proposed by one person, confirmed by another, and what they move."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select

from auth.permissions import Permission, demand
from authorities.models import Area
from core.audit import record
from core.refusal import Refusal
from core.work import Work
from petitions.domain.stops import STOPPABLE, RecordedStop
from petitions.models.stops import ClockStop, StopChange
from petitions.queries.stop_impact import Impact, impact_of
from petitions.queries.stops import as_recorded, forget_stops
from petitions.services.moving_terms import move_terms

LEAST_REASON = 20
LONGEST = 366
FIRST_YEAR, LAST_YEAR = 2016, 2043
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StopDraft:
    """What one person proposes. `last_day` None: still open. `replay_day` marks a replay and sets its day."""

    first_day: date
    last_day: date | None
    order_date: date
    act: str
    link: str
    reason: str
    language: str
    areas: tuple[str, ...]
    kinds: tuple[str, ...]
    is_outage: bool = False
    replay_day: date | None = None


def propose_stop(w: Work, draft: StopDraft, outage_key: str | None = None) -> int:
    """Write a stop down for a second person to confirm; its number. Nothing moves yet.

    Refusals: `not-allowed`; on their fields `stop-too-long`, `stop-ends-before-it-begins`, `stop-begins-later`,
    `date-beyond`, `date-in-future`, `stop-areas-unknown`, `stop-kinds-unknown`, `link-unsafe`, `reason-too-short`.
    """
    demand(w.actor, Permission.STOPS_DECIDE)
    _require_days(w, draft)
    _require_reach(w, draft)
    _require_words(draft)
    row = ClockStop(
        first_day=draft.first_day,
        last_day=draft.last_day,
        order_date=draft.order_date,
        act=draft.act,
        link=draft.link,
        reason=draft.reason,
        language=draft.language,
        areas=sorted(set(draft.areas)),
        kinds=sorted(set(draft.kinds)),
        is_outage=draft.is_outage,
        is_replay=draft.replay_day is not None,
        replay_recorded_on=draft.replay_day,
        proposed_at=w.now,
        proposed_by=w.actor.account_id,
        outage_key=outage_key,
    )
    w.session.add(row)
    w.session.flush()
    _log(w, row, "propose")
    return row.id


def preview_stop(w: Work, stop_id: int, last_day: date | None = None) -> Impact:
    """What confirming the stop now would change, or ending it on a day. Refusal `not-found`."""
    demand(w.actor, Permission.STOPS_DECIDE)
    recorded = as_recorded(w, _stop(w, stop_id))
    return impact_of(w, recorded if last_day is None else replace(recorded, last=last_day))


def confirm_stop(w: Work, stop_id: int) -> Impact:
    """Put a proposed stop into force: from now on it moves dates; what it moved is returned.

    Refusals: `not-allowed`, `not-found`, `stop-decided`, `second-person-needed` for who proposed it.
    """
    row = _undecided(w, stop_id)
    if row.proposed_by == w.actor.account_id and w.settings.four_eyes != "off":
        raise Refusal("second-person-needed")
    row.confirmed_at, row.confirmed_by, row.entered_on = w.now, w.actor.account_id, w.today
    _log(w, row, "confirm")
    return _in_force(w, row, f"stop:{row.id}")


def reject_stop(w: Work, stop_id: int) -> None:
    """Lay a proposed stop aside; it stays in the staff's list. Refusals: those of `confirm_stop` but the last."""
    row = _undecided(w, stop_id)
    row.rejected_at = w.now
    _log(w, row, "reject")


def close_stop(w: Work, stop_id: int, last_day: date) -> Impact:
    """End an open stop: the clocks that it held run again, each with a new date.

    A stop never shortens anything, so the last day is at the earliest yesterday: until now every page said that
    the clocks stand still. Only a marked replay may end on any day. Refusals: `not-allowed`, `not-found`,
    `stop-not-open`, and on `last_day` `stop-ends-before-it-begins`, `stop-ends-too-early`, `date-in-future`.
    """
    demand(w.actor, Permission.STOPS_DECIDE)
    row = _stop(w, stop_id, lock=True)
    if row.confirmed_at is None or row.last_day is not None:
        raise Refusal("stop-not-open")
    if last_day < row.first_day:
        raise Refusal("stop-ends-before-it-begins", field="last_day")
    if last_day > w.today:
        raise Refusal("date-in-future", field="last_day", today=w.today)
    if last_day < w.today - ONE_DAY and not row.is_replay:
        raise Refusal("stop-ends-too-early", field="last_day", day=w.today - ONE_DAY)
    row.last_day = last_day
    _log(w, row, "close")
    return _in_force(w, row, f"stop-ended:{row.id}")


def _in_force(w: Work, row: ClockStop, cause: str) -> Impact:
    w.session.flush()
    forget_stops(w)
    recorded: RecordedStop = as_recorded(w, row)
    impact = impact_of(w, recorded)
    move_terms(w, recorded, cause)
    return impact


def _stop(w: Work, stop_id: int, *, lock: bool = False) -> ClockStop:
    row = w.session.get(ClockStop, stop_id, with_for_update=lock)
    if row is None:
        raise Refusal("not-found")
    return row


def _undecided(w: Work, stop_id: int) -> ClockStop:
    demand(w.actor, Permission.STOPS_DECIDE)
    row = _stop(w, stop_id, lock=True)
    if row.confirmed_at is not None or row.rejected_at is not None:
        raise Refusal("stop-decided")
    return row


def _require_days(w: Work, draft: StopDraft) -> None:
    days: Iterable[tuple[str, date | None]] = (
        ("first_day", draft.first_day),
        ("last_day", draft.last_day),
        ("order_date", draft.order_date),
        ("replay_day", draft.replay_day),
    )
    for name, day in days:
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise Refusal("date-beyond", field=name, first=str(FIRST_YEAR), last=str(LAST_YEAR))
    for name, day in days:
        if name in {"order_date", "replay_day"} and day is not None and day > w.today:
            raise Refusal("date-in-future", field=name, today=w.today)
    _require_length(w, draft)


def _require_length(w: Work, draft: StopDraft) -> None:
    if draft.last_day is None:
        if draft.first_day > w.today:
            raise Refusal("stop-begins-later", field="first_day")
        return
    if draft.last_day < draft.first_day:
        raise Refusal("stop-ends-before-it-begins", field="last_day")
    if (draft.last_day - draft.first_day).days >= LONGEST:
        raise Refusal("stop-too-long", field="last_day", most=LONGEST)


def _require_reach(w: Work, draft: StopDraft) -> None:
    known = set(w.session.scalars(select(Area.code).where(Area.code.in_(draft.areas))))
    if not draft.areas or known != set(draft.areas):
        raise Refusal("stop-areas-unknown", field="areas")
    if not draft.kinds or not set(draft.kinds) <= {kind.value for kind in STOPPABLE}:
        raise Refusal("stop-kinds-unknown", field="kinds")


def _require_words(draft: StopDraft) -> None:
    if len(draft.reason.strip()) < LEAST_REASON:
        raise Refusal("reason-too-short", field="reason", least=LEAST_REASON)
    if draft.link and not _is_web_address(draft.link):
        raise Refusal("link-unsafe", field="link")


def _is_web_address(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _log(w: Work, row: ClockStop, act: str) -> None:
    facts = {
        "first": row.first_day.isoformat(),
        "last": row.last_day.isoformat() if row.last_day else None,
        "act": row.act,
    }
    change = StopChange(stop_id=row.id, at=w.now, act=act, facts=facts, account_id=w.actor.account_id)
    w.session.add(change)
    record(w, f"stop.{act}", f"stop:{row.id}", after=facts | {"areas": row.areas, "kinds": row.kinds})
