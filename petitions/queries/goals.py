"""The milestones of petitions, each with the certificate that was frozen at publication."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.work import Work
from petitions.domain.thresholds import AreaShare, ThresholdCertificate
from petitions.models.petition import PetitionThreshold

FROZEN = (
    "milestone",
    "count",
    "formula",
    "base",
    "base_value",
    "base_as_of",
    "source",
    "article",
    "basis",
)
"""What a certificate and its row hold under the same name."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One milestone: why it is this number, and when it was reached."""

    proof: ThresholdCertificate
    reached_at: datetime | None


def goals_of(w: Work, petition_ids: Sequence[int]) -> dict[int, list[Goal]]:
    """The milestones of each petition, the one that obliges an answer first; none before publication."""
    query = select(PetitionThreshold).where(PetitionThreshold.petition_id.in_(petition_ids))
    found: dict[int, list[Goal]] = {}
    for row in w.session.scalars(query.order_by(PetitionThreshold.petition_id, PetitionThreshold.position)):
        found.setdefault(row.petition_id, []).append(goal_of(row))
    return found


def goal_of(row: PetitionThreshold) -> Goal:
    """The milestone of a row."""
    areas = row.areas or {}
    proof = ThresholdCertificate(
        **{name: getattr(row, name) for name in FROZEN},
        min_areas=areas.get("min_areas"),
        areas=tuple(_share(stored) for stored in areas.get("areas", ())),
    )
    return Goal(proof, row.reached_at)


def _share(stored: Mapping[str, Any]) -> AreaShare:
    value, day = stored.get("base_value"), stored.get("base_as_of")
    return AreaShare(
        area=stored["area"],
        count=stored["count"],
        base=stored.get("base"),
        base_value=None if value is None else Decimal(value),
        base_as_of=date.fromisoformat(day) if day else None,
        source=stored.get("source"),
    )
