"""S13: what no browser sends is answered with a no, soon, and never with a fault; `make soak PART=s13` sends more."""

import pytest
from flask import Flask

from tests.security.malformed import SLOWEST_SECONDS, everything
from tests.security.walk import Walker, matrix
from tests.security.world import World

pytestmark = pytest.mark.xdist_group("walk")
# A few of the ways for each route; the same ones each time.
EACH = 3


def test_no_malformed_request_is_a_fault(site: Flask, world: World, walker: Walker) -> None:
    found = list(everything(site, world, walker, EACH))
    assert [fault for trouble in found for fault in trouble.faults] == []
    assert sum(trouble.sent for trouble in found) == EACH * len(matrix())
    slowest = max(trouble.slowest for trouble in found)
    assert slowest[0] < SLOWEST_SECONDS, slowest
