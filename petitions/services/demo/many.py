"""Many more petitions than stories: the demo's open ones again, under invented titles, for lists of size."""

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from authorities.queries import areas
from core.bulk import insert_rows
from core.crypto import KeyRing, new_key
from core.db import Base, settle_sequences
from core.work import SYSTEM, Work, reading, work
from petitions.domain.calendar import ends_at
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import State
from petitions.models.case import Term
from petitions.models.keys import place_of
from petitions.models.petition import Petition
from petitions.queries import rules
from petitions.queries.terms import computed_of
from petitions.services.indexing import index_from

CHUNK = 1000
SEED = 20260102
DAYS = 60
Told = Callable[[int, int], None]
DEEDS = {
    "kk": ("жөнделсін", "салынсын", "қайта ашылсын", "кеңейтілсін", "жарықтандырылсын", "көгалдандырылсын"),
    "ru": ("Отремонтировать", "Построить", "Открыть снова", "Расширить", "Осветить", "Озеленить"),
    "en": ("Repair", "Build", "Reopen", "Widen", "Light", "Plant trees around"),
}
THINGS = {
    "kk": (
        "мектеп", "балабақша", "емхана", "кітапхана", "саябақ", "көпір", "аялдама", "спорт алаңы", "су құбыры", "жол",
    ),
    "ru": (
        "школу", "детский сад", "поликлинику", "библиотеку", "парк", "мост", "остановку", "спортплощадку", "водопровод",
        "дорогу",
    ),
    "en": (
        "the school", "the kindergarten", "the clinic", "the library", "the park", "the bridge", "the bus stop",
        "the sports ground", "the water main", "the road",
    ),
}  # fmt: skip
STREETS = (
    "Үлгі", "Самал", "Арай", "Бұлақ", "Шұғыла", "Теректі", "Озёрная", "Полевая", "Лесная", "Садовая", "Birch", "River",
    "Көктем", "Майтөбе", "Есіл", "Жазық", "Ясная", "Рябиновая", "Meadow", "Orchard",
)  # fmt: skip
FORMS = {
    "kk": "{place}: {street} көшесі {n} маңындағы {thing} {deed}",
    "ru": "{deed} {thing} у дома {n} по улице {street}, {place}",
    "en": "{deed} {thing} near {n} {street} Street, {place}",
}
TEXTS = {
    "kk": "Бұл туралы бірнеше жыл бойы айтылып келеді: {thing} бәріне қажет.\n\nЖоспар мен мерзім жариялансын.",
    "ru": "Об этом говорят не первый год: {thing} ждут все.\n\nПросим опубликовать план работ и сроки.",
    "en": "People have asked for this for years: {thing}.\n\nPlease publish a plan of the work and its dates.",
}


@dataclass(slots=True)
class _Model:
    """An open petition of the demo, from whose rows others are made."""

    petition: Mapping[str, Any]
    term: Mapping[str, Any]
    thresholds: list[Mapping[str, Any]]
    dates: dict[int, tuple[datetime, Any]] = field(default_factory=dict)


def add_petitions(n: int, told: Told, index_told: Told) -> None:
    """Add `n` open petitions that nobody has signed yet, with keys, terms and goals, and let the search find them."""
    with reading(SYSTEM) as w:
        models, places = _models(w), [row for row in areas(w) if row.level == 1]
        first = 1 + (w.session.scalar(select(func.max(Petition.id))) or 0)
    chance = random.Random(SEED)  # noqa: S311 - a repeatable story
    for done in range(0, n, CHUNK):
        size = min(CHUNK, n - done)
        with work(SYSTEM) as w:
            made = _Chunk(w, replace(w.keys.latest(), source=None))
            for id_ in range(first + done, first + done + size):
                made.add(id_, chance.choice(models), chance, chance.choice(places).names)
            made.store()
        told(done + size, n)
    with work(SYSTEM) as w:
        settle_sequences(w.session)
    index_from(first, index_told)


class _Chunk:
    """Rows of some petitions, table by table, in the order in which they may be stored."""

    def __init__(self, w: Work, ring: KeyRing) -> None:
        self.w, self.ring = w, ring
        self.rows: dict[str, list[Mapping[str, Any]]] = {
            name: []
            for name in (
                "petitions", "petition_texts", "petition_thresholds", "petition_counts", "petition_keys", "terms",
                "journal", "decisions", "frozen_states",
            )
        }  # fmt: skip

    def add(self, id_: int, model: _Model, chance: random.Random, names: Mapping[str, str]) -> None:
        """One more petition."""
        days, language = chance.randint(1, DAYS), chance.choice(("kk", "kk", "ru", "ru", "en"))
        thing = chance.choice(THINGS[language])
        words = {"thing": thing, "deed": chance.choice(DEEDS[language]), "street": chance.choice(STREETS)}
        title = FORMS[language].format(n=chance.randint(1, 300), place=names[language], **words)
        opened = self.w.now - timedelta(days=days, minutes=chance.randint(1, 1000))
        due_on, closes_at = _ends(self.w, model, opened)
        moments = {
            "created_at": opened - timedelta(days=20),
            "changed_at": opened,
            "submitted_at": opened - timedelta(days=9),
        }
        moments |= {"opened_at": opened, "closes_at": closes_at}
        own = {
            "id": id_,
            "title": title,
            "language": language,
            "state": State.COLLECTING,
            "version": 1,
            "text_number": 1,
        }
        self.rows["petitions"].append({**model.petition, **own, **moments})
        self._words(id_, title, TEXTS[language].format(thing=thing), opened)
        self._case(id_, model, opened, due_on)

    def _words(self, id_: int, title: str, text: str, opened: datetime) -> None:
        html = "".join(f"<p>{part}</p>\n" for part in text.split("\n\n"))
        digest = hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()
        self.rows["petition_texts"].append(
            {"petition_id": id_, "number": 1, "title": title, "markdown": text, "html": html, "hash": digest,
             "frozen_at": opened - timedelta(days=9), "reason": ""}
        )  # fmt: skip
        keys = {name: self.ring.wrap(new_key(), place_of(id_, name)) for name in ("identity", "contact")}
        self.rows["petition_keys"].append({"petition_id": id_, **keys})

    def _case(self, id_: int, model: _Model, opened: datetime, due_on: Any) -> None:
        day, mine = self.w.day_of(opened), {"petition_id": id_}
        facts = {"threshold": model.petition["threshold"], "closes_on": due_on.isoformat()}
        self.rows["petition_thresholds"] += [{**row, **mine} for row in model.thresholds]
        zero = dict.fromkeys(
            ("counted", "residents", "pending", "expired", "invalid", "withdrawn", "quarantined"), 0
        )
        self.rows["petition_counts"].append({**mine, **zero})
        self.rows["terms"].append({**model.term, **mine, "started_on": day, "due_on": due_on})
        self.rows["journal"].append(
            {**mine, "at": opened, "event": Event.PUBLISHED.value, "facts": facts, "is_public": True}
        )
        self.rows["decisions"].append(
            {**mine, "kind": "publish", "reason": "", "hides_text": False, "decided_at": opened}
        )
        frozen = {"day": self.w.today - timedelta(days=1), "at": self.w.now, "counted": 0, "residents": 0}
        self.rows["frozen_states"].append(
            {**mine, **frozen, "stale": False, "final": False, "actual": {}, "tables": {}}
        )

    def store(self) -> None:
        """Write the rows."""
        for name, rows in self.rows.items():
            columns = list(rows[0])
            values = ([row[column] for column in columns] for row in rows)
            insert_rows(self.w.session, Base.metadata.tables[name], columns, values)


def _models(w: Work) -> list[_Model]:
    """The open petitions of the demo whose goals are still ahead."""
    ahead = (
        Petition.state == State.COLLECTING,
        Petition.closes_at.is_not(None),
        Petition.reached_at.is_(None),
    )
    found = _rows(w, "petitions", *ahead)
    return [
        _Model(
            row,
            {k: v for k, v in next(_term_rows(w, row["id"])).items() if k != "id"},
            [row_ for row_ in _rows(w, "petition_thresholds", _of("petition_thresholds", row["id"]))],
        )
        for row in found
    ]


def _term_rows(w: Work, petition_id: int) -> Iterator[Mapping[str, Any]]:
    kind = Base.metadata.tables["terms"].c.kind == TermKind.COLLECTION
    return iter(_rows(w, "terms", _of("terms", petition_id), kind))


def _of(name: str, petition_id: int) -> Any:
    return Base.metadata.tables[name].c.petition_id == petition_id


def _rows(w: Work, name: str, *where: Any) -> list[Mapping[str, Any]]:
    return [
        dict(row) for row in w.session.execute(select(Base.metadata.tables[name]).where(*where)).mappings()
    ]


def _ends(w: Work, model: _Model, opened: datetime) -> tuple[Any, datetime]:
    """The last day of a collection that opened then, by the calendar of its rulebook, and the moment it closes."""
    key = w.day_of(opened).toordinal()
    if key not in model.dates:
        petition = Petition(**{**model.petition, "opened_at": opened})
        term = Term(**{**model.term, "started_on": w.day_of(opened), "due_on": None})
        due_on = computed_of(w, term, petition).due
        model.dates[key] = due_on, ends_at(due_on, rules.rulebook_of(w, petition).timezone)
    due_on, closes_at = model.dates[key]
    return due_on, closes_at
