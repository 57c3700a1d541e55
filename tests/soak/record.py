"""docs/reliability.md: read, one test's rows replaced, written again."""

import fcntl
import platform
import re
import tempfile
from dataclasses import astuple, dataclass
from pathlib import Path

import pytest

from core.config import ROOT

FILE = ROOT / "docs" / "reliability.md"
SHORT = pytest.StashKey[bool]()
HEAD = """# Reliability and security: figures that were measured

Written by `make soak`; do not edit. One row is one figure of one test on one database. `make soak PART=r1` measures
one part anew and leaves the other rows as they are, so each row says when and where it was measured. SKIPPED means that
a tool was not there and nothing was measured; a short trial ran with fewer rounds than the figure asks for and proves
nothing.

"""
TITLES = (
    "id", "what", "database", "to reach", "measured", "verdict", "machine", "date", "test",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    id: str
    what: str
    database: str
    to_reach: str
    measured: str
    verdict: str
    machine: str
    date: str
    test: str


def read(file: Path) -> list[Row]:
    """The rows of the last report."""
    if not file.exists():
        return []
    lines = [line for line in file.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[1:]]
    return [Row(*line) for line in cells if len(line) == len(TITLES)]


def write(test: str, rows: list[Row], file: Path = FILE) -> None:
    """Put these rows in the place of what the test had, and keep all others."""
    with (Path(tempfile.gettempdir()) / "dauys-soak-report.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two parts that run at once write one after the other
        kept = [row for row in read(file) if row.test != test]
        everything = sorted([*kept, *map(_plain, rows)], key=_order)
        lines = [TITLES, *map(astuple, everything)]
        table = ["| " + " | ".join(line) + " |" for line in lines]
        table.insert(1, "|" + "---|" * len(TITLES))
        file.write_text(HEAD + "\n".join(table) + "\n")


def machine() -> str:
    """What the figures were measured on: processors, memory, system and interpreter."""
    info = Path("/proc/meminfo")
    kb = int(re.findall(r"MemTotal:\s+(\d+)", info.read_text())[0]) if info.exists() else 0
    cpu = Path("/proc/cpuinfo")
    cores = cpu.read_text().count("processor\t:") if cpu.exists() else 0
    return f"{cores} cores, {kb / 2**20:.0f} GB, Linux, Python {platform.python_version()}"


def _plain(row: Row) -> Row:
    """Each cell on one line and without a bare bar."""
    return Row(*(re.sub(r"(?<!\\)\|", r"\\|", " ".join(cell.split())) for cell in astuple(row)))


def _order(row: Row) -> tuple[str, int, str, str]:
    letters, digits = re.match(r"([A-Z?]*)(\d*)", row.id).groups()  # type: ignore[union-attr]
    return letters, int(digits or 0), row.database, row.test
