"""The explainer's runs: every day of a term exactly once, grouped by month."""

from datetime import date, timedelta

from petitions.domain.calendar import DayKind, DayOff, Mark, Stop, WorkCalendar, due
from petitions.domain.explaining import Run, months
from petitions.domain.rulebook import Span, Unit
from tests.domain.test_stops import random_terms

MOVED, HOLIDAY = date(2022, 1, 15), date(2022, 1, 7)
CALENDAR = WorkCalendar(
    frozenset({5, 6}),
    {HOLIDAY: DayOff({"en": "Feast"}), MOVED: DayOff({"en": "Moved"}, DayKind.WORKING_DAY)},
    date(2021, 1, 1),
    date(2029, 12, 31),
)


def runs(n: int, stops: list[Stop], base: int | None = None) -> list[Run]:
    computed = due(date(2022, 1, 3), Span(n, Unit.WORKING_DAYS), CALENDAR, stops)
    return [run for month in months(computed, base) for run in month.runs]


def test_days_of_one_kind_become_one_run() -> None:
    found = runs(8, [Stop(date(2022, 1, 12), date(2022, 1, 13), ("7",))], base=6)
    told = [(run.first.day, run.last.day, run.mark, run.counted, run.extra) for run in found]
    assert told == [
        (4, 6, Mark.COUNTED, (1, 3), False),
        (7, 7, Mark.HOLIDAY, None, False),
        (8, 9, Mark.WEEKEND, None, False),
        (10, 11, Mark.COUNTED, (4, 5), False),
        (12, 13, Mark.STOP, None, False),
        (14, 14, Mark.COUNTED, (6, 6), False),
        (15, 15, Mark.COUNTED, (7, 7), True),
        (16, 16, Mark.WEEKEND, None, False),
        (17, 17, Mark.COUNTED, (8, 8), True),
    ]
    assert found[4].refs == ("7",) and found[6].moved


def test_a_carried_end_is_marked() -> None:
    computed = due(date(2022, 1, 1), Span(7, Unit.CALENDAR_DAYS), CALENDAR)
    last = months(computed, 7)[-1].runs[-1]
    assert last.carried and (last.first, last.last) == (date(2022, 1, 8), date(2022, 1, 9))


def test_every_day_of_a_random_term_is_told_once() -> None:
    for number, (facts, _area, calendar, _recorded, _dice) in enumerate(random_terms()):
        if number == 500:
            break
        computed = due(facts.started_on, facts.span, calendar)
        days = []
        for month in months(computed, facts.span.n):
            for run in month.runs:
                assert run.first.replace(day=1) == run.last.replace(day=1) == month.day
                # The end of months and calendar days is told twice: as the last day, and as a day off it cannot be.
                told = [run.first + timedelta(n) for n in range((run.last - run.first).days + 1)]
                days += [day for day in told if not run.carried or day not in days]
        assert computed.due is not None
        whole = {
            facts.started_on + timedelta(n) for n in range(1, (computed.due - facts.started_on).days + 1)
        }
        assert len(days) == len(set(days)) and set(days) | {computed.due} == whole
