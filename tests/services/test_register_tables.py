"""areas.csv and authorities.csv: every kind of fault at its line and column, and good files read whole."""

import csv
import io
import string
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authorities.faults import MESSAGES, Fault
from authorities.tables import AreaLine, parse_areas, parse_authorities, path_of
from tests.timing import processor_time

AREAS = "code,parent,kind,name_kk,name_ru,name_en,population,electorate,as_of,source\n"
COUNTRY = "1,,country,Ел,Страна,Country,900,600,2026-01-01,census\n"
BODIES = "code,area,branch,name_kk,name_ru,name_en,email,supervisor,valid_from,valid_to\n"
GOVERNMENT = "gov,1,executive,Үкімет,Правительство,Government,gov@gov.example,,2021-01-01,\n"
MANY = 100_000


def an_area(**cells: str) -> str:
    """A line of areas.csv below the country, with some cells of its own."""
    row = {
        "code": "2",
        "parent": "1",
        "kind": "region",
        "name_kk": "Облыс",
        "name_ru": "Область",
        "name_en": "Region",
        "population": "10",
        "electorate": "",
        "as_of": "2026-01-01",
        "source": "census",
    }
    return ",".join((row | cells).values()) + "\n"


def a_body(**cells: str) -> str:
    """A line of authorities.csv, with some cells of its own."""
    row = {
        "code": "min",
        "area": "1",
        "branch": "executive",
        "name_kk": "Министрлік",
        "name_ru": "Министерство",
        "name_en": "Ministry",
        "email": "min@gov.example",
        "supervisor": "gov",
        "valid_from": "2021-01-01",
        "valid_to": "",
    }
    return ",".join((row | cells).values()) + "\n"


AREA_FAULTS = [
    (b"", (1, "", "empty-file")),
    ("\n\n", (1, "", "empty-file")),
    (AREAS, (1, "", "no-rows")),
    (b"code\n\xff\xfe", (2, "", "not-utf8")),
    (AREAS + COUNTRY + '2,1,"region', (3, "", "csv-syntax")),
    (AREAS.replace(",", ";"), (1, "", "separator")),
    (AREAS.replace(",", "\t"), (1, "", "separator")),
    (AREAS.replace("parent", "above", 1) + COUNTRY, (1, "", "column-missing")),
    (AREAS.replace("source", "source,Seats!") + COUNTRY, (1, "", "column-unknown")),
    (AREAS.replace("source", "source,code") + COUNTRY, (1, "", "column-twice")),
    (AREAS + COUNTRY + "2,1\n", (3, "", "cells-count")),
    (AREAS + COUNTRY + an_area(code=""), (3, "code", "cell-empty")),
    (AREAS + COUNTRY + an_area(name_ru=""), (3, "name_ru", "cell-empty")),
    (AREAS + COUNTRY + an_area(name_ru="\u2003"), (3, "name_ru", "cell-empty")),
    (AREAS + COUNTRY + an_area(kind=""), (3, "kind", "cell-empty")),
    (AREAS + COUNTRY + an_area(code="2" * 33), (3, "code", "cell-long")),
    (AREAS + COUNTRY + an_area(name_en="x" * 201), (3, "name_en", "cell-long")),
    (AREAS + COUNTRY + an_area(source="x" * 401), (3, "source", "cell-long")),
    (AREAS + COUNTRY + an_area(name_kk="Об\x07лыс"), (3, "name_kk", "cell-control")),
    (AREAS + COUNTRY + an_area(name_kk='"Об\nлыс"'), (3, "name_kk", "cell-control")),
    (AREAS + COUNTRY + an_area(name_en="Reg\u202eion"), (3, "name_en", "cell-control")),
    (AREAS + COUNTRY + an_area(source="a\x00b"), (3, "source", "cell-control")),
    (AREAS + COUNTRY + an_area(code="a b"), (3, "code", "cell-form")),
    (AREAS + COUNTRY + an_area(code="a/b"), (3, "code", "cell-form")),
    (AREAS + COUNTRY + an_area(kind="Region"), (3, "kind", "cell-kind")),
    (AREAS + COUNTRY + an_area(population="-5"), (3, "population", "cell-negative")),
    (AREAS + COUNTRY + an_area(electorate="−5"), (3, "electorate", "cell-negative")),
    (AREAS + COUNTRY + an_area(population="1 204"), (3, "population", "cell-number")),
    (AREAS + COUNTRY + an_area(population="10.5"), (3, "population", "cell-number")),
    (AREAS + COUNTRY + an_area(population="١٢"), (3, "population", "cell-number")),
    (AREAS + COUNTRY + an_area(population="9" * 30), (3, "population", "cell-large")),
    (AREAS + COUNTRY + an_area(as_of="2026-02-30"), (3, "as_of", "cell-date")),
    (AREAS + COUNTRY + an_area(as_of="20260101"), (3, "as_of", "cell-date")),
    (AREAS + COUNTRY + an_area(as_of="1.1.2026"), (3, "as_of", "cell-date")),
    (AREAS + COUNTRY + an_area(as_of=""), (3, "as_of", "figure-undated")),
    (AREAS + COUNTRY + an_area(source=""), (3, "source", "figure-unsourced")),
    (AREAS + COUNTRY + an_area(code="1", parent=""), (3, "code", "code-twice")),
    (AREAS + COUNTRY + an_area(parent="9"), (3, "parent", "parent-unknown")),
    (AREAS + COUNTRY + an_area(parent="2"), (3, "parent", "parent-cycle")),
    (AREAS + an_area(code="1", parent="2"), (2, "parent", "root-missing")),
    (AREAS + COUNTRY + an_area(parent=""), (3, "parent", "root-second")),
    (AREAS.replace("source", "source,seats") + COUNTRY[:-1] + ",-1\n", (2, "seats", "cell-negative")),
    (AREAS.replace("source", "source,invented") + COUNTRY[:-1] + ",2\n", (2, "invented", "cell-choice")),
]
BODY_FAULTS = [
    (BODIES.replace("email", "mail") + GOVERNMENT, (1, "", "column-missing")),
    (BODIES.replace("email", "email,seats") + GOVERNMENT, (1, "", "column-unknown")),
    (BODIES + GOVERNMENT + a_body(branch="court"), (3, "branch", "cell-choice")),
    (BODIES + GOVERNMENT + a_body(branch=""), (3, "branch", "cell-empty")),
    (BODIES + GOVERNMENT + a_body(email="min at gov"), (3, "email", "cell-email")),
    (BODIES + GOVERNMENT + a_body(email="a@b.example x@y.example"), (3, "email", "cell-email")),
    (BODIES + GOVERNMENT + a_body(email=f"{'x' * 250}@gov.example"), (3, "email", "cell-long")),
    (BODIES + GOVERNMENT + a_body(area="9"), (3, "area", "area-unknown")),
    (BODIES + GOVERNMENT + a_body(area=""), (3, "area", "cell-empty")),
    (BODIES + GOVERNMENT + a_body(supervisor="nobody"), (3, "supervisor", "supervisor-unknown")),
    (BODIES + GOVERNMENT + a_body(supervisor="min"), (3, "supervisor", "supervisor-cycle")),
    (BODIES + GOVERNMENT + a_body(code="gov"), (3, "code", "code-twice")),
    (BODIES + GOVERNMENT + a_body(valid_from="yesterday"), (3, "valid_from", "cell-date")),
    (BODIES + GOVERNMENT + a_body(valid_to="2020-12-31"), (3, "valid_to", "dates-backwards")),
]


def placed(faults: tuple[Fault, ...]) -> list[tuple[int, str, str]]:
    """Faults as line, column, code."""
    return [(fault.line, fault.column, fault.code) for fault in faults]


@pytest.mark.parametrize(("source", "expected"), AREA_FAULTS)
def test_a_fault_of_areas_is_named_at_its_place(source: str | bytes, expected: tuple[int, str, str]) -> None:
    rows, faults = parse_areas(source)
    assert rows == ()
    assert expected in placed(faults)
    for fault in faults:
        assert fault.at("areas.csv").startswith(f"areas.csv:{fault.line}: ")


@pytest.mark.parametrize(("source", "expected"), BODY_FAULTS)
def test_a_fault_of_bodies_is_named_at_its_place(source: str, expected: tuple[int, str, str]) -> None:
    rows, faults = parse_authorities(source, {"1"})
    assert rows == ()
    assert expected in placed(faults)


def test_every_kind_of_fault_has_its_case() -> None:
    seen = {expected[2] for _source, expected in (*AREA_FAULTS, *BODY_FAULTS)}
    assert seen | {"too-deep"} == set(MESSAGES)


def test_all_faults_of_a_file_are_named_at_once_in_the_order_of_lines() -> None:
    text = AREAS + COUNTRY + an_area(population="x", parent="9") + an_area(code="3", kind="")
    _rows, faults = parse_areas(text)
    assert placed(faults) == [
        (3, "parent", "parent-unknown"),
        (3, "population", "cell-number"),
        (4, "kind", "cell-empty"),
    ]


def test_a_fault_repeats_a_long_or_strange_value_only_in_part() -> None:
    _rows, faults = parse_areas(AREAS + COUNTRY + an_area(population="9" * 10_000 + "\x1b[31m"))
    assert len(faults[0].message) < 120
    assert "\x1b" not in faults[0].message


def test_byte_order_mark_line_ends_blank_lines_and_column_order_do_not_matter() -> None:
    plain = parse_areas(AREAS + COUNTRY + an_area())
    assert plain[1] == ()
    assert parse_areas("\ufeff" + AREAS + COUNTRY + an_area()) == plain
    windows = (AREAS + COUNTRY + an_area()).replace("\n", "\r\n").encode("utf-8-sig")
    assert parse_areas(windows) == plain
    rows, faults = parse_areas(AREAS + "\n" + COUNTRY + ",,,,,,,,,\n" + an_area())
    assert faults == ()
    assert [row.line for row in rows] == [3, 5]
    turned = [",".join(reversed(line.split(","))) for line in (AREAS + COUNTRY + an_area()).splitlines()]
    assert parse_areas("\n".join(turned))[0] == plain[0]


def test_further_columns_languages_and_the_mark_of_invented_areas() -> None:
    header = AREAS.replace("source", "source,name_uz,seats,invented")
    rows, faults = parse_areas(header + COUNTRY[:-1] + ",Mamlakat,2.5,1\n" + an_area()[:-1] + ",,,\n")
    assert faults == ()
    assert rows[0].names["uz"] == "Mamlakat"
    assert rows[0].more == {"seats": Decimal("2.5")}
    assert rows[0].invented
    assert rows[1].more == {}
    assert rows[1].invented is None
    assert "uz" not in rows[1].names


def test_names_are_needed_in_the_languages_that_are_asked_for() -> None:
    text = AREAS.replace("name_kk,name_ru,name_en", "name_et,name_sr-Latn") + "1,,country,Riik,%s,,,,\n"
    rows, faults = parse_areas(text % "Zemlja", languages=("et", "sr-Latn"))
    assert faults == ()
    assert rows[0].names == {"et": "Riik", "sr-Latn": "Zemlja"}
    kept, faults = parse_areas(text % "", languages=("et", "sr-Latn"), keep=True)
    assert placed(faults) == [(2, "name_sr-Latn", "cell-empty")]
    assert kept[0].names == {"et": "Riik"}
    assert {fault.code for fault in parse_areas(text % "Zemlja")[1]} == {"column-missing"}


def test_a_part_of_the_tree_is_enough_when_the_register_knows_the_parents() -> None:
    known = {"1": None, "3": "1"}
    rows, faults = parse_areas(AREAS + an_area(parent="3"), known)
    assert faults == ()
    assert rows[0].parent == "3"
    _rows, faults = parse_areas(AREAS + an_area(code="1", parent="3"), known)
    assert {fault.code for fault in faults} == {"root-missing", "parent-cycle"}
    _rows, faults = parse_areas(AREAS + an_area(parent=""), known)
    assert placed(faults) == [(2, "parent", "root-second")]


def test_supervisors_may_stand_in_the_register() -> None:
    rows, faults = parse_authorities(BODIES + a_body(), {"1"}, {"gov": None})
    assert faults == ()
    assert rows[0].supervisor == "gov"
    _rows, faults = parse_authorities(BODIES + a_body(), {"1"}, {"gov": "min"})
    assert placed(faults) == [(2, "supervisor", "supervisor-cycle")]


def test_a_path_that_would_not_fit_is_a_fault() -> None:
    chain = "".join(an_area(code=f"code-of-area-{n}", parent=f"code-of-area-{n - 1}") for n in range(1, 60))
    rows, faults = parse_areas(AREAS + an_area(code="code-of-area-0", parent="") + chain)
    assert rows == ()
    assert {fault.code for fault in faults} == {"too-deep"}
    assert path_of("b", {"b": "a", "a": None}) == ("a", "b")


def test_a_hundred_thousand_areas_take_seconds() -> None:
    lines = "".join(an_area(code=str(n), parent="1" if n < 20 else str(n // 20)) for n in range(2, MANY))
    with processor_time() as took:
        rows, faults = parse_areas(AREAS + COUNTRY + lines)
    assert (len(rows), faults) == (MANY - 1, ())
    assert took.seconds < 20


def test_a_hundred_thousand_areas_in_one_ring_do_not_hang() -> None:
    ring = "".join(an_area(code=f"a{n}", parent=f"a{(n + 1) % MANY}") for n in range(MANY))
    with processor_time() as took:
        _rows, faults = parse_areas(AREAS + ring)
    assert {fault.code for fault in faults} == {"root-missing", "parent-cycle"}
    assert took.seconds < 20


names = st.text(st.characters(codec="utf-8", categories=("L", "M", "N", "P")), min_size=1, max_size=40)
codes = st.text(string.ascii_letters + string.digits, min_size=1, max_size=12)
counts = st.none() | st.integers(0, 2_000_000_000)
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@st.composite
def trees(draw: st.DrawFn) -> list[AreaLine]:
    """Areas of one tree, parents before or after their parts."""
    chosen = draw(st.lists(codes, min_size=1, max_size=12, unique=True))
    rows = []
    for place, code in enumerate(chosen):
        parent = draw(st.sampled_from(chosen[:place])) if place else None
        texts = {language: " ".join(draw(names).split()) or "x" for language in ("kk", "ru", "en")}
        population, electorate = draw(counts), draw(counts)
        rows.append(AreaLine(0, code, parent, "region", texts, population, electorate, draw(days), "source"))
    return draw(st.permutations(rows))


@settings(deadline=timedelta(seconds=2))
@given(trees())
def test_what_is_written_as_csv_is_read_back(rows: list[AreaLine]) -> None:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(AREAS.strip().split(","))
    for row in rows:
        figures = (row.population, row.electorate, row.as_of, row.source)
        table.writerow([row.code, row.parent, row.kind, *row.names.values(), *figures])
    read, faults = parse_areas(written.getvalue())
    assert faults == ()
    for before, after in zip(rows, read, strict=True):
        assert (before.code, before.parent, before.population) == (after.code, after.parent, after.population)
        assert (before.electorate, before.as_of) == (after.electorate, after.as_of)
        assert {k: unicodedata.normalize("NFC", v) for k, v in before.names.items()} == after.names


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: AREAS + text))
def test_no_input_is_more_than_a_fault(source: bytes | str) -> None:
    rows, faults = parse_areas(source)
    assert rows or faults
    parse_authorities(source, set())
