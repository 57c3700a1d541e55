"""The mails about cases: right receivers, right languages, and nothing in a follower's mail that tells the petition."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from core.i18n import speaking
from core.outbox import OutboxRow
from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.events import Event
from petitions.domain.lifecycle import State
from petitions.jobs.deadlines import sweep_deadlines
from petitions.jobs.windows import sweep_windows
from petitions.models.case import Decision
from petitions.models.contacts import CaseMute
from petitions.models.petition import Petition, PetitionKeys
from petitions.models.signature import Signature
from petitions.notices import TOLD, Audience, announce
from petitions.notices.words import LATENESS, PLACE, SAID, words_for
from tests.cases import answered, change, registered, sent_mails, words_of
from tests.conftest import Clock
from tests.factories import ALMATY, GOVERNMENT, a_petition, an_administrator, an_author, some_signatures

TITLE = "Ауылға жаңа кітапхана салынсын"


def to(mails: list[EmailMessage], address: str) -> list[EmailMessage]:
    return [mail for mail in mails if mail["To"] == address]


def followers_of(mails: list[EmailMessage]) -> list[EmailMessage]:
    return [mail for mail in mails if str(mail["To"]).startswith("signer")]


def a_reached_petition(followers: int = 2, **changes: object) -> int:
    author = an_author(email="author@mail.example", language="ru")
    petition_id = a_petition(signatures=20, reached=True, author=author, **changes)  # type: ignore[arg-type]
    some_signatures(petition_id, followers, updates=True, area=ALMATY)
    return petition_id


def test_hand_over_is_told_to_author_body_and_followers(app: Flask) -> None:
    a_reached_petition()
    sweep_windows()
    mails = sent_mails()
    assert len(mails) == 4
    author, body = to(mails, "author@mail.example")[0], to(mails, "ulgi@gov.example")[0]
    assert (author["Content-Language"], body["Content-Language"]) == ("ru", "kk")
    assert TITLE in words_of(author) and TITLE in words_of(body)
    assert "D-2026-" in body["Subject"] and "/desk/" in words_of(body)
    assert author.get_content_type() == "multipart/alternative"


def test_a_followers_mail_tells_nothing(app: Flask, clock: Clock) -> None:
    petition_id = a_reached_petition()
    sweep_windows()
    registered(petition_id)
    clock.now += timedelta(days=40)
    sweep_deadlines()
    answered(petition_id)
    mails = followers_of(sent_mails())
    assert len(mails) == 6
    for mail in mails:
        whole = f"{mail['Subject']} {mail['From']} {words_of(mail)}"
        assert TITLE not in whole and f"/petitions/{petition_id}" not in whole and "Үлгі ауылы" not in whole
        assert "/signatures/manage/" in whole
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert str(mail["List-Unsubscribe"]).startswith("<http://localhost/unsubscribe/")
        assert mail["Content-Language"] == "kk"


def test_the_answer_is_mailed_once_to_each(app: Flask) -> None:
    petition_id = a_reached_petition(followers=3)
    sweep_windows()
    registered(petition_id)
    sent_mails()
    answered(petition_id)
    sent_mails()
    mails = sent_mails()
    with reading(ANYONE) as w:
        rows = w.session.scalars(select(OutboxRow)).all()
        assert len({row.key for row in rows}) == len(rows)
        assert all(row.sent_at for row in rows)
    assert len(followers_of(mails)) == 6
    assert len(to(mails, "author@mail.example")) == 3


def test_who_no_longer_wants_news_gets_none(app: Flask) -> None:
    a_reached_petition(followers=4)
    with work(SYSTEM) as w:
        rows = w.session.scalars(select(Signature).where(Signature.updates)).all()
        rows[0].updates = False
        rows[1].withdrawn_at = w.now
        rows[2].contact = None
    sweep_windows()
    assert len(followers_of(sent_mails())) == 1


def test_what_changes_between_posting_and_sending_counts(app: Flask) -> None:
    from core.outbox import sweep_broadcasts

    petition_id = a_reached_petition(followers=2)
    sweep_windows()
    while sweep_broadcasts():
        pass
    with work(SYSTEM) as w:
        w.session.scalars(select(Signature).where(Signature.updates)).first().withdrawn_at = w.now  # type: ignore[union-attr]
    assert len(followers_of(sent_mails())) == 1
    assert petition_id


def test_without_the_key_no_follower_is_written_to(app: Flask) -> None:
    petition_id = a_reached_petition()
    sweep_windows()
    with work(SYSTEM) as w:
        w.session.get_one(PetitionKeys, petition_id).contact = None
    assert followers_of(sent_mails()) == []


def test_a_petition_that_was_taken_down_sends_no_news(app: Flask) -> None:
    petition_id = a_reached_petition()
    sweep_windows()
    change(petition_id, state=State.TAKEN_DOWN)
    assert followers_of(sent_mails()) == []


def test_followers_are_found_a_thousand_at_a_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.outbox.EXPAND", 2)
    a_reached_petition(followers=5)
    sweep_windows()
    assert len(followers_of(sent_mails())) == 5


def test_a_late_body_and_its_supervisor_are_told(app: Flask, clock: Clock) -> None:
    author = an_author(email="author@mail.example")
    petition_id = a_petition(State.UNDER_REVIEW, authority="kz-min-health", author=author, language="ru")
    clock.now += timedelta(days=80)
    assert sweep_deadlines() == 1
    mails = sent_mails()
    assert sorted(mail["To"] for mail in mails) == [
        "author@mail.example", "government@gov.example", "ministry-health@gov.example",
    ]  # fmt: skip
    assert to(mails, "government@gov.example")[0]["Content-Language"] == "ru"
    assert TITLE in words_of(to(mails, "government@gov.example")[0])
    assert petition_id


def test_a_body_without_a_supervisor_is_late_alone(app: Flask, clock: Clock) -> None:
    a_petition(State.UNDER_REVIEW, authority=GOVERNMENT)
    clock.now += timedelta(days=80)
    sweep_deadlines()
    assert len(sent_mails()) == 2


def test_a_late_check_is_told_to_every_administrator(app: Flask, clock: Clock) -> None:
    for n in range(3):
        an_administrator(email=f"admin{n}@mail.example", language="en")
    a_petition(State.SCREENING, author=an_author(email="author@mail.example"))
    clock.now += timedelta(days=40)
    sweep_windows()
    mails = sent_mails()
    assert sorted(mail["To"] for mail in mails) == ["admin0@mail.example", "admin1@mail.example",
                                                    "admin2@mail.example", "author@mail.example"]  # fmt: skip
    assert to(mails, "admin1@mail.example")[0]["Subject"].endswith("is late")


def test_administrators_are_found_page_by_page(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.outbox.EXPAND", 2)
    for n in range(3):
        an_administrator(email=f"admin{n}@mail.example")
    a_petition(State.SCREENING)
    clock.now += timedelta(days=40)
    sweep_windows()
    assert len([mail for mail in sent_mails() if str(mail["To"]).startswith("admin")]) == 3


def test_a_muted_case_and_a_closed_account_get_no_mail(app: Flask) -> None:
    muted, closed = (
        an_author(email="muted@mail.example"),
        an_author(email="closed@mail.example", disabled=True),
    )
    for author in (muted, closed):
        petition_id = a_petition(signatures=20, reached=True, author=author)
        with work(SYSTEM) as w:
            if author == muted:
                w.session.add(CaseMute(petition_id=petition_id, account_id=author, muted_at=w.now))
    sweep_windows()
    assert {mail["To"] for mail in sent_mails()} == {"ulgi@gov.example"}


def test_an_author_can_end_the_mails_of_a_case_with_one_click(app: Flask) -> None:
    a_reached_petition(followers=0)
    sweep_windows()
    mail = to(sent_mails(), "author@mail.example")[0]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(mail["List-Unsubscribe"]).strip("<>")
    assert (
        app.test_client()
        .post(link.removeprefix("http://localhost"), data={"List-Unsubscribe": "One-Click"})
        .status_code
        == 200
    )
    with reading(ANYONE) as w:
        assert w.session.scalar(select(CaseMute)) is not None


def test_a_refusal_quotes_ground_and_reasons(app: Flask) -> None:
    author = an_author(email="author@mail.example", language="en")
    petition_id = a_petition(State.REFUSED, author=author)
    with work(SYSTEM) as w:
        petition = w.session.get_one(Petition, petition_id)
        decision = Decision(
            petition_id=petition_id,
            kind="refuse",
            ground="anonymous-author",
            reason="<b>Аты жоқ</b>",
            decided_at=w.now,
        )
        w.session.add(decision)
        w.session.flush()
        announce(w, petition, Event.REFUSED, decision=decision.id, ground=decision.ground)
    mail = sent_mails()[0]
    assert "Аты жоқ" in words_of(mail) and "The ground is:" in words_of(mail)
    html = mail.get_body(("html",))
    assert html is not None and "<b>Аты" not in html.get_content()


def test_a_lapse_is_told_to_the_body_only_where_it_owes_a_reply(app: Flask) -> None:
    petition_id = a_petition(State.LAPSED, author=an_author(email="author@mail.example", language="en"))
    with work(SYSTEM) as w:
        announce(
            w, w.session.get_one(Petition, petition_id), Event.LAPSED, counted=3, threshold=20, reply_due=None
        )
    mails = sent_mails()
    assert [mail["To"] for mail in mails] == ["author@mail.example"]
    assert "ordinary reply" not in words_of(mails[0])


def test_every_event_that_is_told_has_words_for_every_audience(app: Flask) -> None:
    for event, audiences in TOLD.items():
        for audience in audiences:
            kind = next(iter(LATENESS.get(audience, ())), None)
            assert words_for(audience, event, kind) is not None, (event, audience)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_sentence_has_the_same_places_in_every_language(app: Flask, language: str) -> None:
    for said in SAID.values():
        for words in said.values():
            for text in (words.subject, *words.sentences):
                with speaking("en"):
                    wanted = sorted(PLACE.findall(str(text)))
                with speaking(language):
                    assert sorted(PLACE.findall(str(text))) == wanted


def test_words_of_followers_have_no_places(app: Flask) -> None:
    for words in SAID[Audience.FOLLOWERS].values():
        assert not any(PLACE.findall(str(text)) for text in (words.subject, *words.sentences))
