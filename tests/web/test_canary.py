"""S11: a person who signs, confirms, corrects, withdraws and asks leaves no trace outside sealed columns and mails."""

import base64
import io
import json
import logging
import re
import sqlite3
import tempfile
import zipfile
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path

import structlog

from core import jobs
from core.db import db
from core.work import SYSTEM, work
from petitions.domain.lifecycle import Action, Party
from petitions.models.petition import Petition
from petitions.services import cases
from petitions.services.backups import create_backup
from tests.factories import a_petition
from tests.signing import the_row
from tests.signing_pages import mails, manage_url, page_of, send, text_of

NAME, OTHER_NAME = "Канарейка Сынақова", "Қанағат Сынақова"
MAILBOX = "kanareika.synaq@mail.example"
WORDS = ("Канарейка", "Қанағат", "Сынақова", "kanareika", "synaq")


def spellings(word: str) -> set[bytes]:
    """How a word may stand in a file: as text in two encodings, escaped, in capitals, quoted, in base64."""
    texts = {word, word.lower(), word.upper(), json.dumps(word)[1:-1], word.encode("unicode_escape").decode()}
    found = {text.encode() for text in texts} | {word.encode("utf-16-le")}
    found |= {base64.b64encode(b"\0" * n + word.encode())[4:-4] for n in range(3)}
    found.add("".join(f"%{byte:02X}" for byte in word.encode()).encode())
    return {form for form in found if len(form) > 5}


def traces(content: bytes) -> list[str]:
    low = content.lower()
    return [w for w in WORDS if any(form in content or form.lower() in low for form in spellings(w))]


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
    assert traces(logged.encode()) == []

    pages = [
        *("/metrics", "/readyz", "/", "/petitions", "/privacy/destroyed", "/api/v1/petitions"),
        *(
            f"/petitions/{petition}",
            f"/api/v1/petitions/{petition}",
            f"/api/v1/petitions/{petition}/signatures/daily",
        ),
    ]
    for path in pages:
        assert traces(client.get(path).data) == [], path

    create_backup(tmp_path / "copy.dauys", lambda _what: lambda _done, _of: None)
    with zipfile.ZipFile(tmp_path / "copy.dauys") as archive:
        assert traces(b"".join(archive.read(name) for name in archive.namelist())) == []
    folder = Path(str(db.engine.url.database)).parent
    files = [f for f in folder.rglob("*") if f.is_file() and "mail" not in f.relative_to(folder).parts]
    assert any(file.suffix == ".sqlite3" for file in files)
    assert {file.name: found for file in files if (found := traces(file.read_bytes()))} == {}
    fresh = {path for path in Path(tempfile.gettempdir()).glob("tmp*")} - temp_before
    texts = [f for top in fresh for f in ([top] if top.is_file() else top.rglob("*")) if f.is_file()]
    assert {str(f): found for f in texts if (found := traces(f.read_bytes()))} == {}


def test_the_test_would_see_a_trace(tmp_path: Path) -> None:
    """The control: the same search finds the person in each spelling, and in a database file."""
    for word in WORDS:
        for form in spellings(word):
            assert word in traces(b"--" + form + b"--")
    with closing(sqlite3.connect(tmp_path / "plain.sqlite3")) as plain:
        plain.execute("CREATE TABLE t (name TEXT)")
        plain.execute("INSERT INTO t VALUES (?)", (NAME,))
        plain.commit()
    assert traces((tmp_path / "plain.sqlite3").read_bytes()) == ["Канарейка", "Сынақова"]
