"""The clock: the worked cases, the rules one by one, and properties over random calendars and stops."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.refusal import Refusal
from petitions.domain.calendar import (
    ONE_DAY,
    DayKind,
    DayOff,
    Mark,
    Stop,
    WorkCalendar,
    days_late,
    days_left,
    due,
    ends_at,
    local_day,
    merged,
    working_days_between,
)
from petitions.domain.rulebook import Span, Unit
from petitions.rulebooks import load_terms
from petitions.rulebooks.calendars import calendar_for

ROOT = Path(__file__).resolve().parents[2]
CASES = json.loads((ROOT / "tests/data/deadline_vectors.json").read_text(encoding="utf-8"))["cases"]
EMERGENCY = Stop(date(2022, 1, 5), date(2022, 1, 19), ("emergency",))
WEEKEND = frozenset({5, 6})
FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
WD, CD, MONTHS = Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.MONTHS


@pytest.fixture(scope="module")
def kz() -> WorkCalendar:
    rulebook, overrides = load_terms(ROOT / "rulebooks/kz-2026")
    return calendar_for(rulebook, 2020, 2030, overrides)


def a_calendar(off: dict[date, DayKind] | None = None, weekend: frozenset[int] = WEEKEND) -> WorkCalendar:
    days = {day: DayOff({"en": kind.value}, kind) for day, kind in (off or {}).items()}
    return WorkCalendar(weekend, days, FIRST, LAST)


PLAIN = a_calendar()


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_worked_case(case: dict, kz: WorkCalendar) -> None:
    stops = [Stop(date.fromisoformat(first), date.fromisoformat(last)) for first, last in case["stops"]]
    result = due(date.fromisoformat(case["start"]), Span(case["n"], Unit(case["unit"])), kz, stops)
    assert result.due == date.fromisoformat(case["due"])
    assert result.used == result.total == len(result.counted)


def test_there_are_54_worked_cases() -> None:
    assert len(CASES) == 54


def test_the_emergency_case_explains_every_skipped_day(kz: WorkCalendar) -> None:
    result = due(date(2021, 12, 20), Span(40, WD), kz, [EMERGENCY])
    assert result.due == date(2022, 3, 3)
    assert result.first_day == date(2021, 12, 21)
    every = {date(2021, 12, 21) + timedelta(n) for n in range(73)}
    assert {day.date for day in result.days} == every
    assert {day.date for day in result.skipped} | {day.date for day in result.counted} == every
    assert result.stop_days == 10
    christmas = next(day for day in result.skipped if day.date == date(2022, 1, 7))
    assert christmas.mark is Mark.HOLIDAY
    assert christmas.name["en"] == "Orthodox Christmas"
    assert christmas.stop.refs == ("emergency",)


def test_a_moved_working_saturday_counts_and_keeps_its_name(kz: WorkCalendar) -> None:
    result = due(date(2022, 3, 4), Span(1, WD), kz)
    assert result.due == date(2022, 3, 5)
    assert result.counted[0].name["en"] == "Working day (day off moved)"


def test_31_august_2026_is_a_working_day_in_kazakhstan(kz: WorkCalendar) -> None:
    assert kz.is_working(date(2026, 8, 31))
    assert kz.name_of(date(2026, 8, 31)) is None


def test_an_end_on_a_day_off_is_carried_over_it_and_says_so() -> None:
    result = due(date(2026, 10, 1), Span(2, CD), PLAIN)
    assert (result.nominal_end, result.due) == (date(2026, 10, 3), date(2026, 10, 5))
    assert [day.mark for day in result.carried] == [Mark.WEEKEND, Mark.WEEKEND]
    assert result.skipped == result.carried


def test_an_end_is_carried_over_a_stop_that_follows_a_day_off() -> None:
    stop = Stop(date(2026, 10, 4), date(2026, 10, 6))
    result = due(date(2026, 10, 1), Span(2, CD), PLAIN, [stop])
    assert result.due == date(2026, 10, 7)
    assert [day.mark for day in result.carried] == [Mark.WEEKEND, Mark.WEEKEND, Mark.STOP, Mark.STOP]


@pytest.mark.parametrize("unit", [WD, CD, MONTHS])
def test_an_open_stop_holds_a_term_and_counts_what_is_used(unit: Unit) -> None:
    result = due(date(2026, 10, 1), Span(3, unit), PLAIN, [Stop(date(2026, 10, 5), None, ("outage",))])
    assert result.due is None
    assert result.stopped_since == date(2026, 10, 5)
    assert result.used == {WD: 1, CD: 3, MONTHS: 3}[unit]
    assert result.total == {WD: 3, CD: 3, MONTHS: 92}[unit]


def test_a_term_that_starts_inside_an_open_stop_is_stopped_from_its_start() -> None:
    result = due(date(2026, 10, 7), Span(3, WD), PLAIN, [Stop(date(2026, 10, 5), None)])
    assert (result.stopped_since, result.used, result.first_day) == (date(2026, 10, 7), 0, None)


@pytest.mark.parametrize("unit", [WD, CD, MONTHS])
def test_a_term_over_before_an_open_stop_stays_as_it_is(unit: Unit) -> None:
    span = Span(1, unit)
    plain = due(date(2026, 10, 1), span, PLAIN)
    assert due(date(2026, 10, 1), span, PLAIN, [Stop(plain.due + ONE_DAY, None)]) == plain


def test_a_span_of_no_days_is_due_on_its_start() -> None:
    assert due(date(2026, 10, 1), Span(0, WD), PLAIN).due == date(2026, 10, 1)
    assert due(date(2026, 10, 1), Span(0, CD), PLAIN).due == date(2026, 10, 1)


def test_overlapping_stops_become_one_and_keep_their_names() -> None:
    stops = [
        Stop(date(2026, 1, 10), date(2026, 1, 20), ("b",)),
        Stop(date(2026, 1, 1), date(2026, 1, 10), ("a",)),
        Stop(date(2026, 2, 1), date(2026, 2, 2), ("c",)),
        Stop(date(2026, 2, 2), None, ("d",)),
        Stop(date(2026, 3, 1), date(2026, 3, 2), ("e",)),
    ]
    assert merged(stops) == (
        Stop(date(2026, 1, 1), date(2026, 1, 20), ("a", "b")),
        Stop(date(2026, 2, 1), None, ("c", "d", "e")),
    )


def test_a_stop_cannot_end_before_it_begins() -> None:
    with pytest.raises(Refusal, match="stop-ends-before-it-begins"):
        Stop(date(2026, 1, 2), date(2026, 1, 1))


def test_hours_are_no_clock_of_days() -> None:
    with pytest.raises(Refusal, match="span-not-in-days"):
        due(date(2026, 1, 1), Span(24, Unit.HOURS), PLAIN)


@pytest.mark.parametrize(
    ("start", "span", "stops"),
    [
        (LAST, Span(1, WD), []),
        (LAST, Span(1, CD), []),
        (LAST, Span(1, MONTHS), []),
        (FIRST, Span(10**9, CD), []),
        (FIRST, Span(10**9, MONTHS), []),
        (LAST - timedelta(5), Span(2, CD), [Stop(LAST - timedelta(4), date(9000, 1, 1))]),
    ],
)
def test_a_term_beyond_the_calendar_is_refused(start: date, span: Span, stops: list[Stop]) -> None:
    with pytest.raises(Refusal, match="calendar-out-of-range"):
        due(start, span, PLAIN, stops)


def test_days_left_and_late_are_working_days_only_for_such_terms() -> None:
    friday, due_on = date(2026, 10, 2), date(2026, 10, 7)
    assert days_left(friday, due_on, WD, PLAIN) == 3
    assert days_left(friday, due_on, WD, PLAIN, [Stop(date(2026, 10, 6), date(2026, 10, 6))]) == 2
    assert days_left(friday, due_on, MONTHS, PLAIN) == 5
    assert days_left(due_on, friday, WD, PLAIN) == days_left(due_on, friday, CD, PLAIN) == 0
    assert days_late(due_on, friday, WD, PLAIN) == 3
    assert days_late(due_on, friday, CD, PLAIN) == 5
    assert days_late(friday, due_on, CD, PLAIN) == 0


def test_working_days_between_leaves_out_the_first_day_and_takes_the_last() -> None:
    assert working_days_between(date(2026, 10, 1), date(2026, 10, 2), PLAIN) == 1
    assert PLAIN.next_working_day(date(2026, 10, 3)) == date(2026, 10, 5)


def test_a_due_date_ends_in_the_rulebooks_time_zone() -> None:
    assert ends_at(date(2026, 5, 14), "Asia/Almaty") == datetime(2026, 5, 14, 18, 59, 59, tzinfo=UTC)
    assert local_day(datetime(2026, 5, 14, 20, tzinfo=UTC), "Asia/Almaty") == date(2026, 5, 15)


# Properties. Stops and entries are drawn near the start, so that they meet the terms.

START = date(2026, 1, 1)
near = st.integers(-20, 200).map(lambda n: START + timedelta(n))
calendars = st.builds(
    a_calendar,
    st.dictionaries(near, st.sampled_from(DayKind), max_size=12),
    st.sampled_from([WEEKEND, frozenset({4, 5}), frozenset[int]()]),
)
closed_stops = st.builds(lambda first, n: Stop(first, first + timedelta(n)), near, st.integers(0, 25))
stop_lists = st.lists(closed_stops, max_size=4)
spans = st.one_of(
    st.builds(Span, st.integers(1, 60), st.just(WD)),
    st.builds(Span, st.integers(1, 120), st.just(CD)),
    st.builds(Span, st.integers(1, 6), st.just(MONTHS)),
)
starts = st.integers(0, 60).map(lambda n: START + timedelta(n))


def stopped_days(stops: list[Stop]) -> set[date]:
    return {stop.first + timedelta(n) for stop in stops for n in range((stop.last - stop.first).days + 1)}


def literal_due(start: date, span: Span, calendar: WorkCalendar, stops: list[Stop]) -> date:
    """Rules 3 and 4 as they are written, slowly, to hold the clock against."""
    stopped = stopped_days(stops)
    if span.unit is WD:
        day, used = start, 0
        while used < span.n:
            day += ONE_DAY
            used += calendar.is_working(day) and day not in stopped
        return day
    base = due(start, span, a_calendar(weekend=frozenset()), []).nominal_end
    end = base
    while True:
        longer = base + timedelta(sum(start < day <= end for day in stopped))
        if longer == end:
            break
        end = longer
    while not calendar.is_working(end) or end in stopped:
        end += ONE_DAY
    return end


@given(starts, spans, calendars, stop_lists)
def test_the_clock_follows_the_rules_as_written(
    start: date, span: Span, calendar: WorkCalendar, stops: list[Stop]
) -> None:
    result = due(start, span, calendar, stops)
    assert result.due == literal_due(start, span, calendar, stops)
    assert result.used == result.total


@given(starts, spans, calendars, stop_lists)
def test_a_due_date_is_never_a_day_off_nor_stopped(
    start: date, span: Span, calendar: WorkCalendar, stops: list[Stop]
) -> None:
    end = due(start, span, calendar, stops).due
    assert calendar.is_working(end)
    assert end not in stopped_days(stops)


@given(starts, spans, calendars, stop_lists, closed_stops)
def test_a_further_stop_never_shortens(
    start: date, span: Span, calendar: WorkCalendar, stops: list[Stop], further: Stop
) -> None:
    before = due(start, span, calendar, stops).due
    after = due(start, span, calendar, [*stops, further]).due
    assert after >= before
    if further.first > before:
        assert after == before


@given(starts, spans, calendars, stop_lists, closed_stops, st.integers(0, 150))
def test_the_days_left_never_fall_through_a_stop(
    start: date, span: Span, calendar: WorkCalendar, stops: list[Stop], further: Stop, later: int
) -> None:
    today = start + timedelta(later)
    before, after = due(start, span, calendar, stops).due, due(start, span, calendar, [*stops, further]).due
    left = days_left(today, before, span.unit, calendar, stops)
    assert days_left(today, after, span.unit, calendar, [*stops, further]) >= left


@given(starts, spans, calendars, stop_lists)
def test_a_longer_span_is_never_due_earlier(
    start: date, span: Span, calendar: WorkCalendar, stops: list[Stop]
) -> None:
    longer = Span(span.n + 1, span.unit)
    assert due(start, longer, calendar, stops).due >= due(start, span, calendar, stops).due


@given(starts, spans, calendars, stop_lists)
def test_every_day_up_to_the_due_date_is_explained_once(
    start: date, span: Span, calendar: WorkCalendar, stops: list[Stop]
) -> None:
    result = due(start, span, calendar, stops)
    explained = {day.date for day in result.days} | {day.date for day in result.carried} | {result.due}
    assert explained == {start + timedelta(n) for n in range(1, (result.due - start).days + 1)}
    assert len({day.date for day in result.days}) == len(result.days)


@given(starts, spans, calendars, stop_lists, near)
def test_an_open_stop_holds_exactly_the_terms_it_touches(
    start: date, span: Span, calendar: WorkCalendar, stops: list[Stop], opened: date
) -> None:
    without = due(start, span, calendar, stops)
    held = due(start, span, calendar, [*stops, Stop(opened, None)])
    if opened > without.due:
        assert held == without
    else:
        assert held.due is None
        assert held.used <= held.total


@given(stop_lists)
def test_merging_changes_no_stopped_day(stops: list[Stop]) -> None:
    together = merged(stops)
    assert stopped_days(list(together)) == stopped_days(stops)
    assert sum((stop.last - stop.first).days + 1 for stop in together) == len(stopped_days(stops))
