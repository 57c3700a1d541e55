"""S11: a person who signs, confirms, corrects, withdraws and asks leaves no trace outside sealed columns and mails."""

import io
import json
import logging
import re
import sqlite3
import stat
import tempfile
import zipfile
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import structlog
from sqlalchemy.exc import IntegrityError
from structlog.processors import JSONRenderer

from core import jobs
from core.db import db
from core.logs import handler_of_libraries, redact
from core.mail import transport_for
from core.work import SYSTEM, work
from petitions.domain.lifecycle import Action, Party
from petitions.models.petition import Petition
from petitions.services import cases
from petitions.services.backups import create_backup
from tests import canary
from tests.canary import MARKS, spellings, traces
from tests.conftest import make_app
from tests.factories import a_petition, an_account
from tests.signing import the_row
from tests.signing_pages import mails, manage_url, page_of, send, text_of

NAME, OTHER_NAME = "Канарейка Сынақова", "Тоқтархан Сынақова"
MAILBOX = "kanareika.synaq@mail.example"
WORDS = (*MARKS, "Тоқтархан", "synaq")


def live(app, client, clock) -> int:
    """The whole way of one person."""
    petition = a_petition()
    form = {"full_name": NAME, "email": MAILBOX, "updates": "y"}
    assert send(client, page_of(petition), **form).status_code == 303
    jobs.tick(everything=True)
    links = [re.search(r"http://localhost(/signatures/confirm/\S+)", text_of(m)) for m in mails(app)]
    assert client.post(links[0][1].split("?")[0]).status_code == 200
    send(client, page_of(petition), **form)
    send(client, page_of(petition), **{**form, "full_name": "X", "area": "nowhere"})
    manage = manage_url(petition)
    client.get(manage), client.get(f"{manage}?format=json")
    client.post(manage, data={"action": "correct", "full_name": OTHER_NAME, "area": the_row(petition).area})
    clock.now += timedelta(hours=2)
    asked = client.get("/my-data").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', asked)[1]
    client.post("/my-data", data={"csrf_token": token, "email": MAILBOX, "kind": "see", "text": NAME})
    with work(SYSTEM) as w:
        row = w.session.get_one(Petition, petition)
        row.reached_at = row.handed_over_at = w.now
        cases.move(w, row, Action.HAND_OVER, Party.SYSTEM)
    jobs.tick(everything=True)
    client.post(manage, data={"action": "withdraw"})
    assert client.get(manage).status_code == 200
    jobs.tick(everything=True)
    return petition


def test_a_canary_person_is_found_nowhere(app, client, clock, tmp_path: Path, caplog) -> None:
    temp_before = {path for path in Path(tempfile.gettempdir()).glob("tmp*")}
    out, err = io.StringIO(), io.StringIO()
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as said, redirect_stdout(out), redirect_stderr(err):
        petition = live(app, client, clock)
    logged = "\n".join(
        [out.getvalue(), err.getvalue(), caplog.text, json.dumps(said, default=str, ensure_ascii=False)]
    )
    assert traces(logged.encode(), WORDS) == []

    pages = [
        *("/metrics", "/readyz", "/", "/petitions", "/privacy/destroyed", "/api/v1/petitions"),
        *(
            f"/petitions/{petition}",
            f"/api/v1/petitions/{petition}",
            f"/api/v1/petitions/{petition}/signatures/daily",
        ),
    ]
    for path in pages:
        assert traces(client.get(path).data, WORDS) == [], path

    create_backup(tmp_path / "copy.dauys", lambda _what: lambda _done, _of: None)
    with zipfile.ZipFile(tmp_path / "copy.dauys") as archive:
        assert traces(b"".join(archive.read(name) for name in archive.namelist()), WORDS) == []
    folder = Path(str(db.engine.url.database)).parent
    files = [f for f in folder.rglob("*") if f.is_file() and "mail" not in f.relative_to(folder).parts]
    assert any(file.suffix == ".sqlite3" for file in files)
    assert {file.name: found for file in files if (found := traces(file.read_bytes(), WORDS))} == {}
    fresh = {path for path in Path(tempfile.gettempdir()).glob("tmp*")} - temp_before
    texts = [f for top in fresh for f in ([top] if top.is_file() else top.rglob("*")) if f.is_file()]
    assert {str(f): found for f in texts if (found := traces(f.read_bytes(), WORDS))} == {}


def test_the_test_would_see_a_trace(tmp_path: Path) -> None:
    """The control: the same search finds the person in each spelling, in a database, a backup and a log line."""
    for word in WORDS:
        for form in spellings(word):
            assert word in traces(b"--" + form + b"--", WORDS)
    folder = tmp_path / "on-purpose"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "plain.sqlite3")) as plain:
        plain.execute("CREATE TABLE t (name TEXT)")
        plain.execute("INSERT INTO t VALUES (?)", (NAME,))
        plain.commit()
    with zipfile.ZipFile(folder / "copy.zip", "w") as archive:
        archive.writestr("signatures.jsonl", json.dumps({"name": NAME}))
    found = canary.in_files([folder])
    assert {Path(path).name for path in found} == {"plain.sqlite3", "copy.zip"}
    assert all({"Сынақова", "Канарейка"} <= set(hits) for hits in found.values())
    assert set(canary.in_site(folder)) == {"plain.sqlite3"}
    assert canary.in_files([tmp_path]) == {}  # the one place of a test's own control


def test_a_token_and_a_uid_are_known_wherever_they_stand(app) -> None:
    """Whatever process made them: a manage link or a uid in a log or a file is found by itself."""
    petition = a_petition(signatures=1)
    row = the_row(petition)
    token = manage_url(petition).rsplit("/", 1)[1]
    for made in (token, row.uid.hex()):
        assert traces(f"GET /signatures/manage/{made}?lang=kk 200".encode()) == ["token or uid"]
    assert traces(b"GET /signatures/manage/" + b"x" * 120) == []
    assert canary.what_was_made()


@pytest.mark.postgres_too
def test_a_failed_statement_logs_nobody(app, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither the parameters nor the row that PostgreSQL shows come into a log, by whichever way they go out."""
    name = "Канарейка Сынақова"
    with pytest.raises(IntegrityError) as caught:
        an_account(full_name=name, email=MAILBOX, password_hash=None)
    assert "parameters hidden" in str(caught.value)
    record = logging.LogRecord("huey", logging.ERROR, "", 1, "failed", (), None)
    record.exc_info = (type(caught.value), caught.value, caught.value.__traceback__)
    said = handler_of_libraries(JSONRenderer(ensure_ascii=False)).format(record)
    said += str(redact(None, "", {"exception": str(caught.value)}))
    assert "open_is_reachable" in said  # what failed is there, who failed is not
    # The source lines of a traceback are the test's own.
    lines = [line for line in said.replace("\\n", "\n").splitlines() if "full_name=" not in line]
    assert traces("\n".join(lines).encode(), WORDS) == []


@pytest.mark.parametrize(
    "line",
    [
        "Exception while serving /signatures/manage/" + "aB3_-" * 30,
        "recipient refused: dana@mail.example",
        "uid " + "0f" * 32,
        "call +7 700 000 00 00",
        "DETAIL:  Failing row contains (1, Дана Сынаққызы)",
    ],
)
def test_what_libraries_log_is_cut(line: str) -> None:
    record = logging.LogRecord("waitress", logging.ERROR, "", 1, line, (), None)
    said = handler_of_libraries(JSONRenderer(ensure_ascii=False)).format(record)
    assert json.loads(said)["logger"] == "waitress"
    assert "[cut]" in said and traces(said.encode()) == []
    assert not re.search(r"aB3_-aB3|0f0f|700 000", said)


def test_what_is_kept_on_disk_is_the_owners_alone(tmp_path: Path, clock) -> None:
    """The folder of the database, the limits and the queue, and that of mails on a trial machine."""
    folder = tmp_path / "new"
    make_app(folder, f"sqlite:///{folder / 'x.sqlite3'}", clock)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    transport_for(f"folder:{folder / 'mail'}")(EmailMessage())
    assert stat.S_IMODE((folder / "mail").stat().st_mode) == 0o700
