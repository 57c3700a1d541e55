"""What an order could get and what is not there to be had, from the data map; and how many orders came."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from core.i18n import lazy
from core.work import Work
from petitions.domain.datamap import ITEMS, Form, Item, Whose
from petitions.models.privacy import DataOrder
from petitions.queries.notice_words import FORM, WHAT, WHOSE, capital, kept_words


class BodyKind(StrEnum):
    """What kind of body an order came from."""

    POLICE = "police"
    PROSECUTOR = "prosecutor"
    COURT = "court"
    SECURITY = "security"
    OTHER = "other"


class Outcome(StrEnum):
    """What came of an order."""

    REFUSED = "refused"
    NOTHING_THERE = "nothing_there"
    PARTLY = "partly"
    GIVEN = "given"
    OPEN = "open"


BODY_KIND = {
    BodyKind.POLICE: lazy("Police"),
    BodyKind.PROSECUTOR: lazy("Prosecutor"),
    BodyKind.COURT: lazy("Court"),
    BodyKind.SECURITY: lazy("Security service"),
    BodyKind.OTHER: lazy("Another body"),
}
OUTCOME = {
    Outcome.REFUSED: lazy("Refused: no lawful ground"),
    Outcome.NOTHING_THERE: lazy("Nothing of the kind is there"),
    Outcome.PARTLY: lazy("Handed over in part"),
    Outcome.GIVEN: lazy("Handed over"),
    Outcome.OPEN: lazy("Not decided yet"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of data of one group of people: how it stands in the database, and for how long."""

    whose: str
    what: str
    form: str
    kept: str


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders so far: how many, and how many of each kind of body and outcome."""

    total: int
    by_kind: tuple[tuple[str, str, int], ...]


def readable() -> list[Row]:
    """What stands readable in the database: an order for the machine gets it whatever we do."""
    return _rows(item for item in ITEMS if item.is_readable)


def sealed() -> list[Row]:
    """What is there only sealed or hashed: without the key file, or once a key is destroyed, nobody reads it."""
    return _rows(item for item in ITEMS if not item.is_readable)


def orders(w: Work) -> Orders:
    """How many orders came, by kind of body and outcome."""
    n = func.count()
    query = select(DataOrder.body_kind, DataOrder.outcome, n).group_by(DataOrder.body_kind, DataOrder.outcome)
    rows = w.session.execute(query.order_by(DataOrder.body_kind, DataOrder.outcome)).all()
    found = tuple((str(BODY_KIND[BodyKind(kind)]), str(OUTCOME[Outcome(out)]), n) for kind, out, n in rows)
    return Orders(sum(n for _kind, _out, n in found), found)


def _rows(items: Iterable[Item]) -> list[Row]:
    grouped: dict[tuple[Whose, str, Form], list[Item]] = {}
    for item in items:
        grouped.setdefault((item.whose, str(WHAT[item.what]), item.form), []).append(item)
    return [_row(whose, what, form, found) for (whose, what, form), found in grouped.items()]


def _row(whose: Whose, what: str, form: Form, items: Iterable[Item]) -> Row:
    classes = dict.fromkeys(kept for item in items for kept in item.kept)
    kept = " ".join(capital(kept_words(one)) for one in classes)
    return Row(capital(str(WHOSE[whose]))[:-1], what, capital(str(FORM[form])), kept)
