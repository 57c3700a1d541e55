"""Every fault of a rulebook folder is found and named by file and line, or by file and key path."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from petitions.cli.rules import rules
from petitions.domain.rulebook import Bands
from petitions.rulebooks import MESSAGES, RulebookFaults, Severity, check, load_rulebook

ROOT = Path(__file__).resolve().parents[2]
LAW, SHARE = ROOT / "rulebooks/kz-2026", ROOT / "tests/rulebooks/electorate-share"
RIVER = ROOT / "tests/rulebooks/months-and-floor"
TOML, A, B, H = "rulebook.toml", "areas.csv", "authorities.csv", "holidays.csv"


def the_folder(name: str) -> Path:
    shipped = ROOT / "rulebooks" / name
    return shipped if shipped.exists() else ROOT / "tests/rulebooks" / name


def the_faults() -> list[tuple[Path, str, str, str, str, str]]:
    """The lines of rulebook_faults.txt; \\n stands for a line end and an empty set sign for nothing."""
    lines = (ROOT / "tests/data/rulebook_faults.txt").read_text(encoding="utf-8").splitlines()[1:]
    rows = [[cell.replace("\\n", "\n").replace("∅", "") for cell in line.split(" | ")] for line in lines]
    return [(the_folder(name), file, old, new, where, code) for name, file, old, new, where, code in rows]


def run(*args: object) -> Result:
    return CliRunner().invoke(rules, [str(arg) for arg in args])


FAULTS = the_faults()
WARNINGS = [
    (LAW, B, "akimat-75@gov.example", "", f"{B}:47", "email-missing"),
    (SHARE, A, "code", "code", f"{A}:2", "kind-without-tier"),
    (SHARE, B, "code", "code", f"{B}:2", "authority-without-tier"),
    (RIVER, B, "code", "code", f"{B}:4", "milestones-equal"),
]


def changed(folder: Path, tmp_path: Path, file: str, old: str, new: str) -> Path:
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{f[5]} at {f[4]} ({n})" for n, f in enumerate(FAULTS)])
def test_a_fault_is_named_by_its_place(fault: tuple, tmp_path: Path) -> None:
    folder, file, old, new, where, code = fault
    copy = changed(folder, tmp_path, file, old, new)
    errors = {(found.where, found.code) for found in check(copy) if found.severity is Severity.ERROR}
    if code == "toml-syntax" and where == TOML:
        assert any(place.startswith(f"{TOML}:") and found == code for place, found in errors), errors
    else:
        assert (where, code) in errors
    result = run("check", copy)
    assert result.exit_code == 1
    assert f"{where}" in result.output


@pytest.mark.parametrize("fault", WARNINGS, ids=lambda row: row[5])
def test_a_warning_keeps_the_rulebook_usable(fault: tuple, tmp_path: Path) -> None:
    folder, file, old, new, where, code = fault
    copy = changed(folder, tmp_path, file, old, new)
    assert (where, code) in {(found.where, found.code) for found in load_rulebook(copy).warnings}
    result = run("check", copy)
    assert result.exit_code == 0
    assert f"{where}: warning: " in result.output


def test_milestones_of_bands_are_compared_for_each_authority(tmp_path: Path) -> None:
    second = """article = "90-3(4)"
  [[tier.milestone]]
  id = "debate"
  threshold = { kind = "bands", of = "population", bands = [{ up_to = 9, count = 1 }, { percent = %s }] }
  article = "1"
  """
    rising = changed(LAW, tmp_path, TOML, 'article = "90-3(4)"\n', second % "1")
    assert isinstance(load_rulebook(rising).rulebook.tiers[0].milestones[1].threshold, Bands)
    falling = changed(LAW, tmp_path / "other", TOML, 'article = "90-3(4)"\n', second % "0.1")
    assert {(fault.where, fault.code) for fault in check(falling)} >= {(f"{B}:2", "milestones-order")}


@pytest.mark.parametrize("file", [TOML, A, B])
def test_a_missing_file_is_named(file: str, tmp_path: Path) -> None:
    copy = changed(LAW, tmp_path, TOML, "KZ", "KZ")
    (copy / file).unlink()
    assert (file, "file-missing") in {(fault.where, fault.code) for fault in check(copy)}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty-file"),
        ("code,area,branch,name_kk,name_ru,name_en,email,supervisor,valid_from,valid_to\n", "no-rows"),
    ],
)
def test_a_table_without_rows_is_named(content: str, code: str, tmp_path: Path) -> None:
    copy = changed(LAW, tmp_path, TOML, "KZ", "KZ")
    (copy / B).write_text(content, encoding="utf-8")
    assert code in {fault.code for fault in check(copy)}


def test_areas_that_cannot_be_read_are_one_fault_and_not_one_of_every_authority(tmp_path: Path) -> None:
    copy = changed(LAW, tmp_path, A, "name_kk", "name")
    assert {fault.where for fault in check(copy)} == {f"{A}:1"}


def test_a_fault_of_a_table_names_its_column_and_repeats_its_cell(tmp_path: Path) -> None:
    copy = changed(LAW, tmp_path, A, "2347924", "-5")
    assert f"{A}:21: error: population: “-5” is negative\n" in run("check", copy).stdout


def test_a_file_that_is_not_utf8_is_named_by_line(tmp_path: Path) -> None:
    copy = changed(LAW, tmp_path, TOML, "KZ", "KZ")
    (copy / A).write_bytes((copy / A).read_bytes().replace("Абай облысы".encode(), "Абай".encode("cp1251")))
    assert (f"{A}:3", "not-utf8") in {(fault.where, fault.code) for fault in check(copy)}


def test_a_byte_order_mark_and_windows_line_ends_are_welcome(tmp_path: Path) -> None:
    copy = changed(LAW, tmp_path, TOML, "KZ", "KZ")
    for file in (TOML, A, B):
        text = (copy / file).read_text(encoding="utf-8").replace("\n", "\r\n")
        (copy / file).write_bytes(text.encode("utf-8-sig"))
    assert check(copy) == ()
    assert load_rulebook(copy).rulebook.version == load_rulebook(LAW).rulebook.version


def test_blank_lines_are_skipped_and_keep_the_count(tmp_path: Path) -> None:
    copy = changed(LAW, tmp_path, A, "710000000,000", "\n,,,,,,,,,\n710000000,999")
    assert [fault.where for fault in check(copy) if fault.code == "parent-unknown"] == [f"{A}:22"]


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    copy = changed(LAW, tmp_path, TOML, "signatures = 50", "signatures = 0")
    (copy / A).write_text((copy / A).read_text(encoding="utf-8").replace("2347924", "-1"), encoding="utf-8")
    with pytest.raises(RulebookFaults) as faults:
        load_rulebook(copy)
    assert {fault.code for fault in faults.value.faults} >= {"number-small", "cell-negative"}


@pytest.mark.parametrize("command", ["thresholds", "clock"])
def test_nothing_is_computed_with_a_broken_rulebook(command: str, tmp_path: Path) -> None:
    copy = changed(LAW, tmp_path, TOML, "signatures = 50", "signatures = 0")
    options = ["--unit", "months", "--start", "2026-01-01", "--n", "1"] if command == "clock" else []
    result = run(command, copy, *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "tier[0].startup.signatures" in result.stderr


def test_the_clock_needs_no_register_but_sound_days(tmp_path: Path) -> None:
    copy = changed(RIVER, tmp_path, A, "10900", "")
    args = ("--unit", "working_days", "--start", "2025-07-31", "--n", 2)
    assert run("clock", copy, *args).exit_code == 0
    (copy / H).write_text("date,kind,name_en\n2025-08-03,feast,Feast\n", encoding="utf-8")
    assert run("clock", copy, *args).exit_code == 1


def test_every_kind_of_fault_is_tested_and_every_message_can_be_filled() -> None:
    tested = {row[5] for row in [*FAULTS, *WARNINGS]} | {"file-missing", "not-utf8", "no-rows"}
    assert tested >= set(MESSAGES)
