"""Real processes of Dauys for tests: a folder of their own, commands, a server, a bounded wait."""

import os
import resource
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from core.config import ROOT
from core.serving import FIRST_INHERITED

PATIENCE = 180


def free_port() -> int:
    """A port of the loopback that nobody uses."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def eventually(
    true: Callable[[], bool],
    seconds: float = PATIENCE,
    said: Callable[[], str] = lambda: "it never became true",
) -> None:
    """Look again and again, for a bounded time; `said` tells afterwards why it failed."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, said()
        pause.wait(0.05)


def flask(
    var: Path,
    *words: str,
    listener: socket.socket | None = None,
    files: Sequence[int] = (),
    most_files: int | None = None,
    **settings: str,
) -> "subprocess.Popen[bytes]":
    """Start a command whose settings are `var` and `settings` (DAUYS_ is put before); its output goes to var/log.

    With `listener` the process finds that socket as systemd hands one over, with `files` these files are open in it
    too; `most_files` may be open as long as it does not ask for more.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith("DAUYS_")}
    env |= {"DAUYS_VAR_DIR": str(var)} | {f"DAUYS_{name.upper()}": value for name, value in settings.items()}

    def begin() -> None:
        if listener is not None:
            os.dup2(listener.fileno(), FIRST_INHERITED)
        if most_files is not None:
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (most_files, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
            )

    program = [sys.executable, "-m", "flask", "--app", "app", *words]
    if listener is not None:
        # The number of the process is known only inside it.
        program = ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "sh", *program]
    with (var / "log").open("ab") as log:
        return subprocess.Popen(
            program, cwd=ROOT, env=env, stdout=log, stderr=log,
            preexec_fn=begin, pass_fds=(*files, *((FIRST_INHERITED,) if listener else ())),
        )  # fmt: skip


def run(var: Path, *words: str, **settings: str) -> None:
    """Run a command to its end; it must succeed."""
    assert flask(var, *words, **settings).wait(20 * PATIENCE) == 0, (var / "log").read_text()[-3000:]


def answers(port: int, path: str = "/healthz") -> bool:
    """Whether the server on that port answers a page with 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
