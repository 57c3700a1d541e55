"""Retention: 13 ages of every class at its boundary, the dry run, holds, the journal, and totals that stay (P4)."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from auth.models import Account, AccountSession, Invitation, Proposal
from auth.permissions import Role
from auth.services import invitations, proposals, sessions
from core import keyfile, limits
from core.audit import AuditEntry
from core.contacts import ContactMail
from core.i18n import speaking
from core.outbox import OutboxRow
from core.refusal import Refusal
from core.work import SYSTEM, Actor, kernel, reading, work
from petitions.domain.deadlines import TermKind
from petitions.domain.keeping import TERMS, Kept
from petitions.domain.lifecycle import State
from petitions.domain.rulebook import Basis, Span, Unit
from petitions.jobs.retention import destroy_due, warn_controller
from petitions.models.case import Term
from petitions.models.data_requests import DataRequest, RequestKind, RequestState
from petitions.models.petition import Petition, PetitionKeys
from petitions.models.privacy import AuthorLetter
from petitions.models.reports import Report, ReportReason
from petitions.models.retention import RetentionEntry
from petitions.models.signature import Signature, SignatureState
from petitions.queries import retention as queries
from petitions.queries.retention_words import kept_name
from petitions.services import tally
from petitions.services.backups import create_backup
from petitions.services.managing import withdraw_signature
from petitions.services.retention import hold_petition, lift_hold, run_retention
from petitions.services.retention_classes import SWEEPS
from petitions.services.terms import start_term
from tests.factories import a_petition, an_account, sign_in
from tests.signing import act, change, counts, rows, sign, signed
from tests.signing_pages import mails, text_of

AGES = (
    *(timedelta(days=-n) for n in (30, 7, 1)),
    *(timedelta(seconds=-n) for n in (3600, 60, 1)),
    timedelta(0),
    *(timedelta(seconds=n) for n in (1, 60, 3600)),
    *(timedelta(days=n) for n in (1, 7, 30)),
)
assert len(AGES) == 13
CONTROLLER = Actor(account_id=1, roles=frozenset({"controller"}))
Left = Callable[[], int]


def number(table: Any, *where: Any) -> int:
    with reading(SYSTEM) as w:
        return w.session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def months(start: datetime, n: int) -> datetime:
    year, month = divmod(start.month - 1 + n, 12)
    return start.replace(year=start.year + year, month=month + 1)


def unconfirmed(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    petition = a_petition()
    sign(petition)
    return clock.now + timedelta(days=7), lambda: number(Signature, Signature.state == SignatureState.PENDING)


def withdrawn(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    act(withdraw_signature, signed(a_petition()))
    return clock.now + timedelta(days=7), lambda: number(Signature, Signature.name.is_not(None))


def contact_answered(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    petition = a_petition(State.ANSWERED, signatures=3)
    change(petition, lambda w: {"closes_at": w.now - timedelta(days=9), "answered_at": w.now})
    return clock.now + timedelta(days=30), lambda: number(PetitionKeys, PetitionKeys.contact.is_not(None))


def contact_lapsed(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    petition = a_petition(State.LAPSED, signatures=3)
    change(petition, lambda w: {"closes_at": w.now})
    return clock.now + timedelta(days=30), lambda: number(Signature, Signature.contact.is_not(None))


def contact_unanswered(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    petition = a_petition(State.UNDER_REVIEW, signatures=3)
    change(petition, lambda w: {"opened_at": w.now, "closes_at": w.now + timedelta(days=20)})
    return months(clock.now, 21), lambda: number(PetitionKeys, PetitionKeys.contact.is_not(None))


def promise(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    petition = a_petition(State.ANSWERED, signatures=3)
    due = date(2027, 5, 3)
    with work(SYSTEM) as w:
        row = w.session.get_one(Petition, petition)
        row.closes_at = row.answered_at = w.now
        term = start_term(w, row, TermKind.PROMISE, Span(1, Unit.WORKING_DAYS, Basis.LAW), "promised")
        term.due_on = due
        w.session.execute(update(Signature).values(updates=True))
    end = datetime.combine(due + timedelta(days=1), datetime.min.time(), kernel().zone)
    return end + timedelta(days=30), lambda: number(Signature, Signature.contact.is_not(None))


def identity_lapsed(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    petition = a_petition(State.LAPSED, signatures=3)
    change(petition, lambda w: {"closes_at": w.now})
    filled = Signature.name.is_not(None) | Signature.uid.is_not(None)
    return months(clock.now, 1), lambda: number(Signature, filled)


def identity_handed_over(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    petition = a_petition(State.UNDER_REVIEW, signatures=3)
    change(petition, lambda w: {"closes_at": w.now + timedelta(days=20)})
    return months(clock.now + timedelta(days=20), 1), lambda: number(
        PetitionKeys, PetitionKeys.identity.is_not(None)
    )


def identity_still_collecting(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    petition = a_petition(State.COLLECTING, signatures=3)
    change(petition, lambda w: {"opened_at": w.now, "closes_at": None})
    return months(clock.now, 21), lambda: number(PetitionKeys, PetitionKeys.identity.is_not(None))


def mails_counted(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    with work(SYSTEM) as w:
        w.session.add(ContactMail(contact=b"c" * 32, n=1, at=w.now))
    return clock.now + timedelta(hours=24), lambda: number(ContactMail)


def mail_rows(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    with work(SYSTEM) as w:
        for n, done in enumerate(({"sent_at": w.now}, {"parked_at": w.now}, {})):
            row: dict[str, Any] = {"key": f"k{n}", "template": "none", "ref": {}, "language": "kk"}
            row |= {"created_at": w.now, "due_at": w.now}
            w.session.add(OutboxRow(**row, **done))
    return clock.now + timedelta(days=35), lambda: number(OutboxRow, OutboxRow.key.in_(["k0", "k1"]))


def audit(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    with work(SYSTEM) as w:
        w.session.add(AuditEntry(at=w.now, account_id=1, action="test", object="thing"))
    return months(clock.now, 36), lambda: number(AuditEntry)


def backup(clock: Any, tmp: Path) -> tuple[datetime, Left]:
    create_backup(tmp / "copy.dauys", lambda _what: lambda _done, _of: None)
    return clock.now + timedelta(days=35), lambda: int((tmp / "copy.dauys").exists())


def backup_keys(clock: Any, tmp: Path) -> tuple[datetime, Left]:
    backup(clock, tmp)
    return clock.now + timedelta(days=7), lambda: int((tmp / "copy.dauys.keys").exists())


def request(state: RequestState, **fields: Any) -> None:
    with work(SYSTEM) as w:
        known = {"proved_at": w.now, "due_on": w.today} if state is not RequestState.UNPROVED else {}
        row = {"kind": RequestKind.SEE, "state": state, "language": "kk", "asked_at": w.now, "mailbox": b"m"}
        w.session.add(DataRequest(**row, **known, **fields))


def request_open(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    request(RequestState.UNPROVED)
    request(RequestState.WAITING)
    return clock.now + timedelta(hours=24), lambda: number(DataRequest) - 1


def request_mailbox(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    request(RequestState.ANSWERED, answered_at=clock.now)
    return clock.now + timedelta(days=7), lambda: number(DataRequest, DataRequest.mailbox.is_not(None))


def request_done(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    request(RequestState.ANSWERED, answered_at=clock.now)
    return months(clock.now, 12), lambda: number(DataRequest)


def account_unconfirmed(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    an_account(confirmed_at=None, password_long=False)
    an_account()
    return clock.now + timedelta(days=7, hours=1), lambda: number(Account, Account.confirmed_at.is_(None))


def session(clock: Any, *, lasts: timedelta, staff: bool) -> tuple[datetime, Left]:
    with work(SYSTEM) as w:
        begun = {"account_id": an_account(), "created_at": w.now, "expires_at": w.now + lasts}
    with work(SYSTEM) as w:
        w.session.add(AccountSession(id_hash=b"s" * 32, passed_at=w.now if staff else None, **begun))
    return clock.now + lasts, lambda: number(AccountSession)


def session_citizen(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    return session(clock, lasts=sessions.LASTS, staff=False)


def session_half(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    return session(clock, lasts=sessions.LASTS_FOR_THE_SECOND_STEP, staff=False)


def session_staff(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    return session(clock, lasts=sessions.LASTS_FOR_STAFF, staff=True)


def proposal_row(w: Any) -> Proposal:
    row = Proposal(
        kind="role.grant", payload={"account": None}, sealed=b"mailbox", reason="A new moderator is needed.",
        proposed_at=w.now, expires_at=w.now + proposals.LASTS,
    )  # fmt: skip
    w.session.add(row)
    w.session.flush()
    return row


def proposal(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    with work(SYSTEM) as w:
        proposal_row(w)
    return clock.now + timedelta(days=7), lambda: number(Proposal, Proposal.sealed.is_not(None))


def proposal_reason(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    with work(SYSTEM) as w:
        proposal_row(w).sealed = None
    return months(clock.now, 36), lambda: number(Proposal, Proposal.reason != "")


def invitation(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    with work(SYSTEM) as w:
        made = {"proposal_id": proposal_row(w).id, "email_enc": b"mailbox", "language": "kk"}
        w.session.add(Invitation(expires_at=w.now + invitations.LASTS, **made))
    return clock.now + timedelta(days=7), lambda: number(Invitation, Invitation.email_enc.is_not(None))


def author_name(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    petition = a_petition(State.LAPSED)
    change(petition, lambda w: {"closes_at": w.now, "ended_at": w.now})
    return months(clock.now, 24), lambda: number(Petition, Petition.author_name == "Айгүл Үлгіқызы")


def author_name_of_account(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    account = an_account(author=True)
    with work(SYSTEM) as w:
        row = w.session.get_one(Account, account)
        row.closed_at, row.email_index, row.email_enc, row.password_hash = w.now, None, None, None
    return months(clock.now, 24), lambda: number(Account, Account.full_name == "Айгүл Үлгіқызы")


def contact_letter(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    petition = a_petition()
    with work(SYSTEM) as w:
        w.session.add(AuthorLetter(id=1, petition_id=petition, text=b"letter", created_at=w.now))
    return clock.now + timedelta(days=7), lambda: number(AuthorLetter)


def words_of_report(clock: Any, _tmp: Path) -> tuple[datetime, Left]:
    petition = a_petition()
    with work(SYSTEM) as w:
        row = Report(id=1, petition_id=petition, reason=ReportReason.OTHER, text=b"words", filed_at=w.now)
        w.session.add(row)
    return clock.now + timedelta(days=180), lambda: number(Report, Report.text.is_not(None))


CLASSES: dict[str, tuple[Kept, Callable[..., tuple[datetime, Left]]]] = {
    "unconfirmed": (Kept.UNCONFIRMED, unconfirmed),
    "withdrawn": (Kept.WITHDRAWN, withdrawn),
    "contact, answered": (Kept.CONTACT, contact_answered),
    "contact, lapsed": (Kept.CONTACT, contact_lapsed),
    "contact, never answered": (Kept.CONTACT, contact_unanswered),
    "promise": (Kept.PROMISE, promise),
    "identity, lapsed": (Kept.IDENTITY, identity_lapsed),
    "identity, handed over": (Kept.IDENTITY, identity_handed_over),
    "identity, still collecting": (Kept.IDENTITY, identity_still_collecting),
    "mails counted": (Kept.MAILS_COUNTED, mails_counted),
    "mail rows": (Kept.MAIL_ROWS, mail_rows),
    "audit": (Kept.AUDIT, audit),
    "backup": (Kept.BACKUP, backup),
    "backup's keys": (Kept.BACKUP_KEYS, backup_keys),
    "request without its code": (Kept.REQUEST_OPEN, request_open),
    "mailbox of a request": (Kept.REQUEST_MAILBOX, request_mailbox),
    "answered request": (Kept.REQUEST, request_done),
    "unconfirmed account": (Kept.ACCOUNT_UNCONFIRMED, account_unconfirmed),
    "session": (Kept.SESSION, session_citizen),
    "session that waits for the second step": (Kept.SESSION, session_half),
    "session of staff": (Kept.SESSION_STAFF, session_staff),
    "mailbox of an invitation": (Kept.INVITATION, invitation),
    "mailbox of a proposal": (Kept.PROPOSAL, proposal),
    "reason of a proposal": (Kept.PROPOSAL_REASON, proposal_reason),
    "author's name": (Kept.AUTHOR_NAME, author_name),
    "author's name on a closed account": (Kept.AUTHOR_NAME, author_name_of_account),
    "letter to an author": (Kept.CONTACT_LETTER, contact_letter),
    "words of a report": (Kept.REPORT, words_of_report),
}


@pytest.mark.parametrize("name", CLASSES)
def test_each_class_goes_on_its_day_and_not_before(
    app, clock, tmp_path: Path, key_file: Path, name: str
) -> None:
    """13 ages: nothing is destroyed before its moment, everything at it and after, and the equation still fits."""
    kept, make = CLASSES[name]
    due, left = make(clock, tmp_path)
    all_of_it, begun = left(), clock.now
    assert all_of_it > 0
    for age in AGES:
        if due + age < begun:
            continue
        clock.now = due + age
        would = run_retention(dry=True).done.get(kept, 0)
        before = left()
        done = run_retention().done.get(kept, 0)
        assert left() == (0 if age >= timedelta(0) else all_of_it), (name, age)
        assert (would > 0) == (done > 0) == (before != left()), (name, age)
    assert number(RetentionEntry, RetentionEntry.kept == kept) >= 1
    with work(SYSTEM) as w:
        sums = tally.totals(w)
    assert sums["submitted"] == sum(n for part, n in sums.items() if part not in {"submitted", "residents"})


def test_every_class_is_tried_at_its_boundary() -> None:
    """A class that nobody tries at 13 ages is missing here; two have another clock and tests of their own."""
    own_clock = {Kept.NETWORK, Kept.LANGUAGE}  # the machine's clock below, and the browser's
    assert {kept for kept, _make in CLASSES.values()} == set(TERMS) - own_clock
    assert set(TERMS) == set(SWEEPS) | {Kept.CONTACT, Kept.PROMISE, Kept.IDENTITY, Kept.LANGUAGE}


@pytest.mark.postgres_too
@pytest.mark.parametrize("name", ["unconfirmed account", "session of staff", "reason of a proposal"])
def test_the_classes_of_accounts_go_on_both_databases(app, clock, tmp_path: Path, name: str) -> None:
    kept, make = CLASSES[name]
    due, left = make(clock, tmp_path)
    n, clock.now = left(), due - timedelta(seconds=1)
    assert kept not in run_retention().done and left() == n
    clock.now = due
    assert run_retention(dry=True).done[kept] == n == run_retention().done[kept]
    assert left() == 0


def test_a_reason_goes_and_the_act_stays_counted(app, clock, client, tmp_path: Path) -> None:
    proposal_reason(clock, tmp_path)
    before = client.get("/privacy/handover?lang=en").text
    clock.now = months(clock.now, 36)
    run_retention()
    assert client.get("/privacy/handover?lang=en").text == before
    administrator = sign_in(app.test_client(), an_account(Role.ADMINISTRATOR))
    for path in ("/admin/proposals", "/admin/proposals/1"):
        page = administrator.get(f"{path}?lang=en").text
        assert "The reason is erased: its time is over." in page and "moderator is needed" not in page


def test_the_list_of_what_is_due_names_every_class(app, clock, tmp_path: Path) -> None:
    account_unconfirmed(clock, tmp_path)
    clock.now += timedelta(days=1)
    controller = sign_in(app.test_client(), an_account(Role.CONTROLLER))
    page = unescape(controller.get("/admin/retention?lang=en").text)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    with speaking("en"):
        for kept in SWEEPS:
            assert kept_name(kept) in text and kept_name(kept) != kept.value
    assert re.search(r"Accounts whose mailbox was not confirmed .{0,80}? 0 1 ", text)
    clock.now += timedelta(days=7)
    said = app.test_cli_runner().invoke(args=["retention", "run", "--dry-run"]).output
    assert "account_unconfirmed: 1 would be destroyed" in said


def test_the_controller_is_warned_of_reasons_and_names(app, clock, tmp_path: Path) -> None:
    proposal_reason(clock, tmp_path)
    clock.now = months(clock.now, 36) - timedelta(days=15)
    an_account(Role.CONTROLLER, email="controller.person@mail.example", language="en")
    assert warn_controller() == 0
    clock.now += timedelta(days=1)
    assert warn_controller() == 1
    (mail,) = mails(app)
    assert "Reasons of what two people decided: 1" in text_of(mail)


def test_network_counters_go_at_their_moment(app, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The 13 ages of the one class that the machine's own clock ends."""
    begun, now = 1_800_000_000.0, [0.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    for age in AGES:
        store = limits.SqliteStorage(f"sqlite:///{tmp_path / f'{age.total_seconds()}.sqlite3'}")
        now[0] = begun
        store.incr("network", 24 * 3600)
        now[0] = begun + 24 * 3600 + age.total_seconds()
        if now[0] < begun:
            continue
        over = age >= timedelta(0)
        assert (store.expired(), store.get("network")) == (int(over), int(not over)), age
        assert store.forget_expired() == int(over)


@pytest.mark.postgres_too
def test_counts_and_pages_stay_when_keys_go(app, clock, client, key_file: Path) -> None:
    petition = a_petition(State.LAPSED, signatures=12)
    change(petition, lambda w: {"closes_at": w.now})
    before = counts(petition)
    clock.now += timedelta(days=800)
    done = run_retention().done
    assert (done[Kept.CONTACT], done[Kept.IDENTITY]) == (12, 12)
    assert counts(petition) == before
    assert all((row.name, row.contact, row.uid) == (None, None, None) for row in rows(petition))
    assert run_retention().done == {}
    page = client.get("/privacy/destroyed?lang=en").text
    assert "E-mail addresses of signers" in page and ">12<" in page
    assert client.get(f"/petitions/{petition}").status_code == 200


def test_only_those_who_wait_for_a_promise_are_kept(app, clock, tmp_path: Path, key_file: Path) -> None:
    promise(clock, tmp_path)
    with work(SYSTEM) as w:
        first = w.session.scalars(select(Signature)).first()
        first.updates = False
    clock.now += timedelta(days=30)
    assert run_retention(dry=True).done[Kept.CONTACT] == 1
    assert run_retention().done[Kept.CONTACT] == 1
    assert number(Signature, Signature.contact.is_not(None)) == 2
    assert Kept.CONTACT not in run_retention().done


def test_a_dispute_holds_a_petition_back_in_the_open(app, clock, client, key_file: Path) -> None:
    petition = a_petition(State.LAPSED, signatures=2)
    change(petition, lambda w: {"closes_at": w.now})
    with work(CONTROLLER) as w:
        with pytest.raises(Refusal, match="hold-reason"):
            hold_petition(w, petition, "short")
        with pytest.raises(Refusal, match="not-found"):
            hold_petition(w, 999_999, "A court asked for it to be kept.")
        hold = hold_petition(w, petition, "A court asked for it to be kept.")
        with pytest.raises(Refusal, match="hold-there"):
            hold_petition(w, petition, "A court asked for it to be kept.")
    with work(Actor(account_id=2, roles=frozenset({"administrator"}))) as w, pytest.raises(Refusal):
        lift_hold(w, hold)
    clock.now += timedelta(days=60)
    outcome = run_retention()
    assert Kept.CONTACT not in outcome.done
    held = {(due.petition_id, due.kept) for due in outcome.held}
    assert held == {(petition, Kept.CONTACT), (petition, Kept.IDENTITY)}
    said = app.test_cli_runner().invoke(args=["retention", "run", "--dry-run"]).output
    assert f"held back: contact of petition {petition}" in said
    with work(CONTROLLER) as w:
        lift_hold(w, hold)
    assert destroy_due() >= 4
    assert "Nothing is due." in app.test_cli_runner().invoke(args=["retention", "run"]).output


def test_an_open_appeal_holds_the_keys(app, clock, key_file: Path) -> None:
    petition = a_petition(State.REFUSED)
    with work(SYSTEM) as w:
        row = w.session.get_one(Petition, petition)
        term = start_term(w, row, TermKind.APPEAL, Span(5, Unit.WORKING_DAYS, Basis.LAW), "refused")
        term.due_on = w.today + timedelta(days=90)
    clock.now += timedelta(days=45)
    assert {due.held for due in run_retention().held} == {"appeal"}
    with work(SYSTEM) as w:
        w.session.execute(update(Term).values(cancelled_on=w.today))
    assert run_retention().held == ()


def test_a_decision_on_an_appeal_that_is_late_still_holds_the_keys(app, clock, key_file: Path) -> None:
    petition = a_petition(State.REFUSED)
    with work(SYSTEM) as w:
        row = w.session.get_one(Petition, petition)
        start_term(w, row, TermKind.APPEAL, Span(5, Unit.WORKING_DAYS, Basis.LAW), "appealed")
    clock.now += timedelta(days=45)
    assert {due.held for due in run_retention().held} == {"appeal"}


def test_the_controller_is_warned_once_a_week(app, clock) -> None:
    an_account(Role.CONTROLLER, email="controller.person@mail.example", language="en")
    assert warn_controller() == 0
    petition = a_petition(State.LAPSED, signatures=2)
    change(petition, lambda w: {"closes_at": w.now - timedelta(days=20)})
    assert warn_controller() == 1
    warn_controller()
    (mail,) = mails(app)
    assert "E-mail addresses of signers: 1 petition" in text_of(mail)
    with reading(SYSTEM) as w:
        assert [due.held for due in queries.due_cases(w, w.now + timedelta(days=14))] == [None, None]


def test_an_interrupted_run_is_taken_up_again(app, clock, key_file: Path, monkeypatch) -> None:
    from petitions.services import retention

    petition = a_petition(State.LAPSED, signatures=5)
    change(petition, lambda w: {"closes_at": w.now})
    clock.now += timedelta(days=60)
    monkeypatch.setattr(retention, "SLICE", 2)
    whole = retention._empty_slice
    calls = iter([True, False])

    def once(w: Any, due: Any, last: int) -> list[int]:
        if not next(calls, False):
            raise RuntimeError("killed")
        return whole(w, due, last)

    monkeypatch.setattr(retention, "_empty_slice", once)
    with pytest.raises(RuntimeError):
        run_retention()
    assert number(Signature, Signature.contact.is_not(None)) == 3
    monkeypatch.setattr(retention, "_empty_slice", whole)
    run_retention()
    assert number(Signature, Signature.contact.is_not(None)) == 0
    with reading(SYSTEM) as w:
        said = {row.kept: row.n for row in queries.destroyed(w)}
    assert (said[Kept.CONTACT], said[Kept.IDENTITY]) == (5, 5)
    assert keyfile.destroyed_file(key_file).exists()


def test_network_counters_go_within_the_day(app, clock) -> None:
    import time

    from core.limits import SqliteStorage

    store = SqliteStorage("sqlite:///:memory:")
    now = time.time()
    store._rows("INSERT INTO hits VALUES ('a', 1, ?), ('b', 1, ?)", now - 1, now + 9)
    assert (store.expired(), store.forget_expired(), store.expired()) == (1, 1, 0)


def test_no_limit_counts_longer_than_a_day(app) -> None:
    import re

    from tests.architecture.test_sizes import modules

    windows = [w for path in modules() for w in re.findall(r'"\d+ per (\d* ?\w+)"', path.read_text())]
    assert set(windows) <= {"minute", "10 minutes", "hour", "day", "second"}
