"""Search in petitions: what was asked becomes conditions and points of relevance, on both databases alike.

First every word must be found; where no petition has all of them, near words mend typing errors; then some words do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from authorities.names import fold
from core import fulltext
from core.fulltext import PARTS, Term
from core.work import Work
from petitions.domain.spelling import one_error_apart
from petitions.models.petition import Petition, PetitionText
from petitions.queries.access import hidden_ids, listed
from petitions.queries.stems import EMPTY, NO_WORD, marked, stems, terms

LONGEST_QUERY = 200
MOST_TERMS = 8
# A word of one letter begins half of all words; a short word with an error is another word.
BEGINS_FROM, ERRORS_FROM = 2, 4
MOST_NEAR, NEAR_READ = 5, 400
MOST_COMPARED = 200
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
    return Petition.id.in_(fulltext.having(w.session, _groups(search)))


def how_many_found(w: Work, search: Search) -> int:
    """How many listed petitions a search finds: the hits of the index, in which only what is listed has words."""
    found = (
        select(func.count())
        .select_from(fulltext.INDEX)
        .where(fulltext.matching(w.session, _groups(search)), fulltext.INDEX.c.rowid.not_in(hidden_ids()))
    )
    return w.session.scalar(found) or 0


def by_relevance(
    w: Work, search: Search, conditions: Sequence[ColumnElement[bool]], after: Sequence[object], limit: int
) -> tuple[list[int], list[object]]:
    """The ids of a page by relevance, the newer first among equals, and the place of the last one where more follow.

    `conditions` are those beside the search. Where very many fit, the newest of them and the newest with the words in
    title or names are compared; the others follow by number. So a frequent word costs what a rare one does.
    """
    compared = _compared(w, search, conditions)
    stage, *place = [int(str(value)) for value in after] or [0]
    ranked = sorted(((points, id_) for id_, points in compared.items()), reverse=True)
    if not stage:
        rest = [pair for pair in ranked if not place or pair < (place[0], place[1])]
        found: list[tuple[int, ...]] = [(0, *pair) for pair in rest[: limit + 1]]
    else:
        found = []
    if len(found) <= limit and len(compared) > MOST_COMPARED:
        others = _newest(w, search, conditions).where(fulltext.INDEX.c.rowid.not_in(list(compared)))
        if stage:
            others = others.where(fulltext.INDEX.c.rowid < place[0])
        more = w.session.scalars(others.limit(limit + 1 - len(found)))
        found += [(1, id_) for id_ in more]
    return [pair[-1] for pair in found[:limit]], list(found[limit - 1]) if len(found) > limit else []


def _compared(w: Work, search: Search, conditions: Sequence[ColumnElement[bool]]) -> dict[int, int]:
    """The points of those that come into question for the first pages."""
    most = MOST_COMPARED + 1
    found = set(w.session.scalars(_newest(w, search, conditions).limit(most)))
    if len(found) > MOST_COMPARED:
        for part in ("title", "names"):
            found.update(w.session.scalars(_newest(w, search, conditions, [part]).limit(most)))
    rows = fulltext.rows_of(w.session, found)
    return {id_: sum(_worth(word, rows[id_]) for word in search.words) for id_ in found if id_ in rows}


def _newest(
    w: Work, search: Search, conditions: Sequence[ColumnElement[bool]], parts: Sequence[str] = PARTS
) -> Select[Any]:
    """The ids that a search finds in some parts, the greatest first, one by one from the index."""
    number = fulltext.INDEX.c.rowid
    found = select(number).join(Petition, Petition.id == number)
    return found.where(fulltext.matching(w.session, _groups(search), parts), *conditions).order_by(
        number.desc()
    )


def _groups(search: Search) -> list[tuple[Term, ...]]:
    groups = [word.terms for word in search.words]
    return [tuple(term for group in groups for term in group)] if search.breadth is Breadth.ANY else groups


def _worth(word: Word, row: fulltext.Row) -> int:
    """How well a petition fits a word, in whole points: where the word is."""
    title, names, text = row.title, row.names, row.text
    same = {term.token for term in word.same}
    found = TITLE * (not same.isdisjoint(title)) + NAMES * (not same.isdisjoint(names))
    found += TEXT * (not same.isdisjoint(text))
    begins = tuple(term.token for term in word.begins)
    if begins:
        in_title = any(token.startswith(begins) for token in title)
        found += TITLE_BEGINS * in_title
        found += BEGINS * (
            in_title or any(token.startswith(begins) for part in (names, text) for token in part)
        )
    return found


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


def _hits(w: Work, search: Search) -> bool:
    return w.session.scalar(_newest(w, search, [listed()]).limit(1)) is not None


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
    best, _place = by_relevance(w, search, [listed()], (), 1)
    query = (
        select(Petition.id, Petition.title, Petition.author_name, PetitionText.markdown)
        .outerjoin(PetitionText, and_(_same_petition(), PetitionText.number == Petition.text_number))
        .where(Petition.id.in_(best))
    )
    row = w.session.execute(query).one()
    public, wanted = fulltext.rows_of(w.session, [row.id])[row.id], {term.token[1:] for term in word.same}
    held = {one for part in PARTS for one in getattr(public, part) if wanted & stems(one) and one[0] != "_"}
    written = (one for part in (row.title, row.author_name, row.markdown or "") for one in part.split())
    spelt = (one.strip(_AROUND) for one in written)
    return next((one.lower() for one in spelt if fold(one) in held), min(held, default=None))


def _same_petition() -> ColumnElement[bool]:
    return PetitionText.petition_id == Petition.id
