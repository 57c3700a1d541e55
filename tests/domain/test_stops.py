"""Whom a stop touches and since when; the clock's promises over ten thousand random terms."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from petitions.domain.calendar import DayKind, DayOff, WorkCalendar, days_left, due, merged
from petitions.domain.deadlines import CITIZENS, TermFacts, TermKind, TermState, compute, standing
from petitions.domain.rulebook import Span, Unit
from petitions.domain.stops import STOPPABLE, RecordedStop, Touched, first_day_for, reaches, touching

COUNTRY, REGION, VILLAGE, ELSEWHERE = "000/", "000/190/", "000/190/999/", "000/750/"
FIRST, LAST = date(2022, 1, 5), date(2022, 1, 19)
TERMS, SEED = 10_000, 20220105
DAY = timedelta(days=1)


def a_stop(**changes: object) -> RecordedStop:
    fields = {
        "id": "1", "first": FIRST, "last": LAST, "ordered_on": FIRST, "recorded_on": FIRST, "entered_on": FIRST,
        "areas": (COUNTRY,), "kinds": frozenset(TermKind),
    }  # fmt: skip
    return RecordedStop(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stop_area", "term_area", "body", "citizens"),
    [
        (COUNTRY, VILLAGE, True, True),
        (REGION, REGION, True, True),
        (VILLAGE, REGION, False, True),
        (ELSEWHERE, REGION, False, False),
        (REGION, COUNTRY, False, True),
    ],
)
def test_the_areas_of_rule_five(stop_area: str, term_area: str, body: bool, citizens: bool) -> None:
    stop = a_stop(areas=(stop_area,))
    assert reaches(stop, TermKind.ANSWER, term_area) is body
    assert reaches(stop, TermKind.COLLECTION, term_area) is citizens


def test_a_stop_of_several_areas_reaches_each_of_them() -> None:
    stop = a_stop(areas=(ELSEWHERE, VILLAGE))
    assert reaches(stop, TermKind.ANSWER, VILLAGE) and not reaches(stop, TermKind.ANSWER, REGION)


def test_only_the_named_kinds_stop() -> None:
    stop = a_stop(kinds=frozenset({TermKind.COLLECTION}))
    assert touching([stop], Touched(TermKind.ANSWER, COUNTRY)) == ()
    assert len(touching([stop], Touched(TermKind.COLLECTION, COUNTRY))) == 1
    assert TermKind.PROMISE not in STOPPABLE and TermKind.ANSWER in STOPPABLE


@pytest.mark.parametrize("kind", list(TermKind))
def test_a_body_stops_only_by_what_is_recorded_and_ordered(kind: TermKind) -> None:
    stop = a_stop(ordered_on=FIRST + 2 * DAY, recorded_on=FIRST + 4 * DAY)
    expected = FIRST if kind in CITIZENS else FIRST + 4 * DAY
    assert first_day_for(stop, kind) == expected
    assert [part.first for part in touching([stop], Touched(kind, COUNTRY))] == [expected]


def test_a_stop_recorded_after_its_end_leaves_a_body_alone() -> None:
    late = a_stop(recorded_on=LAST + DAY, entered_on=LAST + DAY)
    assert touching([late], Touched(TermKind.ANSWER, COUNTRY)) == ()
    assert touching([late], Touched(TermKind.STARTUP, COUNTRY))[0].first == FIRST


def test_a_marked_replay_sets_the_day() -> None:
    replay = a_stop(recorded_on=FIRST, entered_on=date(2026, 11, 23))
    assert touching([replay], Touched(TermKind.ANSWER, COUNTRY))[0].first == FIRST


@pytest.mark.parametrize("settled", [FIRST - DAY, FIRST - 40 * DAY])
def test_what_was_settled_before_the_stop_stays(settled: date) -> None:
    for kind in TermKind:
        assert touching([a_stop()], Touched(kind, COUNTRY, settled)) == ()


def test_what_was_settled_before_the_stop_was_entered_stays() -> None:
    late = a_stop(entered_on=LAST)
    assert touching([late], Touched(TermKind.COLLECTION, COUNTRY, LAST)) == ()
    assert touching([late], Touched(TermKind.COLLECTION, COUNTRY, LAST + DAY)) != ()


def random_calendar(dice: random.Random) -> WorkCalendar:
    days = {}
    for _ in range(dice.randint(0, 40)):
        kind = dice.choice([DayKind.DAY_OFF, DayKind.DAY_OFF, DayKind.WORKING_DAY])
        days[date(2022, 1, 1) + timedelta(dice.randint(0, 700))] = DayOff({"en": "day"}, kind)
    return WorkCalendar(frozenset({5, 6}), days, date(2021, 1, 1), date(2029, 12, 31))


def random_stops(dice: random.Random) -> list[RecordedStop]:
    found = []
    for n in range(dice.randint(0, 4)):
        first = date(2022, 1, 1) + timedelta(dice.randint(0, 200))
        last = first + timedelta(dice.randint(0, 25))
        entered = first + timedelta(dice.randint(0, 30))
        stop = a_stop(
            id=str(n), first=first, last=last, ordered_on=first + timedelta(dice.randint(-3, 5)),
            recorded_on=entered, entered_on=entered, areas=(dice.choice([COUNTRY, REGION, VILLAGE, ELSEWHERE]),),
        )  # fmt: skip
        found.append(stop)
    return found


Case = tuple[TermFacts, str, WorkCalendar, list[RecordedStop], random.Random]


def random_terms() -> Iterator[Case]:
    dice = random.Random(SEED)
    calendar, units = (
        random_calendar(dice),
        [Unit.WORKING_DAYS, Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.MONTHS],
    )
    for n in range(TERMS):
        if n % 50 == 0:
            calendar = random_calendar(dice)
        unit = dice.choice(units)
        span = Span(dice.randint(1, 4 if unit is Unit.MONTHS else 45), unit)
        start = date(2022, 1, 1) + timedelta(dice.randint(0, 150))
        kind = dice.choice(STOPPABLE)
        yield TermFacts(kind, start, span), dice.choice([REGION, VILLAGE]), calendar, random_stops(dice), dice


def test_ten_thousand_random_terms_keep_the_promises_of_the_clock() -> None:
    touched_by_a_stop = 0
    for facts, area, calendar, recorded, dice in random_terms():
        stops = touching(recorded, Touched(facts.kind, area))
        end = compute(facts, calendar, stops).due
        bare = compute(facts, calendar).due
        assert end is not None and bare is not None
        touched_by_a_stop += end != bare
        assert calendar.is_working(end)
        assert not any(s.first <= end <= (s.last or end) for s in stops)
        assert end >= bare
        longer = compute(replace(facts, extended=dice.randint(1, 10)), calendar, stops).due
        assert longer is not None and longer >= end
        remaining_days_hold(facts, calendar, stops)
    assert touched_by_a_stop > TERMS // 10


def remaining_days_hold(facts: TermFacts, calendar: WorkCalendar, stops: tuple) -> None:
    """Each stop, seen on its eve without it and on its last day with it, leaves as many days as before."""
    for stop in merged(stops):
        eve = max(stop.first - DAY, facts.started_on)
        others = [one for one in stops if one.last is not None and one.last < stop.first]
        old, new = compute(facts, calendar, others).due, compute(facts, calendar, [*others, stop]).due
        assert old is not None and new is not None and stop.last is not None
        if eve >= old or stop.last < facts.started_on:
            continue
        before = days_left(eve, old, facts.span.unit, calendar, others)
        after = days_left(stop.last, new, facts.span.unit, calendar, [*others, stop])
        if facts.span.unit is Unit.WORKING_DAYS:
            assert after == before
        else:
            # The last days of such a term may be days off over which the end was carried: they were nobody's days.
            carried = sum(not calendar.is_working(old - n * DAY) for n in range(1, 15))
            assert after >= before - carried


def test_the_date_worked_out_step_by_step_is_the_one_of_the_whole_history() -> None:
    """Each stop is taken in on the day it is entered, as the services do it; a settled term takes no more in."""
    reopened = 0
    for facts, area, calendar, recorded, dice in random_terms():
        met_on = facts.started_on + timedelta(dice.randint(0, 90)) if dice.random() < 0.5 else None
        due_on, settled = compute(facts, calendar).due, None
        known: list[RecordedStop] = []
        for stop in sorted(recorded, key=lambda one: (one.entered_on, one.id)):
            if settled is None and met_on is not None and met_on <= stop.entered_on:
                settled = met_on
            if (
                settled is None
                and facts.kind not in CITIZENS
                and due_on is not None
                and due_on < stop.entered_on
            ):
                settled = due_on + DAY
            known.append(stop)
            renewed = compute(facts, calendar, touching(known, Touched(facts.kind, area, settled))).due
            assert renewed is not None and due_on is not None and renewed >= due_on
            reopened += due_on < stop.entered_on <= renewed
            due_on = renewed
        whole = compute(facts, calendar, touching(recorded, Touched(facts.kind, area, settled))).due
        assert whole == due_on
    assert reopened > 0


def test_the_emergency_of_january_2022(kazakhstan: WorkCalendar) -> None:
    facts = TermFacts(TermKind.ANSWER, date(2021, 12, 20), Span(40, Unit.WORKING_DAYS))
    assert compute(facts, kazakhstan).due == date(2022, 2, 17)
    stops = touching([a_stop()], Touched(TermKind.ANSWER, COUNTRY))
    assert compute(facts, kazakhstan, stops).due == date(2022, 3, 3)
    held = touching([a_stop(last=None)], Touched(TermKind.ANSWER, COUNTRY))
    during = standing(facts, date(2022, 1, 10), kazakhstan, held)
    assert (during.state, during.due_on, during.stopped_since) == (TermState.STOPPED, None, FIRST)
    assert compute(facts, kazakhstan, held).used == 9


@pytest.fixture
def kazakhstan() -> WorkCalendar:
    from petitions.rulebooks import calendar_for, load_rulebook
    from tests.architecture.test_sizes import ROOT

    return calendar_for(load_rulebook(ROOT / "rulebooks" / "kz-2026").rulebook)


def test_two_stops_over_each_other_count_each_day_once(kazakhstan: WorkCalendar) -> None:
    both = [a_stop(), a_stop(id="2", first=FIRST + 5 * DAY, last=LAST + 2 * DAY)]
    stops = touching(both, Touched(TermKind.ANSWER, COUNTRY))
    whole = [a_stop(last=LAST + 2 * DAY)]
    span, start = Span(40, Unit.WORKING_DAYS), date(2021, 12, 20)
    assert (
        due(start, span, kazakhstan, stops).due
        == due(start, span, kazakhstan, touching(whole, Touched(TermKind.ANSWER, COUNTRY))).due
    )
