"""Mails and their links: they name no petition, live, and die."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from petitions.domain.lifecycle import State
from petitions.models.tokens import Purpose
from tests.conftest import Clock
from tests.factories import a_petition
from tests.signing import (
    change,
    closes_at,
    counts,
    hand_over,
    sign,
    signed,
    the_row,
    token_of,
)
from tests.signing_pages import (
    link_in,
    mails,
    page_of,
    send,
    text_of,
)


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_mails_name_no_petition(app: Flask, client: FlaskClient, clock: Clock, lang: str) -> None:
    title = "Кітапхана салынсын деп сұраймыз"
    petition_id = a_petition(title=title)
    for n in range(3):
        clock.now += timedelta(minutes=1)
        send(client, f"{page_of(petition_id)}?lang={lang}")
        if n == 0:
            client.post(link_in(mails(app)[0]))
    letters = mails(app)
    for mail in letters:
        assert title not in text_of(mail) and "/petitions/" not in text_of(mail)
        assert f"petition {petition_id}" not in text_of(mail).lower()
        assert mail["Content-Language"] == lang
        assert mail["To"] == "daniyar@mail.example"
    assert len({mail["Subject"] for mail in letters}) == 1
    assert sorted(link_in(mail).split("/")[2] for mail in letters) == ["confirm", "manage", "manage"]


@pytest.mark.parametrize("path", ["/signatures/confirm/", "/signatures/manage/", "/unsubscribe/"])
def test_unknown_and_foreign_tokens_are_404(client: FlaskClient, path: str) -> None:
    row = signed(a_petition())
    foreign = {
        "/signatures/confirm/": Purpose.MANAGE,
        "/signatures/manage/": Purpose.CONFIRM,
        "/unsubscribe/": Purpose.MANAGE,
    }
    tampered = token_of(row, Purpose.MANAGE)[:-3] + "abc"
    for token in ("x", "ж", "A" * 3000, tampered, token_of(row, foreign[path])):
        assert client.get(path + token).status_code == 404
        assert client.post(path + token, data={"action": "withdraw"}).status_code == 404
    assert counts(row.petition_id) == {"counted": 1}


def test_expired_and_superseded_links_are_410(client: FlaskClient, clock: Clock) -> None:
    petition_id = a_petition()
    sign(petition_id)
    first = token_of(the_row(petition_id))
    sign(petition_id)
    second = token_of(the_row(petition_id))
    assert client.get(f"/signatures/confirm/{first}").status_code == 410
    assert client.post(f"/signatures/confirm/{first}").status_code == 410
    clock.now += timedelta(days=7)
    assert client.get(f"/signatures/confirm/{second}").status_code == 410
    assert client.post(f"/signatures/confirm/{second}").status_code == 410
    assert counts(petition_id) == {"pending": 1}


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_after_the_grace_a_confirmation_is_410(client: FlaskClient, clock: Clock, lang: str) -> None:
    petition_id = a_petition()
    clock.now = closes_at(petition_id)
    sign(petition_id)
    link = f"/signatures/confirm/{token_of(the_row(petition_id))}?lang={lang}"
    assert client.get(link).status_code == 200
    clock.now += timedelta(hours=25)
    assert (client.get(link).status_code, client.post(link).status_code) == (410, 410)


def test_a_confirmation_for_an_ended_petition_is_410(client: FlaskClient) -> None:
    petition_id = a_petition()
    sign(petition_id)
    change(petition_id, lambda w: {"state": State.WITHDRAWN, "ended_at": w.now})
    link = f"/signatures/confirm/{token_of(the_row(petition_id))}"
    assert (client.get(link).status_code, client.post(link).status_code) == (410, 410)


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@pytest.mark.parametrize("handed", [False, True])
def test_the_confirmed_page_says_what_is_next(client: FlaskClient, lang: str, handed: bool) -> None:
    petition_id = a_petition()
    sign(petition_id)
    if handed:
        hand_over(petition_id)
    html = client.post(f"/signatures/confirm/{token_of(the_row(petition_id))}?lang={lang}").text
    assert {"kk": "Үлгі ауылының әкімдігі", "ru": "Акимат села Улги", "en": "Akimat of Ulgi village"}[
        lang
    ] in html
    assert f"http://localhost/petitions/{petition_id}" in html
    assert html.index("/signatures/manage/") < html.index("share-address")
