"""Counting: folding, milestones, the check, and an equation that no sequence of acts breaks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from core.refusal import Refusal
from core.work import SYSTEM, Work, reading, work
from petitions.domain.events import Event
from petitions.domain.lifecycle import State
from petitions.models.case import JournalEntry
from petitions.models.petition import Petition, PetitionCount, PetitionThreshold
from petitions.models.signature import TallyDelta
from petitions.services import tally
from petitions.services.ageing import erase_withdrawn, expire_unconfirmed
from petitions.services.managing import correct_signature, erase_signature, withdraw_signature
from petitions.services.quarters import EVENTS as QUARTERS
from tests.conftest import Clock
from tests.factories import ALMATY, ASTANA, VILLAGE, a_petition, a_village, some_signatures
from tests.signing import act, change, confirm, counts, hand_over, rows, sign, signed

PARTS = ("pending", "expired", "invalid", "withdrawn", "quarantined", "counted")


def fold(most: int = tally.BATCH) -> int:
    """One run of the tally."""
    with work(SYSTEM) as w:
        return tally.fold(w, most)


def journal(petition_id: int) -> list[str]:
    """What was announced, but for the quarters of the goal, which have tests of their own."""
    with reading() as w:
        query = select(JournalEntry.event).where(
            JournalEntry.petition_id == petition_id, JournalEntry.event.not_in(set(QUARTERS.values()))
        )
        return list(w.session.scalars(query.order_by(JournalEntry.id)))


def goals(petition_id: int, *wanted: tuple[str, int], areas: dict[str, Any] | None = None) -> None:
    """Give a petition other milestones."""
    with work(SYSTEM) as w:
        for row in w.session.scalars(
            select(PetitionThreshold).where(PetitionThreshold.petition_id == petition_id)
        ):
            w.session.delete(row)
        w.session.flush()
        for position, (name, count) in enumerate(wanted):
            row = PetitionThreshold(
                petition_id=petition_id, milestone=name, position=position, count=count, formula="test",
                article="1", basis="law", areas=areas,
            )  # fmt: skip
            w.session.add(row)
        w.session.get_one(Petition, petition_id).threshold = wanted[0][1]


@pytest.mark.postgres_too
def test_folding_is_done_in_slices_and_never_twice(app: Flask) -> None:
    petition_id = a_petition()
    for n in range(5):
        sign(petition_id, f"person{n}@mail.example")
    assert [fold(2), fold(2), fold(2), fold(2)] == [2, 2, 1, 0]
    assert counts(petition_id) == {"pending": 5}


@pytest.mark.postgres_too
def test_folders_at_once_count_everything_once(app: Flask) -> None:
    petitions = [a_petition() for _ in range(3)]
    with work(SYSTEM) as w:
        for petition_id in petitions * 40:
            tally.add(w, petition_id, counted=1)

    def one(_n: int) -> int:
        with app.app_context():
            return fold(10)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(24))) == 120
    with work(SYSTEM) as w:
        for petition_id in petitions:
            row = w.session.get_one(PetitionCount, petition_id)
            assert row.counted == 40
            row.counted = 0


@pytest.mark.postgres_too
def test_the_threshold_is_reached_once_and_never_unset(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    goals(petition_id, ("answer", 2), ("hearing", 3))
    first = signed(petition_id, "one@mail.example")
    fold()
    assert journal(petition_id) == []
    signed(petition_id, "two@mail.example")
    reached_at = clock.now
    fold()
    assert journal(petition_id) == [Event.THRESHOLD_REACHED]
    clock.now += timedelta(hours=1)
    act(withdraw_signature, first)
    fold()
    signed(petition_id, "three@mail.example")
    fold()
    assert journal(petition_id) == [Event.THRESHOLD_REACHED]
    signed(petition_id, "four@mail.example")
    fold()
    assert journal(petition_id) == [Event.THRESHOLD_REACHED, Event.MILESTONE_REACHED]
    with reading() as w:
        assert w.session.get_one(Petition, petition_id).reached_at == reached_at
        facts = w.session.scalars(select(JournalEntry.facts).order_by(JournalEntry.id)).all()
        facts = [fact for fact in facts if "milestone" in fact]
    assert [fact for fact in facts if "milestone" in fact] == [
        {"milestone": "answer", "threshold": 2},
        {"milestone": "hearing", "threshold": 3},
    ]


def test_two_folders_announce_a_threshold_once(app: Flask) -> None:
    petition_id = a_petition()
    goals(petition_id, ("answer", 1))
    signed(petition_id)
    fold()
    with work(SYSTEM) as w:
        assert tally.mark_reached(w, petition_id) == []
    assert journal(petition_id) == [Event.THRESHOLD_REACHED]


@pytest.mark.postgres_too
def test_only_residents_count_where_the_tier_wants_them(app: Flask) -> None:
    petition_id = a_petition()
    goals(petition_id, ("answer", 2))
    change(petition_id, lambda _w: {"residents_only": True})
    signed(petition_id, "one@mail.example", area=VILLAGE)
    signed(petition_id, "two@mail.example", area=ALMATY)
    fold()
    assert journal(petition_id) == []
    signed(petition_id, "three@mail.example", area=VILLAGE)
    fold()
    assert journal(petition_id) == [Event.THRESHOLD_REACHED]
    assert counts(petition_id) == {"counted": 3, "residents": 2}


@pytest.mark.postgres_too
def test_enough_areas_must_reach_their_own_number(app: Flask) -> None:
    petition_id = a_petition(authority="kz-gov")
    shares = [{"area": ALMATY, "count": 2}, {"area": ASTANA, "count": 1}, {"area": "190000000", "count": 1}]
    goals(petition_id, ("answer", 3), areas={"min_areas": 2, "areas": shares})
    for n in range(4):
        signed(petition_id, f"almaty{n}@mail.example", area=ALMATY)
    fold()
    assert journal(petition_id) == []
    # The village lies inside the region, so its resident is one of the region's.
    a_village()
    signed(petition_id, "village@mail.example", area=VILLAGE)
    fold()
    assert journal(petition_id) == [Event.THRESHOLD_REACHED]
    assert counts(petition_id) == {"counted": 5, "residents": 5}


@pytest.mark.parametrize("state", [State.GATHERING, State.LAPSED, State.ANSWERED])
def test_a_petition_that_cannot_be_signed_reaches_nothing(app: Flask, state: State) -> None:
    petition_id = a_petition(state)
    with work(SYSTEM) as w:
        tally.add(w, petition_id, counted=10_000)
        tally.fold(w)
        w.session.get_one(PetitionCount, petition_id).counted -= 10_000
    assert journal(petition_id) == []


def test_joiners_that_are_enough_are_noticed_without_a_delta(app: Flask) -> None:
    petition_id = a_petition()
    goals(petition_id, ("answer", 3))
    some_signatures(petition_id, 3)
    with work(SYSTEM) as w:
        assert tally.catch_up(w) == 1
        assert tally.catch_up(w) == 0
    assert journal(petition_id) == [Event.THRESHOLD_REACHED]


@pytest.mark.postgres_too
def test_the_check_finds_every_kind_of_drift(app: Flask) -> None:
    petition_id = a_petition()
    signed(petition_id, area=VILLAGE)
    with work(SYSTEM) as w:
        assert tally.check(w) == []
        assert tally.totals(w)["submitted"] == 1
    counts(petition_id)
    with work(SYSTEM) as w:
        row = w.session.get_one(PetitionCount, petition_id)
        row.counted, row.expired = 5, 2
        w.session.flush()
        assert tally.check(w) == [tally.Drift(petition_id, {"counted": 4, "expired": 2})]
        row.counted, row.expired = 1, 0


def test_the_command_prints_the_equation_and_fails_on_drift(app: Flask) -> None:
    petition_id = a_petition()
    signed(petition_id, "one@mail.example")
    sign(petition_id, "two@mail.example")
    runner = app.test_cli_runner()
    good = runner.invoke(args=["tally", "check"])
    assert good.exit_code == 0, good.output
    assert (
        "submitted 2 = pending 1 + expired 0 + invalid 0 + withdrawn 0 + quarantined 0 + counted 1"
        in good.output
    )
    with work(SYSTEM) as w:
        tally.add(w, petition_id, counted=3)
    bad = runner.invoke(args=["tally", "check"])
    assert bad.exit_code == 1
    assert f"petition {petition_id} drifted: counted +3" in bad.output
    with work(SYSTEM) as w:
        w.session.delete(w.session.scalars(select(TallyDelta).order_by(TallyDelta.id.desc()).limit(1)).one())


ACTS = ["sign", "confirm", "withdraw", "erase", "correct", "fold", "expire", "fade", "wait", "hand over"]


@pytest.mark.postgres_too
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2)), min_size=5, max_size=30))
def test_no_sequence_of_acts_breaks_the_equation(
    app: Flask, clock: Clock, steps: list[tuple[str, int]]
) -> None:
    petition_id = a_petition()
    people: dict[int, int] = {}
    for name, who in steps:
        _step(clock, petition_id, name, who, people)
        with work(SYSTEM) as w:
            assert tally.check(w) == []
            sums = tally.totals(w)
            assert sums["submitted"] == sum(sums[part] for part in PARTS)
            assert 0 <= sums["residents"] <= sums["counted"]
    assert len(rows(petition_id)) <= 3


def _step(clock: Clock, petition_id: int, name: str, who: int, people: dict[int, int]) -> None:
    steps: dict[str, Callable[[], object]] = {
        "sign": lambda: _sign(petition_id, who, people),
        "wait": lambda: _wait(clock, timedelta(days=4 + 4 * who)),
        "hand over": lambda: hand_over(petition_id),
        "fold": lambda: _sweep(tally.fold),
        "expire": lambda: _sweep(expire_unconfirmed),
        "fade": lambda: _sweep(erase_withdrawn),
    }
    row = next((row for row in rows(petition_id) if row.id == people.get(who)), None)
    if row is not None:
        area = (VILLAGE, ALMATY)[who % 2]
        steps |= {
            "confirm": lambda: confirm(row),
            "withdraw": lambda: act(withdraw_signature, row),
            "erase": lambda: act(erase_signature, row),
            "correct": lambda: act(correct_signature, row, "Данияр Сынақұлы", area),
        }
    with suppress(Refusal):
        steps.get(name, lambda: None)()


def _sign(petition_id: int, who: int, people: dict[int, int]) -> None:
    known = {row.id for row in rows(petition_id)}
    sign(petition_id, f"person{who}@mail.example", area=(ALMATY, VILLAGE)[who % 2])
    people.update((who, row.id) for row in rows(petition_id) if row.id not in known)


def _wait(clock: Clock, span: timedelta) -> None:
    clock.now += span


def _sweep(do: Callable[[Work], int]) -> None:
    with work(SYSTEM) as w:
        do(w)


@pytest.mark.postgres_too
def test_a_check_in_slices_finds_each_drift_and_tells_how_far_it_is(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "PETITIONS", 2)
    petitions = [a_petition(signatures=n) for n in (1, 2, 3, 4, 5)]

    def shift(n: int) -> None:
        with work(SYSTEM) as w:
            mine = update(PetitionCount).where(PetitionCount.petition_id.in_(petitions[1::2]))
            w.session.execute(mine.values(counted=PetitionCount.counted + n))

    shift(7)
    heard: list[tuple[int, int]] = []
    with reading(SYSTEM) as w:
        found = tally.check(w, lambda done, of: heard.append((done, of)))
    shift(-7)
    assert [(d.petition_id, d.differences) for d in found] == [
        (id_, {"counted": 7}) for id_ in petitions[1::2]
    ]
    assert heard[-1] == (petitions[-1], petitions[-1]) and len(heard) == -(-petitions[-1] // 2)
