"""The HTML of every screen: valid for the Nu checker, and without English on pages of another language."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.config import ROOT
from tests.conftest import skip
from tests.journeys.conftest import Site
from tests.journeys.english import latin_words
from tests.journeys.screens import Screen, every_screen
from tests.journeys.world import World

pytestmark = [pytest.mark.xdist_group("eyes")]
VNU = ROOT / "var" / "vnu" / "vnu.jar"
# What the checker says beside errors and what we do on purpose.
LET_PASS: Mapping[str, str] = {
    "role is unnecessary for element .fieldset.": "older screen readers need it in a date of three fields",
    "Duplicate .dt. name": "two columns of the data map may be called alike",
    "The first occurrence of .dt. name": "the other half of the line above",
}
# Names that are the same in every language.
NAMES = frozenset({
    "Dauys", "CSV", "JSON", "XLSX", "PDF", "ZIP", "ICS", "Atom", "API", "OpenAPI", "HTML", "SVG", "SHA", "UTF",
    "UTC", "ISO", "QR", "SMS", "TOTP", "Argon", "CC", "BY", "Excel", "VLOOKUP", "Markdown", "Python",
    "JavaScript", "curl", "cookie", "Cookie", "Frictionless", "Data", "Package", "ETag", "Cache-Control",
    "If-None-Match", "Retry-After", "Link", "GET", "HEAD", "CORS", "Tab",
})  # fmt: skip
# What stands in the register as it is published: the source of figures in its three languages.
PUBLISHED = ("Bureau of National Statistics", "invented")
# Pages for programmers name the parts of the API as they are.
OF_THE_API = ("/data/", "/help/data")
API = frozenset({"all", "any", "electorate", "representative"})
CODES = re.compile(
    r"D-\d{4}-\d{6}-\w{4}|\bkz-\d{4}\b|\bkz-reform\b|[0-9a-f]{12,}|flask --app app [\w -]+|\bdocs/[\w/.]+"
    r"|\b(?:account|petition):\d+|«\w+»|\{\w+\}|sha256sum|Argon2id|https:"
)


@pytest.fixture(scope="session")
def pages(country: tuple[Site, World]) -> dict[str, dict[Screen, str]]:
    """Every screen as it opens, in Kazakh and in Russian."""
    site, world = country
    return {
        language: {one: _html(site, world, one, language) for one in every_screen()}
        for language in ("kk", "ru")
    }


def _html(site: Site, world: World, screen: Screen, language: str) -> str:
    browser = site.app.test_client()
    if screen.who:
        browser.set_cookie("dauys", world.cookies[screen.who])
    answer = browser.get(world.address(screen.path), headers={"Accept-Language": language})
    assert answer.status_code == screen.status, screen
    return answer.text


def test_every_screen_is_valid_html(pages: dict[str, dict[Screen, str]], tmp_path: Path) -> None:
    if not VNU.exists() or shutil.which("java") is None:
        skip("the Nu checker (make vnu) or Java is not installed")
    # What is looked through for signers at the end leaves these pages out: they are those of the people on them.
    folder = tmp_path / "on-purpose"
    folder.mkdir()
    names = {}
    for n, (screen, html) in enumerate(pages["kk"].items()):
        names[f"{n:03}.html"] = f"{screen.path} {screen.who}"
        (folder / f"{n:03}.html").write_text(html)
    command = ["java", "-Xss4m", "-jar", str(VNU), "--format", "json", "--exit-zero-always", str(folder)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stderr)["messages"]
    assert not [one for one in told if one["type"] == "non-document-error"]
    wrong = [
        f"{names[one['url'].rsplit('/', 1)[1]]}: {one['message']} {one.get('extract', '')}"
        for one in told
        if not any(re.search(known, one["message"]) for known in LET_PASS)
    ]
    assert wrong == []


@pytest.fixture(scope="session")
def api_words(country: tuple[Site, World]) -> frozenset[str]:
    """Every name that the description of the API has: of fields, of their values, of their kinds."""
    site, _world = country
    spec = site.app.test_client().get("/api/v1/openapi.json").text
    return frozenset(re.findall(r"[A-Za-z][A-Za-z-]*[A-Za-z]", re.sub(r'"description": ?"[^"]*"', "", spec)))


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_english_is_left(
    pages: dict[str, dict[Screen, str]], api_words: frozenset[str], language: str
) -> None:
    found = set()
    for screen, html in pages[language].items():
        known = NAMES | (api_words | API if screen.path.startswith(OF_THE_API) else frozenset())
        for word, text in latin_words(_without_codes(html), language):
            if word not in known and not any(one in text for one in PUBLISHED):
                found.add((word, text, screen.path))
    assert sorted(found) == []


def test_english_that_is_left_would_be_found() -> None:
    page = '<html lang="kk"><p>Бір</p><p lang="en">Said</p><code>id</code><a title="Two words">Үш</a> Open</html>'
    assert [word for word, _text in latin_words(page, "kk")] == ["Two", "words", "Open"]


def _without_codes(html: str) -> str:
    return CODES.sub(" ", html)
