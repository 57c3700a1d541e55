"""A discussion is moved or called off until its day is over; minutes get versions; nothing is edited silently."""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from core.audit import AuditEntry
from core.refusal import Refusal
from core.work import ANYONE, reading, work
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.lifecycle import State
from petitions.jobs.deadlines import sweep_deadlines
from petitions.models.casework import CaseDiscussion, Fate
from petitions.queries.discussions import DiscussionRow, discussions
from petitions.services import discussion_changes as changes
from petitions.services.discussions import Invitation
from petitions.services.term_acts import Reason
from tests.cases import answered, events, officer, petition_row, sent_mails, term_row, words_of
from tests.conftest import Clock
from tests.factories import ALMATY, GOVERNMENT, a_petition, an_author, some_signatures
from tests.services.test_casework import invite, minutes, reviewed, standing

WHY = Reason("Мәдениет үйінің жылуы істен шықты, зал жабық.", "kk")
DAY = timedelta(days=1)
SAID = "Он екі адам сөйледі, жоба қолдау тапты."


def rows(petition_id: int) -> list[DiscussionRow]:
    with reading(ANYONE) as w:
        return list(discussions(w, petition_id))


def ids(mails: list[EmailMessage]) -> set[str]:
    return {str(mail["Message-ID"]) for mail in mails}


def the_only(petition_id: int) -> DiscussionRow:
    (row,) = rows(petition_id)
    return row


def to(day: int = 30, month: int = 11, hour: int = 10, **given: str) -> Invitation:
    fields = {"place": "Мектеп залы", "link": "", "materials": "", "language": "kk"} | given
    return Invitation(datetime(2026, month, day, hour, 30, tzinfo=UTC), **fields)


def move(petition_id: int, where: Invitation, why: Reason = WHY, body: str = "akimat-ulgi") -> None:
    version, id_ = petition_row(petition_id).version, rows(petition_id)[-1].id
    with work(officer(body)) as w:
        changes.move_discussion(w, petition_id, id_, where, why, version)


def call_off(petition_id: int, why: Reason = WHY) -> None:
    version, id_ = petition_row(petition_id).version, rows(petition_id)[-1].id
    with work(officer()) as w:
        changes.call_off_discussion(w, petition_id, id_, why, version)


def amend(petition_id: int, text: str, why: str = "Сөйлеген адам саны түзетілді.") -> None:
    version, id_ = petition_row(petition_id).version, the_only(petition_id).id
    with work(officer()) as w:
        changes.amend_minutes(w, petition_id, id_, text, why, version)


@pytest.mark.postgres_too
def test_a_move_keeps_what_was_announced_and_moves_the_same_term(app: Flask, clock: Clock) -> None:
    petition_id = reviewed()
    some_signatures(petition_id, 1, updates=True, area=ALMATY)
    invite(petition_id)
    before, known = term_row(petition_id, TermKind.DISCUSSION), ids(sent_mails())
    clock.now += DAY
    move(petition_id, to(1, 12))
    after, row = term_row(petition_id, TermKind.DISCUSSION), the_only(petition_id)
    assert before is not None and after is not None
    assert (after.id, after.started_on, after.round) == (before.id, before.started_on, 1)
    assert standing(petition_id, TermKind.DISCUSSION)[:2] == (TermState.RUNNING, date(2026, 12, 1))
    assert row.starts_at == to(1, 12).starts_at and row.place == "Мектеп залы" and row.sequence == 1
    (old,) = row.moves
    assert (old.act, old.place, old.starts_at.date(), old.reason) == (
        Fate.MOVED, "Мәдениет үйі", date(2026, 11, 27), WHY.text)  # fmt: skip
    assert events(petition_id)[-1] == "discussion_moved"
    author, follower = sorted(
        (mail for mail in sent_mails() if mail["Message-ID"] not in known),
        key=lambda mail: mail["To"] != "author@mail.example",
    )
    for said in ("Мектеп залы", WHY.text):
        assert said in words_of(author) and said not in words_of(follower)
    assert f"/petitions/{petition_id}" not in words_of(follower)


def test_only_hour_or_place_can_change_without_a_new_notice(app: Flask, clock: Clock) -> None:
    petition_id = reviewed()
    invite(petition_id)
    clock.now += 4 * DAY
    move(petition_id, to(27, place="Мектеп залы", hour=12))
    assert standing(petition_id, TermKind.DISCUSSION)[1] == date(2026, 11, 27)
    move(petition_id, to(27, place="Кітапхана", hour=12))
    assert [old.place for old in the_only(petition_id).moves] == ["Мәдениет үйі", "Мектеп залы"]
    assert the_only(petition_id).sequence == 2
    with pytest.raises(Refusal, match="hour-passed"):
        move(petition_id, to(27, hour=4))


@pytest.mark.parametrize(
    ("where", "why", "code"),
    [
        (to(25), WHY, "discussion-too-soon"),
        (to(28), WHY, "discussion-date"),
        (to(30, place=""), WHY, "place-missing"),
        (to(30, link="ftp://d.example"), WHY, "link-faulty"),
        (to(30, language="xx"), WHY, "language-unknown"),
        (to(30), Reason("қысқа", "kk"), "reason-too-short"),
        (to(27, place="Мәдениет үйі", materials="Жоба: https://d.example/1"), WHY, "nothing-changed"),
    ],
)
def test_a_faulty_move_is_refused_and_changes_nothing(
    app: Flask, where: Invitation, why: Reason, code: str
) -> None:
    petition_id = reviewed()
    invite(petition_id)
    with pytest.raises(Refusal, match=code):
        move(petition_id, where, why)
    assert the_only(petition_id).changes == () and events(petition_id)[-1] == "discussion_announced"
    assert standing(petition_id, TermKind.DISCUSSION)[1] == date(2026, 11, 27)


@pytest.mark.postgres_too
def test_what_is_called_off_ends_its_term_and_leaves_room_for_another(app: Flask, clock: Clock) -> None:
    petition_id = reviewed()
    invite(petition_id)
    known = ids(sent_mails())
    call_off(petition_id)
    row = the_only(petition_id)
    assert standing(petition_id, TermKind.DISCUSSION)[0] is TermState.CANCELLED
    assert row.cancelled and row.called_off is not None and row.called_off.reason == WHY.text
    assert row.sequence == 1 and events(petition_id)[-1] == "discussion_called_off"
    (mail,) = (mail for mail in sent_mails() if mail["Message-ID"] not in known)
    assert WHY.text in words_of(mail)
    clock.now += 5 * DAY
    assert sweep_deadlines() == 0
    for act in (lambda: move(petition_id, to(4, 12)), lambda: call_off(petition_id)):
        with pytest.raises(Refusal, match="not-now"):
            act()
    invite(petition_id, 4, 12)
    assert [row.cancelled for row in rows(petition_id)] == [True, False]


def test_a_late_or_recorded_discussion_is_not_moved_away(app: Flask, clock: Clock) -> None:
    late, held = reviewed(), a_petition(State.UNDER_REVIEW, signatures=21)
    for petition_id in (late, held):
        invite(petition_id)
    clock.now += timedelta(days=4, hours=8)
    minutes(held, "")
    with pytest.raises(Refusal, match="not-now"):
        call_off(held)
    clock.now += DAY
    for act in (lambda: move(late, to(4, 12)), lambda: call_off(late)):
        with pytest.raises(Refusal, match="not-now"):
            act()
    sweep_deadlines()
    assert standing(late, TermKind.DISCUSSION)[0] is TermState.LATE


def test_on_its_day_it_can_still_be_called_off(app: Flask, clock: Clock) -> None:
    petition_id = reviewed()
    invite(petition_id)
    clock.now += timedelta(days=4, hours=8)
    call_off(petition_id)
    assert the_only(petition_id).called_off is not None


def test_the_answer_ends_what_was_announced_without_a_word_of_calling_it_off(app: Flask) -> None:
    petition_id = reviewed()
    invite(petition_id)
    answered(petition_id)
    row = the_only(petition_id)
    assert row.cancelled and row.called_off is None and row.sequence == 1


@pytest.mark.postgres_too
def test_minutes_have_versions(app: Flask, clock: Clock) -> None:
    petition_id = reviewed()
    invite(petition_id)
    with pytest.raises(Refusal, match="not-now"):
        amend(petition_id, SAID)
    clock.now += timedelta(days=4, hours=8)
    minutes(petition_id, SAID)
    for text, why, code in (
        ("Қысқа", "Сөйлеген адам саны түзетілді.", "minutes-too-short"),
        (SAID, "Сөйлеген адам саны түзетілді.", "minutes-unchanged"),
        (SAID + " Он үш адам.", "жоқ", "correction-too-short"),
    ):
        with pytest.raises(Refusal, match=code):
            amend(petition_id, text, why)
    amend(petition_id, SAID.replace("екі", "үш"))
    answered(petition_id)
    clock.now += DAY
    amend(petition_id, SAID.replace("екі", "төрт"), "Тағы бір сөз қосылды.")
    row = the_only(petition_id)
    assert row.minutes == SAID.replace("екі", "төрт")
    assert [(old.number, old.minutes) for old in row.earlier] == [(2, SAID.replace("екі", "үш")), (1, SAID)]
    assert [old.reason for old in row.earlier] == ["Тағы бір сөз қосылды.", "Сөйлеген адам саны түзетілді."]
    assert events(petition_id)[-1] == "minutes_amended"
    with reading(ANYONE) as w:
        query = select(AuditEntry).where(AuditEntry.action == "petition.minutes_amended")
        entries = w.session.scalars(query.order_by(AuditEntry.id)).all()
        assert [(e.before, e.after) for e in entries] == [
            ({"version": n}, {"discussion": row.id, "version": n + 1}) for n in (1, 2)
        ]


def test_nobody_else_changes_a_discussion(app: Flask) -> None:
    petition_id, other = reviewed(), reviewed(author=an_author())
    invite(petition_id)
    id_, version = the_only(petition_id).id, petition_row(petition_id).version
    with pytest.raises(Refusal, match="not-found"), work(officer(GOVERNMENT)) as w:
        changes.move_discussion(w, petition_id, id_, to(), WHY, version)
    with pytest.raises(Refusal, match="not-allowed"), work(ANYONE) as w:
        changes.call_off_discussion(w, petition_id, id_, WHY, version)
    with pytest.raises(Refusal, match="not-found"), work(officer()) as w:
        changes.call_off_discussion(w, other, id_, WHY, petition_row(other).version)
    with pytest.raises(Refusal, match="changed-meanwhile"), work(officer()) as w:
        changes.call_off_discussion(w, petition_id, id_, WHY, version + 1)
    with reading(ANYONE) as w:
        assert w.session.scalars(select(CaseDiscussion)).one().starts_at.day == 27
