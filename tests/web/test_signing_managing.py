"""Managing a signature by its link, the end of mails, the notice, and what nobody may see."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.work import reading
from petitions.models.tokens import LASTING, Purpose, sign_token
from petitions.services.managing import withdraw_signature
from petitions.services.signing import new_id
from tests.conftest import Clock
from tests.factories import ALMATY, VILLAGE, a_petition, an_author
from tests.signing import (
    act,
    confirm,
    counts,
    rows,
    sign,
    signed,
    the_row,
    token_of,
)
from tests.signing_pages import (
    dump,
    manage_url,
    page_of,
    send,
)


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_managing_looks_the_same_after_a_withdrawal(client: FlaskClient, clock: Clock, lang: str) -> None:
    petition_id = a_petition()
    signed(petition_id, updates=True)
    url = f"{manage_url(petition_id)}?lang={lang}"
    before, data = client.get(url).data, client.get(f"{url}&format=json").json
    confirm_url = f"/signatures/confirm/{token_of(the_row(petition_id))}"
    confirmed = client.post(confirm_url).data
    assert client.post(url, data={"action": "withdraw"}).status_code == 200
    assert client.post(url, data={"action": "withdraw"}).status_code == 200
    assert client.get(url).data == before
    assert client.get(f"{url}&format=json").json == data
    assert client.post(confirm_url).data == confirmed
    assert counts(petition_id) == {"withdrawn": 1}
    clock.now += timedelta(days=7)
    for gone in (client.get(url), client.post(url, data={"action": "withdraw"})):
        assert gone.status_code == 410


def test_the_data_are_those_of_the_page(client: FlaskClient, clock: Clock) -> None:
    petition_id = a_petition()
    signed(petition_id, "Daniyar@mail.example")
    data = client.get(f"{manage_url(petition_id)}?format=json").json
    assert data is not None
    assert data["full_name"] == "Данияр Сынақұлы" and data["email"] == "Daniyar@mail.example"
    assert data["area"] == ALMATY and data["updates"] is False and data["notice"] == "2026-11-1"
    assert data["consent_at"] == f"{clock.now:%Y-%m-%dT%H:%M:%SZ}"


def test_erasing_ends_the_page(client: FlaskClient) -> None:
    petition_id = a_petition()
    signed(petition_id)
    url = manage_url(petition_id)
    assert client.post(url, data={"action": "erase"}).status_code == 200
    assert client.get(url).status_code == 410
    assert counts(petition_id) == {"withdrawn": 1}


def test_news_and_corrections(client: FlaskClient) -> None:
    petition_id = a_petition()
    signed(petition_id)
    url = manage_url(petition_id)
    for action, wanted in (("updates_on", True), ("updates_on", True), ("updates_off", False)):
        answer = client.post(url, data={"action": action})
        assert (answer.status_code, answer.location) == (303, url)
        assert the_row(petition_id).updates is wanted
    good = {"action": "correct", "full_name": "Данияр Т. Сынақұлы", "area": VILLAGE}
    assert client.post(url, data=good).status_code == 303
    assert "Данияр Т. Сынақұлы" in client.get(url).text
    for changes in ({"full_name": "Данияр"}, {"area": "nowhere"}, {"full_name": "<b> x"}):
        answer = client.post(url, data={**good, **changes})
        assert answer.status_code == 422
        assert f'href="#{next(iter(changes))}"' in answer.text
    assert client.post(url, data={"action": "sing"}).status_code == 422
    assert client.post(url).status_code == 422


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_unsubscribing_takes_a_button_or_a_mail_program(client: FlaskClient, lang: str) -> None:
    petition_id = a_petition()
    row = signed(petition_id, updates=True)
    url = f"/unsubscribe/{token_of(row, Purpose.UNSUBSCRIBE)}?lang={lang}"
    assert client.get(url).status_code == 200
    assert the_row(petition_id).updates
    for _ in range(2):
        assert client.post(url, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not the_row(petition_id).updates


def test_an_author_s_mails_end_at_the_same_address(client: FlaskClient) -> None:
    petition_id, author = a_petition(), an_author()
    with reading() as w:
        token = sign_token(w, Purpose.MUTE, petition_id, author, 0, w.now + LASTING)
    assert client.get(f"/unsubscribe/{token}").status_code == 200
    assert client.post(f"/unsubscribe/{token}").status_code == 200


def test_ids_are_never_shown(client: FlaskClient, clock: Clock) -> None:
    petition_id = a_petition()
    row = signed(petition_id)
    assert str(row.id) not in client.get(manage_url(petition_id)).text
    assert new_id(clock.now) != row.id


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_the_notice_and_its_version(client: FlaskClient, lang: str) -> None:
    for path in ("/privacy", "/privacy/2026-11-1"):
        shown = client.get(f"{path}?lang={lang}")
        assert shown.status_code == 200 and "Сәуле Үлгіева" in shown.text and "2026-11-1" in shown.text
        assert "Set-Cookie" not in shown.headers and "public" in shown.headers["Cache-Control"]
    assert client.get("/privacy/1999-1-1").status_code == 404


def test_no_get_changes_anything(app: Flask, client: FlaskClient) -> None:
    petition_id = a_petition()
    row = signed(petition_id)
    sign(petition_id, "other@mail.example")
    pending = next(one for one in rows(petition_id) if one.id != row.id)
    paths = [page_of(petition_id), f"{page_of(petition_id)}/sent", "/privacy", "/privacy/2026-11-1"]
    paths += [f"/signatures/confirm/{token_of(one)}" for one in (row, pending)]
    paths += [
        f"/signatures/manage/{token_of(row, Purpose.MANAGE)}",
        f"/unsubscribe/{token_of(row, Purpose.UNSUBSCRIBE)}",
    ]
    before = dump(app)
    for path in paths:
        assert client.get(path).status_code == client.head(path).status_code == 200
    assert dump(app) == before


def test_nothing_in_the_database_names_a_signer(app: Flask, client: FlaskClient) -> None:
    petition_id = a_petition()
    canary = {"full_name": "Канарейка Үлгібаева", "email": "canary.ulgi@gmail.com"}
    send(client, page_of(petition_id), **canary)
    confirm(the_row(petition_id))
    send(client, page_of(petition_id), **canary)
    act(withdraw_signature, the_row(petition_id))
    everything = dump(app)
    for word in ("Канарейка", "Үлгібаева", "canary.ulgi", "canaryulgi", "canary"):
        assert word not in everything and word.encode().hex() not in everything
