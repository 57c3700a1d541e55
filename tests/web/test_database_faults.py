"""R2 and R3 in short: a database that is away or full is 503 in the reader's language, and nothing is acknowledged."""

import errno
import io
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from core.db import db
from core.logs import init_logs, log
from core.work import brief_work
from tests.conftest import Clock, make_app
from tests.factories import a_petition
from tests.processes import free_port
from tests.signing import rows
from tests.signing_pages import FORM, csrf, page_of

SEE_OTHER, BUSY = 303, 503
# Between two looks of SQLite's own, at about 428 and 528 milliseconds.
HELD_SECONDS, LATE_SECONDS = 0.45, 0.04


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/petitions"), ("GET", "/petitions/1"), ("POST", "/petitions/1/sign")]
)
def test_a_database_that_is_away(tmp_path: Path, clock: Clock, method: str, path: str) -> None:
    away = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing"
    app = make_app(tmp_path, away, clock)
    answer = app.test_client().open(path, method=method, headers={"Accept-Language": "ru"})
    assert answer.status_code == BUSY and int(answer.headers["Retry-After"]) > 0
    assert '<html lang="ru">' in answer.text and answer.headers["Cache-Control"] == "no-store"
    assert app.test_client().get("/healthz").status_code == 200
    assert app.test_client().get("/readyz").status_code == BUSY


@pytest.fixture
def pages(app: Flask) -> Iterator[dict[str, int]]:
    """How many pages the SQLite file may have: `most`."""
    allowed = {"most": 2**30}

    def limit(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {allowed['most']}")

    event.listen(db.engine, "connect", limit)
    yield allowed
    event.remove(db.engine, "connect", limit)
    db.engine.dispose()


def test_a_disk_that_is_full(app: Flask, client: FlaskClient, pages: dict[str, int]) -> None:
    number = a_petition()
    form = FORM | {"csrf_token": csrf(client.get(page_of(number)).text)}

    def send(n: int) -> int:
        return client.post(page_of(number), data=form | {"email": f"signer{n}@mail.example"}).status_code

    assert send(0) == SEE_OTHER
    with db.engine.connect() as connection:
        pages["most"] = connection.execute(text("PRAGMA page_count")).scalar_one()
    db.engine.dispose()
    statuses = [send(n) for n in range(1, 60)]
    assert BUSY in statuses and set(statuses) <= {SEE_OTHER, BUSY}
    pages["most"] = 2**30
    db.engine.dispose()
    assert send(100) == SEE_OTHER
    assert len(rows(number)) == statuses.count(SEE_OTHER) + 2


class FullDisk(io.StringIO):
    """Standard error where there is no room."""

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_cannot_be_written_stops_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.extensions["dauys"].settings
    monkeypatch.setattr("sys.stderr", FullDisk())
    init_logs(settings)
    log.error("nobody reads this", n=1)
    monkeypatch.undo()
    init_logs(settings)


def test_a_writer_begins_as_soon_as_another_process_has_ended(app: Flask) -> None:
    """SQLite by itself looks ten times a second after a while, and misses the short pauses of who writes much."""
    other = sqlite3.connect(db.engine.url.database or "", isolation_level=None, check_same_thread=False)
    late = sorted(_late_after(other) for _turn in range(5))
    other.close()
    assert late[2] < LATE_SECONDS, late


def _late_after(other: sqlite3.Connection) -> float:
    """Seconds between the end of another's transaction and the begin of ours, which had waited for it."""
    ended = list[float]()

    def end() -> None:
        other.execute("ROLLBACK")
        ended.append(time.perf_counter())

    other.execute("BEGIN IMMEDIATE")
    ending = threading.Timer(HELD_SECONDS, end)
    ending.start()
    with brief_work():
        begun = time.perf_counter()
    ending.join()
    return begun - ended[0]
