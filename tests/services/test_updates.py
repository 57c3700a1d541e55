"""Updates of authors: who may write when, what followers get, corrections in versions, and moderation."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.audit import AuditEntry
from core.outbox import sweep_broadcasts
from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.domain.updates import MOST
from petitions.models.coauthors import CoAuthor, CoAuthorState
from petitions.models.petition import Petition, PetitionKeys
from petitions.models.reports import Report, ReportReason
from petitions.models.updates import AuthorUpdate
from petitions.queries import updates as query
from petitions.services.reports import report_petition
from petitions.services.term_acts import Reason
from petitions.services.updates import (
    check_update,
    correct_update,
    hide_update,
    leave_update,
    publish_update,
    restore_update,
)
from tests.cases import change, events, sent_mails, words_of
from tests.conftest import Clock
from tests.factories import a_moderator, a_petition, an_author, an_officer, some_signatures
from tests.updates import REASON, TEXT, TITLE, WHY, a_text, an_update, author_of
from tests.writing import citizen, moderator, refused

DOWN, UP = Reason(REASON, "kk"), Reason("Телефон мәтіннен алынды, қалғаны ережеге сай.", "kk")


def a_co_author(number: int) -> int:
    """Somebody who is named beside the author; the account."""
    account = an_author(full_name="Ерлан Үлгіұлы")
    with work(SYSTEM) as w:
        row = CoAuthor(
            petition_id=number, state=CoAuthorState.NAMED, language="kk", invited_at=w.now, expires_at=w.now,
            account_id=account, name="Ерлан Үлгіұлы", named_at=w.now, notice="test", notice_language="kk",
        )  # fmt: skip
        w.session.add(row)
    return account


def shown(number: int) -> tuple[query.Update, ...]:
    with reading(ANYONE) as w:
        return query.updates_of(w, number)


def to_followers() -> list[str]:
    """What followers got, whole mails as text."""
    found = [mail for mail in sent_mails() if str(mail["To"]).startswith("signer")]
    return [f"{mail['Subject']} {mail['From']} {mail['List-Unsubscribe']} {words_of(mail)}" for mail in found]


def acts() -> list[tuple[str, dict[str, object], dict[str, object]]]:
    with reading() as w:
        rows = w.session.scalars(select(AuditEntry).where(AuditEntry.action.like("update.%")))
        return [(row.action, row.before or {}, row.after or {}) for row in rows]


@pytest.mark.postgres_too
def test_an_update_goes_to_those_who_follow_and_names_nothing(app: Flask) -> None:
    author = an_author(email="author@mail.example", language="ru")
    number = a_petition(author=author, signatures=3)
    some_signatures(number, 12, updates=True)
    an_update(number)
    (one,) = shown(number)
    assert (one.words.title, one.by, one.number) == (TITLE, "Айгүл Үлгіқызы", 1)
    assert "<li>жоба бюджетке енеді</li>" in one.words.html
    mails = sent_mails()
    followers = [mail for mail in mails if str(mail["To"]).startswith("signer")]
    assert len(followers) == 12 and len(mails) == 13
    for mail in followers:
        whole = f"{mail['Subject']} {mail['From']} {mail['List-Unsubscribe']} {words_of(mail)}"
        assert "кітапхана" not in whole and f"/petitions/{number}" not in whole and "Айгүл" not in whole
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["Content-Language"] == "kk"
    told = next(mail for mail in mails if mail["To"] == "author@mail.example")
    assert "Ауылға жаңа кітапхана салынсын" in words_of(told) and told["Content-Language"] == "ru"
    assert f"/petitions/{number}/updates" in words_of(told)
    with reading(ANYONE) as w:
        assert query.followers(w, number) == 10, "rounded down to tens"


def test_fewer_than_ten_followers_are_no_number(app: Flask) -> None:
    number = a_petition()
    some_signatures(number, 9, updates=True)
    with reading(ANYONE) as w:
        assert query.followers(w, number) is None


@pytest.mark.postgres_too
def test_one_a_week_whoever_of_the_authors_writes(app: Flask, clock: Clock) -> None:
    number = a_petition()
    beside = citizen(a_co_author(number))
    an_update(number, beside)
    assert shown(number)[0].by == "Ерлан Үлгіұлы"
    clock.now += timedelta(days=7, minutes=-1)
    with refused("update-too-soon"), work(author_of(number)) as w:
        publish_update(w, number, a_text())
    clock.now += timedelta(minutes=1)
    an_update(number)
    assert [update.by for update in shown(number)] == ["Айгүл Үлгіқызы", "Ерлан Үлгіұлы"]


def test_a_petition_has_so_many_updates_and_no_more(app: Flask, clock: Clock) -> None:
    number = a_petition()
    author = author_of(number)
    with work(SYSTEM) as w:
        for n in range(1, MOST + 1):
            row = AuthorUpdate(petition_id=number, number=n, account_id=author.account_id, published_at=w.now)
            w.session.add(row)
    clock.now += timedelta(days=30)
    with refused("updates-too-many"), work(author) as w:
        publish_update(w, number, a_text())


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        ({"title": "Адым"}, "update-title", "title"),
        ({"markdown": "Болды."}, "update-short", "text"),
        ({"language": "de"}, "language-unknown", "language"),
    ],
)
def test_words_are_checked_on_their_fields(app: Flask, words: dict[str, str], code: str, field: str) -> None:
    number = a_petition()
    for act in (check_update, publish_update):
        with refused(code, field), work(author_of(number)) as w:
            act(w, number, a_text(**words))
    assert shown(number) == ()


@pytest.mark.parametrize("state", State)
def test_only_what_is_published_and_followed_has_updates(app: Flask, state: State) -> None:
    number = a_petition(state)
    author = author_of(number)
    if state in {State.COLLECTING, State.UNDER_REVIEW, State.ANSWERED, State.LAPSED}:
        an_update(number)
        assert len(shown(number)) == 1
        return
    with pytest.raises(Exception, match="not-your-move"), work(author) as w:
        publish_update(w, number, a_text())
    assert shown(number) == ()


def test_none_is_written_once_the_addresses_are_destroyed(app: Flask) -> None:
    number = a_petition(State.ANSWERED)
    with work(SYSTEM) as w:
        w.session.get_one(PetitionKeys, number).contact = None
    with refused("not-now"), work(author_of(number)) as w:
        publish_update(w, number, a_text())


def test_a_stranger_an_officer_and_a_moderator_write_none(app: Flask) -> None:
    number = a_petition()
    for account in (an_author(), an_officer()):
        with refused("not-found"), work(citizen(account)) as w:
            publish_update(w, number, a_text())
    with refused("not-allowed"), work(moderator(a_moderator())) as w:
        publish_update(w, number, a_text())


def test_a_correction_keeps_what_stood_and_mails_nobody(app: Flask) -> None:
    number = a_petition()
    some_signatures(number, 2, updates=True)
    update = an_update(number)
    assert len(to_followers()) == 2
    with work(moderator(a_moderator())) as w:
        leave_update(w, update, 1)
    with refused("update-why", "why"), work(author_of(number)) as w:
        correct_update(w, number, 1, a_text(markdown=TEXT + "\n\nҮш."))
    with refused("update-unchanged", "text"), work(author_of(number)) as w:
        correct_update(w, number, 1, a_text(why=WHY))
    with refused("not-found"), work(citizen(a_co_author(number))) as w:
        correct_update(w, number, 1, a_text(markdown=TEXT + "\n\nҮш.", why=WHY))
    with work(author_of(number)) as w:
        correct_update(w, number, 1, a_text(markdown=TEXT + "\n\nҮш.", why=WHY))
    (one,) = shown(number)
    assert (one.words.number, one.words.why) == (2, WHY) and "Үш." in one.words.html
    assert [old.markdown for old in one.earlier] == [TEXT]
    assert one.looked_at is None, "moderators look again"
    assert len(to_followers()) == 2 and events(number)[-2:] == ["update_published", "update_corrected"]


def test_a_moderator_takes_down_with_a_public_reason_and_shows_again(app: Flask) -> None:
    number, account = a_petition(), a_moderator()
    update = an_update(number)
    with refused("reason-too-short", "reason"), work(moderator(account)) as w:
        hide_update(w, update, 1, Reason("жаман", "kk"))
    with work(moderator(account)) as w:
        hide_update(w, update, 1, DOWN)
    (one,) = shown(number)
    assert one.hidden and one.why is not None and one.why.reason == REASON
    with refused("not-now"), work(moderator(account)) as w:
        hide_update(w, update, 1, DOWN)
    with work(moderator(account)) as w:
        restore_update(w, update, 1, UP)
    (one,) = shown(number)
    assert not one.hidden and [act.reason for act in one.acts] == [DOWN.text, UP.text]
    assert acts() == [
        ("update.hide", {"update": 1, "version": 1, "hidden": False}, {"update": 1, "version": 1, "hidden": True}),
        ("update.restore", {"update": 1, "version": 1, "hidden": True}, {"update": 1, "version": 1, "hidden": False}),
    ]  # fmt: skip
    assert events(number)[-2:] == ["update_taken_down", "update_put_back"]


@pytest.mark.postgres_too
def test_what_was_taken_down_stays_hidden_after_a_correction(app: Flask) -> None:
    number, account = a_petition(), a_moderator()
    update = an_update(number, markdown="Телефоны: 8 700 000 00 00, соған хабарласыңыздар.")
    with work(moderator(account)) as w:
        hide_update(w, update, 1, DOWN)
    with work(author_of(number)) as w:
        correct_update(w, number, 1, a_text(why="Телефон алынды."))
    assert shown(number)[0].hidden, "only a moderator shows it again"
    with refused("changed-meanwhile"), work(moderator(account)) as w:
        restore_update(w, update, 1, UP)
    with work(moderator(account)) as w:
        restore_update(w, update, 2, UP)
    (one,) = shown(number)
    assert not one.hidden and one.earlier == () and "8 700" not in str(one)
    with reading(moderator(account)) as w:
        assert "8 700" in query.moderated_update(w, update).update.earlier[0].html


def test_mails_that_wait_are_not_sent_once_it_is_taken_down(app: Flask) -> None:
    number = a_petition()
    some_signatures(number, 3, updates=True)
    update = an_update(number)
    while sweep_broadcasts():
        pass
    with work(moderator(a_moderator())) as w:
        hide_update(w, update, 1, DOWN)
    assert to_followers() == []


def test_reports_about_an_update_are_closed_by_its_takedown_alone(app: Flask) -> None:
    number = a_petition()
    update = an_update(number)
    for about in (None, 1):
        with work(ANYONE) as w:
            report_petition(w, number, ReportReason.PRIVATE_DATA, "Мұнда бөтен адамның телефоны тұр.", about)
    with refused("not-found"), work(ANYONE) as w:
        report_petition(w, number, ReportReason.OTHER, "Мұндай жаңалық жоқ қой.", 7)
    with work(moderator(a_moderator())) as w:
        hide_update(w, update, 1, DOWN)
    with reading() as w:
        rows = w.session.execute(select(Report.update_number, Report.outcome)).all()
    assert sorted(map(tuple, rows), key=str) == [(1, "taken_down"), (None, None)]
    with refused("not-found"), work(ANYONE) as w:
        report_petition(w, number, ReportReason.OTHER, "Ол енді көрсетілмейді.", 1)


@pytest.mark.postgres_too
def test_moderators_queue_and_their_own_petitions(app: Flask, clock: Clock) -> None:
    own = a_moderator(author=True)
    number, mine = a_petition(), a_petition()
    update, ours = an_update(number), an_update(mine)
    change(mine, author_id=own)
    clock.now += timedelta(days=2)
    with reading(moderator(own)) as w:
        rows = query.queue(w)
        assert [(row.update.id, row.band, row.own) for row in rows] == [
            (update, "waiting", False),
            (ours, "waiting", True),
        ]
        with refused("not-found"):
            query.moderated_update(w, ours)
    with refused("not-found"), work(moderator(own)) as w:
        hide_update(w, ours, 1, DOWN)
    with work(moderator(own)) as w:
        leave_update(w, update, 1)
    with refused("not-now"), work(moderator(own)) as w:
        leave_update(w, update, 1)
    with reading(moderator(own)) as w:
        assert [row.update.id for row in query.queue(w)] == [ours]
    for account in (an_officer(), an_author()):
        with refused("not-allowed"), work(citizen(account)) as w:
            hide_update(w, update, 1, DOWN)


def test_a_taken_down_petition_sends_nothing_of_its_updates(app: Flask) -> None:
    number = a_petition()
    some_signatures(number, 2, updates=True)
    an_update(number)
    with work(SYSTEM) as w:
        w.session.get_one(Petition, number).state = State.TAKEN_DOWN
    assert to_followers() == []
