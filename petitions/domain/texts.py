"""What a petition's own words must be: long enough to be understood, short enough to be read."""

import hashlib
import unicodedata

from core.refusal import Refusal

LANGUAGES = ("kk", "ru", "en")
TITLE_LEAST, TITLE_MOST = 10, 150
TEXT_LEAST, TEXT_MOST = 50, 10_000
# The renderer's time grows faster than the text; letters of other scripts than ours may take three bytes.
TEXT_BYTES = 20_000


def require_title(title: str) -> None:
    """Refusal `title-length` on `title` unless the demand fits into one readable sentence."""
    if not TITLE_LEAST <= len(title) <= TITLE_MOST:
        raise Refusal("title-length", field="title", least=TITLE_LEAST, most=TITLE_MOST)


def require_text(markdown: str) -> None:
    """Refusals on `text`: `text-short`, `text-long`."""
    if len(markdown) < TEXT_LEAST:
        raise Refusal("text-short", field="text", least=TEXT_LEAST)
    require_bounded(markdown)


def require_bounded(markdown: str) -> None:
    """Refusal `text-long` on `text` for more than can be read or rendered."""
    if len(markdown) > TEXT_MOST or len(markdown.encode(errors="replace")) > TEXT_BYTES:
        raise Refusal("text-long", field="text", most=TEXT_MOST)


def require_language(language: str) -> None:
    """Refusal `language-unknown` on `language` unless it is one that petitions are written in."""
    if language not in LANGUAGES:
        raise Refusal("language-unknown", field="language")


def text_hash(title: str, markdown: str) -> str:
    """SHA-256 of the canonical text, in hexadecimal: title, an empty line, the Markdown; NFC, UTF-8."""
    canonical = unicodedata.normalize("NFC", f"{title}\n\n{markdown}")
    return hashlib.sha256(canonical.encode()).hexdigest()
