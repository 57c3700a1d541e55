"""Registration, answer, corrected answer, ordinary reply: what officers do, and what they cannot."""

from datetime import date, timedelta

import pytest
from flask import Flask

from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, Actor, reading, work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import Action, State
from petitions.models.case import Answer
from petitions.queries.answers import answer_of, current_answers, outcome_words, reply_of
from petitions.services import answering
from petitions.services import hand_over as handing
from petitions.services.cases import load
from tests.cases import (
    REASONS,
    answered,
    answers,
    draft,
    events,
    lapsed,
    officer,
    petition_row,
    referral_row,
    term_row,
    waiting,
)
from tests.conftest import Clock
from tests.factories import GOVERNMENT, a_petition

MONDAY = date(2026, 11, 23)


def register(petition_id: int, on: date, actor: Actor | None = None, version: int | None = None) -> None:
    seen = petition_row(petition_id).version if version is None else version
    with work(actor or officer()) as w:
        answering.register_petition(w, petition_id, "ҚР-17", on, seen)


@pytest.mark.postgres_too
def test_registration_starts_the_answer_term(app: Flask) -> None:
    petition_id = waiting()
    register(petition_id, MONDAY, officer(account_id=None))
    referral, answer = referral_row(petition_id), term_row(petition_id, TermKind.ANSWER)
    assert referral and referral.registration_number == "ҚР-17" and referral.registered_at
    assert answer and (answer.started_on, answer.n, answer.due_on) == (MONDAY, 20, date(2026, 12, 22))
    registration = term_row(petition_id, TermKind.REGISTRATION)
    assert registration and registration.met_on == MONDAY
    assert events(petition_id)[-1] == "registered"


def test_the_answer_term_starts_at_the_latest_when_hand_over_ends(app: Flask, clock: Clock) -> None:
    petition_id = waiting()
    clock.now += timedelta(days=7)
    register(petition_id, date(2026, 11, 30))
    answer, registration = (
        term_row(petition_id, TermKind.ANSWER),
        term_row(petition_id, TermKind.REGISTRATION),
    )
    assert answer and answer.started_on == date(2026, 11, 26)
    assert registration and registration.missed_on == date(2026, 11, 27)
    assert events(petition_id)[-2:] == ["deadline_missed", "registered"]


@pytest.mark.parametrize(
    ("on", "code"),
    [(date(2026, 11, 24), "date-in-future"), (date(2026, 11, 22), "date-before-hand-over")],
)
def test_a_registration_has_a_possible_day(app: Flask, on: date, code: str) -> None:
    petition_id = waiting()
    with pytest.raises(Refusal) as refused:
        register(petition_id, on)
    assert (refused.value.code, refused.value.field) == (code, "registered_on")
    assert term_row(petition_id, TermKind.ANSWER) is None


def test_a_registration_for_an_earlier_day_keeps_that_day(app: Flask, clock: Clock) -> None:
    petition_id = waiting()
    clock.now += timedelta(days=2)
    register(petition_id, date(2026, 11, 24))
    registered_at = petition_row(petition_id).registered_at
    assert registered_at and registered_at.date() == date(2026, 11, 24)
    answer = term_row(petition_id, TermKind.ANSWER)
    assert answer and answer.started_on == date(2026, 11, 24)


@pytest.mark.parametrize(
    "actor",
    [
        officer(GOVERNMENT),
        Actor(account_id=9, roles=frozenset({"administrator"})),
        Actor(account_id=9, roles=frozenset({"moderator"})),
        Actor(account_id=9, roles=frozenset({"citizen"})),
        ANYONE,
    ],
)
def test_nobody_else_acts_for_the_body(app: Flask, actor: Actor) -> None:
    petition_id = waiting()
    version = petition_row(petition_id).version
    given = draft()
    acts = (
        lambda w: answering.register_petition(w, petition_id, "1", MONDAY, version),
        lambda w: answering.publish_answer(w, petition_id, given, version),
        lambda w: answering.correct_answer(w, petition_id, given, version),
        lambda w: answering.publish_reply(w, petition_id, given, version),
        lambda w: answering.check_before(w, petition_id, given, version, Action.ANSWER),
    )
    for act in acts:
        with pytest.raises(Refusal) as refused, work(actor) as w:
            act(w)
        assert refused.value.code in {"not-found", "not-allowed"}
    assert petition_row(petition_id).state is State.UNDER_REVIEW


def test_a_case_that_was_not_handed_over_is_no_case_of_the_desk(app: Flask) -> None:
    petition_id = a_petition()
    with pytest.raises(Refusal) as refused:
        answered(petition_id)
    assert refused.value.code == "not-found"


def test_the_answer_ends_the_case(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    clock.now += timedelta(days=2)
    answered(petition_id)
    petition = petition_row(petition_id)
    assert petition.state is State.ANSWERED and petition.answered_at == clock.now
    for kind in (TermKind.ANSWER, TermKind.PUBLICATION, TermKind.COLLECTION):
        term = term_row(petition_id, kind)
        assert term and term.met_on == date(2026, 11, 25), kind
    with reading(ANYONE) as w:
        view = answer_of(w, petition_id)
    assert view and (view.outcome, view.days_taken, view.late, view.corrected) == (
        "satisfied",
        2,
        False,
        False,
    )
    assert view.html.startswith("<p>") and view.text == REASONS
    assert events(petition_id)[-1] == "answered"


def test_a_late_answer_stays_late(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    clock.now += timedelta(days=60)
    # The body says that it decided in time; the publication here counts.
    answered(petition_id, decided_on=date(2026, 12, 1))
    answer, publication = term_row(petition_id, TermKind.ANSWER), term_row(petition_id, TermKind.PUBLICATION)
    assert answer and answer.missed_on == date(2026, 12, 23) and answer.met_on == date(2027, 1, 22)
    assert publication and publication.missed_on == date(2026, 12, 3)
    with reading(ANYONE) as w:
        view = answer_of(w, petition_id)
    assert view and view.late and view.due_on == date(2026, 12, 22)
    assert events(petition_id) == ["deadline_missed", "deadline_missed", "answered"]


def test_an_answer_takes_in_a_case_that_was_never_registered(app: Flask, clock: Clock) -> None:
    petition_id = waiting()
    clock.now += timedelta(days=4)
    with work(SYSTEM) as w:
        handing.deem_registered(w, load(w, petition_id))
    answered(petition_id)
    registration = term_row(petition_id, TermKind.REGISTRATION)
    assert registration and registration.missed_on and registration.met_on == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"outcome": "perhaps"}, "outcome-unknown", "outcome"),
        ({"outcome": None}, "outcome-unknown", "outcome"),
        ({"text": "Жоқ."}, "reasons-too-short", "text"),
        ({"text": "а" * 10_001}, "text-long", "text"),
        ({"language": "xx"}, "language-unknown", "language"),
        ({"decided_on": date(2026, 11, 24)}, "date-in-future", "decided_on"),
        ({"decided_on": date(2020, 1, 1)}, "date-before-hand-over", "decided_on"),
    ],
)
def test_an_answer_needs_outcome_reasons_and_a_possible_day(
    app: Flask, changes: dict[str, object], code: str, field: str
) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    with pytest.raises(Refusal) as refused:
        answered(petition_id, **changes)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert petition_row(petition_id).state is State.UNDER_REVIEW and not answers(petition_id)


def test_registration_comes_before_the_answer(app: Flask) -> None:
    petition_id = waiting()
    with pytest.raises(Refusal) as refused:
        answered(petition_id)
    assert refused.value.code == "not-registered"


@pytest.mark.postgres_too
def test_a_form_of_an_older_version_is_refused(app: Flask) -> None:
    petition_id = waiting()
    version = petition_row(petition_id).version
    register(petition_id, MONDAY)
    for again in (version, version + 99):
        with pytest.raises(Refusal) as refused:
            register(petition_id, MONDAY, version=again)
        assert refused.value.code == "changed-meanwhile"
    with pytest.raises(Refusal) as refused:
        register(petition_id, MONDAY)
    assert refused.value.code == "not-now"


def test_a_corrected_answer_keeps_the_first(app: Flask, clock: Clock) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    answered(petition_id)
    first_at = petition_row(petition_id).answered_at
    clock.now += timedelta(days=3)
    given = draft(
        outcome="partly_satisfied", correction="Қаржы мөлшері қате көрсетілген.", text=REASONS + " Түзетілді."
    )
    with work(officer()) as w:
        answering.correct_answer(w, petition_id, given, petition_row(petition_id).version)
    first, second = answers(petition_id)
    assert (first.number, first.outcome, first.correction) == (1, "satisfied", "")
    assert (second.number, second.outcome, second.correction) == (2, "partly_satisfied", given.correction)
    assert petition_row(petition_id).answered_at == first_at
    with reading(ANYONE) as w:
        view = answer_of(w, petition_id)
        assert current_answers(w, [petition_id])[petition_id][1] is True
    assert view and view.corrected and view.outcome == "partly_satisfied" and view.days_taken == 0
    assert [version.number for version in view.versions] == [2, 1]
    assert events(petition_id)[-1] == "answer_corrected"


def test_a_correction_says_why(app: Flask) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    answered(petition_id)
    version = petition_row(petition_id).version
    given = draft(correction="қате")
    for act in (answering.correct_answer, lambda *call: answering.check_before(*call, Action.CORRECT_ANSWER)):
        with pytest.raises(Refusal) as refused, work(officer()) as w:
            act(w, petition_id, given, version)
        assert (refused.value.code, refused.value.field) == ("correction-too-short", "correction")
    assert len(answers(petition_id)) == 1


def test_an_ordinary_reply_is_given_once(app: Flask, clock: Clock) -> None:
    petition_id = lapsed(clock)
    given = draft(outcome=None)
    with work(officer()) as w:
        answering.publish_reply(w, petition_id, given, petition_row(petition_id).version)
    owed = term_row(petition_id, TermKind.ORDINARY_REPLY)
    assert owed and owed.met_on and owed.missed_on is None
    with reading(ANYONE) as w:
        view = reply_of(w, petition_id)
        assert answer_of(w, petition_id) is None
    assert view and view.outcome is None and outcome_words(view.outcome) == ""
    with pytest.raises(Refusal) as refused, work(officer()) as w:
        answering.publish_reply(w, petition_id, given, petition_row(petition_id).version)
    assert refused.value.code == "not-now"
    assert petition_row(petition_id).state is State.LAPSED
    assert events(petition_id) == ["lapsed", "replied"]


def test_an_outcome_of_another_rulebook_is_shown_as_its_code(app: Flask) -> None:
    assert outcome_words("sent_to_committee") == "sent to committee"


def test_an_answer_without_a_term_has_no_days(app: Flask) -> None:
    petition_id = a_petition()
    with work(SYSTEM) as w:
        row = Answer(
            petition_id=petition_id, number=1, kind="answer", outcome="refused", markdown="-", html="-",
            language="kk", decided_on=w.today, published_at=w.now,
        )  # fmt: skip
        w.session.add(row)
    with reading(ANYONE) as w:
        view = answer_of(w, petition_id)
    assert view and view.days_taken is None and not view.late
