"""The pages of authors, as a browser without script meets them."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.work import reading, work
from petitions.domain.lifecycle import State
from petitions.domain.moderation import Verdict
from petitions.models.petition import Petition, PetitionText
from petitions.services.drafts import save_draft
from petitions.services.screening import decide
from tests.accounts import submit as fill_in
from tests.factories import (
    GOVERNMENT,
    VILLAGE_BODY,
    a_moderator,
    a_petition,
    a_village,
    an_account,
    an_author,
    an_officer,
    sign_in,
    some_signatures,
)
from tests.writing import (
    REASON,
    TEXT,
    TITLE,
    a_draft,
    in_screening,
    moderator,
    petition,
    state_of,
    submitted,
    version_of,
)


@pytest.fixture
def account(app: Flask) -> int:
    """An author's account."""
    a_village()
    return an_author()


@pytest.fixture
def browser(account: int, client: FlaskClient) -> FlaskClient:
    """The author's browser."""
    return sign_in(client, account)


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True))


def fill(browser: FlaskClient, url: str, **fields: str) -> TestResponse:
    """Send the form of a page with the version that it shows."""
    shown = re.search(r'name="version" value="(\d+)"', browser.get(url).get_data(as_text=True))
    return fill_in(browser, url, **({"version": shown[1]} if shown else {}) | fields)


def test_a_petition_from_the_first_question_to_the_private_link(browser: FlaskClient) -> None:
    looked = fill(browser, "/petitions/new?lang=en", authority=VILLAGE_BODY, action="show")
    assert looked.status_code == 303 and f"authority={VILLAGE_BODY}" in looked.location
    shown = text(browser.get(looked.location))
    assert "20" in shown and "15" in shown and "90-3(4)" in shown and "for comparison" in shown
    begun = fill(browser, "/petitions/new?lang=en", authority=VILLAGE_BODY, action="begin")
    assert begun.status_code == 303 and "/edit" in begun.location
    number = int(re.findall(r"/petitions/(\d+)/edit", begun.location)[0])
    saved = fill(browser, begun.location, title=TITLE, text="Аз", language="kk", action="save")
    assert saved.status_code == 303 and "saved=1" in saved.location
    assert "Your draft is saved" in text(browser.get(saved.location))
    onward = fill(browser, begun.location, title=TITLE, text=TEXT, language="kk", action="continue")
    assert onward.status_code == 303 and onward.location.startswith(f"/petitions/{number}/check")
    page = text(browser.get(onward.location))
    assert TITLE in page and "<li>кітап</li>" in page and "The author is anonymous" in page
    sent = fill(browser, onward.location)
    assert sent.status_code == 303 and sent.location.startswith(f"/petitions/{number}/mine")
    mine = text(browser.get(sent.location))
    assert f"http://localhost/petitions/{number}/join/" in mine and "0 of 50 first supporters" in mine
    assert state_of(number) is State.GATHERING


def test_who_has_not_agreed_to_be_named_reads_first_what_it_means(client: FlaskClient, app: Flask) -> None:
    browser = sign_in(client, an_account())
    for answer in (browser.get(f"/petitions/new?authority={GOVERNMENT}"), browser.post("/petitions/new")):
        assert answer.status_code == 303 and answer.location.startswith("/account/author?next=/petitions/new")
    assert "authority" in browser.get(f"/petitions/new?authority={GOVERNMENT}").location


@pytest.mark.parametrize(
    "path", ["/petitions/new", "/petitions/1/edit", "/petitions/1/mine", "/petitions/1/check"]
)
def test_strangers_are_sent_to_sign_in_and_staff_is_refused(
    client: FlaskClient, app: Flask, path: str
) -> None:
    assert client.get(path).location.startswith("/account/sign-in")
    assert sign_in(client, a_moderator()).get(path).status_code == 403
    assert sign_in(client, an_officer("kz-gov")).get(path).status_code == 403


@pytest.mark.parametrize(
    ("authority", "message"),
    [("", "Choose who should answer"), ("nobody", "not in the register"), ("\x00", "not in the register")],
)
def test_a_missing_addressee_is_said_at_its_field(browser: FlaskClient, authority: str, message: str) -> None:
    answer = fill(browser, "/petitions/new?lang=en", authority=authority, action="begin")
    assert answer.status_code == 422
    page = text(answer)
    assert 'href="#authority"' in page and message in page and 'id="authority-error"' in page
    with reading() as w:
        assert w.session.scalar(select(Petition.id)) is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "Қысқа"}, "title"),
        ({"title": "Ұзын" * 50}, "title"),
        ({"title": "Бақылау\x07 белгісі бар"}, "title"),
        ({"text": "Аз"}, "text"),
        ({"text": "а" * 10_001}, "text"),
        ({"language": "de"}, "language"),
    ],
)
def test_bad_words_are_refused_at_their_field_and_kept(
    browser: FlaskClient, account: int, fields: dict[str, str], field: str
) -> None:
    number, _actor = a_draft(account)
    given = {"title": "Жаңа тақырып осында", "text": TEXT, "language": "kk", "action": "continue"} | fields
    answer = fill(browser, f"/petitions/{number}/edit", **given)
    assert answer.status_code == 422
    page = text(answer)
    assert f'href="#{field}"' in page and f'id="{field}-error"' in page
    if field != "title":
        assert "Жаңа тақырып осында" in page
    assert petition(number).title == TITLE


def test_a_stale_token_keeps_what_was_typed(browser: FlaskClient, account: int) -> None:
    number, _actor = a_draft(account)
    fields = {"title": "Жаңа тақырып осында", "text": TEXT, "language": "kk", "csrf_token": "old"}
    answer = browser.post(f"/petitions/{number}/edit", data=fields)
    assert answer.status_code == 400 and "Жаңа тақырып осында" in text(answer)
    for path in ("check", "withdraw", "delete", "addressee"):
        assert browser.post(f"/petitions/{number}/{path}").status_code == 400
    assert petition(number).title == TITLE and state_of(number) is State.DRAFT


def test_words_that_were_saved_elsewhere_are_shown_before_they_are_replaced(
    browser: FlaskClient, account: int
) -> None:
    number, actor = a_draft(account)
    old = str(version_of(number))
    with work(actor) as w:
        save_draft(w, number, int(old), title="Басқа жерде жазылды", markdown=TEXT, language="kk")
    fields = {
        "title": "Осында жазылған тақырып",
        "text": TEXT,
        "language": "kk",
        "action": "save",
        "version": old,
    }
    answer = fill_in(browser, f"/petitions/{number}/edit", **fields)
    page = text(answer)
    assert answer.status_code == 422 and "Басқа жерде жазылды" in page and "Осында жазылған тақырып" in page
    fields["version"] = re.search(r'name="version" value="(\d+)"', page)[1]  # type: ignore[index]
    assert fill_in(browser, f"/petitions/{number}/edit", **fields).status_code == 303
    assert petition(number).title == "Осында жазылған тақырып"


def test_typing_is_kept_by_the_script(browser: FlaskClient, account: int) -> None:
    number, _actor = a_draft(account)
    page = browser.get(f"/petitions/{number}/edit").get_data(as_text=True)
    assert f'data-autosave="/petitions/{number}/keep"' in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]
    fields = {"title": TITLE, "text": TEXT + "тағы", "language": "kk", "version": str(version_of(number))}
    assert browser.post(f"/petitions/{number}/keep", data=fields | {"csrf_token": token}).status_code == 204
    assert browser.post(f"/petitions/{number}/keep", data=fields).status_code == 400
    fields["version"] = "0"
    assert browser.post(f"/petitions/{number}/keep", data=fields | {"csrf_token": token}).status_code == 422
    with reading() as w:
        assert w.session.scalar(select(PetitionText.markdown)) == TEXT + "тағы"


def test_the_addressee_can_be_changed_with_its_numbers_in_sight(browser: FlaskClient, account: int) -> None:
    number, _actor = a_draft(account)
    url = f"/petitions/{number}/addressee"
    assert "Үлгі" in text(browser.get(url))
    looked = fill(browser, url, authority=GOVERNMENT, action="show")
    assert looked.status_code == 303 and "50,000" in text(browser.get(looked.location + "&lang=en"))
    assert fill(browser, url, authority="", action="begin").status_code == 422
    assert fill(browser, url, authority=GOVERNMENT, action="begin").status_code == 303
    assert petition(number).authority == GOVERNMENT


def test_an_unfinished_draft_says_what_is_missing(browser: FlaskClient, account: int) -> None:
    number, _actor = a_draft(account, text="Аз")
    page = text(browser.get(f"/petitions/{number}/check?lang=en"))
    assert "Something is still missing" in page and "at least 50 characters" in page
    answer = fill(browser, f"/petitions/{number}/check?lang=en")
    assert answer.status_code == 422 and "at least 50 characters" in text(answer)
    assert state_of(number) is State.DRAFT


def test_another_authors_petition_is_not_there(browser: FlaskClient) -> None:
    number, _actor = a_draft()
    for path in ("edit", "check", "mine", "addressee", "withdraw", "delete", "revise"):
        assert browser.get(f"/petitions/{number}/{path}").status_code == 404
    assert browser.get("/petitions/99999/mine").status_code == 404


@pytest.mark.parametrize("state", list(State))
def test_the_authors_page_stands_in_every_state(browser: FlaskClient, account: int, state: State) -> None:
    number = a_petition(state, author=account, signatures=0 if state is State.DRAFT else 3)
    for language in ("kk", "ru", "en"):
        assert browser.get(f"/petitions/{number}/mine?lang={language}").status_code == 200
    for path in ("edit", "check", "addressee"):
        assert browser.get(f"/petitions/{number}/{path}").status_code == (
            200 if state is State.DRAFT else 303
        )


def test_taking_back_withdrawing_and_deleting_ask_first(browser: FlaskClient, account: int) -> None:
    number, _actor = submitted(author=account)
    assert browser.get(f"/petitions/{number}/delete").status_code == 200
    assert fill(browser, f"/petitions/{number}/delete").status_code == 422
    assert fill(browser, f"/petitions/{number}/revise").location.startswith(f"/petitions/{number}/edit")
    assert state_of(number) is State.DRAFT
    assert browser.get(f"/petitions/{number}/revise").status_code == 303
    assert fill(browser, f"/petitions/{number}/withdraw").location.startswith(f"/petitions/{number}/mine")
    assert state_of(number) is State.WITHDRAWN
    other, _actor = a_draft(account)
    assert fill(browser, f"/petitions/{other}/delete").location.startswith("/account/")
    home = text(browser.get("/account/"))
    assert f"/petitions/{number}/mine" in home and f"/petitions/{other}/" not in home


def test_a_joined_petition_stays_as_it_is(browser: FlaskClient, account: int) -> None:
    number, _actor = submitted(author=account)
    page = text(browser.get(f"/petitions/{number}/revise?lang=en"))
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]  # type: ignore[index]
    some_signatures(number, 1)
    fields = {"csrf_token": token, "version": str(version_of(number))}
    answer = browser.post(f"/petitions/{number}/revise", data=fields)
    assert answer.status_code in {303, 422} and state_of(number) is State.GATHERING


def test_a_returned_petition_says_what_to_correct_and_asks_what_was_changed(
    browser: FlaskClient, account: int
) -> None:
    number, _actor = in_screening(author=account)
    with work(moderator(a_moderator())) as w:
        decide(w, number, version_of(number), Verdict.RETURN, reason=REASON)
    url = f"/petitions/{number}/edit?lang=en"
    assert REASON in text(browser.get(url)) and REASON in text(browser.get(f"/petitions/{number}/mine"))
    changed = {"title": TITLE, "text": TEXT + "тағы", "language": "kk", "action": "continue"}
    answer = fill(browser, url, **changed)
    assert answer.status_code == 422 and 'href="#reason"' in text(answer)
    assert fill(browser, url, **changed, reason="Жеке деректер алынды.").status_code == 303
    assert fill(browser, f"/petitions/{number}/check").status_code == 303
    assert state_of(number) is State.SCREENING


@pytest.mark.parametrize("value", ["", "-1", "abc", "9" * 40, "1\x00", "\u0661"])
def test_a_version_that_is_no_number_is_an_old_one(browser: FlaskClient, account: int, value: str) -> None:
    number, _actor = a_draft(account)
    answer = fill_in(browser, f"/petitions/{number}/check", version=value)
    assert answer.status_code == 422 and state_of(number) is State.DRAFT
