"""Ready answers of public pages, given before Flask makes a request of them (docs/adr/0011-page-cache.md)."""

import gzip
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import brotli
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header, parse_cookie
from werkzeug.routing.exceptions import RoutingException

from core.access import Access, access_of
from core.i18n import LANGUAGE_COOKIE, LANGUAGES, accepted_language
from core.limits import WAIT
from core.web import API
from core.work import Kernel

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Start = Callable[..., Any]
Wsgi = Callable[[Environ, Start], Iterable[bytes]]
Key = tuple[str, str, str]

MAIN_BYTES, QUERY_BYTES, LARGEST = 16_000_000, 4_000_000, 1_000_000
LONGEST_ADDRESS = 300
# How long a page that names no time is fresh; for how long after that it may be given while its successor is made; and
# how old it may get while the database is away, which is tried again every so often.
FRESH_SECONDS, STALE_SECONDS, AWAY_SECONDS, AGAIN_SECONDS = 5, 5, 120, 2
WAIT_SECONDS = 20
# How long a proxy of ours keeps what is kept here (deploy/nginx.conf; it passes the mark on to nobody). Answers of the
# API say beside it what the asker has left of a limit.
FRONT = ("X-Accel-Expires", "1")
# A page that took longer to make than it is fresh is still given for a moment: else each request would make it again.
LEAST_SECONDS = 1
SMALLEST_COMPRESSED = 500
KEPT_STATUS = frozenset({HTTPStatus.OK, HTTPStatus.GONE})
# Links that were shared carry marks of who shared them; no page reads them, and each would be a page of its own.
TRACKING = re.compile(r"(?:utm_[^=&]*|fbclid|gclid|yclid|ysclid|igshid|mc_[ce]id|_openstat)(?:=|$)", re.I)
LANGUAGE_QUERIES = frozenset(f"lang={code}" for code in LANGUAGES)
MAX_AGE = re.compile(r"(?:^|[ ,])max-age=(\d+)")
# What every answer gets anew, and what the connection decides.
OWN_HEADERS = frozenset({"x-request-id", "content-length", "content-encoding", "etag", "date"})
OF_THE_BODY = frozenset({"content-type", "content-disposition", "content-language"})
OUTCOMES = ("hit", "not_modified", "rendered", "stale", "waited", "passed")


@dataclass(slots=True)
class Page:
    """An answer that can be given again: its bodies by encoding (`` is plain), when and of which state it was made."""

    status: str
    headers: Headers
    tag: str
    bodies: dict[str, bytes]
    made: float
    number: int
    fresh_until: float
    compressed: bool

    @property
    def size(self) -> int:
        """Bytes that it holds, near enough."""
        return sum(map(len, self.bodies.values())) + 2000


@dataclass(slots=True)
class _Flight:
    """A page that is being made: who asks for it meanwhile waits for this one."""

    done: threading.Event = field(default_factory=threading.Event)
    page: Page | None = None


class _Shelf:
    """The pages used last, up to a number of bytes."""

    def __init__(self, most: int) -> None:
        self.most, self.held = most, 0
        self._pages: OrderedDict[Key, Page] = OrderedDict()

    def get(self, key: Key) -> Page | None:
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
        return page

    def put(self, key: Key, page: Page) -> None:
        old = self._pages.pop(key, None)
        self.held += page.size - (old.size if old else 0)
        self._pages[key] = page
        self._shed()

    def add_body(self, key: Key, page: Page, encoding: str, body: bytes) -> None:
        if self._pages.get(key) is page and encoding not in page.bodies:
            self.held += len(body)
            page.bodies[encoding] = body
            self._shed()

    def clear(self) -> None:
        self._pages.clear()
        self.held = 0

    def _shed(self) -> None:
        while self.held > self.most:
            _key, page = self._pages.popitem(last=False)
            self.held -= page.size


class PageCache:
    """WSGI around Flask, below ProxyFix: a public page is rendered once and given to all who ask for it.

    A page is kept for its own max-age. While one request makes it anew the others get the earlier one, for at most
    STALE_SECONDS more, or wait. What a Work of this process changed in public makes all pages old at once.
    `app.config["PAGE_CACHE"] = False` turns it off.
    """

    def __init__(self, app: Flask, inner: Wsgi, clock: Callable[[], float] = time.monotonic) -> None:
        self.app, self.clock = app, clock
        self._inner = inner
        self._lock = threading.Lock()
        self._main, self._queries = _Shelf(MAIN_BYTES), _Shelf(QUERY_BYTES)
        self._flights: dict[tuple[Key, int], _Flight] = {}
        self._figures = dict.fromkeys(OUTCOMES, 0)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer from what is held, or let Flask do it."""
        key = self._key(environ)
        if key is None:
            return self._inner(environ, start)
        page = self._find(key)
        if page is None:
            self._count("passed")
            return self._inner(environ, start)
        return self._answer(key, page, environ, start)

    def figures(self) -> Mapping[str, int]:
        """How often each outcome was seen, and how many bytes are held."""
        with self._lock:
            return self._figures | {"bytes": self._main.held + self._queries.held}

    def clear(self) -> None:
        """Forget every page."""
        with self._lock:
            self._main.clear()
            self._queries.clear()

    def _key(self, environ: Environ) -> Key | None:
        """Path, query and the language that headers choose; None for what is never kept."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or WAIT in environ:
            return None
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if len(path) + len(query) > LONGEST_ADDRESS or environ.get("SCRIPT_NAME"):
            return None
        if not self.app.config["PAGE_CACHE"]:
            return None
        if query:
            query = "&".join(part for part in query.split("&") if not TRACKING.match(part))
        by_address = path.startswith(API) or query in LANGUAGE_QUERIES
        return path, query, "" if by_address else self._language(environ)

    def _language(self, environ: Environ) -> str:
        cookies = environ.get("HTTP_COOKIE", "")
        chosen = parse_cookie(cookies).get(LANGUAGE_COOKIE) if LANGUAGE_COOKIE in cookies else None
        if chosen in LANGUAGES:
            return str(chosen)
        return accepted_language(environ.get("HTTP_ACCEPT_LANGUAGE", "")) or self.app.config["DAUYS_LANGUAGE"]

    def _shelf(self, key: Key) -> _Shelf:
        # Whoever invents queries only drives out other queries.
        return self._main if not key[1] or key[1] in LANGUAGE_QUERIES else self._queries

    def _find(self, key: Key) -> Page | None:
        """The page as it may be given now, made if need be; None where Flask has to answer by itself."""
        number, now = self._kernel.changes.number, self.clock()
        with self._lock:
            page = self._held(key, number, now)
            known = page is not None or self._shelf(key).get(key) is not None
        if page is not None:
            return page
        # Which pages are public only the router knows; it is asked when there is nothing to give.
        if not known and not self._is_public(key[0]):
            return None
        with self._lock:
            page = self._held(key, number, now)  # it may have been made in between
            flight = self._flights.get((key, number))
            if page is None and flight is None:
                mine = self._flights[key, number] = _Flight()
        if page is not None:
            return page
        return self._lead(key, number, mine) if flight is None else self._follow(key, number, flight)

    def _held(self, key: Key, number: int, now: float) -> Page | None:
        """The page if it is fresh; the lock is held."""
        page = self._shelf(key).get(key)
        if page is None or page.number != number or now >= page.fresh_until:
            return None
        self._figures["hit"] += 1
        return page

    def _follow(self, key: Key, number: int, flight: _Flight) -> Page | None:
        """The earlier page while it may still be given, else the one that another request is making."""
        with self._lock:
            page = self._shelf(key).get(key)
        usable = page is not None and page.number == number
        if page is not None and usable and self.clock() < page.fresh_until + STALE_SECONDS:
            self._count("stale")
            return page
        flight.done.wait(WAIT_SECONDS)
        self._count("waited")
        return flight.page

    def _is_public(self, path: str) -> bool:
        try:
            text = path.encode("latin-1").decode()
            endpoint, _values = self.app.url_map.bind("").match(text, "GET")
        except (HTTPException, RoutingException, UnicodeError):
            return False
        access = Access("open") if endpoint == "static" else access_of(self.app, endpoint)
        return access is not None and access.kind == "public" and not access.streamed

    def _lead(self, key: Key, number: int, flight: _Flight) -> Page:
        with self._lock:
            old = self._shelf(key).get(key)
        try:
            made, keep = self._make(key, number, old)
            if keep:
                flight.page = made
                with self._lock:
                    self._shelf(key).put(key, made)
            return made
        finally:
            with self._lock:
                del self._flights[key, number]
            flight.done.set()

    def _make(self, key: Key, number: int, old: Page | None) -> tuple[Page, bool]:
        """A page made by Flask, and whether it is kept; the old one instead while the database is away."""
        now = self.clock()
        self._count("rendered")
        status, headers, body = self._render(key)
        if old is not None and status[0] == "5" and old.number == number and now < old.made + AWAY_SECONDS:
            old.fresh_until = self.clock() + AGAIN_SECONDS
            return old, True
        names = {name.lower(): value for name, value in headers}
        tag = names.get("etag", "").strip('"')
        # Most pages are the same as five seconds ago, and what was compressed then still fits.
        bodies = dict(old.bodies) if old and tag and old.tag == tag else {"": body}
        page = Page(
            status,
            [(name, value) for name, value in headers if name.lower() not in OWN_HEADERS],
            tag,
            bodies,
            now,
            number,
            max(now + _seconds(names.get("cache-control", "")), self.clock() + LEAST_SECONDS),
            len(body) >= SMALLEST_COMPRESSED and self._is_text(names.get("content-type", "")),
        )
        keep = int(status[:3]) in KEPT_STATUS and len(body) <= LARGEST and "set-cookie" not in names
        if keep and not key[0].startswith(API):
            page.headers.append(FRONT)
        return page, keep

    def _is_text(self, content_type: str) -> bool:
        return content_type.partition(";")[0] in self.app.config["COMPRESS_MIMETYPES"]

    def _render(self, key: Key) -> tuple[str, Headers, bytes]:
        """What Flask answers to a request that has nothing of its sender: only address and language."""
        began: list[Any] = []

        def start(status: str, headers: Headers, _fault: Any = None) -> Callable[[bytes], None]:
            began[:] = [status, headers]
            return lambda _data: None

        parts = self._inner(self._plain_environ(key), start)
        try:
            body = b"".join(parts)
        finally:
            getattr(parts, "close", lambda: None)()
        return began[0], began[1], body

    def _plain_environ(self, key: Key) -> Environ:
        path, query, language = key
        site = urlsplit(self._kernel.settings.base_url)
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": site.hostname or "",
            "SERVER_PORT": str(site.port or {"http": 80, "https": 443}[site.scheme]),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": site.netloc,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        return environ | ({"HTTP_ACCEPT_LANGUAGE": language} if language else {})

    def _answer(self, key: Key, page: Page, environ: Environ, start: Start) -> Iterable[bytes]:
        encoding = chosen_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")) if page.compressed else ""
        headers = [*page.headers, ("X-Request-Id", secrets.token_hex(8))]
        if page.tag:
            tag = f'"{page.tag}:{encoding}"' if encoding else f'"{page.tag}"'
            headers += [("ETag", tag), ("Age", str(max(0, int(self.clock() - page.made))))]
            known = environ.get("HTTP_IF_NONE_MATCH")
            if known and page.status.startswith("200") and (tag in known or known.strip() == "*"):
                self._count("not_modified")
                start("304 NOT MODIFIED", [h for h in headers if h[0].lower() not in OF_THE_BODY])
                return []
        body = page.bodies.get(encoding) or self._encoded(key, page, encoding)
        if encoding:
            headers.append(("Content-Encoding", encoding))
        headers.append(("Content-Length", str(len(body))))
        start(page.status, headers)
        return [body] if environ["REQUEST_METHOD"] == "GET" else []

    def _encoded(self, key: Key, page: Page, encoding: str) -> bytes:
        plain = page.bodies[""]
        body = compress(plain, encoding) if encoding else plain
        with self._lock:
            self._shelf(key).add_body(key, page, encoding, body)
        return body

    def _count(self, outcome: str) -> None:
        with self._lock:
            self._figures[outcome] += 1

    @property
    def _kernel(self) -> Kernel:
        return self.app.extensions["dauys"]  # type: ignore[no-any-return]


def init_page_cache(app: Flask) -> None:
    """Put the cache around the app; what it counts stands in /metrics."""
    app.config.setdefault("PAGE_CACHE", True)
    cache = PageCache(app, app.wsgi_app)
    app.extensions["dauys_pages"] = cache
    app.wsgi_app = cache  # type: ignore[method-assign, assignment]


def _seconds(cache_control: str) -> int:
    age = MAX_AGE.search(cache_control)
    return int(age[1]) if age else FRESH_SECONDS


def compress(body: bytes, encoding: str) -> bytes:
    """A body in one of the two encodings; it is made once for many readers, so it may take its time."""
    if encoding == "br":
        packed: bytes = brotli.compress(body, quality=5)
        return packed
    return gzip.compress(body, 6, mtime=0)


def chosen_encoding(header: str, offered: tuple[str, ...] = ("br", "gzip")) -> str:
    """The one of the encodings that Accept-Encoding likes best, or nothing where it allows none of them."""
    return _read_encoding(header, offered) if len(header) <= LONGEST_ADDRESS else ""


@lru_cache(maxsize=256)
def _read_encoding(header: str, offered: tuple[str, ...]) -> str:
    accepted = parse_accept_header(header)
    best = max(offered, key=accepted.quality)
    return best if accepted.quality(best) > 0 else ""
