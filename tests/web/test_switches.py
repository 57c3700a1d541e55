"""Switches: set by administrators or on the host, said on the pages concerned, obeyed by every route that changes."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.db import Base, db
from core.switches import SAFE, Switch, all_switches, turn
from core.work import SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.models.signature import SignatureState
from petitions.models.tokens import Purpose
from tests.conftest import Clock
from tests.factories import a_petition, an_administrator, an_author, sign_in
from tests.signing import rows, sign, signed, token_of
from tests.signing_pages import FORM, csrf, join_path, page_of

REASON = "Көшіру жүріп жатыр"
TEXTS = {"kk": "Ертең жұмыс болмайды", "ru": "Завтра работы", "en": "Works tomorrow"}
SIGNING = {"signing.sign", "signing.join_now", "signing.confirm_now"}
# Who ends it must get in; and whoever handles a breach stops an account and writes down what was done.
OPEN_ALWAYS = {
    *("account.sign_in", "account.sign_out", "factor.step", "factor.enrol", "language.form", "switches.show"),
    *("staff.disable", "controlling.breaches", "controlling.told"),
}


def switch(name: Switch, on: bool = True, words: dict[str, str] | None = None) -> None:
    with work(SYSTEM) as w:
        turn(w, name, on, words)


def everything() -> dict[str, list[object]]:
    with db.engine.connect() as connection:
        return {t.name: list(connection.execute(t.select())) for t in Base.metadata.sorted_tables}


def address(rule: object) -> str:
    """An address of the route: which object it names does not matter to a site that is read-only."""
    chosen = re.sub(r"<any\(([a-z]+)[^>]*>", r"\1", str(rule))
    return re.sub(r"<(?:[a-z_]+:)?[a-z_]+>", "1", chosen)


def test_read_only_refuses_every_route_that_changes(app: Flask, client: FlaskClient) -> None:
    switch(Switch.READ_ONLY)
    before, tried = everything(), 0
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - SAFE:
            if rule.endpoint in OPEN_ALWAYS:
                continue
            answer = client.open(address(rule), method=method)
            assert (rule.endpoint, answer.status_code) == (rule.endpoint, 503)
            assert answer.headers["Retry-After"] and "Set-Cookie" not in answer.headers
            tried += 1
    assert tried > 60 and everything() == before
    marked = {e for e, view in app.view_functions.items() if getattr(view, "works_read_only", False)}
    assert marked == OPEN_ALWAYS


def test_an_administrator_gets_in_and_ends_it(app: Flask, client: FlaskClient) -> None:
    switch(Switch.READ_ONLY)
    sign_in(client, an_administrator())
    page = client.get("/admin/switches/read-only?lang=en")
    form = {"csrf_token": csrf(page.text), "turn": "off"}
    assert client.post("/admin/switches/read-only", data=form).status_code == 303
    with reading() as w:
        assert not any(all_switches(w).values())


def test_no_signing_stops_every_way_to_sign_and_leaves_withdrawal(app: Flask, client: FlaskClient) -> None:
    number, gathering = a_petition(), a_petition(State.GATHERING)
    counted = signed(number, "ainur@mail.example")
    sign(number)
    (waiting,) = [row for row in rows(number) if row.id != counted.id]
    ways = {
        page_of(number): FORM,
        join_path(gathering): FORM,
        f"/signatures/confirm/{token_of(waiting)}": {},
    }
    forms = {url: form | {"csrf_token": csrf(client.get(url).text)} for url, form in ways.items() if form}
    switch(Switch.NO_SIGNING)
    for url in ways:
        answer = client.post(url, data=forms.get(url, {}))
        assert (url, answer.status_code) == (url, 503) and answer.headers["Retry-After"]
    assert [row.confirmed_at for row in rows(number) if row.id == waiting.id] == [None]
    manage = f"/signatures/manage/{token_of(counted, Purpose.MANAGE)}"
    assert client.post(manage, data={"action": "withdraw"}).status_code == 200
    (after,) = [row for row in rows(number) if row.id == counted.id]
    assert after.state is SignatureState.WITHDRAWN
    assert "For the moment nobody can sign here" in client.get(f"/petitions/{number}?lang=en").text
    assert "nobody can sign here" not in client.get("/statistics?lang=en").text


@pytest.mark.parametrize("name", [Switch.NO_SIGNING, Switch.NO_NEW_PETITIONS, Switch.BANNER])
def test_the_other_switches_leave_the_other_routes_alone(
    app: Flask, client: FlaskClient, name: Switch
) -> None:
    switch(name, words=TEXTS)
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - SAFE:
            if name is Switch.NO_SIGNING and rule.endpoint in SIGNING:
                continue
            answer = client.open(address(rule), method=method)
            assert (rule.endpoint, answer.status_code < 500) == (rule.endpoint, True)


def test_what_is_switched_on_is_said_on_pages_that_many_get_alike(client: FlaskClient) -> None:
    number = a_petition()
    path = page_of(number)
    for email in ("ainur@mail.example", "daniyar@mail.example"):
        sign(number, email=email)
    links = [f"/signatures/confirm/{token_of(row)}" for row in rows(number)]
    assert TEXTS["ru"] not in client.get(f"{path}?lang=ru").text + client.post(f"{links[0]}?lang=ru").text
    switch(Switch.BANNER, words=TEXTS)
    assert TEXTS["ru"] in client.get(f"{path}?lang=ru").text
    assert TEXTS["ru"] in client.get(f"{links[1]}?lang=ru").text
    assert TEXTS["ru"] in client.post(f"{links[1]}?lang=ru").text


def test_no_new_petitions_is_said_where_one_would_begin(app: Flask, client: FlaskClient) -> None:
    number = a_petition()
    sign_in(client, an_author())
    token = csrf(client.get("/petitions/new").text)
    switch(Switch.NO_NEW_PETITIONS)
    answer = client.post("/petitions/new", data={"csrf_token": token, "authority": "kz-gov"})
    assert answer.status_code in {422, 503}
    assert "no new petition can be begun" in client.get("/petitions/new?lang=en").text
    signed = FORM | {"csrf_token": csrf(client.get(f"/petitions/{number}/sign").text)}
    assert client.post(f"/petitions/{number}/sign", data=signed).status_code == 303


def test_the_banner_speaks_the_language_of_the_page(app: Flask, client: FlaskClient) -> None:
    sign_in(client, an_administrator())
    form = {"csrf_token": csrf(client.get("/admin/switches/banner").text), "turn": "on"}
    refused = client.post("/admin/switches/banner", data=form | {"kk": TEXTS["kk"]})
    assert refused.status_code == 422 and TEXTS["kk"] in refused.text
    assert client.post("/admin/switches/banner", data=form | TEXTS).status_code == 303
    for code, words in TEXTS.items():
        for path in ("/", "/rules", "/account/sign-in", "/nowhere"):
            assert words in app.test_client().get(f"{path}?lang={code}").text


def test_a_reason_in_one_language_is_read_in_all_and_the_log_is_public(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    sign_in(client, an_administrator())
    form = {"csrf_token": csrf(client.get("/admin/switches/no-signing").text)}
    page = "/admin/switches/no-signing"
    assert client.post(page, data=form | {"turn": "on"}).status_code == 422  # no reason, no switch
    assert client.post(page, data=form | {"turn": "on", "kk": f"<b>{REASON}</b>"}).status_code == 303
    shown = client.get(f"/petitions/{a_petition()}?lang=ru").text
    assert f'<span lang="kk">&lt;b&gt;{REASON}&lt;/b&gt;</span>' in shown
    clock.now += timedelta(hours=3)
    assert client.post(page, data=form | {"turn": "off", "en": "It is over"}).status_code == 303
    public = app.test_client().get("/transparency?lang=en").text
    assert public.index("It is over") < public.index(REASON) and "No switch is on now." in public
    assert "switch.on" in client.get("/admin/audit?action=switch.on").text


@pytest.mark.parametrize("path", ["/admin/switches", "/admin/switches/banner"])
def test_only_administrators_turn_switches(app: Flask, client: FlaskClient, path: str) -> None:
    sign_in(client, an_author())
    assert client.get(path).status_code == 403
    sign_in(client, an_administrator())
    assert client.get(path).status_code == 200
    assert client.get("/admin/switches/nothing").status_code == 404


def test_commands_turn_them_with_a_reason(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert run(args=["switch", "on", "no-signing", "--kk", REASON]).exit_code == 0
    assert run(args=["switch", "off", "read-only"]).exit_code == 0
    assert run(args=["switch", "on", "banner", "--kk", REASON]).exit_code == 1
    listed = run(args=["switch", "list"]).output
    assert f"no-signing: on since 2026-11-23 05:00 UTC\n  kk: {REASON}" in listed and "banner: off" in listed
