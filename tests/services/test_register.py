"""Importing into the register: what would change, what is stored, what stays; and reading it back."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import func, select

from authorities import queries
from authorities.changes import AreaDiff, AuthorityDiff, FigureKind
from authorities.imports import AREAS, AUTHORITIES, import_table
from authorities.models import Area, AreaFigure, Authority
from authorities.names import fold
from core.audit import AuditEntry
from core.i18n import speaking
from core.refusal import Refusal
from core.switches import Switch, turn
from core.work import SYSTEM, Work, reading

pytestmark = pytest.mark.postgres_too
AREA_HEADER = "code,parent,kind,name_kk,name_ru,name_en,population,electorate,as_of,source,seats\n"
BODY_HEADER = "code,area,branch,name_kk,name_ru,name_en,email,supervisor,valid_from,valid_to\n"
COUNTRY, ALMATY, ASTANA, REGION = "000000000", "750000000", "710000000", "190000000"
NEW_YEAR = date(2026, 1, 1)


@pytest.fixture
def w(app: Flask) -> Iterator[Work]:
    """A transaction that is rolled back, so that the register stays as it was on both databases."""
    with reading(SYSTEM) as opened:
        yield opened


def an_area(w: Work, code: str, **changes: str) -> str:
    """A line of areas.csv that says what the register says, but for the changes."""
    cells = {
        "code": code,
        "parent": COUNTRY,
        "kind": "district",
        "names": f"{code} kk,{code} ru,{code} en",
        "population": "100",
        "electorate": "",
        "as_of": "2026-01-01",
        "source": "invented",
        "seats": "",
    }
    if row := queries.area(w, code):
        names = ",".join(row.names[language] for language in ("kk", "ru", "en"))
        cells |= {"parent": row.parent or "", "kind": row.kind, "names": names}
        cells |= {"population": str(row.population), "as_of": str(row.as_of), "source": f'"{row.source}"'}
    return ",".join((cells | changes).values()) + "\n"


def planned_areas(w: Work, *lines: str) -> AreaDiff:
    """The plan of a file of areas."""
    rows, faults = AREAS.read(w, AREA_HEADER + "".join(lines))
    assert faults == ()
    diff: AreaDiff = AREAS.plan(w, rows)
    return diff


def planned_bodies(w: Work, *lines: str) -> AuthorityDiff:
    """The plan of a file of bodies."""
    rows, faults = AUTHORITIES.read(w, BODY_HEADER + "".join(lines))
    assert faults == ()
    diff: AuthorityDiff = AUTHORITIES.plan(w, rows)
    return diff


def stored_areas(w: Work, *lines: str) -> AreaDiff:
    """Import a file of areas; planning it again changes nothing."""
    diff = planned_areas(w, *lines)
    AREAS.apply(w, diff)
    w.session.expire_all()
    assert planned_areas(w, *lines).changes == 0
    return diff


def stored_bodies(w: Work, *lines: str) -> AuthorityDiff:
    """Import a file of bodies; planning it again changes nothing."""
    diff = planned_bodies(w, *lines)
    AUTHORITIES.apply(w, diff)
    w.session.expire_all()
    assert planned_bodies(w, *lines).changes == 0
    return diff


def audited(w: Work) -> list[AuditEntry]:
    """The entries of the audit log about the register, in order."""
    found = select(AuditEntry).where(AuditEntry.action == "register:import").order_by(AuditEntry.id.desc())
    return list(w.session.scalars(found))


def test_a_file_that_says_nothing_new_changes_nothing(w: Work) -> None:
    before = len(audited(w))
    diff = stored_areas(w, an_area(w, ALMATY), an_area(w, ASTANA))
    assert (diff.changes, diff.unchanged) == (0, 2)
    assert COUNTRY in diff.missing
    assert len(diff.missing) == w.session.scalar(select(func.count()).select_from(Area)) - 2
    assert len(audited(w)) == before


def test_new_areas_come_with_their_path_and_figures_in_any_order(w: Work) -> None:
    lines = (an_area(w, "v1", parent="d1", kind="village", seats="7"), an_area(w, "d1", parent=REGION))
    diff = stored_areas(w, *lines)
    assert [row.code for row in diff.added] == ["v1", "d1"]
    village = queries.area(w, "v1")
    assert village is not None
    assert (village.path, village.level) == (f"{COUNTRY}/{REGION}/d1/v1/", 3)
    assert village.figure is not None
    assert village.figure.more == {"seats": Decimal(7)}
    assert village.ancestors == (COUNTRY, REGION, "d1")
    assert village.within(REGION)
    assert not village.within(ALMATY)


def test_a_new_figure_leaves_the_old_one_with_its_date(w: Work) -> None:
    old = queries.area(w, ALMATY)
    assert old is not None
    diff = stored_areas(w, an_area(w, ALMATY, population="2500000", as_of="2026-07-01", source="next census"))
    (change,) = diff.figures
    assert change.kind is FigureKind.NEW
    assert (change.before, change.after.population) == (old.figure, 2_500_000)
    assert queries.figure_for(w, ALMATY, date(2026, 6, 30)) == old.figure
    newer = queries.figure_for(w, ALMATY, date(2026, 7, 1))
    assert newer is not None
    assert newer.source == "next census"
    assert queries.figure_for(w, ALMATY, date(2025, 12, 31)) is None
    assert [figure.as_of for figure in queries.figures(w, ALMATY)] == [date(2026, 7, 1), NEW_YEAR]
    assert queries.area(w, ALMATY, NEW_YEAR) == old


def test_a_figure_of_the_past_does_not_become_the_newest(w: Work) -> None:
    old = queries.area(w, ALMATY)
    diff = stored_areas(w, an_area(w, ALMATY, population="1", as_of="2020-01-01"))
    assert diff.figures[0].kind is FigureKind.OLDER
    assert queries.area(w, ALMATY) == old


def test_another_number_for_the_same_date_is_a_correction_and_the_old_one_stays_in_the_log(w: Work) -> None:
    old = queries.area(w, ALMATY)
    assert old is not None
    diff = stored_areas(w, an_area(w, ALMATY, population="7"))
    assert diff.figures[0].kind is FigureKind.CORRECTION
    assert diff.figures[0].before == old.figure
    assert [figure.population for figure in queries.figures(w, ALMATY)] == [7]
    entry = audited(w)[0]
    assert entry.before is not None
    assert entry.before["figures"][0]["population"] == old.population
    assert entry.after is not None
    assert entry.after["corrected"][0]["population"] == 7


def test_renaming_and_another_kind(w: Work) -> None:
    old = queries.area(w, ALMATY)
    assert old is not None
    diff = stored_areas(w, an_area(w, ALMATY, names="Верный,Верный,Verny", kind="city"))
    assert (diff.renamed[0].before, diff.renamed[0].after["en"]) == (old.names, "Verny")
    assert diff.reclassified[0].after == ("city", False)
    now = queries.area(w, ALMATY)
    assert now is not None
    assert (now.names["kk"], now.kind) == ("Верный", "city")


def test_an_import_tells_how_far_it_is(w: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("authorities.imports.SLICE", 2)
    lines = "".join(f"d{n},000000000,district,Бір,Один,One,,,,,\n" for n in range(3))
    heard: list[tuple[int, int]] = []
    assert import_table(w, AREAS, AREA_HEADER + lines, told=lambda done, of: heard.append((done, of))) == 3
    assert heard == [(2, 3), (3, 3)]
    assert queries.area(w, "d2") is not None


def test_the_mark_of_an_invented_area_stays_until_a_file_speaks_of_it(w: Work) -> None:
    line = "d1,000000000,district,Бір,Один,One,,,,,"
    header = AREA_HEADER.replace("seats", "invented")
    assert import_table(w, AREAS, header + line + "1\n") == 1
    w.session.expire_all()
    assert import_table(w, AREAS, AREA_HEADER + line + "\n") == 0
    assert import_table(w, AREAS, header + line + "0\n") == 1
    w.session.expire_all()
    row = queries.area(w, "d1")
    assert row is not None
    assert not row.invented


def test_moving_an_area_moves_all_that_lies_in_it(w: Work) -> None:
    stored_areas(w, *(an_area(w, code, parent=p) for code, p in (("d1", REGION), ("v1", "d1"), ("q1", "v1"))))
    # The parts are missing from this file, and yet their paths follow.
    diff = stored_areas(w, an_area(w, "d1", parent=ALMATY))
    assert (diff.moved[0].before, diff.moved[0].after) == (REGION, ALMATY)
    assert queries.is_within(w, "q1", ALMATY)
    assert not queries.is_within(w, "q1", REGION)
    moved = queries.area(w, "q1")
    assert moved is not None
    assert moved.path == f"{COUNTRY}/{ALMATY}/d1/v1/q1/"
    assert [row.code for row in queries.ancestors(w, moved)] == [COUNTRY, ALMATY, "d1", "v1"]


def test_a_move_that_makes_paths_too_long_is_refused(w: Work) -> None:
    deep = [REGION, *(f"deep-{n:02}-{'x' * 20}" for n in range(12))]
    far = [COUNTRY, *(f"far-{n:02}-{'y' * 20}" for n in range(8))]
    for chain in (deep, far):
        stored_areas(w, *(an_area(w, code, parent=parent) for parent, code in pairwise(chain)))
    diff = planned_areas(w, an_area(w, deep[1], parent=far[-1]))
    with pytest.raises(Refusal, match="areas-too-deep"):
        AREAS.apply(w, diff)


def test_bodies_are_added_with_supervisors_in_any_order(w: Work) -> None:
    diff = stored_bodies(
        w,
        f"low,{ALMATY},executive,Төмен,Низ,Low,low@gov.example,high,,\n",
        f"high,{COUNTRY},representative,Жоғары,Верх,High,,,2020-01-01,\n",
    )
    assert [row.code for row in diff.added] == ["low", "high"]
    low = queries.authority(w, "low")
    assert low is not None
    assert (low.supervisor, low.supervisor_names) == ("high", {"kk": "Жоғары", "ru": "Верх", "en": "High"})
    with speaking("en"):
        assert (low.name, low.supervisor_name, low.area_name) == ("Low", "High", "Almaty city")


def test_a_body_changes_field_by_field_and_closes_by_its_last_day(w: Work) -> None:
    stored_bodies(w, f"b,{ALMATY},executive,Бір,Один,One,b@gov.example,,2020-01-01,\n")
    diff = stored_bodies(w, f"b,{ALMATY},executive,Екі,Два,Two,b@gov.example,,2020-01-01,2026-06-30\n")
    (changed,) = diff.changed
    assert [change.field for change in changed.fields] == ["names", "valid_to"]
    assert diff.closed == (changed,)
    body = queries.authority(w, "b")
    assert body is not None
    assert body.valid_on(date(2026, 6, 30))
    assert not body.valid_on(date(2026, 7, 1))
    assert not body.valid_on(date(2019, 12, 31))
    assert "b" not in {row.code for row in queries.authorities(w, on=date(2026, 7, 1))}
    assert [row.code for row in queries.authorities(w, q="ЕКІ", area=ALMATY)] == ["b"]
    entry = audited(w)[0]
    assert entry.after is not None
    assert entry.after["changed"]["b"]["valid_to"] == "2026-06-30"


def test_only_the_confirmed_plan_is_stored(w: Work) -> None:
    text = AREA_HEADER + an_area(w, ALMATY, population="5")
    digest = planned_areas(w, an_area(w, ALMATY, population="5")).digest
    stored_areas(w, an_area(w, ALMATY, population="6"))
    with pytest.raises(Refusal, match="changed-meanwhile"):
        import_table(w, AREAS, text, digest)
    seen = planned_areas(w, an_area(w, ALMATY, population="5")).digest
    assert import_table(w, AREAS, text, seen) == 1
    assert import_table(w, AREAS, text) == 0


def test_a_fault_changes_nothing(w: Work) -> None:
    text = AREA_HEADER + an_area(w, ALMATY, population="5") + an_area(w, ASTANA, population="-5")
    with pytest.raises(Refusal) as caught:
        import_table(w, AREAS, text)
    assert (caught.value.code, caught.value.facts) == ("import-faulty", {"n": 1, "line": 3})
    assert w.session.scalar(select(AreaFigure.id).where(AreaFigure.population == 5)) is None


def test_nothing_is_imported_while_the_site_is_read_only(w: Work) -> None:
    turn(w, Switch.READ_ONLY, True)
    w.session.flush()
    with pytest.raises(Refusal, match="switched-off"):
        import_table(w, AREAS, AREA_HEADER + an_area(w, ALMATY))


def test_everyone_lives_somewhere_below_the_root(w: Work) -> None:
    stored_areas(
        w,
        an_area(w, "d1", parent=REGION, names="Әлия,Алия,Aliya"),
        an_area(w, "d2", parent=REGION, names="Яна,Яна,Yana"),
        an_area(w, "v1", parent="d1", names="Ауыл,Аул,Aul"),
    )
    with speaking("kk"):
        groups = queries.selectable_areas(w)
    first = [name for _code, name in groups[0].options]
    assert groups[0].label == ""
    assert first[:3] == ["Алматы қаласы", "Астана қаласы", "Шымкент қаласы"]
    assert first[3] == "Абай облысы"
    assert len(first) == 20
    assert [(group.label, group.options) for group in groups[1:]] == [
        ("Алматы облысы", (("d1", "Әлия"), ("v1", "Ауыл (Әлия)"), ("d2", "Яна")))
    ]
    assert queries.is_selectable(w, "v1")
    assert not queries.is_selectable(w, COUNTRY)
    assert not queries.is_selectable(w, "nowhere")
    with speaking("en"):
        choices = queries.area_choices(w)
    assert list(choices) == ["", "Almaty Region"]


def test_areas_parts_and_bodies_are_found_by_place(w: Work) -> None:
    stored_areas(w, an_area(w, "d1", parent=REGION), an_area(w, "v1", parent="d1"))
    stored_bodies(
        w,
        "bd,d1,executive,Аудан әкімдігі,Акимат района,District akimat,,,,\n",
        "bv,v1,executive,Ауыл әкімдігі,Акимат села,Village akimat,,bd,,\n",
    )
    assert queries.areas(w)[0].code == COUNTRY
    assert [row.code for row in queries.children(w, REGION)] == ["d1"]
    assert len(queries.first_level(w)) == 20
    assert [row.code for row in queries.bodies_for_area(w, "v1")] == ["bv"]
    above = queries.bodies_for_area(w, "v1", w.today, above=True)
    assert [row.area_level for row in above] == sorted(row.area_level for row in above)
    assert {row.area for row in above} == {COUNTRY, REGION, "d1", "v1"}
    assert queries.bodies_for_area(w, "nowhere", above=True) == ()
    assert {row.area for row in queries.authorities(w, area=REGION)} == {REGION, "d1", "v1"}
    assert queries.bodies_below(w, w.today)[REGION] == 2
    assert {row.area_level for row in queries.authorities(w, deepest=1)} == {0, 1}
    assert {row.branch for row in queries.authorities(w, branch="representative")} == {"representative"}
    assert queries.area_names(w, ["d1", "nowhere"]).keys() == {"d1"}
    assert queries.authority_names(w, ["bd"])["bd"]["en"] == "District akimat"
    assert queries.area(w, "nowhere") is None
    assert queries.authority(w, "nobody") is None


@pytest.mark.parametrize("q", ["әкімдігі аудан", "АКИМАТ", "акiмдiгi".replace("i", "и"), "district  AKIMAT"])
def test_bodies_are_found_by_folded_words_of_any_language(w: Work, q: str) -> None:
    stored_areas(w, an_area(w, "d1", parent=REGION))
    stored_bodies(w, "bd,d1,executive,Аудан әкімдігі,Акимат района,District akimat,,,,\n")
    assert "bd" in {row.code for row in queries.authorities(w, q, area="d1")}


@pytest.mark.parametrize("q", ["100%", "_", "\\", "' OR 1=1 --", "%", "x" * 5000])
def test_signs_with_a_meaning_for_the_database_find_nothing(w: Work, q: str) -> None:
    assert queries.authorities(w, q) == ()


def test_an_area_without_figures_has_none(w: Work) -> None:
    stored_areas(w, an_area(w, "d1", population="", as_of="", source=""))
    row = queries.area(w, "d1")
    assert row is not None
    assert (row.figure, row.population, row.as_of, row.source) == (None, None, None, None)


def test_names_are_folded_for_searching() -> None:
    assert fold("  Ұлытау  ҚАЛАСЫ, Ёлка, Йод, Café ") == "улытау каласы, елка, йод, cafe"


def test_renaming_a_body_keeps_its_searchable_names(w: Work) -> None:
    body = w.session.scalars(select(Authority).limit(1)).one()
    body.names = {"kk": "Жаңа атау"}
    w.session.flush()
    assert [row.code for row in queries.authorities(w, "жана")] == [body.code]
