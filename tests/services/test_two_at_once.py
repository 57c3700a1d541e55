"""Two acts on one row at once: the second waits for the first, and sees what it did."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from auth.models import Account, AccountSession
from auth.passwords import hash_password
from auth.permissions import Role
from auth.services import accounts, passwords, sessions
from auth.tokens import Purpose, make_token
from core.db import db
from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, Actor, Work, reading, work
from petitions.services.stopping import confirm_stop, propose_stop, reject_stop
from tests.factories import an_account, an_administrator
from tests.processes import PATIENCE, eventually
from tests.services.test_stops import a_draft

pytestmark = pytest.mark.postgres_too
PASSWORD, OTHER = "river cedar lantern 58", "amber willow 77 station"
MAILBOX = "dana@mail.example"
Act = Callable[[Work], Any]


def _blocked() -> int:
    with db.engine.connect() as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return int(connection.scalar(text(waiting)) or 0)


def at_once(app: Flask, first: Act, second: Act, actor: Actor = SYSTEM, other: Actor = SYSTEM) -> list[Any]:
    """What both came to, a Refusal's code or what was returned: the second begins before the first has committed."""
    inside, go = threading.Event(), threading.Event()

    def one() -> Any:
        with app.app_context(), work(actor) as w:
            done = first(w)
            w.session.flush()
            inside.set()
            assert go.wait(PATIENCE)
            return done

    def two() -> Any:
        with app.app_context(), work(other) as w:
            return second(w)

    with ThreadPoolExecutor(2) as pool:
        done: list[Future[Any]] = [pool.submit(one)]
        assert inside.wait(PATIENCE)
        done.append(pool.submit(two))
        if db.engine.dialect.name == "postgresql":
            eventually(lambda: done[1].done() or _blocked() > 0)
        go.set()
        return [_came_to(one) for one in done]


def _came_to(done: Future[Any]) -> Any:
    try:
        return done.result(PATIENCE)
    except Refusal as refusal:
        return refusal.code


def test_one_mailbox_that_registers_twice_has_one_account(app: Flask) -> None:
    def register(w: Work) -> str:
        accounts.register_account(w, "", MAILBOX, PASSWORD, "kk")
        return "done"

    assert at_once(app, register, register, ANYONE, ANYONE) == ["done", "done"]
    with reading() as w:
        assert w.session.scalar(select(func.count()).select_from(Account)) == 1


def test_no_session_of_the_old_password_outlives_a_reset(app: Flask) -> None:
    number = an_account(email=MAILBOX, password_hash=hash_password(PASSWORD))
    with reading() as w:
        proof = sessions.check_credentials(w, MAILBOX, PASSWORD)
        token = make_token(w, Purpose.RESET, w.session.get_one(Account, number))
    came = at_once(
        app, lambda w: passwords.finish_reset(w, token, OTHER), lambda w: sessions.begin_session(w, proof)
    )
    assert came == [None, "sign-in-failed"]
    with reading() as w:
        assert w.session.scalar(select(func.count()).select_from(AccountSession)) == 0


def test_a_reset_by_one_link_happens_once(app: Flask) -> None:
    number = an_account(email=MAILBOX, password_hash=hash_password(PASSWORD))
    with reading() as w:
        token = make_token(w, Purpose.RESET, w.session.get_one(Account, number))
    came = at_once(
        app,
        lambda w: passwords.finish_reset(w, token, OTHER),
        lambda w: passwords.finish_reset(w, token, "a thief's own words 12"),
    )
    assert came == [None, "link-expired"]
    with reading() as w:
        assert sessions.check_credentials(w, MAILBOX, OTHER).account_id == number


def test_a_stop_is_confirmed_or_rejected_but_not_both(app: Flask) -> None:
    one, other = (
        Actor(account_id=an_administrator(), roles=frozenset({Role.ADMINISTRATOR.value})) for _ in "12"
    )
    with work(one) as w:
        number = propose_stop(w, a_draft())
    came = at_once(
        app, lambda w: confirm_stop(w, number) and "in force", lambda w: reject_stop(w, number), other, one
    )
    assert came == ["in force", "stop-decided"]
