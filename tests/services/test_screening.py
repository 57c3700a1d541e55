"""The check of admissibility: decisions with reasons, silence with its consequence, and a goal that never moves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from authorities.models import AreaFigure
from core.audit import AuditEntry
from core.fulltext import rows_of
from core.work import SYSTEM, Actor, reading, work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.domain.moderation import Verdict
from petitions.models.case import Decision, Term
from petitions.models.petition import PetitionThreshold
from petitions.queries.moderation import decided_lately, moderated_case, queue
from petitions.services import cases
from petitions.services.screening import begin_screening, check_decision, decide, escalate, publish_by_silence
from tests.cases import events
from tests.conftest import Clock
from tests.factories import (
    ALMATY,
    VILLAGE,
    a_moderator,
    a_petition,
    an_account,
    an_author,
    some_signatures,
)
from tests.writing import (
    JOINERS,
    REASON,
    citizen,
    in_screening,
    moderator,
    petition,
    refused,
    state_of,
    submitted,
    version_of,
)

SEVERAL_AREAS = Path(__file__).parent.parent / "rulebooks" / "several-areas"


@pytest.fixture
def judge(app: Flask) -> Actor:
    """A moderator."""
    return moderator(a_moderator())


@pytest.fixture
def reform(app: Flask) -> Iterator[None]:
    """The instance runs under the proposal."""
    kernel = app.extensions["dauys"]
    settings = kernel.settings.model_copy(update={"rulebook": kernel.settings.rulebook.parent / "kz-reform"})
    app.extensions["dauys"] = replace(kernel, settings=settings)
    yield
    app.extensions["dauys"] = kernel


def make(judge: Actor, number: int, verdict: Verdict, reason: str = "", ground: str = "") -> None:
    """Decide on what is there now."""
    version = version_of(number)
    with work(judge) as w:
        decide(w, number, version, verdict, reason=reason, ground=ground)


def decisions(number: int) -> list[tuple[str, str | None, str, bool, int | None]]:
    with reading() as w:
        rows = w.session.scalars(select(Decision).where(Decision.petition_id == number).order_by(Decision.id))
        return [(row.kind, row.ground, row.reason, row.hides_text, row.account_id) for row in rows]


def the_term(number: int, kind: TermKind) -> tuple[date, date | None, date | None]:
    """Start, due date and the day it was met."""
    with reading() as w:
        query = select(Term).where(Term.petition_id == number, Term.kind == kind).order_by(Term.round.desc())
        term = w.session.scalars(query).first()
        assert term is not None
        return term.started_on, term.due_on, term.met_on


def certificate(number: int) -> dict[str, object]:
    with reading() as w:
        row = w.session.scalars(
            select(PetitionThreshold).where(PetitionThreshold.petition_id == number)
        ).one()
        return {
            name: getattr(row, name) for name in ("count", "formula", "base_value", "base_as_of", "source")
        }


@pytest.mark.postgres_too
def test_enough_joiners_bring_a_petition_to_the_check(app: Flask) -> None:
    number, _author = submitted()
    some_signatures(number, JOINERS - 1)
    with refused("not-now"), work(SYSTEM) as w:
        begin_screening(w, cases.load(w, number))
    some_signatures(number, 1)
    with work(SYSTEM) as w:
        begin_screening(w, cases.load(w, number))
    assert state_of(number) is State.SCREENING
    assert the_term(number, TermKind.STARTUP)[2] == date(2026, 11, 23)
    assert the_term(number, TermKind.SCREENING)[1] == date(2026, 12, 22)
    assert events(number)[-2:] == ["joiners_met", "screening_begun"]
    with refused("not-your-move"), work(SYSTEM) as w:
        begin_screening(w, cases.load(w, number))


@pytest.mark.postgres_too
def test_publication_freezes_the_goal_and_opens_the_window(app: Flask, judge: Actor) -> None:
    number, _author = in_screening()
    make(judge, number, Verdict.PUBLISH)
    row = petition(number)
    assert row.state is State.COLLECTING and row.opened_at is not None and row.threshold == 20
    assert the_term(number, TermKind.COLLECTION)[:2] == (date(2026, 11, 23), date(2027, 5, 24))
    assert row.closes_at is not None and row.closes_at.isoformat() == "2027-05-24T18:59:59+00:00"
    assert certificate(number) == {
        "count": 20,
        "formula": "5 % of population up to 50000, else 2500, ceil",
        "base_value": 400,
        "base_as_of": date(2026, 1, 1),
        "source": "invented",
    }
    assert decisions(number) == [("publish", None, "", False, judge.account_id)]
    with reading() as w:
        assert "китапхана" in rows_of(w.session, [number])[number].title
    # Its fifty joiners are more than the village needs, so the goal is reached with publication.
    quarters = ["quarter_reached", "half_reached", "three_quarters_reached"]
    assert events(number)[-5:] == ["published", *quarters, "threshold_reached"]


def test_later_figures_and_rules_never_move_the_goal(app: Flask, judge: Actor, clock: Clock) -> None:
    number, _author = in_screening()
    make(judge, number, Verdict.PUBLISH)
    before = (certificate(number), petition(number).threshold, petition(number).closes_at)
    with work(SYSTEM) as w:
        w.session.add(
            AreaFigure(area=VILLAGE, as_of=date(2026, 11, 1), population=9000, source="a new census")
        )
        w.session.execute(
            update(AreaFigure).where(AreaFigure.as_of == date(2026, 1, 1)).values(population=10)
        )
    clock.now += timedelta(days=30)
    assert (certificate(number), petition(number).threshold, petition(number).closes_at) == before


@pytest.mark.parametrize("population", [None, 0])
def test_without_a_population_nothing_is_published_and_nothing_changes(
    app: Flask, judge: Actor, population: int | None
) -> None:
    number, _author = in_screening()
    with work(SYSTEM) as w:
        w.session.execute(update(AreaFigure).where(AreaFigure.area == VILLAGE).values(population=population))
    told = events(number)
    with refused("threshold-base-missing"):
        make(judge, number, Verdict.PUBLISH)
    row = petition(number)
    assert (row.state, row.opened_at, row.threshold) == (State.SCREENING, None, None)
    assert decisions(number) == [] and events(number) == told
    with work(SYSTEM) as w:
        w.session.execute(delete(AreaFigure).where(AreaFigure.area == VILLAGE))
    with refused("threshold-base-missing"):
        make(judge, number, Verdict.PUBLISH)
    with reading(judge) as w:
        offer = moderated_case(w, number).offer
        assert offer is not None and offer.proofs == () and offer.refusal is not None


def test_the_newest_figure_of_the_day_of_publication_counts(app: Flask, judge: Actor) -> None:
    number, _author = in_screening()
    with work(SYSTEM) as w:
        w.session.add(AreaFigure(area=VILLAGE, as_of=date(2026, 11, 1), population=600, source="newer"))
        w.session.add(AreaFigure(area=VILLAGE, as_of=date(2026, 12, 1), population=9000, source="not yet"))
    make(judge, number, Verdict.PUBLISH)
    assert (certificate(number)["count"], certificate(number)["source"]) == (30, "newer")


def test_a_refusal_has_a_ground_and_reasons_and_is_public(app: Flask, judge: Actor) -> None:
    number, _author = in_screening()
    make(judge, number, Verdict.REFUSE, REASON, "order-morals-honour")
    assert state_of(number) is State.REFUSED and petition(number).ended_at is not None
    assert decisions(number) == [("refuse", "order-morals-honour", REASON, True, judge.account_id)]
    assert the_term(number, TermKind.SCREENING)[2] == date(2026, 11, 23)
    with reading() as w:
        entry = w.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None and entry.action == "petition.refuse"
        assert entry.after == {"state": "refused", "ground": "order-morals-honour"}
        shown = [row.kind for row in decided_lately(w)]
        assert shown == ["refuse"]


@pytest.mark.parametrize(
    ("verdict", "reason", "ground", "code", "field"),
    [
        (Verdict.REFUSE, REASON, "", "ground-missing", "ground"),
        (Verdict.REFUSE, REASON, "i-do-not-like-it", "ground-missing", "ground"),
        (Verdict.REFUSE, "Жоқ.", "duplicate", "reason-missing", "reason"),
        (Verdict.RETURN, "", "", "reason-missing", "reason"),
        (Verdict.RETURN, "а" * 4001, "", "reason-long", "reason"),
        (Verdict.TAKE_DOWN, REASON, "duplicate", "not-your-move", None),
    ],
)
def test_a_decision_needs_its_reasons(
    app: Flask, judge: Actor, verdict: Verdict, reason: str, ground: str, code: str, field: str | None
) -> None:
    number, _author = in_screening()
    with refused(code, field):
        make(judge, number, verdict, reason, ground)
    assert state_of(number) is State.SCREENING and decisions(number) == []


def test_a_decision_on_an_old_version_is_refused(app: Flask, judge: Actor) -> None:
    number, _author = in_screening()
    seen = version_of(number)
    make(judge, number, Verdict.RETURN, REASON)
    with refused("not-found"), work(judge) as w:
        decide(w, number, seen, Verdict.PUBLISH)
    other, _author = in_screening()
    with refused("changed-meanwhile"), work(judge) as w:
        decide(w, other, version_of(other) - 1, Verdict.PUBLISH)


def test_nobody_decides_on_their_own_petition(app: Flask) -> None:
    author = an_author()
    number, _actor = in_screening(author=author)
    with refused("not-found"), work(moderator(author)) as w:
        decide(w, number, version_of(number), Verdict.PUBLISH)
    with reading(moderator(author)) as w:
        assert [row.own for row in queue(w)] == [True]


def test_only_moderators_decide(app: Flask) -> None:
    number, author = in_screening()
    for actor in (author, citizen(an_account()), Actor()):
        with refused("not-allowed"), work(actor) as w:
            decide(w, number, version_of(number), Verdict.PUBLISH)


@pytest.mark.parametrize("state", [State.COLLECTING, State.UNDER_REVIEW, State.ANSWERED, State.LAPSED])
def test_what_was_published_can_be_taken_down(app: Flask, judge: Actor, state: State) -> None:
    number = a_petition(state)
    make(judge, number, Verdict.TAKE_DOWN, REASON, "rights-and-freedoms")
    assert state_of(number) is State.TAKEN_DOWN and petition(number).ended_at is not None
    assert decisions(number)[0][:4] == ("take_down", "rights-and-freedoms", REASON, True)
    with reading() as w:
        open_ = select(Term).where(
            Term.petition_id == number, Term.met_on.is_(None), Term.cancelled_on.is_(None)
        )
        assert w.session.scalar(open_) is None


def test_a_check_of_a_decision_changes_nothing(app: Flask, judge: Actor) -> None:
    number, _author = in_screening()
    version = version_of(number)
    with reading(judge) as w:
        _petition, ground = check_decision(
            w, number, version, Verdict.REFUSE, reason=REASON, ground="duplicate"
        )
        assert ground is not None and ground.id == "duplicate"
    assert version_of(number) == version and decisions(number) == []


def test_silence_is_told_once_to_those_above(app: Flask, judge: Actor, clock: Clock) -> None:
    number, _author = in_screening()
    with refused("not-now"), work(SYSTEM) as w:
        escalate(w, cases.load(w, number))
    clock.now += timedelta(days=60)
    with work(SYSTEM) as w:
        assert escalate(w, cases.load(w, number)) is True
        assert escalate(w, cases.load(w, number)) is False
        with refused("not-now"):
            publish_by_silence(w, cases.load(w, number))
    assert events(number).count("screening_late") == 1 and state_of(number) is State.SCREENING
    with reading(judge) as w:
        assert [row.band for row in queue(w)] == ["late"]
    make(judge, number, Verdict.PUBLISH)
    assert state_of(number) is State.COLLECTING


@pytest.mark.usefixtures("reform")
def test_silence_publishes_where_the_rulebook_says_so(app: Flask, clock: Clock) -> None:
    number, _author = in_screening()
    with refused("not-now"), work(SYSTEM) as w:
        publish_by_silence(w, cases.load(w, number))
    clock.now += timedelta(days=9)
    with work(SYSTEM) as w:
        publish_by_silence(w, cases.load(w, number))
    row = petition(number)
    assert (row.state, row.rulebook, row.residents_only, row.threshold) == (
        State.COLLECTING,
        "kz-reform",
        True,
        15,
    )
    assert decisions(number) == [("silence", None, "", False, None)]
    assert the_term(number, TermKind.SCREENING)[2] is not None
    with refused("not-your-move"), work(SYSTEM) as w:
        escalate(w, cases.load(w, number))


def test_the_queue_begins_with_the_oldest(app: Flask, judge: Actor, clock: Clock) -> None:
    first, _author = in_screening()
    clock.now += timedelta(days=27)
    second, _author = in_screening(authority="akimat-75")
    with reading(judge) as w:
        rows = queue(w)
    assert [(row.id, row.band) for row in rows] == [(first, "soon"), (second, "later")]
    assert rows[1].place and rows[1].authority and rows[1].author == "Айгүл Үлгіқызы"


def test_a_case_shows_all_that_a_decision_needs(app: Flask, judge: Actor) -> None:
    number, _author = in_screening()
    with reading(judge) as w:
        case = moderated_case(w, number)
    assert len(case.grounds) == 19 and case.joined == JOINERS and len(case.hash) == 64
    assert case.author_place and case.addressee is not None and "<ul>" in case.html
    with refused("not-found"), reading(judge) as w:
        moderated_case(w, 10**6)


def test_areas_are_frozen_with_their_own_numbers(
    app: Flask, judge: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from decimal import Decimal

    from petitions.domain.rulebook import Areas, Base, Milestone, Percent
    from petitions.services import publishing

    number, _author = in_screening(authority="kz-gov")
    rule = Areas(total=1000, min_areas=2, per_area=Percent(Decimal("0.1"), Base.POPULATION))
    tier = publishing.rules.tier_of
    monkeypatch.setattr(
        publishing.rules,
        "tier_of",
        lambda w, p: replace(tier(w, p), milestones=(Milestone("answer", rule, "1"),)),
    )
    make(judge, number, Verdict.PUBLISH)
    with reading() as w:
        areas = w.session.scalars(select(PetitionThreshold.areas)).one()
    assert areas["min_areas"] == 2 and len(areas["areas"]) == 20
    almaty = next(area for area in areas["areas"] if area["area"] == ALMATY)
    assert almaty["count"] > 2000 and almaty["base_as_of"] == "2026-01-01"
    assert petition(number).threshold == 1000
