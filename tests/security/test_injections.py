"""S8: 2,000 strings through the sanitiser and every renderer: none of them comes out as anything but text."""

import csv
import io
import json
import re
from collections import Counter
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from auth.services.accounts import find_account
from core.tables import as_csv, harmless
from core.work import SYSTEM, work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition, PetitionText
from petitions.services.letters import write_to_author
from petitions.services.markdown import render
from tests.cases import sent_mails
from tests.factories import a_petition, an_author
from tests.security.active import read
from tests.security.injections import HEADER_BREAKS, SEEDS, strings
from tests.signing_pages import page_of, send
from tests.writing import refused

BATCH = 250
CONTROLS = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e]")
# The words of a PDF that make it do something or lead elsewhere.
ACTIVE_PDF = re.compile(rb"/(JS|JavaScript|Launch|EmbeddedFile|SubmitForm|ImportData|GoToR|RichMedia|AA)\b")
HARMLESS = "Мәтін"
LETTER = "Сізге жазып отырмын, жауап беріңізші. "


def batches(size: int = BATCH) -> list[list[str]]:
    """All strings, many at a time, without the control signs that every form refuses."""
    cleaned = [CONTROLS.sub(" ", text) for text in strings()]
    return [cleaned[n : n + size] for n in range(0, len(cleaned), size)]


def test_the_strings_are_two_thousand_and_active_where_nobody_escapes() -> None:
    assert len(set(strings())) == 2000
    bare = [seed for seed in SEEDS if read(seed).found]
    assert len(bare) > 25, "the detector sees what is active"


def test_the_sanitiser_lets_nothing_active_through() -> None:
    for text in strings():
        html = render(text)
        page = read(html)
        assert page.found == [], text
        assert "javascript:" not in re.sub(r">[^<]*<", "><", html).lower(), text


def filled(text: list[str]) -> int:
    """A petition whose title, author and text hold the strings, past every form."""
    with work(SYSTEM) as w:
        author = find_account(w, "author@mail.example")
    known = author.id if author else an_author(email="author@mail.example")
    number = a_petition(State.UNDER_REVIEW, signatures=21, author=known)
    with work(SYSTEM) as w:
        petition = w.session.get_one(Petition, number)
        body = w.session.get_one(PetitionText, (number, 1))
        petition.title = body.title = " ".join(text)
        petition.author_name = " ".join(text[:10])
        body.markdown, body.html = "\n\n".join(text), render("\n\n".join(text)[:9_000])
    return number


def shape_of(client: FlaskClient, url: str) -> Counter[tuple[str, ...]]:
    """The tags of a page, without those that the sanitiser may make of a text."""
    page = read(client.get(url).text)
    assert page.found == [], url
    # A text of many paragraphs is a longer one; what it is made of was looked at above.
    return Counter({key: n for key, n in page.shape.items() if key[0] not in ALLOWED_IN_TEXT})


ALLOWED_IN_TEXT = {
    "p",
    "br",
    "hr",
    "em",
    "strong",
    "s",
    "blockquote",
    "ul",
    "ol",
    "li",
    "code",
    "pre",
    "a",
} | {f"h{level}" for level in range(3, 7)}
PAGES = (
    "/petitions/{}",
    "/petitions/{}/sign",
    "/petitions/{}/report",
    "/petitions/{}/embed",
    "/petitions/{}/referral",
)


def test_every_page_says_the_strings_as_text(app: Flask) -> None:
    client = FlaskClient(
        app, app.response_class
    )  # the tests' own one would take a string for a fault of a template
    control = filled([HARMLESS])
    expected = {path: shape_of(client, path.format(control)) for path in PAGES}
    listed = read(client.get("/petitions").text).shape
    with work(SYSTEM) as w:
        w.session.get_one(Petition, control).state = State.TAKEN_DOWN
    for text in batches():
        number = filled(text)
        for path in PAGES:
            assert shape_of(client, path.format(number)) == expected[path], path
        page = read(client.get("/petitions").text)
        assert page.found == [] and page.shape == listed
        with work(SYSTEM) as w:
            w.session.get_one(Petition, number).state = State.TAKEN_DOWN


def test_feeds_data_and_paper_say_the_strings_as_text(app: Flask, client: FlaskClient) -> None:
    control = filled([HARMLESS])
    tags = _tags(client, control)
    for text in batches():
        number = filled(text)
        assert _tags(client, number) == tags
        found = client.get(f"/api/v1/petitions/{number}")
        assert found.mimetype == "application/json" and json.loads(found.data)["title"] == " ".join(text)
        rows = list(csv.reader(io.StringIO(client.get("/api/v1/petitions?format=csv&limit=1").text)))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert all(cell == harmless(cell) or cell.startswith("'") for row in rows[1:] for cell in row)
        with work(SYSTEM) as w:
            w.session.get_one(Petition, number).state = State.TAKEN_DOWN


def _tags(client: FlaskClient, number: int) -> Counter[str]:
    answer = client.get(f"/feeds/petitions/{number}.atom")
    assert b"<!DOCTYPE" not in answer.data and b"<!ENTITY" not in answer.data
    return Counter(element.tag for element in ElementTree.fromstring(answer.data).iter())


def test_paper_holds_nothing_that_acts(app: Flask, client: FlaskClient) -> None:
    control = filled([HARMLESS])
    expected = {path: _kinds(client, path.format(control)) for path in ("/petitions/{}/poster.pdf",)}
    for text in batches(100)[::7]:
        number = filled([string[:40] for string in text])
        for path, kinds in expected.items():
            assert _kinds(client, path.format(number)) == kinds, path


def _kinds(client: FlaskClient, path: str) -> set[bytes]:
    answer = client.get(path)
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    outside = re.sub(rb"stream\r?\n.*?endstream", b"", answer.data, flags=re.DOTALL)
    outside = re.sub(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>", b"", outside)
    assert ACTIVE_PDF.search(outside) is None
    return set(re.findall(rb"/URI|/Annot\b", outside))


def test_mails_say_the_strings_as_text_and_gain_no_header(app: Flask) -> None:
    expected = _mail_of([HARMLESS])
    for text in batches():
        assert _mail_of(text) == expected


def _mail_of(text: list[str]) -> tuple[object, ...]:
    number = filled(text)
    with work(SYSTEM) as w:
        write_to_author(w, number, LETTER + "\n".join(text)[:1_900], "reader@mail.example", True, "kk")
    mail = sent_mails()[-1]
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    page = read(html)
    shape = Counter({key: n for key, n in page.shape.items() if key[0] not in {"br", "p"}})
    return tuple(mail.keys()), shape, tuple(page.found), len(list(mail.walk()))


@pytest.mark.parametrize("broken", HEADER_BREAKS)
def test_a_line_break_gets_into_no_header(app: Flask, client: FlaskClient, broken: str) -> None:
    number = a_petition()
    for field in ("full_name", "email", "area"):
        answer = send(client, page_of(number), **{field: f"Сынақ Сынақов{broken}"})
        assert answer.status_code == 422
    for place in (f"/language?next={broken}", f"/petitions?q={broken}"):
        assert "evil" not in str(client.get(place).headers)
    with refused("email-invalid", "email"), work(SYSTEM) as w:
        write_to_author(w, number, LETTER, f"reader@mail.example{broken}", True, "kk")


def test_a_cell_is_never_a_formula() -> None:
    for text in [*strings(), *HEADER_BREAKS]:
        (row,) = list(csv.reader(io.StringIO(as_csv(("a",), [(text,)]).decode("utf-8-sig"))))[1:] or [[""]]
        assert harmless(row[0] if row else "") == (row[0] if row else "")
