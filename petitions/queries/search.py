"""Search in petitions, behind one interface: what is stored to be searched, and the condition that finds it."""

import re
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, literal

from authorities.names import fold
from petitions.models.petition import Petition

LONGEST_QUERY = 200
MOST_TERMS = 8
_NO_WORD = re.compile(r"[\W_]+")


def terms(text: str) -> list[str]:
    """The words of a text in their searchable spelling, each once, in order.

    Kazakh letters are written as their Russian neighbours, so that a reader need not own a Kazakh keyboard.
    """
    return list(dict.fromkeys(word for word in _NO_WORD.split(fold(text)) if word))


def search_text(
    title: str, markdown: str, author: str, authority_names: Mapping[str, str] | Iterable[str]
) -> str:
    """What `petitions.search` holds: the words of a petition, of its author and of its addressee in every language.

    Each word stands between spaces, so that a query finds the beginnings of words and not their middles.
    """
    names = authority_names.values() if isinstance(authority_names, Mapping) else authority_names
    return f" {' '.join(terms(' '.join((title, markdown, author, *names))))} "


def matches(query: str) -> list[ColumnElement[bool]]:
    """The conditions of a search: every word of `query` begins a word of the petition; none for an empty query.

    Any characters may stand in a query: what is no letter or digit only separates words.
    """
    words = terms(query[:LONGEST_QUERY])[:MOST_TERMS]
    text = literal(" ") + Petition.search
    return [text.contains(f" {word}", autoescape=True) for word in words]


def says_nothing(query: str) -> bool:
    """Whether a query was typed in which there is no word to look for."""
    return bool(query.strip()) and not terms(query[:LONGEST_QUERY])
