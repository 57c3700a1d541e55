"""R8: no mail is lost by a kill, a day without SMTP or a poison address; a real SMTP server and a real process."""

import email
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select, text

from core.db import db
from core.outbox import MAX_TRIES, WAIT_FOR_TRANSPORT, OutboxRow, sweep_outbox
from core.work import install, reading
from tests.conftest import Clock
from tests.factories import a_petition
from tests.processes import PATIENCE, flask, free_port
from tests.signing import sign

pytestmark = pytest.mark.postgres_too
POISON = "poison@mail.example"


class Post:
    """A post office: remembers what it took; `before` is called with each mail before it is taken."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.refuses: dict[str, str] = {}
        self.refuses_text: dict[str, str] = {}
        self.breaks_at: set[str] = set()
        self.before: Callable[[], None] = lambda: None
        self.quits = threading.Event()

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        self.before()
        if envelope.rcpt_tos[0] in self.breaks_at:
            server.transport.abort()
        if envelope.rcpt_tos[0] in self.refuses_text:
            return self.refuses_text[envelope.rcpt_tos[0]]
        mail = email.message_from_bytes(envelope.content)
        self.taken.append((envelope.rcpt_tos[0], mail["Message-ID"]))
        return "250 OK"

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:
        self.quits.set()  # the client goes: it has read the 250 of its mail
        return "221 Bye"

    def times(self) -> Counter[tuple[str, str]]:
        """How often each mail was taken."""
        return Counter(self.taken)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def smtp(app: Flask) -> Iterator[str]:
    """Mails go to a port of ours for the time of the test; its address."""
    before = app.extensions["dauys"]
    url = f"smtp://127.0.0.1:{free_port()}"
    install(app, replace(before, settings=before.settings.model_copy(update={"mail_url": url})))
    yield url
    install(app, before)


@pytest.fixture
def office(post: Post, smtp: str) -> Iterator[Controller]:
    """The server at that address; the test starts it."""
    controller = Controller(post, hostname="127.0.0.1", port=int(smtp.rsplit(":", 1)[1]))
    yield controller
    if controller.loop.is_running():
        controller.stop()
    if not controller.loop.is_closed():
        controller.loop.close()


def rows() -> list[OutboxRow]:
    with reading() as w:
        found = list(w.session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
        w.session.expunge_all()
        return found


def test_a_kill_between_250_and_commit_repeats_one_mail_with_its_id(
    app: Flask, clock: Clock, post: Post, smtp: str, office: Controller
) -> None:
    clock.now = datetime.now(UTC)
    number = a_petition()
    for n in range(3):
        sign(number, f"signer{n}@mail.example")
    held: list[Any] = []
    engine = db.engine

    def lock_the_table() -> None:
        if not held:
            held.append(engine.connect())
            lock = "SELECT 1" if engine.dialect.name == "sqlite" else "LOCK TABLE outbox"
            held[0].execute(text(lock))  # SQLite locks for writing as soon as a transaction begins

    post.before = lock_the_table
    office.start()
    settings = app.extensions["dauys"].settings
    process = flask(
        settings.var_dir, "jobs", "tick", env="test", mail_url=smtp, database_url=settings.database_url,
        key_file=str(settings.key_file), secret_key=settings.secret_key.get_secret_value(),
        base_url=settings.base_url, controller_person="Сәуле Үлгіева", controller_body="«Үлгі» қоры",
        controller_address="Үлгіқала", controller_email="c@dauys.example", controller_phone="1",
    )  # fmt: skip
    assert post.quits.wait(PATIENCE), (settings.var_dir / "log").read_text()[-2000:]
    process.send_signal(signal.SIGKILL)
    process.wait()
    held[0].close()
    (first,) = post.taken
    assert all(row.sent_at is None for row in rows())
    clock.now = datetime.now(UTC) + timedelta(seconds=21)
    sweep_outbox()
    assert post.times()[first] == 2
    assert sorted(post.times().values()) == [1, 1, 2]
    assert all(row.sent_at for row in rows())


def test_a_day_without_smtp_costs_no_mail_and_no_try(
    app: Flask, clock: Clock, post: Post, office: Controller
) -> None:
    number = a_petition()
    many = 52  # more than a batch
    for n in range(many):
        sign(number, f"signer{n}@mail.example")
    for _ in range(24):
        sweep_outbox()
        clock.now += timedelta(hours=1)
    assert {(row.tries, row.parked_at, row.sent_at) for row in rows()} == {(0, None, None)}
    office.start()
    assert sweep_outbox() == many
    assert sorted(post.times().values()) == [1] * many


def test_mails_that_come_meanwhile_wait_for_the_next_run(
    app: Flask, clock: Clock, post: Post, office: Controller
) -> None:
    number = a_petition()
    sign(number, "first@mail.example")

    def another() -> None:
        with app.app_context():
            sign(number, f"signer{len(post.taken)}@mail.example")

    post.before = another
    office.start()
    assert [sweep_outbox(), sweep_outbox()] == [1, 1]
    assert len(rows()) == 3


def test_a_poison_address_is_parked_after_eight_tries_and_holds_up_nobody(
    app: Flask, clock: Clock, post: Post, office: Controller
) -> None:
    number = a_petition()
    for address in (POISON, "dead@mail.example", "daniyar@mail.example"):
        sign(number, address)
    post.refuses = {POISON: "451 Try again", "dead@mail.example": "550 No such mailbox"}
    office.start()
    sweep_outbox()
    assert [address for address, _id in post.taken] == ["daniyar@mail.example"]
    assert [bool(row.parked_at) for row in rows()] == [False, True, False]
    for tries in range(2, MAX_TRIES + 1):
        clock.now += timedelta(minutes=2**tries)
        sweep_outbox()
        assert (rows()[0].tries, bool(rows()[0].parked_at)) == (tries, tries == MAX_TRIES)
    clock.now += timedelta(days=7)
    assert sweep_outbox() == 0


def test_a_text_that_the_server_will_not_have_holds_up_nobody(
    app: Flask, clock: Clock, post: Post, office: Controller
) -> None:
    number = a_petition()
    for address in ("spam@mail.example", "later@mail.example", "daniyar@mail.example"):
        sign(number, address)
    post.refuses_text = {"spam@mail.example": "554 Looks like spam", "later@mail.example": "451 Try again"}
    office.start()
    sweep_outbox()
    assert [address for address, _id in post.taken] == ["daniyar@mail.example"]
    assert [(bool(row.parked_at), row.tries) for row in rows()] == [(False, 1), (False, 1), (False, 1)]


@pytest.mark.parametrize(
    ("answer", "parked"),
    [
        ("550 No such user", True),
        ("550 5.1.1 No such user", True),
        ("550 5.2.1 Disabled", True),
        ("552 5.2.2 Full", False),
        ("554 5.7.1 Relay access denied", False),
        ("554 Blocked", False),
        ("550 5.7.1 Your address is on a list", False),
        ("553 5.1.8 Sender rejected", False),
        ("530 Sign in first", False),
    ],
)
def test_only_a_missing_mailbox_is_given_up_at_once(
    app: Flask, post: Post, office: Controller, answer: str, parked: bool
) -> None:
    sign(a_petition(), POISON)
    post.refuses = {POISON: answer}
    office.start()
    sweep_outbox()
    assert [(bool(row.parked_at), row.tries) for row in rows()] == [(parked, 1)]


def test_mails_that_a_server_refused_for_everybody_go_out_after_all(
    app: Flask, clock: Clock, post: Post, office: Controller
) -> None:
    number = a_petition()
    signers = [f"signer{n}@mail.example" for n in range(3)]
    for address in signers:
        sign(number, address)
    post.refuses = dict.fromkeys(signers, "554 5.7.1 Relay access denied")
    office.start()
    for tries in range(1, MAX_TRIES + 1):
        sweep_outbox()
        clock.now += timedelta(minutes=2**tries)
    assert all(row.parked_at for row in rows())
    post.refuses = {}
    told = app.test_cli_runner().invoke(args=["outbox", "retry"])
    assert (told.exit_code, told.output) == (0, "Mails that will be tried again: 3\n")
    sweep_outbox()
    assert sorted(address for address, _id in post.taken) == signers
    assert (
        app.test_cli_runner().invoke(args=["outbox", "retry"]).output == "Mails that will be tried again: 0\n"
    )


def test_a_mail_that_breaks_the_connection_goes_behind_the_others(
    app: Flask, clock: Clock, post: Post, office: Controller
) -> None:
    number = a_petition()
    for address in (POISON, "daniyar@mail.example"):
        sign(number, address)
    post.breaks_at = {POISON}
    office.start()
    sweep_outbox()
    assert "daniyar@mail.example" not in dict(post.taken)
    clock.now += WAIT_FOR_TRANSPORT
    sweep_outbox()
    assert "daniyar@mail.example" in dict(post.taken)
