"""R12 and R6: the highest rate of confirmed signatures that holds beside readers, and three times of it."""

from pathlib import Path
from typing import Any

import pytest

from bench import forms, mixed
from bench.site import Site
from tests.cluster import PG_BIN, Cluster
from tests.conftest import skip
from tests.processes import free_port
from tests.soak.conftest import Report, Size

LEAST, SLOWEST_MS, RECOVERY_SECONDS = 50, 500, 30
# It falls by a fifth each time, so that a rate just above what is asked for is among those that are tried.
HIGHEST = 98


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_highest_rate_that_holds(tmp_path: Path, database: str, report: Report, size: Size) -> None:
    """A steady crowd beside readers, then a storm."""
    if database == "postgresql" and not (PG_BIN / "initdb").exists():
        skip("PostgreSQL 15 is not installed")
    cluster = Cluster(durable=True) if database == "postgresql" else None
    try:
        site = Site(tmp_path / "site", free_port(), cluster.url if cluster else "")
        signatures = size("R12_SIGNATURES", 100_000)
        site.seed(signatures, 100)
        petition = forms.petition_of(site, signatures)
        highest = size("R12_HIGHEST", HIGHEST)
        found = mixed.search(site, petition, highest, size("R12_PROBE_SECONDS", 30), size("R12_SECONDS", 600))
        _judge(site, petition, found, report, size)
    finally:
        if cluster is not None:
            cluster.remove()


def _judge(site: Site, petition: int, found: dict[str, Any], report: Report, size: Size) -> None:
    held = found["held"]
    tried = ", ".join(f"{one['rate']:g}: {one['p95']['slowest']:.0f} ms" for one in found["tried"])
    report("R12", "a rate was found that holds", "yes", f"tried {tried}", held is not None)
    said = f"{held['rate']:g} a second for {held['seconds']:.0f} s, p95 {held['p95']['slowest']:.0f} ms"
    report(
        "R12", "highest rate of confirmed signatures beside readers", ">= 50/s", said, held["rate"] >= LEAST
    )
    report("R12", "lost at that rate", "0", f"{held['lost']}", not held["lost"])
    report("R6", "drift of the counters at that rate", "0", f"{held['drift']}", not held["drift"])
    storm = mixed.hold(site, petition, 3 * held["rate"], size("R12_STORM_SECONDS", 60))
    others = {name: n for name, n in storm["faults"].items() if not name.endswith(" 503")}
    said = (
        f"{storm['confirmed']} confirmed of {storm['signed']} signed; {storm['faults'] or 'nothing refused'}"
    )
    report("R12", "three times of it: refused with anything but 503", "0", said, not others)
    report("R12", "three times of it: lost", "0", f"{storm['lost']}", not storm["lost"])
    report("R6", "drift of the counters after the storm", "0", f"{storm['drift']}", not storm["drift"])
    after = mixed.hold(site, petition, held["rate"] / 2, RECOVERY_SECONDS)
    said = f"half the rate holds at once: p95 {after['p95']['slowest']:.0f} ms"
    report("R12", "recovery after the storm", "<= 30 s", said, after["holds"])
