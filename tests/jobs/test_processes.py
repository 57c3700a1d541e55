"""The processes that an operator starts: they start, do their work, and stop cleanly."""

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.processes import PATIENCE, answers, eventually, flask, free_port, run


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A folder with a migrated database."""
    run(tmp_path, "db", "upgrade")
    return tmp_path


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
    var: Path, stopped: list["subprocess.Popen[bytes]"]
) -> None:
    port = free_port()
    process = flask(var, "serve", "--jobs", "--port", str(port))
    stopped.append(process)
    eventually(lambda: "tally" in jobs_that_ran(var))
    assert answers(port)
    first = jobs_process(process.pid)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: jobs_process(process.pid) not in {0, first})
    second = jobs_process(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    eventually(lambda: not Path(f"/proc/{second}").exists())


def test_readers_behind_a_proxy_are_told_apart(var: Path, stopped: list["subprocess.Popen[bytes]"]) -> None:
    port = free_port()
    stopped.append(flask(var, "serve", "--port", str(port), trusted_proxies="1"))
    eventually(lambda: answers(port))
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
