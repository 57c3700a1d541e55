"""The demo's crowd: invented signers in bulk, encrypted and counted exactly as real ones are."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import insert

from authorities.queries import AreaRow, areas, is_within
from core.db import Base
from core.work import SYSTEM, Work, at, reading, work
from petitions.models.keys import contact_key, identity_key, seal_field, uid_under
from petitions.models.petition import Petition
from petitions.models.signature import Signature, SignatureState
from petitions.queries.privacy import in_force
from petitions.services import tally
from petitions.services.demo.people import name_of
from petitions.services.freezing_days import close_day, freeze_petition, petitions_to_freeze, register_of
from petitions.services.signing import new_id

CHUNK = 5000
SEED = 20260101
RESIDENT_SHARE = 0.86
UPDATES_SHARE = 0.3
# Above one: most people sign early.
EARLY = 1.4
FORGOTTEN = {"uid": None, "name": None, "contact": None, "updates": False}
# The table itself: rows in bulk need nothing of what a mapped class brings.
_SIGNATURES = Base.metadata.tables[Signature.__tablename__]
LANGUAGES = ("kk", "kk", "kk", "ru", "ru", "en")


@dataclass(slots=True)
class Crowd:
    """Signers without end, in one repeatable order."""

    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - a repeatable story
    number: int = 0

    def sign(
        self,
        petition_id: int,
        n: int,
        first: datetime,
        last: datetime,
        *,
        joiner: bool = False,
        known: bool = True,
    ) -> None:
        """`n` people sign between two moments, most of them early; the tally folds them at the last moment.

        Without `known` nothing but the count is left of them, as after the time for which data are kept.
        """
        done = 0
        while done < n:
            size = min(CHUNK, n - done)
            end = first + (last - first) * ((done + size) / n)
            with at(end), work(SYSTEM) as w:
                rows = list(
                    self._rows(w, petition_id, size, first + (last - first) * (done / n), end, joiner)
                )
                w.session.execute(insert(_SIGNATURES), rows if known else [row | FORGOTTEN for row in rows])
                residents = sum(row["resident"] for row in rows)
                tally.add(w, petition_id, counted=size, residents=residents)
                w.session.flush()
                tally.fold(w)
            done += size

    def _rows(
        self, w: Work, petition_id: int, n: int, first: datetime, last: datetime, joiner: bool
    ) -> Iterator[dict[str, Any]]:
        petition = w.session.get_one(Petition, petition_id)
        places = _Places(w, petition.area or "")
        k_id, k_contact = identity_key(w, petition_id), contact_key(w, petition_id)
        span, notice = (last - first).total_seconds(), in_force(w).id
        for moment in sorted(
            first + timedelta(seconds=span * self.chance.random() ** EARLY) for _ in range(n)
        ):
            self.number += 1
            mailbox, id_ = f"signer{self.number}@people.example", new_id(moment)
            area, resident = places.draw(self.chance)
            yield {
                "petition_id": petition_id,
                "id": id_,
                "scheme": "email",
                "uid": uid_under(k_id, "email", mailbox),
                "channel": "web",
                "evidence": "email",
                "state": SignatureState.COUNTED,
                "entry": 1,
                "area": area,
                "resident": resident,
                "joiner": joiner,
                "text_number": petition.text_number,
                "name": seal_field(k_id, name_of(self.number), petition_id, id_, "name"),
                "contact": seal_field(k_contact, mailbox, petition_id, id_, "contact"),
                "language": self.chance.choice(LANGUAGES),
                "updates": self.chance.random() < UPDATES_SHARE,
                "notice": notice,
                "notice_language": petition.language,
                "consent_at": moment,
                "created_at": moment,
                "expires_at": moment + timedelta(days=7),
                "confirmed_at": moment + timedelta(minutes=self.chance.randint(1, 90)),
            }


class _Places:
    """Where signers live: mostly in the authority's area, else anywhere by population."""

    def __init__(self, w: Work, home: str) -> None:
        rows = [row for row in areas(w) if row.parent is not None]
        inside = {row.code for row in rows if is_within(w, row.code, home)}
        self.home = _weighed([row for row in rows if row.code in inside])
        self.anywhere = _weighed([row for row in rows if row.level == 1])
        self.inside = inside

    def draw(self, chance: random.Random) -> tuple[str, bool]:
        """A place, and whether it lies in the authority's area."""
        codes, weights = self.home if self.home[0] and chance.random() < RESIDENT_SHARE else self.anywhere
        code = chance.choices(codes, cum_weights=weights)[0]
        return code, code in self.inside


def _weighed(rows: list[AreaRow]) -> tuple[list[str], list[int]]:
    """Codes with their populations, added up from the first to each."""
    populations = ((row.figure.population if row.figure else 0) or 1 for row in rows)
    return [row.code for row in rows], list(accumulate(populations))


def freeze_history() -> None:
    """The frozen tables of every past day of every petition, by the code of the daily job."""
    with reading(SYSTEM) as w:
        due, register = petitions_to_freeze(w), register_of(w)
    with work(SYSTEM) as w:
        for petition_id in due:
            freeze_petition(w, petition_id, register)
        close_day(w)
