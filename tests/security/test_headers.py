"""S16: what every answer of every route says to browsers and caches, and whom its cookies go to."""

import re

import pytest
from flask import Flask

from core.access import access_of
from tests.security.walk import Seen, Walker, rules

pytestmark = pytest.mark.xdist_group("walk")
ASKED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}
EMBED = "/petitions/<id:petition_id>/embed"
COOKIE = re.compile(r"^(dauys|lang)=[^;]*;.*$")


def _directives(policy: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}


def test_every_answer_has_a_strict_policy(seen: list[Seen]) -> None:
    for s in seen:
        policy = _directives(s.headers["Content-Security-Policy"])
        assert policy["default-src"] == ["'none'"], s.url
        assert policy["script-src"] == policy["style-src"] == ["'self'"], s.url
        assert policy["base-uri"] == ["'none'"] and policy["form-action"] == ["'self'"], s.url
        framed = s.line.path == EMBED and s.status == 200
        assert policy["frame-ancestors"] == (["*"] if framed else ["'none'"]), s.url
        assert "unsafe" not in s.headers["Content-Security-Policy"], s.url
        sources = {word for words in policy.values() for word in words}
        assert sources <= {"'self'", "'none'", "*"}, s.url


def test_every_answer_has_the_other_headers(seen: list[Seen]) -> None:
    bare = [(s.url, name) for s in seen for name, value in ASKED.items() if s.headers.get(name) != value]
    assert bare == []
    assert [s.url for s in seen if "Server" in s.headers or "X-Powered-By" in s.headers] == []


def test_only_public_pages_are_kept_by_caches(site: Flask, seen: list[Seen]) -> None:
    known = {(method, rule.rule): rule for method, rule in rules(site)}
    for s in seen:
        access = access_of(site, known[s.line.key].endpoint)
        public = s.line.path.startswith("/static/") or (access is not None and access.kind == "public")
        kept = s.headers.get("Cache-Control", "")
        if public:
            assert s.cookies == [], s.url
        else:
            assert "no-store" in kept and "public" not in kept, (s.url, kept)


def test_cookies_go_over_https_and_to_no_script(seen: list[Seen]) -> None:
    cookies = [cookie for s in seen for cookie in s.cookies]
    assert len(cookies) > 20
    for cookie in cookies:
        assert COOKIE.match(cookie), cookie
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert "secure" in parts and "samesite=lax" in parts, cookie
        assert "httponly" in parts and not any(part.startswith("domain=") for part in parts), cookie


def test_a_site_over_http_asks_for_no_https(walker: Walker) -> None:
    for path in ("/", "/nowhere", "/api/v1/nowhere", "/petitions/0", "/static/nowhere.css", "/%00"):
        answer, _changed = walker.send("anonymous", "GET", path)
        for name, value in ASKED.items():
            assert answer.headers.get(name) == value, (path, name)
        assert "Content-Security-Policy" in answer.headers, path
