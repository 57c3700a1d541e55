"""A server that is stopped answers what is under way; two that share a socket are replaced without a lost request."""

import http.client
import os
import signal
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.serving import CONNECTIONS
from tests.processes import PATIENCE, answers, eventually, flask, free_port

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
Started = list["subprocess.Popen[bytes]"]


@pytest.fixture
def started() -> Iterator[Started]:
    processes: Started = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def received(connection: socket.socket) -> bytes:
    """All that comes until the other side ends."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def test_what_is_under_way_is_answered_before_the_end(tmp_path: Path, started: Started) -> None:
    port = free_port()
    started.append(flask(tmp_path, "serve", "--port", str(port)))
    eventually(lambda: answers(port))
    half, idle = connect(port), connect(port)
    half.sendall(REQUEST[:20])
    idle.sendall(REQUEST)
    answer = b""
    while not answer.endswith(b"}\n"):
        answer += idle.recv(65536)
    started[0].send_signal(signal.SIGTERM)
    assert received(idle) == b""  # it is idle: its end comes soon, and says that the stop has begun
    with pytest.raises(ConnectionRefusedError):
        connect(port)
    half.sendall(REQUEST[20:])
    answer = received(half)
    assert answer.startswith(b"HTTP/1.1 200 ") and b"\r\nConnection: close\r\n" in answer
    assert started[0].wait(PATIENCE) == 0
    half.close()
    idle.close()


def test_a_stop_that_comes_with_the_first_word_ends_it_as_any_other(tmp_path: Path, started: Started) -> None:
    started.append(flask(tmp_path, "serve", "--port", str(free_port())))
    eventually(lambda: serving(tmp_path) == 1)
    started[0].send_signal(signal.SIGTERM)
    assert started[0].wait(PATIENCE) == 0
    assert "Stopped: everything that was under way is answered." in (tmp_path / "log").read_text()


def test_a_full_house_of_idle_connections_ends_nothing(tmp_path: Path, started: Started) -> None:
    """More files than select(2) takes, and than systems allow by default: connections, and those of a database."""
    port, most = free_port(), 1024
    with ExitStack() as opened:
        others = [opened.enter_context(open(os.devnull)).fileno() for _ in range(60)]
        started.append(flask(tmp_path, "serve", "--port", str(port), files=others, most_files=most))
        eventually(lambda: answers(port))
        idle = [opened.enter_context(connect(port)) for _ in range(CONNECTIONS - 10)]
        eventually(lambda: len(os.listdir(f"/proc/{started[0].pid}/fd")) > most)
        assert answers(port)
        idle[-1].sendall(REQUEST)
        assert idle[-1].recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_rolling_restart_loses_no_request(tmp_path: Path, started: Started) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as listener:
        port = listener.getsockname()[1]
        started += [flask(tmp_path, "serve", listener=listener) for _ in range(2)]
        over, statuses = threading.Event(), []
        ways = (read_on, read_on, keep_reading, keep_reading)
        readers = [threading.Thread(target=way, args=(port, over, statuses)) for way in ways]
        for reader in readers:
            reader.start()
        eventually(lambda: serving(tmp_path) == 2 and len(statuses) > 20)
        for old in list(started):
            old.send_signal(signal.SIGTERM)
            assert old.wait(PATIENCE) == 0
            started.append(flask(tmp_path, "serve", listener=listener))
            eventually(lambda: serving(tmp_path) == len(started))
        over.set()
        for reader in readers:
            reader.join()
    assert set(statuses) == {200}
    # Each says where it can be reached: not the port of its settings, but that of the socket it was given.
    assert (tmp_path / "log").read_text().count(f"serves on http://127.0.0.1:{port} ") == len(started)


def serving(var: Path) -> int:
    """How many servers have begun so far."""
    return (var / "log").read_text().count("Dauys serves")


def read_on(port: int, over: threading.Event, statuses: list[object]) -> None:
    """One reader after another, each with a connection of its own."""
    while not over.is_set():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/help/", timeout=PATIENCE) as answer:
                answer.read()
                statuses.append(answer.status)
        except OSError as error:
            statuses.append(repr(error))


def keep_reading(port: int, over: threading.Event, statuses: list[object]) -> None:
    """One request after another on a connection that is kept, as proxies keep it, until an answer says that it ends."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    while not over.is_set():
        try:
            connection.request("GET", "/help/")
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        except (OSError, http.client.HTTPException) as error:
            statuses.append(repr(error))
            connection.close()
    connection.close()
