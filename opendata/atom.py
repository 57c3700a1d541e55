"""Atom feeds (RFC 4287), made of elements, so that no text can become markup."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, make_response

from core.i18n import asked_language, language
from opendata.schemas import moment_text

SPACE = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# An empty feed needs a date as well, and one that does not move with the clock.
NEVER = datetime(2026, 1, 1, tzinfo=UTC)
# What XML 1.0 has no way to write.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `id` never changes; `updated` moves when what it says has changed; `language` is its title's."""

    id: str
    title: str
    text: str
    link: str
    updated: datetime
    author: str = ""
    published: datetime | None = None
    language: str = ""


def feed(title: str, address: str, page: str, entries: Sequence[Entry]) -> Response:
    """A feed with its own address and the page it follows."""
    root = Element("feed", {"xmlns": SPACE, XML_LANG: language()})
    _text(root, "id", address)
    _text(root, "title", title)
    _text(root, "updated", moment_text(max((entry.updated for entry in entries), default=NEVER)))
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": address})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": page})
    _text(SubElement(root, "author"), "name", "Dauys")
    for entry in entries:
        _entry(SubElement(root, "entry"), entry)
    response = make_response(tostring(root, encoding="utf-8", xml_declaration=True))
    response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    return response


def tongue() -> dict[str, str]:
    """The language that the address asks for stays in the addresses of a feed."""
    asked_for = asked_language()
    return {"lang": asked_for} if asked_for else {}


def _entry(element: Element, entry: Entry) -> None:
    _text(element, "id", entry.id)
    title = _text(element, "title", entry.title)
    if entry.language:
        title.set(XML_LANG, entry.language)
    if entry.published:
        _text(element, "published", moment_text(entry.published))
    _text(element, "updated", moment_text(entry.updated))
    SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": entry.link})
    if entry.author:
        _text(SubElement(element, "author"), "name", entry.author)
    _text(element, "summary", entry.text)


def _text(parent: Element, name: str, text: str) -> Element:
    made = SubElement(parent, name)
    made.text = UNWRITABLE.sub("", text)
    return made
