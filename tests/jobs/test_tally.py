"""The jobs of counting: what they do, and that they may run twice."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from core import jobs
from core.contacts import ContactMail
from core.db import db
from core.outbox import sweep_outbox
from core.work import SYSTEM, reading, work
from petitions.jobs import tally as tally_jobs
from petitions.models.petition import PetitionCount
from petitions.models.signature import SignatureState, TallyDelta
from petitions.services.managing import withdraw_signature
from tests.conftest import Clock
from tests.factories import a_petition
from tests.signing import act, counts, sign, signed, the_row


def test_the_jobs_are_registered() -> None:
    known = {entry.name: entry for entry in jobs.registered()}
    step = timedelta(seconds=jobs.SecondsScheduler.periodic_task_seconds)
    assert not known["tally"].daily and known["tally"].every < step <= timedelta(seconds=2)
    assert not known["expiry"].daily
    assert known["freeze"].daily and known["tally_check"].daily


@pytest.mark.postgres_too
def test_the_tally_job_does_everything_and_then_nothing(app: Flask) -> None:
    petition_id = a_petition()
    for n in range(4):
        signed(petition_id, f"person{n}@mail.example")
    assert tally_jobs.fold_deltas() == 8
    assert tally_jobs.fold_deltas() == 0
    with reading() as w:
        assert w.session.get_one(PetitionCount, petition_id).counted == 4
        assert w.session.scalar(select(func.count()).select_from(TallyDelta)) == 0


@pytest.mark.postgres_too
def test_what_is_signed_meanwhile_waits_for_the_next_run(app: Flask) -> None:
    petition_id = a_petition()
    sign(petition_id)
    names, busy = iter([f"person{n}@mail.example" for n in range(3)]), list[bool]()

    def another(_connection: object, _record: object) -> None:
        # After each transaction of the job somebody signs; after that one nobody does.
        if not busy and (name := next(names, None)):
            busy.append(True)
            sign(petition_id, name)
            busy.clear()

    event.listen(db.engine, "checkin", another)
    try:
        assert [tally_jobs.fold_deltas(), tally_jobs.fold_deltas()] == [1, 1]
    finally:
        event.remove(db.engine, "checkin", another)


@pytest.mark.postgres_too
def test_the_expiry_job_ages_everything_once(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    sign(petition_id, "one@mail.example")
    act(withdraw_signature, signed(petition_id, "two@mail.example"))
    assert tally_jobs.let_age() == 0
    clock.now += timedelta(days=7)
    # Two contacts are forgotten, one entry expires, one withdrawn signature is erased.
    with reading() as w:
        contacts = w.session.scalar(select(func.count()).select_from(ContactMail))
    assert tally_jobs.let_age() == (contacts or 0) + 2
    assert tally_jobs.let_age() == 0
    assert counts(petition_id) == {"expired": 1, "withdrawn": 1}


def test_the_check_counts_its_findings(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    petition_id = a_petition()
    assert tally_jobs.compare() == 0
    with work(SYSTEM) as w:
        w.session.get_one(PetitionCount, petition_id).counted = 7
    assert tally_jobs.compare() == 1
    with work(SYSTEM) as w:
        w.session.get_one(PetitionCount, petition_id).counted = 0


def test_a_superseded_mail_is_not_sent(app: Flask, clock: Clock) -> None:
    petition_id = a_petition()
    sign(petition_id)
    sign(petition_id)
    assert sweep_outbox() == 2
    folder = app.extensions["dauys"].settings.var_dir / "mail"
    assert len(list(folder.glob("*.eml"))) == 1
    assert the_row(petition_id).state is SignatureState.PENDING
