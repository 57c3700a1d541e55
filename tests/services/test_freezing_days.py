"""The daily publication: each day as it ended, once, also after silent days; only what changed is counted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, insert, select, update

from core.db import db
from core.work import SYSTEM, reading, work
from petitions.domain.disclosure import LEAST, DayRow
from petitions.domain.lifecycle import State
from petitions.jobs.tally import fold_deltas, freeze
from petitions.models.frozen import FrozenCell, FrozenDay, FrozenState
from petitions.models.petition import FrozenCount, PetitionCount
from petitions.models.signature import Signature, SignatureState
from petitions.queries import frozen
from petitions.queries.frozen import REST, Dimension
from petitions.services.managing import correct_signature, withdraw_signature
from tests.conftest import Clock
from tests.factories import ALMATY, GOVERNMENT, VILLAGE, a_petition, some_signatures
from tests.signing import act, confirm, rows, sign, signed

TODAY = date(2026, 11, 23)
REGION = "190000000"
ASTANA, SHYMKENT, AQTOBE = "710000000", "790000000", "150000000"


def totals(petition_id: int) -> list[tuple[date, int, int]]:
    """The frozen totals of a petition."""
    with reading() as w:
        query = select(FrozenCount).where(FrozenCount.petition_id == petition_id).order_by(FrozenCount.day)
        return [(row.day, row.counted, row.residents) for row in w.session.scalars(query)]


def shown(petition_id: int, dimension: Dimension = Dimension.AREA) -> dict[str, int]:
    with reading() as w:
        cells = frozen.cells_of(w, petition_id, dimension)
    return {row.cell: row.count for row in cells if row.count is not None}


def real_areas(petition_id: int) -> dict[str, int]:
    with reading() as w:
        state = w.session.get_one(FrozenState, petition_id)
        return {cell: n for cell, n in state.actual["area"].items() if n}


def many_signatures(petition_id: int, rows: list[tuple[str, int]], clock: Clock, first: int = 1) -> None:
    """Counted signatures in bulk: nothing but what is counted of them."""
    with work(SYSTEM) as w:
        filled = {
            "petition_id": petition_id, "scheme": "email", "channel": "web", "evidence": "email", "uid": None,
            "state": SignatureState.COUNTED, "resident": False, "text_number": 1, "language": "kk",
            "notice": "test", "notice_language": "kk", "consent_at": clock.now, "created_at": clock.now,
            "expires_at": clock.now, "confirmed_at": clock.now,
        }  # fmt: skip
        number = first
        for area, n in rows:
            for start in range(0, n, 10_000):
                size = min(10_000, n - start)
                w.session.execute(
                    insert(Signature), [filled | {"id": number + k, "area": area} for k in range(size)]
                )
                number += size
        total = sum(n for _area, n in rows)
        mine = update(PetitionCount).where(PetitionCount.petition_id == petition_id)
        w.session.execute(mine.values(counted=PetitionCount.counted + total))


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database inside."""
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.postgres_too
def test_a_day_is_frozen_as_it_ended(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    some_signatures(petition_id, 3, area=VILLAGE)
    clock.now += timedelta(hours=20)  # 06:00 of the next day in Almaty
    signed(petition_id, area=ALMATY)
    fold_deltas()
    assert freeze() > 0
    assert freeze() == 0
    assert totals(petition_id) == [(TODAY, 3, 3)]
    assert real_areas(petition_id) == {REGION: 3}
    clock.now += timedelta(days=3)
    freeze()
    assert totals(petition_id)[1:] == [(TODAY + timedelta(days=1), 4, 3)], "quiet days have no row"
    assert real_areas(petition_id) == {REGION: 3, ALMATY: 1}
    with reading() as w:
        assert frozen.frozen_through(w) == TODAY + timedelta(days=3)
        assert [row.counted for row in frozen.site_funnel(w)] == [4, 4]


@pytest.mark.postgres_too
def test_missed_days_are_each_computed(app: Flask, clock: Clock) -> None:
    daily, at_once = (a_petition(authority=GOVERNMENT) for _ in range(2))
    for n in range(6):
        for petition_id in (daily, at_once):
            some_signatures(petition_id, 12 + n, area=ALMATY)
            some_signatures(petition_id, 3 + n, area=REGION)
            some_signatures(petition_id, 2, area=ASTANA)
        clock.now += timedelta(days=1)
    freeze()
    assert totals(daily) == totals(at_once)
    assert [row[1] for row in totals(daily)] == [17, 36, 57, 80, 105, 132]
    with reading() as w:
        series = frozen.days_of(w, daily)
        assert series[0] == DayRow(TODAY, 1, 17, 17)
        assert series[-1].cumulative == 132
        assert [row for id_, row in frozen.every_day(w) if id_ == at_once] == series
    assert shown(daily) == shown(at_once)


@pytest.mark.postgres_too
def test_an_ended_petition_is_frozen_only_when_it_changes(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.LAPSED, signatures=2)
    a_petition(State.GATHERING)
    clock.now += timedelta(days=1)
    freeze()
    clock.now += timedelta(days=2)
    assert freeze() == 1, "only the day itself is closed"
    assert [counted for _day, counted, _residents in totals(petition_id)] == [2]


@pytest.mark.postgres_too
def test_withdrawals_are_taken_out_without_counting_anew(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(authority=GOVERNMENT)
    tokens = [signed(petition_id, f"person{n}@mail.example", area=ALMATY) for n in range(4)]
    some_signatures(petition_id, 8, area=REGION)
    fold_deltas()
    clock.now += timedelta(days=1)
    freeze()
    clock.now += timedelta(hours=1)
    act(withdraw_signature, tokens[0])
    signed(petition_id, "new@mail.example", area=ASTANA)
    fold_deltas()
    clock.now += timedelta(days=1)
    with statements() as asked:
        freeze()
    assert not [text for text in asked if "signatures.confirmed_at <" in text and "'counted'" in text]
    assert real_areas(petition_id) == {ALMATY: 3, REGION: 8, ASTANA: 1}
    assert [row[1] for row in totals(petition_id)] == [12, 12] or [row[1] for row in totals(petition_id)] == [
        12
    ]


@pytest.mark.postgres_too
def test_what_no_total_tells_is_counted_anew(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(authority=GOVERNMENT)
    tokens = [signed(petition_id, f"person{n}@mail.example", area=ALMATY) for n in range(3)]
    fold_deltas()
    clock.now += timedelta(days=1)
    freeze()
    clock.now += timedelta(hours=1)
    act(correct_signature, tokens[0], "Айгүл Үлгіқызы", ASTANA)
    act(withdraw_signature, tokens[1])
    sign(petition_id, "person1@mail.example", area=REGION)
    confirm(next(row for row in rows(petition_id) if row.id == tokens[1].id))
    fold_deltas()
    clock.now += timedelta(days=1)
    freeze()
    assert real_areas(petition_id) == {ALMATY: 1, ASTANA: 1, REGION: 1}


@contextmanager
def while_signatures_are_read(act_once: Callable[[], object]) -> Iterator[None]:
    """Act in a transaction of its own just before the first look at signatures inside."""
    left = [act_once]

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if left and "FROM signatures" in statement and "confirmed_at >=" in statement:
            left.pop()()

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert not left, "nobody looked at signatures"


@pytest.mark.postgres_too
def test_others_write_while_days_are_counted_and_nothing_of_it_is_lost(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(authority=GOVERNMENT)
    moves, goes, _stays = (signed(petition_id, f"person{n}@mail.example", area=ALMATY) for n in range(3))
    some_signatures(petition_id, 12, area=REGION)
    fold_deltas()
    clock.now += timedelta(days=1)

    def meanwhile() -> None:
        clock.now += timedelta(seconds=1)
        act(correct_signature, moves, "Айгүл Үлгіқызы", ASTANA)
        act(withdraw_signature, goes)
        signed(petition_id, "new@mail.example", area=SHYMKENT)

    for night in range(2):
        with while_signatures_are_read(meanwhile if night == 0 else lambda: None):
            freeze()
        with reading() as w:
            assert w.session.get_one(FrozenState, petition_id).stale == (night == 0)
        assert real_areas(petition_id) == (
            {ALMATY: 3, REGION: 12} if night == 0 else {ALMATY: 1, ASTANA: 1, REGION: 12, SHYMKENT: 1}
        )
        fold_deltas()
        clock.now += timedelta(days=1)
    assert [row[1] for row in totals(petition_id)] == [15]


@pytest.mark.postgres_too
def test_small_cells_are_pooled_and_stored_cells_are_never_small(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(authority=GOVERNMENT)
    for area, n in ((ALMATY, 40), (ASTANA, 12), (SHYMKENT, 7), (AQTOBE, 4)):
        some_signatures(petition_id, n, area=area)
    clock.now += timedelta(days=1)
    freeze()
    assert shown(petition_id) == {ALMATY: 40, ASTANA: 12, REST: 11}
    assert shown(petition_id, Dimension.CHANNEL) == {"web": 63, REST: 0}
    some_signatures(petition_id, 9, area=ALMATY)
    clock.now += timedelta(days=1)
    freeze()
    assert shown(petition_id)[ALMATY] == 40, "nine more are held"
    some_signatures(petition_id, 1, area=ALMATY)
    some_signatures(petition_id, 11, area=ASTANA)
    clock.now += timedelta(days=1)
    freeze()
    assert shown(petition_id) == {ALMATY: 50, ASTANA: 23, REST: 11}
    with reading() as w:
        stored = list(w.session.scalars(select(FrozenCell.count)))
        areas = {row.area: row for row in frozen.areas_of(w, petition_id)}
        everywhere = {row.area: row for row in frozen.area_totals(w)}
        streamed = [row for id_, row in frozen.every_area(w) if id_ == petition_id]
    assert all(count == 0 or count >= LEAST for count in stored)
    assert len(areas) == 21 and streamed == list(areas.values())
    assert areas[ALMATY].per_1000 and areas[SHYMKENT].suppressed and areas[SHYMKENT].per_1000 is None
    assert everywhere[ALMATY].count == 50 and everywhere[ALMATY].petitions == 1
    assert everywhere[SHYMKENT].count is None


def test_the_equation_of_a_petition_is_shown_once_it_is_final(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.LAPSED, signatures=60)
    with work(SYSTEM) as w:
        mine = update(PetitionCount).where(PetitionCount.petition_id == petition_id)
        w.session.execute(mine.values(pending=1))
    clock.now += timedelta(days=1)
    freeze()
    with reading() as w:
        assert frozen.funnel_of(w, petition_id) is None, "somebody may still confirm"
    with work(SYSTEM) as w:
        w.session.execute(mine.values(pending=0, expired=8, withdrawn=4))
    clock.now += timedelta(days=1)
    freeze()
    with reading() as w:
        cells = {row.cell: row.count for row in frozen.funnel_of(w, petition_id) or []}
    with work(SYSTEM) as w:
        w.session.execute(mine.values(expired=0, withdrawn=0))
    assert cells["counted"] == 60 and cells[REST] == 12
    assert all(count is None for cell, count in cells.items() if cell not in {"counted", REST})


def test_a_withdrawal_after_the_day_never_rewrites_a_listed_row(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(authority=GOVERNMENT)
    some_signatures(petition_id, 12, area=ALMATY)
    token = signed(petition_id, area=ALMATY)
    fold_deltas()
    clock.now += timedelta(days=1)
    freeze()
    act(withdraw_signature, token)
    fold_deltas()
    clock.now += timedelta(days=4)
    freeze()
    with reading() as w:
        assert frozen.days_of(w, petition_id) == [DayRow(TODAY, 1, 13, 13)]
    some_signatures(petition_id, 20, area=ALMATY)
    clock.now += timedelta(days=1)
    freeze()
    with reading() as w:
        assert frozen.days_of(w, petition_id)[1:] == [DayRow(TODAY + timedelta(days=5), 5, 19, 32)]


def test_100_000_signatures_are_frozen_in_little_memory_and_with_few_statements(
    app: Flask, clock: Clock
) -> None:
    """The answers cost as many queries as for 100 signatures, and a quiet day nothing for each signature."""
    import tracemalloc

    small, large = (a_petition(authority=GOVERNMENT) for _ in range(2))
    many_signatures(small, [(ALMATY, 60), (ASTANA, 25), (SHYMKENT, 8), (AQTOBE, 7)], clock)
    many_signatures(large, [(ALMATY, 60_000), (ASTANA, 39_985), (SHYMKENT, 8), (AQTOBE, 7)], clock)
    clock.now += timedelta(days=1)
    tracemalloc.start()
    freeze()
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000
    client, costs = app.test_client(), []
    for petition_id in (small, large):
        for path in ("", "/signatures/daily", "/signatures/areas"):
            with statements() as asked:
                answer = client.get(f"/api/v1/petitions/{petition_id}{path}")
            assert answer.status_code == 200
            costs.append(len(asked))
    assert costs[:3] == costs[3:]
    many_signatures(large, [(ASTANA, 30)], clock, first=200_000)
    clock.now += timedelta(days=1)
    with statements() as asked:
        freeze()
    assert not [text for text in asked if "confirmed_at <" in text and "withdrawn_at" not in text], (
        "no recount"
    )
    assert shown(large)[ASTANA] == 40_015


def test_the_state_that_is_kept_holds_counts_and_nothing_else(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=12)
    clock.now += timedelta(days=1)
    freeze()
    with reading() as w:
        state = w.session.get_one(FrozenState, petition_id)
        assert w.session.scalar(select(func.count()).select_from(FrozenDay)) == 1
        assert set(state.actual) == {"area", "channel", "evidence", "residency"}
        assert all(type(n) is int for cells in state.actual.values() for n in cells.values())
