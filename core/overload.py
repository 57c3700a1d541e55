"""Overload: what cannot be answered in time is sent away at once, before anything of it is taken."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask, render_template

from core.i18n import LANGUAGES, request_language

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# As many requests as may wait for a thread: some seconds of work. Who comes later would wait longer than for an
# answer that says when to come again.
LONGEST_QUEUE = 200
RETRY_SECONDS = 5


class Shedding:
    """A WSGI application that sends writers away while too many requests wait; readers are answered from caches."""

    def __init__(self, app: Flask, inner: "WSGIApplication", waiting: Callable[[], int]) -> None:
        self._app, self._inner, self._waiting = app, inner, waiting
        self._pages: dict[str, bytes] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The answer of the application, or a page that says to come again."""
        if environ["REQUEST_METHOD"] != "POST" or self._waiting() <= LONGEST_QUEUE:
            return self._inner(environ, start_response)
        body = self._page(environ)
        start_response(f"503 {HTTPStatus.SERVICE_UNAVAILABLE.phrase}", _headers(len(body)))
        return [body]

    def _page(self, environ: "WSGIEnvironment") -> bytes:
        """The page in the reader's language; it holds nothing of the request, and is made once."""
        with self._app.request_context(_nothing_but_language(environ)):
            code = request_language()
            if code not in self._pages:
                self._pages[code] = render_template("errors/503.html", status=503).encode()
        return self._pages[code]


def _nothing_but_language(environ: "WSGIEnvironment") -> dict[str, Any]:
    kept = ("HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme")
    asked = {name: environ[name] for name in kept if name in environ}
    query = environ.get("QUERY_STRING", "")
    plain = query if query in {f"lang={code}" for code in LANGUAGES} else ""
    return {**asked, "REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": plain}


def _headers(length: int) -> list[tuple[str, str]]:
    return [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(length)),
        ("Retry-After", str(RETRY_SECONDS)),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ]
