"""Ask every route as every role, once, and keep what tests look at: status, headers, forms, secrets, changes."""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.factories import VILLAGE_BODY
from tests.security.world import ROLES, World

MATRIX = Path(__file__).resolve().parents[2] / "docs" / "access.csv"
# How names in an address are filled in where no object of the world is meant.
PLAIN: Mapping[str, Any] = {
    "code": "750000000", "day": date(2026, 11, 23), "version": "2026-11-1", "rulebook": "kz-2026", "step": "demand",
    "filename": "css/tokens.css", "token": "none-of-ours",
}  # fmt: skip
BY_ENDPOINT: Mapping[str, Mapping[str, Any]] = {
    "switches.show": {"name": "no-signing"},
    "register.upload": {"name": "areas"}, "register.confirm": {"name": "areas"}, "help.show": {"name": "sign"},
    "data_pages.newest_file": {"name": "petitions.csv"}, "data_pages.dated_file": {"name": "petitions.csv"},
    "statistics.as_table": {"name": "funnel"}, "statistics.as_json": {"name": "funnel"},
    "api.authority": {"code": VILLAGE_BODY}, "directory.authority": {"code": VILLAGE_BODY},
    "ledger.authority_calendar": {"code": VILLAGE_BODY}, "ledger.authority_feed": {"code": VILLAGE_BODY},
}  # fmt: skip
BEHIND_THE_SIGN_IN = "/account/sign-in"


@dataclass(frozen=True)
class Line:
    """One line of the matrix: a route with a method, the object it is asked about, and what each role gets."""

    method: str
    path: str
    object: str
    access: str
    csrf: str
    cells: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str]:
        """What must be declared once."""
        return self.method, self.path

    @property
    def public(self) -> bool:
        """Whether the page never looks who is there."""
        return self.access == "public"


def matrix() -> list[Line]:
    """The lines of docs/access.csv."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return [
            Line(
                *(r[n] for n in ("method", "path", "object", "access", "csrf")),
                {role: r[role] for role in ROLES},
            )
            for r in csv.DictReader(file)
        ]


class Forms(HTMLParser):
    """The forms of a page: where each is sent to, and what it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self._chosen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a form or one of its fields."""
        given = dict(attrs)
        if tag == "form" and given.get("method", "get") == "post":
            self.found.append((given.get("action") or "", {}, []))
        elif not self.found:
            return
        elif tag in {"input", "textarea"}:
            self._field(given, typed=tag == "textarea")
        elif tag in {"select", "button"} and given.get("name"):
            self._chosen = given["name"] or ""
            self.found[-1][1].setdefault(self._chosen, given.get("value") or "")
        elif (
            tag == "option" and self._chosen and ("selected" in given or not self.found[-1][1][self._chosen])
        ):
            self.found[-1][1][self._chosen] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        """Let go of a list."""
        if tag == "select":
            self._chosen = ""

    def _field(self, given: dict[str, str | None], *, typed: bool) -> None:
        _action, fields, texts = self.found[-1]
        name = given.get("name")
        if name:
            fields[name] = given.get("value") or ""
            if typed or given.get("type", "text") in {"text", "email"}:
                texts.append(name)

    def sent_to(self, url: str) -> tuple[dict[str, str], list[str]]:
        """Fields of the form that goes to an address, and those of them that a person types into."""
        for action, fields, texts in self.found:
            if "csrf_token" in fields and urlsplit(action or url).path == url:
                return fields, texts
        return {}, []


@dataclass
class Seen:
    """One answer, without its body, of which a digest is kept."""

    role: str
    line: Line
    url: str
    status: int
    location: str
    headers: Mapping[str, str]
    cookies: list[str]
    changed: bool
    secrets: frozenset[str]
    digest: str

    @property
    def cell(self) -> str:
        """What the matrix calls this answer."""
        if self.location.startswith(BEHIND_THE_SIGN_IN) and self.role == "anonymous":
            return "sign-in"
        return {401: "no", 403: "no", 404: "hidden", 410: "hidden", 409: "not-now"}.get(self.status, "yes")


def rules(app: Flask) -> list[tuple[str, Rule]]:
    """Every method and route of the site."""
    found = [
        (m, rule) for rule in app.url_map.iter_rules() for m in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    return sorted(found, key=lambda pair: (pair[1].rule, pair[0]))


def address(app: Flask, world: World, rule: Rule, object_: str) -> str:
    """The address of a route about an object of the world."""
    known = {
        **PLAIN, **world.names["all"], **world.names.get(rule.endpoint, {}), **BY_ENDPOINT.get(rule.endpoint, {}),
        "petition_id": world.petitions.get(object_, 0),
    }  # fmt: skip
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return adapter.build(rule.endpoint, {n: known[n] for n in rule.arguments}, method=None)


class Walker:
    """Sends requests as one of the roles, and puts the database back after each one that changed it."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world
        self._tokens: dict[str, tuple[str, str]] = {}

    def send(self, role: str, method: str, url: str, **options: Any) -> tuple[TestResponse, bool]:
        """One request of a role's browser; the answer, and whether the database is another one after it."""
        cookie = options.pop("cookie", None) or self.world.cookies.get(role)
        headers = {"Cookie": f"dauys={cookie}"} if cookie else {}
        client = FlaskClient(self.app, self.app.response_class, use_cookies=False)
        content = self.world.content
        before = content.version()
        answer = client.open(url, method=method, headers=headers, **options)
        answer.get_data()
        changed = content.version() != before
        if changed:
            content.put_back()
        return answer, changed

    def token(self, role: str) -> tuple[str, str]:
        """A token of a form and the cookie that it fits."""
        if role not in self._tokens:
            answer, _changed = self.send(role, "GET", "/language")
            found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
            assert found
            made = re.search(r"dauys=([^;]+)", answer.headers.get("Set-Cookie", ""))
            self._tokens[role] = found[1], made[1] if made else self.world.cookies[role]
        return self._tokens[role]

    def ask(self, role: str, line: Line, url: str) -> Seen:
        """Ask one cell; what a form needs is its token and nothing else."""
        options: dict[str, Any] = {}
        if line.method != "GET":
            token, cookie = self.token(role)
            options = {"data": {"csrf_token": token}, "cookie": cookie}
        answer, changed = self.send(role, line.method, url, **options)
        body = answer.get_data()
        return Seen(
            role, line, url, answer.status_code, answer.location or "", dict(answer.headers),
            answer.headers.getlist("Set-Cookie"), changed,
            frozenset(word for word in self.world.secrets if word.encode() in body),
            hashlib.sha256(body).hexdigest(),
        )  # fmt: skip


def cells(line: Line, number: int, *, every: bool) -> tuple[str, ...]:
    """Which roles a line is asked as: all of them, but a page without session as nobody and, in turn, as one of them.

    What a page without session answers to the others cannot differ (tests/security/test_access.py shows why); the
    long run asks them all the same.
    """
    if every or not line.public:
        return ROLES
    return ("anonymous", ROLES[1 + number % (len(ROLES) - 1)])


def walk(app: Flask, world: World, lines: list[Line], *, every: bool = False) -> Iterator[Seen]:
    """Every cell of the matrix that `cells` names."""
    known = {(method, rule.rule): rule for method, rule in rules(app)}
    walker = Walker(app, world)
    for number, line in enumerate(lines):
        url = address(app, world, known[line.key], line.object)
        for role in cells(line, number, every=every):
            yield walker.ask(role, line, url)
