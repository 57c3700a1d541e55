"""Extensions and transfers: what the rulebook allows, once, before the date, with reasons for everybody."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from authorities.models import Authority
from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.lifecycle import State
from petitions.domain.rulebook import Span, Unit
from petitions.models.petition import Petition
from petitions.models.stops import TermExtension, Transfer
from petitions.queries import rules
from petitions.queries.terms import terms_of
from petitions.services.term_acts import Reason, extend_answer, transfer_case
from tests.cases import answered, events, officer, petition_row, referral_row, sent_mails, term_row, words_of
from tests.conftest import Clock
from tests.factories import VILLAGE, a_petition, an_officer, some_signatures
from tests.services.test_stops import a_stop, standing

DAY = timedelta(days=1)
WHY = Reason("Жобаның құны сараптамадан өтіп жатыр, қорытындысы күтілуде.", "kk")
OTHER = "council-ulgi"


@pytest.fixture
def generous(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reform's extension: once, five working days."""
    known = rules.tier_of

    def tier_of(w, petition):  # type: ignore[no-untyped-def]
        tier = known(w, petition)
        extension = replace(tier.response.extension, max=Span(5, Unit.WORKING_DAYS), times=1)
        return replace(tier, response=replace(tier.response, extension=extension))

    monkeypatch.setattr(rules, "tier_of", tier_of)


def a_case() -> int:
    return a_petition(State.UNDER_REVIEW, signatures=21)


def extend(petition_id: int, n: int = 3, reason: Reason = WHY, body: str = "akimat-ulgi") -> None:
    with work(officer(body)) as w:
        extend_answer(w, petition_id, n, reason, petition_row(petition_id).version)


def another_body() -> str:
    with work(SYSTEM) as w:
        names = {"kk": "Басқа орган", "ru": "Другой орган", "en": "Another body"}
        w.session.add(
            Authority(code=OTHER, area=VILLAGE, branch="representative", names=names, email="o@gov.example")
        )
    return OTHER


def transfer(petition_id: int, to: str = OTHER, reason: Reason = WHY, body: str = "akimat-ulgi") -> None:
    with work(officer(body)) as w:
        transfer_case(w, petition_id, to, reason, petition_row(petition_id).version)


@pytest.mark.postgres_too
@pytest.mark.usefixtures("generous")
def test_an_extension_moves_the_date_and_is_told(app: Flask) -> None:
    petition_id = a_case()
    some_signatures(petition_id, 1, updates=True)
    extend(petition_id)
    assert standing(petition_id, TermKind.ANSWER)[1] == date(2026, 12, 25)
    with reading(ANYONE) as w:
        row = next(row for row in terms_of(w, [petition_id])[petition_id] if row.kind is TermKind.ANSWER)
        assert row.extended and w.session.query(TermExtension).one().reason == WHY.text
    assert events(petition_id) == ["extended"]
    mails = sent_mails()
    assert len(mails) == 2
    assert any(WHY.text in words_of(mail) for mail in mails)
    followers = [mail for mail in mails if "Ауылға" not in words_of(mail)]
    assert len(followers) == 1


def test_the_law_gives_no_extension(app: Flask) -> None:
    with pytest.raises(Refusal, match="not-now"):
        extend(a_case())


@pytest.mark.usefixtures("generous")
def test_an_extension_has_its_limits(app: Flask, clock: Clock) -> None:
    petition_id = a_case()
    for n in (0, -1, 6):
        with pytest.raises(Refusal, match="extension-too-long"):
            extend(petition_id, n)
    with pytest.raises(Refusal, match="reason-too-short"):
        extend(petition_id, reason=Reason("қысқа", "kk"))
    with pytest.raises(Refusal, match="language-unknown"):
        extend(petition_id, reason=Reason(WHY.text, "xx"))
    with pytest.raises(Refusal, match="not-found"):
        extend(petition_id, body="kz-gov")
    extend(petition_id, 2)
    with pytest.raises(Refusal, match="not-now"):
        extend(petition_id, 1)


@pytest.mark.usefixtures("generous")
@pytest.mark.parametrize("days", [29, 30, 60])
def test_no_extension_once_the_date_has_come(app: Flask, clock: Clock, days: int) -> None:
    petition_id = a_case()
    clock.now += days * DAY
    with pytest.raises(Refusal, match="not-now"):
        extend(petition_id)
    assert term_row(petition_id, TermKind.ANSWER).extended == 0  # type: ignore[union-attr]


@pytest.mark.usefixtures("generous")
def test_an_extension_and_a_stop_add_up(app: Flask) -> None:
    petition_id = a_case()
    a_stop(last_day=date(2026, 11, 29))
    extend(petition_id, 5)
    # Twenty days and five, and the four working days of the stop.
    assert standing(petition_id, TermKind.ANSWER)[1] == date(2027, 1, 6)


@pytest.mark.usefixtures("generous")
def test_only_a_running_answer_can_be_extended(app: Flask) -> None:
    waiting = a_petition(State.UNDER_REVIEW, signatures=21, registered=False)
    done = a_case()
    answered(done)
    for petition_id in (waiting, done):
        with pytest.raises(Refusal, match=r"not-now|not-your-move"):
            extend(petition_id)


@pytest.mark.postgres_too
def test_a_transfer_starts_a_new_term_with_the_competent_body(app: Flask, clock: Clock) -> None:
    petition_id, to = a_case(), another_body()
    new_officer = an_officer(to)
    clock.now += 2 * DAY
    transfer(petition_id)
    row = petition_row(petition_id)
    assert (row.authority, row.state, row.area) == (OTHER, State.UNDER_REVIEW, VILLAGE)
    with reading(ANYONE) as w:
        terms = [t for t in terms_of(w, [petition_id])[petition_id] if t.kind is TermKind.ANSWER]
        moved = w.session.query(Transfer).one()
        assert moved.lost_days == 2 and moved.reason == WHY.text
    assert [t.state for t in terms] == [TermState.CANCELLED, TermState.RUNNING]
    assert [t.authority for t in terms] == ["akimat-ulgi", OTHER]
    assert terms[1].started_on == date(2026, 11, 25) and terms[1].start_fact == "transferred"
    assert referral_row(petition_id).registration_number is None  # type: ignore[union-attr]
    assert events(petition_id) == ["transferred"]
    assert {"o@gov.example"} <= {mail["to"] for mail in sent_mails()}
    with pytest.raises(Refusal, match="not-found"):
        transfer(petition_id, "akimat-ulgi")
    with pytest.raises(Refusal, match="not-now"):
        transfer(petition_id, "akimat-ulgi", body=OTHER)
    with work(officer(OTHER, new_officer)) as w:
        assert w.session.get_one(Petition, petition_id).threshold == row.threshold


def test_a_transfer_has_its_days_and_its_reasons(app: Flask, clock: Clock) -> None:
    petition_id, _to = a_case(), another_body()
    for code, arguments in (
        ("reason-too-short", {"reason": Reason("қысқа", "kk")}),
        ("transfer-to-itself", {"to": "akimat-ulgi"}),
        ("authority-unknown", {"to": "nobody"}),
        ("addressee-missing", {"to": ""}),
        ("not-found", {"body": "kz-gov"}),
    ):
        with pytest.raises(Refusal, match=code):
            transfer(petition_id, **arguments)  # type: ignore[arg-type]
    clock.now += 3 * DAY
    # Three working days after Monday the 23rd: Thursday is the last one.
    clock.now += DAY
    with pytest.raises(Refusal, match="not-now"):
        transfer(petition_id)


def test_a_case_that_is_not_registered_cannot_be_transferred(app: Flask) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21, registered=False)
    another_body()
    with pytest.raises(Refusal, match="not-now"):
        transfer(petition_id)


def test_a_stale_form_changes_nothing(app: Flask) -> None:
    petition_id, _to = a_case(), another_body()
    with pytest.raises(Refusal, match="changed-meanwhile"), work(officer()) as w:
        transfer_case(w, petition_id, OTHER, WHY, 10**6)
