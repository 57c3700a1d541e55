"""S13: requests that no browser sends, made from a route, its form and a source of chance; sent below the server."""

import io
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import run_wsgi_app

from tests.security.walk import Forms, Line, Walker, address, matrix, rules
from tests.security.world import ROLES, World

SLOWEST_SECONDS = 1.0
BOUNDARY = "dauys"
# What stands for a value, whatever was asked for.
VALUES: tuple[bytes, ...] = (
    b"",
    b"\x00",
    b"a\x00b",
    b"%00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    "\u202e\ufeff\ufffe".encode(),
    b"-1",
    b"0",
    b"1e309",
    b"99999999999999999999999999",
    b"NaN",
    b"Infinity",
    b"0x10",
    b"1.5",
    "١٢".encode(),
    "²".encode(),
    b"true",
    b"null",
    b"None",
    b"[]",
    b"{}",
    b"[" * 3_000,
    b'{"a":' * 3_000,
    b"((((" * 900,
    b"<" * 5_000,
    b"*_" * 3_000,
    b"A" * 9_999,
    b"A" * 70_000,
    "ұ".encode() * 20_000,
    "е\u0301".encode() * 4_000,
    b"a\r\nSet-Cookie: x=1",
    b"../../../etc/passwd",
    b"' OR 1=1 --",
    b'"',
    b"%",
    b"_%_%_%",
    b"*",
    b"NEAR(",
    b"a AND",
    b'"a',
    b"x" * 300 + b"@" + b"y" * 300,
    b"a@b@c",
    b"2026-02-31",
    b"9999-99-99",
    b"0000-00-00",
    b"31",
    b"13",
    b"\xd1",
    b"\xf0\x9f\x92\xa9" * 500,
    b"\x1b[2J",
    b"\x7f" * 9,
    b"+" * 50,
    b"&" * 50,
    b"=" * 50,
    b";" * 50,
)
TYPES = (
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    f"multipart/form-data; boundary={BOUNDARY}",
    "application/json",
    "text/plain",
    "",
    "application/x-www-form-urlencoded; charset=utf-7",
    "multipart/form-data; boundary=" + "b" * 500,
    "a/b/c",
    "\xff",
    "application/xml",
    "multipart/mixed; boundary=dauys",
)
METHODS = (
    "GET",
    "HEAD",
    "OPTIONS",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "PROPFIND",
    "get",
    "\xff",
    "A" * 200,
)
HEADERS: tuple[tuple[str, str], ...] = (
    ("HTTP_HOST", "evil.example"),
    ("HTTP_HOST", ""),
    ("HTTP_HOST", "a" * 300),
    ("HTTP_HOST", "[::1"),
    ("HTTP_HOST", "x:99999"),
    ("HTTP_HOST", "\xff"),
    ("HTTP_ACCEPT_LANGUAGE", "kk;q=x,*;q=9" * 200),
    ("HTTP_ACCEPT_LANGUAGE", "\xff\x00"),
    ("HTTP_ACCEPT", "*/*;q=a" * 300),
    ("HTTP_COOKIE", "dauys=" + "A" * 4000),
    ("HTTP_COOKIE", "dauys=.eJ; lang=xx; =; ;;"),
    ("HTTP_COOKIE", "lang=\xff"),
    ("HTTP_IF_NONE_MATCH", "W/" * 500),
    ("HTTP_IF_MODIFIED_SINCE", "yesterday"),
    ("HTTP_RANGE", "bytes=9-1,2-"),
    ("HTTP_RANGE", "bytes=" + "0-1," * 500),
    ("HTTP_X_FORWARDED_FOR", "x" * 500),
    ("HTTP_CONTENT_ENCODING", "gzip"),
    ("HTTP_ACCEPT_ENCODING", "br;q=x, gzip;q=9"),
    ("HTTP_TRANSFER_ENCODING", "chunked"),
    ("HTTP_EXPECT", "100-continue"),
    ("HTTP_ORIGIN", "null"),
    ("HTTP_REFERER", "\xff" * 50),
    ("HTTP_AUTHORIZATION", "Basic ="),
    ("CONTENT_LENGTH", "-1"),
    ("CONTENT_LENGTH", "x"),
    ("CONTENT_LENGTH", "99999999"),
    ("HTTP_IF_MATCH", "\x00"),
)


@dataclass(frozen=True)
class Target:
    """One line of the matrix with its address, the fields of its form, and who sends it."""

    line: Line
    url: str
    role: str
    cookie: str
    fields: Mapping[str, str]


@dataclass
class Trouble:
    """What went wrong, and how often nothing did."""

    sent: int = 0
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")


def targets(app: Flask, world: World, walker: Walker) -> list[Target]:
    """Every route and method, as somebody who may use it, with a token that is right."""
    known = {(method, rule.rule): rule for method, rule in rules(app)}
    found = []
    for line in matrix():
        url = address(app, world, known[line.key], line.object)
        role = next((r for r in reversed(ROLES) if line.cells[r] == "yes"), "anonymous")
        if line.csrf != "form":
            found.append(Target(line, url, role, world.cookies.get(role, ""), {"action": "x"}))
            continue
        token, cookie = walker.token(role)
        shown = Forms()
        shown.feed(walker.send(role, "GET", url)[0].text)
        fields, _texts = shown.sent_to(url)
        found.append(Target(line, url, role, cookie, {**fields, "csrf_token": token}))
    return found


def attack(app: Flask, world: World, target: Target, n: int, seed: int) -> Trouble:
    """Send `n` malformed requests to one route; the database is put back after each that changed it."""
    chance, trouble, content = random.Random(f"{seed}|{target.line.key}"), Trouble(), world.content
    for _ in range(n):
        environ = _environ(target, chance)
        trouble.sent += 1
        before = content.version()
        begun = time.thread_time()
        status = _status(app, environ, trouble, target)
        taken = time.thread_time() - begun
        trouble.slowest = max(trouble.slowest, (taken, f"{environ['REQUEST_METHOD']!r} {target.line.path}"))
        if status >= 500:
            trouble.faults.append((*target.line.key, f"{status} {_said(environ)}"))
        if content.version() != before:
            content.put_back()
    return trouble


def _status(app: Flask, environ: dict[str, Any], trouble: Trouble, target: Target) -> int:
    try:
        body, status, _headers = run_wsgi_app(app, environ)
        with closing(body) if hasattr(body, "close") else _nothing():  # type: ignore[arg-type]
            for _part in body:
                pass
        return int(status.split()[0])
    except Exception as error:
        trouble.faults.append((*target.line.key, f"{type(error).__name__} {_said(environ)}"))
        return 0


def _nothing() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def _said(environ: Mapping[str, Any]) -> str:
    body, kind = environ["wsgi.input"].getvalue()[:200], environ.get("CONTENT_TYPE", "")[:40]
    return f"{environ['PATH_INFO'][:90]!r} ?{environ['QUERY_STRING'][:90]!r} {kind!r} {body!r}"


def _environ(target: Target, chance: random.Random) -> dict[str, Any]:
    path, query, body, kind = target.url.encode(), b"", b"", "application/x-www-form-urlencoded"
    method = target.line.method
    way = chance.randrange(10)
    if method != "GET":
        kind, body = _body(target, chance)
    if way == 0:
        method = chance.choice(METHODS)
    if way in {1, 2}:
        path = _path(path, chance)
    if way in {3, 4, 5} or method == "GET":
        query = b"&".join(_pair(name.encode(), chance) for name in chance.choices(NAMES, k=3))
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "HTTP_HOST": "localhost",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "REMOTE_ADDR": "192.0.2.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": kind,
        "HTTP_COOKIE": f"dauys={target.cookie}",
    }
    if way in {6, 7}:
        name, value = chance.choice(HEADERS)
        environ[name] = value
    return environ


# What the site's addresses are asked with.
NAMES = (
    *(
        "lang",
        "q",
        "state",
        "tier",
        "area",
        "authority",
        "order",
        "page",
        "limit",
        "cursor",
        "format",
        "next",
        "as_of",
        "done",
    ),
    *(
        "population",
        "changed",
        "kind",
        "window",
        "from",
        "to",
        "date",
        "version",
        "title",
        "place",
        "id",
        "v",
        "x",
    ),
)


def _value(chance: random.Random) -> bytes:
    return chance.choice(VALUES)


def _escaped(value: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        return value.replace(b"&", b"").replace(b"#", b"")  # as it is: raw bytes, stray percent signs
    return b"%" + value[:20_000].hex("%").upper().encode() if value else b""


def _pair(name: bytes, chance: random.Random) -> bytes:
    shape = chance.randrange(8)
    if shape == 0:
        return name
    if shape == 1:
        return b"&".join([name + b"=" + _escaped(_value(chance), chance)] * 3)
    if shape == 2:
        return name + b"[]=" + _escaped(_value(chance), chance)
    return name + b"=" + _escaped(_value(chance), chance)


def _path(path: bytes, chance: random.Random) -> bytes:
    parts = path.split(b"/")
    at = chance.randrange(1, len(parts)) if len(parts) > 1 else 0
    parts[at] = chance.choice(
        [
            _value(chance)[:2_000],
            b"..",
            b".",
            b"",
            b"-" + parts[at],
            parts[at] + b"/",
            parts[at] + b"\x00",
            b"9" * 40,
            parts[at] + b";x",
            parts[at].upper(),
            b"%2e%2e",
            parts[at] + b"\xff",
        ]
    )
    return b"/".join(parts)


def _body(target: Target, chance: random.Random) -> tuple[str, bytes]:
    kind = TYPES[0] if chance.random() < 0.6 else chance.choice(TYPES)
    fields = [(name.encode(), value.encode()) for name, value in target.fields.items()]
    if chance.random() < 0.01:
        return kind, b"full_name=" + b"A" * 1_000_100
    changed = [
        (name, value if name == b"csrf_token" and chance.random() < 0.9 else _value(chance)[:30_000])
        if name == b"csrf_token" or chance.random() < 0.6
        else (name, value)
        for name, value in fields
    ]
    if kind.startswith("multipart"):
        return kind, _multipart(changed, chance)
    if kind == "application/json":
        return kind, _value(chance)
    pairs = [name + b"=" + _escaped(value, chance) for name, value in changed]
    if chance.random() < 0.2:
        pairs += [_pair(chance.choice(fields)[0], chance)] * chance.choice([1, 50, 1_500])
    return kind, b"&".join(pairs)


def _multipart(fields: list[tuple[bytes, bytes]], chance: random.Random) -> bytes:
    out = b""
    for name, value in fields:
        more = chance.choice(
            [b"", b'; filename="x"', b'; filename="../../x.csv"', b"; filename*=utf-8''%ff", b'; filename=""']
        )
        head = chance.choice(
            [
                b'Content-Disposition: form-data; name="' + name + b'"' + more,
                b"Content-Disposition",
                b"\xff: \xff",
            ]
        )
        out += b"--dauys\r\n" + head + b"\r\n\r\n" + value + b"\r\n"
    return out + chance.choice([b"--dauys--\r\n", b"--dauys", b"", b"--other--"])


def everything(app: Flask, world: World, walker: Walker, n: int, seed: int = 1) -> Iterator[Trouble]:
    """Every route with `n` requests each."""
    for target in targets(app, world, walker):
        yield attack(app, world, target, n, seed)
