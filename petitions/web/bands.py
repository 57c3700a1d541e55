"""The bands by age of what waits for a moderator: each queue shows all of them or the one that its address names."""

from collections.abc import Sequence
from typing import Any

from flask import request


def by_band(rows: Sequence[Any], bands: Sequence[str]) -> dict[str, Any]:
    """The rows to show, the band that was chosen or an empty text, how many rows each band has, and how many all."""
    band = request.args.get("band", "")
    band = band if band in bands else ""
    return {
        "rows": [row for row in rows if row.band == band] if band else rows,
        "band": band,
        "counts": {name: sum(row.band == name for row in rows) for name in bands},
        "total": len(rows),
    }
