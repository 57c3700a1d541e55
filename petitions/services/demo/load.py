"""Loading the demo: the register, the people, and every story up to today."""

import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import select, update

from auth.models import Account
from auth.permissions import Role
from authorities.imports import AREAS, AUTHORITIES
from core.outbox import Broadcast, OutboxRow
from core.work import SYSTEM, Actor, Work, at, work
from petitions.services.demo.crowd import Crowd, freeze_history
from petitions.services.demo.many import add_petitions
from petitions.services.demo.people import ACCOUNTS, PASSWORD, open_accounts, open_authors
from petitions.services.demo.play import Cast, Story, play
from petitions.services.privacy import store_notice
from petitions.services.register import load_register

HERE = Path(__file__).parent
NOON = time(7, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
DEMO_ACCOUNTS = tuple(
    (account.email, PASSWORD, account.role.value, account.body or "") for account in ACCOUNTS
)
Told = Callable[[str], None]
Counter = Callable[[str], Callable[[int, int], None]]


def _unseen(_what: str) -> Callable[[int, int], None]:
    return lambda _done, _of: None


def is_empty(w: Work) -> bool:
    """Whether nobody has an account yet."""
    return w.session.scalar(select(Account.id).limit(1)) is None


def load_demo(signatures: int | None, told: Told, *, petitions: int = 0, counter: Counter = _unseen) -> int:
    """Load everything; `signatures` sets how many the largest petition has. Returns the number of petitions.

    `petitions` more are opened beside the stories, unsigned. `counter` is asked for what is told of long parts.
    The same day gives the same people, texts, dates and counts; keys and numbers of signatures are random.
    """
    with work(SYSTEM) as w:
        now = w.now
        # What is replayed below happened long before this notice: it is stored today, under today's name.
        store_notice(w)
    stories = read_stories(now)
    _load_registers()
    begun = now - timedelta(days=max(story.begun for story in stories) + 1)
    with at(begun):
        told("people")
        numbers = open_accounts()
        authors = open_authors(1 + max(story.author for story in stories), numbers)
    cast = Cast(
        authors,
        numbers["moderator@dauys.example"],
        numbers["moderator2@dauys.example"],
        _officers(numbers, 0),
        _officers(numbers, 1),
        Crowd(told=counter("signatures")),
        _stoppers(numbers),
    )
    for story in stories:
        told(story.title)
        play(story, cast, now, signatures if story.big else None)
    if petitions:
        add_petitions(petitions, counter("petitions"), counter("petitions in the search"))
    freeze_history(counter("daily tables"))
    _mark_mails_sent()
    return len(stories) + petitions


def read_stories(now: datetime) -> list[Story]:
    """The stories with every moment as days before `now`; those of the real past are told by date."""

    def days(value: object) -> object:
        # Noon in the east of the country: the day is the same in each of its time zones, then and now.
        return (now - datetime.combine(value, NOON)) / ONE_DAY if isinstance(value, date) else value

    raw = tomllib.loads((HERE / "stories.toml").read_text())["story"]
    return [Story(**{name: days(value) for name, value in story.items()}) for story in raw]


def _stoppers(numbers: dict[str, int]) -> tuple[Actor, Actor]:
    """The two administrators who stop the clocks: one proposes, the other confirms."""
    roles = frozenset({Role.ADMINISTRATOR.value})
    first, second = (numbers[f"{name}@dauys.example"] for name in ("admin", "admin2"))
    return Actor(first, roles), Actor(second, roles)


def _officers(numbers: dict[str, int], place: int) -> dict[str, int]:
    """The first (0) or second (1) officer of each body: one writes an answer, the other checks it."""
    staff: dict[str, list[int]] = {}
    for account in ACCOUNTS:
        if account.body:
            staff.setdefault(account.body, []).append(numbers[account.email])
    return {body: found[place] for body, found in staff.items()}


def _load_registers() -> None:
    with work(SYSTEM) as w:
        load_register(w, w.settings.rulebook)
        for table in (AREAS, AUTHORITIES):
            rows, faults = table.read(w, (HERE / f"{table.name}.csv").read_bytes())
            if faults:
                raise AssertionError(f"the demo's {table.name}.csv is faulty: {faults[0]}")
            table.apply(w, table.plan(w, rows))


def _mark_mails_sent() -> None:
    with work(SYSTEM) as w:
        w.session.execute(update(OutboxRow).where(OutboxRow.sent_at.is_(None)).values(sent_at=w.now))
        w.session.execute(update(Broadcast).where(Broadcast.done_at.is_(None)).values(done_at=w.now))
