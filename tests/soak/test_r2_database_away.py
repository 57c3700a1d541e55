"""R2: the database is away for a minute; pages that were read go on, nothing is acknowledged, it heals."""

import time
from pathlib import Path

import pytest

from tests.factories import a_petition
from tests.soak.conftest import Report, Size
from tests.soak.crowd import BUSY, OK, ask, open_form
from tests.soak.site import WEB, a_site

HEALTHY_SECONDS = 10


@pytest.mark.parametrize("database", ["postgresql"])
def test_the_database_is_away(tmp_path: Path, database: str, report: Report, size: Size) -> None:
    """PostgreSQL stopped and started again."""
    seconds = size("R2_SECONDS", 60)
    numbers: list[int] = []
    with a_site(tmp_path, database, lambda: numbers.append(a_petition())) as site:
        assert site.cluster is not None
        site.start(WEB)
        site.await_health()
        page, path = f"/petitions/{numbers[0]}", f"/petitions/{numbers[0]}/sign"
        assert ask(site.port, 1, "GET", page)[0] == OK
        form, cookie = open_form(site.port, 1, numbers[0])
        site.cluster.stop("fast")
        posts, reads, words = [], [], set()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status, headers, body = ask(site.port, 1, "POST", path, form, cookie)
            posts.append(status)
            words.add(bool(headers["Retry-After"]) and '<html lang="kk">' in body)
            reads.append(ask(site.port, 1, "GET", page)[0])
            time.sleep(0.5)
        site.cluster.start()
        healed = site.await_health()
        assert ask(site.port, 1, "POST", path, form, cookie)[0] == 303
        said = f"{len(posts)} posts in {seconds} s: {sorted(set(posts))}"
        report(
            "R2",
            "answers to signing: 503 in Kazakh with Retry-After",
            "all",
            said,
            {*posts} == {BUSY} and words == {True},
        )
        entered = site.rows("SELECT count(*) FROM signatures")[0][0]
        report(
            "R2",
            "acknowledged while the database was away",
            "0",
            f"{posts.count(303)}",
            posts.count(303) == 0,
        )
        assert entered == 1
        report(
            "R2",
            "healthy after the database is back",
            "<= 10 s",
            f"{healed:.1f} s",
            healed <= HEALTHY_SECONDS,
        )
        said = f"{reads.count(OK)} of {len(reads)}"
        report("R2", "petition page that was read before: 200", "all", said, set(reads) == {OK})
