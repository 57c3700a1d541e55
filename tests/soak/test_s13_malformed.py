"""S13 at length: 2,000 malformed requests to every route, and to its forms with a token that is right."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.security.conftest import site, walker, world  # noqa: F401 - fixtures of the walk
from tests.security.malformed import SLOWEST_SECONDS, attack, targets
from tests.security.walk import Walker
from tests.security.world import World

PARTS = 8


# Eight parts, so that two processors have about the same to do; together they stay below two hours.
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_malformed_is_a_fault(
    part: int,
    site: Flask,  # noqa: F811
    world: World,  # noqa: F811
    walker: Walker,  # noqa: F811
    report: Callable[..., None],
    size: Callable[[str, int], int],
) -> None:
    """Malformed requests to every route."""
    each = size("S13_EACH", 2000)
    chosen = targets(site, world, walker)[part::PARTS]
    found = [attack(site, world, walker, target, each, seed=13) for target in chosen]
    faults = [fault for trouble in found for fault in trouble.faults]
    slowest = max(trouble.slowest for trouble in found)
    said = f"{sum(t.sent for t in found):,} requests, {len(faults)} faults, "
    said += f"slowest {slowest[0]:.2f} s of processor time"
    said += f" ({slowest[1]})" * (slowest[0] > SLOWEST_SECONDS) + f" {faults[:2]}" * bool(faults)
    holds = not faults and slowest[0] <= SLOWEST_SECONDS
    report("S13", f"{each:,} a route, part {part + 1} of {PARTS}", "0 answers of 5xx, 1 s each", said, holds)
