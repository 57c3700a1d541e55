"""A petition that is open for 21 months: signing ends with the keys, in plain words, and its author knows before."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.work import SYSTEM, work
from petitions.domain.eligibility import signing_closed_because, signing_limit
from petitions.domain.lifecycle import State
from petitions.services.petition_keys import KeyName, destroy_key
from petitions.services.retention import run_retention
from tests.conftest import Clock
from tests.factories import a_petition, an_author, sign_in
from tests.signing import change, counts, signed
from tests.signing_pages import csrf, page_of, send

OPENED = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LIMIT = datetime(2028, 8, 23, 5, 0, tzinfo=UTC)
FORM = {"full_name": "Дана Сынаққызы", "email": "dana@mail.example", "consent": "y"}


def stopped(state: State = State.COLLECTING, **more: int) -> int:
    """A petition whose window is held by a stop of the clocks: it has no last day of its own."""
    petition = a_petition(state, **more)
    change(petition, lambda w: {"closes_at": None})
    return petition


@pytest.mark.parametrize("state", [State.COLLECTING, State.UNDER_REVIEW])
def test_the_limit_to_the_second(state: State) -> None:
    known = {"frozen": False, "opened_at": OPENED}
    assert signing_limit(OPENED) == LIMIT
    before = LIMIT - timedelta(seconds=1)
    assert signing_closed_because(state, None, before, **known) is None
    assert signing_closed_because(state, None, LIMIT, **known) == "data-limit"
    assert signing_closed_because(state, None, LIMIT, frozen=True, opened_at=OPENED) == "data-limit"
    assert signing_closed_because(state, OPENED, LIMIT, **known) == "closed"
    assert (
        signing_closed_because(state, None, before, frozen=False, opened_at=OPENED, keyless=True)
        == "data-limit"
    )


@pytest.mark.postgres_too
@pytest.mark.parametrize("destroyed", [False, True], ids=["before the job", "after the job"])
def test_signing_says_why_it_has_ended(
    app: Flask, client: FlaskClient, clock: Clock, key_file, destroyed: bool
) -> None:
    """Page and form 200, a post 409, the API closed with its reason; nothing of it depends on the job's hour."""
    petition = stopped(signatures=12)
    signed(petition)
    page, api = f"/petitions/{petition}", f"/api/v1/petitions/{petition}"
    assert client.get(api).json["signing"] == {"open": True, "reason": None}
    token = csrf(client.get(page_of(petition)).text)
    clock.now = LIMIT
    if destroyed:
        assert run_retention().done
    assert client.get(api).json["signing"] == {"open": False, "reason": "data-limit"}
    for language in ("kk", "ru", "en"):
        shown = client.get(f"{page}?lang={language}")
        assert shown.status_code == 200 and f'href="{page_of(petition)}' not in shown.text
    assert "nobody&#39;s data are kept longer than 21 months" in shown.text
    form = client.get(f"{page_of(petition)}?lang=en")
    assert form.status_code == 200 and 'name="full_name"' not in form.text
    assert "Signing has ended, although the petition itself goes on." in form.text
    assert "23 August 2028" in form.text
    posted = client.post(page_of(petition), data={**FORM, "area": "750000000", "csrf_token": token})
    assert posted.status_code == 409 and "dana@mail" not in posted.text
    assert counts(petition)["counted"] == 13


def test_destroyed_keys_close_signing_by_themselves(app: Flask, client: FlaskClient) -> None:
    """After a restore the destructions are replayed: a petition may be open and have no key."""
    petition = a_petition()
    with work(SYSTEM) as w:
        destroy_key(w, petition, KeyName.CONTACT)
    assert client.get(f"/api/v1/petitions/{petition}").json["signing"]["reason"] == "data-limit"
    assert client.get(page_of(petition)).status_code == 200
    listed = client.get("/api/v1/petitions").json["items"]
    assert [row["signing"]["open"] for row in listed] == [False]


def test_the_author_is_told_before(app: Flask, client: FlaskClient, clock: Clock) -> None:
    """The author's page names the day as soon as the window has no earlier one, and never otherwise."""
    author = an_author()
    browser = sign_in(client, author)
    usual, held = a_petition(author=author), stopped(author=author)
    late = a_petition(author=author)
    change(late, lambda w: {"closes_at": LIMIT + timedelta(days=1)})
    said = "Signing has its own last day"
    assert said not in browser.get(f"/petitions/{usual}/mine?lang=en").text
    for petition in (held, late):
        shown = browser.get(f"/petitions/{petition}/mine?lang=en").text
        assert said in shown and "23 August 2028" in shown
    ended = a_petition(State.LAPSED, author=author)
    assert said not in browser.get(f"/petitions/{ended}/mine?lang=en").text


def test_a_day_before_it_is_still_open(app: Flask, client: FlaskClient, clock: Clock) -> None:
    petition = stopped()
    clock.now = LIMIT - timedelta(seconds=1)
    assert send(client, page_of(petition)).status_code == 303
