"""The web server: waitress on a socket of its own or of systemd's, and a stop after which no request is missing."""

import faulthandler
import gc
import logging
import os
import resource
import signal
import socket
import time
from types import FrameType
from typing import Any

from flask import Flask
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.task import WSGITask

from core.metering import meter
from core.overload import Shedding

PATIENCE_SECONDS = 30
# A connection that says nothing: a browser's spare one, one that a proxy keeps, or a request that is still on its way.
SILENCE_SECONDS = 2
FIRST_INHERITED = 3
# Of the connections, and of the database's and all other files beside them.
CONNECTIONS, OPEN_FILES = 1000, 4096


def inherited() -> list[socket.socket]:
    """The listening sockets that were opened for this process (systemd's socket activation, sd_listen_fds(3))."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    return [socket.socket(fileno=FIRST_INHERITED + n) for n in range(int(os.environ.get("LISTEN_FDS", "0")))]


def _allow_files() -> None:
    """Raise the number of files that may be open, often 1,024, as far as the system lets us (setrlimit(2))."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


class _LastAnswer(WSGITask):
    """An answer that says that its connection ends with it, so that nobody sends anything more on it."""

    def build_response_header(self) -> bytes:
        """The head of the answer."""
        self.set_close_on_finish()
        head: bytes = super().build_response_header()
        return head


class Server:
    """Serves an app until SIGTERM or SIGINT, which it takes from its making on.

    Then it accepts nothing more, finishes what is under way, and ends.
    """

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._map: dict[int, Any] = {}
        self._stopping = False
        # Before anybody can connect: a stop that comes while the site starts turns nobody away either.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        _allow_files()
        given = inherited()
        where: dict[str, Any] = {"sockets": given} if given else {"host": host, "port": port}
        # A slow client must not hold a thread: waitress buffers, and so many may wait.
        limits = {"threads": 4, "connection_limit": CONNECTIONS, "channel_timeout": 30}
        # How many proxies are believed is a setting that ProxyFix keeps to; waitress would cut off what they say.
        limits["clear_untrusted_proxy_headers"] = False
        # How many wait stands in /metrics; a line for each of them would cost a storm a seventh of its processor.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._server = create_server(Shedding(app, app, self._waiting), map=self._map, **where, **limits)
        with app.app_context():
            meter().watch(self._waiting)
        self._shared = bool(given)

    def where(self) -> str:
        """The addresses on which it listens, its own or those of the sockets that it was given."""
        names = [entry.socket.getsockname() for entry in self._map.values() if entry.accepting]
        return ", ".join(map(_address, names))

    def run(self) -> None:
        """Serve until a signal; returns when everything is answered."""
        faulthandler.enable()
        # What is loaded by now stays for good, and need not be looked through for garbage while people wait.
        gc.collect()
        gc.freeze()
        while not self._stopping:
            self._wait(1)
        self._accept_no_more()
        self._finish()
        self._server.task_dispatcher.shutdown()

    def _wait(self, seconds: float) -> None:
        # select(2), waitress's own choice, takes no file whose number is above 1023: a full house would end the server.
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)

    def _waiting(self) -> int:
        """How many requests have come and have no thread yet."""
        return len(self._server.task_dispatcher.queue)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True  # a signal ends the wait of the loop by itself, after a second at the latest

    def _accept_no_more(self) -> None:
        for listener in [entry for entry in self._map.values() if entry.accepting]:
            if not self._shared:
                # Who waits in our own queue would be turned away by its end; a shared one is emptied by others.
                _accept_all(listener)
            listener.del_channel(self._map)
            listener.socket.close()

    def _finish(self) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and (channels := self._channels()):
            for channel in channels:
                channel.task_class = _LastAnswer
                channel.will_close = channel.will_close or _is_done(channel)
            self._wait(0.05)

    def _channels(self) -> list[HTTPChannel]:
        return [entry for entry in self._map.values() if isinstance(entry, HTTPChannel)]


def _address(name: Any) -> str:
    """What getsockname(2) says, as a browser takes it; a Unix socket is a path."""
    if isinstance(name, str):
        return name
    host, port = name[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _accept_all(listener: Any) -> None:
    known = -1
    while len(listener.active_channels) != known:
        known = len(listener.active_channels)
        listener.handle_accept()


def _is_done(channel: HTTPChannel) -> bool:
    """Whether nothing is under way on a connection."""
    if channel.requests or channel.request is not None or channel.total_outbufs_len:
        return False
    silent: bool = channel.last_activity + SILENCE_SECONDS < time.time()
    return silent
