"""An index of words on both databases, behind one door: FTS5 on SQLite, tsvector on PostgreSQL.

It knows tokens and no language: whoever writes a row and whoever asks make the same tokens of the same words. What
is here can be made anew from the rows it was made of, so neither backups nor models hold it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    delete,
    event,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from core.db import Base, is_postgres

PARTS = ("title", "names", "text")
_WEIGHTS = dict(zip(PARTS, "ABC", strict=True))
# A lexeme of PostgreSQL ends at 2,046 bytes and a position at 16,383; nobody looks for a word as long as this.
LONGEST_TOKEN = 60
_SLICE = 500

INDEX = table(
    "search_index",
    column("rowid", BigInteger),
    *(column(part, Text) for part in PARTS),
    column("vector", postgresql.TSVECTOR),
)
WORDS = table("search_words", column("word", Text), column("n", Integer))

# Words are counted in a plain table: it tells how rare a word is, and which known word a typing error is near to.
_WORDS = "CREATE TABLE IF NOT EXISTS search_words (word VARCHAR(64) NOT NULL PRIMARY KEY, n INTEGER NOT NULL)"
TABLES: Mapping[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS search_index USING fts5(title, names, text, detail=column, "
        "prefix='2 3', tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")",
        _WORDS,
    ),
    "postgresql": (
        "CREATE TABLE IF NOT EXISTS search_index (rowid BIGINT PRIMARY KEY, title TEXT NOT NULL, "
        "names TEXT NOT NULL, text TEXT NOT NULL, vector TSVECTOR NOT NULL)",
        "CREATE INDEX IF NOT EXISTS ix_search_index_vector ON search_index USING gin (vector) WITH (fastupdate = off)",
        _WORDS,
        # With pg_trgm the database finds parts of words by an index; without it, it reads them all.
        "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; "
        "CREATE INDEX IF NOT EXISTS ix_search_words_trigram ON search_words USING gin (word gin_trgm_ops); "
        "EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN NULL; END $$",
    ),
}


_INSERT = {
    False: "INSERT INTO search_index (rowid, title, names, text) VALUES (:rowid, :title, :names, :text)",
    True: "INSERT INTO search_index (rowid, title, names, text, vector) "
    "VALUES (:rowid, :title, :names, :text, CAST(:vector AS tsvector))",
}
_COUNT = (
    "INSERT INTO search_words (word, n) VALUES (:word, :n) "
    "ON CONFLICT (word) DO UPDATE SET n = search_words.n + excluded.n"
)
_UNCOUNT = "UPDATE search_words SET n = n - :n WHERE word = :word"


@dataclass(frozen=True, slots=True)
class Row:
    """The tokens of one row, part by part."""

    title: frozenset[str]
    names: frozenset[str]
    text: frozenset[str]


@dataclass(frozen=True, slots=True)
class Term:
    """What is looked for: a token, or with `begins` every token that begins with it."""

    token: str
    begins: bool = False


Group = Sequence[Term]
"""Terms of which one is enough."""


@event.listens_for(Base.metadata, "after_create")
def _create(_target: object, connection: Connection, **_options: Any) -> None:
    for statement in TABLES[connection.dialect.name]:
        connection.execute(text(statement))


def put(session: Session, rows: Mapping[int, Row]) -> None:
    """Write the tokens of rows, by id, in the place of those they had."""
    drop(session, rows)
    if not rows:
        return
    made = [
        {"rowid": id_} | {part: " ".join(sorted(getattr(row, part))) for part in PARTS}
        for id_, row in rows.items()
    ]
    if is_postgres(session):
        made = [values | {"vector": _vector(row)} for values, row in zip(made, rows.values(), strict=True)]
    session.execute(text(_INSERT[is_postgres(session)]), made)
    counted = Counter(word for row in rows.values() for word in counted_words(row))
    _change(session, _COUNT, counted)


def drop(session: Session, ids: Collection[int]) -> None:
    """Take rows out of the index, and their words out of the counts."""
    lock_words(session)
    rows = rows_of(session, ids)
    if not rows:
        return
    session.execute(delete(INDEX).where(INDEX.c.rowid.in_(list(rows))))
    counted = Counter(word for row in rows.values() for word in counted_words(row))
    _change(session, _UNCOUNT, counted)
    session.execute(delete(WORDS).where(WORDS.c.n < 1))


def counted_words(row: Row) -> set[str]:
    """The tokens of a row that are counted: those that a mark sets apart."""
    return {token[1:] for part in PARTS for token in getattr(row, part) if token.startswith("_")}


def clear(session: Session) -> None:
    """Empty the index."""
    lock_words(session)
    session.execute(delete(INDEX))
    session.execute(delete(WORDS))


def settle(session: Session) -> None:
    """Leave nothing of dropped rows in the pages of the index; PostgreSQL's VACUUM does so by itself."""
    if not is_postgres(session):
        session.execute(text("INSERT INTO search_index(search_index) VALUES ('optimize')"))


def lock_words(session: Session) -> None:
    """Only one transaction at a time changes the counts, so that two never wait for each other."""
    if is_postgres(session):
        session.execute(text("LOCK TABLE search_words IN SHARE ROW EXCLUSIVE MODE"))


def rows_of(session: Session, ids: Collection[int]) -> dict[int, Row]:
    """The tokens of some rows, by id."""
    columns = (INDEX.c.rowid, *(INDEX.c[part] for part in PARTS))
    found = session.execute(select(*columns).where(INDEX.c.rowid.in_(ids)))
    return {id_: Row(*(frozenset(part.split()) for part in parts)) for id_, *parts in found}


def size(session: Session) -> int:
    """How many rows the index has."""
    # FTS5 would read the whole content to count its rows; it keeps their sizes in a small table beside it.
    rows = INDEX if is_postgres(session) else table("search_index_docsize")
    return session.scalar(select(func.count()).select_from(rows)) or 0


def having(session: Session, groups: Sequence[Group], parts: Sequence[str] = PARTS) -> Select[Any]:
    """The ids of the rows that have a term of every group, in one of the parts. There must be a group."""
    return select(INDEX.c.rowid).where(matching(session, groups, parts))


def matching(session: Session, groups: Sequence[Group], parts: Sequence[str] = PARTS) -> ColumnElement[bool]:
    """The same as a condition on INDEX, for a query that takes rows of the index in their order and soon has enough."""
    if is_postgres(session):
        asked: Any = cast(_tsquery(groups, parts), postgresql.TSQUERY)
        return INDEX.c.vector.op("@@")(asked)
    asked = bindparam(None, _fts5(groups, parts), type_=Text, unique=True)
    return literal_column("search_index").op("MATCH")(asked)


def counts(session: Session, words: Iterable[str]) -> dict[str, int]:
    """In how many rows each of these words is; unknown ones are left out."""
    asked, found = sorted(set(words)), {}
    for start in range(0, len(asked), _SLICE):
        mine = WORDS.c.word.in_(asked[start : start + _SLICE])
        found.update({word: n for word, n in session.execute(select(WORDS.c.word, WORDS.c.n).where(mine))})
    return found


def near(session: Session, word: str, most: int) -> list[str]:
    """Known words that could be within one typing error of this one, the most frequent first.

    One error leaves the first or the second half of a word whole, unless two letters changed places in its middle.
    """
    half = len(word) // 2
    first, second = word[:half], word[half:]
    halves = or_(
        WORDS.c.word.startswith(first, autoescape=True),
        WORDS.c.word.endswith(second, autoescape=True),
        and_(
            WORDS.c.word.startswith(first[:-1], autoescape=True),
            WORDS.c.word.endswith(second[1:], autoescape=True),
        ),
    )
    as_long = func.length(WORDS.c.word).between(len(word) - 1, len(word) + 1)
    query = select(WORDS.c.word).where(as_long, halves).order_by(WORDS.c.n.desc(), WORDS.c.word).limit(most)
    return list(session.scalars(query))


def plan_plainly(session: Session) -> None:
    """Keep PostgreSQL from compiling the long sums of a search, which takes longer than to run them."""
    if is_postgres(session):
        session.execute(text("SET LOCAL jit = off"))


def points(condition: Any, n: int) -> Any:
    """`n` where the condition holds, else nothing: what relevance is added up of."""
    return case((condition, n), else_=0)


def _change(session: Session, statement: str, counted: Mapping[str, int]) -> None:
    if counted:
        session.execute(text(statement), [{"word": word, "n": n} for word, n in sorted(counted.items())])


def _fts5(groups: Sequence[Group], parts: Sequence[str]) -> str:
    where = "{" + " ".join(parts) + "} : "
    said = (" OR ".join(f'"{term.token}"' + " *" * term.begins for term in group) for group in groups)
    return " AND ".join(f"{where}({group})" for group in said)


def _tsquery(groups: Sequence[Group], parts: Sequence[str]) -> str:
    # The index knows no parts: to ask for some of them means to read every row that has the word.
    weights = "" if tuple(parts) == PARTS else "".join(_WEIGHTS[part] for part in parts)

    def said(term: Term) -> str:
        marks = "*" * term.begins + weights
        return f"'{term.token}'" + (f":{marks}" if marks else "")

    return " & ".join(f"({' | '.join(map(said, group))})" for group in groups)


def _vector(row: Row) -> str:
    places: dict[str, list[str]] = {}
    for part in PARTS:
        for token in getattr(row, part):
            places.setdefault(token, []).append(f"1{_WEIGHTS[part]}")
    # One position holds one weight, so that each part has a position of its own.
    return " ".join(
        f"'{token}':" + ",".join(f"{n}{place[-1]}" for n, place in enumerate(found, 1))
        for token, found in places.items()
    )
