"""Importing the register: read a file, plan what it would change, apply it; a fault, and nothing changes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from authorities.changes import (
    AreaDiff,
    AuthorityDiff,
    Changed,
    FieldChange,
    FigureChange,
    FigureKind,
    Moved,
    Reclassified,
    Renamed,
    plain,
    plain_figure,
)
from authorities.faults import Fault
from authorities.models import Area, AreaFigure, Authority
from authorities.queries import Figure, area_parents, as_figure, supervisors
from authorities.tables import AreaLine, AuthorityLine, parse_areas, parse_authorities, path_of
from core.audit import record
from core.progress import Told, unheard
from core.refusal import Refusal
from core.switches import Switch, refuse_if
from core.work import Work

AUTHORITY_FIELDS = ("area", "branch", "names", "email", "supervisor", "valid_from", "valid_to")
# So many new rows are stored before it is told how far the import is.
SLICE = 500
FIGURE_FIELDS = ("area", "as_of", "population", "electorate", "source")


def read_areas(w: Work, source: str | bytes) -> tuple[tuple[AreaLine, ...], tuple[Fault, ...]]:
    """The areas of a file, checked against the register too; no rows where there are faults."""
    return parse_areas(source, area_parents(w))


def read_authorities(w: Work, source: str | bytes) -> tuple[tuple[AuthorityLine, ...], tuple[Fault, ...]]:
    """The bodies of a file, checked against the register too; no rows where there are faults."""
    return parse_authorities(source, area_parents(w), supervisors(w))


def plan_areas(w: Work, rows: Sequence[AreaLine]) -> AreaDiff:
    """What importing the areas would change; nothing is written."""
    known = {row.code: row for row in w.session.scalars(select(Area))}
    old = [(row, known[row.code]) for row in rows if row.code in known]
    figures = tuple(_figure_changes(w, [row for row, _ in old]))
    renamed = tuple(Renamed(r.code, a.names, r.names) for r, a in old if a.names != r.names)
    moved = tuple(Moved(r.code, r.names, a.parent, r.parent) for r, a in old if a.parent != r.parent)
    reclassified = tuple(
        Reclassified(r.code, r.names, (a.kind, a.invented), after)
        for r, a in old
        if (a.kind, a.invented) != (after := _class_of(r, a))
    )
    touched = {c.code for c in renamed} | {c.code for c in moved} | {c.code for c in reclassified}
    touched |= {c.after.area for c in figures}
    return AreaDiff(
        added=tuple(row for row in rows if row.code not in known),
        renamed=renamed,
        moved=moved,
        reclassified=reclassified,
        figures=figures,
        unchanged=len(old) - len(touched),
        missing=tuple(sorted(known.keys() - {row.code for row in rows})),
    )


def apply_areas(w: Work, diff: AreaDiff, told: Told = unheard) -> None:
    """Store what was planned; older figures stay with their dates, corrected ones stay in the audit log."""
    _insert_areas(w, diff.added, told)
    _update(w, [{"code": c.code, "names": dict(c.after)} for c in diff.renamed])
    _update(w, [{"code": c.code, "kind": c.after[0], "invented": c.after[1]} for c in diff.reclassified])
    _move(w, diff.moved)
    fresh = [figure for row in diff.added if (figure := _figure_of(row))]
    fresh += [c.after for c in diff.figures if c.kind is not FigureKind.CORRECTION]
    if fresh:
        w.session.execute(insert(AreaFigure), [_columns(figure) for figure in fresh])
    for change in diff.figures:
        if change.kind is FigureKind.CORRECTION:
            _correct(w, change.after)
    if diff.changes:
        _record_areas(w, diff)


def plan_authorities(w: Work, rows: Sequence[AuthorityLine]) -> AuthorityDiff:
    """What importing the bodies would change; nothing is written."""
    known = {row.code: row for row in w.session.scalars(select(Authority))}
    old = [(row, known[row.code]) for row in rows if row.code in known]
    changes = [Changed(row.code, row.names, _field_changes(row, body)) for row, body in old]
    changed = tuple(change for change in changes if change.fields)
    return AuthorityDiff(
        added=tuple(row for row in rows if row.code not in known),
        changed=changed,
        unchanged=len(old) - len(changed),
        missing=tuple(sorted(known.keys() - {row.code for row in rows})),
    )


def apply_authorities(w: Work, diff: AuthorityDiff, told: Told = unheard) -> None:
    """Store what was planned."""
    for done, row in enumerate(diff.added, 1):
        values = {name: getattr(row, name) for name in AUTHORITY_FIELDS}
        # A supervisor may stand further down in the file, so each is set once all bodies are there.
        w.session.add(Authority(code=row.code, **{**values, "supervisor": None}))
        if done % SLICE == 0 or done == len(diff.added):
            w.session.flush()
            told(done, len(diff.added))
    for row in diff.added:
        w.session.get_one(Authority, row.code).supervisor = row.supervisor
    for change in diff.changed:
        body = w.session.get_one(Authority, change.code)
        for field in change.fields:
            setattr(body, field.field, field.after)
    w.session.flush()
    if diff.changes:
        _record_authorities(w, diff)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be imported: how it is read, planned and applied."""

    name: str
    read: Callable[[Work, str | bytes], tuple[tuple[Any, ...], tuple[Fault, ...]]]
    plan: Callable[[Work, Sequence[Any]], Any]
    apply: Callable[[Work, Any, Told], None]


AREAS = Table("areas", read_areas, plan_areas, apply_areas)
AUTHORITIES = Table("authorities", read_authorities, plan_authorities, apply_authorities)


def import_table(
    w: Work,
    table: Table,
    source: str | bytes,
    seen: str | None = None,
    told: Told = unheard,
) -> int:
    """Import a file and return the number of changes; `seen` is the digest of the plan that was confirmed.

    Without `seen` whatever the plan is by now is applied (the first filling of a new register); `told` hears how many
    new rows are stored, of how many.
    Refusals: `import-faulty` (n, line); `changed-meanwhile` when the plan is another one by now;
    `switched-off` while the site is read-only.
    """
    refuse_if(w, Switch.READ_ONLY)
    # Two imports at once would both add the same rows, so the second waits for the first.
    w.session.execute(select(Area.code).where(Area.parent.is_(None)).with_for_update())
    rows, faults = table.read(w, source)
    if faults:
        raise Refusal("import-faulty", n=len(faults), line=faults[0].line)
    diff = table.plan(w, rows)
    if seen is not None and diff.digest != seen:
        raise Refusal("changed-meanwhile")
    table.apply(w, diff, told)
    return int(diff.changes)


def _class_of(row: AreaLine, area: Area) -> tuple[str, bool]:
    """Kind and mark after the import; a file that does not speak of the mark leaves it."""
    return row.kind, area.invented if row.invented is None else row.invented


def _figure_changes(w: Work, rows: Sequence[AreaLine]) -> Iterator[FigureChange]:
    by_date, newest = _known_figures(w)
    for row in rows:
        figure = _figure_of(row)
        if figure is None:
            continue
        same_day, last = by_date.get((row.code, figure.as_of)), newest.get(row.code)
        if same_day is None:
            older = last is not None and figure.as_of < last.as_of
            kind = FigureKind.OLDER if older else FigureKind.NEW
            yield FigureChange(kind, row.names, last, figure)
        elif same_day != figure:
            yield FigureChange(FigureKind.CORRECTION, row.names, same_day, figure)


def _known_figures(w: Work) -> tuple[dict[tuple[str, date], Figure], dict[str, Figure]]:
    """All figures by area and date, and the newest of each area."""
    found = [as_figure(row) for row in w.session.scalars(select(AreaFigure).order_by(AreaFigure.as_of))]
    return {(f.area, f.as_of): f for f in found}, {f.area: f for f in found}


def _figure_of(row: AreaLine) -> Figure | None:
    if not row.has_figures or row.as_of is None:
        return None
    return Figure(row.code, row.as_of, row.population, row.electorate, row.source, row.more)


def _columns(figure: Figure) -> dict[str, Any]:
    more = {name: str(value) for name, value in figure.more.items()}
    return {**{name: getattr(figure, name) for name in FIGURE_FIELDS}, "more": more}


def _correct(w: Work, figure: Figure) -> None:
    same = (AreaFigure.area == figure.area) & (AreaFigure.as_of == figure.as_of)
    w.session.execute(update(AreaFigure).where(same).values(**_columns(figure)))


def _insert_areas(w: Work, added: Sequence[AreaLine], told: Told) -> None:
    parents = {**area_parents(w), **{row.code: row.parent for row in added}}
    rows = [
        {
            "code": row.code,
            "parent": row.parent,
            "kind": row.kind,
            "names": dict(row.names),
            "invented": bool(row.invented),
            **_place(row.code, parents),
        }
        for row in added
    ]
    # An area points at its parent, which must be there first.
    rows.sort(key=lambda row: row["level"])
    for start in range(0, len(rows), SLICE):
        w.session.execute(insert(Area), rows[start : start + SLICE])
        told(min(start + SLICE, len(rows)), len(rows))


def _place(code: str, parents: Mapping[str, str | None]) -> dict[str, Any]:
    path = path_of(code, parents)
    if path is None:
        raise Refusal("areas-too-deep", area=code)
    return {"level": len(path) - 1, "path": "".join(f"{part}/" for part in path)}


def _move(w: Work, moved: Sequence[Moved]) -> None:
    """Set the new parents, then the paths of all areas that lie elsewhere by now."""
    if not moved:
        return
    _update(w, [{"code": change.code, "parent": change.after} for change in moved])
    parents = area_parents(w)
    places = {code: _place(code, parents) for code in parents}
    stored = w.session.execute(select(Area.code, Area.path))
    _update(w, [{"code": code, **places[code]} for code, path in stored if places[code]["path"] != path])


def _update(w: Work, rows: list[dict[str, Any]]) -> None:
    if rows:
        w.session.execute(update(Area), rows)


def _field_changes(row: AuthorityLine, body: Authority) -> tuple[FieldChange, ...]:
    pairs = ((name, getattr(body, name), getattr(row, name)) for name in AUTHORITY_FIELDS)
    return tuple(FieldChange(name, before, after) for name, before, after in pairs if before != after)


def _record_areas(w: Work, diff: AreaDiff) -> None:
    corrected = [c for c in diff.figures if c.kind is FigureKind.CORRECTION]
    before = {
        "names": {c.code: dict(c.before) for c in diff.renamed},
        "parents": {c.code: c.before for c in diff.moved},
        "kinds": {c.code: list(c.before) for c in diff.reclassified},
        "figures": [plain_figure(c.before) for c in corrected if c.before],
    }
    after = {
        "added": len(diff.added),
        "figures": len(diff.figures),
        "names": {c.code: dict(c.after) for c in diff.renamed},
        "parents": {c.code: c.after for c in diff.moved},
        "kinds": {c.code: list(c.after) for c in diff.reclassified},
        "corrected": [plain_figure(c.after) for c in corrected],
    }
    record(w, "register:import", "areas", before, after)


def _record_authorities(w: Work, diff: AuthorityDiff) -> None:
    before = {c.code: {f.field: plain(f.before) for f in c.fields} for c in diff.changed}
    after = {c.code: {f.field: plain(f.after) for f in c.fields} for c in diff.changed}
    added = [row.code for row in diff.added]
    record(w, "register:import", "authorities", {"changed": before}, {"added": added, "changed": after})
