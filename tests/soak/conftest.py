"""The long tests of `make soak`: what they measure is written to docs/reliability.md by themselves.

Not part of `make test`. A test file is named `test_<part>_<words>.py` after the id of its figure, so that
`make soak PART=r1` runs one part. `size("R1_KILLS", 50)` is a size of the full test: SOAK_R1_KILLS=3 makes a short
trial of it, SOAK_SCALE=0.1 makes all of them shorter, and the rows of such a trial are marked.
"""

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.soak import record

_rows: dict[str, list[record.Row]] = {}
Size = Callable[[str, int], int]


class Report(Protocol):
    """What a test calls for each figure; all are keyword-friendly texts."""

    def __call__(self, id: str, what: str, to_reach: str, measured: str, holds: bool) -> None: ...


def _part(node: pytest.Item) -> str:
    found = re.match(r"test_([a-z]+[0-9]+)_", Path(node.path).stem)
    return found.group(1).upper() if found else "?"


def _database(node: Any) -> str:
    parameters = node.callspec.params if hasattr(node, "callspec") else {}
    return str(parameters.get("database", "both or none"))


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Size:
    """A size or a duration of the full test, or the smaller one that the environment asks for."""

    def of(name: str, full: int) -> int:
        scaled = max(1, round(full * float(os.environ.get("SOAK_SCALE", "1"))))
        wanted = int(os.environ.get(f"SOAK_{name}", scaled))
        if wanted < full:
            request.node.stash[record.SHORT] = True
        return wanted

    return of


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Iterator[Report]:
    """Record one row of docs/reliability.md and fail the test unless `holds`."""
    node = request.node

    def add(id: str, what: str, to_reach: str, measured: str, holds: bool) -> None:
        short = node.stash.get(record.SHORT, False)
        verdict = ("reached" if holds else "MISSED") + (" (short trial)" if short else "")
        _keep(node, id, what, to_reach, measured, verdict)
        assert holds, f"{id} {what}: {measured}, to reach {to_reach}"

    yield add


def _keep(node: pytest.Item, id: str, what: str, to_reach: str, measured: str, verdict: str) -> None:
    rows = _rows.setdefault(node.nodeid, [])
    name = f"{Path(node.path).name}::{node.name}"
    today = datetime.now(UTC).date().isoformat()
    cells = (id, what, _database(node), to_reach, measured, verdict, record.machine(), today, name)
    rows.append(record.Row(*cells))
    record.write(name, rows)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A test that was skipped or broke before it had a figure has a row too: never "reached"."""
    done: Any = yield
    what = (getattr(item, "obj", None).__doc__ or item.name).split("\n")[0].rstrip(".")
    if done.skipped:
        _keep(item, _part(item), what, "", str(call.excinfo.value) if call.excinfo else "", "SKIPPED")
    elif done.failed and not any("MISSED" in row.verdict for row in _rows.get(item.nodeid, [])):
        fault = call.excinfo.typename if call.excinfo else ""
        _keep(item, _part(item), what, "", f"ended by {fault}", "FAILED")
    return done
