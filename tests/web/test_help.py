"""The help pages: each in each language, with links that are alive and numbers that are the rulebook's."""

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from petitions.domain.keeping import TERMS, Kept
from petitions.domain.lifecycle import State
from petitions.rulebooks import load_rulebook
from petitions.web.help import MENU, PAGES
from tests.conftest import START, Clock, make_app
from tests.factories import a_petition, an_author, an_officer, sign_in

ROOT = Path(__file__).parents[2]
LANGUAGES = ("kk", "ru", "en")
TAGS = re.compile(r"<[^>]+>")
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
LINKS = re.compile(r'href="([^"]+)"')
# Names of standards, programs and keys, addresses, and the texts that are marked as English.
NOT_WORDS = re.compile(
    r'<span lang="en">.*?</span>|<kbd>.*?</kbd>|\bJavaScript\b|\bDauys\b|[\w.+-]+@[\w.-]+', re.DOTALL
)


def main_of(client: FlaskClient, path: str, language: str) -> str:
    response = client.get(path, headers={"Accept-Language": language})
    assert response.status_code == 200, path
    text = response.get_data(as_text=True)
    assert f'<html lang="{language}">' in text
    found = MAIN.search(text)
    assert found is not None
    return found.group()


def words_of(html: str) -> str:
    """The text that a reader sees, in one line."""
    return " ".join(unescape(TAGS.sub(" ", html)).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["", *PAGES])
def test_each_page_is_there_in_each_language(client: FlaskClient, name: str, language: str) -> None:
    text = main_of(client, f"/help/{name}", language)
    assert len(words_of(text)) > 300
    assert len(set(re.findall(r'href="(/help/\w*)"', text))) >= len(MENU) - 1


def test_every_language_has_a_template_of_every_page() -> None:
    for language in LANGUAGES:
        found = {path.stem for path in (ROOT / "templates/help" / language).glob("*.html")}
        assert found == {*PAGES, "_names"}


def test_the_languages_say_the_same_under_the_same_headings(client: FlaskClient) -> None:
    for name in PAGES:
        pages = [main_of(client, f"/help/{name}", language) for language in LANGUAGES]
        assert len({tuple(re.findall(r'<h2 id="(\w+)"', text)) for text in pages}) == 1, name
        assert len({tuple(sorted(LINKS.findall(text))) for text in pages}) == 1, name
        assert len({text.count("<li") for text in pages}) == 1, name


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("name", ["", *PAGES])
def test_no_english_is_left(client: FlaskClient, name: str, language: str) -> None:
    text = words_of(NOT_WORDS.sub(" ", main_of(client, f"/help/{name}", language)))
    assert re.findall(r"[A-Za-z]{3,}", text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_is_alive(client: FlaskClient, language: str) -> None:
    seen = {"": main_of(client, "/help/", language)}
    seen |= {name: main_of(client, f"/help/{name}", language) for name in PAGES}
    for name, text in seen.items():
        for link in set(LINKS.findall(text)):
            parts = urlsplit(unescape(link))
            if parts.scheme == "mailto" or not parts.path:
                continue
            answer = client.get(parts.path, headers={"Accept-Language": language})
            assert answer.status_code in {200, 302, 303}, f"{name}: {link}"
            if parts.fragment:
                assert f'id="{parts.fragment}"' in answer.get_data(as_text=True), f"{name}: {link}"


def test_the_chosen_language_stays_in_the_links(client: FlaskClient) -> None:
    text = client.get("/help/sign?lang=ru").get_data(as_text=True)
    assert '<html lang="ru">' in text
    found = MAIN.search(text)
    assert found is not None
    assert [link for link in LINKS.findall(found.group()) if link[0] == "/" and "lang=ru" not in link] == []


def test_pages_are_cached_and_set_no_cookie(client: FlaskClient) -> None:
    for name in ("", *PAGES):
        response = client.get(f"/help/{name}")
        assert response.headers["Cache-Control"].startswith("public")
        assert "Set-Cookie" not in response.headers


def test_a_page_that_there_is_not(client: FlaskClient) -> None:
    assert client.get("/help/nothing").status_code == 404


def under(tmp_path: Path, rulebook: str, **changes: Any) -> FlaskClient:
    folder = ROOT / "rulebooks" / rulebook
    made = make_app(tmp_path, f"sqlite:///{tmp_path / 'help.db'}", Clock(), rulebook=folder, **changes)
    return made.test_client()


@pytest.mark.parametrize("rulebook", ["kz-2026", "kz-reform"])
def test_numbers_are_those_of_the_rulebook(tmp_path: Path, rulebook: str) -> None:
    client = under(tmp_path, rulebook)
    book = load_rulebook(ROOT / "rulebooks" / rulebook).rulebook
    text = words_of(main_of(client, "/help/next", "en"))
    answers = sorted({tier.response.answer.n for tier in book.tiers})
    needed = sorted({tier.startup.signatures for tier in book.tiers if tier.startup})
    windows = sorted({tier.collection.window.n for tier in book.tiers})
    assert f"time for its answer: {_range(answers)} working days" in text
    assert f"Needed: {_range(needed)}." in text
    assert re.search(rf"sign\. Time: {_range(windows)} (months|calendar days)", text)
    for tier in book.tiers:
        assert f"Time for the answer: {tier.response.answer.n} working days." in text
    write = words_of(main_of(client, "/help/write", "en"))
    for ground in book.grounds:
        assert ground.title["en"] in write


def _range(numbers: list[int]) -> str:
    return f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else f"{numbers[0]}"


def test_what_follows_from_the_rules_is_said_as_they_say_it(tmp_path: Path) -> None:
    law = under(tmp_path / "law", "kz-2026")
    reform = under(tmp_path / "reform", "kz-reform")
    said = {
        "no extension": ("/help/authorities", "know no extension", law, reform),
        "extension": ("/help/authorities", "Extend your time", reform, law),
        "silence publishes": ("/help/write", "in silence, the petition is published", reform, law),
        "silence is told": ("/help/write", "goes to those above the moderator", law, reform),
        "residents": ("/help/sign", "only people who live in its area", reform, law),
        "everybody": ("/help/sign", "wherever they live", law, reform),
        "proposal": ("/help/next", "a proposal, not law", reform, law),
        "gap": ("/help/sign", "electronic digital signature", law, reform),
    }
    for name, (path, words, where, not_where) in said.items():
        assert words in words_of(main_of(where, path, "en")), name
        assert words not in words_of(main_of(not_where, path, "en")) or name == "proposal", name


@pytest.mark.parametrize(("language", "words"), [("kk", "{} күн"), ("ru", "{} дней"), ("en", "{} days")])
def test_the_link_of_the_letter_is_as_good_as_it_is_kept(
    client: FlaskClient, language: str, words: str
) -> None:
    kept = words.format(TERMS[Kept.UNCONFIRMED].length.n)
    for name in ("sign", "easy"):
        assert kept in words_of(main_of(client, f"/help/{name}", language))


def test_the_second_person_is_said_as_it_is_set(tmp_path: Path) -> None:
    both = words_of(main_of(under(tmp_path / "two", "kz-2026"), "/help/sign", "en"))
    alone = words_of(main_of(under(tmp_path / "one", "kz-2026", four_eyes="off"), "/help/sign", "en"))
    assert "second person agrees" in both
    assert "second person agrees" not in alone


def test_the_statement_names_the_standard_the_contact_and_a_day(client: FlaskClient) -> None:
    text = main_of(client, "/help/accessibility", "en")
    assert "WCAG 2.2, level AA" in text
    assert 'href="mailto:controller@dauys.example"' in text
    day = re.search(r'<time datetime="([\d-]+)"', text)
    assert day is not None
    assert day.group(1) <= START.date().isoformat()


def test_easy_sentences_are_short(client: FlaskClient) -> None:
    for language in LANGUAGES:
        text = main_of(client, "/help/easy", language)
        for sentence in re.findall(r"<p>(.*?)</p>", text, re.DOTALL):
            said = words_of(sentence)
            assert len(said.split()) <= 11, said
            assert len(re.findall(r"[.?!](?= )", said)) == 0, said


def test_people_are_led_to_help_from_where_they_need_it(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        open_id, over_id, gone_id = (
            a_petition(state, signatures=12) for state in (State.COLLECTING, State.LAPSED, State.TAKEN_DOWN)
        )
    wanted = {
        "/": "/help/",
        f"/petitions/{open_id}/sign": "/help/sign",
        f"/petitions/{over_id}": "/help/next",
        f"/petitions/{over_id}/sign": "/help/next",
        f"/petitions/{gone_id}": "/help/next#other",
        "/nowhere": "/help/",
        "/signatures/confirm/nothing": "/help/",
    }
    for path, link in wanted.items():
        assert f'href="{link}"' in client.get(path).get_data(as_text=True), path


@pytest.mark.parametrize("status", [404, 410, 429, 503])
def test_a_page_of_an_error_leads_to_help(app: Flask, status: int) -> None:
    with app.test_request_context("/?lang=ru"):
        text = render_template(f"errors/{status}.html", status=status)
    assert re.search(r'<main.*href="/help/\?lang=ru".*</main>', text, re.DOTALL)


def test_authors_and_officers_are_led_to_their_pages(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        a_petition(State.DRAFT)
        author, officer = an_author(), an_officer()
    assert 'href="/help/write"' in sign_in(client, author).get("/petitions/new").get_data(as_text=True)
    other = app.test_client()
    assert 'href="/help/authorities"' in sign_in(other, officer).get("/desk/").get_data(as_text=True)
