"""The operator's command that says a code, and what `users create` leaves in the log."""

from contextlib import suppress
from dataclasses import replace
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient

from auth.factor import code_at, step_of
from auth.passwords import check_password
from auth.permissions import Role
from auth.services.factors import set_factor, use_code
from auth.services.staff import disable_account
from core.refusal import Refusal
from core.work import SYSTEM, Actor, work
from tests.accounts import PASSWORD, a_user, half_signed_in, submit
from tests.conftest import Clock
from tests.factories import an_administrator

MAILBOX = "mod@post.example"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def run(app: Flask, *args: str):
    return app.test_cli_runner().invoke(args=["users", *args])


def test_code_prints_six_digits_that_can_be_used_now(app: Flask, client: FlaskClient, clock: Clock) -> None:
    number = a_user(MAILBOX, Role.MODERATOR)
    with work(SYSTEM) as w:
        set_factor(w, number, SECRET)
    for ahead in (0, 1):
        result = run(app, "code", MAILBOX.upper())
        assert (result.exit_code, result.stdout) == (0, code_at(SECRET, step_of(clock.now) + ahead) + "\n")
        half_signed_in(client, MAILBOX)
        assert submit(client, "/account/factor", code=result.stdout).status_code == 303
        client.delete_cookie("dauys")


def test_code_waits_when_both_were_used(app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    number = a_user(MAILBOX, Role.MODERATOR)
    with work(SYSTEM) as w:
        set_factor(w, number, SECRET, step_of(w.now) + 1)

    def later(_seconds: float) -> None:
        clock.now = clock.now.replace(second=45)

    monkeypatch.setattr("auth.cli.time.sleep", later)
    assert run(app, "code", MAILBOX).stdout.strip() == code_at(SECRET, step_of(clock.now) + 1)


def test_code_helps_to_set_the_factor_up(app: Flask, client: FlaskClient) -> None:
    a_user(MAILBOX, Role.MODERATOR)
    assert run(app, "code", MAILBOX).exit_code == 1
    half_signed_in(client, MAILBOX)
    answer = submit(client, "/account/factor/enrol", code=run(app, "code", MAILBOX).stdout.strip())
    assert answer.status_code == 200


@pytest.mark.parametrize("mailbox", ["nobody@post.example", "no address", "citizen@post.example"])
def test_code_for_nobody_is_a_fault(app: Flask, mailbox: str) -> None:
    a_user("citizen@post.example")
    result = run(app, "code", mailbox)
    assert result.exit_code == 1 and result.stdout == ""


def test_code_is_never_printed_in_production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    number = a_user(MAILBOX, Role.MODERATOR)
    with work(SYSTEM) as w:
        set_factor(w, number, SECRET)
    kernel = app.extensions["dauys"]
    changed = kernel.settings.model_copy(update={"env": "production"})
    monkeypatch.setitem(app.extensions, "dauys", replace(kernel, settings=changed))
    result = run(app, "code", MAILBOX)
    assert result.exit_code == 1 and result.stdout == ""


def test_a_stopped_account_is_let_in_from_the_host(app: Flask) -> None:
    number = a_user(MAILBOX, Role.MODERATOR)
    admin = Actor(account_id=an_administrator(), roles=frozenset({Role.ADMINISTRATOR}))
    with work(admin) as w:
        disable_account(w, number)
    assert run(app, "enable", MAILBOX).exit_code == 0
    assert run(app, "enable", MAILBOX).exit_code == 1


def test_create_leaves_no_secret_in_output_or_log(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    args = ["users", "create", "--email", MAILBOX, "--name", "Asem Sample", "--role", "officer"]
    args += ["--authority", "kz-gov", "--head", "--password-stdin"]
    result = app.test_cli_runner().invoke(args=args, input=PASSWORD)
    said = result.output + "".join(capfd.readouterr())
    assert result.exit_code == 0, result.output
    assert PASSWORD not in said and MAILBOX not in said and "Asem" not in said


@pytest.mark.postgres_too
def test_of_two_browsers_with_one_code_one_gets_in(app: Flask) -> None:
    number = a_user(MAILBOX, Role.MODERATOR)
    with work(SYSTEM) as w:
        set_factor(w, number, SECRET)
        code = code_at(SECRET, step_of(w.now))
    begin, passed = Barrier(8), []

    def use() -> None:
        with app.app_context():
            begin.wait()
            with suppress(Refusal), work(SYSTEM) as w:
                use_code(w, number, code)
                passed.append(1)

    threads = [Thread(target=use) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 1


@pytest.mark.parametrize(
    "password",
    [
        "қазақстанқазақстан",
        "пароль1234567890",
        "rfpf[cnfyrfpf[cnfy",
        "qwertyuiop123456",
        "мектепмектепмектеп",
    ],
)
def test_long_but_common_passwords_are_refused(password: str, app: Flask) -> None:
    with pytest.raises(Refusal, match="password-common"):
        check_password(password, staff=True)
