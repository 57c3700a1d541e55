"""S13 at length, reads: 2,000 malformed requests to every route that is read."""

import pytest
from flask import Flask

from tests.security.conftest import site, walker, world  # noqa: F401 - fixtures of the walk
from tests.security.walk import Walker
from tests.security.world import World
from tests.soak.conftest import Report, Size
from tests.soak.malformed import PARTS, attacked


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_malformed_that_reads_is_a_fault(
    part: int,
    site: Flask,  # noqa: F811
    world: World,  # noqa: F811
    walker: Walker,  # noqa: F811
    report: Report,
    size: Size,
) -> None:
    """Malformed requests to every page and file."""
    attacked(lambda line: line.method == "GET", part, site, world, walker, report, size("S13_EACH", 2000))
