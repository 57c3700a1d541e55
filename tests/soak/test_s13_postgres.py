"""S13 on PostgreSQL, which takes less than SQLite does: the same requests, but fewer, since a restore takes longer."""

import pytest
from flask import Flask

from tests.security.conftest import pg_site, pg_world  # noqa: F401 - fixtures of the walk
from tests.security.walk import Walker
from tests.security.world import World
from tests.soak.conftest import Report, Size
from tests.soak.malformed import attacked


@pytest.mark.parametrize("database", ["postgresql"])
@pytest.mark.parametrize(("reads", "full"), [(True, 200), (False, 50)])
def test_nothing_malformed_is_a_fault_on_postgresql(
    reads: bool,
    full: int,
    database: str,
    pg_site: Flask,  # noqa: F811
    pg_world: World,  # noqa: F811
    report: Report,
    size: Size,
) -> None:
    """Malformed requests to every route, on PostgreSQL."""
    each = size(f"S13_POSTGRES_{'READS' if reads else 'WRITES'}", full)
    walker = Walker(pg_site, pg_world)
    attacked(lambda line: (line.method == "GET") == reads, 0, pg_site, pg_world, walker, report, each, 1)
