"""Walks over everything public of a loaded site by its links, as a search engine would."""

import re
from collections.abc import Iterator
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.access import access_of

# Each path with its answer, and the endpoints that were met.
Crawled = tuple[dict[str, TestResponse], set[str]]
LINK = re.compile(rb"""(?:href|src|action)="(?:http://localhost)?(/[^"#]*)""")
ENTRY = re.compile(rb"http://localhost(/[^\"<\s#\\]*)")
PRIVATE = ("/static", "/account", "/desk", "/moderation", "/admin")
TABLES = ("/api/v1/petitions?format=csv&limit=100", "/api/v1/terms?format=csv&limit=100")


def crawl(app: Flask) -> Crawled:
    """Everything that is reached from the first page and from the API by links; each path once, in one language."""
    client = FlaskClient(app, app.response_class)
    listed = [item["id"] for item in client.get("/api/v1/petitions?limit=100").get_json()["items"]]
    waiting = [*TABLES, *doors(app, listed)]
    seen: dict[str, TestResponse] = {}
    met: set[str] = set()
    adapter = app.url_map.bind("localhost")
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(PRIVATE):
            continue
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.status_code == 200:
            met.add(adapter.match(path.partition("?")[0])[0])
        seen[path] = answer
        if answer.mimetype in {"text/html", "application/json", "application/atom+xml"}:
            links = LINK.findall(answer.data) + ENTRY.findall(answer.data)
            waiting += sorted({bare(unescape(link.decode())) for link in links} - seen.keys())
    return seen, met


def doors(app: Flask, petitions: list[int]) -> Iterator[str]:
    """Every public address that needs nothing, or the number of a petition only."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint in public_endpoints(app):
            if not rule.arguments:
                yield adapter.build(rule.endpoint)
            elif rule.arguments == {"petition_id"}:
                yield from (adapter.build(rule.endpoint, {"petition_id": id}) for id in petitions)


def bare(path: str) -> str:
    """The path with that of its query which makes another kind of answer; filters and languages are left out."""
    plain_path, _mark, query = path.partition("?")
    return f"{plain_path}?format=csv" if "format=csv" in query else plain_path


def public_endpoints(app: Flask) -> set[str]:
    """What anybody may open without a mailed token, and what is a page or a file."""
    found = set()
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint) if rule.endpoint != "static" else None
        if access is not None and access.kind == "public" and "GET" in (rule.methods or ()):
            found.add(rule.endpoint)
    return found
