"""The demo's people: accounts that can be signed in with, authors, and a crowd of signers; all invented."""

import base64
import hashlib
from dataclasses import dataclass
from secrets import token_hex

from auth.passwords import hash_password
from auth.permissions import STAFF, Role
from auth.services.authors import become_author
from auth.services.factors import set_factor
from auth.services.staff import create_user
from core.work import SYSTEM, Actor, work


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo; its password is printed by `make run`, so it must never stand in production."""

    email: str
    name: str
    role: Role
    body: str | None = None
    head: bool = False


PASSWORD = "ashyq-dauys-korsetilim-7"  # noqa: S105 - made to be printed
ACCOUNTS = (
    DemoAccount("citizen@dauys.example", "Дана Үлгіқызы", Role.CITIZEN),
    DemoAccount("author@dauys.example", "Ерлан Үлгіұлы", Role.CITIZEN),
    DemoAccount("moderator@dauys.example", "Мөлдір Тексерова", Role.MODERATOR),
    DemoAccount("moderator2@dauys.example", "Айжан Қайтақарова", Role.MODERATOR),
    DemoAccount("village@dauys.example", "Бауыржан Ауылбаев", Role.OFFICER, "akimat-akmonshak"),
    DemoAccount("district@dauys.example", "Гүлнар Ауданова", Role.OFFICER, "akimat-kokserek"),
    DemoAccount("city@dauys.example", "Тимур Кварталов", Role.OFFICER, "akimat-taukaragan", head=True),
    DemoAccount("region@dauys.example", "Сания Облысова", Role.OFFICER, "akimat-62"),
    DemoAccount("maslikhat@dauys.example", "Айдос Мәслихатов", Role.OFFICER, "maslikhat-kokserek"),
    DemoAccount("ministry@dauys.example", "Ғалия Министрова", Role.OFFICER, "kz-min-education"),
    DemoAccount("ministry2@dauys.example", "Ринат Заңов", Role.OFFICER, "kz-min-education"),
    DemoAccount("village2@dauys.example", "Әлия Заңгерова", Role.OFFICER, "akimat-akmonshak"),
    DemoAccount("district2@dauys.example", "Самат Құқықов", Role.OFFICER, "akimat-kokserek"),
    DemoAccount("city2@dauys.example", "Вера Правова", Role.OFFICER, "akimat-taukaragan"),
    DemoAccount("region2@dauys.example", "Дәурен Тексеріс", Role.OFFICER, "akimat-62"),
    DemoAccount("maslikhat2@dauys.example", "Жания Бапова", Role.OFFICER, "maslikhat-kokserek"),
    DemoAccount("controller@dauys.example", "Сәуле Үлгіева", Role.CONTROLLER),
    DemoAccount("admin@dauys.example", "Нұржан Басқаров", Role.ADMINISTRATOR),
    DemoAccount("admin2@dauys.example", "Ләззат Екіншиева", Role.ADMINISTRATOR),
)
WOMEN = (
    "Айгерім", "Әсел", "Бота", "Гүлназ", "Жанар", "Зарина", "Кәмила", "Лаура", "Мадина", "Назым", "Ольга", "Полина",
    "Сабина", "Ұлжан", "Фатима", "Шолпан", "Елена", "Айсұлу", "Динара",
)  # fmt: skip
MEN = (
    "Асқар", "Данияр", "Ерасыл", "Иван", "Қайрат", "Марат", "Өмір", "Руслан", "Тоқтар", "Бекзат", "Нұрлан", "Тимур",
    "Олег", "Сырым", "Ғалым", "Андрей", "Шыңғыс",
)  # fmt: skip
SURNAMES = (
    ("Ақбұлақова", "Ақбұлақов"), ("Ғалымова", "Ғалымов"), ("Есілова", "Есілов"), ("Жазықбаева", "Жазықбаев"),
    ("Көгілдірова", "Көгілдіров"), ("Лесная", "Лесной"), ("Озёрная", "Озёрный"), ("Өзенбаева", "Өзенбаев"),
    ("Полевая", "Полевой"), ("Ұшқынова", "Ұшқынов"), ("Ясная", "Ясный"), ("Берёзкина", "Берёзкин"),
    ("Жасылова", "Жасылов"), ("Көктемова", "Көктемов"), ("Рябинина", "Рябинин"), ("Бәйтеректі", "Бәйтеректі"),
    ("Зеренді", "Зеренді"), ("Қарасай", "Қарасай"), ("Майтөбе", "Майтөбе"), ("Самалды", "Самалды"),
    ("Хантәңірі", "Хантәңірі"), ("Шалғынбай", "Шалғынбай"), ("Арайлы", "Арайлы"),
)  # fmt: skip
PLACES = ("620000000", "750000000", "710000000", "550000000", "350000000", "790000000", "630000000")


def name_of(n: int) -> str:
    """The n-th invented name: women and men in turn."""
    first, which = (WOMEN, 0) if n % 2 else (MEN, 1)
    return f"{first[n // 2 % len(first)]} {SURNAMES[(n * 7 + n // 40) % len(SURNAMES)][which]}"


def open_accounts() -> dict[str, int]:
    """Open the demo's accounts, staff with a second factor; their numbers by mailbox."""
    numbers, kept = {}, hash_password(PASSWORD)
    for account in ACCOUNTS:
        with work(SYSTEM) as w:
            numbers[account.email] = create_user(
                w, account.name, account.email, PASSWORD, account.role, account.body, "kk",
                head=account.head, kept=kept,
            )  # fmt: skip
            if account.role in STAFF:
                set_factor(w, numbers[account.email], demo_secret(account.email))
    return numbers


def demo_secret(email: str) -> str:
    """The invented secret of a demo account's one-time codes: always the same, and no secret at all."""
    drawn = hashlib.sha256(f"dauys demo|{email}".encode()).digest()[:20]
    return base64.b32encode(drawn).decode()


def open_authors(n: int, numbers: dict[str, int]) -> list[Actor]:
    """The authors of the stories: the demo's own first, the others invented; each consented to be named."""
    authors = [_author(numbers["author@dauys.example"], "Ерлан Үлгіұлы", PLACES[0])]
    # Nobody signs in with these accounts: one password that nobody knows, made ready once, is enough for all.
    password = token_hex(16)
    kept = hash_password(password)
    for i in range(1, n):
        email, name = f"author{i}@people.example", name_of(i)
        with work(SYSTEM) as w:
            id_ = create_user(w, name, email, password, Role.CITIZEN, None, "kk", kept=kept)
        authors.append(_author(id_, name_of(i), PLACES[i % len(PLACES)]))
    return authors


def _author(account_id: int, name: str, place: str) -> Actor:
    actor = Actor(account_id=account_id, roles=frozenset({Role.CITIZEN.value}))
    with work(actor) as w:
        become_author(w, name, place, consent=True)
    return actor
