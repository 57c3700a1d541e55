"""Finds English words in a page of another language: text and spoken attributes, without what people wrote."""

import re
from html.parser import HTMLParser

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
# Nobody reads these as words of the page.
UNREAD = frozenset({"script", "style", "code", "pre", "kbd", "samp", "template", "textarea"})
SPOKEN = ("alt", "aria-label", "aria-description", "placeholder", "title", "content")
WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*[A-Za-z]")
# Addresses, file names and codes are the same in every language.
NAMES = re.compile(
    r"https?://\S+|[\w.+-]+@[\w.-]+|(?<!\w)/[\w/{}<>.:?=&-]+|\b[\w-]+\.(?:csv|json|xlsx|zip|ics|pdf|atom|toml|example)\b"
)


class _Words(HTMLParser):
    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    @property
    def silent(self) -> bool:
        return any(quiet for _tag, quiet in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        other = given.get("lang", self.language) != self.language
        if not (self.silent or other):
            self.found += [
                given[name] for name in SPOKEN if name in given and (tag != "meta" or _says(given))
            ]
            self.found += [given["value"]] if tag == "input" and given.get("type") == "submit" else []
            self.found += [
                value for name, value in given.items() if name.startswith("data-") and " " in value
            ]
        if tag not in VOID:
            self.open.append((tag, other or tag in UNREAD))

    def handle_endtag(self, tag: str) -> None:
        while self.open and tag in {name for name, _quiet in self.open}:
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def _says(meta: dict[str, str]) -> bool:
    return meta.get("name") == "description" or meta.get("property") in {"og:title", "og:description"}


def latin_words(html: str, language: str) -> list[tuple[str, str]]:
    """Words in Latin letters that a page says in its own name, each with the text around it."""
    page = _Words(language)
    page.feed(html)
    found = []
    for text in page.found:
        plain = " ".join(NAMES.sub(" ", text).split())
        found += [(word, plain[:120]) for word in WORD.findall(plain)]
    return found
