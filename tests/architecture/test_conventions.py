"""Conventions as tests: one commit, one clock, words for every code, access for every route."""

import re
from pathlib import Path

import pytest
from flask import Flask

from auth.permissions import Permission
from auth.staff_words import ACTIONS
from core.access import access_of
from core.refusals import known_codes
from tests.architecture.test_sizes import ROOT, modules

RECORDED = re.compile(r"""\brecord\(\s*w,\s*["']([^"']+)["']""")
CODE = re.compile(r"""Refusal\(\s*["']([a-z0-9-]+)["']""")


def test_only_work_commits() -> None:
    guilty = [str(p.relative_to(ROOT)) for p in modules() if re.search(r"\.commit\(\)", p.read_text())]
    assert guilty == ["core/work.py"]


def test_every_refusal_has_words(app: Flask) -> None:
    used = {code: path.name for path in modules() for code in CODE.findall(path.read_text())}
    assert {c: p for c, p in used.items() if c not in known_codes()} == {}


def test_every_act_in_the_log_of_staff_has_words() -> None:
    used = {act for path in modules() for act in RECORDED.findall(path.read_text())}
    assert used and used - set(ACTIONS) == set()


def test_every_route_declares_its_access(app: Flask) -> None:
    bare = [
        r.endpoint
        for r in app.url_map.iter_rules()
        if r.endpoint != "static" and not access_of(app, r.endpoint)
    ]
    assert bare == []


def test_every_permission_asked_for_is_in_the_table(app: Flask) -> None:
    asked = {
        a.permission
        for e in app.view_functions
        if (a := getattr(app.view_functions[e], "access", None)) and a.kind == "permission"
    }
    assert asked <= {p.value for p in Permission}


@pytest.mark.parametrize("package", ["core", "authorities", "auth", "petitions", "opendata"])
def test_each_package_says_in_a_few_lines_what_it_may_not_do(package: str) -> None:
    lines = (ROOT / package / "README.md").read_text().strip().splitlines()
    assert 3 <= len(lines) <= 12


def test_nothing_of_the_workplace_is_named() -> None:
    words = re.compile(r"/(?:work|tmp|root|home)/[a-z]")
    files = [*modules(), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), ROOT / "Makefile"]
    assert [str(f) for f in files if words.search(Path(f).read_text())] == []
