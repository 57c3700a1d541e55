"""The demo's crowd: invented signers in bulk, encrypted and counted exactly as real ones are."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from authorities.queries import AreaRow, areas
from core.bulk import insert_rows
from core.db import Base
from core.progress import Told, unheard
from core.work import SYSTEM, Work, at, reading, work
from petitions.models.keys import contact_key, identity_key, seal_field, uid_under
from petitions.models.petition import Petition
from petitions.models.signature import Signature, SignatureState
from petitions.queries.privacy import in_force
from petitions.services import tally
from petitions.services.demo.people import name_of
from petitions.services.freezing_days import close_day, freeze_petition, petitions_to_freeze, register_of
from petitions.services.signing import UNCONFIRMED, new_id

CHUNK, LARGEST_CHUNK = 5000, 20_000
SEED = 20260101
RESIDENT_SHARE = 0.86
UPDATES_SHARE = 0.3
# Above one: most people sign early.
EARLY = 1.4
COLUMNS = (
    "petition_id", "scheme", "channel", "evidence", "state", "entry", "renewal", "joiner", "text_number", "notice",
    "notice_language", "id", "uid", "name", "contact", "updates", "area", "resident", "language", "consent_at",
    "created_at", "expires_at", "confirmed_at",
)  # fmt: skip
_RESIDENT = COLUMNS.index("resident")
# The table itself: rows in bulk need nothing of what a mapped class brings.
_SIGNATURES = Base.metadata.tables[Signature.__tablename__]
LANGUAGES = ("kk", "kk", "kk", "ru", "ru", "en")


@dataclass(slots=True)
class Crowd:
    """Signers without end, in one repeatable order."""

    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - a repeatable story
    number: int = 0
    told: Told = unheard

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
        places, done = _places_of(petition_id), 0
        chunk = min(max(CHUNK, n // 50), LARGEST_CHUNK)
        while done < n:
            size = min(chunk, n - done)
            end = first + (last - first) * ((done + size) / n)
            with at(end), work(SYSTEM) as w:
                draft = _Draft(w, petition_id, places, joiner, known)
                rows = self._rows(draft, size, first + (last - first) * (done / n), end)
                insert_rows(w.session, _SIGNATURES, COLUMNS, rows)
                tally.add(w, petition_id, counted=size, residents=sum(row[_RESIDENT] for row in rows))
                w.session.flush()
                tally.fold(w)
            done += size
            if n > chunk:
                self.told(done, n)

    def _rows(self, draft: "_Draft", n: int, first: datetime, last: datetime) -> list[tuple[Any, ...]]:
        """The rows of `n` people, in the order of time; every value in the place of its column."""
        chance, span = self.chance, (last - first).total_seconds()
        rows = []
        for moment in sorted(first + timedelta(seconds=span * chance.random() ** EARLY) for _ in range(n)):
            self.number += 1
            area, resident = draft.places.draw(chance)
            language, updates = chance.choice(LANGUAGES), chance.random() < UPDATES_SHARE
            confirmed = moment + timedelta(minutes=chance.randint(1, 90))
            personal = draft.personal(self.number, new_id(moment), updates)
            moments = (moment, moment, moment + UNCONFIRMED, confirmed)
            rows.append((*draft.same, *personal, area, resident, language, *moments))
        return rows


class _Draft:
    """What the rows of one petition have in common, and what is sealed in each of them."""

    def __init__(self, w: Work, petition_id: int, places: "_Places", joiner: bool, known: bool) -> None:
        petition = w.session.get_one(Petition, petition_id)
        self.petition_id, self.places, self.known = petition_id, places, known
        self.identity, self.contact = identity_key(w, petition_id), contact_key(w, petition_id)
        facts = ("email", "web", "email", SignatureState.COUNTED, 1, False, joiner, petition.text_number)
        self.same = (petition_id, *facts, in_force(w).id, petition.language)

    def personal(self, number: int, id_: int, updates: bool) -> tuple[Any, ...]:
        """Id, uid, name, contact and the wish for mails of the person of that number."""
        if not self.known:
            return id_, None, None, None, False
        mailbox, place = f"signer{number}@people.example", (self.petition_id, id_)
        return (
            id_,
            uid_under(self.identity, "email", mailbox),
            seal_field(self.identity, name_of(number), *place, "name"),
            seal_field(self.contact, mailbox, *place, "contact"),
            updates,
        )


def _places_of(petition_id: int) -> "_Places":
    with reading(SYSTEM) as w:
        return _Places(w, w.session.get_one(Petition, petition_id).area or "")


class _Places:
    """Where signers live: mostly in the authority's area, else anywhere by population."""

    def __init__(self, w: Work, home: str) -> None:
        rows = [row for row in areas(w) if row.parent is not None]
        inside = {row.code for row in rows if row.within(home)}
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


def freeze_history(told: Told) -> None:
    """The frozen tables of every past day of every petition, by the code of the daily job."""
    with reading(SYSTEM) as w:
        due, register = petitions_to_freeze(w), register_of(w)
    with work(SYSTEM) as w:
        for done, petition_id in enumerate(due, 1):
            freeze_petition(w, petition_id, register)
            told(done, len(due))
        close_day(w)
