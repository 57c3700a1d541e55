"""R4, R7, R8 and R11: their tests belong to `make test`; here they stand in the report with what they came to."""

import os
import re
import subprocess
import sys

import pytest

from core.config import ROOT
from tests.soak.conftest import Report

CASES = (
    (
        "R4",
        "clock +-1 h, +400 days, year end, the zone change of 1 March 2024; 54 vectors",
        "no state moves back; all vectors hold",
        (
            "tests/jobs/test_sweeps_and_clocks.py",
            "tests/domain/test_calendar.py",
            "tests/services/test_rules_cli.py",
        ),
    ),
    (
        "R7",
        "deadline sweep 1, 2, 14 times, two at once, after 14 days off",
        "same final state, one notice per event",
        ("tests/jobs/test_sweeps_and_clocks.py", "tests/jobs/test_deadlines.py"),
    ),
    (
        "R8",
        "outbox killed between SMTP 250 and commit; SMTP down for 24 h; poison address",
        "0 lost, <= 1 duplicate a kill with the same Message-ID, parked after 8 tries",
        ("tests/jobs/test_outbox.py",),
    ),
    (
        "R11",
        "each migration up and down with rows; models equal head; locks of an upgrade given up after 2 s",
        "100 %",
        ("tests/migrations/test_migrations.py",),
    ),
)


@pytest.mark.parametrize(("id", "what", "to_reach", "paths"), CASES, ids=[case[0] for case in CASES])
def test_what_make_test_shows(
    id: str, what: str, to_reach: str, paths: tuple[str, ...], report: Report
) -> None:
    """Tests of `make test`, nothing skipped."""
    words = [sys.executable, "-m", "pytest", "-q", *paths]
    env = os.environ | {"REQUIRE_ALL_TESTS": "1"}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    said = re.findall(r"\d+ (?:passed|failed|skipped|error)s?", done.stdout)
    clean = done.returncode == 0 and not any(
        word in " ".join(said) for word in ("failed", "skipped", "error")
    )
    report(id, what, to_reach, f"{', '.join(said)} (SQLite and PostgreSQL where both apply)", clean)
