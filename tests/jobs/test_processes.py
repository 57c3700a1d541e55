"""The processes that an operator starts: they start, do their work, and stop cleanly."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from core.config import ROOT

PATIENCE = 60


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A folder with a migrated database."""
    assert flask(tmp_path, "db", "upgrade").wait(PATIENCE) == 0
    return tmp_path


@pytest.fixture
def port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def flask(var: Path, *words: str, **more: str) -> "subprocess.Popen[bytes]":
    keep = {name: value for name, value in os.environ.items() if not name.startswith("DAUYS_")}
    with (var / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", *words],
            cwd=ROOT, env=keep | {"DAUYS_VAR_DIR": str(var)} | more, stdout=log, stderr=log,
        )  # fmt: skip


def eventually(true: Callable[[], bool]) -> None:
    """Look again and again, for a bounded time."""
    pause = threading.Event()
    for _ in range(PATIENCE * 10):
        if true():
            return
        pause.wait(0.1)
    raise AssertionError("it never became true")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def jobs_that_ran(var: Path) -> set[str]:
    with closing(sqlite3.connect(var / "dauys.sqlite3")) as database:
        return {name for (name,) in database.execute("SELECT name FROM job_runs WHERE ok_at IS NOT NULL")}


@pytest.fixture
def stopped() -> Iterator[list["subprocess.Popen[bytes]"]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def test_the_jobs_run_and_stop(var: Path, stopped: list["subprocess.Popen[bytes]"]) -> None:
    process = flask(var, "jobs", "run")
    stopped.append(process)
    eventually(lambda: {"outbox", "tally", "windows", "deadlines"} <= jobs_that_ran(var))
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


def test_the_server_runs_its_jobs_and_starts_them_again(
    var: Path, port: int, stopped: list["subprocess.Popen[bytes]"]
) -> None:
    process = flask(var, "serve", "--jobs", "--port", str(port))
    stopped.append(process)
    eventually(lambda: "tally" in jobs_that_ran(var))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE) as answer:
        assert answer.status == 200
    first = jobs_process(process.pid)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: jobs_process(process.pid) not in {0, first})
    second = jobs_process(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    eventually(lambda: not Path(f"/proc/{second}").exists())


def test_readers_behind_a_proxy_are_told_apart(
    var: Path, port: int, stopped: list["subprocess.Popen[bytes]"]
) -> None:
    stopped.append(flask(var, "serve", "--port", str(port), DAUYS_TRUSTED_PROXIES="1"))
    eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as proxy:

        def status(network: str) -> int:
            proxy.request("GET", "/api/v1/rulebooks", headers={"X-Forwarded-For": network})
            answer = proxy.getresponse()
            answer.read()
            return answer.status

        assert {status("203.0.113.7") for _ in range(600)} == {200}
        assert status("203.0.113.7") == 429
        assert status("203.0.113.8") == 200


def jobs_process(parent: int) -> int:
    """The child that runs the jobs, or 0."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    threads = Path(f"/proc/{parent}/task").glob("*/children")
    found = {int(pid) for path in threads for pid in path.read_text().split()} | {
        int(pid) for pid in children
    }
    running = [pid for pid in found if b"jobs" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return running[0] if running else 0
