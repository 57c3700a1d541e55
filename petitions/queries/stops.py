"""The recorded stops, read once for each Work, and which of them touch a term."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from authorities.models import Area, Authority
from authorities.queries import area_names
from core.i18n import localised
from core.work import Work
from petitions.domain.calendar import Stop
from petitions.domain.deadlines import CITIZENS, TermKind
from petitions.domain.stops import RecordedStop, Touched, touching
from petitions.models.case import Term
from petitions.models.petition import Petition
from petitions.models.stops import ClockStop, StopChange

STOPS, PATHS = "clock_stops", "clock_paths"
Bearer = tuple[str, str]


@dataclass(frozen=True, slots=True)
class StopEvent:
    """One act about a stop; `account_id` is for the staff's eyes only."""

    at: datetime
    act: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StopRow:
    """A stop as the register shows it; `state` is proposed, rejected, planned, open or ended."""

    id: int
    first_day: date
    last_day: date | None
    order_date: date
    act: str
    link: str
    reason: str
    language: str
    areas: tuple[Mapping[str, str], ...]
    kinds: tuple[TermKind, ...]
    is_outage: bool
    is_replay: bool
    recorded_on: date | None
    proposed_by: int | None
    state: str
    history: tuple[StopEvent, ...]

    @property
    def places(self) -> str:
        """The areas in the reader's language."""
        return ", ".join(localised(names) for names in self.areas)


def recorded_stops(w: Work) -> tuple[RecordedStop, ...]:
    """Every stop in force, read once for each Work."""
    if STOPS not in w.session.info:
        w.session.info[STOPS] = _read(w)
    found: tuple[RecordedStop, ...] = w.session.info[STOPS]
    return found


def forget_stops(w: Work) -> None:
    """Read the stops anew: this Work has changed one."""
    w.session.info.pop(STOPS, None)


def prime_paths(w: Work, rows: Iterable[tuple[Term, Petition]]) -> None:
    """Read the areas of many terms at once, so that `stops_of` asks the database no more."""
    if recorded_stops(w):
        _load_paths(w, {_bearer(term, petition) for term, petition in rows})


def stops_of(w: Work, term: Term, petition: Petition) -> tuple[Stop, ...]:
    """The stops that touch a term."""
    found = recorded_stops(w)
    return touching(found, touched(w, term, petition)) if found else ()


def touched(w: Work, term: Term, petition: Petition) -> Touched:
    """What a stop asks of a term: its kind, where it runs, and since when it is settled."""
    bearer = _bearer(term, petition)
    _load_paths(w, {bearer})
    ends = [day for day in (term.met_on, term.cancelled_on, term.missed_on) if day is not None]
    if term.kind in CITIZENS:
        # Only a body's lateness is settled by its mark; a window that ran out may open again.
        ends = [day for day in (term.met_on, term.cancelled_on) if day is not None]
    return Touched(term.kind, _paths(w).get(bearer, ""), min(ends, default=None))


def as_recorded(w: Work, row: ClockStop) -> RecordedStop:
    """A stop as the domain knows it; one that is not confirmed yet as if it were confirmed today."""
    paths = dict(w.session.execute(select(Area.code, Area.path).where(Area.code.in_(row.areas))).all())
    return _recorded(row, paths, w.today)


def register(w: Work, *, confirmed: bool = True) -> list[StopRow]:
    """The stops with their history, the newest first; without `confirmed` those that wait or were rejected too."""
    query = select(ClockStop).order_by(ClockStop.first_day.desc(), ClockStop.id.desc())
    rows = w.session.scalars(query.where(ClockStop.confirmed_at.is_not(None)) if confirmed else query).all()
    return _rows(w, rows)


def stop_row(w: Work, stop_id: int) -> StopRow | None:
    """One stop, in whatever state."""
    row = w.session.get(ClockStop, stop_id)
    return _rows(w, [row])[0] if row else None


def stops_named(w: Work, ids: Iterable[str]) -> list[StopRow]:
    """Confirmed stops by the references that a computation carries."""
    wanted = sorted({int(id_) for id_ in ids})
    if not wanted:
        return []
    query = select(ClockStop).where(ClockStop.id.in_(wanted)).order_by(ClockStop.first_day)
    return _rows(w, w.session.scalars(query).all())


def open_stops_of(w: Work, pairs: Iterable[tuple[Term, Petition]]) -> list[StopRow]:
    """The stops that hold one of these terms today: what the banner of a petition says."""
    refs = [
        ref
        for term, petition in pairs
        for stop in stops_of(w, term, petition)
        if stop.first <= w.today and (stop.last is None or w.today <= stop.last)
        for ref in stop.refs
    ]
    return stops_named(w, refs)


def held_now(w: Work, petition_id: int) -> list[StopRow]:
    """The stops that hold a running term of a petition today."""
    if not recorded_stops(w):
        return []
    query = select(Term, Petition).join(Petition, Petition.id == Term.petition_id)
    running = (Term.petition_id == petition_id, Term.met_on.is_(None), Term.cancelled_on.is_(None))
    rows = [(term, petition) for term, petition in w.session.execute(query.where(*running))]
    return open_stops_of(w, rows)


def _bearer(term: Term, petition: Petition) -> Bearer:
    """Whose area decides: the body's that bears the term, else the petition's."""
    return ("body", term.authority) if term.authority else ("area", petition.area or "")


def _paths(w: Work) -> dict[Bearer, str]:
    known: dict[Bearer, str] = w.session.info.setdefault(PATHS, {})
    return known


def _load_paths(w: Work, bearers: set[Bearer]) -> None:
    known = _paths(w)
    missing = {bearer for bearer in bearers if bearer not in known}
    bodies = [code for kind, code in missing if kind == "body"]
    places = [code for kind, code in missing if kind == "area"]
    if bodies:
        query = select(Authority.code, Area.path).join(Area, Area.code == Authority.area)
        rows = w.session.execute(query.where(Authority.code.in_(bodies)))
        known.update({("body", code): path for code, path in rows})
    if places:
        rows = w.session.execute(select(Area.code, Area.path).where(Area.code.in_(places)))
        known.update({("area", code): path for code, path in rows})


def _read(w: Work) -> tuple[RecordedStop, ...]:
    rows = w.session.scalars(select(ClockStop).where(ClockStop.confirmed_at.is_not(None))).all()
    codes = {code for row in rows for code in row.areas}
    if not codes:
        return ()
    paths = dict(w.session.execute(select(Area.code, Area.path).where(Area.code.in_(codes))).all())
    return tuple(_recorded(row, paths, w.today) for row in rows)


def _recorded(row: ClockStop, paths: Mapping[str, str], today: date) -> RecordedStop:
    entered = row.entered_on or today
    return RecordedStop(
        id=str(row.id),
        first=row.first_day,
        last=row.last_day,
        ordered_on=row.order_date,
        recorded_on=row.replay_recorded_on or entered,
        entered_on=entered,
        areas=tuple(paths[code] for code in row.areas if code in paths),
        kinds=frozenset(TermKind(kind) for kind in row.kinds),
    )


def _rows(w: Work, rows: Sequence[ClockStop]) -> list[StopRow]:
    names = area_names(w, {code for row in rows for code in row.areas})
    changes: dict[int, list[StopEvent]] = {}
    query = select(StopChange).where(StopChange.stop_id.in_([row.id for row in rows]))
    for change in w.session.scalars(query.order_by(StopChange.id)):
        changes.setdefault(change.stop_id, []).append(StopEvent(change.at, change.act, change.facts))
    return [_row(w, row, names, tuple(changes.get(row.id, ()))) for row in rows]


def _row(
    w: Work, row: ClockStop, names: Mapping[str, Mapping[str, str]], history: tuple[StopEvent, ...]
) -> StopRow:
    return StopRow(
        id=row.id,
        first_day=row.first_day,
        last_day=row.last_day,
        order_date=row.order_date,
        act=row.act,
        link=row.link,
        reason=row.reason,
        language=row.language,
        areas=tuple(names[code] for code in row.areas if code in names),
        kinds=tuple(TermKind(kind) for kind in row.kinds),
        is_outage=row.is_outage,
        is_replay=row.is_replay,
        recorded_on=row.replay_recorded_on or row.entered_on,
        proposed_by=row.proposed_by,
        state=_state(row, w.today),
        history=history,
    )


def _state(row: ClockStop, today: date) -> str:
    if row.rejected_at is not None:
        return "rejected"
    if row.confirmed_at is None:
        return "proposed"
    if row.first_day > today:
        return "planned"
    return "open" if row.last_day is None or today <= row.last_day else "ended"
