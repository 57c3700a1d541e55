"""S1, S2, S3: docs/access.csv is what the site does; nobody reads another one's; no GET and no refusal writes."""

import re
from collections import Counter

import pytest
from flask import Flask

from core.access import access_of
from tests.security.walk import Seen, matrix, rules
from tests.security.world import World

pytestmark = pytest.mark.xdist_group("walk")
# These say when they were made.
NEVER_THE_SAME = {"/petitions/<id:petition_id>/poster.pdf", "/petitions/<id:petition_id>/referral.pdf"}
WORDS = {"yes", "no", "hidden", "sign-in"}
# Here the address itself is the permission, so that whoever has it reads what it opens.
OPENED_BY_TOKEN = re.compile(r"^/(petitions/co-author|signatures|promises)/")


def test_every_route_is_declared_and_every_line_is_a_route(site: Flask) -> None:
    declared = Counter(line.key for line in matrix())
    routes = {(method, rule.rule) for method, rule in rules(site)}
    assert {key: n for key, n in declared.items() if n > 1} == {}
    assert routes - set(declared) == set(), "routes that docs/access.csv does not declare"
    assert set(declared) - routes == set(), "lines of docs/access.csv without a route"


def test_the_words_of_the_matrix_are_known_and_its_exemptions_have_a_token(site: Flask) -> None:
    known = {(method, rule.rule): rule for method, rule in rules(site)}
    for line in matrix():
        assert set(line.cells.values()) <= WORDS, line.key
        access = access_of(site, known[line.key].endpoint)
        kind = access.kind if access else "public"
        said = access.permission if access and access.permission else kind
        assert line.access == said, line.key
        exempt = "url" if kind == "token" else "form"
        assert line.csrf == ("-" if line.method == "GET" else exempt), line.key
        if kind == "permission":
            assert line.cells["anonymous"] == "sign-in", line.key


def test_every_cell_answers_as_the_matrix_says(seen: list[Seen]) -> None:
    assert {s.line.key for s in seen} == {line.key for line in matrix()}
    wrong = {
        (s.line.method, s.line.path, s.role): (s.line.cells[s.role], s.cell, s.status)
        for s in seen
        if s.cell != s.line.cells[s.role]
    }
    assert wrong == {}
    assert [(s.url, s.status) for s in seen if s.status >= 500] == []


def test_nobody_reads_what_is_another_ones(seen: list[Seen], world: World) -> None:
    foreign = [
        (word, s.role, s.url)
        for s in seen
        for word in s.secrets
        if s.role not in world.secrets[word] and not OPENED_BY_TOKEN.search(s.url)
    ]
    assert foreign == []
    found = {(word, s.role) for s in seen for word in s.secrets}
    unseen = {(word, role) for word, roles in world.secrets.items() for role in roles} - found
    assert unseen == set(), "a secret that its own people do not see proves nothing"


def test_no_get_and_no_refusal_changes_the_database(seen: list[Seen]) -> None:
    changed = [(s.line.method, s.url, s.role) for s in seen if s.changed]
    assert [c for c in changed if c[0] == "GET"] == []
    refused = {(s.url, s.role) for s in seen if s.cell != "yes"}
    assert [c for c in changed if (c[1], c[2]) in refused and c[0] != "GET"] == []
    assert len(changed) > 20, "the watch over changes sees those that are meant"


def test_a_page_without_session_is_the_same_for_everybody(seen: list[Seen]) -> None:
    bodies: dict[str, set[str]] = {}
    for s in seen:
        if s.line.public and s.line.path not in NEVER_THE_SAME:
            bodies.setdefault(s.url, set()).add(s.digest)
    assert [url for url, digests in bodies.items() if len(digests) > 1] == []
    assert len(bodies) > 60
