"""The web's kernel: pages, errors, headers, sessions that public pages never touch, static files."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit

import structlog
from flask import (
    Flask,
    Request,
    Response,
    current_app,
    g,
    has_request_context,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from core import i18n
from core.access import is_public
from core.config import Settings
from core.forms import Form
from core.refusal import Refusal
from core.refusals import refusal_status, refusal_text
from core.tables import as_csv

PUBLIC_SECONDS = 5
API = "/api/"
MAX_BODY = 1_000_000
LARGEST_ID = 2**53
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {frames}"
)
log = structlog.get_logger()


class Id(IntegerConverter):
    """A row's number in a URL; a larger one than any row can have is no page."""

    def __init__(self, map: Any) -> None:
        super().__init__(map, min=1, max=LARGEST_ID)


class QuietSessions(SecureCookieSessionInterface):
    """Sessions that public pages neither read nor write, so that any cache may keep them."""

    _serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The one that signs the cookie, made once: the key never changes while the app runs."""
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, but never on a public page."""
        if not is_public():
            super().save_session(app, session, response)


class TidyRequest(Request):
    """A request that closes the files of its body, also those of a body that breaks off before its end."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._opened: list[IO[bytes]] = []

    def _get_file_stream(self, *given: Any, **options: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*given, **options)
        self._opened.append(stream)
        return stream

    def close(self) -> None:
        """Close what was opened, whether or not it became a file of the form."""
        super().close()
        for stream in self._opened:
            stream.close()


def init_web(app: Flask, settings: Settings) -> None:
    """Everything of the web that knows no package: limits, headers, errors, template words."""
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        SESSION_COOKIE_NAME="dauys",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=24 * 3600,
        WTF_CSRF_SSL_STRICT=False,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        JSON_SORT_KEYS=False,
    )
    app.request_class = TidyRequest
    app.session_interface = QuietSessions()
    app.url_map.converters["id"] = Id
    app.view_functions["static"] = _whole(app.view_functions["static"])
    app.before_request(_begin)
    app.after_request(_headers)
    _template_words(app, settings)
    _error_pages(app)


def _whole(serve: Callable[..., Any]) -> Callable[..., Any]:
    """Read a static file at once: a stream that is compressed on its way would leave the file open."""

    def static(**names: Any) -> Response:
        response: Response = serve(**names)
        response.direct_passthrough = False
        response.make_sequence()
        response.close()
        return response

    return static


def _template_words(app: Flask, settings: Settings) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        format_date=i18n.format_date,
        local_day=i18n.local_day,
        format_datetime=i18n.format_datetime,
        format_number=i18n.format_number,
        format_share=i18n.format_share,
        localised=i18n.localised,
        lang_url=i18n.lang_url,
        url=i18n.url,
        asked_language=i18n.asked_language,
        languages=list(i18n.LANGUAGES.items()),
        static_url=static_url,
        controller=settings.controller,
        base_url=settings.base_url,
    )
    app.context_processor(lambda: {"page_lang": i18n.language()})


def page(template: str, /, *, form: Form | None = None, status: int | None = None, **facts: Any) -> Response:
    """Render a page; with a form, its status and the `Error:` in its title follow from the form."""
    code = status or (form.status if form is not None and request.method == "POST" else 200)
    facts["title_prefix"] = i18n._("Error:") if code in {400, 422} else ""
    return make_response(render_template(template, form=form, **facts), code)


def unlisted(response: Response) -> Response:
    """A page that is for one person, or for one act: no search engine lists it."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A table as CSV, which a browser may show and keeps under `name`."""
    response = Response(as_csv(head, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.csv"'
    return response


def static_url(path: str) -> str:
    """The address of a static file with its hash, so that a browser may keep it for good."""
    return url_for("static", filename=path, v=_digest(str(Path(current_app.static_folder or "") / path)))


@lru_cache(maxsize=256)
def _digest(path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]
    except OSError:
        return "0"


def _begin() -> Response | None:
    g.request_id = secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if _is_no_text():
        return _error(HTTPStatus.BAD_REQUEST, "errors/400.html")
    return None


def _is_no_text() -> bool:
    """Whether the address holds what is no text: bytes that are no UTF-8, or NUL, which no database takes.

    A control sign in the query is none either: a line's end would break `Location` where an address is repeated.
    """
    try:
        request.query_string.decode()
    except UnicodeDecodeError:
        # Without this the first look at the arguments would be a fault; the page that says so looks at them too.
        request.environ["QUERY_STRING"] = ""
        request.query_string = b""
        return True
    texts = [request.path, *request.args.keys(), *request.args.values()]
    return any(byte < ord(" ") for byte in request.query_string) or any("\x00" in text for text in texts)


def row_number(name: str) -> int | None:
    """A row's number out of the query; None where there is none that a row can have."""
    number = request.args.get(name, type=int)
    return number if number is not None and 1 <= number <= LARGEST_ID else None


_STEADY = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
_POLICY, _FRAMED = (("Content-Security-Policy", CSP.format(frames=frames)) for frames in ("'none'", "*"))
_TRANSPORT = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")


def _headers(response: Response) -> Response:
    policy = _FRAMED if response.headers.pop("X-Dauys-Embed", None) else _POLICY
    headers = [policy, *_STEADY, ("X-Request-Id", g.get("request_id", ""))]
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.append(_TRANSPORT)
    # Each look into the headers reads them all, so there is one.
    there = {name.lower() for name, _value in response.headers}
    for name, value in headers:
        if name.lower() not in there:
            response.headers.add(name, value)
    _caching(response)
    return _own_redirect(response)


def _caching(response: Response) -> None:
    if request.endpoint == "static":
        _cache_static(response)
    elif is_public() and response.status_code in {200, 304} and request.method in {"GET", "HEAD"}:
        if "Cache-Control" not in response.headers:
            # Together ten seconds, from the moment that Age counts from: so long may a change stay unseen.
            kept = f"public, max-age={PUBLIC_SECONDS}, stale-while-revalidate={PUBLIC_SECONDS}"
            response.headers["Cache-Control"] = kept
        if response.headers.get("Access-Control-Allow-Origin") != "*":
            # What every origin may read depends on nobody. Compression has already said that the encoding varies.
            response.vary.update(("Accept-Language", "Cookie"))
        if not response.is_streamed and not response.direct_passthrough:
            response.add_etag()
            response.make_conditional(request)
    elif _is_lasting_error(response):
        response.headers["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}"
        response.add_etag()
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"


def _is_lasting_error(response: Response) -> bool:
    """Whether the API said no in a way that a cache may repeat for a moment."""
    return (
        request.path.startswith(API)
        and request.method in {"GET", "HEAD"}
        and response.status_code in {400, 404, 410}
    )


def _cache_static(response: Response) -> None:
    hashed = request.args.get("v") not in {None, "", "0"}
    kept = "public, max-age=31536000, immutable" if hashed else "public, max-age=3600"
    response.headers["Cache-Control"] = kept


def _error_pages(app: Flask) -> None:
    app.register_error_handler(Refusal, _on_refusal)
    app.register_error_handler(HTTPException, _on_http)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(kind, _on_overload)
    app.register_error_handler(Exception, _on_fault)


_TITLES = {404: i18n.lazy("There is no such page"), 410: i18n.lazy("This page is gone")}


def _on_refusal(error: Refusal) -> Response:
    status = refusal_status(error)
    if _wants_json():
        return problem(status, refusal_text(error))
    facts = {"message": refusal_text(error), "title": _TITLES.get(status), "status": status}
    response = make_response(render_template("errors/refusal.html", **facts), status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "60"
    return response


def _on_http(error: HTTPException) -> Response:
    if error.code is not None and error.code < HTTPStatus.BAD_REQUEST:
        return make_response(error.get_response())
    response = _error(error.code or 500)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _own_redirect(response: Response) -> Response:
    """A redirect of the router repeats the Host header, which anybody can set: keep its path only."""
    if response.location:
        parts = urlsplit(response.location)
        if parts.netloc == request.host:
            response.location = urlunsplit(("", "", parts.path, parts.query, ""))
            response.autocorrect_location_header = False
            response.set_data(b"")  # its page would repeat the header too
    return response


def _on_overload(error: Exception) -> Response:
    log.error("database not available", kind=type(error).__name__)
    g.switches = []  # the page that says so must not ask the database again
    response = _error(HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = "5"
    return response


def _on_fault(error: Exception) -> Response:
    log.exception("fault", kind=type(error).__name__)
    if current_app.testing:
        raise error
    return _error(HTTPStatus.INTERNAL_SERVER_ERROR)


ERROR_PAGES = {400, 403, 404, 405, 410, 413, 422, 429, 500, 503}


def _error(status: int, template: str = "") -> Response:
    status = int(status)
    if _wants_json():
        return problem(status, HTTPStatus(status).phrase)
    known = status if status in ERROR_PAGES else (400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500)
    return make_response(render_template(template or f"errors/{known}.html", status=status), status)


def _wants_json() -> bool:
    return request.path.startswith(API)


def problem(status: int, title: str, **more: Any) -> Response:
    """An API's error (RFC 9457)."""
    body: Mapping[str, Any] = {"type": "about:blank", "title": title, "status": int(status), **more}
    response = make_response(jsonify(body), status)
    response.headers["Content-Type"] = "application/problem+json"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def add_navigation(app: Flask, menu: Callable[[], Mapping[str, Any]]) -> None:
    """The frame's addresses and words, made anew for each page so that they keep its language.

    `menu` gives `nav_items` as pairs of address and word, and the single addresses that base.html names.
    """

    def context() -> dict[str, Any]:
        if not has_request_context():
            return {}  # a mail has no menu
        made = dict(menu())
        made["nav_items"] = [(u, word, request.path == u.split("?")[0]) for u, word in made["nav_items"]]
        return made

    app.context_processor(context)
