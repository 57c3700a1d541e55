"""The pages of signing: the same answer for all, input kept, links that live and die, and three languages."""

import email
import email.policy
import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.config import Controller
from core.outbox import sweep_outbox
from core.switches import Switch, turn
from core.work import SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.models.petition import PetitionText
from petitions.models.signature import SignatureState
from petitions.models.tokens import LASTING, Purpose, join_token, sign_token
from petitions.services.managing import withdraw_signature
from petitions.services.signing import new_id
from tests.conftest import Clock
from tests.factories import ALMATY, VILLAGE, a_petition, an_account, an_author, sign_in
from tests.signing import act, change, closes_at, confirm, counts, hand_over, rows, sign, signed, the_row, token_of

FORM = {
    "full_name": "Данияр Үлгіұлы",
    "email": "daniyar@mail.example",
    "area": ALMATY,
    "consent": "y",
}


def csrf(html: str) -> str:
    """The token of the form on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found, html
    return found.group(1)


def send(client: FlaskClient, url: str, **changes: str | None) -> TestResponse:
    """Open the form and send it, with `changes` (None leaves a field out)."""
    token = csrf(client.get(url).text)
    fields = {**FORM, "csrf_token": token, **changes}
    return client.post(url, data={name: value for name, value in fields.items() if value is not None})


def mails(app: Flask) -> list[EmailMessage]:
    """Everything that was sent."""
    sweep_outbox()
    folder = app.extensions["dauys"].settings.var_dir / "mail"
    found = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in folder.glob("*.eml")]
    return found  # type: ignore[return-value]


def text_of(mail: EmailMessage) -> str:
    """The whole mail as its reader's program gets it, decoded."""
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *parts])


def link_in(mail: EmailMessage) -> str:
    """The path of the only address that a mail leads to."""
    found = set(re.findall(r"http://localhost(/[^\s\"<>]+)", text_of(mail)))
    assert len(found) == 1, found
    return found.pop().replace("&amp;", "&")


def page_of(petition_id: int) -> str:
    """The address of the form."""
    return f"/petitions/{petition_id}/sign"


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
        from petitions.models.signature import Signature
        from petitions.services import tally

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
    ({"full_name": "Данияр\x07 Үлгіұлы"}, "full_name"),
    ({"full_name": "Данияр \u202eҮлгіұлы"}, "full_name"),
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
    assert ('checked aria' in answer.text or "checked>" in answer.text) == (field != "consent")
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


def test_a_token_of_another_browser_is_400(app: Flask, client: FlaskClient) -> None:
    petition_id = a_petition()
    foreign = csrf(app.test_client().get(page_of(petition_id)).text)
    assert send(client, page_of(petition_id), csrf_token=foreign).status_code == 400


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"full_name=%00&email=%FF", b"full_name=" + b"x" * 900_000])
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


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_mails_name_no_petition(app: Flask, client: FlaskClient, lang: str) -> None:
    title = "Кітапхана салынсын деп сұраймыз"
    petition_id = a_petition(title=title)
    for n in range(3):
        send(client, f"{page_of(petition_id)}?lang={lang}")
        if n == 0:
            client.post(link_in(mails(app)[0]))
    first, *later = mails(app)
    assert len(later) == 2
    for mail in (first, *later):
        assert title not in text_of(mail) and "/petitions/" not in text_of(mail)
        assert f"petition {petition_id}" not in text_of(mail).lower()
        assert mail["Content-Language"] == lang
        assert mail["To"] == "daniyar@mail.example"
    assert len({mail["Subject"] for mail in (first, *later)}) == 1
    assert {link_in(mail).split("/")[2] for mail in later} == {"manage"} or link_in(first).split("/")[2] == "manage"


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
    assert {"kk": "Үлгі ауылының әкімдігі", "ru": "Акимат села Улги", "en": "Akimat of Ulgi village"}[lang] in html
    assert f"http://localhost/petitions/{petition_id}" in html
    assert html.index("/signatures/manage/") < html.index("share-address")


def manage_url(petition_id: int) -> str:
    """The address of the manage page."""
    return f"/signatures/manage/{token_of(the_row(petition_id), Purpose.MANAGE)}"


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
    assert data["full_name"] == "Данияр Үлгіұлы" and data["email"] == "Daniyar@mail.example"
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
    good = {"action": "correct", "full_name": "Данияр Т. Үлгіұлы", "area": VILLAGE}
    assert client.post(url, data=good).status_code == 303
    assert "Данияр Т. Үлгіұлы" in client.get(url).text
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


def join_path(petition_id: int) -> str:
    """The private link."""
    with reading() as w:
        return f"/petitions/{petition_id}/join/{join_token(w, petition_id)}"


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_joiners_see_the_text_and_sign_as_others_do(app: Flask, client: FlaskClient, lang: str) -> None:
    petition_id = a_petition(State.GATHERING)
    url = f"{join_path(petition_id)}?lang={lang}"
    with reading() as w:
        html = w.session.get_one(PetitionText, (petition_id, 1)).html
    shown = client.get(url)
    assert html in shown.text and shown.headers["X-Robots-Tag"] == "noindex"
    assert shown.headers["Cache-Control"] == "no-store"
    assert send(client, url, full_name="Данияр").status_code == 422
    assert send(client, url, csrf_token="old").status_code == 400
    answer = send(client, url)
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200
    (mail,) = mails(app)
    done = client.post(link_in(mail))
    assert done.status_code == 200 and join_path(petition_id) in done.text
    assert the_row(petition_id).joiner
    assert counts(petition_id) == {"counted": 1}


@pytest.mark.parametrize("state", [s for s in State if s not in {State.GATHERING, State.TAKEN_DOWN}])
@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_a_private_link_stays_friendly(client: FlaskClient, state: State, lang: str) -> None:
    petition_id = a_petition(state)
    url = f"{join_path(petition_id)}?lang={lang}"
    assert client.get(url).status_code == 200
    assert client.post(url, data=FORM).status_code == 409
    assert rows(petition_id) == []


def test_a_wrong_private_link_is_404(client: FlaskClient) -> None:
    petition_id, other = a_petition(State.GATHERING), a_petition(State.GATHERING)
    url, foreign = join_path(petition_id), join_path(other).rsplit("/", 1)[1]
    for token in ("x", "ж", foreign, "A" * 32):
        wrong = f"{url.rsplit('/', 1)[0]}/{token}"
        for path in (wrong, f"{wrong}/sent"):
            assert client.get(path).status_code == 404
        assert client.post(wrong, data=FORM).status_code == 404
    assert client.get(f"/petitions/999999/join/{'A' * 32}").status_code == 404
    change(petition_id, lambda _w: {"area": None})
    assert client.get(url).status_code == 200


def test_a_taken_down_petition_has_no_private_link(client: FlaskClient) -> None:
    assert client.get(join_path(a_petition(State.TAKEN_DOWN))).status_code == 410


def test_no_get_changes_anything(app: Flask, client: FlaskClient) -> None:
    petition_id = a_petition()
    row = signed(petition_id)
    sign(petition_id, "other@mail.example")
    pending = next(one for one in rows(petition_id) if one.id != row.id)
    paths = [page_of(petition_id), f"{page_of(petition_id)}/sent", "/privacy", "/privacy/2026-11-1"]
    paths += [f"/signatures/confirm/{token_of(one)}" for one in (row, pending)]
    paths += [f"/signatures/manage/{token_of(row, Purpose.MANAGE)}", f"/unsubscribe/{token_of(row, Purpose.UNSUBSCRIBE)}"]
    before = _dump(app)
    for path in paths:
        assert client.get(path).status_code == client.head(path).status_code == 200
    assert _dump(app) == before


def test_nothing_in_the_database_names_a_signer(app: Flask, client: FlaskClient) -> None:
    petition_id = a_petition()
    canary = {"full_name": "Канарейка Үлгібаева", "email": "canary.ulgi@gmail.com"}
    send(client, page_of(petition_id), **canary)
    confirm(the_row(petition_id))
    send(client, page_of(petition_id), **canary)
    act(withdraw_signature, the_row(petition_id))
    dump = _dump(app)
    for word in ("Канарейка", "Үлгібаева", "canary.ulgi", "canaryulgi", "canary"):
        assert word not in dump and word.encode().hex() not in dump


def _dump(app: Flask) -> str:
    from core.db import db

    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        return "\n".join(raw.iterdump())  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_the_notice_and_its_version(client: FlaskClient, lang: str) -> None:
    for path in ("/privacy", "/privacy/2026-11-1"):
        shown = client.get(f"{path}?lang={lang}")
        assert shown.status_code == 200 and "Сәуле Үлгіева" in shown.text and "2026-11-1" in shown.text
        assert "Set-Cookie" not in shown.headers and "public" in shown.headers["Cache-Control"]
    assert client.get("/privacy/1999-1-1").status_code == 404


def test_ids_are_never_shown(client: FlaskClient, clock: Clock) -> None:
    petition_id = a_petition()
    row = signed(petition_id)
    assert str(row.id) not in client.get(manage_url(petition_id)).text
    assert new_id(clock.now) != row.id
