"""The watch over a whole session of tests: what workers say is heard by the controller, and its end is a check."""

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests import canary

MADE = "canary_made"
PREFIX, KEPT_SECONDS = "dauys-tests-", 24 * 3600
_said: list[tuple[str, bytes]] = []
_found: list[str] = []


def begin(config: pytest.Config) -> None:
    """Give the session a folder of its own for temporary files, before the workers begin."""
    canary.watch_the_makers()
    if hasattr(config, "workerinput"):
        return
    _forget_old()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    folder.chmod(0o755)  # the database server of the tests runs as another user
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def _forget_old() -> None:
    """What failed sessions left behind goes after a day."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):  # another session may end at this moment
            if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def hear(report: pytest.TestReport) -> None:
    """What a test and its site printed and logged, in whichever process: the controller gets every report."""
    _said.extend((f"{report.nodeid} ({title})", text.encode()) for title, text in report.sections)


def worker_ended(node: Any) -> None:
    """A worker's tokens and uids are searched for as well."""
    canary.know_of(getattr(node, "workeroutput", {}).get(MADE, ()))


def end(session: pytest.Session) -> None:
    """The check: no output, no log, no temporary file of the session holds a mark."""
    if hasattr(session.config, "workerinput"):
        session.config.workeroutput[MADE] = canary.what_was_made()
        return
    folder = Path(os.environ["TMPDIR"])
    heard = {label: hits for label, text in _said if (hits := canary.traces(text))}
    for place, hits in (heard | canary.in_files([folder])).items():
        _found.append(f"{place}: {', '.join(sorted(set(hits)))}")
    if _found and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if session.exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(folder, ignore_errors=True)  # after a failure it is left to be looked at


def say(reporter: Any) -> None:
    """What was found, after the results."""
    if _found:
        reporter.section("S11: the canary person was found", red=True)
        for line in _found:
            reporter.line(line)
