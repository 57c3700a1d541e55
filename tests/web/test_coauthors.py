"""The pages of co-authors, as browsers without script meet them, and where their names stand."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.work import SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.models.coauthors import CoAuthor, CoAuthorState
from petitions.queries import coauthors as query
from petitions.services import coauthors
from tests.accounts import link_in, mails
from tests.accounts import submit as fill_in
from tests.factories import a_petition, an_account, an_author, an_officer, sign_in
from tests.pages import LintingClient
from tests.writing import TITLE, a_draft, citizen, petition, state_of, version_of

NAME, MAILBOX = "Ерлан Үлгіұлы", "erlan@mail.example"


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True))


def fill(browser: FlaskClient, url: str, **fields: str) -> TestResponse:
    """Send the form of a page with the version that it shows."""
    shown = re.search(r'name="version" value="(\d+)"', browser.get(url).get_data(as_text=True))
    return fill_in(browser, url, **({"version": shown[1]} if shown else {}) | fields)


def browser_of(app: Flask, account: int | None = None) -> FlaskClient:
    """A browser of its own, signed in or not."""
    client = LintingClient(app)
    return client if account is None else sign_in(client, account)


def invited(app: Flask) -> tuple[int, FlaskClient, str]:
    """A draft, its author's browser, and the mailed path of an invitation."""
    author = an_author()
    number, _actor = a_draft(author)
    mine = browser_of(app, author)
    done = fill(mine, f"/petitions/{number}/edit/authors?lang=en", full_name=NAME, email=MAILBOX)
    assert done.status_code == 303 and "invited=1" in done.location
    [mail] = [mail for mail in mails() if MAILBOX in mail["To"]]
    return number, mine, link_in(mail).split("?")[0]


def test_from_the_invitation_to_the_page_of_the_petition(app: Flask) -> None:
    number, mine, path = invited(app)
    listed = text(mine.get(f"/petitions/{number}/edit/authors?lang=en"))
    assert NAME in listed and "has not answered yet" in listed and MAILBOX not in listed
    assert "has not answered yet" in text(mine.get(f"/petitions/{number}/check?lang=en"))
    stranger = text(browser_of(app).get(f"{path}?lang=en"))
    assert (
        TITLE in stranger
        and "Айгүл Үлгіқызы" in stranger
        and "Sign in" in stranger
        and "I agree" not in stranger
    )
    other = browser_of(app, an_author(full_name=NAME))
    shown = text(other.get(f"{path}?lang=en"))
    assert "Yes, I am a co-author" in shown and NAME in shown
    unsure = fill(other, f"{path}?lang=en", action="accept")
    assert unsure.status_code == 422 and 'href="#consent"' in text(unsure)
    agreed = fill(other, f"{path}?lang=en", action="accept", consent="y")
    assert agreed.status_code == 303 and f"/petitions/{number}/mine" in agreed.location
    page = text(other.get(f"/petitions/{number}/mine?lang=en"))
    assert "You are a co-author" in page and "Leave the petition" in page and "Withdraw" not in page
    assert f"/petitions/{number}/mine" in text(other.get("/account/?lang=en"))
    assert NAME in text(mine.get(f"/petitions/{number}/edit/preview"))
    assert other.get(f"{path}?lang=en").status_code == 410
    assert fill(mine, f"/petitions/{number}/check").status_code == 303
    assert state_of(number) is State.GATHERING


def test_who_is_not_ready_is_told_what_comes_first(app: Flask) -> None:
    _number, _mine, path = invited(app)
    citizen_ = text(browser_of(app, an_account()).get(f"{path}?lang=en"))
    assert (
        "You have not agreed to be named" in citizen_
        and "/account/author?next=/petitions/co-author/" in citizen_
    )
    staff = text(browser_of(app, an_officer()).get(f"{path}?lang=en"))
    assert "signed in as staff" in staff
    nobody = fill(browser_of(app), f"{path}?lang=en", action="accept", consent="y")
    assert nobody.status_code == 422


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_anybody_with_the_link_can_say_no(app: Flask, language: str) -> None:
    number, mine, path = invited(app)
    browser = browser_of(app)
    assert browser.get(f"{path}?lang={language}").headers["X-Robots-Tag"] == "noindex"
    declined = fill(browser, f"{path}?lang={language}", action="decline")
    assert declined.status_code == 200
    assert browser.get(path).status_code == 410
    assert NAME not in text(mine.get(f"/petitions/{number}/edit/authors?lang={language}"))


def test_an_invitation_needs_a_token_of_the_form(app: Flask) -> None:
    number, mine, path = invited(app)
    other = browser_of(app, an_author(full_name=NAME))
    assert other.post(path, data={"action": "accept", "consent": "y"}).status_code == 400
    assert mine.post(f"/petitions/{number}/edit/authors", data={"full_name": NAME}).status_code == 400
    with reading() as w:
        assert query.named(w, number) == ()


def test_bad_invitations_are_refused_at_their_field(app: Flask) -> None:
    author = an_author()
    number, _actor = a_draft(author)
    mine = browser_of(app, author)
    url = f"/petitions/{number}/edit/authors?lang=en"
    for fields, field in (
        ({"full_name": "Ерлан", "email": MAILBOX}, "full_name"),
        ({"full_name": NAME, "email": "erlan"}, "email"),
        ({"full_name": "", "email": ""}, "full_name"),
        ({"full_name": NAME + "\x07", "email": MAILBOX}, "full_name"),
    ):
        answer = fill(mine, url, **fields)
        assert answer.status_code == 422 and f'href="#{field}"' in text(answer)


def test_taking_an_invitation_back(app: Flask) -> None:
    number, mine, path = invited(app)
    [row] = re.findall(
        rf"/petitions/{number}/edit/authors/(\d+)/release",
        text(mine.get(f"/petitions/{number}/edit/authors")),
    )
    url = f"/petitions/{number}/edit/authors/{row}/release?lang=en"
    assert "Take the invitation back?" in text(mine.get(url))
    assert fill(mine, url).status_code == 303
    assert browser_of(app).get(path).status_code == 410
    assert mine.get(url).status_code == 404
    foreign = browser_of(app, an_author())
    assert (
        foreign.get(url).status_code == 404
        and foreign.get(f"/petitions/{number}/edit/authors").status_code == 404
    )


def published(state: State = State.COLLECTING) -> tuple[int, int]:
    """A published petition with a co-author; its number and the co-author's account."""
    number, other = a_petition(state, author=an_author()), an_author(full_name=NAME)
    with work(SYSTEM) as w:
        row = CoAuthor(
            petition_id=number, state=CoAuthorState.NAMED, language="kk", invited_at=w.now, expires_at=w.now,
            account_id=other, name=NAME, place="750000000", named_at=w.now, notice="test", notice_language="kk",
        )  # fmt: skip
        w.session.add(row)
    return number, other


def test_everything_public_names_all_authors_and_no_contact(app: Flask, client: FlaskClient) -> None:
    number, other = published(State.UNDER_REVIEW)
    page = text(client.get(f"/petitions/{number}?lang=en"))
    assert page.count(NAME) >= 2 and "Co-author" in page and 'content="Айгүл Үлгіқызы, Ерлан Үлгіұлы"' in page
    shown = client.get(f"/api/v1/petitions/{number}").get_json()
    assert shown["co_authors"] == [{"id": other, "name": NAME, "place": "750000000"}]
    assert client.get("/api/v1/petitions").get_json()["items"][0]["co_authors"] == shown["co_authors"]
    assert NAME in text(client.get(f"/petitions/{number}/sign"))
    assert NAME in text(client.get(f"/petitions/{number}/referral?lang=en"))
    pdf = client.get(f"/petitions/{number}/referral.pdf")
    assert pdf.status_code == 200
    officer = browser_of(app, an_officer())
    assert NAME in text(officer.get(f"/desk/{number}"))
    for path in (f"/petitions/{number}", f"/api/v1/petitions/{number}", f"/petitions/{number}/referral"):
        assert "@mail.example" not in text(client.get(path))


def test_whoever_leaves_stays_as_a_dated_line_and_in_the_letter(app: Flask, client: FlaskClient) -> None:
    number, other = published(State.UNDER_REVIEW)
    before = client.get(f"/petitions/{number}/referral.pdf").data
    leaver = browser_of(app, other)
    asked = text(leaver.get(f"/petitions/{number}/leave?lang=en"))
    assert "Its page keeps the name" in asked
    assert fill(leaver, f"/petitions/{number}/leave").status_code == 303
    page = text(client.get(f"/petitions/{number}?lang=en"))
    assert f"{NAME} was a co-author until" in page and "A co-author left the petition" in page
    assert 'content="Айгүл Үлгіқызы"' in page
    assert client.get(f"/api/v1/petitions/{number}").get_json()["co_authors"] == []
    assert client.get(f"/petitions/{number}/referral.pdf").data == before, (
        "what was handed over stays as it was"
    )
    assert leaver.get(f"/petitions/{number}/mine").status_code == 404
    assert leaver.get(f"/petitions/{number}/leave").status_code == 404


def test_a_co_author_can_propose_and_reads_only(app: Flask) -> None:
    author = an_author()
    number, actor = a_draft(author)
    with work(actor) as w:
        row = coauthors.invite(w, number, version_of(number), NAME, MAILBOX)
    other = an_author(full_name=NAME)
    [mail] = [mail for mail in mails() if MAILBOX in mail["To"]]
    assert row
    with work(citizen(other)) as w:
        coauthors.accept(w, link_in(mail).split("/co-author/")[1].split("?")[0])
    browser = browser_of(app, other)
    for path in (
        "edit",
        "edit/demand",
        "edit/text",
        "edit/authors",
        "edit/rules",
        "edit/preview",
        "check",
        "withdraw",
    ):
        assert browser.get(f"/petitions/{number}/{path}").status_code == 404, path
    assert fill(browser, f"/petitions/{number}/propose?lang=en", text="Аз").status_code == 422
    sent = fill(browser, f"/petitions/{number}/propose?lang=en", text="Екінші сөйлемді қысқартайық деймін.")
    assert sent.status_code == 303 and "proposed=1" in sent.location
    assert "Your proposal is on its way" in text(browser.get(sent.location))
    assert browser_of(app, author).get(f"/petitions/{number}/propose").status_code == 303


def test_leaving_does_not_get_in_the_way_of_open_forms(app: Flask) -> None:
    number, other = published(State.UNDER_REVIEW)
    seen = petition(number).version
    with work(citizen(other)) as w:
        coauthors.leave(w, number)
    assert petition(number).version == seen
