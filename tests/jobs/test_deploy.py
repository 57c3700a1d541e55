"""The examples in deploy/ are what nginx and systemd accept, and nginx with them serves the site."""

import http.client
import os
import ssl
import subprocess
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path

import pytest

from tests.processes import PATIENCE, eventually, flask

OK, NOT_FOUND = 200, 404


@pytest.fixture
def site(tmp_path: Path, nginx: tuple[int, int]) -> Iterator[int]:
    """A site behind nginx, and nginx's port."""
    front, behind = nginx
    process = flask(tmp_path, "serve", "--port", str(behind), trusted_proxies="1")
    eventually(lambda: status(front, "/healthz") == OK)
    yield front
    process.terminate()
    process.wait(PATIENCE)


def test_nginx_serves_the_site_and_logs_no_reader(tmp_path: Path, site: int) -> None:
    assert status(site, "/metrics") == NOT_FOUND
    status(site, "/signatures/confirm/secret-token")
    log = (tmp_path / "dauys.log").read_text()
    assert log.count(f" GET {NOT_FOUND} ") == 1 and f" GET {OK} " in log
    assert "127.0.0.1" not in log and "secret" not in log


def test_nginx_keeps_for_a_second_what_is_the_same_for_everybody(site: int) -> None:
    """Two readers get one answer of the site, with its number; a third, a moment later, the next one."""
    first = eventually_twice(lambda: number(site, "/help/"))
    for headers, language in (
        ({"Accept-Language": "ru"}, b"ru"), ({"Cookie": "lang=en"}, b"en"), ({"Accept-Language": "kk"}, b"kk"),
    ):  # fmt: skip
        assert b'<html lang="%s"' % language in answer(site, "/help/", headers)[2]
    eventually(lambda: number(site, "/help/") != first)
    _status, headers, body = answer(site, "/help/?lang=ru")
    assert b'<html lang="ru"' in body and "X-Accel-Expires" not in headers
    assert eventually_twice(lambda: number(site, "/static/css/components.css"))


@pytest.mark.parametrize(
    "path, headers",
    [
        ("/help/", {"Cookie": "dauys=a-session"}), ("/help/?about=somebody", {}), ("/account/sign-in", {}),
        ("/healthz", {}), ("/no-such-page", {}),
    ],
)  # fmt: skip
def test_nginx_keeps_nothing_else(site: int, path: str, headers: dict[str, str]) -> None:
    """Who has a session sees at once what it changed; what somebody asks, and what is meant for one, is not written."""
    numbers = [number(site, path, headers) for _ in range(6)]
    assert len(set(numbers)) == len(numbers)


def eventually_twice(asked: Callable[[], str]) -> str:
    """What is answered twice in a row, once that happens."""
    found = [asked()]

    def again() -> bool:
        found.append(asked())
        return found[-1] == found[-2]

    eventually(again)
    return found[-1]


def number(port: int, path: str, headers: dict[str, str] | None = None) -> str:
    """The number of the request that the site answered."""
    return answer(port, path, headers)[1]["X-Request-Id"]


def status(port: int, path: str) -> int:
    """The status of a page over TLS; 0 while nothing answers."""
    try:
        return answer(port, path)[0]
    except OSError:
        return 0


def answer(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, Message, bytes]:
    """Status, headers and body of a page over TLS."""
    context = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=context)
    try:
        connection.request("GET", path, headers={"Host": "petitions.example", **(headers or {})})
        found = connection.getresponse()
        return found.status, found.headers, found.read()
    finally:
        connection.close()


def test_the_example_of_the_settings_can_be_loaded_by_a_shell() -> None:
    """As docs/operations.md loads it; every line of it arrives."""
    example = Path(__file__).resolve().parents[2] / ".env.example"
    names = [line.split("=")[0] for line in example.read_text().splitlines() if line.startswith("DAUYS_")]
    words = ["bash", "-euc", f'set -a; . "{example}"; env']
    found = subprocess.run(words, check=True, capture_output=True, text=True, env={"PATH": os.defpath}).stdout
    loaded = dict(line.split("=", 1) for line in found.splitlines())
    assert set(names) <= set(loaded)
    assert loaded["DAUYS_MAIL_FROM"] == "Dauys <no-reply@petitions.example>"
