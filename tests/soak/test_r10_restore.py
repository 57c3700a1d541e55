"""R10: back up, wipe and restore a million signatures, on a new machine with a new key file."""

import shutil
import time
from pathlib import Path

import pytest

from tests.soak.conftest import Report, Size
from tests.soak.site import WEB, Site, a_site

MINUTES = 15
TOTALS = (
    "SELECT count(*), count(DISTINCT uid), sum(CASE WHEN state = 'counted' THEN 1 ELSE 0 END) FROM signatures",
    "SELECT sum(counted), sum(residents) FROM petition_counts",
    "SELECT count(*), count(identity), count(contact) FROM petition_keys",
    "SELECT count(*) FROM petitions",
    "SELECT count(*) FROM journal",
)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_million_signatures_come_back(tmp_path: Path, database: str, report: Report, size: Size) -> None:
    """Backup and restore of a large site."""
    signatures = size("R10_SIGNATURES", 1_000_000)
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "site.dauys"
    for folder in (old, new):
        folder.mkdir()
    with a_site(old, database, register=False) as site:
        site.run("demo", "load", "--signatures", str(signatures), env="development")
        site.run("jobs", "tick")
        before = [site.rows(query) for query in TOTALS]
        begun = time.monotonic()
        site.run("backup", "create", str(file))
        made = time.monotonic() - begun
    # Nothing is left of the old machine but the two files of the backup.
    shutil.rmtree(old)
    with a_site(new, database, register=False) as site:
        begun = time.monotonic()
        site.run("backup", "restore", str(file))
        restored = time.monotonic() - begun
        _judge(site, report, signatures, before, made, restored)


def _judge(
    site: Site, report: Report, signatures: int, before: list[object], made: float, restored: float
) -> None:
    after = [site.rows(query) for query in TOTALS]
    n = int(str(site.rows("SELECT count(*) FROM signatures")[0][0]))
    report(
        "R10",
        "rows, totals and keys after the restore",
        "as before",
        f"{n:,} signatures",
        after == before and n >= signatures,
    )
    site.run("tally", "check")
    site.run("db", "check")
    site.start(WEB)
    ready = site.await_health()  # its readiness opens the keys of the newest petitions
    report("R10", "keys open and the site is ready", "yes", f"after {ready:.1f} s", True)
    said = f"backup {made:.0f} s, restore with checks {restored:.0f} s"
    report("R10", "back up and restore", "<= 15 min", said, made + restored <= MINUTES * 60)
