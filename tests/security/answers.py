"""S4: doors that must not tell a known mailbox from an unknown one, each with what is sent for both."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.work import ANYONE, SYSTEM, work
from petitions.models.tokens import Purpose
from petitions.services.managing import withdraw_signature
from tests.accounts import TOKEN, a_user
from tests.factories import a_petition
from tests.signing import rows, sign, signed, token_of
from tests.signing_pages import FORM, page_of

# What differs from one answer to the next by chance, whoever asks.
BY_CHANCE = {"Date", "X-Request-Id", "Set-Cookie", "ETag"}
Send = Callable[[int], TestResponse]


@dataclass(frozen=True)
class Door:
    """A name, and what is sent in round `n` for somebody who is known and for somebody who is not."""

    name: str
    known: Send
    unknown: Send


def doors(client: FlaskClient, rounds: int) -> Iterator[Door]:
    """Every door, with enough people for so many rounds: a mailbox that was used before is limited alike."""
    _people(rounds)
    for name, url, more in (
        ("register", "/account/register", {"password": "seven quiet rivers of glass"}),
        ("sign in", "/account/sign-in", {"password": "a wrong one of some length"}),
        ("reset", "/account/reset", {}),
    ):
        yield Door(name, *_by_mailbox(client, url, more))
    yield _sign_again(client, rounds)
    yield _withdrawn(client, rounds)


def _people(rounds: int) -> None:
    first = a_user("known0@post.example")
    with work(SYSTEM) as w:
        from auth.models import Account
        from auth.queries import email_place
        from auth.services.accounts import mailbox_index

        told = w.session.get_one(Account, first)
        for n in range(1, rounds):
            mailbox = f"known{n}@post.example"
            row = Account(
                email_index=mailbox_index(w, mailbox), email_enc=b"", full_name=told.full_name, language="en",
                password_hash=told.password_hash, created_at=w.now, confirmed_at=w.now,
            )  # fmt: skip
            w.session.add(row)
            w.session.flush()
            row.email_enc = w.keys.seal_text("account", mailbox, email_place(row.id))


def _token(client: FlaskClient, url: str) -> str:
    found = TOKEN.search(client.get(url).text)
    assert found
    return found[1]


def _by_mailbox(client: FlaskClient, url: str, more: dict[str, str]) -> tuple[Send, Send]:
    token = _token(client, url)

    def send(mailbox: str) -> TestResponse:
        return client.post(url, data={"csrf_token": token, "email": mailbox, **more})

    return (lambda n: send(f"known{n}@post.example")), (lambda n: send(f"other{n}@post.example"))


def _sign_again(client: FlaskClient, rounds: int) -> Door:
    petition_id = a_petition()
    for n in range(rounds):
        sign(petition_id, f"known{n}@mail.example")
    token = _token(client, page_of(petition_id))

    def send(mailbox: str) -> TestResponse:
        return client.post(page_of(petition_id), data={**FORM, "email": mailbox, "csrf_token": token})

    return Door(
        "sign again", lambda n: send(f"known{n}@mail.example"), lambda n: send(f"other{n}@mail.example")
    )


def _withdrawn(client: FlaskClient, rounds: int) -> Door:
    petition_id = a_petition()
    tokens = []
    for end in range(2):
        row = signed(petition_id, f"person{end}@mail.example")
        tokens.append(token_of(row, Purpose.MANAGE))
    with work(ANYONE) as w:
        withdraw_signature(w, tokens[0])
    assert {row.withdrawn_at is None for row in rows(petition_id)} == {True, False}
    gone, there = (f"/signatures/manage/{token}" for token in tokens)
    return Door("withdraw", lambda _n: client.get(gone), lambda _n: client.get(there))


def outside(answer: TestResponse) -> tuple[object, ...]:
    """Status, headers and length: what an onlooker can compare."""
    headers = sorted((name, value) for name, value in answer.headers if name not in BY_CHANCE)
    cookies = sorted(cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie"))
    return answer.status_code, tuple(headers), tuple(cookies)


def area_under_curve(known: list[float], unknown: list[float]) -> float:
    """How often a known one took longer than an unknown one: 0.5 tells nothing (Mann and Whitney 1947)."""
    ranked = sorted([(value, 0) for value in unknown] + [(value, 1) for value in known])
    total, at = 0.0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            end += 1
        total += sum(mark for _value, mark in ranked[at:end]) * ((at + 1 + end) / 2)
        at = end
    n = len(known)
    return (total - n * (n + 1) / 2) / (n * len(unknown))
