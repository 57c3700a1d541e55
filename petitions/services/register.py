"""Filling the register of a new instance from its rulebook's own tables."""

from pathlib import Path

from authorities.imports import AREAS, AUTHORITIES
from core.refusal import Refusal
from core.work import Work


def load_register(w: Work, folder: Path) -> int:
    """Bring areas.csv and authorities.csv of a rulebook's folder into the register; returns what changed.

    Refusal: `import-faulty` with the number of faults and the first one's line.
    """
    changes = 0
    for table in (AREAS, AUTHORITIES):
        rows, faults = table.read(w, (folder / f"{table.name}.csv").read_bytes())
        if faults:
            raise Refusal("import-faulty", n=len(faults), line=faults[0].line)
        diff = table.plan(w, rows)
        table.apply(w, diff)
        changes += int(diff.changes)
    return changes
