"""Rulebooks, the calculator, the explainer of terms and the choice of a language, through HTTP."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from petitions.domain.lifecycle import State
from petitions.web.language import safe_next
from petitions.web.reading_words import formula_words
from tests.factories import a_petition

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def text_of(client: FlaskClient, path: str, language: str = "en", status: int = 200) -> str:
    response = client.get(path, headers={"Accept-Language": language})
    assert response.status_code == status, path
    return response.get_data(as_text=True)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("path", ["/rules", "/rules/kz-2026", "/rules/kz-reform", "/language"])
def test_rules_can_be_read_in_every_language(client: FlaskClient, path: str, language: str) -> None:
    assert f'<html lang="{language}">' in text_of(client, path, language)


def test_a_rulebook_shows_each_number_with_article_and_mark(client: FlaskClient) -> None:
    text = text_of(client, "/rules/kz-2026")
    for words in (
        "the same for everybody: 50,000",
        "90-3(4)",
        "rule of the platform",
        "Saturday",
        "electronic digital",
    ):
        assert words in text
    assert "The author is anonymous" in text_of(client, "/rules/kz-reform")


def test_an_unknown_rulebook_is_not_there(client: FlaskClient) -> None:
    text_of(client, "/rules/kz-1920", status=404)


def test_the_calculator_sets_both_rulebooks_side_by_side(client: FlaskClient) -> None:
    text = text_of(client, "/rules/kz-2026?authority=akimat-75&start=2026-02-02")
    assert "The law in force" in text
    assert "The reform that was proposed" in text
    # 1 % and 0.25 % of the residents of Almaty on 1 January 2026, rounded up.
    counts = re.search(r'<th scope="row">Threshold</th><td>([\d,]+)</td><td>([\d,]+)</td>', text)
    assert counts is not None
    law, reform = (int(found.replace(",", "")) for found in counts.groups())
    assert abs(law - 4 * reform) <= 4


def test_the_calculator_takes_a_place_that_is_described(client: FlaskClient) -> None:
    text = text_of(client, "/rules?kind=village&branch=executive&population=400&start=2026-12-20")
    assert '<th scope="row">Threshold</th><td>20</td><td>15</td>' in text
    assert "New Year" in text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("authority=nobody", "There is no such authority"),
        ("authority=&kind=", "Choose an authority, or a kind of place"),
        ("kind=planet", "No rulebook knows such a place"),
        ("kind=village&branch=secret&population=1", "Choose a branch"),
        ("kind=village&population=-5", "whole number"),
        ("kind=village&population=1e9", "whole number"),
        ("kind=village&population=99999999999999999999", "whole number"),
        ("kind=village&population=9999999999", "so many people"),
        ("kind=village&population=0", "so many people"),
        ("kind=village&population=", "needs this number"),
        ("kind=village&population=400&start=1850-01-01", "calendar of days off is known"),
        ("kind=village&population=400&start=9999-12-31", "calendar of days off is known"),
        ("kind=village&population=400&start=2026-02-30", "year-month-day"),
        ("kind=village&population=400&start=soon", "year-month-day"),
    ],
)
def test_the_calculator_says_what_is_wrong_at_the_field(
    client: FlaskClient, query: str, message: str
) -> None:
    text = text_of(client, f"/rules/kz-2026?{query}", status=422)
    assert message in text
    assert "<title>Error:" in text


def test_formulas_become_words(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert formula_words("0.25 % of population, ceil, floor 1000, cap 50000") == (
            "0.25 % of the residents, rounded up, at least 1,000, at most 50,000"
        )
        assert formula_words("5 % of electorate up to 50000, else 2500, round") == (
            "5 % of the voters where there are up to 50,000, above that 2,500, rounded to the nearest"
        )
        assert formula_words("total 100, and in at least 3 areas: 720 times seats, ceil") == (
            "100 in all, and in at least 3 areas: 720 times seats, rounded up"
        )
        assert formula_words("something new") == "something new"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_term_is_explained_day_by_day(client: FlaskClient, language: str) -> None:
    petition = a_petition(State.UNDER_REVIEW)
    terms = client.get(f"/api/v1/petitions/{petition}").get_json()["terms"]
    answer = next(term for term in terms if term["kind"] == "answer")
    text = text_of(client, f"/terms/{answer['id']}", language)
    assert answer["due_on"] in text
    assert f"/petitions/{petition}" in text
    if language == "en":
        assert "Saturday, November 28, 2026" in text
        assert "Independence Day" in text
        assert "Akimat of Ulgi village" in text


def test_terms_follow_their_petition(client: FlaskClient) -> None:
    a_petition(State.SCREENING)
    text_of(client, "/terms/1", status=404)
    text_of(client, "/terms/77777", status=404)
    a_petition(State.TAKEN_DOWN)
    text_of(client, "/terms/3", status=410)


def test_the_choice_of_a_language_sets_one_cookie(client: FlaskClient) -> None:
    page = client.get("/language?next=/petitions%3Fstate%3Danswered%26lang%3Den")
    token = TOKEN.search(page.get_data(as_text=True))
    assert token is not None
    sent = {"language": "ru", "next": "/petitions?state=answered&lang=en", "csrf_token": token.group(1)}
    response = client.post("/language", data=sent)
    assert response.status_code == 303
    assert response.headers["Location"] == "/petitions?state=answered"
    cookie = next(line for line in response.headers.getlist("Set-Cookie") if line.startswith("lang="))
    assert "ru" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert '<html lang="ru">' in client.get("/petitions").get_data(as_text=True)


def test_the_choice_of_a_language_needs_its_token_and_a_known_language(client: FlaskClient) -> None:
    assert client.post("/language", data={"language": "ru"}).status_code == 400
    token = TOKEN.search(client.get("/language").get_data(as_text=True))
    assert token is not None
    assert client.post("/language", data={"language": "xx", "csrf_token": token.group(1)}).status_code == 422
    assert client.post("/language", data={"csrf_token": token.group(1)}).status_code == 422


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil",
        "/a\nb",
        "evil",
        "",
        "javascript:x",
        "//[",
        "/\tevil",
    ],
)
def test_nobody_is_led_off_the_site(app: Flask, target: str) -> None:
    with app.test_request_context():
        assert safe_next(target) == "/"


def test_forms_sent_by_get_keep_the_language_that_was_asked_for(client: FlaskClient) -> None:
    for address in ("/", "/petitions", "/authorities", "/rules", "/rules/kz-2026"):
        asked = client.get(f"{address}?lang=ru").get_data(as_text=True)
        assert asked.count('method="get"') == asked.count('<input type="hidden" name="lang" value="ru">') > 0
        assert 'name="lang"' not in client.get(address).get_data(as_text=True)
