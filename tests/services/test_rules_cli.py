"""`rules check|thresholds|clock` on the shipped and the foreign rulebooks, their calendars and versions."""

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.refusal import Refusal
from petitions.cli.rules import rules
from petitions.domain.calendar import DayKind
from petitions.domain.rulebook import Basis, HandOver, WhenLate
from petitions.domain.thresholds import certificate
from petitions.rulebooks import (
    RulebookFaults,
    calendar_for,
    calendar_version,
    figures_of,
    load_rulebook,
    load_terms,
    rulebook_from_toml,
)

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests/data"
LAW, REFORM = ROOT / "rulebooks/kz-2026", ROOT / "rulebooks/kz-reform"
FOREIGN = sorted((ROOT / "tests/rulebooks").iterdir())
SHARE, UNION, RIVER = (
    ROOT / "tests/rulebooks" / name for name in ("electorate-share", "several-areas", "months-and-floor")
)
CASES = json.loads((DATA / "deadline_vectors.json").read_text(encoding="utf-8"))["cases"]


def run(*args: object) -> Result:
    return CliRunner().invoke(rules, [str(arg) for arg in args])


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def thresholds(folder: Path) -> list[dict[str, str]]:
    result = run("thresholds", folder, "--format", "csv")
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(result.stdout.splitlines()))


# The rulebooks that ship, and the foreign ones.


@pytest.mark.parametrize("folder", [LAW, REFORM, *FOREIGN], ids=lambda folder: folder.name)
def test_a_rulebook_passes_its_check(folder: Path) -> None:
    result = run("check", folder)
    assert result.exit_code == 0, result.output
    assert "0 error(s)" in result.output


def test_the_law_asks_for_exactly_its_numbers() -> None:
    rows = {(row["area"], row["tier"]): row for row in thresholds(LAW)}
    for expected in table("kz_thresholds.csv"):
        area = expected["area"]
        if area == "000000000":
            assert rows[area, "national-executive"]["threshold"] == "50000"
            continue
        akimat, maslikhat = rows[area, "oblast-executive"], rows[area, "oblast-representative"]
        assert akimat["threshold"] == expected["law_akimat_1pct"]
        assert maslikhat["threshold"] == expected["law_maslikhat_2pct"]
        assert akimat["base_value"] == maslikhat["base_value"] == expected["population"]
        assert (akimat["base"], akimat["base_as_of"]) == ("population", "2026-01-01")


def test_the_reform_asks_for_the_same_share_everywhere_within_floor_and_cap() -> None:
    rows = {row["area"]: int(row["threshold"]) for row in thresholds(REFORM)}
    floors = {True: 1000, False: 250}
    for expected in table("kz_thresholds.csv"):
        number, floor = int(expected["equal_burden_025pct"]), floors[expected["area"] == "000000000"]
        assert rows[expected["area"]] == min(max(number, floor), 50_000)
    assert rows["000000000"] == 50_000


def test_the_register_is_the_country_its_20_regions_and_their_bodies() -> None:
    for folder in (LAW, REFORM):
        loaded = load_rulebook(folder)
        root, *regions = loaded.areas
        assert len(regions) == 20
        assert sum(area.population for area in regions) == root.population == 20_495_975
        branches = [(body.area, body.branch) for body in loaded.authorities if body.area != root.code]
        assert sorted(branches) == sorted(
            (area.code, branch) for area in regions for branch in ("executive", "representative")
        )
        assert all(body.email.endswith(".example") for body in loaded.authorities)
        assert not loaded.warnings


@pytest.mark.parametrize("row", table("thresholds_2022.csv"), ids=lambda row: row["area"])
def test_the_thresholds_of_january_2022(row: dict[str, str]) -> None:
    law, reform = load_rulebook(LAW), load_rulebook(REFORM)
    area = reform.area(row["area"])
    figures = replace(figures_of(area), population=int(row["population"]))
    (milestone,) = reform.rulebook.tier_for(area.kind, "executive").milestones
    assert certificate(milestone, figures).count == int(row["equal_burden_025pct"])
    if area.kind == "country":
        (central,) = law.rulebook.tier_for("country", "executive").milestones
        assert certificate(central, figures).count == 50_000


def test_the_law_tells_law_from_policy() -> None:
    rulebook = load_rulebook(LAW).rulebook
    assert rulebook.identity.basis is Basis.POLICY
    assert set(rulebook.identity.legal_gap) == {"kk", "ru", "en"}
    for tier in rulebook.tiers:
        response = tier.response
        law = [tier.startup.within, tier.screening.within, tier.collection.window, response.hand_over]
        law += [response.answer, response.publish, response.discussion_notice, response.extension.max]
        law.append(tier.lapse.ordinary_reply)
        policy = [tier.appeal.within, tier.collection.confirm_grace, response.question.within]
        policy.append(response.transfer)
        assert {span.basis for span in law} == {Basis.LAW}
        assert all(span.article for span in law)
        assert {span.basis for span in policy} == {Basis.POLICY}
        assert not any(span.article for span in policy)
        assert (tier.milestones[0].basis, tier.milestones[0].article) == (Basis.LAW, "90-3(4)")
        assert (tier.residents_only, response.extension.times) == (False, 0)
        assert tier.screening.when_late is WhenLate.ESCALATE
        assert response.answer.n == (40 if tier.id == "national-executive" else 20)
    assert len(rulebook.grounds) == 19


def test_the_reform_differs_by_level() -> None:
    tiers = {tier.id: tier for tier in load_rulebook(REFORM).rulebook.tiers}
    numbers = {
        name: (
            t.startup.signatures,
            t.collection.window.n,
            t.response.answer.n,
            t.milestones[0].threshold.floor,
        )
        for name, t in tiers.items()
    }
    assert numbers == {
        "national": (20, 180, 20, 1000),
        "oblast": (10, 90, 15, 250),
        "district": (5, 45, 10, 100),
        "village": (3, 30, 5, 15),
    }
    for name, tier in tiers.items():
        assert tier.residents_only == (name != "national")
        assert tier.screening.when_late is WhenLate.PUBLISH
        assert (tier.response.extension.max.n, tier.response.extension.times) == (5, 1)
    assert len(load_rulebook(REFORM).rulebook.grounds) == 6


def test_foreign_rules_are_read_in_full() -> None:
    union, river = load_rulebook(UNION), load_rulebook(RIVER)
    parish = load_rulebook(SHARE).rulebook.tier("parish")
    assert (parish.collection.early_floor, parish.collection.hand_over) == (5, HandOver.ON_CLOSE)
    assert parish.response.question.pauses_answer
    assert (parish.appeal, parish.lapse, parish.response.transfer) == (None, None, None)
    assert {row["authority"]: row["threshold"] for row in thresholds(UNION)} == {
        "commission": "1000000",
        "member-1": "3000",
        "member-2": "3000",
        "member-3": "3000",
        "member-4": "2900",
        "member-5": "1857",
        "member-6": "500",
        "member-7": "300",
        "member-8": "6",
    }
    assert len(union.children("U")) == 8
    with pytest.raises(Refusal, match="area-unknown"):
        union.area("U-9")
    assert river.rulebook.tier("town").milestones[0].basis is Basis.LAW
    assert river.rulebook.tier("town").milestones[1].basis is Basis.POLICY
    assert [override.kind for override in river.overrides] == [DayKind.DAY_OFF, DayKind.WORKING_DAY]


def test_an_authority_without_a_tier_is_named_on_stderr_and_has_no_row() -> None:
    result = run("thresholds", SHARE, "--format", "csv")
    assert "state" not in result.stdout
    assert "authorities.csv:2: warning: no tier for “state”" in result.stderr
    assert result.exit_code == 0


def test_thresholds_can_be_read_as_a_table() -> None:
    result = run("thresholds", LAW)
    header, first, *_rest = result.stdout.splitlines()
    assert header.split() == list(thresholds(LAW)[0])
    assert first.split() == ["kz-gov", "000000000", "national-executive", "answer", "fixed", "50000", "50000"]


# The clock.


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_the_clock_reproduces_a_worked_case(case: dict) -> None:
    stops = [part for first, last in case["stops"] for part in ("--stop", f"{first}..{last}")]
    result = run("clock", LAW, "--unit", case["unit"], "--start", case["start"], "--n", case["n"], *stops)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == case["due"]


def test_the_clock_names_every_skipped_day() -> None:
    args = ("--unit", "working_days", "--start", "2021-12-20", "--n", 40, "--stop", "2022-01-05..2022-01-19")
    lines = run("clock", LAW, *args).stdout.splitlines()
    assert "2022-01-04  Tue  holiday, New Year's Day (observed)" in lines
    assert "2022-01-07  Fri  holiday, Orthodox Christmas, stop 2022-01-05..2022-01-19" in lines
    assert "2022-01-05  Wed  stop, 2022-01-05..2022-01-19" in lines
    assert "2022-02-26  Sat  weekend" in lines
    assert lines[-1] == "2022-03-03"
    assert len(lines) - 1 == 33


def test_the_clock_is_stopped_while_a_stop_is_open() -> None:
    args = ("--unit", "months", "--start", "2021-08-04", "--n", 6, "--stop", "2022-01-05..")
    lines = run("clock", LAW, *args).stdout.splitlines()
    assert lines == ["stopped since 2022-01-05, 153 of 184 days used", "stopped"]


def test_holidays_csv_wins_over_the_library() -> None:
    lines = run(
        "clock", RIVER, "--unit", "working_days", "--start", "2025-07-31", "--n", 2
    ).stdout.splitlines()
    assert lines == ["2025-08-02  Sat  weekend", "2025-08-03  Sun  holiday, Flood day", "2025-08-04"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--unit", "hours"),
        ("--start", "2021-13-01"),
        ("--start", "20210101"),
        ("--start", "1800-01-01"),
        ("--start", "9999-12-31"),
        ("--n", "0"),
        ("--n", "-1"),
        ("--n", "many"),
        ("--n", "99999999999999999999"),
        ("--stop", "2022-01-05"),
        ("--stop", ".."),
        ("--stop", "2022-01-05..2022-01-04"),
        ("--stop", "2022-01-05...2022-01-06"),
    ],
)
def test_a_bad_option_is_a_usage_error(option: str, value: str) -> None:
    options = {"--unit": "months", "--start": "2021-08-04", "--n": "6", option: value}
    result = run("clock", LAW, *(part for pair in options.items() for part in pair))
    assert result.exit_code == 2
    assert option in result.stderr


def test_a_term_beyond_the_calendars_and_a_folder_that_is_none_are_usage_errors() -> None:
    far = run("clock", LAW, "--unit", "months", "--start", "2090-01-01", "--n", "3660")
    assert (far.exit_code, "beyond the year 2099" in far.stderr) == (2, True)
    assert run("check", LAW / "nowhere").exit_code == 2
    assert run("check", LAW / "areas.csv").exit_code == 2


# Calendars and versions.


def test_the_library_agrees_with_the_published_days_of_2021_to_2027() -> None:
    rulebook, overrides = load_terms(LAW)
    assert overrides == ()
    calendar = calendar_for(rulebook, 2021, 2027)
    published = {date.fromisoformat(row["date"]): row for row in table("kz_days_2021_2027.csv")}
    assert {day: entry.kind.value for day, entry in calendar.days.items()} == {
        day: row["kind"] for day, row in published.items()
    }
    for day, row in published.items():
        names = calendar.days[day].name
        assert set(names) == {"kk", "ru", "en"}
        assert all(names.values())
        if "бағаланған" not in row["name_kk"]:
            assert names["kk"] == row["name_kk"]
        if "substituted" not in row["name_en"]:
            assert names["en"] == row["name_en"]


def test_holidays_have_names_in_russian_and_without_american_dates() -> None:
    calendar = calendar_for(load_terms(LAW)[0], 2021, 2027)
    names = {day: calendar.name_of(day) for day in (date(2022, 3, 7), date(2026, 5, 27), date(2026, 3, 24))}
    assert names[date(2022, 3, 7)] == {
        "kk": "Демалыс күні (05.03.2022 бастап ауыстырылды)",
        "ru": "Выходной день (перенесён с 05.03.2022)",
        "en": "Day off (moved from 5 March 2022)",
    }
    assert names[date(2026, 5, 27)]["ru"] == "Курбан айт (первый день) (ожидаемая дата)"
    assert names[date(2026, 3, 24)]["ru"] == "Наурыз мейрамы (перенос выходного)"


def test_a_language_without_own_names_takes_the_librarys() -> None:
    calendar = calendar_for(load_terms(SHARE)[0], 2025, 2025)
    assert calendar.name_of(date(2025, 2, 24))["et"] == "iseseisvuspäev"
    assert calendar.name_of(date(2025, 2, 24))["en"] == "Independence Day"


def test_calendars_are_kept_and_say_what_they_were_made_from() -> None:
    river = load_rulebook(RIVER)
    assert river.calendar(2025, 2026) is river.calendar(2025, 2026)
    plain = calendar_version()
    assert plain.startswith("holidays 0.")
    assert river.calendar().version.startswith(f"{plain} + overrides ")
    assert calendar_version(river.overrides) != calendar_version(river.overrides[:1])


def test_the_version_follows_the_law_and_nothing_else() -> None:
    text = (LAW / "rulebook.toml").read_text(encoding="utf-8")
    version = rulebook_from_toml(text).version
    assert rulebook_from_toml("\ufeff# A remark.\n" + text.replace("\n", "\r\n")).version == version
    assert rulebook_from_toml(text.replace("percent = 1.0", "percent = 1.00")).version == version
    assert rulebook_from_toml(text.replace("percent = 1.0", "percent = 1.1")).version != version
    assert rulebook_from_toml(load_rulebook(LAW).toml) == load_rulebook(LAW).rulebook


def test_a_broken_stored_text_is_refused() -> None:
    with pytest.raises(RulebookFaults, match=r"rulebook\.toml:1"):
        rulebook_from_toml("not toml")
    with pytest.raises(RulebookFaults, match="timezone"):
        rulebook_from_toml('id = "x"')


def test_the_sample_of_the_documentation_is_a_rulebook() -> None:
    sample = (DATA / "sample_rulebook.toml").read_text(encoding="utf-8")
    rulebook = rulebook_from_toml(sample)
    assert rulebook.tier("national-executive").lapse.ordinary_reply.n == 15
