"""Small comforts: what happens next after an act, dates that say more, keys, the count before the text."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from petitions.domain.lifecycle import State
from petitions.web.desk_words import DONE
from tests.cases import registered, waiting
from tests.conftest import Clock
from tests.factories import a_moderator, a_petition, an_officer, sign_in
from tools.screens import SCREENS

NEXT = "What happens next"


def page(client: FlaskClient, path: str) -> str:
    """A page in English, in one line."""
    response = client.get(path, headers={"Accept-Language": "en"})
    assert response.status_code == 200, path
    return " ".join(response.get_data(as_text=True).split())


def test_every_act_of_the_desk_is_followed_by_what_happens_next(client: FlaskClient) -> None:
    case = waiting()
    registered(case)
    sign_in(client, an_officer(language="en"))
    assert NEXT not in page(client, f"/desk/{case}")
    for act in DONE:
        text = page(client, f"/desk/{case}?done={act}")
        assert 'role="alert"' in text, act
        assert NEXT in text, act


def test_a_decision_of_a_moderator_is_followed_by_what_happens_next(client: FlaskClient) -> None:
    sign_in(client, a_moderator())
    assert NEXT not in page(client, "/moderation/")
    assert NEXT in page(client, "/moderation/?done=1")


@pytest.mark.parametrize("path", ["/desk/", "/moderation/"])
def test_lists_of_work_explain_the_keys_of_their_list(client: FlaskClient, path: str) -> None:
    a_petition(State.SCREENING)
    waiting()
    sign_in(client, an_officer(language="en") if path == "/desk/" else a_moderator())
    text = page(client, path)
    named = re.search(r'<details class="[^"]*" hidden data-shortcuts="(\w+)">', text)
    assert named, "the help is hidden until script shows it"
    assert f'id="{named[1]}"' in text
    assert re.search(r"<a [^>]*data-item>", text)
    assert {"J", "K", "Enter", "S", "?"} == set(re.findall(r"<kbd>(.+?)</kbd>", text))


def test_dates_say_their_weekday_and_their_exact_day(client: FlaskClient, clock: Clock) -> None:
    petition = a_petition(State.UNDER_REVIEW)
    times = re.findall(r"<time([^>]*)>([^<]+)</time>", page(client, f"/petitions/{petition}"))
    assert times
    for attributes, words in times:
        assert re.search(r'datetime="\d{4}-\d\d-\d\d', attributes), words
        assert re.search(r'title="(\w+day, |\d{4}-\d\d-\d\dT)', attributes), words


def test_the_button_stands_before_the_text_and_the_numbers_of_today_on_the_front_page(
    client: FlaskClient,
) -> None:
    petition = a_petition(signatures=3)
    a_petition(State.ANSWERED)
    text = page(client, f"/petitions/{petition}")
    assert text.index("3 of 20 signatures") < text.index("17 more signatures are needed")
    assert text.index(f'href="/petitions/{petition}/sign"') < text.index('id="text-title"')
    front = re.findall(r'glance__number">([\d,]+)</strong> <span>([^<]+)<', page(client, "/"))
    assert front == [
        ("1", "Collecting signatures"),
        ("0", "Waiting for an answer"),
        ("0", "Answer overdue"),
        ("1", "Answered"),
    ]


def test_every_picture_has_a_name_of_its_own_and_an_address_that_is_there(app: Flask) -> None:
    addresses = app.url_map.bind("localhost")
    assert len({screen.name for screen in SCREENS}) == len(SCREENS)
    for screen in SCREENS:
        if screen.name != "not-found":
            assert addresses.match(screen.address.split("?")[0]), screen.name


def test_what_is_sent_says_so_when_it_takes_long(client: FlaskClient) -> None:
    petition = a_petition()
    text = page(client, f"/petitions/{petition}/sign")
    assert re.search(r'<form [^>]*method="post"[^>]* data-busy="Being sent', text)
