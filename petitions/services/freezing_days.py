"""The daily publication: what changed since the last one is counted, and what may be shown of it is written down."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update

from core.db import upsert
from core.work import Work
from petitions.domain.disclosure import NOTHING, REST, Table, publish, published_once
from petitions.domain.eligibility import SIGNABLE
from petitions.models.frozen import FrozenCell, FrozenDay, FrozenState
from petitions.models.petition import FrozenCount, Petition, PetitionCount
from petitions.models.signature import Signature, SignatureState, TallyDelta
from petitions.queries.frozen import FIXED, Dimension, first_level_of, public_order
from petitions.services import tally

ONE_DAY = timedelta(days=1)
SLICE = 5000
Cells = dict[str, Counter[str]]
_COLUMNS = (Signature.area, Signature.channel, Signature.evidence, Signature.resident)


@dataclass(frozen=True, slots=True)
class Register:
    """What a run needs of the register: the first-level area of each area, and the public order of cells."""

    regions: Mapping[str, str]
    order: Mapping[Dimension, tuple[str, ...]]


@dataclass(slots=True)
class Days:
    """One petition's figures with the days that were added to them: what was seen at the moment `at`.

    `last` and `marked` are the day and the moment of the stored state that they go on from.
    """

    petition: int
    last: date
    marked: datetime
    through: date
    at: datetime
    actual: Cells
    tables: dict[Dimension, Table]
    counts: list[dict[str, Any]] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)


def register_of(w: Work) -> Register:
    """The register as it is now."""
    return Register(first_level_of(w), public_order(w))


def petitions_to_freeze(w: Work) -> list[int]:
    """The petitions in whose figures something may have changed by the end of yesterday, by id."""
    new = and_(Petition.opened_at.is_not(None), Petition.opened_at < _ends(w, _yesterday(w)))
    moved = or_(
        FrozenState.counted != func.coalesce(PetitionCount.counted, 0),
        FrozenState.residents != func.coalesce(PetitionCount.residents, 0),
        select(TallyDelta.id).where(TallyDelta.petition_id == Petition.id).exists(),
        FrozenState.stale,
        # As many may have come as went.
        select(Signature.id)
        .where(Signature.petition_id == Petition.id, Signature.confirmed_at > FrozenState.at)
        .exists(),
        and_(FrozenState.final.is_(False), Petition.state.not_in(SIGNABLE)),
    )
    query = (
        select(Petition.id)
        .outerjoin(FrozenState, FrozenState.petition_id == Petition.id)
        .outerjoin(PetitionCount, PetitionCount.petition_id == Petition.id)
        .where(new, or_(FrozenState.petition_id.is_(None), and_(FrozenState.day < _yesterday(w), moved)))
    )
    return list(w.session.scalars(query.order_by(Petition.id)))


def begin_states(w: Work, petition_ids: Sequence[int]) -> None:
    """Make sure that each petition has a state on which a correction can leave its mark while days are counted."""
    known = select(FrozenState.petition_id).where(FrozenState.petition_id == Petition.id)
    new = select(Petition.id, Petition.opened_at).where(Petition.id.in_(petition_ids), ~known.exists())
    rows = [_first_state(w, *row) for row in w.session.execute(new)]
    if rows:
        w.session.execute(upsert(w.session, FrozenState).on_conflict_do_nothing(), rows)


def freeze_petition(w: Work, petition_id: int, register: Register) -> int:
    """Count and publish in one transaction, where nobody else waits to write (the demo); returns how many rows.

    Run again on the same day it does nothing.
    """
    begin_states(w, [petition_id])
    days = count_days(w, petition_id, register)
    return publish_days(w, days) if days else 0


def count_days(w: Work, petition_id: int, register: Register) -> Days | None:
    """Count each day that ended since the last one that was looked at; it only reads, as long as it takes.

    Days that were missed are computed from the moments of confirmation; what was withdrawn meanwhile is missing from
    the first of them. None where there is nothing to do.
    """
    state, through = w.session.get_one(FrozenState, petition_id), _yesterday(w)
    if state.day >= through:
        return None
    book = Days(petition_id, state.day, state.at, through, w.now, _cells(state.actual), _tables(state.tables))
    first = max(state.day + ONE_DAY, _first_open_day(w))
    by_day = _arrivals(w, register, state, (first, through))
    _settle(w, register, state, book, by_day)
    for day in sorted({*by_day, first}):
        if day <= through:
            _add_day(book, register, day, by_day.get(day, {}))
    return book


def publish_days(w: Work, book: Days) -> int:
    """Write down what was counted, in a transaction that looks at no signature; returns how many rows.

    What happened since the count is a matter of the next day, as if it had come after this. Only a correction leaves
    nothing by which that day would find it but its mark, so the mark stays.
    """
    state = w.session.get_one(FrozenState, book.petition, with_for_update=True, populate_existing=True)
    if state.day != book.last:
        return 0
    moved = state.at != book.marked
    _finish(w, w.session.get_one(Petition, book.petition), state, book)
    return _write(w, state, book, stale=moved)


def close_day(w: Work) -> int:
    """Keep the equation of the whole site beside the day that ended; returns 1 the first time of a day."""
    row = {"day": _yesterday(w), **tally.totals(w)}
    row.pop("residents")
    made = upsert(w.session, FrozenDay).values(**row).on_conflict_do_nothing().returning(FrozenDay.day)
    return int(w.session.scalar(made) is not None)


def note_move(w: Work, petition_id: int) -> None:
    """Remember that a signature was corrected from one area to another, which no total tells."""
    mine = FrozenState.petition_id == petition_id
    w.session.execute(update(FrozenState).where(mine).values(stale=True, at=w.now))


def _yesterday(w: Work) -> date:
    return w.today - ONE_DAY


def _ends(w: Work, day: date) -> datetime:
    return w.midnight(day + ONE_DAY)


def _local(w: Work, moment: datetime | None) -> date:
    return w.day_of(moment or w.now)


def _first_state(w: Work, petition_id: int, opened_at: datetime | None) -> dict[str, Any]:
    """Nothing is known yet: what was confirmed before the opening (joiners) counts on its day."""
    before = _local(w, opened_at) - ONE_DAY
    return {
        "petition_id": petition_id, "day": before, "at": w.now, "counted": 0, "residents": 0, "stale": True,
        "final": False, "actual": {}, "tables": {},
    }  # fmt: skip


def _cells(stored: Mapping[str, Mapping[str, int]]) -> Cells:
    return {name: Counter(stored.get(name, {})) for name in Dimension if name is not Dimension.FUNNEL}


def _tables(stored: Mapping[str, Any]) -> dict[Dimension, Table]:
    return {name: Table(**stored[name]) if name in stored else NOTHING for name in Dimension}


def _worth(register: Register, row: Any) -> Iterator[tuple[str, str]]:
    """The cell of each dimension that a signature belongs to."""
    yield Dimension.AREA, register.regions.get(row.area, row.area)
    yield Dimension.CHANNEL, row.channel
    yield Dimension.EVIDENCE, row.evidence
    yield Dimension.RESIDENCY, "resident" if row.resident else "other"


def _counted(state: FrozenState) -> tuple[ColumnElement[bool], ...]:
    return Signature.petition_id == state.petition_id, Signature.state == SignatureState.COUNTED


def _first_open_day(w: Work) -> date:
    """The day after the last one that was closed for all: what is noticed late never changes a day before it."""
    last = w.session.scalar(select(func.max(FrozenDay.day)))
    return date.min if last is None else last + ONE_DAY


def _arrivals(w: Work, register: Register, state: FrozenState, span: tuple[date, date]) -> dict[date, Cells]:
    """What was confirmed on each day since the last one looked at, today's too; read in slices, kept as counts."""
    first, through = span
    query = select(Signature.confirmed_at, *_COLUMNS).where(*_counted(state))
    query = query.where(Signature.confirmed_at >= _ends(w, state.day))
    found: dict[date, Cells] = defaultdict(lambda: _cells({}))
    for row in w.session.execute(query.execution_options(yield_per=SLICE)):
        cells = found[min(max(_local(w, row.confirmed_at), first), through + ONE_DAY)]
        for dimension, cell in _worth(register, row):
            cells[dimension][cell] += 1
    return found


def _settle(
    w: Work, register: Register, state: FrozenState, book: Days, by_day: Mapping[date, Cells]
) -> None:
    """Take out what was withdrawn since the last look; where the totals do not fit then, count anew."""
    if not state.stale:
        gone = select(*_COLUMNS, func.count().label("n")).where(
            Signature.petition_id == state.petition_id,
            Signature.state == SignatureState.WITHDRAWN,
            Signature.withdrawn_at > state.at,
            Signature.confirmed_at < _ends(w, state.day),
        )
        _add(book.actual, register, w.session.execute(gone.group_by(*_COLUMNS)), -1)
        if _live(w, state.petition_id) == _totals(book.actual, *by_day.values()):
            return
    old = select(*_COLUMNS, func.count().label("n")).where(*_counted(state))
    old = old.where(Signature.confirmed_at < _ends(w, state.day)).group_by(*_COLUMNS)
    book.actual = _cells({})
    _add(book.actual, register, w.session.execute(old), 1)


def _add(actual: Cells, register: Register, rows: Iterable[Any], sign: int) -> None:
    for row in rows:
        for dimension, cell in _worth(register, row):
            actual[dimension][cell] += sign * row.n


def _live(w: Work, petition_id: int) -> tuple[int, int]:
    """The totals with the deltas that are still to be folded."""
    stored = w.session.get(PetitionCount, petition_id, populate_existing=True)
    deltas = select(
        func.coalesce(func.sum(TallyDelta.counted), 0), func.coalesce(func.sum(TallyDelta.residents), 0)
    )
    counted, residents = w.session.execute(deltas.where(TallyDelta.petition_id == petition_id)).one()
    if stored is None:
        return int(counted), int(residents)
    return stored.counted + int(counted), stored.residents + int(residents)


def _totals(*parts: Cells) -> tuple[int, int]:
    """How many count in all of these, and how many of them are residents."""
    residency = [cells[Dimension.RESIDENCY] for cells in parts]
    return sum(cells.total() for cells in residency), sum(cells["resident"] for cells in residency)


def _add_day(book: Days, register: Register, day: date, arrived: Mapping[str, Counter[str]]) -> None:
    """Count a day, and publish what may be shown at its end."""
    for dimension, cells in arrived.items():
        book.actual[dimension].update(cells)
    counted, residents = _totals(book.actual)
    book.counts.append({"petition_id": book.petition, "day": day, "counted": counted, "residents": residents})
    for name in book.actual:
        dimension = Dimension(name)
        real = book.actual[name]
        order = [*register.order[dimension], *sorted(set(real) - set(register.order[dimension]))]
        _publish(book, dimension, day, publish({cell: real[cell] for cell in order}, book.tables[dimension]))


def _publish(book: Days, dimension: Dimension, day: date, table: Table) -> None:
    was, now = _public(book.tables[dimension]), _public(table)
    book.cells += [
        {"petition_id": book.petition, "dimension": dimension.value, "cell": cell, "day": day, "count": n}
        for cell, n in now.items()
        if was.get(cell) != n
    ]
    book.tables[dimension] = table


def _public(table: Table) -> dict[str, int]:
    rest = {} if table.rest is None else {REST: table.rest}
    return {**table.shown, **rest}


def _finish(w: Work, petition: Petition, state: FrozenState, book: Days) -> None:
    """Publish the petition's own equation once, when it has ended and nobody can confirm any more."""
    counts = w.session.get(PetitionCount, petition.id)
    if state.final or petition.state in SIGNABLE or counts is None or counts.pending:
        return
    equation = {name: getattr(counts, name) for name in FIXED[Dimension.FUNNEL]}
    _publish(book, Dimension.FUNNEL, book.through, published_once(equation))
    state.final = True


def _write(w: Work, state: FrozenState, book: Days, *, stale: bool) -> int:
    rows = _changes(state, book.counts)
    if rows:
        w.session.execute(upsert(w.session, FrozenCount).on_conflict_do_nothing(), rows)
    _write_cells(w, book)
    state.counted, state.residents = _totals(book.actual)
    state.day, state.at, state.stale = book.through, book.at, stale
    state.actual = {name: dict(cells) for name, cells in book.actual.items()}
    state.tables = {name.value: asdict(table) for name, table in book.tables.items() if table != NOTHING}
    w.session.flush()
    return len(rows) + len(book.cells)


def _changes(state: FrozenState, counts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The days on which a total changed; of two rows of one day the later one."""
    found: dict[date, dict[str, Any]] = {}
    last = (state.counted, state.residents)
    for row in counts:
        if (row["counted"], row["residents"]) != last:
            found[row["day"]] = row
        last = (row["counted"], row["residents"])
    return list(found.values())


def _write_cells(w: Work, book: Days) -> None:
    """Add the new figures, each with the day until which it stands, and end those that stood before."""
    mine: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in book.cells:
        mine[row["dimension"], row["cell"]].append(row)
    for (dimension, cell), rows in mine.items():
        standing = (FrozenCell.petition_id == book.petition, FrozenCell.dimension == dimension)
        old = update(FrozenCell).where(*standing, FrozenCell.cell == cell, FrozenCell.until.is_(None))
        w.session.execute(old.values(until=rows[0]["day"]))
        ends = [row["day"] for row in rows[1:]] + [None]
        new = [row | {"until": end} for row, end in zip(rows, ends, strict=True)]
        w.session.execute(insert(FrozenCell), new)
