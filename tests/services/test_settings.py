"""Settings: what a production instance must have, and how an operator is told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.config import REQUIRED_CONTROLLER, ROOT, SettingsFault, load_settings
from core.crypto import create_key_file


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """The least that production starts with."""
    create_key_file(tmp_path / "keys")
    controller = {
        f"DAUYS_CONTROLLER_{name.upper()}": "controller@dauys.example" for name in REQUIRED_CONTROLLER
    }
    return controller | {
        "DAUYS_ENV": "production",
        "DAUYS_VAR_DIR": str(tmp_path),
        "DAUYS_SECRET_KEY": "x" * 40,
        "DAUYS_KEY_FILE": str(tmp_path / "keys"),
    }


def flask(env: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    keep = {name: value for name, value in os.environ.items() if not name.startswith("DAUYS_")}
    command = [sys.executable, "-m", "flask", "--app", "app", *words]
    return subprocess.run(command, cwd=ROOT, env=keep | env, capture_output=True, text=True, timeout=180)


def test_production_starts_with_the_least(production: dict[str, str]) -> None:
    settings = load_settings(production)
    assert settings.controller.named and not settings.secure_cookies
    assert flask(production, "config", "check").returncode == 0


@pytest.mark.parametrize(
    "name",
    ["DAUYS_SECRET_KEY", "DAUYS_KEY_FILE", *(f"DAUYS_CONTROLLER_{n.upper()}" for n in REQUIRED_CONTROLLER)],
)
def test_production_names_what_is_missing(production: dict[str, str], name: str) -> None:
    del production[name]
    with pytest.raises(SettingsFault) as fault:
        load_settings(production)
    assert [name in problem for problem in fault.value.problems] == [True]


def test_every_problem_is_said_at_once_and_without_a_traceback() -> None:
    ended = flask({"DAUYS_ENV": "production", "DAUYS_BASE_URL": "http://x.example"}, "db", "check")
    assert ended.returncode == 1
    assert ended.stderr.count("is required") == 7 and "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DAUYS_ENV", "staging"),
        ("DAUYS_TRUSTED_PROXIES", "many"),
        ("DAUYS_BASE_URL", "x"),
        ("DAUYS_COLOUR", "red"),
    ],
)
def test_a_wrong_or_unknown_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsFault, match=name):
        load_settings({"DAUYS_VAR_DIR": str(tmp_path), name: value})


def test_a_rulebook_that_cannot_be_used_ends_the_start(production: dict[str, str], tmp_path: Path) -> None:
    ended = flask(production | {"DAUYS_RULEBOOK": str(tmp_path)}, "db", "check")
    assert ended.returncode == 1 and "DAUYS_RULEBOOK" in ended.stderr and "Traceback" not in ended.stderr


def test_commands_that_need_no_settings(tmp_path: Path) -> None:
    bare = {"DAUYS_ENV": "production", "DAUYS_VAR_DIR": str(tmp_path)}
    assert flask(bare, "rules", "check", "rulebooks/kz-2026").returncode == 0
    made = flask(bare, "keys", "create")
    kept = (tmp_path / "dauys.keys").read_bytes()
    assert made.returncode == 0 and oct((tmp_path / "dauys.keys").stat().st_mode)[-3:] == "400"
    assert flask(bare, "keys", "create").returncode == 0 and (tmp_path / "dauys.keys").read_bytes() == kept


def test_cookies_are_secure_exactly_over_https(production: dict[str, str]) -> None:
    assert load_settings(production | {"DAUYS_BASE_URL": "https://petitions.example/"}).secure_cookies


def test_a_database_without_tables_is_said_in_one_sentence(tmp_path: Path) -> None:
    for words in (("jobs", "tick"), ("tally", "check"), ("switch", "list"), ("demo", "load")):
        ended = flask({"DAUYS_VAR_DIR": str(tmp_path)}, *words)
        assert ended.returncode == 1
        assert "db upgrade" in ended.stderr and "Traceback" not in ended.stderr


def test_a_word_that_only_looks_like_such_a_command_needs_the_settings() -> None:
    ended = flask({"DAUYS_ENV": "production"}, "users", "create", "--name", "rules")
    assert ended.returncode == 1 and "DAUYS_SECRET_KEY is required" in ended.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DAUYS_MAIL_URL", "nonsense"),
        ("DAUYS_MAIL_URL", "folder:"),
        ("DAUYS_MAIL_FROM", "nonsense"),
        ("DAUYS_BASE_URL", "https://"),
        ("DAUYS_BASE_URL", "https://petitions.example/below"),
        ("DAUYS_DATABASE_URL", "mysql://x/y"),
        ("DAUYS_REDIS_URL", "nonsense"),
        ("DAUYS_RULEBOOK", "/nowhere"),
        ("DAUYS_KEY_FILE", "/etc/hostname"),
    ],
)
def test_config_check_refuses_what_could_not_work(production: dict[str, str], name: str, value: str) -> None:
    ended = flask(production | {name: value}, "config", "check")
    assert ended.returncode == 1 and name in ended.stderr and "Traceback" not in ended.stderr


def test_config_check_warns_of_a_controller_that_cannot_be_written_to(production: dict[str, str]) -> None:
    ended = flask(production | {"DAUYS_CONTROLLER_EMAIL": "nonsense"}, "config", "check")
    assert ended.returncode == 0 and "DAUYS_CONTROLLER_EMAIL" in ended.stderr


def test_config_check_warns_where_all_readers_would_share_the_limits_of_a_proxy(
    production: dict[str, str],
) -> None:
    name = "DAUYS_TRUSTED_PROXIES"
    for address, proxies, warned in (("https", "0", True), ("https", "1", False), ("http", "0", False)):
        settings = {"DAUYS_BASE_URL": f"{address}://petitions.example", name: proxies}
        ended = flask(production | settings, "config", "check")
        assert (ended.returncode, name in ended.stderr) == (0, warned)


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("jobs", "run")])
def test_the_start_itself_fails_and_names_the_field(
    production: dict[str, str], command: tuple[str, ...]
) -> None:
    """Neither the site nor its jobs begin; the message names the setting, and nothing but that."""
    del production["DAUYS_CONTROLLER_PERSON"]
    ended = flask(production, *command)
    assert ended.returncode != 0
    assert "DAUYS_CONTROLLER_PERSON is required" in ended.stderr and "Traceback" not in ended.stderr
    assert "DAUYS_CONTROLLER_BODY" not in ended.stderr
