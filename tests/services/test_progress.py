"""How far a command is: a bar on a terminal, lines in a log, and nothing for what is over at once."""

import io

import pytest

from core import progress


class Terminal(io.StringIO):
    """A stream that says to be one."""

    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal_ends_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "ON_TERMINAL", 0.0)
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    told = progress.counter("rows")
    told(500, 1000)
    told(1000, 1000)
    half, whole = screen.getvalue().split("\r")[1:]
    assert f"rows [{'#' * 15}{'.' * 15}] 500 of 1,000" in half and "\n" not in half
    assert f"[{'#' * 30}] 1,000 of 1,000" in whole and whole.endswith("\n")


def test_a_log_gets_lines_now_and_then_and_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr("sys.stderr", log)
    told = progress.counter("rows")
    told(1, 4)
    told(4, 4)
    assert log.getvalue() == ""  # over within seconds
    monkeypatch.setattr(progress, "IN_LOG", 0.0)
    told = progress.counter("rows")
    for done in range(1, 5):
        told(done, 4)
    assert log.getvalue().splitlines() == [
        "  rows: 1 of 4 (25 %)",
        "  rows: 2 of 4 (50 %)",
        "  rows: 3 of 4 (75 %)",
        "  rows: 4 of 4 (100 %)",
    ]
