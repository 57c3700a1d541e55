"""The keys of petitions: rotation of the wrapping key, destruction, and what readiness says of the file."""

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core import keyfile
from core.crypto import read_key_file
from core.refusal import Refusal
from core.work import SYSTEM, kernel, reading, work
from petitions.domain.lifecycle import State
from petitions.models.keys import contact_key, identity_key
from petitions.models.petition import PetitionKeys
from petitions.queries.signing import contact_of, name_of
from petitions.services import petition_keys
from petitions.services.petition_keys import KeyName, destroy_key, replay_destructions, rotate
from tests.factories import a_petition
from tests.signing import rows, signed

pytestmark = pytest.mark.usefixtures("key_file")


def quiet(_done: int, _of: int) -> None:
    """No progress."""


def opened(petition_id: int) -> list[tuple[str | None, str | None]]:
    with reading(SYSTEM) as w:
        return [(name_of(w, row), contact_of(w, row)) for row in rows(petition_id)]


@pytest.mark.postgres_too
def test_rotation_moves_every_petition_and_drops_the_old_key(app, key_file: Path, monkeypatch) -> None:
    monkeypatch.setattr(petition_keys, "SLICE", 2)
    numbers = [a_petition(signatures=1) for _ in range(5)]
    before = [opened(n) for n in numbers]
    old = read_key_file(key_file).current
    done = rotate(quiet)
    ring = read_key_file(key_file)
    assert (done.moved, done.dropped, ring.current) == (5, (old,), done.current)
    assert list(ring.wrapping) == [done.current] != [old]
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o400
    # The running process has the old ring in memory: it reads the file anew where it must.
    assert [opened(n) for n in numbers] == before
    assert opened(a_petition(signatures=1))[0][1]
    with reading(SYSTEM) as w:
        wrapped = [row.contact for row in w.session.scalars(select(PetitionKeys))]
    assert {petition_keys.wrapping_key_of(key) for key in wrapped if key} == {done.current}


def test_an_interrupted_rotation_is_finished(app, key_file: Path) -> None:
    number = a_petition(signatures=1)
    old = read_key_file(key_file).current
    new = keyfile.add_wrapping_key(key_file)
    assert opened(number)
    done = rotate(quiet, finish_only=True)
    assert (done.current, done.moved, done.dropped) == (new, 1, (old,))


def test_a_key_in_use_is_not_dropped_while_a_row_does_not_open(app, key_file: Path) -> None:
    number = a_petition()
    with work(SYSTEM) as w:
        w.session.execute(update(PetitionKeys).values(contact=b"deadbeef|nothing"))
    with pytest.raises(Exception, match="deadbeef"):
        rotate(quiet)
    assert len(read_key_file(key_file).wrapping) == 2
    with work(SYSTEM) as w:
        row = w.session.get_one(PetitionKeys, number)
        row.contact = None


@pytest.mark.postgres_too
def test_a_destroyed_key_is_gone_in_public_and_for_good(app, key_file: Path, client) -> None:
    number = a_petition(State.LAPSED)
    with work(SYSTEM) as w:
        wrapped = w.session.get_one(PetitionKeys, number).contact
        assert destroy_key(w, number, KeyName.CONTACT)
        assert not destroy_key(w, number, KeyName.CONTACT)
    with reading(SYSTEM) as w, pytest.raises(Refusal, match="gone"):
        contact_key(w, number)
    with reading(SYSTEM) as w:
        assert identity_key(w, number)
    assert "destroyed" in client.get(f"/petitions/{number}?lang=en").text
    (line,) = [json.loads(text) for text in keyfile.destroyed_file(key_file).read_text().splitlines()]
    assert (line["petition"], line["key"]) == (number, "contact")

    # A restored backup brings the key back: the replay destroys it again, and only that one.
    with work(SYSTEM) as w:
        w.session.get_one(PetitionKeys, number).contact = wrapped
    with work(SYSTEM) as w:
        assert replay_destructions(w) == 1
        assert replay_destructions(w) == 0
        assert w.session.get_one(PetitionKeys, number).contact is None


def test_a_replay_leaves_another_key_under_the_same_number_alone(app, key_file: Path) -> None:
    number = a_petition()
    entry = {"petition": number, "key": "identity", "at": "2026-01-01T00:00:00+00:00", "mark": "0" * 32}
    keyfile.append_line(keyfile.destroyed_file(key_file), entry)
    with work(SYSTEM) as w:
        assert replay_destructions(w) == 0
        assert identity_key(w, number)


def test_destroyed_bytes_leave_the_database_file(app, key_file: Path) -> None:
    from core.db import db, scrub

    number = a_petition(State.LAPSED)
    signed_ = a_petition()
    signed(signed_)
    with work(SYSTEM) as w:
        wrapped = w.session.get_one(PetitionKeys, number).contact
        destroy_key(w, number, KeyName.CONTACT)
    scrub(PetitionKeys)
    path = Path(str(db.engine.url.database))
    left = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    assert wrapped and wrapped not in left


def test_readiness_says_when_the_key_file_is_missing_or_does_not_fit(app, key_file: Path, client) -> None:
    a_petition()
    assert client.get("/readyz").status_code == 200
    content = json.loads(key_file.read_text())
    key_file.unlink()
    answer = client.get("/readyz")
    assert (answer.status_code, "cannot be read" in answer.text) == (503, True)
    other = {**content, "wrapping": {content["current"]: content["site"]}}
    keyfile.replace_file(key_file, json.dumps(other))
    kernel().keys.wrapping[content["current"]] = read_key_file(key_file).wrapping[content["current"]]
    answer = client.get("/readyz")
    assert (answer.status_code, "does not open" in answer.text) == (503, True)


def test_the_command_rotates(app, key_file: Path) -> None:
    a_petition(signatures=1)
    done = app.test_cli_runner().invoke(args=["keys", "rotate"])
    assert done.exit_code == 0, done.output
    assert "1 petitions were moved" in done.output
