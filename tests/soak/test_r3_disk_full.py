"""R3 and R6: the disk of the database is full; nothing acknowledged is lost, and it goes on once there is room."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import skip
from tests.factories import a_petition
from tests.processes import eventually
from tests.soak.conftest import Report, Size
from tests.soak.crowd import ask, open_form
from tests.soak.site import WEB, Site, a_site

SEE_OTHER, BUSY = 303, 503
RECOVERY_SECONDS = 30
MEGABYTE = 2**20


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small disk of its own, where another user may reach it."""
    folder = Path(tempfile.mkdtemp(prefix="dauys-disk-"))
    folder.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        skip("a disk can be mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_disk_is_full(disk: Path, tmp_path: Path, database: str, report: Report, size: Size) -> None:
    """Signing while the disk of the database is full."""
    tries = size("R3_TRIES", 200)
    numbers: list[int] = []
    on_disk = database == "sqlite"
    where = {"mail_url": f"folder:{tmp_path / 'mail'}"} | ({} if on_disk else {"cluster_folder": str(disk)})
    folder = disk if on_disk else tmp_path
    with a_site(folder, database, lambda: numbers.append(a_petition()), **where) as site:
        site.start(WEB)
        site.await_health()
        before = _sign(site, numbers[0], range(1, 11))
        filler = disk / "filler"
        _fill(filler)
        during = _sign(site, numbers[0], range(11, 11 + tries))
        filler.unlink()
        begun = time.monotonic()
        if site.cluster is not None and not site.cluster.runs:
            site.cluster.start()
        last = 20 + tries
        eventually(lambda: SEE_OTHER in _sign(site, numbers[0], [last]), 120)
        healed = time.monotonic() - begun
        acknowledged = before.count(SEE_OTHER) + during.count(SEE_OTHER) + 1
        kept = int(str(site.rows("SELECT count(*) FROM signatures")[0][0]))
        said = f"{acknowledged} acknowledged, {kept} kept"
        report("R3", "acknowledged signatures lost", "0", said, kept >= acknowledged)
        others = sorted({*during} - {BUSY, SEE_OTHER})
        said = f"{during.count(BUSY)} of 503, {during.count(SEE_OTHER)} taken, others {others}"
        clean = BUSY in during and {*during} <= {BUSY, SEE_OTHER}
        report("R3", "answers while the disk is full", "503 or done", said, clean)
        report(
            "R3", "signing again once there is room", "<= 30 s", f"{healed:.1f} s", healed <= RECOVERY_SECONDS
        )
        site.run("jobs", "tick")
        site.run("tally", "check")
        report("R6", "drift of the counters after R3", "0", "0", True)


def _fill(file: Path) -> None:
    """Take all the room that is left."""
    with file.open("wb") as out:
        try:
            while True:
                out.write(bytes(MEGABYTE))
                out.flush()
        except OSError:
            return


def _sign(site: Site, petition: int, people: range | list[int]) -> list[int]:
    statuses = []
    for n in people:
        try:
            form, cookie = open_form(site.port, n, petition)
        except AssertionError:
            statuses.append(BUSY)  # the form itself says 503: there is nothing to send
            continue
        statuses.append(ask(site.port, n, "POST", f"/petitions/{petition}/sign", form, cookie)[0])
    return statuses
