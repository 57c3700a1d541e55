"""Quarters of a goal: marked once for good, told once, and never more than the page tells."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from core.work import SYSTEM, reading, work
from petitions.domain.events import Event
from petitions.domain.lifecycle import State
from petitions.domain.rulebook import HandOver
from petitions.jobs.tally import freeze, let_age
from petitions.jobs.windows import sweep_windows
from petitions.models.case import JournalEntry
from petitions.models.petition import Petition, PetitionQuarter, PetitionThreshold
from petitions.models.signature import Signature, SignatureState
from petitions.queries import rules
from petitions.services import tally
from tests.cases import events, sent_mails, words_of
from tests.conftest import Clock
from tests.factories import ALMATY, VILLAGE, a_petition, an_author, some_signatures

pytestmark = pytest.mark.postgres_too
TOLD = ["quarter_reached", "half_reached", "three_quarters_reached"]
AUTHOR = "author@mail.example"


def a_goal(threshold: int = 40, **changes: object) -> int:
    """A collecting petition with a goal of this size, and two followers among its first four signatures."""
    number = a_petition(author=an_author(email=AUTHOR), **changes)  # type: ignore[arg-type]
    with work(SYSTEM) as w:
        w.session.execute(update(Petition).where(Petition.id == number).values(threshold=threshold))
        goal = update(PetitionThreshold).where(PetitionThreshold.petition_id == number)
        w.session.execute(goal.values(count=threshold))
    some_signatures(number, 2, area=ALMATY)
    some_signatures(number, 2, updates=True, area=ALMATY)
    return number


def signed(number: int, n: int, area: str = ALMATY) -> None:
    """So many more people sign, and the tally folds."""
    some_signatures(number, n, area=area)
    with work(SYSTEM) as w:
        tally.add(w, number)
        w.session.flush()
        tally.fold(w)


def quarters_told(number: int) -> list[str]:
    return [event for event in events(number) if event in TOLD]


def marks(number: int) -> list[int]:
    with reading() as w:
        query = select(PetitionQuarter.percent).where(PetitionQuarter.petition_id == number)
        return list(w.session.scalars(query.order_by(PetitionQuarter.percent)))


def test_each_is_told_once_in_the_transaction_that_marks_it(app: Flask) -> None:
    number = a_goal()
    signed(number, 5)
    assert quarters_told(number) == [] and sent_mails() == []
    signed(number, 1)
    assert quarters_told(number) == TOLD[:1] and marks(number) == [25]
    mails = sent_mails()
    author = [mail for mail in mails if mail["To"] == AUTHOR]
    followers = [mail for mail in mails if str(mail["To"]).startswith("signer")]
    assert (len(author), len(followers)) == (1, 2)
    assert "Ауылға жаңа кітапхана салынсын" in words_of(author[0]) and "қолтаңба: 10," in words_of(author[0])
    for mail in followers:
        whole = f"{mail['Subject']} {mail['From']} {words_of(mail)}"
        assert "кітапхана" not in whole and "/petitions/" not in whole
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "/unsubscribe/" in str(mail["List-Unsubscribe"])
    signed(number, 10)
    signed(number, 10)
    assert quarters_told(number) == TOLD and marks(number) == [25, 50, 75]
    assert len([mail for mail in sent_mails() if mail["To"] == AUTHOR]) == 3
    with reading() as w:
        entry = w.session.scalars(
            select(JournalEntry).where(JournalEntry.event == Event.HALF_REACHED.value)
        ).one()
        assert entry.is_public and entry.facts == {"percent": 50, "counted": 20, "threshold": 40}


def test_a_drop_takes_nothing_back_and_nothing_is_told_twice(app: Flask) -> None:
    number = a_goal()
    signed(number, 6)
    with work(SYSTEM) as w:
        some = w.session.scalars(
            select(Signature).where(Signature.petition_id == number, Signature.updates.is_(False)).limit(4)
        ).all()
        for row in some:
            row.state, row.withdrawn_at = SignatureState.WITHDRAWN, w.now
        tally.add(w, number, counted=-4, withdrawn=4)
    with work(SYSTEM) as w:
        tally.fold(w)
    signed(number, 4)
    assert quarters_told(number) == TOLD[:1] and marks(number) == [25]
    assert len([mail for mail in sent_mails() if mail["To"] == AUTHOR]) == 1


def test_of_several_at_once_only_the_greatest_is_mailed(app: Flask) -> None:
    number = a_goal()
    signed(number, 20)
    assert quarters_told(number) == TOLD[:2] and marks(number) == [25, 50]
    (mail,) = [mail for mail in sent_mails() if mail["To"] == AUTHOR]
    assert "жартысы" in words_of(mail)


def test_the_whole_goal_has_the_mail_of_its_hand_over_alone(app: Flask) -> None:
    number = a_goal()
    signed(number, 40)
    assert events(number)[-4:] == [*TOLD, "threshold_reached"]
    assert sent_mails() == [], "the hand-over follows within a minute and says it"
    sweep_windows()
    assert len([mail for mail in sent_mails() if str(mail["To"]).startswith("signer")]) == 2


def test_the_goal_is_told_where_the_hand_over_waits_for_the_end(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = a_goal()
    with reading() as w:
        tier = rules.tier_of(w, w.session.get_one(Petition, number))
    waiting = replace(tier, collection=replace(tier.collection, hand_over=HandOver.ON_CLOSE))
    monkeypatch.setattr("petitions.services.tally.rules.tier_of", lambda _w, _petition: waiting)
    signed(number, 40)
    assert len([mail for mail in sent_mails() if str(mail["To"]).startswith("signer")]) == 2


def test_where_areas_count_too_the_number_in_all_is_told(app: Flask) -> None:
    number = a_goal()
    areas = {"min_areas": 1, "areas": [{"area": VILLAGE, "count": 5}]}
    with work(SYSTEM) as w:
        goal = update(PetitionThreshold).where(PetitionThreshold.petition_id == number)
        w.session.execute(goal.values(areas=areas))
    signed(number, 40)
    assert marks(number) == [25, 50, 75] and "threshold_reached" not in events(number)
    (mail,) = [mail for mail in sent_mails() if mail["To"] == AUTHOR]
    assert "төрттен үші" in words_of(mail)


def residents_only(threshold: int = 40) -> int:
    number = a_goal(threshold)
    with work(SYSTEM) as w:
        w.session.execute(update(Petition).where(Petition.id == number).values(residents_only=True))
    return number


def test_where_residents_count_nothing_is_told_before_the_figures_are_published(
    app: Flask, clock: Clock
) -> None:
    number = residents_only()
    signed(number, 14, area=VILLAGE)
    let_age()
    assert marks(number) == [] and sent_mails() == [], "the page says: fewer than 10"
    clock.now += timedelta(days=1)
    freeze()
    # Fourteen residents are published as ten, a quarter of forty.
    assert quarters_told(number) == TOLD[:1]
    (mail,) = [mail for mail in sent_mails() if mail["To"] == AUTHOR]
    assert "Жиналған қолтаңба: 10, қажеті: 40." in words_of(mail)
    clock.now += timedelta(days=1)
    freeze()
    let_age()
    assert quarters_told(number) == TOLD[:1]


def test_the_whole_goal_of_residents_marks_its_quarters(app: Flask) -> None:
    number = residents_only()
    signed(number, 40, area=VILLAGE)
    assert events(number)[-4:] == [*TOLD, "threshold_reached"] and marks(number) == [25, 50, 75]


@pytest.mark.parametrize("state", [State.GATHERING, State.SCREENING, State.LAPSED, State.TAKEN_DOWN])
def test_only_an_open_collection_has_them(app: Flask, state: State) -> None:
    number = a_petition(state, signatures=30)
    with work(SYSTEM) as w:
        tally.add(w, number)
        w.session.flush()
        tally.fold(w)
    assert marks(number) == []
