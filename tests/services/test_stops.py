"""Recording stops: two people, what they move, what they leave alone, and what opens again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.audit import AuditEntry
from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, Actor, reading, work
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.lifecycle import State
from petitions.domain.stops import STOPPABLE
from petitions.jobs.deadlines import sweep_deadlines
from petitions.jobs.windows import sweep_windows
from petitions.models.case import Term, TermChange
from petitions.queries.terms import terms_of
from petitions.services.managing import withdraw_signature
from petitions.services.stopping import (
    StopDraft,
    close_stop,
    confirm_stop,
    preview_stop,
    propose_stop,
    reject_stop,
)
from tests.cases import answered, events, petition_row, referral_row, sent_mails, term_row
from tests.conftest import Clock
from tests.factories import ALMATY, COUNTRY, VILLAGE, a_petition, a_village, an_administrator, some_signatures
from tests.signing import act, counts, rows

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def admin() -> Actor:
    return Actor(an_administrator(), frozenset({"administrator"}))


def a_draft(**changes: object) -> StopDraft:
    fields = {
        "first_day": TODAY, "last_day": None, "order_date": TODAY, "act": "Жарлық № 1", "link": "https://acts.example/1",
        "reason": "Төтенше жағдай жарияланды, байланыс өшірілді.", "language": "kk", "areas": (COUNTRY,),
        "kinds": tuple(kind.value for kind in STOPPABLE),
    }  # fmt: skip
    return StopDraft(**(fields | changes))  # type: ignore[arg-type]


def a_stop(**changes: object) -> int:
    """A stop that two people recorded today."""
    with work(admin()) as w:
        stop_id = propose_stop(w, a_draft(**changes))
    with work(admin()) as w:
        confirm_stop(w, stop_id)
    return stop_id


def standing(petition_id: int, kind: TermKind) -> tuple[TermState, date | None]:
    with reading(ANYONE) as w:
        rows = [row for row in terms_of(w, [petition_id])[petition_id] if row.kind is kind]
    return rows[-1].state, rows[-1].due_on


def causes(petition_id: int, kind: TermKind) -> list[str]:
    term = term_row(petition_id, kind)
    assert term is not None
    with reading(ANYONE) as w:
        query = select(TermChange.cause).where(TermChange.term_id == term.id)
        return list(w.session.scalars(query.order_by(TermChange.id)))


@pytest.mark.postgres_too
def test_an_open_stop_holds_and_its_end_gives_new_dates(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    old = term_row(petition_id, TermKind.ANSWER)
    closing = petition_row(petition_id).closes_at
    assert old and old.due_on == date(2026, 12, 22) and closing
    stop_id = a_stop()
    assert standing(petition_id, TermKind.ANSWER) == (TermState.STOPPED, None)
    held = term_row(petition_id, TermKind.ANSWER)
    assert held and held.due_on is None
    assert petition_row(petition_id).closes_at is None
    clock.now += 7 * DAY
    assert sweep_deadlines() == 0 and sweep_windows() == 0
    with work(admin()) as w:
        close_stop(w, stop_id, TODAY + 6 * DAY)
    # 24 to 29 November holds four working days after the start.
    assert standing(petition_id, TermKind.ANSWER)[1] == date(2026, 12, 28)
    assert petition_row(petition_id).closes_at == closing + 7 * DAY
    assert causes(petition_id, TermKind.ANSWER) == ["registered", f"stop:{stop_id}", f"stop-ended:{stop_id}"]
    assert events(petition_id) == ["clock_stopped", "clock_resumed"]
    assert sweep_deadlines() == 0


def test_the_preview_says_what_the_confirmation_then_does(app: Flask) -> None:
    touched = [a_petition(State.UNDER_REVIEW, signatures=21), a_petition()]
    a_petition(State.DRAFT)
    with work(admin()) as w:
        stop_id = propose_stop(w, a_draft())
    assert all(events(id_) == [] for id_ in touched)
    with reading(admin()) as w:
        seen = preview_stop(w, stop_id)
    with work(admin()) as w:
        done = confirm_stop(w, stop_id)
    assert seen == done
    assert (seen.terms, seen.petitions, seen.reopened) == (3, 2, 0)
    assert {example.kind for example in seen.examples} == {TermKind.COLLECTION, TermKind.ANSWER}


def test_nobody_stops_the_clocks_alone(app: Flask) -> None:
    first = admin()
    with work(first) as w:
        stop_id = propose_stop(w, a_draft())
    with pytest.raises(Refusal, match="second-person-needed"), work(first) as w:
        confirm_stop(w, stop_id)
    with work(admin()) as w:
        confirm_stop(w, stop_id)
    with pytest.raises(Refusal, match="stop-decided"), work(admin()) as w:
        confirm_stop(w, stop_id)
    with reading(ANYONE) as w:
        acts = list(w.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert acts[-2:] == ["stop.propose", "stop.confirm"]


def test_one_person_is_enough_where_the_place_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = admin()
    with work(alone) as w:
        stop_id = propose_stop(w, a_draft())
    with work(alone) as w:
        monkeypatch.setattr(type(w), "settings", w.settings.model_copy(update={"four_eyes": "off"}))
        confirm_stop(w, stop_id)


@pytest.mark.parametrize("roles", [{"officer"}, {"moderator"}, {"citizen"}, set()])
def test_others_may_not(app: Flask, roles: set[str]) -> None:
    with pytest.raises(Refusal, match="not-allowed"), work(Actor(1, frozenset(roles))) as w:
        propose_stop(w, a_draft())


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"first_day": TODAY + DAY}, "stop-begins-later", "first_day"),
        ({"last_day": TODAY - DAY}, "stop-ends-before-it-begins", "last_day"),
        ({"last_day": TODAY + 400 * DAY}, "stop-too-long", "last_day"),
        ({"first_day": date(1022, 1, 1), "last_day": TODAY}, "date-beyond", "first_day"),
        ({"order_date": TODAY + DAY}, "date-in-future", "order_date"),
        ({"replay_day": TODAY + DAY}, "date-in-future", "replay_day"),
        ({"areas": ()}, "stop-areas-unknown", "areas"),
        ({"areas": ("nowhere",)}, "stop-areas-unknown", "areas"),
        ({"kinds": ()}, "stop-kinds-unknown", "kinds"),
        ({"kinds": ("promise",)}, "stop-kinds-unknown", "kinds"),
        ({"reason": "қысқа"}, "reason-too-short", "reason"),
        ({"link": "javascript:alert(1)"}, "link-unsafe", "link"),
        ({"link": "https://[x"}, "link-unsafe", "link"),
    ],
)
def test_what_cannot_be_recorded(app: Flask, changes: dict, code: str, field: str) -> None:
    with pytest.raises(Refusal) as caught, work(admin()) as w:
        propose_stop(w, a_draft(**changes))
    assert (caught.value.code, caught.value.field) == (code, field)


def test_a_rejected_stop_moves_nothing(app: Flask) -> None:
    petition_id = a_petition()
    with work(admin()) as w:
        stop_id = propose_stop(w, a_draft())
    with work(admin()) as w:
        reject_stop(w, stop_id)
    assert standing(petition_id, TermKind.COLLECTION)[0] is TermState.RUNNING
    with pytest.raises(Refusal, match="stop-decided"), work(admin()) as w:
        reject_stop(w, stop_id)


def test_an_end_takes_no_day_away(app: Flask, clock: Clock) -> None:
    stop_id = a_stop()
    clock.now += 10 * DAY
    for day, code in ((TODAY + 3 * DAY, "stop-ends-too-early"), (TODAY + 11 * DAY, "date-in-future"),
                      (TODAY - DAY, "stop-ends-before-it-begins")):  # fmt: skip
        with pytest.raises(Refusal, match=code), work(admin()) as w:
            close_stop(w, stop_id, day)
    with work(admin()) as w:
        close_stop(w, stop_id, TODAY + 9 * DAY)
    with pytest.raises(Refusal, match="stop-not-open"), work(admin()) as w:
        close_stop(w, stop_id, TODAY + 9 * DAY)


def test_other_areas_and_other_kinds_run_on(app: Flask) -> None:
    village = a_petition(State.UNDER_REVIEW, signatures=21)
    nation = a_petition(authority="kz-gov")
    a_stop(areas=(ALMATY,), kinds=("answer", "collection"))
    assert standing(village, TermKind.ANSWER)[0] is TermState.RUNNING
    # The city lies inside the country: its people could not sign, so the country's window stops as well.
    assert standing(nation, TermKind.COLLECTION)[0] is TermState.STOPPED
    a_stop(areas=(a_village(),), kinds=("answer",))
    assert standing(village, TermKind.ANSWER)[0] is TermState.STOPPED
    assert standing(village, TermKind.COLLECTION)[0] is TermState.RUNNING


def test_a_late_record_moves_windows_back_to_its_first_day_and_bodies_not_at_all(
    app: Flask, clock: Clock
) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    old, closing = term_row(petition_id, TermKind.ANSWER), petition_row(petition_id).closes_at
    clock.now += 20 * DAY
    a_stop(first_day=TODAY + 2 * DAY, last_day=TODAY + 8 * DAY)
    new = term_row(petition_id, TermKind.ANSWER)
    assert old and new and closing and old.due_on == new.due_on
    assert petition_row(petition_id).closes_at == closing + 7 * DAY


def test_a_stop_recorded_halfway_holds_a_body_from_that_day(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    clock.now += 9 * DAY
    a_stop(first_day=TODAY + DAY, last_day=TODAY + 10 * DAY)
    # Only 2 and 3 December are lost: Wednesday and Thursday.
    assert standing(petition_id, TermKind.ANSWER)[1] == date(2026, 12, 24)


@pytest.mark.postgres_too
def test_a_window_that_ran_out_meanwhile_opens_again(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(signatures=2)
    some_signatures(petition_id, 2, area=VILLAGE)
    closing = petition_row(petition_id).closes_at
    assert closing
    clock.now = closing + 2 * DAY
    assert sweep_windows() == 1
    assert petition_row(petition_id).state is State.LAPSED and referral_row(petition_id) is not None
    assert standing(petition_id, TermKind.ORDINARY_REPLY)[0] is TermState.RUNNING
    last = term_row(petition_id, TermKind.COLLECTION)
    assert last and last.due_on
    act(withdraw_signature, next(row for row in rows(petition_id) if row.resident))
    assert counts(petition_id) == {"counted": 4, "residents": 2}, "what was handed over stands"
    a_stop(first_day=last.due_on - 9 * DAY, last_day=last.due_on, order_date=last.due_on)
    assert counts(petition_id) == {"counted": 3, "residents": 1, "withdrawn": 1}
    again = petition_row(petition_id)
    assert again.state is State.COLLECTING and again.ended_at is None and again.handed_over_at is None
    assert again.closes_at and again.closes_at > clock.now
    assert referral_row(petition_id) is None
    assert standing(petition_id, TermKind.ORDINARY_REPLY)[0] is TermState.CANCELLED
    assert events(petition_id) == ["lapsed", "clock_stopped", "reopened"]
    assert len(sent_mails()) >= len({"lapsed", "clock_stopped", "reopened"})
    clock.now = again.closes_at + 2 * DAY
    assert sweep_windows() == 1 and petition_row(petition_id).state is State.LAPSED
    assert referral_row(petition_id) is not None


def test_a_startup_that_ran_out_meanwhile_opens_again(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.GATHERING, signatures=3)
    clock.now += 31 * DAY
    assert sweep_windows() == 1 and petition_row(petition_id).state is State.LAPSED
    a_stop(first_day=TODAY + 3 * DAY, last_day=TODAY + 20 * DAY)
    assert petition_row(petition_id).state is State.GATHERING
    state, due_on = standing(petition_id, TermKind.STARTUP)
    assert state is TermState.RUNNING and due_on and due_on > TODAY + 31 * DAY


def test_a_window_whose_longer_end_is_over_too_stays_closed(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.GATHERING, signatures=3)
    clock.now += 60 * DAY
    assert sweep_windows() == 1
    a_stop(first_day=TODAY + 3 * DAY, last_day=TODAY + 4 * DAY)
    assert petition_row(petition_id).state is State.LAPSED and events(petition_id) == ["startup_lapsed"]


def test_what_was_answered_or_late_before_the_stop_stays_so(app: Flask, clock: Clock) -> None:
    met, late = a_petition(State.UNDER_REVIEW, signatures=21), a_petition(State.UNDER_REVIEW, signatures=21)
    answered(met)
    before = standing(met, TermKind.ANSWER)
    clock.now += 31 * DAY
    sweep_deadlines()
    a_stop()
    assert standing(met, TermKind.ANSWER) == before
    assert standing(late, TermKind.ANSWER)[0] is TermState.LATE
    assert "clock_stopped" not in events(met)


def test_an_answer_given_while_the_clock_stands_is_in_time(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    stop_id = a_stop()
    clock.now += 40 * DAY
    answered(petition_id)
    assert standing(petition_id, TermKind.ANSWER)[0] is TermState.MET
    assert petition_row(petition_id).closes_at == clock.now
    with work(admin()) as w:
        close_stop(w, stop_id, TODAY + 40 * DAY)
    assert standing(petition_id, TermKind.ANSWER)[0] is TermState.MET
    assert petition_row(petition_id).closes_at == clock.now


def test_publication_and_signing_go_on_while_the_clock_stands(app: Flask) -> None:
    a_stop()
    petition_id = a_petition()
    assert petition_row(petition_id).closes_at is None
    assert standing(petition_id, TermKind.COLLECTION) == (TermState.STOPPED, None)


def test_the_emergency_of_january_2022_as_a_marked_replay(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21, authority="kz-gov")
    term = term_row(petition_id, TermKind.ANSWER)
    assert term is not None
    with work(SYSTEM) as w:
        w.session.get_one(Term, term.id).started_on = date(2021, 12, 20)
    clock.now = datetime(2022, 1, 25, 5, tzinfo=UTC)
    assert standing(petition_id, TermKind.ANSWER)[1] == date(2022, 2, 17)
    first = date(2022, 1, 5)
    a_stop(first_day=first, last_day=date(2022, 1, 19), order_date=first, replay_day=first)
    assert standing(petition_id, TermKind.ANSWER)[1] == date(2022, 3, 3)


def test_the_system_may_propose_without_an_account(app: Flask) -> None:
    with work(SYSTEM) as w:
        stop_id = propose_stop(w, a_draft(is_outage=True), outage_key="x")
    with work(admin()) as w:
        confirm_stop(w, stop_id)
