"""R5 and R6: the same person many times at once, and every link pressed twice at once: one signature."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.factories import a_petition
from tests.processes import eventually
from tests.soak.conftest import Report, Size
from tests.soak.crowd import ask, links_in, open_form
from tests.soak.site import JOBS, WEB, a_site

AT_ONCE, FAULT = 64, 500


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_same_person_at_once(tmp_path: Path, database: str, report: Report, size: Size) -> None:
    """64 parallel entries of one person, round after round."""
    rounds = size("R5_ROUNDS", 50)
    numbers: list[int] = []
    seen: Counter[int] = Counter()
    with (
        a_site(tmp_path, database, lambda: numbers.append(a_petition())) as site,
        ThreadPoolExecutor(AT_ONCE) as crowd,
    ):
        site.start(WEB)
        site.start(JOBS)
        site.await_health()
        people = range(1, rounds + 1)
        for n in people:
            form, cookie = open_form(site.port, n, numbers[0])
            path = f"/petitions/{numbers[0]}/sign"
            tries = crowd.map(lambda _: ask(site.port, n, "POST", path, form, cookie)[0], range(AT_ONCE))  # noqa: B023
            seen.update(tries)
        eventually(lambda: site.rows("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(0,)], 120)
        links = links_in(tmp_path / "mail")
        for n in people:
            twice = [link for link in links[n] for _ in range(2)]
            seen.update(crowd.map(lambda link: ask(site.port, n, "POST", link, {})[0], twice))  # noqa: B023
        site.kill(JOBS)
        site.run("jobs", "tick")
        counted = site.rows("SELECT count(*) FROM signatures WHERE state = 'counted'")[0][0]
        shown = site.rows("SELECT sum(counted) FROM petition_counts")[0][0]
        said = f"{rounds} rounds of {AT_ONCE}: {counted} signatures, total {shown}"
        report("R5", "signatures for each person", "exactly 1", said, counted == shown == rounds)
        faults = sum(n for status, n in seen.items() if status >= FAULT)
        report("R5", "answers of 5xx", "0", f"{faults} of {seen.total()}", not faults)
        site.run("tally", "check")
        report("R6", "drift of the counters after R5", "0", "0", True)
