"""What an order could get and what is not there to be had, from the data map; and how many orders came."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from auth.staff_queries import accounts_stopped, two_person_uses
from core.i18n import _, lazy
from core.work import Work
from petitions.domain.datamap import ITEMS, Form, Item, Whose
from petitions.models.privacy import DataOrder
from petitions.models.retention import ContactRead, ReadPurpose
from petitions.models.stops import ClockStop
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

READ_PURPOSE = {
    ReadPurpose.ORDER: lazy("To carry out an order of a state body or of a court"),
    ReadPurpose.REQUEST: lazy("To settle a request of the person concerned"),
    ReadPurpose.BREACH: lazy("To tell people of a breach of their data"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of data of one group of people: how it stands in the database, and for how long."""

    whose: str
    what: str
    form: str
    kept: str


@dataclass(frozen=True, slots=True)
class Group:
    """All kinds of data about one group of people."""

    whose: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders so far: how many, and how many of each kind of body and outcome."""

    total: int
    by_kind: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Acts:
    """How often staff used what the rules hedge in: acts of two people by kind, reads of contacts by purpose."""

    pairs: tuple[tuple[str, int, int, int, int], ...]
    reads: tuple[tuple[str, int, int], ...]
    accounts_stopped: int


def acts(w: Work) -> Acts:
    """The public numbers of acts that take two people, also where they are zero."""
    pairs = [
        (str(use.label), use.proposed, use.agreed, use.declined, use.by_one) for use in two_person_uses(w)
    ]
    return Acts((*pairs, _stops(w)), tuple(_reads(w)), accounts_stopped(w))


def _stops(w: Work) -> tuple[str, int, int, int, int]:
    """Stops of the clocks have a register of their own; a marked replay of history is no act of today."""
    confirmed, alone = ClockStop.confirmed_at.is_not(None), ClockStop.confirmed_by == ClockStop.proposed_by
    columns = (
        func.count(),
        func.count().filter(confirmed, func.coalesce(alone, False).is_(False)),
        func.count().filter(ClockStop.rejected_at.is_not(None)),
        func.count().filter(confirmed, alone),
    )
    row = w.session.execute(select(*columns).where(ClockStop.is_replay.is_(False))).one()
    made, agreed, declined, one = (int(n) for n in row)
    return _("Stop the clocks"), made, agreed, declined, one


def _reads(w: Work) -> Iterable[tuple[str, int, int]]:
    columns = (ContactRead.purpose, func.count(), func.coalesce(func.sum(ContactRead.n), 0))
    rows = w.session.execute(select(*columns).group_by(ContactRead.purpose))
    found = {purpose: (int(times), int(n)) for purpose, times, n in rows}
    return [(str(word), *found.get(purpose, (0, 0))) for purpose, word in READ_PURPOSE.items()]


def readable() -> list[Group]:
    """What stands readable in the database: an order for the machine gets it whatever we do."""
    return _grouped(_rows(item for item in ITEMS if item.is_readable))


def sealed() -> list[Group]:
    """What is there only sealed or hashed: without the key file, or once a key is destroyed, nobody reads it."""
    return _grouped(_rows(item for item in ITEMS if not item.is_readable))


def _grouped(rows: Iterable[Row]) -> list[Group]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.whose, []).append(row)
    return [Group(whose, tuple(mine)) for whose, mine in found.items()]


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
