"""The report of the long tests: rows of parts that did not run are kept, and a skip is never a pass."""

from dataclasses import replace
from pathlib import Path

from tests.soak.record import Row, read, write

ROW = Row("R1", "kills", "sqlite", "0 lost", "0 lost | 0 twice", "reached", "2 cores", "2026-11-23", "a::b")


def test_rows_of_other_tests_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "reliability.md"
    write("a::b", [ROW], file)
    write("c::d", [replace(ROW, id="R10", test="c::d"), replace(ROW, id="R2", test="c::d")], file)
    write("a::b", [replace(ROW, measured="1 lost", verdict="MISSED")], file)
    rows = read(file)
    assert [(row.id, row.measured, row.verdict) for row in rows] == [
        ("R1", "1 lost", "MISSED"),
        ("R2", r"0 lost \| 0 twice", "reached"),
        ("R10", r"0 lost \| 0 twice", "reached"),
    ]
    write("none", [], file)
    assert read(file) == rows
