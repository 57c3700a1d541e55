"""The demo: what it promises to show is there, played by the same use cases, in well under a minute."""

import time
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.work import ANYONE, reading
from opendata.ledger_facts import league
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.lifecycle import State
from petitions.models.appeals import Appeal, AppealOutcome
from petitions.models.case import Term
from petitions.models.coauthors import CoAuthor
from petitions.models.petition import Petition, PetitionQuarter
from petitions.models.stops import ClockStop
from petitions.models.updates import AuthorUpdate
from petitions.queries.terms import TermRow, terms_of
from petitions.queries.timeline import explained_term
from petitions.services.demo import load_demo

FIRST, LAST = date(2022, 1, 5), date(2022, 1, 19)


@pytest.fixture
def seconds(app: Flask) -> float:
    """The demo, loaded; the processor time that this took."""
    begun = time.process_time()
    assert load_demo(100, lambda _what: None) >= 32
    return time.process_time() - begun


def answer_of(petition_id: int) -> TermRow:
    with reading(ANYONE) as w:
        return next(t for t in terms_of(w, [petition_id])[petition_id] if t.kind is TermKind.ANSWER)


def test_the_demo_shows_every_state_a_replay_and_a_clock_that_stands_still(
    app: Flask, seconds: float
) -> None:
    # A minute is what a person waits; on a machine that does much else, the clock on the wall proves nothing.
    assert seconds < 60
    with reading(ANYONE) as w:
        assert set(w.session.scalars(select(Petition.state))) == set(State)
        replay, present = w.session.scalars(select(ClockStop).order_by(ClockStop.first_day)).all()
        assert (replay.first_day, replay.last_day, replay.is_replay) == (FIRST, LAST, True)
        assert present.last_day is None and not present.is_replay and "ойдан шығарылған" in present.act
        assert present.proposed_by != present.confirmed_by
        assert present.first_day == w.today - timedelta(days=6)
        stopped_since = present.first_day
        held = w.session.scalars(
            select(Term.petition_id).where(
                Term.due_on.is_(None), Term.met_on.is_(None), Term.cancelled_on.is_(None)
            )
        ).all()
    (petition_id,) = held
    term = answer_of(petition_id)
    assert (term.state, term.due_on, term.stopped_since) == (TermState.STOPPED, None, stopped_since)
    page = app.test_client().get(f"/petitions/{petition_id}?lang=en").get_data(as_text=True)
    assert "The clocks of this petition stand still" in page
    explained = app.test_client().get(f"/terms/{term.id}?lang=en").get_data(as_text=True)
    assert "The clock stands still, so there is no date now" in explained
    appeals_wait_fail_and_succeed()
    the_replay_reads_right()
    promises_are_kept_broken_and_open()
    authors_tell_what_happens()


def appeals_wait_fail_and_succeed() -> None:
    with reading(ANYONE) as w:
        query = select(Appeal.outcome, Petition.state).join(Petition, Petition.id == Appeal.petition_id)
        found = {(outcome, state) for outcome, state in w.session.execute(query)}
    assert found == {
        (None, State.REFUSED),
        (AppealOutcome.UPHELD, State.REFUSED),
        (AppealOutcome.RESTORED, State.COLLECTING),
    }


def the_replay_reads_right() -> None:
    """Forty working days from 20 December 2021 end on 3 March 2022, and without the stop on 17 February."""
    with reading(ANYONE) as w:
        query = select(Term).where(Term.kind == TermKind.ANSWER, Term.started_on == date(2021, 12, 20))
        term = explained_term(w, w.session.scalars(query).one().id)
    assert term.row.due_on == date(2022, 3, 3)
    assert (term.changes[0].new_due, term.changes[-1].new_due) == (date(2022, 2, 17), date(2022, 3, 3))
    skipped = [day.date for day in term.computed.skipped]
    assert {FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)} <= set(skipped)
    assert len(set(skipped)) == len(skipped) and (term.computed.used, term.computed.total) == (40, 40)


def promises_are_kept_broken_and_open() -> None:
    with reading(ANYONE) as w:
        found = [row.promises for row in league(w) if row.promises.due]
    assert sorted((p.kept, p.not_kept, p.no_word) for p in found) == [(0, 0, 1), (0, 1, 0), (1, 0, 0)]


def authors_tell_what_happens() -> None:
    """Updates of authors and co-authors, one corrected, one taken down, one that waits; quarters on different days."""
    with reading(ANYONE) as w:
        rows = w.session.scalars(select(AuthorUpdate)).all()
        assert len({row.petition_id for row in rows}) >= 4
        assert sum(row.hidden_at is not None for row in rows) == 1
        assert any(row.text_number > 1 for row in rows) and any(row.looked_at is None for row in rows)
        beside = w.session.scalars(select(CoAuthor.account_id).where(CoAuthor.name.is_not(None))).all()
        assert {row.account_id for row in rows} & set(beside)
        marks = w.session.execute(select(PetitionQuarter.petition_id, PetitionQuarter.reached_at)).all()
        spread = {(number, w.day_of(at)) for number, at in marks if at is not None}
    assert len(spread) > len({number for number, _at in marks})
