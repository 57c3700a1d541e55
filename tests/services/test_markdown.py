"""Markdown of authors: readable, and never active."""

import pytest

from core.refusal import Refusal
from petitions.domain.texts import text_hash
from petitions.services.markdown import render
from tests.timing import processor_time

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&#58;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "<a href='javascript:alert(1)'>x</a>",
    "![x](https://tracker.example/p.png)",
    '[x](https://a.example "onmouseover=alert(1)")',
    "<svg/onload=alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "<style>*{display:none}</style>",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "<!-- <script> -->",
    "\\<script>",
    "[x]: javascript:alert(1)\n\n[x]",
    '<https://a.example/"onclick=alert(1)>',
]
HEAVY = [
    "![[" * 3333,
    "[" * 10_000,
    ">" * 10_000,
    "- " * 5000,
    "`" * 10_000,
    "*a_" * 3333,
    "| a " * 2400 + "\n|-",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_active_comes_out(text: str) -> None:
    html = render(text).lower()
    for bad in ("<script", "<img", "<svg", "<iframe", "<style", "<!--"):
        assert bad not in html
    for start in html.split("<a ")[1:]:
        tag = start.split(">")[0]
        assert (
            tag.startswith(('href="http', 'href="mailto:'))
            and "nofollow noopener" in tag
            and " on" not in tag
        )


@pytest.mark.parametrize("text", HEAVY)
def test_a_heavy_text_is_rendered_in_a_moment(text: str) -> None:
    with processor_time() as took:
        html = render(text)
    assert took.seconds < 3
    assert len(html) < 100_000 and "<table" not in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Бір\n## Екі\n#### Төрт", "<h3>Бір</h3>\n<h4>Екі</h4>\n<h6>Төрт</h6>\n"),
        ("###### Алты", "<h6>Алты</h6>\n"),
        ("**қалың** *көлбеу*", "<p><strong>қалың</strong> <em>көлбеу</em></p>\n"),
        ("3. үш\n4. төрт", '<ol start="3">\n<li>үш</li>\n<li>төрт</li>\n</ol>\n'),
        ("`<h1>`", "<p><code>&lt;h1&gt;</code></p>\n"),
        ("", ""),
    ],
)
def test_what_authors_need_is_there(text: str, html: str) -> None:
    assert render(text) == html


@pytest.mark.parametrize("text", ["а" * 10_001, "一" * 7_000])
def test_there_is_an_end_to_a_text(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        render(text)
    assert (refused.value.code, refused.value.field) == ("text-long", "text")


def test_the_hash_is_that_of_the_canonical_text() -> None:
    composed, decomposed = "Ёлка", "\u0415\u0308лка"
    assert text_hash(composed, "а") == text_hash(decomposed, "а")
    assert text_hash("Тақырып", "Мәтін") == (
        "18dd2f85128429c5216efa305f284c9e76d8b77403de32c5c21f3f96ded6e164"
    )
