"""Limits: how often one network or one contact may act; counted in a file of their own or in Redis."""

import ipaddress
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from itertools import takewhile
from typing import Any

import structlog
from flask import Flask, Response, abort, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from limits.storage import Storage

from core.config import Settings
from core.work import kernel

NETWORK_BITS = 64
# Where core/toll.py leaves the seconds that a network has to wait.
WAIT = "dauys.wait"
PURGE_SECONDS = 60
DAY_SECONDS = 24 * 3600
# What is counted of a form that takes entries of people without an account: all, held back, with a throw-away mailbox.
ENTRIES, HELD, DISPOSABLE = "entries", "held", "disposable"
SIGNALS = (ENTRIES, HELD, DISPOSABLE)
log = structlog.get_logger()

_TABLE = "CREATE TABLE IF NOT EXISTS hits (key TEXT PRIMARY KEY, n INTEGER NOT NULL, expires REAL NOT NULL)"
_LOOK = "SELECT key, n FROM hits WHERE key IN ({marks}) AND expires > ?"
_INCREASE = """
    INSERT INTO hits VALUES {rows} ON CONFLICT (key) DO UPDATE SET
    n = CASE WHEN hits.expires <= ? THEN excluded.n ELSE hits.n + excluded.n END,
    expires = CASE WHEN hits.expires <= ? THEN excluded.expires ELSE hits.expires END RETURNING key, n
"""


class SqliteStorage(Storage):
    """Counters in a SQLite file, shared by all processes of a machine; expired ones are deleted."""

    STORAGE_SCHEME = ["sqlite"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        path = (uri or "").removeprefix("sqlite:///")
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, timeout=1, isolation_level=None, check_same_thread=False)
        self._purged = 0.0
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", _TABLE):
            self._db.execute(statement)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What can go wrong with the file."""
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more; the window starts with its first hit and lasts `expiry` seconds."""
        return self.incr_all([(key, expiry, amount)])[0]

    def incr_all(self, hits: Sequence[tuple[str, float, int]]) -> list[int]:
        """The same for several keys, none of them twice, in one statement; the counts in the order of the keys."""
        if not hits:
            return []
        now = time.time()
        if now - self._purged > PURGE_SECONDS:
            self._purged = now
            self._rows("DELETE FROM hits WHERE expires <= ?", now)
        values = [value for key, expiry, amount in hits for value in (key, amount, now + expiry)]
        statement = _INCREASE.format(rows=", ".join(["(?, ?, ?)"] * len(hits)))
        counts: dict[str, int] = dict(self._rows(statement, *values, now, now))
        return [counts[key] for key, *_rest in hits]

    def get(self, key: str) -> int:
        """The count of the running window."""
        return self.get_all([key])[0]

    def get_all(self, keys: Sequence[str]) -> list[int]:
        """The same for several keys."""
        statement = _LOOK.format(marks=", ".join("?" * len(keys)))
        counts: dict[str, int] = dict(self._rows(statement, *keys, time.time()))
        return [counts.get(key, 0) for key in keys]

    def get_expiry(self, key: str) -> float:
        """When the running window ends, in seconds of the epoch."""
        rows = self._rows("SELECT expires FROM hits WHERE key = ?", key)
        return float(rows[0][0]) if rows else time.time()

    def check(self) -> bool:
        """Whether the file answers."""
        return bool(self._rows("SELECT 1"))

    def expired(self) -> int:
        """How many counters lie there although their window has ended."""
        return int(self._rows("SELECT count(*) FROM hits WHERE expires <= ?", time.time())[0][0])

    def forget_expired(self) -> int:
        """Delete them."""
        return len(self._rows("DELETE FROM hits WHERE expires <= ? RETURNING key", time.time()))

    def reset(self) -> int:
        """Forget everything."""
        return len(self._rows("DELETE FROM hits RETURNING key"))

    def clear(self, key: str) -> None:
        """Forget one counter."""
        self._rows("DELETE FROM hits WHERE key = ?", key)

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()


def network_key() -> str:
    """The reader's network as a keyed hash that changes daily."""
    return daily_key(network_of(request.remote_addr or ""))


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address):
        mapped = known.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((known, NETWORK_BITS), strict=False))
    return str(known)


def daily_key(value: str) -> str:
    """A keyed hash of an address or a contact; from one day to the next it cannot be told to be the same."""
    shared = kernel()
    return shared.keys.blind_index(f"limits|{shared.clock().date()}", value).hex()[:32]


# A broken counter must not close the site: it is logged, and the request goes on.
limiter = Limiter(network_key, swallow_errors=True)


@limiter.request_filter
def _off() -> bool:
    return not current_app.config["RATELIMIT_ENABLED"]


def init_limits(app: Flask, settings: Settings) -> None:
    """Count in `var/limits.sqlite3`, or in Redis by setting; `RATELIMIT_ENABLED=False` counts nothing."""
    app.config.setdefault("RATELIMIT_ENABLED", True)
    if not settings.redis_url:
        settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = f"sqlite:///{settings.var_dir / 'limits.sqlite3'}"
    app.config.setdefault("RATELIMIT_STORAGE_URI", settings.redis_url or file)
    before = list(app.before_request_funcs.get(None, ()))
    limiter.init_app(app)
    # Its look before each request is for limits of the whole site, and there are none: those of a view are looked
    # at by what decorates it.
    app.before_request_funcs[None] = before
    app.before_request(_refuse_if_over)
    app.after_request(_retry_after)


def allowed(rules: Iterable[str], purpose: str, contact: str) -> bool:
    """Count one act for a contact, as `3 per hour`; False, and nothing counted, once a rule is used up."""
    return _count({purpose: rules}, daily_key(contact))


def allowed_here(rules: Mapping[str, Iterable[str]], noted_as: str) -> bool:
    """The same for the network that this request comes from, for one purpose after the other; `note` it, too."""
    return _count(rules, network_key(), noted_as)


def note(what: str) -> None:
    """Count that something happened today (UTC), as a figure of the whole site for /metrics and nothing more."""
    if _off():
        return
    try:
        limiter.storage.incr(_noted_key(what), 2 * DAY_SECONDS)
    except Exception as error:
        log.error("limits not available", kind=type(error).__name__)


def noted(what: str) -> int:
    """How often it happened today, in all processes; 0 where nothing can be read."""
    try:
        return 0 if _off() else int(limiter.storage.get(_noted_key(what)))
    except Exception as error:
        log.error("limits not available", kind=type(error).__name__)
        return 0


@lru_cache(maxsize=64)
def _rule(text: str) -> RateLimitItem:
    return parse(text)


def _noted_key(what: str) -> str:
    return f"noted|{kernel().clock().date()}|{what}"


def _count(rules: Mapping[str, Iterable[str]], key: str, noted_as: str = "") -> bool:
    if _off():
        return True
    asked = [
        (purpose, rule, rule.key_for(purpose, key))
        for purpose, texts in rules.items()
        for rule in map(_rule, texts)
    ]
    try:
        before = zip(asked, _look([name for *_which, name in asked]), strict=True)
        used_up = next((purpose for (purpose, rule, _name), n in before if n >= rule.amount), None)
        # Neither the purpose that is used up nor one after it is counted.
        counted = list(takewhile(lambda one: one[0] != used_up, asked))
        hits = [(name, rule.get_expiry(), 1) for _purpose, rule, name in counted]
        hits += [(_noted_key(noted_as), 2 * DAY_SECONDS, 1)] * bool(noted_as)
        after = zip(counted, _hit(hits), strict=False)
        return used_up is None and all(n <= rule.amount for (_purpose, rule, _name), n in after)
    except Exception as error:
        log.error("limits not available", kind=type(error).__name__)
        return True


def _look(keys: Sequence[str]) -> list[int]:
    store = limiter.storage
    return store.get_all(keys) if isinstance(store, SqliteStorage) else [store.get(key) for key in keys]


def _hit(hits: Sequence[tuple[str, int, int]]) -> list[int]:
    store = limiter.storage
    return store.incr_all(hits) if isinstance(store, SqliteStorage) else [store.incr(*hit) for hit in hits]


def expired() -> int:
    """How many counters of networks and contacts are over and still there; Redis ends its own by itself."""
    store = None if _off() else limiter.storage
    return store.expired() if isinstance(store, SqliteStorage) else 0


def forget_expired() -> int:
    """Delete them; returns how many."""
    store = None if _off() else limiter.storage
    return store.forget_expired() if isinstance(store, SqliteStorage) else 0


def _refuse_if_over() -> None:
    if WAIT in request.environ:
        abort(HTTPStatus.TOO_MANY_REQUESTS)


def _retry_after(response: Response) -> Response:
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and not _off():
        limit = limiter.current_limit
        if WAIT in request.environ:
            response.headers["Retry-After"] = str(request.environ[WAIT])
        seconds = int(limit.reset_at - time.time()) + 1 if limit else PURGE_SECONDS
        response.headers.setdefault("Retry-After", str(max(1, seconds)))
    return response
