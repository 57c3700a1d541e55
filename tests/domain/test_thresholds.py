"""Thresholds: exact numbers, readable formulas, certificates, and properties over populations."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.refusal import Refusal
from petitions.domain.rulebook import (
    Areas,
    Band,
    Bands,
    Base,
    Basis,
    Column,
    Fixed,
    Milestone,
    Percent,
    Rounding,
    Threshold,
)
from petitions.domain.thresholds import (
    AreaFigures,
    bases_of,
    certificate,
    certificates,
    formula,
    progress,
    reached,
    share_of,
)
from petitions.rulebooks import rulebook_from_toml

ROOT = Path(__file__).resolve().parents[2]
AS_OF = date(2026, 1, 1)
REFORM = Percent(Decimal("0.25"), Base.POPULATION, floor=1000, cap=50000)
LOCAL = Bands(Base.POPULATION, (Band(50000, percent=Decimal(5)), Band(None, count=2500)))
SEATS = Areas(1_000_000, 2, Column("seats", Decimal(720)))


def an_area(code: str = "A", population: int | None = 10_000, **columns: int) -> AreaFigures:
    numbers = {name: Decimal(value) for name, value in columns.items()}
    return AreaFigures(code, population, 7_000, AS_OF, "Office", numbers)


def the_count(rule: Threshold, area: AreaFigures) -> int:
    return certificate(Milestone("answer", rule, "1"), area).count


@pytest.mark.parametrize(
    ("rule", "population", "count"),
    [
        (Percent(Decimal("0.29"), Base.POPULATION), 10_000, 29),
        (Percent(Decimal("0.29"), Base.POPULATION), 10_001, 30),
        (Percent(Decimal("0.29"), Base.POPULATION, rounding=Rounding.FLOOR), 10_300, 29),
        (Percent(Decimal("0.05"), Base.POPULATION, rounding=Rounding.ROUND), 1_000, 1),
        (Percent(Decimal("0.25"), Base.POPULATION, rounding=Rounding.ROUND), 1_000, 3),
        (Percent(Decimal("0.249"), Base.POPULATION, rounding=Rounding.ROUND), 1_000, 2),
        (Percent(Decimal("0.1"), Base.POPULATION, rounding=Rounding.FLOOR), 5, 1),
        (Percent(Decimal(1), Base.ELECTORATE), 10_000, 70),
        (REFORM, 19_503_159, 48_758),
        (REFORM, 20_495_975, 50_000),
        (REFORM, 100, 1_000),
        (LOCAL, 50_000, 2_500),
        (LOCAL, 50_001, 2_500),
        (LOCAL, 14_058, 703),
        (LOCAL, 1, 1),
        (Fixed(50_000), 1, 50_000),
    ],
)
def test_counts_are_exact(rule: Threshold, population: int, count: int) -> None:
    assert the_count(rule, an_area(population=population)) == count


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Fixed(50_000), "fixed 50000"),
        (Percent(Decimal("1.0"), Base.POPULATION), "1 % of population, ceil"),
        (REFORM, "0.25 % of population, ceil, floor 1000, cap 50000"),
        (Percent(Decimal("1E+1"), Base.ELECTORATE, rounding=Rounding.ROUND), "10 % of electorate, round"),
        (LOCAL, "5 % of population up to 50000, else 2500, ceil"),
        (SEATS, "total 1000000, and in at least 2 areas: 720 times seats, ceil"),
    ],
)
def test_formulas_are_readable(rule: Threshold, text: str) -> None:
    assert formula(rule) == text


def test_a_certificate_says_where_its_number_comes_from() -> None:
    proof = certificate(Milestone("answer", REFORM, "90-3(4)", Basis.POLICY), an_area(population=600_000))
    assert (proof.milestone, proof.count, proof.base, proof.base_value) == (
        "answer",
        1_500,
        "population",
        600_000,
    )
    assert (proof.base_as_of, proof.source, proof.article, proof.basis) == (
        AS_OF,
        "Office",
        "90-3(4)",
        "policy",
    )
    assert (proof.min_areas, proof.areas) == (None, ())


def test_a_fixed_threshold_needs_no_figure() -> None:
    proof = certificate(Milestone("answer", Fixed(5), "1"), an_area(population=None))
    assert (proof.base, proof.base_value, proof.base_as_of, proof.source) == (None, None, None, None)


@pytest.mark.parametrize("population", [None, 0, -5])
@pytest.mark.parametrize("rule", [REFORM, LOCAL])
def test_a_missing_or_zero_base_is_refused(rule: Threshold, population: int | None) -> None:
    with pytest.raises(Refusal, match="threshold-base-missing") as refusal:
        the_count(rule, an_area("KZ-X", population))
    assert refusal.value.facts == {"area": "KZ-X", "base": "population"}


def test_areas_ask_for_a_total_and_enough_children() -> None:
    children = [an_area("N", seats=96), an_area("S", seats=6), an_area("E", seats=1)]
    proof = certificate(Milestone("answer", SEATS, "3"), an_area("U"), children)
    assert (proof.count, proof.min_areas, proof.base) == (1_000_000, 2, None)
    assert {share.area: share.count for share in proof.areas} == {"N": 69_120, "S": 4_320, "E": 720}
    assert not reached(proof, 999_999, {"N": 69_120, "S": 4_320})
    assert not reached(proof, 1_000_000, {"N": 69_119, "S": 4_320})
    assert reached(proof, 1_000_000, {"N": 69_120, "S": 4_320})


@pytest.mark.parametrize("per_area", [Fixed(3), REFORM, LOCAL, Column("population", Decimal("0.5"))])
def test_any_simple_rule_can_be_asked_of_each_child(per_area: Fixed | Percent | Bands | Column) -> None:
    milestone = Milestone("answer", Areas(100, 1, per_area), "3")
    child = an_area("N", 20_000)
    (share,) = certificate(milestone, an_area("U", None), [child]).areas
    assert (
        share.count
        == {"Fixed": 3, "Percent": 1_000, "Bands": 1_000, "Column": 10_000}[type(per_area).__name__]
    )


def test_areas_refuse_a_child_without_its_column_and_too_few_children() -> None:
    milestone = Milestone("answer", SEATS, "3")
    with pytest.raises(Refusal, match=r"threshold-base-missing.*seats"):
        certificate(milestone, an_area("U"), [an_area("N", seats=96), an_area("S")])
    with pytest.raises(Refusal, match="threshold-areas-too-few"):
        certificate(milestone, an_area("U"), [an_area("N", seats=96)])


def test_the_figures_a_rule_needs_are_named() -> None:
    assert bases_of(Fixed(1)) == bases_of(SEATS) == frozenset()
    assert bases_of(REFORM) == bases_of(LOCAL) == {"population"}
    assert bases_of(SEATS.per_area) == {"seats"}


def test_a_tier_gives_a_certificate_for_each_milestone() -> None:
    text = (ROOT / "tests/rulebooks/electorate-share/rulebook.toml").read_text(encoding="utf-8")
    proofs = certificates(rulebook_from_toml(text).tier("parish"), an_area())
    assert [(proof.milestone, proof.count, proof.basis) for proof in proofs] == [
        ("answer", 70, "law"),
        ("hearing", 175, "policy"),
    ]


def test_a_plain_total_is_reached_by_number_alone() -> None:
    proof = certificate(Milestone("answer", Fixed(5), "1"), an_area())
    assert not reached(proof, 4, {})
    assert reached(proof, 5, {})


@pytest.mark.parametrize(
    ("counted", "remaining", "percent", "is_reached"),
    [
        (0, 1000, 0, False),
        (832, 168, 83, False),
        (999, 1, 99, False),
        (1000, 0, 100, True),
        (5000, 0, 100, True),
    ],
)
def test_progress(counted: int, remaining: int, percent: int, is_reached: bool) -> None:
    shown = progress(counted, 1000)
    assert (shown.remaining, shown.percent, shown.reached) == (remaining, percent, is_reached)


populations = st.integers(1, 10**10)
percents = st.decimals("0.000000001", 100, places=9)
percent_rules = st.builds(
    Percent,
    percents,
    st.just(Base.POPULATION),
    st.none() | st.integers(1, 1000),
    st.none() | st.integers(1000, 10**6),
    st.sampled_from(Rounding),
)


@given(percent_rules, populations, populations)
def test_a_share_grows_with_the_population_and_is_never_zero(rule: Percent, one: int, other: int) -> None:
    fewer, more = sorted([one, other])
    assert 1 <= the_count(rule, an_area(population=fewer)) <= the_count(rule, an_area(population=more))


@given(percent_rules, populations)
def test_floor_and_cap_hold(rule: Percent, population: int) -> None:
    count = the_count(rule, an_area(population=population))
    assert count >= (rule.floor or 1)
    assert rule.cap is None or count <= rule.cap


@given(percents, populations)
def test_rounding_is_exact(percent: Decimal, population: int) -> None:
    exact = Fraction(percent) * population / 100
    assert 0 <= share_of(population, percent) - exact < 1
    down = share_of(population, percent, Rounding.FLOOR)
    assert down == 1 or 0 <= exact - down < 1
    near = share_of(population, percent, Rounding.ROUND)
    assert near == 1 or abs(near - exact) <= Fraction(1, 2)


@given(st.integers(0, 10**7), st.integers(0, 10**4), st.integers(1, 10**7))
def test_more_signatures_never_leave_more_to_gather(counted: int, more: int, threshold: int) -> None:
    before, after = progress(counted, threshold), progress(counted + more, threshold)
    assert after.remaining <= before.remaining
    assert after.percent >= before.percent
    assert (after.percent == 100) == after.reached == (after.remaining == 0)
