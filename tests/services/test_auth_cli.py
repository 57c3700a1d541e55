"""The operator's commands for accounts."""

import pytest
from flask import Flask

from auth.queries import people
from core.work import reading
from tests.accounts import PASSWORD

OFFICER = ["users", "create", "--email", "officer@gov.example", "--name", "Asem Sample", "--role", "officer"]


def test_create_asks_for_the_password_and_says_nothing_secret(app: Flask) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    result = app.test_cli_runner().invoke(args=[*OFFICER, "--authority", "kz-gov"], input=typed)
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output and "officer@gov.example" not in result.output
    with reading() as w:
        (person,) = people(w)
    assert (person.full_name, person.roles, person.body, person.state) == (
        "Asem Sample",
        ("officer",),
        "kz-gov",
        "open",
    )


def test_create_reads_the_password_from_its_input(app: Flask) -> None:
    run = app.test_cli_runner()
    args = ["users", "create", "--email", "a@post.example", "--name", "Ainur Sample", "--role", "citizen"]
    assert run.invoke(args=[*args, "--password-stdin"], input=PASSWORD + "\r\n").exit_code == 0
    listed = run.invoke(args=["users", "list"]).output
    assert "Ainur Sample" in listed and "citizen" in listed and "post.example" not in listed


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (OFFICER, "needs the code of an authority"),
        ([*OFFICER, "--authority", "nowhere"], "No authority has this code"),
        ([*OFFICER[:-1], "citizen", "--authority", "kz-gov"], "nobody else has one"),
        ([*OFFICER[:3], "no address", *OFFICER[4:]], "not an e-mail address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(app: Flask, args: list[str], said: str) -> None:
    result = app.test_cli_runner().invoke(args=[*args, "--password-stdin"], input=PASSWORD)
    assert result.exit_code == 1 and said in result.output
    with reading() as w:
        assert people(w) == []


def test_staff_need_a_long_password(app: Flask) -> None:
    args = [*OFFICER, "--authority", "kz-gov", "--password-stdin"]
    result = app.test_cli_runner().invoke(args=args, input="кедр жүз 5х")
    assert result.exit_code == 1 and "15" in result.output
