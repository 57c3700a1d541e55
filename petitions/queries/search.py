"""Search in petitions: what was asked becomes conditions and points of relevance, on both databases alike.

First every word must be found; where no petition has all of them, near words mend typing errors; then some words do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from authorities.names import fold
from core import fulltext
from core.fulltext import PARTS, Term
from core.work import Work
from petitions.domain.spelling import one_error_apart
from petitions.models.petition import Petition, PetitionText
from petitions.queries.access import listed
from petitions.queries.stems import EMPTY, NO_WORD, marked, stems, terms

LONGEST_QUERY = 200
MOST_TERMS = 8
# A word of one letter begins half of all words; a short word with an error is another word.
BEGINS_FROM, ERRORS_FROM = 2, 4
MOST_NEAR, NEAR_READ = 5, 400
_AROUND = ".,;:!?()[]«»„“”\"'*_-–—"
# What a hit adds to relevance; a title says more than a name, a name more than a text. The points hang on nothing
# but the petition and the query, so that a page that was begun can be turned while petitions arrive.
TITLE, TITLE_BEGINS, NAMES, TEXT, BEGINS = 8, 4, 4, 2, 1


class Breadth(IntEnum):
    """How much of a query a petition must have."""

    ALL = 0
    MENDED = 1
    ANY = 2


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query: as it was typed, folded, what counts as the word itself, and what begins like it."""

    typed: str
    folded: str
    same: tuple[Term, ...]
    begins: tuple[Term, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """Everything that finds it."""
        return self.same + self.begins


@dataclass(frozen=True, slots=True)
class Search:
    """A query that was understood. `mended` says which typed words were read as which other ones."""

    words: tuple[Word, ...]
    breadth: Breadth
    mended: Mapping[str, str] = field(default_factory=dict)


def look(w: Work, query: str, breadth: Breadth | None = None) -> Search | None:
    """How a query is to be understood so that it finds something; None where nothing was asked.

    Any characters may stand in it: what is no letter or digit only separates words. `breadth` is the one that an
    earlier page of the same list was made with.
    """
    words = _words(query)
    if not words:
        return None
    fulltext.plan_plainly(w.session)
    asked = Search(words, Breadth.ALL)
    if breadth is Breadth.ALL or (breadth is None and _hits(w, asked)):
        return asked
    mended = _mended(w, asked)
    if breadth is Breadth.MENDED or (breadth is None and mended.mended and _hits(w, mended)):
        return mended
    return Search(mended.words, Breadth.ANY, mended.mended)


def finds(w: Work, search: Search) -> ColumnElement[bool]:
    """The condition of a search on petitions. Whether a petition may be seen is another one."""
    groups = [word.terms for word in search.words]
    if search.breadth is Breadth.ANY:
        groups = [tuple(term for group in groups for term in group)]
    return Petition.id.in_(fulltext.having(w.session, groups))


def relevance(w: Work, search: Search) -> ColumnElement[int]:
    """How well a petition fits, in whole points: the sum over the words of where each one is."""
    found = [points for word in search.words for points in _points(w, word)]
    total: ColumnElement[int] = sum(found[1:], start=found[0])
    return total


def matches(w: Work, query: str) -> list[ColumnElement[bool]]:
    """The conditions of a plain search in which every word must be found; none for an empty query."""
    words = _words(query)
    return [finds(w, Search(words, Breadth.ALL))] if words else []


def says_nothing(query: str) -> bool:
    """Whether a query was typed in which there is no word to look for."""
    return bool(query.strip()) and not terms(query[:LONGEST_QUERY])


def _words(query: str) -> tuple[Word, ...]:
    written = {term: typed for typed in NO_WORD.split(query[:LONGEST_QUERY]) for term in terms(typed)}
    telling = [term for term in written if term not in EMPTY] or list(written)
    return tuple(_word(written[term], term) for term in telling[:MOST_TERMS])


def _word(typed: str, folded: str) -> Word:
    begins = (Term(folded, begins=True),) if len(folded) >= BEGINS_FROM else ()
    return Word(typed, folded, tuple(map(Term, sorted({folded} | marked(folded)))), begins)


def _points(w: Work, word: Word) -> list[Any]:
    def has(terms: Sequence[Term], *parts: str) -> Any:
        return Petition.id.in_(fulltext.having(w.session, [terms], parts))

    found = [
        (has(word.same, "title"), TITLE),
        (has(word.same, "names"), NAMES),
        (has(word.same, "text"), TEXT),
    ]
    if word.begins:
        found += [(has(word.begins, "title"), TITLE_BEGINS), (has(word.begins, *PARTS), BEGINS)]
    return [fulltext.points(condition, n) for condition, n in found]


def _hits(w: Work, search: Search) -> bool:
    query = select(Petition.id).where(finds(w, search), listed()).limit(1)
    return w.session.scalar(query) is not None


def _mended(w: Work, asked: Search) -> Search:
    """The same query with what one typing error can explain, for each word that no petition has."""
    words, mended = [], {}
    for word in asked.words:
        better = word if _hits(w, Search((word,), Breadth.ALL)) else _near(w, word)
        words.append(better)
        if better is not word:
            mended[word.typed] = _spelling(w, better) or better.typed
    return Search(tuple(words), Breadth.MENDED, mended)


def _near(w: Work, word: Word) -> Word:
    if len(word.folded) < ERRORS_FROM or word.folded.isdigit():
        return word
    found: list[str] = []
    for stem in sorted(stems(word.folded) | {word.folded}, key=len, reverse=True):
        known = fulltext.near(w.session, stem, NEAR_READ) if len(stem) >= ERRORS_FROM else []
        found += [one for one in known if one_error_apart(stem, one) and one not in found]
    near = Word(word.typed, word.folded, tuple(Term(f"_{stem}") for stem in found[:MOST_NEAR]))
    # Words of a petition that is shown no more are in no count; those of none that is listed mend nothing.
    return near if found and _hits(w, Search((near,), Breadth.ALL)) else word


def _spelling(w: Work, word: Word) -> str | None:
    """How the best petition for a mended word spells it; only words of what is public are looked at."""
    search = Search((word,), Breadth.ALL)
    query = (
        select(Petition.id, Petition.title, Petition.author_name, PetitionText.markdown)
        .outerjoin(PetitionText, and_(_same_petition(), PetitionText.number == Petition.text_number))
        .where(finds(w, search), listed())
        .order_by(relevance(w, search).desc(), Petition.id.desc())
    )
    row = w.session.execute(query.limit(1)).one()
    public, wanted = fulltext.rows_of(w.session, [row.id])[row.id], {term.token[1:] for term in word.same}
    held = {one for part in PARTS for one in getattr(public, part) if wanted & stems(one) and one[0] != "_"}
    written = (one for part in (row.title, row.author_name, row.markdown or "") for one in part.split())
    spelt = (one.strip(_AROUND) for one in written)
    return next((one.lower() for one in spelt if fold(one) in held), min(held, default=None))


def _same_petition() -> ColumnElement[bool]:
    return PetitionText.petition_id == Petition.id
