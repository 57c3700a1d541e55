"""The form of signing: the same answer for all, input kept, and closed where it must be."""

import gzip
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.config import Controller
from core.switches import Switch, turn
from core.work import SYSTEM, work
from petitions.domain.lifecycle import State
from petitions.models.signature import Signature, SignatureState
from petitions.services import tally
from tests.conftest import Clock
from tests.factories import ALMATY, VILLAGE, a_petition, an_account, an_author, sign_in
from tests.signing import (
    closes_at,
    confirm,
    counts,
    rows,
    signed,
    the_row,
)
from tests.signing_pages import (
    FORM,
    csrf,
    link_in,
    mails,
    page_of,
    send,
)


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_the_notice_stands_before_the_button(client: FlaskClient, lang: str) -> None:
    html = client.get(f"{page_of(a_petition())}?lang={lang}").text
    form = html[html.index("<form action") :]
    for said in ("Сәуле Үлгіева", "controller@dauys.example", "/privacy/2026-11-1"):
        assert said in form[: form.index("<button")], said
    assert f'<html lang="{lang}">' in html


def test_the_form_has_the_contract_s_fields(client: FlaskClient) -> None:
    html = client.get(page_of(a_petition())).text
    form = html[html.index("<form action") : html.index("</form>")]
    names = set(re.findall(r'name="(\w+)"', form))
    assert names == {"full_name", "email", "area", "consent", "updates", "csrf_token"}
    assert re.search(r'name="consent" type="checkbox" value="y"', form)
    assert "checked" not in form


def test_a_signature_from_the_form_to_the_count(app: Flask, client: FlaskClient) -> None:
    petition_id = a_petition()
    answer = send(client, page_of(petition_id), area=VILLAGE, updates="y")
    assert (answer.status_code, answer.location) == (303, f"/petitions/{petition_id}/sign/sent")
    assert client.get(answer.location).status_code == 200
    (mail,) = mails(app)
    link = link_in(mail)
    for _ in range(2):
        shown = client.get(link)
        assert shown.status_code == 200 and shown.text.count("<form") == 1
        assert client.head(link).status_code == 200
    assert counts(petition_id) == {"pending": 1}
    first = client.post(link)
    assert first.status_code == 200 and "/signatures/manage/" in first.text
    again = client.post(link)
    assert again.status_code == 200 and "/signatures/manage/" not in again.text
    assert client.get(link).status_code == 200
    assert counts(petition_id) == {"counted": 1, "residents": 1}
    assert the_row(petition_id).updates


def test_new_repeated_limited_and_blocked_look_alike(app: Flask, client: FlaskClient, clock: Clock) -> None:
    petition_id = a_petition()
    fresh = send(client, page_of(petition_id))
    pending = send(client, page_of(petition_id))
    confirm(the_row(petition_id))
    counted = send(client, page_of(petition_id))
    limited = send(client, page_of(petition_id), full_name="Біреу Басқа")
    set_aside = signed(petition_id, "other@mail.example")
    with work(SYSTEM) as w:
        w.session.get_one(Signature, (petition_id, set_aside.id)).state = SignatureState.QUARANTINED
        tally.add(w, petition_id, counted=-1, quarantined=1)
    blocked = send(client, page_of(petition_id), email="other@mail.example")
    answers = [fresh, pending, counted, limited, blocked]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.data for answer in answers}) == 1
    silent = {"X-Request-Id"}
    heads = {tuple((k, v if k not in silent else len(v)) for k, v in answer.headers) for answer in answers}
    assert len(heads) == 1


BAD = [
    ({"full_name": ""}, "full_name"),
    ({"full_name": "   "}, "full_name"),
    ({"full_name": "Данияр"}, "full_name"),
    ({"full_name": "Д Ү" * 100}, "full_name"),
    ({"full_name": "Данияр 1"}, "full_name"),
    ({"full_name": "Данияр\x07 Сынақұлы"}, "full_name"),
    ({"full_name": "Данияр \u202eСынақұлы"}, "full_name"),
    ({"email": ""}, "email"),
    ({"email": "daniyar"}, "email"),
    ({"email": "daniyar@mail.example\r\nBcc: x@mail.example"}, "email"),
    ({"email": "a" * 300 + "@mail.example"}, "email"),
    ({"email": "d\x00@mail.example"}, "email"),
    ({"area": ""}, "area"),
    ({"area": "000000000"}, "area"),
    ({"area": "nowhere"}, "area"),
    ({"area": None}, "area"),
    ({"consent": None}, "consent"),
    ({"consent": ""}, "consent"),
    ({"consent": "n"}, "consent"),
    ({"consent": "false"}, "consent"),
]


@pytest.mark.parametrize(("changes", "field"), BAD)
def test_bad_input_is_told_at_its_field(client: FlaskClient, changes: dict[str, Any], field: str) -> None:
    petition_id = a_petition()
    answer = send(client, page_of(petition_id), **changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text and f'id="{field}-error"' in answer.text
    kept = [value for name, value in FORM.items() if name not in {*changes, "consent", "area"}]
    assert all(value in answer.text for value in kept)
    assert ("checked aria" in answer.text or "checked>" in answer.text) == (field != "consent")
    assert rows(petition_id) == []


def test_every_fault_is_told_at_once(client: FlaskClient) -> None:
    answer = send(client, page_of(a_petition()), full_name="Данияр", email="x", area="", consent=None)
    summary = answer.text[answer.text.index("error-summary__list") :]
    assert re.findall(r'href="#(\w+)"', summary)[:4] == ["full_name", "email", "area", "consent"]


@pytest.mark.parametrize("token", [None, "", "wrong", "IjEi.x.y"])
def test_a_bad_token_is_400_with_what_was_typed(client: FlaskClient, token: str | None) -> None:
    petition_id = a_petition()
    answer = send(client, page_of(petition_id), csrf_token=token)
    assert answer.status_code == 400
    assert all(value in answer.text for name, value in FORM.items() if name not in {"consent", "area"})
    assert rows(petition_id) == []
    fresh = {**FORM, "csrf_token": csrf(answer.text)}
    assert client.post(page_of(petition_id), data=fresh).status_code == 303


def test_a_form_made_once_for_many_has_each_one_s_token(app: Flask, client: FlaskClient) -> None:
    path = page_of(a_petition())
    others = app.test_client()
    pages = [client.get(path).text, others.get(path).text]
    tokens = [csrf(page) for page in pages]
    assert len(set(tokens)) == 2 and "\ue000" not in "".join(pages)
    assert pages[0].replace(tokens[0], "") == pages[1].replace(tokens[1], "")
    for browser, token in ((client, tokens[0]), (others, tokens[1])):
        assert browser.post(path, data=FORM | {"csrf_token": token}).status_code == 303


@pytest.mark.parametrize("asked", ["gzip, deflate, br", "br;q=0, gzip"])
def test_the_form_is_compressed_around_its_token(app: Flask, client: FlaskClient, asked: str) -> None:
    path = f"/petitions/{a_petition()}/sign"
    for reader in (client, app.test_client(), app.test_client()):
        answer = reader.get(path, headers={"Accept-Encoding": asked})
        assert answer.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in answer.headers["Vary"]
        page = gzip.decompress(answer.data).decode()
        assert answer.content_length == len(answer.data) < len(page) // 2
        # What is packed with a secret tells about it by its length.
        assert csrf(page).encode() in answer.data
        same = reader.get(path, headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in same.headers
        assert page.replace(csrf(page), "") == same.text.replace(csrf(same.text), "")
        assert reader.post(path, data=FORM | {"csrf_token": csrf(page)}).status_code == 303


def test_a_token_of_another_browser_is_400(app: Flask, client: FlaskClient) -> None:
    petition_id = a_petition()
    foreign = csrf(app.test_client().get(page_of(petition_id)).text)
    assert send(client, page_of(petition_id), csrf_token=foreign).status_code == 400


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"full_name=%00&email=%FF", b"full_name=" + b"x" * 900_000]
)
def test_malformed_bodies_are_no_fault(client: FlaskClient, body: bytes) -> None:
    url = page_of(a_petition())
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "application/json"):
        assert client.post(url, data=body, content_type=kind).status_code in {400, 413, 422}


@pytest.mark.parametrize("state", [State.DRAFT, State.GATHERING, State.SCREENING])
@pytest.mark.parametrize("path", ["", "/sent"])
def test_what_is_not_public_is_not_there(client: FlaskClient, state: State, path: str) -> None:
    assert client.get(page_of(a_petition(state)) + path).status_code == 404
    assert client.get(page_of(999_999) + path).status_code == 404


def test_what_was_taken_down_is_gone(client: FlaskClient) -> None:
    url = page_of(a_petition(State.TAKEN_DOWN))
    assert (client.get(url).status_code, client.post(url, data=FORM).status_code) == (410, 410)


@pytest.mark.parametrize("state", [State.REFUSED, State.LAPSED, State.ANSWERED, State.WITHDRAWN])
@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_an_ended_petition_has_a_page_that_says_so(client: FlaskClient, state: State, lang: str) -> None:
    petition_id = a_petition(state)
    shown = client.get(f"{page_of(petition_id)}?lang={lang}")
    assert shown.status_code == 200 and "<form action" not in shown.text
    assert f"/petitions/{petition_id}" in shown.text
    refused = client.post(page_of(petition_id), data=FORM)
    assert refused.status_code == 409 and "daniyar@mail.example" not in refused.text
    assert rows(petition_id) == []


def test_signing_is_closed_while_a_switch_is_on(client: FlaskClient) -> None:
    petition_id = a_petition()
    with work(SYSTEM) as w:
        turn(w, Switch.NO_SIGNING, True)
    assert client.get(page_of(petition_id)).status_code == 200
    refused = client.post(page_of(petition_id), data=FORM)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert rows(petition_id) == []


def test_signing_is_closed_while_no_controller_is_named(app: Flask, client: FlaskClient) -> None:
    petition_id = a_petition()
    kernel = app.extensions["dauys"]
    nobody = kernel.settings.model_copy(update={"controller": Controller(body="«Үлгі» қоры")})
    app.extensions["dauys"] = type(kernel)(nobody, kernel.keys, kernel.zone, kernel.clock)
    try:
        assert "<form action" not in client.get(page_of(petition_id)).text
        assert client.post(page_of(petition_id), data=FORM).status_code == 409
    finally:
        app.extensions["dauys"] = kernel
    assert rows(petition_id) == []


def test_the_form_of_a_signed_in_citizen_is_filled_in_and_unlinked(client: FlaskClient) -> None:
    petition_id = a_petition()
    sign_in(client, an_author(email="aigul@mail.example"))
    html = client.get(page_of(petition_id)).text
    assert "Айгүл Үлгіқызы" in html and "aigul@mail.example" in html
    assert f'<option value="{ALMATY}" selected>' in html
    assert send(client, page_of(petition_id), email="aigul@mail.example").status_code == 303
    assert not any("account" in column.name for column in the_row(petition_id).__table__.columns)


def test_a_citizen_without_a_place_chooses_one(client: FlaskClient) -> None:
    sign_in(client, an_account())
    assert '<option value="" selected>' in client.get(page_of(a_petition())).text


def test_a_window_that_ends_meanwhile_takes_nothing(client: FlaskClient, clock: Clock) -> None:
    petition_id = a_petition()
    token = csrf(client.get(page_of(petition_id)).text)
    clock.now = closes_at(petition_id) + timedelta(seconds=1)
    answer = client.post(page_of(petition_id), data={**FORM, "csrf_token": token})
    assert answer.status_code == 409
    assert rows(petition_id) == []
