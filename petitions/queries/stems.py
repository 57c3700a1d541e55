"""Words as they are looked for: folded, cut at their endings in three languages, the same on writing and on asking."""

import re
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

from authorities.names import fold
from core.fulltext import LONGEST_TOKEN
from petitions.domain import kazakh

NO_WORD = re.compile(r"[\W_]+")
_RUSSIAN, _ENGLISH = snowballstemmer.stemmer("russian"), snowballstemmer.stemmer("english")
# Words that say nothing of what is looked for, in their folded spelling.
_EMPTY = (
    "мен бен пен жане ушин туралы бойынша да де та те бул осы сол бир не ма ме ба бе па пе гой керек "
    "и в на с со по о об за для не от до из у к ко что как это при а но или же бы мы нам наш "
    "the a an of for in on to and or with at by from is are be our we it"
)
EMPTY = frozenset(_EMPTY.split())


def terms(text: str) -> list[str]:
    """The words of a text in their searchable spelling, each once, in order.

    Kazakh letters are written as their Russian neighbours, so that a reader need not own a Kazakh keyboard.
    """
    return list(dict.fromkeys(_words(text)))


def stems(term: str) -> frozenset[str]:
    """The stems of a folded word. A Cyrillic one has a Kazakh and a Russian stem: words travel between the two."""
    if term.isascii():
        return frozenset({_english(term)})
    return kazakh.stems(term) | {_russian(term)}


def marked(term: str) -> frozenset[str]:
    """The stems of a word as the index holds them beside the words themselves: no word can begin with this mark."""
    return frozenset(f"_{stem}" for stem in stems(term))


def tokens(text: str) -> frozenset[str]:
    """All that the index holds of a text: its words and their stems."""
    words = terms(text)
    return frozenset(words).union(*(marked(word) for word in words))


def stems_of(text: str) -> frozenset[str]:
    """The stems of a text's words, without the words that say nothing."""
    return frozenset().union(*(stems(word) for word in terms(text))) - EMPTY_STEMS


def _words(text: str) -> Iterator[str]:
    yield from (word[:LONGEST_TOKEN] for word in NO_WORD.split(fold(text)) if word)


@lru_cache(maxsize=20_000)
def _russian(term: str) -> str:
    return str(_RUSSIAN.stemWord(term)) or term


@lru_cache(maxsize=20_000)
def _english(term: str) -> str:
    return str(_ENGLISH.stemWord(term)) or term


# Words of every second demand: they are looked for, but make no two petitions similar.
_COMMON = (
    "жана салу ашу беру жасау болсын керек тегин орнату жондеу токтату кажет ауыл кала "
    "новый сделать построить открыть дать нужен бесплатный установить отремонтировать село город район "
    "new make open build free give need village city"
)
EMPTY_STEMS = frozenset().union(*(stems(word) for word in EMPTY))
COMMON_STEMS = EMPTY_STEMS.union(*(stems(word) for word in _COMMON.split()))
