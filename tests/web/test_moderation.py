"""The pages of moderators: the queue, the case, and a decision that is seen before it is made."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from authorities.models import AreaFigure
from core.work import SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.models.case import Decision
from tests.accounts import link_in, mails
from tests.conftest import Clock
from tests.factories import (
    VILLAGE,
    a_moderator,
    a_petition,
    an_administrator,
    an_author,
    an_officer,
    sign_in,
)
from tests.writing import REASON, TITLE, in_screening, petition, state_of


@pytest.fixture
def account(app: Flask) -> int:
    """A moderator's account."""
    return a_moderator()


@pytest.fixture
def browser(account: int, client: FlaskClient) -> FlaskClient:
    """The moderator's browser."""
    return sign_in(client, account)


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True))


def hidden(answer: TestResponse) -> dict[str, str]:
    """What the form of a page holds already."""
    return dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.get_data(as_text=True))
    )


def preview(browser: FlaskClient, number: int, lang: str = "en", **fields: str) -> TestResponse:
    """The decision as it would be."""
    page = browser.get(f"/moderation/{number}?lang={lang}")
    return browser.post(f"/moderation/{number}/preview?lang={lang}", data=hidden(page) | fields)


def decided(number: int) -> list[tuple[str, str | None, str]]:
    with reading() as w:
        rows = w.session.scalars(select(Decision).where(Decision.petition_id == number))
        return [(row.kind, row.ground, row.reason) for row in rows]


def test_a_petition_is_published_after_a_preview(browser: FlaskClient) -> None:
    number, _author = in_screening()
    assert TITLE in text(browser.get("/moderation/?lang=en"))
    case = text(browser.get(f"/moderation/{number}?lang=en"))
    assert "Айгүл Үлгіқызы" in case and "88(1)(2)" in case and "<li>кітап</li>" in case
    assert "mail.example" not in case
    shown = preview(browser, number, verdict="publish")
    assert shown.status_code == 200 and "needs 20 signatures by" in text(shown)
    assert decided(number) == [] and state_of(number) is State.SCREENING
    made = browser.post(f"/moderation/{number}/decide?lang=en", data=hidden(shown))
    assert made.status_code == 303 and made.location.startswith("/moderation/")
    assert "The decision is made" in text(browser.get(made.location))
    assert state_of(number) is State.COLLECTING and decided(number) == [("publish", None, "")]
    assert TITLE in text(browser.get(f"/petitions/{number}"))


def test_a_refusal_with_ground_and_reasons_becomes_public_and_goes_by_mail(browser: FlaskClient) -> None:
    number, _author = in_screening()
    shown = preview(browser, number, verdict="refuse", ground="duplicate", reason=REASON)
    page = text(shown)
    assert "already in an open petition" in page and page.count(REASON) >= 2
    assert browser.post(f"/moderation/{number}/decide", data=hidden(shown)).status_code == 303
    assert decided(number) == [("refuse", "duplicate", REASON)]
    public = text(browser.get(f"/petitions/{number}?lang=en"))
    assert REASON in public and "already in an open petition" in public
    mail = mails()[-1]
    assert REASON in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert link_in(mail).startswith(f"/petitions/{number}/mine")


def test_a_return_asks_the_author_to_correct(browser: FlaskClient) -> None:
    number, _author = in_screening()
    shown = preview(browser, number, verdict="return", ground="duplicate", reason=REASON)
    assert "Please correct your petition" in text(shown)
    assert browser.post(f"/moderation/{number}/decide", data=hidden(shown)).status_code == 303
    assert decided(number) == [("return", None, REASON)] and state_of(number) is State.DRAFT
    queue = text(browser.get("/moderation/?lang=en"))
    assert "Returned for correction" in queue and f"/moderation/{number}" not in queue


def test_a_preview_can_be_changed(browser: FlaskClient) -> None:
    number, _author = in_screening()
    shown = preview(browser, number, verdict="return", reason=REASON)
    again = browser.post(f"/moderation/{number}/preview?lang=en", data=hidden(shown) | {"back": "1"})
    page = text(again)
    assert again.status_code == 200 and REASON in page and "checked" in page
    assert decided(number) == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "verdict"),
        ({"verdict": "burn"}, "verdict"),
        ({"verdict": "take_down", "ground": "duplicate", "reason": REASON}, "verdict"),
        ({"verdict": "refuse", "reason": REASON}, "ground"),
        ({"verdict": "refuse", "ground": "other", "reason": REASON}, "ground"),
        ({"verdict": "refuse", "ground": "duplicate", "reason": "Жоқ"}, "reason"),
        ({"verdict": "return"}, "reason"),
        ({"verdict": "return", "reason": "а" * 4001}, "reason"),
        ({"verdict": "return", "reason": REASON + "\x00"}, "reason"),
    ],
)
@pytest.mark.parametrize("step", ["preview", "decide"])
def test_an_unreasoned_decision_is_refused_at_its_field(
    browser: FlaskClient, fields: dict[str, str], field: str, step: str
) -> None:
    number, _author = in_screening()
    held = hidden(browser.get(f"/moderation/{number}"))
    answer = browser.post(f"/moderation/{number}/{step}?lang=en", data=held | fields)
    assert answer.status_code == 422 and f'href="#{field}"' in text(answer)
    assert decided(number) == [] and state_of(number) is State.SCREENING


def test_many_grounds_are_folded_by_what_they_are_about(browser: FlaskClient) -> None:
    number, _author = in_screening()
    page = text(browser.get(f"/moderation/{number}?lang=en"))
    grounds = page[page.index('<fieldset class="fieldset" id="ground"') :]
    assert grounds.count("<details") == 4 and "<details open" not in grounds and "Other grounds" not in page
    assert len(set(re.findall(r'name="ground" type="radio" value="([^"]+)"', grounds))) == 19
    chosen = text(preview(browser, number, verdict="refuse", ground="prosecution", reason="No"))
    opened = re.findall(r'<details class="details" open>\s*<summary><span>([^<]+)', chosen)
    assert opened == ["Courts, investigation and procedure (4)"]


def test_a_stale_token_and_an_old_version_decide_nothing(browser: FlaskClient) -> None:
    number, _author = in_screening()
    held = hidden(browser.get(f"/moderation/{number}")) | {"verdict": "publish"}
    for step in ("preview", "decide"):
        assert (
            browser.post(f"/moderation/{number}/{step}", data=held | {"csrf_token": "x"}).status_code == 400
        )
        old = browser.post(f"/moderation/{number}/{step}?lang=en", data=held | {"version": "1"})
        assert old.status_code == 422 and "Somebody changed this" in text(old)
    assert decided(number) == []


def test_without_a_population_publication_says_why_it_cannot_be(browser: FlaskClient) -> None:
    number, _author = in_screening()
    held = hidden(browser.get(f"/moderation/{number}")) | {"verdict": "publish"}
    with work(SYSTEM) as w:
        w.session.execute(update(AreaFigure).where(AreaFigure.area == VILLAGE).values(population=None))
    for step in ("preview", "decide"):
        answer = browser.post(f"/moderation/{number}/{step}?lang=en", data=held)
        assert answer.status_code == 422 and "the area “Ulgi village”" in text(answer)
    assert state_of(number) is State.SCREENING and petition(number).opened_at is None


def test_the_queue_has_ages_in_words_and_counts(browser: FlaskClient, clock: Clock) -> None:
    number, _author = in_screening()
    clock.now += timedelta(days=60)
    fresh, _author = in_screening()
    page = text(sign_in(browser, a_moderator()).get("/moderation/?lang=en"))
    assert page.index(f"/moderation/{number}") < page.index(f"/moderation/{fresh}")
    assert "working days late" in page and "working days left" in page
    late = text(browser.get("/moderation/?lang=en&band=late"))
    assert f"/moderation/{number}?" in late and f"/moderation/{fresh}?" not in late
    assert browser.get("/moderation/?band=nonsense").status_code == 200


def test_ones_own_petition_is_shown_but_cannot_be_opened(app: Flask, client: FlaskClient) -> None:
    judge = a_moderator()
    number, _author = in_screening(author=an_author())
    with work(SYSTEM) as w:
        from petitions.models.petition import Petition

        w.session.get_one(Petition, number).author_id = judge
    browser = sign_in(client, judge)
    assert "This is your own petition" in text(browser.get("/moderation/?lang=en"))
    assert browser.get(f"/moderation/{number}").status_code == 404
    assert browser.post(f"/moderation/{number}/decide").status_code == 404


def test_a_published_petition_is_found_by_its_number_and_taken_down(browser: FlaskClient) -> None:
    number = a_petition(State.COLLECTING, signatures=2)
    assert browser.get(f"/moderation/?petition={number}").location.startswith(f"/moderation/{number}")
    for nonsense in ("x", "", "9" * 30, "-1"):
        assert browser.get(f"/moderation/?petition={nonsense}").status_code == 200
    shown = preview(browser, number, verdict="take_down", ground="rights-and-freedoms", reason=REASON)
    assert "not shown to the public" in text(shown)
    assert browser.post(f"/moderation/{number}/decide", data=hidden(shown)).status_code == 303
    assert state_of(number) is State.TAKEN_DOWN
    assert browser.get(f"/petitions/{number}").status_code == 410


@pytest.mark.parametrize("state", [state for state in State if state is not State.DRAFT])
def test_the_case_stands_in_every_state(browser: FlaskClient, state: State) -> None:
    number = a_petition(state)
    for language in ("kk", "ru", "en"):
        assert browser.get(f"/moderation/{number}?lang={language}").status_code == 200


@pytest.mark.parametrize("path", ["/moderation/", "/moderation/1"])
def test_only_moderators_come_in(client: FlaskClient, app: Flask, path: str) -> None:
    assert client.get(path).location.startswith("/account/sign-in")
    for other in (an_author(), an_officer("kz-gov"), an_administrator()):
        assert sign_in(app.test_client(), other).get(path).status_code == 403


def test_drafts_and_what_is_not_there_are_not_found(browser: FlaskClient) -> None:
    draft = a_petition(State.DRAFT)
    for number in (draft, 99_999):
        assert browser.get(f"/moderation/{number}").status_code == 404
        assert browser.post(f"/moderation/{number}/preview").status_code == 404
