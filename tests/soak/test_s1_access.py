"""S1 and S2 at length: every cell of docs/access.csv by a request of its own, pages without session included."""

from collections.abc import Callable

from flask import Flask

from tests.security.conftest import site, world  # noqa: F401 - fixtures of the walk
from tests.security.test_access import OPENED_BY_TOKEN
from tests.security.walk import matrix, walk
from tests.security.world import ROLES, World


def test_every_single_cell(site: Flask, world: World, report: Callable[..., None]) -> None:  # noqa: F811
    """Route, method and role as the matrix says."""
    lines = matrix()
    seen = list(walk(site, world, lines, every=True))
    wrong = [(s.line.key, s.role, s.status) for s in seen if s.cell != s.line.cells[s.role]]
    said = f"{len(seen)} cells asked, {len(wrong)} otherwise {wrong[:2] or ''}"
    report(
        "S1",
        "access matrix",
        "every cell as declared",
        said,
        not wrong and len(seen) == len(lines) * len(ROLES),
    )
    foreign = [
        (word, s.role, s.url)
        for s in seen
        for word in s.secrets
        if s.role not in world.secrets[word] and not OPENED_BY_TOKEN.search(s.url)
    ]
    said = f"{len(world.secrets)} secrets looked for in {len(seen)} answers, {len(foreign)} foreign"
    report("S2", "objects of others", "0 foreign objects", said, not foreign)
    changed = [s.url for s in seen if s.changed and s.line.method == "GET"]
    report("S3", "GET without effect", "0 side effects", f"{len(changed)} of {len(seen)}", not changed)
