"""The statements of every signature find their rows by an index; the quick form agrees with the whole one."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from flask_babel import Babel
from flask_wtf.csrf import generate_csrf
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import UniqueConstraint, event

from core import contacts
from core.db import Base, db, run_plainly
from core.outbox import sweep_outbox
from core.prepared import Prepared
from core.work import Work, brief_work, work
from petitions.models.signature import SignatureState
from petitions.queries import gate, privacy
from petitions.services import entries
from petitions.services.signing import confirm_signature, sign_petition
from petitions.web.forms.signing import SignForm, quick_entry
from tests.factories import ALMATY, a_petition
from tests.signing import CONSENT, a_signer, rows, signed, the_row, token_of
from tests.signing_pages import FORM, csrf

ONE = {"petition": 1, "signature": 1, "place": ALMATY, "of_scheme": "email", "person": b"x" * 32}
DAYS = {"today": b"x" * 32, "yesterday": b"y" * 32}
HOT: Mapping[str, tuple[Prepared, dict[str, Any]]] = {
    "gate": (gate._GATE, ONE),
    "entry": (gate._LOCKED, ONE),
    "known": (entries._KNOWN, ONE),
    "counted": (entries._CONFIRM, ONE | {"new_state": "counted", "new_confirmed_at": None}),
    "mails": (contacts._SENT, DAYS),
    "alike": (contacts._ALIKE, DAYS),
    "notice": (privacy._NEWEST, {}),
}
GROWING = (
    "signatures",
    "petitions",
    "petition_keys",
    "contact_mails",
    "notice_versions",
    "authorities",
    "areas",
)


def plan(w: Work, name: str) -> str:
    """How the database would find the rows, as if the tables were large."""
    statement, values = HOT[name]
    connection = w.connection
    made = statement._of(connection.dialect)
    if connection.dialect.name == "postgresql":
        run_plainly(connection, "SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN "
    else:
        explain = "EXPLAIN QUERY PLAN "
    found = run_plainly(connection, explain + made.text, made.driver_values(values)).fetchall()
    return "\n".join(str(row[-1]) for row in found)


@pytest.mark.postgres_too
def test_what_every_signature_asks_is_found_by_an_index(app: Flask) -> None:
    signed(a_petition())
    with work() as w:
        for name in HOT:
            said = plan(w, name)
            for table in GROWING:
                assert f"Seq Scan on {table}" not in said, (name, said)
                # SQLite reads a table through an index of it too: only a search is a search.
                assert f"SCAN {table}\n" not in f"{said}\n" or "INDEX" in said, (name, said)


@contextmanager
def waits() -> Iterator[list[str]]:
    """What the database is waited for inside: statements of SQLite; of PostgreSQL all that asks for an answer.

    A PRAGMA sets something of the connection, and waits for nothing.
    """
    taken: list[str] = []

    def note(statement: str) -> None:
        if not statement.startswith("PRAGMA"):
            taken.append(statement)

    with tempfile.TemporaryFile("w+") as heard:

        def listen(connection: Any, *_more: Any) -> None:
            if hasattr(connection, "pgconn"):
                connection.pgconn.trace(heard.fileno())
            else:
                connection.set_trace_callback(note)

        def leave(connection: Any, *_more: Any) -> None:
            if hasattr(connection, "pgconn"):
                connection.pgconn.untrace()
            else:
                connection.set_trace_callback(None)

        event.listen(db.engine, "checkout", listen)
        event.listen(db.engine, "checkin", leave)
        try:
            yield taken
        finally:
            event.remove(db.engine, "checkout", listen)
            event.remove(db.engine, "checkin", leave)
        heard.seek(0)
        sent = [line.rstrip().split("\t") for line in heard]
        taken += [
            " ".join(parts[3:])
            for parts in sent
            if len(parts) > 3 and parts[1] == "F" and parts[3] in {"Sync", "Query"}
        ]


@pytest.mark.postgres_too
def test_a_signature_waits_for_the_database_no_oftener_than_it_did(app: Flask, database: str) -> None:
    petition = a_petition()
    with waits() as entered, brief_work() as w:
        sign_petition(w, petition, a_signer(), CONSENT)
    token = token_of(the_row(petition))
    with waits() as counted, brief_work() as w:
        confirm_signature(w, token)
    most = {"sqlite": (9, 5), "postgresql": (9, 5)}[database]
    assert (len(entered), len(counted)) <= most, (entered, counted)
    assert len(counted) == most[1]


@pytest.mark.postgres_too
def test_the_way_of_a_signature_waits_for_nothing_beside_it(app: Flask, client: FlaskClient) -> None:
    """From the form to the confirmation, over HTTP: the frame around them adds the version of the notice."""
    petition, taken = a_petition(), dict[str, int]()
    for name in ("first@mail.example", "second@mail.example"):
        token = csrf(client.get(f"/petitions/{petition}/sign").text)
        data = FORM | {"email": name, "csrf_token": token}
        with waits() as entered:
            assert client.post(f"/petitions/{petition}/sign", data=data).status_code == 303
        with waits() as mailed:
            assert sweep_outbox() == 1
        (waiting,) = (row for row in rows(petition) if row.state is SignatureState.PENDING)
        link = f"/signatures/confirm/{token_of(waiting)}"
        with waits() as opened:
            assert client.get(link).status_code == 200
        with waits() as counted:
            assert client.post(link).status_code == 200
        # What is made for the first of them is kept for the second.
        taken = {"entry": len(entered), "mail": len(mailed), "link": len(opened), "count": len(counted)}
    most = {"entry": 10, "mail": 8, "link": 1, "count": 5}
    assert {name: n for name, n in taken.items() if n > most[name]} == {}


def test_every_key_of_signatures_begins_with_the_petition() -> None:
    table = Base.metadata.tables["signatures"]
    unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    keys = [list(table.primary_key.columns), *(list(c.columns) for c in unique)]
    keys += [list(index.columns) for index in table.indexes if index.unique]
    assert len(keys) == 2
    assert {key[0].name for key in keys} == {"petition_id"}


WORDS = st.sampled_from(
    [
        "Айгүл Сынақова",
        "Айгүл",
        " Айгүл\t Сынақова ",
        "",
        "А" * 121,
        "Ян Ли\u202e",
        "x@y.example",
        "a@b",
        "y",
        "жоқ",
    ]
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "full_name": WORDS | st.text(max_size=12),
        "email": WORDS | st.text(max_size=12) | st.emails(),
        "consent": WORDS,
        "updates": WORDS,
    },
)


@settings(max_examples=150)
@given(sent=FIELDS)
def test_the_quick_form_takes_what_the_whole_form_takes(sent: dict[str, str]) -> None:
    """It may leave faults of name, mailbox and place to the use case, which says them on the whole form."""
    app = _plain_app()
    with app.test_request_context():
        fields, known = {**sent, "area": ALMATY, "csrf_token": generate_csrf()}, dict(session)
    with app.test_request_context(method="POST", data=fields):
        session.update(known)
        quick = quick_entry("kk")
        form = SignForm({"": [(ALMATY, "Алматы")]})
        whole = form.signer("kk") if form.validate_on_submit() else None
    if whole is not None:
        assert quick == whole
    elif quick is not None:
        # Nothing but what the use case itself refuses was let through.
        assert form.full_name.errors or form.email.errors
        assert not form.consent.errors and not form.area.errors


_apps: list[Flask] = []


def _plain_app() -> Flask:
    """An app for forms alone."""
    if not _apps:
        made = Flask("forms")
        made.config.update(SECRET_KEY="forms only", DAUYS_LANGUAGE="kk")
        Babel(made)
        _apps.append(made)
    return _apps[0]
