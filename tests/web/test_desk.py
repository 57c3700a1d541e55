"""The desk in the browser: inbox, case, registration, answer, correction, reply; other bodies' officers see nothing."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.refusal import Refusal
from core.work import ANYONE, reading
from petitions.domain.lifecycle import State
from petitions.jobs.deadlines import sweep_deadlines
from petitions.queries.desk import body_name
from tests.cases import (
    REASONS,
    answered,
    answers,
    change,
    lapsed,
    petition_row,
    referral_row,
    registered,
    waiting,
)
from tests.conftest import Clock
from tests.factories import (
    GOVERNMENT,
    a_moderator,
    a_petition,
    an_administrator,
    an_author,
    an_officer,
    sign_in,
)

TODAY = {"day": "23", "month": "11", "year": "2026"}


def at(name: str, **parts: str) -> dict[str, str]:
    return {f"{name}-{part}": value for part, value in (TODAY | parts).items()}


def token_of(page: str) -> dict[str, str]:
    """The hidden values of the page's form."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """A browser of an officer of the village's body."""
    a_petition(State.DRAFT)
    return sign_in(client, an_officer(language="en"))


def send(desk: FlaskClient, path: str, **values: str) -> tuple[int, str, str]:
    hidden = token_of(desk.get(f"{path}?lang=en").get_data(as_text=True))
    response = desk.post(f"{path}?lang=en", data=hidden | values)
    return response.status_code, response.headers.get("Location", ""), response.get_data(as_text=True)


def test_an_empty_desk_says_so(desk: FlaskClient) -> None:
    page = desk.get("/desk/?lang=en")
    assert page.status_code == 200 and "There is nothing in this part of the desk." in page.get_data(
        as_text=True
    )
    assert page.headers["Cache-Control"] == "no-store"


def test_every_case_is_in_its_part(desk: FlaskClient, clock: Clock) -> None:
    late = a_petition(State.UNDER_REVIEW, title="Кешіккен петиция жауабы")
    clock.now += timedelta(days=25)
    soon = a_petition(State.UNDER_REVIEW, title="Жақында жауап керек петиция")
    clock.now += timedelta(days=28)
    running, done = a_petition(State.UNDER_REVIEW), a_petition(State.ANSWERED)
    fresh = waiting()
    sign_in(desk, an_officer())
    parts = {"overdue": late, "due_soon": soon, "in_progress": running, "answered": done, "waiting": fresh}
    for part, petition_id in parts.items():
        page = desk.get(f"/desk/?lang=en&show={part}").get_data(as_text=True)
        assert re.findall(r'href="/desk/(\d+)', page) == [str(petition_id)], part
    assert re.findall(r'href="/desk/(\d+)', desk.get("/desk/?show=nonsense").get_data(as_text=True)) == [
        str(late)
    ]


def test_the_row_says_what_is_due_when(desk: FlaskClient) -> None:
    petition_id = waiting()
    referral = referral_row(petition_id)
    page = desk.get("/desk/?lang=en").get_data(as_text=True)
    assert referral is not None and referral.receipt in page
    for words in ("Ulgi village", "3 working days left", "Register the petition", "November 26, 2026"):
        assert words in page, words


def test_the_desk_can_be_searched(desk: FlaskClient) -> None:
    petition_id = waiting()
    change(petition_id, search=" ауылга жана китапхана салынсын ")
    referral = referral_row(petition_id)
    assert referral is not None
    for q, found in ((referral.receipt.lower(), True), ("Кітапхана", True), ("көпір", False), ("%", False)):
        page = desk.get("/desk/", query_string={"show": "waiting", "q": q}).get_data(as_text=True)
        assert (f'href="/desk/{petition_id}"' in page) is found, q


def test_done_cases_go_on_on_further_pages(desk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("petitions.queries.desk.DONE_PER_PAGE", 2)
    done = [a_petition(State.ANSWERED) for _ in range(3)]
    first = desk.get("/desk/?show=answered").get_data(as_text=True)
    assert re.findall(r'href="/desk/(\d+)', first) == [str(done[2]), str(done[1])]
    older = re.search(r'href="([^"]+before=[^"]+)"', first)
    assert older is not None
    second = desk.get(older.group(1).replace("&amp;", "&")).get_data(as_text=True)
    assert re.findall(r'href="/desk/(\d+)', second) == [str(done[0])]


def test_a_case_is_registered(desk: FlaskClient) -> None:
    petition_id = waiting()
    status, where, _page = send(desk, f"/desk/{petition_id}/register", number="ҚР-17", **at("registered_on"))
    assert (status, where) == (303, f"/desk/{petition_id}?done=register&lang=en")
    referral = referral_row(petition_id)
    assert referral and referral.registration_number == "ҚР-17"
    page = desk.get(where).get_data(as_text=True)
    for words in ("The registration is recorded.", "ҚР-17", "Write the answer", "How the dates are counted"):
        assert words in page, words
    assert desk.get(f"/desk/{petition_id}/register").status_code == 303


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"number": ""}, "Enter the number under which you registered it."),
        ({"number": "x" * 81}, "at most 80 characters"),
        ({"number": "1\x00"}, "a character that cannot be used"),
        ({"registered_on-day": "31"}, "Enter a date"),
        ({"registered_on-year": ""}, "Enter a date"),
        ({"registered_on-month": "०9"}, "Enter a date"),
        ({"registered_on-day": "24"}, "This day has not come yet. Today is November 23, 2026."),
        ({"registered_on-day": "20"}, "This day is before the hand-over."),
        ({"version": "0"}, "Somebody changed this"),
        ({"version": "x"}, "Somebody changed this"),
    ],
)
def test_a_faulty_registration_is_told_at_its_field(
    desk: FlaskClient, values: dict[str, str], message: str
) -> None:
    petition_id = waiting()
    given = {"number": "ҚР-17"} | at("registered_on") | values
    status, _where, page = send(desk, f"/desk/{petition_id}/register", **given)
    assert status == 422 and message in page and "Error:" in page
    referral = referral_row(petition_id)
    assert referral and referral.registered_at is None


def test_a_stale_token_keeps_what_was_typed(desk: FlaskClient) -> None:
    petition_id = waiting()
    response = desk.post(
        f"/desk/{petition_id}/register", data={"number": "ҚР-17", "csrf_token": "old"} | at("registered_on")
    )
    assert response.status_code == 400 and "ҚР-17" in response.get_data(as_text=True)


def step(desk: FlaskClient, petition_id: int, action: str, **values: str) -> tuple[int, str, str]:
    return send(desk, f"/desk/{petition_id}/draft", action=action, **values)


def by_two(desk: FlaskClient, petition_id: int) -> str:
    """Send the draft to the check, let a colleague approve it, publish it; where the browser then is."""
    assert step(desk, petition_id, "send")[0] == 303
    sign_in(desk, an_officer(language="en"))
    assert step(desk, petition_id, "approve")[0] == 303
    status, where, page = step(desk, petition_id, "publish")
    assert status == 303, page
    return where


def test_an_answer_is_drafted_checked_then_published(desk: FlaskClient) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    given = {"outcome": "partly_satisfied", "text": REASONS + "\n\n**Маңызды**", "language": "kk"} | at(
        "decided_on"
    )
    acts = {"act1_title": "Бюджет туралы шешім", "act1_link": "https://acts.example/3"}
    promise = {"promise1_text": "Кітапхана ашылады"} | at("promise1_due", day="1", month="12")
    status, where, _page = send(desk, f"/desk/{petition_id}/answer", **given, **acts, **promise)
    assert (status, where) == (303, f"/desk/{petition_id}/draft?lang=en")
    preview = desk.get(where).get_data(as_text=True)
    for words in (
        "<strong>Маңызды</strong>",
        "Satisfied in part",
        "https://acts.example/3",
        "Кітапхана ашылады",
    ):
        assert words in preview, words
    back = desk.get(f"/desk/{petition_id}/answer?lang=en").get_data(as_text=True)
    assert REASONS in back and "https://acts.example/3" in back and "Кітапхана ашылады" in back
    assert step(desk, petition_id, "send")[0] == 303
    status, _where, page = step(desk, petition_id, "approve")
    assert status == 422 and "A second officer has to check it" in page and not answers(petition_id)
    where = by_two_from_check(desk, petition_id)
    assert petition_row(petition_id).state is State.ANSWERED
    (answer,) = answers(petition_id)
    assert answer.outcome == "partly_satisfied" and answer.markdown.startswith(REASONS)
    page = desk.get(where).get_data(as_text=True)
    assert "It is published." in page and "Correct the answer" in page and "Report on this promise" in page
    public = desk.get(f"/petitions/{petition_id}?lang=en").get_data(as_text=True)
    for words in ("What the authority promised", "Кітапхана ашылады", "https://acts.example/3"):
        assert words in public, words


def by_two_from_check(desk: FlaskClient, petition_id: int) -> str:
    sign_in(desk, an_officer(language="en"))
    status, _where, page = step(desk, petition_id, "return", remark="")
    assert status == 422 and "Say what should be changed" in page
    assert step(desk, petition_id, "return", remark="Бапты көрсетіңіз")[0] == 303
    assert "Бапты көрсетіңіз" in desk.get(f"/desk/{petition_id}/answer?lang=en").get_data(as_text=True)
    assert step(desk, petition_id, "send")[0] == 303
    assert step(desk, petition_id, "approve")[0] == 303
    status, where, _page = step(desk, petition_id, "publish")
    assert status == 303
    return where


@pytest.mark.parametrize("action", ["", "nonsense", "publish", "approve"])
def test_a_step_out_of_turn_is_told(desk: FlaskClient, action: str) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    given = {"outcome": "satisfied", "text": REASONS, "language": "kk"} | at("decided_on")
    send(desk, f"/desk/{petition_id}/answer", **given)
    status, _where, _page = step(desk, petition_id, action)
    assert status == 422 and not answers(petition_id)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"outcome": ""}, "Choose the outcome."),
        ({"outcome": "perhaps"}, "Not a valid choice."),
        ({"text": "Жоқ."}, "Write at least 50 characters"),
        ({"text": ""}, "Write the reasons."),
        ({"text": "а" * 10_001}, "at most 10"),
        ({"language": "xx"}, "Not a valid choice."),
        ({"decided_on-day": "24"}, "This day has not come yet."),
    ],
)
def test_a_faulty_answer_is_told_before_the_preview(
    desk: FlaskClient, values: dict[str, str], message: str
) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    given = {"outcome": "satisfied", "text": REASONS, "language": "kk"} | at("decided_on") | values
    status, _where, page = send(desk, f"/desk/{petition_id}/answer", **given)
    assert status == 422 and message in page and not answers(petition_id)


def test_a_correction_keeps_the_first_answer(desk: FlaskClient) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    answered(petition_id)
    form = desk.get(f"/desk/{petition_id}/correct").get_data(as_text=True)
    assert REASONS in form and 'value="satisfied" checked' in form
    given = {"outcome": "refused", "text": REASONS, "language": "kk"} | at("decided_on")
    status, _where, page = send(desk, f"/desk/{petition_id}/correct", **given)
    assert status == 422 and "Say what you correct, and why" in page
    status, where, _page = send(
        desk, f"/desk/{petition_id}/correct", correction="Нәтижесі қате еді.", **given
    )
    assert status == 303 and len(answers(petition_id)) == 1
    where = by_two(desk, petition_id)
    assert len(answers(petition_id)) == 2
    page = desk.get(where).get_data(as_text=True)
    assert "Version 1, published on" in page and "Corrected" in page


def test_a_reply_below_the_threshold(desk: FlaskClient, clock: Clock) -> None:
    petition_id = lapsed(clock)
    desk = sign_in(desk, an_officer())
    today = {"day": "26", "month": "5", "year": "2027"}
    given = {"text": REASONS, "language": "kk"} | at("decided_on", **today)
    status, where, _page = send(desk, f"/desk/{petition_id}/reply", **given)
    assert status == 303 and "Ordinary reply" in desk.get(where).get_data(as_text=True)
    where = by_two(desk, petition_id)
    assert len(answers(petition_id, "reply")) == 1
    page = desk.get(where).get_data(as_text=True)
    assert "Ordinary reply of the authority" in page and "Nothing is left to do" in page


def test_forms_that_are_not_open_lead_back_to_the_case(desk: FlaskClient) -> None:
    petition_id = waiting()
    for form in ("answer", "correct", "reply"):
        response = desk.get(f"/desk/{petition_id}/{form}")
        assert (response.status_code, response.headers["Location"]) == (303, f"/desk/{petition_id}")


@pytest.mark.parametrize("path", ["", "/register", "/answer", "/correct", "/reply"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_officer_of_another_body_finds_nothing(client: FlaskClient, path: str, method: str) -> None:
    petition_id = waiting()
    sign_in(client, an_officer(GOVERNMENT))
    expected = 405 if method == "POST" and not path else 404
    assert client.open(f"/desk/{petition_id}{path}", method=method).status_code == expected
    assert f'href="/desk/{petition_id}' not in client.get("/desk/").get_data(as_text=True)


@pytest.mark.parametrize("person", [a_moderator, an_administrator, an_author])
def test_nobody_but_officers_has_a_desk(client: FlaskClient, person: object) -> None:
    petition_id = waiting()
    sign_in(client, person())  # type: ignore[operator]
    for path in (
        "/desk/",
        f"/desk/{petition_id}",
        f"/desk/{petition_id}/register",
        f"/desk/{petition_id}/answer",
    ):
        assert client.get(path).status_code == 403
    assert client.post(f"/desk/{petition_id}/register").status_code == 403


def test_strangers_are_sent_to_sign_in(client: FlaskClient) -> None:
    response = client.get("/desk/")
    assert response.status_code == 303 and "/account/" in response.headers["Location"]


def test_cases_that_are_none_of_the_desk_are_not_found(desk: FlaskClient) -> None:
    draft, collecting, gone = a_petition(State.DRAFT), a_petition(), waiting()
    change(gone, state=State.TAKEN_DOWN)
    assert [desk.get(f"/desk/{id_}").status_code for id_ in (draft, collecting, 10**9, gone)] == [
        404,
        404,
        404,
        410,
    ]


def test_a_late_case_stays_late_on_its_page(desk: FlaskClient, clock: Clock) -> None:
    petition_id = a_petition(State.UNDER_REVIEW, signatures=21)
    registered_row = petition_row(petition_id)
    clock.now += timedelta(days=40)
    desk = sign_in(desk, an_officer())
    sweep_deadlines()
    answered(petition_id)
    page = desk.get(f"/desk/{petition_id}?lang=en").get_data(as_text=True)
    assert "Met late" in page and "working days late" in page
    assert registered_row.version


def test_the_whole_way_in_three_languages(desk: FlaskClient, app: Flask) -> None:
    petition_id = waiting()
    registered(petition_id)
    for language in ("kk", "ru", "en"):
        for path in (
            "/desk/",
            f"/desk/{petition_id}",
            f"/desk/{petition_id}/answer",
            f"/petitions/{petition_id}/referral",
        ):
            assert desk.get(f"{path}?lang={language}").status_code == 200, (path, language)


def test_an_officer_whose_body_is_gone_finds_nothing(client: FlaskClient) -> None:
    sign_in(client, an_officer(GOVERNMENT))
    assert client.get("/desk/").status_code == 200
    with pytest.raises(Refusal), reading(ANYONE) as w:
        body_name(w)
