"""R4, R7, R8, R11, S6, S11, S16: tests of `make test`; here they stand in the report with what came of them."""

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
    (
        "S3",
        "each unsafe route without its token, with a wrong one, with another browser's",
        "100 % refused",
        ("tests/security/test_tokens_of_forms.py",),
    ),
    (
        "S6",
        "limits by account, contact, petition and network",
        "120/min and 300/h behind one address pass; mails to one contact <= 3/h and 10/day; 429 for machines",
        ("tests/security/test_limits.py",),
    ),
    (
        "S8",
        "2,000 injection strings through the sanitiser and every renderer",
        "0 active content",
        ("tests/security/test_injections.py",),
    ),
    (
        "S11",
        "a canary person on every way through the site, every signer of these tests marked",
        "0 hits in logs, metrics, exports, temporary files, caches",
        ("tests/web", "tests/journeys/test_main_journey.py", "tests/journeys/test_rights_journey.py"),
    ),
    (
        "S16",
        "CSP, nosniff, no-referrer, frame-ancestors, no-store on personal pages",
        "100 % of routes",
        ("tests/security/test_headers.py", "tests/security/test_attacks.py"),
    ),
)


@pytest.mark.parametrize(("id", "what", "to_reach", "paths"), CASES, ids=[case[0] for case in CASES])
def test_what_make_test_shows(
    id: str, what: str, to_reach: str, paths: tuple[str, ...], report: Report
) -> None:
    """Tests of `make test`, nothing skipped."""
    words = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", *paths]
    env = os.environ | {"REQUIRE_ALL_TESTS": "1"}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    said = re.findall(r"\d+ (?:passed|failed|skipped|error)s?", done.stdout)
    clean = done.returncode == 0 and not any(
        word in " ".join(said) for word in ("failed", "skipped", "error")
    )
    report(id, what, to_reach, f"{', '.join(said)} (SQLite and PostgreSQL where both apply)", clean)
