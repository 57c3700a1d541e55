"""A limit on a whole part of the site, charged before a ready page is given: in memory, settled in groups."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask
from limits import parse

from core.limits import WAIT, daily_key, limiter, network_of

# So many requests of one network a process counts by itself before it tells the others: a shared counter for each
# request costs more than a ready page. Two processes can thus let one network have this many more.
GROUP = 20
MOST_NETWORKS = 20_000
log = structlog.get_logger()
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(slots=True)
class _Tally:
    """What one network has had in its window: told to the shared counter, and not yet."""

    ends: float
    told: int = 0
    own: int = 0


class Toll:
    """WSGI around the cache: counts each request below `prefix` by network; who is over waits, with 429."""

    def __init__(
        self, app: Flask, inner: Wsgi, prefix: str, rate: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.app, self.prefix, self.clock = app, prefix, clock
        self._inner, self._limit = inner, parse(rate)
        self._lock = threading.Lock()
        self._tallies: dict[str, _Tally] = {}

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Charge, and leave word for the app where a network has to wait."""
        if environ.get("PATH_INFO", "").startswith(self.prefix) and self.app.config["RATELIMIT_ENABLED"]:
            wait = self._charge(network_of(environ.get("REMOTE_ADDR", "")))
            if wait:
                environ[WAIT] = wait
        return self._inner(environ, start)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._tallies.clear()

    def _charge(self, network: str) -> int:
        """Count one more; 0, or how many seconds the network has to wait."""
        now = self.clock()
        with self._lock:
            tally = self._tallies.get(network)
            if tally is None or tally.ends <= now:
                self._make_room(now)
                tally = self._tallies[network] = _Tally(now + self._limit.get_expiry())
            if tally.told + tally.own > self._limit.amount:
                return max(1, int(tally.ends - now) + 1)
            tally.own += 1
            due, own = tally.own >= GROUP, tally.own
            if due:
                tally.told, tally.own = tally.told + own, 0
            over = tally.told + tally.own > self._limit.amount
        if due:
            self._tell(network, tally, own)
        return max(1, int(tally.ends - now) + 1) if over else 0

    def _tell(self, network: str, tally: _Tally, own: int) -> None:
        """Add a group to the counter that all processes share, and learn what the others have added."""
        try:
            with self.app.app_context():
                key = self._limit.key_for("toll", self.prefix, daily_key(network))
            total = limiter.storage.incr(key, self._limit.get_expiry(), amount=own)
            ends = limiter.storage.get_expiry(key)
        except Exception as error:  # a broken counter must not close the site
            log.error("limits not available", kind=type(error).__name__)
            return
        with self._lock:
            tally.told, tally.ends = max(tally.told, total), ends

    def _make_room(self, now: float) -> None:
        if len(self._tallies) >= MOST_NETWORKS:
            self._tallies = {name: one for name, one in self._tallies.items() if one.ends > now}
        if len(self._tallies) >= MOST_NETWORKS:
            self._tallies.clear()


def init_toll(app: Flask, prefix: str, rate: str) -> None:
    """Charge everything below `prefix` at `rate`, such as `600 per minute`, by network."""
    toll = Toll(app, app.wsgi_app, prefix, rate)
    app.extensions["dauys_toll"] = toll
    app.wsgi_app = toll  # type: ignore[method-assign, assignment]
