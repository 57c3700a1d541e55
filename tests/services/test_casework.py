"""The work of a body on a case: hands, notes, questions with their pause, discussions, promises with their voices."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, Actor, reading, work
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.lifecycle import State
from petitions.jobs.deadlines import sweep_deadlines
from petitions.jobs.promises import sweep_promises
from petitions.models.casework import CasePromise, PromiseVote
from petitions.models.petition import Petition
from petitions.models.signature import Signature
from petitions.models.tokens import LASTING, Purpose, sign_token
from petitions.queries import casework as query
from petitions.queries import rules
from petitions.queries.desk import inbox, open_cases
from petitions.queries.terms import terms_of
from petitions.services import casework, discussions, promises, questions
from petitions.services.discussions import Invitation
from petitions.services.managing import withdraw_signature
from petitions.services.promises import Promise
from petitions.services.questions import Question
from tests.cases import change, draft, events, officer, petition_row, sent_mails, term_row, under, words_of
from tests.casework import through_all_steps, two_officers
from tests.conftest import Clock
from tests.factories import ALMATY, GOVERNMENT, a_petition, an_author, an_officer, some_signatures
from tests.signing import act, rows

PAUSING = ('question = { n = 5, unit = "working_days", basis = "policy" }',
           'question = { n = 5, unit = "working_days", basis = "policy", pauses_answer = true }')  # fmt: skip
ASKED = Question("Кітапханаға қандай жер телімі ұсынылады?", "kk")


def reviewed(*, pausing: bool = False, author: int | None = None) -> int:
    petition_id = a_petition(
        State.UNDER_REVIEW, signatures=21, author=author or an_author(email="author@mail.example")
    )
    if pausing:
        under(petition_id, PAUSING)
    return petition_id


def ask(petition_id: int, question: Question = ASKED) -> None:
    version = petition_row(petition_id).version
    with work(officer()) as w:
        questions.ask_author(w, petition_id, question, version)


def reply(petition_id: int, text: str = "Мектептің жанындағы бос орын.") -> None:
    author = Actor(petition_row(petition_id).author_id, frozenset({"citizen"}))
    with work(author) as w:
        questions.reply_to_question(w, petition_id, text)


def standing(petition_id: int, kind: TermKind) -> tuple[TermState, date | None, int | None]:
    with reading(ANYONE) as w:
        row = next(row for row in terms_of(w, [petition_id])[petition_id] if row.kind is kind)
        return row.state, row.due_on, row.days_left


def test_an_officer_takes_a_case_in_hand(app: Flask) -> None:
    petition_id, (one, other) = reviewed(), two_officers()
    free = reviewed(author=an_author())
    with work(one) as w:
        casework.assign_case(w, petition_id, other.account_id)
    with reading(other) as w:
        assert [row.id for row in open_cases(w, own=True)] == [petition_id]
        assert inbox(w, None, own=True).rows[0].assignee == query.Colleague(
            other.account_id, "Бауыржан Үлгіұлы"
        )
    with reading(one) as w:
        assert open_cases(w, own=True) == () and {row.id for row in open_cases(w)} == {petition_id, free}
    with work(one) as w:
        casework.assign_case(w, petition_id, None)
    with reading(other) as w:
        assert open_cases(w, own=True) == ()


def test_only_colleagues_can_be_chosen(app: Flask) -> None:
    petition_id, stranger = reviewed(), an_officer(GOVERNMENT)
    with pytest.raises(Refusal, match="no-such-colleague"), work(officer()) as w:
        casework.assign_case(w, petition_id, stranger)
    with pytest.raises(Refusal, match="not-found"), work(officer(GOVERNMENT)) as w:
        casework.assign_case(w, petition_id, stranger)


def test_notes_stay_in_the_body(app: Flask) -> None:
    petition_id, (one, _other) = reviewed(), two_officers()
    with work(one) as w:
        casework.add_note(w, petition_id, "  Заңгермен сөйлесу керек. ")
    with reading(one) as w:
        (note,) = query.notes(w, w.session.get_one(Petition, petition_id))
        assert (note.text, note.name) == ("Заңгермен сөйлесу керек.", "Айгүл Үлгіқызы")
    change(petition_id, authority=GOVERNMENT)
    with reading(officer(GOVERNMENT)) as w:
        assert query.notes(w, w.session.get_one(Petition, petition_id)) == ()


@pytest.mark.parametrize(("text", "code"), [(" ", "note-empty"), ("а" * 2001, "note-too-long")])
def test_a_faulty_note_is_refused(app: Flask, text: str, code: str) -> None:
    petition_id = reviewed()
    with pytest.raises(Refusal, match=code), work(officer()) as w:
        casework.add_note(w, petition_id, text)


@pytest.mark.postgres_too
def test_a_question_and_its_reply_are_public(app: Flask) -> None:
    petition_id = reviewed()
    before = term_row(petition_id, TermKind.ANSWER)
    ask(petition_id)
    term = term_row(petition_id, TermKind.QUESTION)
    assert term is not None and term.due_on == date(2026, 11, 30) and term.authority is None
    reply(petition_id)
    assert events(petition_id)[-2:] == ["question_asked", "question_replied"]
    with reading(ANYONE) as w:
        (row,) = query.questions(w, petition_id, public=True)
    assert row.text == ASKED.text and row.reply == "Мектептің жанындағы бос орын." and not row.open
    after = term_row(petition_id, TermKind.ANSWER)
    assert before is not None and after is not None and before.due_on == after.due_on
    mails = sent_mails()
    assert {mail["To"] for mail in mails} == {"author@mail.example", "ulgi@gov.example"}
    assert not any(ASKED.text in words_of(mail) for mail in mails)


def test_a_question_may_be_private_with_a_public_reason(app: Flask) -> None:
    petition_id = reviewed()
    ask(petition_id, Question(ASKED.text, "kk", "Жеке деректер сұралды"))
    reply(petition_id)
    with reading(ANYONE) as w:
        (hidden,), (seen,) = (query.questions(w, petition_id, public=public) for public in (True, False))
    assert (hidden.text, hidden.reply, hidden.private_because) == ("", "", "Жеке деректер сұралды")
    assert seen.text == ASKED.text


def test_the_answers_clock_waits_for_the_author(app: Flask, clock: Clock) -> None:
    petition_id = reviewed(pausing=True)
    _state, due_on, _left = standing(petition_id, TermKind.ANSWER)
    assert due_on is not None
    ask(petition_id)
    # Five working days at the longest: the date is moved by them at once, and the reply takes back what was not used.
    assert standing(petition_id, TermKind.ANSWER)[1] == working_days_later(due_on, 5)
    clock.now += timedelta(days=2)
    sweep_deadlines()
    reply(petition_id)
    assert standing(petition_id, TermKind.ANSWER)[1] == working_days_later(due_on, 2)
    assert term_row(petition_id, TermKind.ANSWER).due_on == working_days_later(due_on, 2)  # type: ignore[union-attr]


def test_without_a_reply_the_wait_ends_by_itself(app: Flask, clock: Clock) -> None:
    petition_id = reviewed(pausing=True)
    _state, due_on, _left = standing(petition_id, TermKind.ANSWER)
    assert due_on is not None
    ask(petition_id)
    clock.now += timedelta(days=20)
    sweep_deadlines()
    assert standing(petition_id, TermKind.ANSWER)[1] == working_days_later(due_on, 5)
    assert standing(petition_id, TermKind.QUESTION)[0] is TermState.LATE


def test_a_second_question_stops_nothing(app: Flask, clock: Clock) -> None:
    petition_id = reviewed(pausing=True)
    ask(petition_id)
    with pytest.raises(Refusal, match="not-now"):
        ask(petition_id)
    reply(petition_id)
    due_on = standing(petition_id, TermKind.ANSWER)[1]
    clock.now += timedelta(days=1)
    ask(petition_id)
    assert standing(petition_id, TermKind.ANSWER)[1] == due_on


def working_days_later(day: date, n: int) -> date:
    """In a stretch without holidays."""
    with reading(ANYONE) as w:
        calendar = rules.calendar(rules.instance_rulebook(w).rulebook)
    for _ in range(n):
        day = calendar.next_working_day(day + timedelta(days=1))
    return day


def test_an_answer_ends_the_wait(app: Flask) -> None:
    petition_id = reviewed(pausing=True)
    ask(petition_id)
    through_all_steps(petition_id, draft())
    assert standing(petition_id, TermKind.QUESTION)[0] is TermState.CANCELLED
    with pytest.raises(Refusal, match=r"not-now|not-your-move"):
        reply(petition_id)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (Question("Қайда?", "kk"), "question-too-short"),
        (Question("Қайда? " * 1000, "kk"), "text-long"),
        (Question(ASKED.text, "xx"), "language-unknown"),
        (Question(ASKED.text, "kk", "жоқ"), "why-too-short"),
    ],
)
def test_a_faulty_question_is_refused(app: Flask, question: Question, code: str) -> None:
    petition_id = reviewed()
    with pytest.raises(Refusal, match=code):
        ask(petition_id, question)


def test_only_the_author_replies_and_only_with_words(app: Flask) -> None:
    petition_id = reviewed()
    ask(petition_id)
    with pytest.raises(Refusal, match="not-found"), work(Actor(10**6, frozenset({"citizen"}))) as w:
        questions.reply_to_question(w, petition_id, "Мен емес")
    for text, code in ((" ", "reply-too-short"), ("а" * 5000, "text-long")):
        with pytest.raises(Refusal, match=code):
            reply(petition_id, text)


def invite(petition_id: int, day: int = 27, month: int = 11, **changes: str) -> None:
    # Half past three in the afternoon in Almaty.
    fields = {
        "place": "Мәдениет үйі",
        "link": "",
        "materials": "Жоба: https://d.example/1",
        "language": "kk",
    } | changes
    version = petition_row(petition_id).version
    with work(officer()) as w:
        invitation = Invitation(datetime(2026, month, day, 10, 30, tzinfo=UTC), **fields)
        discussions.announce_discussion(w, petition_id, invitation, version)


def minutes(petition_id: int, text: str) -> None:
    version = petition_row(petition_id).version
    with work(officer()) as w:
        discussions.record_discussion(w, petition_id, text, version)


@pytest.mark.postgres_too
def test_a_discussion_is_announced_held_and_recorded(app: Flask, clock: Clock) -> None:
    petition_id = reviewed()
    some_signatures(petition_id, 1, updates=True, area=ALMATY)
    invite(petition_id)
    assert standing(petition_id, TermKind.DISCUSSION)[:2] == (TermState.RUNNING, date(2026, 11, 27))
    mails = sent_mails()
    assert len(mails) == 2
    (author,) = [mail for mail in mails if mail["To"] == "author@mail.example"]
    (follower,) = [mail for mail in mails if mail["To"] != "author@mail.example"]
    assert "Мәдениет үйі" in words_of(author) and "Мәдениет" not in words_of(follower)
    with pytest.raises(Refusal, match="not-now"):
        minutes(petition_id, "Ерте жазылған хаттама болмайды.")
    clock.now += timedelta(days=4, hours=8)
    minutes(petition_id, "")
    assert standing(petition_id, TermKind.DISCUSSION)[0] is TermState.MET
    with pytest.raises(Refusal, match="minutes-too-short"):
        minutes(petition_id, "Қысқа")
    minutes(petition_id, "Он екі адам сөйледі, жоба қолдау тапты.")
    assert events(petition_id)[-3:] == ["discussion_announced", "discussion_held", "minutes_published"]
    with pytest.raises(Refusal, match="not-now"):
        minutes(petition_id, "Екінші рет жазылған хаттама болмайды.")


def test_a_discussion_that_was_not_recorded_is_late(app: Flask, clock: Clock) -> None:
    petition_id = reviewed()
    invite(petition_id)
    clock.now += timedelta(days=5)
    sweep_deadlines()
    assert standing(petition_id, TermKind.DISCUSSION)[0] is TermState.LATE
    minutes(petition_id, "")
    assert standing(petition_id, TermKind.DISCUSSION)[0] is TermState.MET_LATE


@pytest.mark.parametrize(
    ("day", "changes", "code"),
    [
        (25, {}, "discussion-too-soon"),
        (28, {}, "discussion-date"),
        (20, {}, "discussion-date"),
        (27, {"place": ""}, "place-missing"),
        (27, {"link": "ftp://d.example"}, "link-faulty"),
        (27, {"language": "xx"}, "language-unknown"),
    ],
)
def test_a_faulty_invitation_is_refused(app: Flask, day: int, changes: dict[str, str], code: str) -> None:
    petition_id = reviewed()
    with pytest.raises(Refusal, match=code):
        invite(petition_id, day, **changes)
    assert term_row(petition_id, TermKind.DISCUSSION) is None


def test_the_least_notice_is_the_rulebooks(app: Flask) -> None:
    petition_id = reviewed()
    invite(petition_id, 26)
    with pytest.raises(Refusal, match="not-now"):
        invite(petition_id, 30)


def promised(followers: int = 0, author: int | None = None) -> tuple[int, int]:
    """An answered petition with one promise; their numbers."""
    petition_id = reviewed(author=author)
    if followers:
        some_signatures(petition_id, followers, updates=True, area=ALMATY)
    promise = Promise("Кітапхана наурызда ашылады", date(2026, 12, 1))
    through_all_steps(petition_id, draft(promises=(promise,)))
    with reading(ANYONE) as w:
        (row,) = query.promises(w, petition_id)
    return petition_id, row.id


def say(petition_id: int, promise_id: int, subject: int, *, kept: bool, author: bool = False) -> None:
    purpose = Purpose.PROMISE_AUTHOR if author else Purpose.PROMISE
    with work(ANYONE) as w:
        token = sign_token(w, purpose, petition_id, subject, promise_id, w.now + LASTING)
        promises.say_kept(w, token, kept=kept)


def signature_ids(petition_id: int) -> list[int]:
    with reading(ANYONE) as w:
        query_ = select(Signature.id).where(Signature.petition_id == petition_id).order_by(Signature.id)
        return list(w.session.scalars(query_))


@pytest.mark.postgres_too
def test_on_its_day_people_are_asked_once(app: Flask, clock: Clock) -> None:
    petition_id, _promise = promised(followers=2)
    sent_mails()
    assert sweep_promises() == 0
    clock.now += timedelta(days=8, hours=4)
    assert [sweep_promises(), sweep_promises()] == [1, 0]
    mails = [
        mail for mail in sent_mails() if "/promises/" in words_of(mail) or "уәде" in words_of(mail).lower()
    ]
    asked = [mail for mail in mails if "/promises/" in words_of(mail)]
    assert len(asked) == 3
    for mail in asked:
        if mail["To"] != "author@mail.example":
            assert "Кітапхана" not in words_of(mail) and f"/petitions/{petition_id}" not in words_of(mail)
    assert events(petition_id)[-1] == "promise_due"


def test_voices_of_followers_show_from_ten_on_and_rounded(app: Flask, clock: Clock) -> None:
    petition_id, promise_id = promised()
    ids = signature_ids(petition_id)
    for id_ in ids[:9]:
        say(petition_id, promise_id, id_, kept=True)
    with reading(ANYONE) as w:
        row = query.promise_named(w, promise_id)
        assert (row.voices, row.kept, row.not_kept, row.author_says) == (None, None, None, None)
    for id_ in ids[9:14]:
        say(petition_id, promise_id, id_, kept=False)
    say(petition_id, promise_id, ids[13], kept=True)
    say(petition_id, promise_id, petition_row(petition_id).author_id, kept=False, author=True)
    with reading(ANYONE) as w:
        row = query.promise_named(w, promise_id)
        assert (row.voices, row.kept, row.not_kept, row.author_says) == (10, 10, None, False)


def test_a_voice_of_who_withdrew_is_taken_like_any_other_and_counts_no_more(app: Flask, clock: Clock) -> None:
    petition_id, promise_id = promised()
    ids = signature_ids(petition_id)
    row = next(row for row in rows(petition_id) if row.id == ids[0])
    act(withdraw_signature, row)
    for id_ in ids[:10]:
        say(petition_id, promise_id, id_, kept=True)
    with reading(ANYONE) as w:
        assert query.promise_named(w, promise_id).voices is None, "nine of them count"
    clock.now += timedelta(days=7)
    with pytest.raises(Refusal, match="gone"):
        say(petition_id, promise_id, ids[0], kept=True)


def test_only_links_of_those_who_are_asked_open(app: Flask) -> None:
    petition_id, promise_id = promised()
    other, _other_promise = promised(author=an_author())
    ids = signature_ids(petition_id)
    with reading(ANYONE) as w:
        wrong = [
            sign_token(w, Purpose.MANAGE, petition_id, ids[0], promise_id, w.now + LASTING),
            sign_token(w, Purpose.PROMISE, other, ids[0], promise_id, w.now + LASTING),
            sign_token(w, Purpose.PROMISE, petition_id, ids[0], 10**6, w.now + LASTING),
            "nonsense",
        ]
        gone = [
            sign_token(w, Purpose.PROMISE, petition_id, 5, promise_id, w.now + LASTING),
            sign_token(w, Purpose.PROMISE_AUTHOR, petition_id, 10**6, promise_id, w.now + LASTING),
        ]
        late = sign_token(w, Purpose.PROMISE, petition_id, ids[0], promise_id, w.now)
        for token, code in [*((t, "not-found") for t in wrong), *((t, "gone") for t in gone),
                            (late, "signature-link-expired")]:  # fmt: skip
            with pytest.raises(Refusal, match=code):
                promises.open_ballot(w, token)


def test_a_body_reports_on_its_promise_once(app: Flask, clock: Clock) -> None:
    petition_id, promise_id = promised()
    with pytest.raises(Refusal, match="report-too-short"), work(officer()) as w:
        promises.report_promise(w, promise_id, "Болды", "")
    with pytest.raises(Refusal, match="link-faulty"), work(officer()) as w:
        promises.report_promise(w, promise_id, "Кітапхана 1 желтоқсанда ашылды.", "болды")
    with pytest.raises(Refusal, match="not-found"), work(officer(GOVERNMENT)) as w:
        promises.report_promise(w, promise_id, "Кітапхана 1 желтоқсанда ашылды.", "")
    with pytest.raises(Refusal, match="not-found"), work(officer()) as w:
        promises.report_promise(w, 10**6, "Кітапхана 1 желтоқсанда ашылды.", "")
    with work(officer()) as w:
        promises.report_promise(w, promise_id, "Кітапхана 1 желтоқсанда ашылды.", "https://photo.example/1")
    assert standing(petition_id, TermKind.PROMISE)[0] is TermState.MET
    assert events(petition_id)[-1] == "promise_reported"
    with pytest.raises(Refusal, match="not-now"), work(officer()) as w:
        promises.report_promise(w, promise_id, "Кітапхана 1 желтоқсанда ашылды.", "")


def test_a_promise_without_a_report_is_late(app: Flask, clock: Clock) -> None:
    petition_id, _promise = promised()
    clock.now += timedelta(days=10)
    sweep_deadlines()
    assert standing(petition_id, TermKind.PROMISE)[0] is TermState.LATE


def test_nobody_is_asked_about_a_petition_that_was_taken_down(app: Flask, clock: Clock) -> None:
    petition_id, promise_id = promised(followers=1)
    change(petition_id, state=State.TAKEN_DOWN)
    clock.now += timedelta(days=9)
    sweep_promises()
    assert events(petition_id)[-1] == "answered"
    with pytest.raises(Refusal, match="gone"):
        say(petition_id, promise_id, signature_ids(petition_id)[0], kept=True)
    with work(SYSTEM) as w:
        assert w.session.get_one(CasePromise, promise_id).asked_at is not None


@pytest.mark.postgres_too
def test_two_sweeps_at_once_ask_once_and_two_voices_are_one(app: Flask, clock: Clock) -> None:
    petition_id, promise_id = promised(followers=1)
    clock.now += timedelta(days=9)
    subject = signature_ids(petition_id)[0]

    def sweep(_n: int) -> int:
        with app.app_context():
            say(petition_id, promise_id, subject, kept=True)
            return sweep_promises()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sweep, range(4))) == 1
    assert events(petition_id).count("promise_due") == 1
    with reading(ANYONE) as w:
        assert w.session.scalar(select(func.count()).select_from(PromiseVote)) == 1


@pytest.mark.postgres_too
def test_a_case_taken_in_hand_by_two_at_once_has_one_hand(app: Flask) -> None:
    petition_id, (one, _other) = reviewed(), two_officers()

    def take(_n: int) -> None:
        with app.app_context(), work(one) as w:
            casework.assign_case(w, petition_id, one.account_id)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, range(4)))
    with reading(one) as w:
        assert [row.id for row in open_cases(w, own=True)] == [petition_id]


def test_the_explainer_shows_the_days_that_the_body_waited(client: FlaskClient, clock: Clock) -> None:
    petition_id = reviewed(pausing=True)
    ask(petition_id)
    clock.now += timedelta(days=2)
    reply(petition_id)
    term = term_row(petition_id, TermKind.ANSWER)
    assert term is not None
    page = client.get(f"/terms/{term.id}?lang=en").get_data(as_text=True)
    assert "November 24, 2026" in page and "November 25, 2026" in page
