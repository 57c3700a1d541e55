"""S13 at length: what both of its files do, reads and writes, so that each stays below two hours."""

from collections.abc import Callable

from flask import Flask

from tests.security.malformed import SLOWEST_SECONDS, attack, targets
from tests.security.walk import Line, Walker
from tests.security.world import World
from tests.soak.conftest import Report

# So that two processors have about the same to do.
PARTS = 4


def attacked(
    wanted: Callable[[Line], bool],
    part: int,
    app: Flask,
    world: World,
    walker: Walker,
    report: Report,
    each: int,
    parts: int = PARTS,
) -> None:
    """Malformed requests to a part of the routes that are wanted, and the row of what came of them."""
    chosen = [target for target in targets(app, world, walker) if wanted(target.line)][part::parts]
    found = [attack(app, world, target, each, seed=13) for target in chosen]
    faults = [fault for trouble in found for fault in trouble.faults]
    slowest = max(trouble.slowest for trouble in found)
    said = f"{sum(t.sent for t in found):,} requests, {len(faults)} faults, "
    said += f"slowest {slowest[0]:.2f} s of processor time"
    said += f" ({slowest[1]})" * (slowest[0] > SLOWEST_SECONDS) + f" {faults[:2]}" * bool(faults)
    holds = not faults and slowest[0] <= SLOWEST_SECONDS
    methods = " and ".join(sorted({target.line.method for target in chosen}))
    what = f"{each:,} a route, {methods}, part {part + 1} of {parts}"
    report("S13", what, "0 answers of 5xx, 1 s each", said, holds)
