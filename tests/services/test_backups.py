"""A backup and its way back, on both databases; and what a thief of database and backup gets without the keys."""

import base64
import hashlib
import hmac
import json
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from core import keyfile
from core.backup import BackupFault, keys_beside
from core.crypto import read_key_file
from core.db import Base, db
from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, kernel, reading, work
from petitions.domain.lifecycle import State
from petitions.models.case import JournalEntry
from petitions.models.data_requests import RequestKind
from petitions.models.petition import PetitionCount, PetitionKeys
from petitions.models.signature import Signature
from petitions.queries.retention import contact_reads
from petitions.queries.signing import contact_of, name_of
from petitions.services import tally
from petitions.services.backups import copies, create_backup, restore_backup
from petitions.services.data_requests import ask
from petitions.services.disclosure import read_contact
from petitions.services.petition_keys import KeyName, destroy_key, rotate
from tests.factories import a_petition, an_account, sign_in
from tests.services.test_disclosure import agreed, staff
from tests.signing import rows, signed

MANY = 5_000
CANARY, MAILBOX = "Канарейка Үлгіқызы", "canary.person@mail.example"


def told(_what: str):
    return lambda _done, _of: None


def everything() -> dict[str, list[tuple]]:
    with db.engine.connect() as connection:
        return {
            table.name: connection.execute(table.select().order_by(*table.primary_key.columns)).all()
            for table in Base.metadata.sorted_tables
        }


def wipe() -> None:
    with db.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


def many(petition_id: int, n: int = MANY) -> None:
    """So many counted signatures, as copies of one."""
    model = signed(petition_id)
    values = {column.name: getattr(model, column.name) for column in Signature.__table__.columns}
    with work(SYSTEM) as w:
        made = [values | {"id": model.id + k + 1, "uid": k.to_bytes(32, "big")} for k in range(n - 1)]
        w.session.execute(insert(Signature), made)
        tally.add(w, petition_id, counted=n - 1)
    with work(SYSTEM) as w:
        while tally.fold(w):
            pass


@pytest.mark.postgres_too
def test_back_up_wipe_and_restore(app, tmp_path: Path) -> None:
    number = a_petition()
    many(number)
    file, before = tmp_path / "copy.dauys", everything()
    manifest = create_backup(file, told)
    assert manifest.tables["signatures"].rows == MANY
    assert [path.stat().st_mode & 0o777 for path in (file, keys_beside(file))] == [0o400, 0o400]
    with pytest.raises(BackupFault, match="not empty"):
        restore_backup(file, told, replace=False)
    wipe()
    done = restore_backup(file, told, replace=False)
    assert everything() == before
    assert done.rows == sum(len(table) for table in before.values())
    # New rows get numbers behind the restored ones.
    assert a_petition() > number
    wipe()
    restore_backup(file, told, replace=True)
    with reading(SYSTEM) as w:
        assert contact_of(w, rows(number)[0]) == "daniyar@mail.example"
        assert w.session.get_one(PetitionCount, number).counted == MANY


@pytest.mark.postgres_too
def test_what_was_destroyed_since_stays_destroyed(app, tmp_path: Path, key_file: Path) -> None:
    old, young = a_petition(State.LAPSED, signatures=2), a_petition(signatures=1)
    file = tmp_path / "copy.dauys"
    create_backup(file, told)
    with work(SYSTEM) as w:
        destroy_key(w, old, KeyName.CONTACT)
    done = restore_backup(file, told, replace=True)
    assert done.destroyed == 1
    with reading(SYSTEM) as w:
        assert contact_of(w, rows(old)[0]) is None
        assert [row.contact for row in rows(old)] == [None, None]
        assert name_of(w, rows(old)[0]) and contact_of(w, rows(young)[0])
        event = select(func.count()).where(JournalEntry.event == "contacts_destroyed")
        assert w.session.scalar(event) == 1


def test_a_backup_from_before_a_rotation_opens_after_it(app, tmp_path: Path, key_file: Path) -> None:
    number = a_petition(signatures=1)
    file = tmp_path / "copy.dauys"
    create_backup(file, told)
    rotate(lambda _a, _b: None)
    restore_backup(file, told, replace=True)
    with reading(SYSTEM) as w:
        assert contact_of(w, rows(number)[0])
        row = w.session.get_one(PetitionKeys, number)
        assert row.contact.startswith(read_key_file(key_file).current.encode())


def test_a_new_machine_takes_the_keys_of_the_backup(app, tmp_path: Path, key_file: Path) -> None:
    number = a_petition(signatures=1)
    file = tmp_path / "copy.dauys"
    create_backup(file, told)
    known, wrapping = key_file.read_text(), dict(kernel().keys.wrapping)
    foreign = {"version": 1, "site": base64.b64encode(b"s" * 32).decode(), "current": "new"}
    keyfile.replace_file(key_file, json.dumps(foreign | {"wrapping": {"new": foreign["site"]}}))
    shared = kernel()
    app.extensions["dauys"] = type(shared)(
        shared.settings, read_key_file(key_file), shared.zone, shared.clock
    )
    try:
        done = restore_backup(file, told, replace=True)
        assert done.kept_aside and key_file.read_text() == known
    finally:
        app.extensions["dauys"] = shared
        shared.keys.wrapping.update(wrapping)
    with reading(SYSTEM) as w:
        assert contact_of(w, rows(number)[0])


def test_a_damaged_or_foreign_backup_changes_nothing(app, tmp_path: Path) -> None:
    a_petition(signatures=1)
    file = tmp_path / "copy.dauys"
    create_backup(file, told)
    before = everything()
    with pytest.raises(BackupFault, match="there already"):
        create_backup(file, told)

    lonely = tmp_path / "lonely.dauys"
    shutil.copy(file, lonely)
    with pytest.raises(BackupFault, match="needs both"):
        restore_backup(lonely, told, replace=True)

    changed = tmp_path / "changed.dauys"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            target.writestr(
                name, text.replace(b"counted", b"invalid") if name == "signatures.jsonl" else text
            )
    shutil.copy(keys_beside(file), keys_beside(changed))
    with pytest.raises(BackupFault, match="signatures"):
        restore_backup(changed, told, replace=True)

    noise = tmp_path / "noise.dauys"
    noise.write_bytes(b"not a zip")
    with pytest.raises(BackupFault, match="not a backup"):
        restore_backup(noise, told, replace=True)

    other = tmp_path / "other.dauys"
    shutil.copy(file, other)
    keyfile.replace_file(
        keys_beside(other),
        json.dumps({"site": base64.b64encode(b"x" * 32).decode(), "current": "a", "wrapping": {"a": "AAAA"}}),
    )
    with pytest.raises(BackupFault, match="not the key file"):
        restore_backup(other, told, replace=True)
    assert everything() == before


def test_copies_are_known_until_they_are_gone(app, tmp_path: Path, clock) -> None:
    file = tmp_path / "copy.dauys"
    create_backup(file, told)
    found = {copy.path: copy for copy in copies(clock.now) if copy.path in {file, keys_beside(file)}}
    assert found[file].due_at == clock.now + timedelta(days=35)
    assert found[keys_beside(file)].due_at == clock.now + timedelta(days=7)
    file.unlink()
    assert file not in {copy.path for copy in copies(clock.now)}
    keys_beside(file).unlink()
    clock.now += timedelta(days=8)
    create_backup(file, told)
    again = [(copy.path, copy.due_at) for copy in copies(clock.now) if copy.path in {file, keys_beside(file)}]
    assert again == [
        (keys_beside(file), clock.now + timedelta(days=7)),
        (file, clock.now + timedelta(days=35)),
    ]


def test_the_commands(app, tmp_path: Path) -> None:
    a_petition(signatures=3)
    run = app.test_cli_runner().invoke
    file = str(tmp_path / "copy.dauys")
    made = run(args=["backup", "create", file])
    assert made.exit_code == 0 and "3 signatures" in made.output, made.output
    assert run(args=["backup", "create", file]).exit_code == 1
    refused = run(args=["backup", "restore", file])
    assert refused.exit_code == 1 and "not empty" in refused.output
    done = run(args=["backup", "restore", file, "--yes"])
    assert done.exit_code == 0 and "the totals fit" in done.output, done.output


@pytest.mark.postgres_too
def test_a_thief_without_the_keys_gets_no_name_no_contact_and_no_uid_to_test(app, tmp_path: Path) -> None:
    """Database and backup are searched and every uid is tried against the right mailbox, with all that they hold."""
    number = a_petition(author=None)
    row = signed(number, MAILBOX, full_name=CANARY)
    file = tmp_path / "copy.dauys"
    create_backup(file, told)
    loot = "\n".join(repr(row) for table in everything().values() for row in table).encode()
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    loot += b"\n".join(parts.values())
    for plain in (CANARY, CANARY.lower(), MAILBOX, MAILBOX.split("@")[0], CANARY.split()[0]):
        for form in (plain, json.dumps(plain)[1:-1], plain.encode("utf-16-le").decode("latin-1")):
            assert form.encode() not in loot
            assert base64.b64encode(form.encode())[:-4] not in loot
            assert form.encode().hex().encode() not in loot

    uid = row.uid
    assert uid and base64.b64encode(uid) in parts["signatures.jsonl"]
    # Every value in the loot is tried as a key, plain hashes too: none makes the mailbox's uid.
    keys = [b"", *_values(parts)]
    told_texts = [MAILBOX, f"v1|email|{MAILBOX}", f"email|{MAILBOX}", f"{number}|{MAILBOX}"]
    for text in (t.encode() for t in told_texts):
        assert uid not in {
            hashlib.sha256(text).digest(),
            hashlib.sha256(str(number).encode() + text).digest(),
        }
        assert all(hmac.new(key, text, hashlib.sha256).digest() != uid for key in keys)
    # The control: with the key file it is found at once.
    with reading(SYSTEM) as w:
        from petitions.models.keys import person_uid

        assert person_uid(w, number, "email", MAILBOX) == uid


@pytest.mark.postgres_too
def test_no_index_of_the_loot_can_be_tried_against_a_list_of_mailboxes(app, tmp_path: Path) -> None:
    """Accounts, requests and counts of mails are found by keyed hashes: none is a hash of the loot's own making."""
    listed = [MAILBOX, *(f"person{n}@mail.example" for n in range(20))]
    signed(a_petition(author=None), MAILBOX)
    an_account(email=MAILBOX)
    with work(ANYONE) as w:
        ask(w, MAILBOX, RequestKind.SEE, "", "kk")
    create_backup(tmp_path / "copy.dauys", told)
    with zipfile.ZipFile(tmp_path / "copy.dauys") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    held = _values(parts)
    hashes = {value for value in held if len(value) == 32}
    tables = ("accounts", "data_requests", "contact_mails", "signatures")
    assert all(parts[f"{name}.jsonl"].strip() for name in tables) and len(hashes) >= 4
    for mailbox in listed:
        for text in (mailbox, f"v1|email|{mailbox}", f"account|{mailbox}", f"data-request|{mailbox}"):
            tried = {
                hashlib.sha256(text.encode()).digest(),
                hashlib.blake2b(text.encode(), digest_size=32).digest(),
            }
            tried |= {hmac.new(key, text.encode(), hashlib.sha256).digest() for key in [b"", *held]}
            assert not tried & hashes
    # The control: the key file makes the account's index at once.
    with reading(SYSTEM) as w:
        assert w.keys.blind_index("account", MAILBOX) in hashes


def _values(parts: dict[str, bytes]) -> list[bytes]:
    found = set()
    for name, content in parts.items():
        for line in content.splitlines() if name.endswith(".jsonl") else ():
            for value in json.loads(line):
                if isinstance(value, str):
                    found.add(value.encode())
                    try:
                        raw = base64.b64decode(value, validate=True)
                    except ValueError:
                        continue
                    found |= {raw, raw[:32], raw[-32:], raw.partition(b"|")[2]}
    return list(found)


@pytest.mark.postgres_too
def test_what_was_ended_since_the_backup_is_not_open_after_it(app, client, tmp_path: Path) -> None:
    number = a_petition(signatures=1)
    one, other = staff(), staff()
    leave = agreed(one, other, number, rows(number)[0].id)
    citizen = sign_in(client, an_account())
    assert citizen.get("/account/").status_code == 200
    file = tmp_path / "copy.dauys"
    create_backup(file, told)
    with work(one) as w:
        read_contact(w, leave)
    restore_backup(file, told, replace=True)
    assert citizen.get("/account/").status_code == 303
    with work(one) as w, pytest.raises(Refusal, match="read-used"):
        read_contact(w, leave)
    with reading() as w:
        assert contact_reads(w) == (1, 0)


def test_a_restore_that_fails_leaves_the_key_file_in_its_place(app, tmp_path: Path, key_file: Path) -> None:
    number = a_petition(signatures=1)
    file = tmp_path / "copy.dauys"
    with work(SYSTEM) as w:
        w.session.get_one(PetitionCount, number).counted = 7
    create_backup(file, told)
    shared, before = kernel(), everything()
    foreign = {"version": 1, "site": base64.b64encode(b"s" * 32).decode(), "current": "new"}
    keyfile.replace_file(key_file, json.dumps(foreign | {"wrapping": {"new": foreign["site"]}}))
    present = key_file.read_text()
    app.extensions["dauys"] = type(shared)(
        shared.settings, read_key_file(key_file), shared.zone, shared.clock
    )
    aside = keyfile.aside_file(key_file)
    try:
        with pytest.raises(BackupFault, match="drifted"):
            restore_backup(file, told, replace=True)
        assert (key_file.read_text(), aside.exists(), everything()) == (present, False, before)
        assert list(kernel().keys.wrapping) == ["new"]
        aside.write_text("of an earlier one")
        with pytest.raises(BackupFault, match="move it away"):
            restore_backup(file, told, replace=True)
        assert aside.read_text() == "of an earlier one"
    finally:
        app.extensions["dauys"] = shared
        with work(SYSTEM) as w:
            w.session.get_one(PetitionCount, number).counted = 1
