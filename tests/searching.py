"""Hundreds of petitions with invented, believable texts in three languages, put into the database quickly."""

import csv
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import insert

from core.work import SYSTEM, work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition, PetitionCount, PetitionText
from petitions.services.indexing import fill
from tests.factories import a_petition

DATA = Path(__file__).parent / "data"
Row = Mapping[str, str]
PLACES = (
    "Көксерек", "Таукараған", "Ақжайлау", "Жайлыкент", "Бестамақ", "Шұғыла", "Қарабұлақ", "Сарыөзек",
    "Талдысай", "Құмкент", "Ақтоғай", "Байқоныс", "Мыңшұңқыр", "Орталап",
)  # fmt: skip
# Everyday matters: what is asked, and why, with a place; neighbours of the petitions that are looked for.
MATTERS: dict[str, Sequence[tuple[str, str]]] = {
    "kk": (
        (
            "{} көшелерін жөндеңіз",
            "Шұңқырлардан көлік те, жаяу да жүру қиын. Ауыл тұрғындары көптен айтып жүр.",
        ),
        ("{} ауылына таза ауыз су тартылсын", "Суды арбамен тасимыз. Құбыр ескірген, мектеп те сусыз отыр."),
        ("{} мектебіне жаңа ғимарат керек", "Балалар үш ауысыммен оқиды, сынып тар."),
        ("{} тұрғындарына жарық үзіліссіз берілсін", "Кешке шам өшіп қалады, қарттар қараңғыда отыр."),
        ("{} ауданында балалар алаңын салыңыз", "Аулада ойнайтын орын жоқ, балалар жолға шығады."),
        ("{} қоқысы уақытында әкетілсін", "Жәшіктер толып, иіс жайылады."),
        ("{} автобусы кестемен жүрсін", "Жұмысқа кешігеміз, жүргізуші күткізіп қояды."),
        ("{} емханасына дәрігер жіберіңіз", "Кезек таңғы алтыдан басталады."),
        ("{} қаңғыбас иттері ұсталсын", "Балалар мектепке қорқып барады."),
        ("{} үйлеріне жылу дұрыс берілсін", "Пәтерде он төрт градус, құбыр жарылған."),
    ),
    "ru": (
        ("Отремонтировать улицы в районе {}", "Ямы по колено, машины объезжают по газону."),
        ("Провести водопровод в село {}", "Воду возят бочками, колонка замёрзла."),
        ("Построить новую школу: {}", "Дети учатся в три смены, классы тесные."),
        ("Восстановить уличное освещение, {}", "Вечером темно, люди боятся идти домой."),
        ("Сделать детскую площадку во дворах: {}", "Малышам негде играть, качели сломаны."),
        ("Вывозить мусор вовремя, {}", "Контейнеры переполнены, запах стоит неделями."),
        (
            "Автобус до остановки {} должен ходить по расписанию",
            "Опаздываем на работу, водитель ждёт пассажиров.",
        ),
        ("Нужен врач в амбулаторию: {}", "Очередь занимают с шести утра."),
        ("Отловить бродячих собак в посёлке {}", "Дети боятся идти в школу."),
        ("Дать нормальное отопление домам: {}", "В квартирах четырнадцать градусов, трубы лопнули."),
    ),
    "en": (
        ("Mend the streets of {}", "The holes are deep and cars drive over the grass."),
        ("Clean water for the village of {}", "Water comes in barrels and the pump has frozen."),
        ("A new school building in {}", "Children learn in three shifts and classes are crowded."),
        ("Street lights that work: {}", "In the evening it is dark and people are afraid."),
        ("A playground between the houses of {}", "Small children have nowhere to play."),
        ("Collect the rubbish of {} on time", "The bins are full for weeks."),
        ("A bus to {} that keeps its timetable", "We are late for work and the driver waits."),
        ("A doctor for the clinic of {}", "People queue from six in the morning."),
        ("Catch the stray dogs of {}", "Children are afraid to walk to school."),
        ("Proper heating for the homes of {}", "Flats are at fourteen degrees and pipes have burst."),
    ),
}


def wanted() -> list[Row]:
    """The petitions that the pairs look for."""
    return _read("search_petitions.csv")


def pairs() -> list[Row]:
    """Queries, each with the petition that it must find; typing errors are marked apart."""
    return _read("search_pairs.csv")


def everyday() -> Iterator[Row]:
    """Everyday petitions without end: the same matters in ever other places."""
    for n in itertools.count():
        for (language, matters), place in itertools.product(MATTERS.items(), PLACES):
            title, text = matters[(n + PLACES.index(place)) % len(matters)]
            where = place if n < len(matters) else f"{place}-{n}"
            yield {"key": "", "language": language, "title": title.format(where), "text": text}


def many_petitions(total: int, state: State = State.COLLECTING) -> dict[str, int]:
    """That many petitions that can be signed, those that are looked for spread among the others; their ids by key."""
    first = a_petition(state)
    sought = wanted()[: total - 1]
    rows = [*itertools.islice(everyday(), total - 1 - len(sought)), *sought]
    # Spread, so that no rank hangs on who came last.
    rows.sort(key=lambda row: hash_of(row["title"]))
    with work(SYSTEM) as w:
        model = w.session.get_one(Petition, first)
        shared = {column.key: getattr(model, column.key) for column in Petition.__table__.columns}
        ids = range(first + 1, first + 1 + len(rows))
        petitions = [
            shared | {"id": id_, "title": row["title"], "language": row["language"]}
            for id_, row in zip(ids, rows, strict=True)
        ]
        texts = [
            {"petition_id": id_, "number": 1, "title": row["title"], "markdown": row["text"], "html": row["text"],
             "hash": "0" * 64, "frozen_at": w.now, "reason": ""}
            for id_, row in zip(ids, rows, strict=True)
        ]  # fmt: skip
        w.session.execute(insert(Petition), petitions)
        w.session.execute(insert(PetitionText), texts)
        w.session.execute(insert(PetitionCount), [{"petition_id": id_} for id_ in ids])
        fill(w.session)
    return {row["key"]: id_ for id_, row in zip(ids, rows, strict=True) if row["key"]}


def hash_of(text: str) -> int:
    """A number that is the same in every run."""
    return sum((n + 1) * ord(letter) for n, letter in enumerate(text)) * 7919 % 10_007


def _read(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
