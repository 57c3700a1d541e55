"""Figures for machines: by view and never by path, and not for everybody; request ids and logs without persons."""

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr

from core.switches import Switch, turn
from core.work import SYSTEM, install, work
from tests.factories import a_petition
from tests.signing import sign


def test_requests_are_counted_by_view_and_never_by_path(app: Flask, client: FlaskClient) -> None:
    number = a_petition()
    sign(number)
    with work(SYSTEM) as w:
        turn(w, Switch.NO_SIGNING, True)
    for path in (
        f"/petitions/{number}",
        "/petitions/999999",
        "/nowhere/ainur-secret",
        "/petitions?q=ainur-secret",
    ):
        client.get(path)
    told = client.get("/metrics").text
    assert 'dauys_requests_total{endpoint="petitions.show",method="GET",status="200"}' in told
    assert 'dauys_requests_total{endpoint="none",method="GET",status="404"}' in told
    assert 'dauys_request_seconds_bucket{endpoint="petitions.show",le="0.5"}' in told
    assert 'dauys_switch{switch="no-signing"} 1.0' in told and "dauys_tally_waiting 1.0" in told
    assert 'dauys_job_late{job="outbox"}' in told and 'dauys_outbox{state="waiting"} 1.0' in told
    assert "ainur-secret" not in told and "999999" not in told


def test_figures_are_for_the_machine_itself_and_for_who_has_the_token(
    app: Flask, client: FlaskClient
) -> None:
    def status(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get("/metrics", headers=named).status_code

    assert (status(), status(X_Forwarded_For="127.0.0.1")) == (200, 404)
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404
    kernel = app.extensions["dauys"]
    settings = kernel.settings.model_copy(update={"metrics_token": SecretStr("t" * 20)})
    install(app, replace(kernel, settings=settings))
    assert status(X_Forwarded_For="192.0.2.7", Authorization="Bearer " + "t" * 20) == 200
    assert status(X_Forwarded_For="192.0.2.7", Authorization="Bearer wrong") == 404
    install(app, kernel)


def test_an_id_from_outside_is_not_taken_over(client: FlaskClient) -> None:
    sent = "0123456789abcdef"
    first, second = (
        client.get("/healthz", headers={"X-Request-Id": sent}).headers["X-Request-Id"] for _ in range(2)
    )
    assert len({sent, first, second}) == 3


def test_a_failed_request_is_logged_with_its_id_and_its_view(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    with work(SYSTEM) as w:
        turn(w, Switch.READ_ONLY, True)
    answer = client.post("/petitions/1/sign", data={"email": "ainur@mail.example"})
    lines = [line for line in capsys.readouterr().err.splitlines() if "signing.sign" in line]
    assert len(lines) == 1 and answer.headers["X-Request-Id"] in lines[0]
    assert "ainur" not in lines[0] and "/petitions/1" not in lines[0]


def test_production_logs_are_lines_of_json(capsys: pytest.CaptureFixture[str], app: Flask) -> None:
    from core.logs import init_logs, log

    settings: Any = app.extensions["dauys"].settings
    init_logs(settings.model_copy(update={"env": "production"}))
    log.warning("tried", mailbox="ainur@mail.example", phone="+7 700 000 00 00", n=1)
    init_logs(settings)
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["event"], line["n"], line["mailbox"], line["phone"]) == ("tried", 1, "[cut]", "[cut]")
