"""The clock: working days, days off, stops, and the due date of a span with every day explained."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.refusal import Refusal
from petitions.domain.rulebook import Span, Texts, Unit

ONE_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """What an entry of the calendar says of a date: it is off, or a weekend day on which people work."""

    DAY_OFF = "day_off"
    WORKING_DAY = "working_day"


@dataclass(frozen=True, slots=True)
class DayOff:
    """A named entry of the calendar: a public holiday or, with its other kind, a moved working day."""

    name: Texts
    kind: DayKind = DayKind.DAY_OFF


class Mark(StrEnum):
    """What a day is to a running span."""

    COUNTED = "counted"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of the clocks from `first` to `last` inclusive, still open where `last` is None.

    `refs` names the recorded stops it stands for; merging keeps them all.
    """

    first: date
    last: date | None
    refs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise Refusal("stop-ends-before-it-begins", first=self.first, last=self.last)


class Day(NamedTuple):
    """One day of a computation: its mark, the name of its calendar entry, and the stop it lies in, if any.

    A counted day with a name is a moved working day; a day off inside a stop keeps its own mark.
    """

    date: date
    mark: Mark
    name: Texts | None = None
    stop: Stop | None = None


@dataclass(frozen=True, slots=True, eq=False)
class WorkCalendar:
    """Weekend days (Monday is 0), named days off and moved working days, known from `first` to `last`.

    It compares by identity, so that it can be a key of a cache; `version` says what it was made from.
    """

    weekend: frozenset[int]
    days: Mapping[date, DayOff]
    first: date
    last: date
    version: str = ""

    def is_working(self, day: date) -> bool:
        """Whether people work on this day; Refusal `calendar-out-of-range` for a day it does not know."""
        self.require(day)
        entry = self.days.get(day)
        if entry is not None:
            return entry.kind is DayKind.WORKING_DAY
        return day.weekday() not in self.weekend

    def require(self, day: date) -> None:
        """Refusal `calendar-out-of-range` for a day of which the calendar knows nothing."""
        if not self.first <= day <= self.last:
            raise Refusal("calendar-out-of-range", day=day, first=self.first, last=self.last)

    def name_of(self, day: date) -> Texts | None:
        """The name of a holiday or moved working day, None for an ordinary day."""
        entry = self.days.get(day)
        return None if entry is None else entry.name

    def next_working_day(self, day: date) -> date:
        """The first working day on or after a day."""
        while not self.is_working(day):
            day += ONE_DAY
        return day


@dataclass(frozen=True, slots=True)
class Computation:
    """A due date and how it came about.

    `days` are the days after the start up to the end, `carried` the days off (or stopped days) over which the
    end of a term of months or calendar days was carried. `due` is None while an open stop holds the term;
    `stopped_since` then says since when, and `used` of `total` days are used.
    """

    start: date
    span: Span
    due: date | None
    stopped_since: date | None
    total: int
    nominal_end: date | None
    days: tuple[Day, ...]
    carried: tuple[Day, ...] = ()

    @property
    def counted(self) -> tuple[Day, ...]:
        """The days that count, in order; for a term that is not stopped there are `total` of them."""
        return tuple(day for day in self.days if day.mark is Mark.COUNTED)

    @property
    def skipped(self) -> tuple[Day, ...]:
        """Every day that the term passed over, with its reason, in order."""
        passed = (day for day in self.days if day.mark is not Mark.COUNTED)
        return (*passed, *self.carried)

    @property
    def used(self) -> int:
        """How many days are used up to the end, or up to the open stop."""
        return sum(day.mark is Mark.COUNTED for day in self.days)

    @property
    def first_day(self) -> date | None:
        """Day 1: the first counted day after the start (None while a stop holds the term from its start)."""
        return next((day.date for day in self.days if day.mark is Mark.COUNTED), None)

    @property
    def stop_days(self) -> int:
        """How many days only the stops cost."""
        return sum(day.mark is Mark.STOP for day in (*self.days, *self.carried))


@dataclass(frozen=True, slots=True)
class _Stopped:
    """Merged stops that can be asked for a day."""

    stops: tuple[Stop, ...]
    firsts: tuple[date, ...] = field(default=())

    def at(self, day: date) -> Stop | None:
        index = bisect_right(self.firsts, day) - 1
        if index < 0:
            return None
        stop = self.stops[index]
        return stop if stop.last is None or day <= stop.last else None


class _Held(Exception):
    """An open stop holds the term; raised and caught inside this module only."""

    def __init__(self, stop: Stop) -> None:
        super().__init__()
        self.stop = stop


def merged(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """Overlapping stops as one, in order, so that no day counts twice (RULEBOOK, The clock, rule 2)."""
    result: list[Stop] = []
    for stop in sorted(stops, key=lambda stop: stop.first):
        if result and (result[-1].last is None or stop.first <= result[-1].last):
            result[-1] = _joined(result[-1], stop)
        else:
            result.append(stop)
    return tuple(result)


def due(start: date, span: Span, calendar: WorkCalendar, stops: Sequence[Stop] = ()) -> Computation:
    """The due date of a span that begins after `start` (RULEBOOK, The clock, rules 1 to 4).

    Raises Refusal `span-not-in-days` for hours and `calendar-out-of-range` where the calendar ends too early.
    """
    return _due(start, span, calendar, tuple(stops))


# A list asks for the same few again and again: terms of one length that began on the same day.
@lru_cache(maxsize=128)
def _due(start: date, span: Span, calendar: WorkCalendar, stops: tuple[Stop, ...]) -> Computation:
    if span.unit is Unit.HOURS:
        raise Refusal("span-not-in-days", n=span.n, unit=span.unit.value)
    if span.unit is Unit.WORKING_DAYS:
        return _working_term(start, span, calendar, _stopped(stops))
    return _calendar_term(start, span, calendar, _stopped(stops))


def working_days_between(after: date, until: date, calendar: WorkCalendar, stops: Sequence[Stop] = ()) -> int:
    """How many working days that are not stopped lie after one day, up to and including another."""
    stopped = _stopped(stops)
    return sum(calendar.is_working(day) and stopped.at(day) is None for day in _days_after(after, until))


def days_left(
    today: date, due_on: date, unit: Unit, calendar: WorkCalendar, stops: Sequence[Stop] = ()
) -> int:
    """Days left, the due date included: working days for such a term, else calendar days; never below 0."""
    if unit is Unit.WORKING_DAYS:
        return working_days_between(today, due_on, calendar, stops)
    return max(0, (due_on - today).days)


def days_late(
    today: date, due_on: date, unit: Unit, calendar: WorkCalendar, stops: Sequence[Stop] = ()
) -> int:
    """Days past the due date: working days for such a term, else calendar days; never below 0."""
    return days_left(due_on, today, unit, calendar, stops)


def ends_at(due_on: date, timezone: str) -> datetime:
    """The last second of a due date in the rulebook's time zone, as UTC.

    Where the clocks go back at midnight, as on 1 March 2024, the last hour is there twice: the second one ends the day.
    """
    return datetime.combine(due_on, time(23, 59, 59, fold=1), ZoneInfo(timezone)).astimezone(UTC)


def local_day(moment: datetime, timezone: str) -> date:
    """The date of a moment in the rulebook's time zone."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def _working_term(start: date, span: Span, calendar: WorkCalendar, stopped: _Stopped) -> Computation:
    days: list[Day] = []
    used, day = 0, start
    try:
        while used < span.n:
            day += ONE_DAY
            days.append(_working_day(day, calendar, stopped))
            used += days[-1].mark is Mark.COUNTED
    except _Held as held:
        since = max(held.stop.first, start)
        return Computation(start, span, None, since, span.n, None, tuple(days))
    return Computation(start, span, day, None, span.n, day, tuple(days))


def _working_day(day: date, calendar: WorkCalendar, stopped: _Stopped) -> Day:
    stop = _closed(stopped.at(day))
    name = calendar.name_of(day)
    if calendar.is_working(day):
        return Day(day, Mark.COUNTED if stop is None else Mark.STOP, name, stop)
    return Day(day, Mark.WEEKEND if name is None else Mark.HOLIDAY, name, stop)


def _calendar_term(start: date, span: Span, calendar: WorkCalendar, stopped: _Stopped) -> Computation:
    nominal = _nominal_end(start, span, calendar)
    total = (nominal - start).days
    days: list[Day] = []
    carried: list[Day] = []
    try:
        end = _lengthen(start, nominal, calendar, stopped, days)
        final = _carry(end, calendar, stopped, carried)
    except _Held as held:
        since = max(held.stop.first, start)
        return Computation(start, span, None, since, total, nominal, tuple(days), tuple(carried))
    return Computation(start, span, final, None, total, nominal, tuple(days), tuple(carried))


def _lengthen(start: date, nominal: date, calendar: WorkCalendar, stopped: _Stopped, days: list[Day]) -> date:
    """Rule 4 (b): each stopped day up to the growing end moves the end by one; so the rule repeats itself."""
    end, day = nominal, start
    while day < end:
        day += ONE_DAY
        stop = _closed(stopped.at(day))
        if stop is None:
            days.append(Day(day, Mark.COUNTED))
        else:
            calendar.require(end)
            days.append(Day(day, Mark.STOP, None, stop))
            end += ONE_DAY
    return end


def _carry(end: date, calendar: WorkCalendar, stopped: _Stopped, carried: list[Day]) -> date:
    """Rule 4 (c): the next working day that is not stopped, from the end on."""
    while (day := _working_day(end, calendar, stopped)).mark is not Mark.COUNTED:
        carried.append(day)
        end += ONE_DAY
    return end


def _nominal_end(start: date, span: Span, calendar: WorkCalendar) -> date:
    """Rule 4 (a): the same day number n months on or that month's last day; or the start plus n days."""
    if span.unit is Unit.MONTHS:
        years, month = divmod(start.month - 1 + span.n, 12)
        year, month = start.year + years, month + 1
    else:
        # The year alone is enough to keep a huge number of days from leaving the range of dates.
        year, month = start.year + span.n // 366, start.month
    if year > calendar.last.year:
        raise Refusal("calendar-out-of-range", day=None, first=calendar.first, last=calendar.last)
    if span.unit is Unit.MONTHS:
        return date(year, month, min(start.day, monthrange(year, month)[1]))
    return start + timedelta(days=span.n)


def _stopped(stops: Sequence[Stop]) -> _Stopped:
    together = merged(stops)
    return _Stopped(together, tuple(stop.first for stop in together))


def _joined(one: Stop, other: Stop) -> Stop:
    last = None if one.last is None or other.last is None else max(one.last, other.last)
    return Stop(one.first, last, (*one.refs, *other.refs))


def _closed(stop: Stop | None) -> Stop | None:
    if stop is not None and stop.last is None:
        raise _Held(stop)
    return stop


def _days_after(after: date, until: date) -> Iterable[date]:
    return (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
