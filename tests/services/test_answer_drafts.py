"""A draft, its check by a second person, its publication: every step by the right hand and in the right order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from core.audit import AuditEntry
from core.refusal import Refusal
from core.work import ANYONE, Actor, reading, work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import Action, State
from petitions.models.casework import Stage
from petitions.services import answer_drafts
from petitions.services.answering import Act
from petitions.services.promises import Promise
from tests.cases import answers, draft, events, officer, petition_row, term_row
from tests.casework import approve, keep, publish, seen, the_draft, through_all_steps, to_check, two_officers
from tests.factories import GOVERNMENT, a_petition


def reviewed(**changes: object) -> int:
    return a_petition(State.UNDER_REVIEW, signatures=21, **changes)  # type: ignore[arg-type]


def refused(code: str, field: str | None = None) -> object:
    return pytest.raises(Refusal, check=lambda error: (error.code, error.field) == (code, field))


@pytest.mark.postgres_too
def test_two_officers_bring_an_answer_to_the_public(app: Flask) -> None:
    petition_id, (writer, checker) = reviewed(), two_officers()
    keep(writer, petition_id, draft(acts=(Act("Бюджет туралы шешім, 3-тармақ", "https://acts.example/3"),)))
    assert the_draft(petition_id).stage is Stage.WRITING and not answers(petition_id)  # type: ignore[union-attr]
    to_check(writer, petition_id)
    approve(checker, petition_id)
    assert not answers(petition_id)
    publish(writer, petition_id)
    (answer,) = answers(petition_id)
    assert answer.checked_by == checker.account_id and answer.account_id == writer.account_id
    assert answer.acts == [{"title": "Бюджет туралы шешім, 3-тармақ", "link": "https://acts.example/3"}]
    assert petition_row(petition_id).state is State.ANSWERED and the_draft(petition_id) is None
    with reading(ANYONE) as w:
        said = w.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert said[-4:] == ["answer.draft", "answer.to_check", "answer.approve", "petition.answer"]


def test_the_writer_cannot_check_alone(app: Flask) -> None:
    petition_id, (writer, _checker) = reviewed(), two_officers()
    keep(writer, petition_id, draft())
    to_check(writer, petition_id)
    with refused("needs-second-person"):
        approve(writer, petition_id)
    version = seen(petition_id)
    with refused("needs-second-person"), work(writer) as w:
        answer_drafts.send_back(w, petition_id, "Түзетіңіз", version)
    with refused("not-now"):
        publish(writer, petition_id)


def test_without_four_eyes_one_officer_does_all(app: Flask) -> None:
    petition_id, (writer, _checker) = reviewed(), two_officers()
    kernel = app.extensions["dauys"]
    before = kernel.settings
    object.__setattr__(kernel, "settings", before.model_copy(update={"four_eyes": "off"}))
    try:
        keep(writer, petition_id, draft())
        to_check(writer, petition_id)
        approve(writer, petition_id)
        publish(writer, petition_id)
    finally:
        object.__setattr__(kernel, "settings", before)
    assert petition_row(petition_id).state is State.ANSWERED


def test_a_checker_sends_back_with_a_remark(app: Flask) -> None:
    petition_id, (writer, checker) = reviewed(), two_officers()
    keep(writer, petition_id, draft())
    to_check(writer, petition_id)
    version = seen(petition_id)
    with refused("remark-missing", "remark"), work(checker) as w:
        answer_drafts.send_back(w, petition_id, " ", version)
    with work(checker) as w:
        answer_drafts.send_back(w, petition_id, "Бапты көрсетіңіз.", version)
    row = the_draft(petition_id)
    assert row is not None and (row.stage, row.remark) == (Stage.RETURNED, "Бапты көрсетіңіз.")
    to_check(writer, petition_id)
    approve(checker, petition_id)


def test_a_change_needs_a_new_check(app: Flask) -> None:
    petition_id, (writer, checker) = reviewed(), two_officers()
    keep(writer, petition_id, draft())
    to_check(writer, petition_id)
    approve(checker, petition_id)
    keep(checker, petition_id, draft(text="Басқа мәтін. " * 10))
    row = the_draft(petition_id)
    assert row is not None and row.stage is Stage.WRITING and row.checked_at is None
    with refused("not-now"):
        publish(writer, petition_id)
    to_check(checker, petition_id)
    with refused("needs-second-person"):
        approve(checker, petition_id)
    approve(writer, petition_id)


def test_a_stale_page_changes_nothing(app: Flask) -> None:
    petition_id, (writer, checker) = reviewed(), two_officers()
    keep(writer, petition_id, draft())
    with refused("changed-meanwhile"), work(checker) as w:
        answer_drafts.save_answer(w, petition_id, Action.ANSWER, draft(), 0)
    with refused("changed-meanwhile"), work(writer) as w:
        answer_drafts.send_to_check(w, petition_id, 99)


def test_no_step_without_a_draft_or_out_of_turn(app: Flask) -> None:
    petition_id, (writer, checker) = reviewed(), two_officers()
    for step in (to_check, approve, publish):
        with refused("not-now"):
            step(writer, petition_id)
    keep(writer, petition_id, draft())
    with refused("not-now"):
        approve(checker, petition_id)


@pytest.mark.parametrize("actor", [officer(GOVERNMENT, 1), Actor(1, frozenset({"administrator"})), ANYONE])
def test_others_have_no_hand_in_it(app: Flask, actor: Actor) -> None:
    petition_id, (writer, _checker) = reviewed(), two_officers()
    keep(writer, petition_id, draft())
    version = seen(petition_id)
    steps = (
        lambda w: answer_drafts.save_answer(w, petition_id, Action.ANSWER, draft(), version),
        lambda w: answer_drafts.send_to_check(w, petition_id, version),
        lambda w: answer_drafts.approve_answer(w, petition_id, version),
        lambda w: answer_drafts.send_back(w, petition_id, "Жоқ, болмайды", version),
        lambda w: answer_drafts.publish_checked(w, petition_id, version),
    )
    for step in steps:
        with pytest.raises(Refusal) as error, work(actor) as w:
            step(w)
        assert error.value.code in {"not-found", "not-allowed"}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"acts": (Act("", "https://a.example/"),)}, "act-without-title", "act1_title"),
        ({"acts": (Act("Заң"), Act("Заң", "javascript:alert(1)"))}, "link-faulty", "act2_link"),
        ({"acts": (Act("Заң", "https://a b.example/"),)}, "link-faulty", "act1_link"),
        ({"acts": (Act("Заң", "https://[::1"),)}, "link-faulty", "act1_link"),
        ({"promises": (Promise("Қысқа", date(2026, 12, 1)),)}, "promise-too-short", "promise1_text"),
        ({"promises": (Promise("Кітапхана ашылады", date(2026, 11, 23)),)}, "promise-date", "promise1_due"),
        ({"promises": (Promise("Кітапхана ашылады", date(2026, 12, 5)),)}, "promise-date", "promise1_due"),
        ({"promises": (Promise("Кітапхана ашылады", date(2099, 12, 1)),)}, "promise-date", "promise1_due"),
        ({"promises": (Promise("Кітапхана ашылады", date.min),)}, "promise-date", "promise1_due"),
        ({"others": (10**9,)}, "other-not-open", "others"),
    ],
)
def test_what_cannot_be_published_is_not_kept(
    app: Flask, changes: dict[str, object], code: str, field: str
) -> None:
    petition_id, (writer, _checker) = reviewed(), two_officers()
    with refused(code, field):
        keep(writer, petition_id, draft(**changes))
    assert the_draft(petition_id) is None


@pytest.mark.postgres_too
def test_one_answer_for_several_petitions(app: Flask) -> None:
    first, second, third = reviewed(), reviewed(), reviewed()
    waiting = a_petition(State.UNDER_REVIEW, signatures=21, registered=False)
    writer, checker = two_officers()
    with refused("other-not-open", "others"):
        keep(writer, first, draft(others=(waiting,)))
    keep(writer, first, draft(others=(second,), promises=(Promise("Кітапхана ашылады", date(2026, 12, 1)),)))
    to_check(writer, first)
    approve(checker, first)
    published = publish(writer, first)
    assert [answer.petition_id for answer in published] == [first, second]
    for petition_id in (first, second):
        assert petition_row(petition_id).state is State.ANSWERED
        term = term_row(petition_id, TermKind.ANSWER)
        assert term is not None and term.met_on == date(2026, 11, 23)
        promise = term_row(petition_id, TermKind.PROMISE)
        assert promise is not None and promise.due_on == date(2026, 12, 1)
        assert events(petition_id)[-1] == "answered"
    assert petition_row(third).state is State.UNDER_REVIEW


def test_another_petition_that_was_answered_meanwhile_stops_the_publication(app: Flask) -> None:
    first, second = reviewed(), reviewed()
    writer, checker = two_officers()
    keep(writer, first, draft(others=(second,)))
    to_check(writer, first)
    approve(checker, first)
    through_all_steps(second, draft())
    with refused("other-not-open", "others"):
        publish(writer, first)
    assert petition_row(first).state is State.UNDER_REVIEW


def test_a_correction_and_a_reply_take_the_same_steps(app: Flask) -> None:
    petition_id = reviewed()
    through_all_steps(petition_id, draft())
    changed = draft(outcome="refused", correction="Қате түзетілді: бап нөмірі")
    through_all_steps(petition_id, changed, Action.CORRECT_ANSWER)
    assert [answer.outcome for answer in answers(petition_id)] == ["satisfied", "refused"]
    writer, _checker = two_officers()
    with refused("other-not-open", "others"):
        keep(writer, petition_id, draft(correction="Қате түзетілді", others=(1,)), Action.CORRECT_ANSWER)


def at_once(app: Flask, act: Callable[[], object]) -> list[str]:
    """Four at the same moment; how each of them ended."""

    def once(_n: int) -> str:
        with app.app_context():
            try:
                act()
            except Refusal as error:
                return error.code
            return "done"

    with ThreadPoolExecutor(4) as pool:
        return sorted(pool.map(once, range(4)))


@pytest.mark.postgres_too
def test_an_approved_text_is_published_once_whoever_is_faster(app: Flask) -> None:
    petition_id, (writer, checker) = reviewed(), two_officers()
    keep(writer, petition_id, draft())
    to_check(writer, petition_id)
    approve(checker, petition_id)
    version = seen(petition_id)

    def act() -> None:
        with work(writer) as w:
            answer_drafts.publish_checked(w, petition_id, version)

    ended = at_once(app, act)
    assert ended.count("done") == 1 and set(ended) <= {"done", "changed-meanwhile", "not-now"}
    assert len(answers(petition_id)) == 1


@pytest.mark.postgres_too
def test_two_drafts_begun_at_once_leave_one(app: Flask) -> None:
    petition_id, (writer, _checker) = reviewed(), two_officers()
    given = draft()

    def act() -> None:
        with work(writer) as w:
            answer_drafts.save_answer(w, petition_id, Action.ANSWER, given, 0)

    ended = at_once(app, act)
    assert ended.count("done") == 1 and set(ended) <= {"done", "changed-meanwhile"}
