"""Accounts: registering, confirming, names, authors, roles and closing, through the use cases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from auth import passwords, queries
from auth.models import Account, AccountSession, RoleGrant
from auth.permissions import PERMISSIONS, STAFF, Permission, Role, demand, may
from auth.services import accounts, authors, sessions, staff
from auth.services import passwords as changes
from auth.tokens import Purpose, make_token
from core.audit import AuditEntry
from core.outbox import OutboxRow
from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, Actor, Work, reading, work
from petitions.domain.keeping import Kept
from petitions.services.retention import run_retention
from tests.accounts import OTHER_PASSWORD, PASSWORD, a_user

pytestmark = pytest.mark.usefixtures("app")
ALMATY, GOVERNMENT = "750000000", "kz-gov"
MAILBOX = "ainur@post.example"


def refused(code: str, case: Callable[..., Any], *args: Any, actor: Actor = ANYONE, **more: Any) -> Refusal:
    with pytest.raises(Refusal) as caught, work(actor) as w:
        case(w, *args, **more)
    assert caught.value.code == code
    return caught.value


def do(case: Callable[..., Any], *args: Any, actor: Actor = ANYONE, **more: Any) -> Any:
    with work(actor) as w:
        return case(w, *args, **more)


def citizen(number: int) -> Actor:
    return Actor(account_id=number, roles=frozenset({Role.CITIZEN}))


def kept(query: Any) -> list[Any]:
    with reading() as w:
        rows = list(w.session.scalars(query))
        w.session.expunge_all()
        return rows


def account(number: int) -> Account:
    return kept(select(Account).where(Account.id == number))[0]


def register(mailbox: str = MAILBOX, password: str = PASSWORD) -> None:
    do(accounts.register_account, "", mailbox, password, "kk")


def only_account() -> Account:
    (row,) = kept(select(Account))
    return row


def token(number: int, purpose: Purpose) -> str:
    with reading() as w:
        return make_token(w, purpose, w.session.get_one(Account, number))


def posted() -> list[tuple[str, int | None]]:
    return [(row.template, row.ref["account"]) for row in kept(select(OutboxRow).order_by(OutboxRow.id))]


def open_session(mailbox: str = MAILBOX, password: str = PASSWORD) -> str:
    with reading() as w:
        proof = sessions.check_credentials(w, mailbox, password)
    return do(sessions.begin_session, proof)


def whose(session: str) -> queries.Identity | None:
    with reading() as w:
        return queries.identity_of(w, session)


@pytest.mark.postgres_too
def test_a_registered_account_waits_for_its_mailbox(app) -> None:
    register("Ai.Nur+x@GoogleMail.com")
    row = only_account()
    assert row.confirmed_at is None and posted() == [("auth-confirm", row.id)]
    refused("sign-in-failed", sessions.check_credentials, "ainur@gmail.com", PASSWORD)
    do(accounts.confirm_account, token(row.id, Purpose.CONFIRM))
    do(accounts.confirm_account, token(row.id, Purpose.CONFIRM))
    assert whose(open_session("ainur@gmail.com")).account_id == row.id


def test_the_mailbox_is_sealed_and_only_its_owner_reads_it() -> None:
    register()
    row = only_account()
    assert all(b"ainur" not in bytes(value) for value in (row.email_index, row.email_enc))
    with reading() as w:
        assert queries.own_account(w, row.id).email == MAILBOX
        assert queries.contact_of(w, row.id) == queries.Contact(row.id, MAILBOX, "kk", "")


def test_a_second_registration_before_confirming_wins_and_ends_the_first_link() -> None:
    register()
    first = token(only_account().id, Purpose.CONFIRM)
    register(password=OTHER_PASSWORD)
    refused("link-expired", accounts.confirm_account, first)
    do(accounts.confirm_account, token(only_account().id, Purpose.CONFIRM))
    assert open_session(password=OTHER_PASSWORD)


def test_an_open_account_is_not_touched_by_a_registration() -> None:
    number = a_user()
    before = account(number).password_hash
    register(mailbox="AINUR@post.example", password=OTHER_PASSWORD)
    assert account(number).password_hash == before and posted() == [("auth-exists", number)]


def ended() -> tuple[int, int]:
    """How many accounts and sessions the retention ends now."""
    done = run_retention().done
    return done.get(Kept.ACCOUNT_UNCONFIRMED, 0), done.get(Kept.SESSION, 0)


def test_accounts_that_nobody_confirms_and_old_sessions_are_deleted(clock) -> None:
    number = a_user("open@post.example")
    register()
    session = open_session("open@post.example")
    clock.now += timedelta(days=7)
    assert ended() == (0, 0)
    clock.now += timedelta(days=7, minutes=1)
    assert ended() == (1, 1)
    assert only_account().id == number and whose(session) is None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short one", "password-short"),
        ("x" * 257, "password-long"),
        ("қазақстан2024", "password-common"),
        ("пароль123456", "password-common"),
        ("qwertyuiop12", "password-common"),
        ("ainursample1", "password-common"),
        ("aaaaaaaaaaaaaaaaaaaa", "password-common"),
    ],
)
def test_passwords_that_are_short_or_easy_to_guess(password: str, code: str) -> None:
    error = refused(
        code, accounts.register_account, "Ainur Sample", "ainursample@post.example", password, "kk"
    )
    assert error.field == "password"


def test_any_sign_may_stand_in_a_password() -> None:
    for n, password in enumerate(
        ["a\x00 b \ud800 quiet 🙂 river", "ö" * 3 + "кедр жүз елу сегіз", "пять слов без смысла тут"]
    ):
        a_user(f"p{n}@post.example", password=password)
        assert open_session(f"p{n}@post.example", password)


def test_the_same_letters_in_another_spelling_are_the_same_password() -> None:
    a_user(password="тихий чай и пять йогов")
    assert open_session(password="тихий чаи\u0306 и пять и\u0306огов")


def test_a_hash_of_older_costs_is_renewed_at_sign_in() -> None:
    number = a_user()
    old = passwords.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    with work(SYSTEM) as w:
        w.session.execute(update(Account).values(password_hash=old))
    assert whose(open_session()).account_id == number
    assert account(number).password_hash != old and open_session()


def test_a_password_changed_meanwhile_opens_no_session() -> None:
    number = a_user()
    with reading() as w:
        proof = sessions.check_credentials(w, MAILBOX, PASSWORD)
    do(changes.finish_reset, token(number, Purpose.RESET), OTHER_PASSWORD)
    refused("sign-in-failed", sessions.begin_session, proof)


def test_too_many_hashes_at_once_wait_and_then_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE_SECONDS", 0.01)
    taken = [passwords._slots.acquire(timeout=1) for _n in range(passwords.HASHES_AT_ONCE)]
    try:
        assert all(taken)
        refused("too-busy", sessions.check_credentials, MAILBOX, PASSWORD)
    finally:
        for _slot in taken:
            passwords._slots.release()


def test_a_reset_works_once_and_signs_out_everywhere(clock) -> None:
    number = a_user()
    session, link = open_session(), token(number, Purpose.RESET)
    do(changes.finish_reset, link, OTHER_PASSWORD)
    assert whose(session) is None and whose(open_session(password=OTHER_PASSWORD))
    refused("link-expired", changes.finish_reset, link, PASSWORD)
    late = token(number, Purpose.RESET)
    clock.now += timedelta(hours=2)
    refused("link-expired", changes.check_reset, late)


def test_a_link_of_one_purpose_is_none_of_another() -> None:
    number = a_user()
    refused("not-found", changes.check_reset, token(number, Purpose.CONFIRM))
    refused("not-found", changes.check_reset, "x" * 80)


def test_a_reset_confirms_the_mailbox() -> None:
    register()
    do(changes.request_reset, MAILBOX, "kk")
    do(changes.finish_reset, token(only_account().id, Purpose.RESET), OTHER_PASSWORD)
    assert open_session(password=OTHER_PASSWORD)


def test_an_unknown_mailbox_leaves_the_same_trace_as_a_known_one() -> None:
    number = a_user()
    do(changes.request_reset, MAILBOX, "kk")
    do(changes.request_reset, "nobody@post.example", "kk")
    assert posted() == [("auth-reset", number), ("auth-reset", None)]


def test_a_new_password_keeps_only_the_browser_it_was_set_in() -> None:
    me = citizen(a_user())
    here, there = open_session(), open_session()
    with reading(me) as w:
        proof = sessions.check_present(w, PASSWORD)
    do(changes.change_password, proof, OTHER_PASSWORD, keep=whose(here).session_hash, actor=me)
    assert whose(here) and whose(there) is None
    refused("changed-meanwhile", changes.change_password, proof, PASSWORD, actor=me)
    refused("password-wrong", sessions.check_present, PASSWORD, actor=me)


def test_sessions_end_by_time_sooner_for_staff(clock) -> None:
    a_user()
    a_user("mod@post.example", Role.MODERATOR)
    ours, theirs = open_session(), open_session("mod@post.example")
    clock.now += timedelta(hours=12)
    assert whose(ours) and whose(theirs) is None
    clock.now += timedelta(days=14)
    assert whose(ours) is None


def test_one_signs_out_only_ones_own_browsers() -> None:
    me, other = citizen(a_user()), citizen(a_user("other@post.example"))
    here, there = open_session(), open_session()
    with reading(me) as w:
        rows = queries.sessions_of(w, me.account_id, whose(here).session_hash)
    assert sorted(row.current for row in rows) == [False, True]
    key = next(row.key for row in rows if not row.current)
    for wrong in (key[:4], "", None, "zz"):
        refused("not-found", sessions.end_chosen, wrong, None, actor=me)
    refused("not-found", sessions.end_chosen, key, None, actor=other)
    refused("not-allowed", sessions.end_chosen, key, None)
    do(sessions.end_chosen, key, None, actor=me)
    assert whose(here) and whose(there) is None


def test_an_author_consents_to_be_named(clock) -> None:
    me = citizen(a_user())
    with reading() as w:
        assert queries.author_of(w, me.account_id) is None
    refused("consent-missing", authors.become_author, "Ainur Sample", ALMATY, False, actor=me)
    for place in ("", "000000000", "999"):
        refused("place-unknown", authors.become_author, "Ainur Sample", place, True, actor=me)
    refused("author-name-group", authors.become_author, "Almaty Residents", ALMATY, True, actor=me)
    do(authors.become_author, " Ainur  Sample", ALMATY, True, actor=me)
    row = account(me.account_id)
    assert (row.author_since, bool(row.author_notice_version), row.author_consent_language) == (
        clock.now,
        True,
        "kk",
    )
    with reading() as w:
        assert queries.author_of(w, row.id) == queries.Author(row.id, "Ainur Sample", ALMATY)


def test_a_published_name_is_not_changed_silently() -> None:
    me = citizen(a_user())
    do(accounts.change_details, "A. Sample", "", "ru", actor=me)
    do(authors.become_author, "Ainur Sample", ALMATY, True, actor=me)
    refused("author-name-fixed", authors.become_author, "Asel Sample", ALMATY, True, actor=me)
    refused("author-name-fixed", accounts.change_details, "Asel Sample", ALMATY, "kk", actor=me)
    refused("place-unknown", accounts.change_details, "Ainur Sample", "", "kk", actor=me)
    refused("language-unknown", accounts.change_details, "Ainur Sample", ALMATY, "de", actor=me)
    do(accounts.change_details, "Ainur Sample", ALMATY, "en", actor=me)
    assert account(me.account_id).language == "en"


def test_only_people_with_an_account_change_one() -> None:
    for nobody in (ANYONE, citizen(99), Actor(system=True)):
        refused("not-allowed", accounts.change_details, "Ainur Sample", None, "kk", actor=nobody)


def test_a_role_needs_a_long_password_and_ends_sessions() -> None:
    number = a_user(password="кедр жүз 5х")
    session = open_session(password="кедр жүз 5х")
    do(staff.grant_role, number, Role.OFFICER, GOVERNMENT, actor=SYSTEM)
    assert whose(session) is None
    assert whose(open_session(password="кедр жүз 5х")).roles == {Role.CITIZEN}
    refused("password-short", changes.finish_reset, token(number, Purpose.RESET), "river 58 cedar")
    do(changes.finish_reset, token(number, Purpose.RESET), OTHER_PASSWORD)
    session = open_session(password=OTHER_PASSWORD)
    identity = whose(session)
    assert (identity.roles, identity.body, identity.waits_for) == (set(), None, "enrol")
    with work() as w:
        w.session.execute(update(AccountSession).values(passed_at=w.now))
    identity = whose(session)
    assert (identity.roles, identity.body) == ({Role.OFFICER}, GOVERNMENT)
    with reading() as w:
        assert queries.holders(w, Role.OFFICER, GOVERNMENT) == [number]
        assert queries.holders(w, Role.OFFICER, "other") == queries.holders(w, Role.MODERATOR) == []
    do(staff.revoke_role, number, Role.OFFICER, actor=SYSTEM)
    assert whose(open_session(password=OTHER_PASSWORD)).roles == {Role.CITIZEN}


def test_roles_that_check_each_other_stay_apart() -> None:
    number = a_user("staff@post.example", Role.ADMINISTRATOR)
    for role, body, code in [
        (Role.MODERATOR, None, "role-conflict"),
        (Role.OFFICER, GOVERNMENT, "role-conflict"),
        (Role.ADMINISTRATOR, None, "role-conflict"),
        (Role.CITIZEN, None, "role-not-staff"),
        (Role.OFFICER, None, "role-without-body"),
        (Role.CONTROLLER, GOVERNMENT, "role-without-body"),
        (Role.OFFICER, "nowhere", "body-unknown"),
    ]:
        refused(code, staff.grant_role, number, role, body, actor=SYSTEM)
    do(staff.grant_role, number, Role.CONTROLLER, actor=SYSTEM)
    refused("account-unknown", staff.grant_role, 99, Role.CONTROLLER, actor=SYSTEM)
    refused("account-unknown", staff.revoke_role, number, Role.MODERATOR, actor=SYSTEM)
    refused("not-allowed", staff.grant_role, number, Role.CONTROLLER, actor=citizen(number))


def test_grants_are_in_the_staff_log_without_contacts() -> None:
    number = a_user("mod@post.example", Role.MODERATOR)
    do(staff.revoke_role, number, Role.MODERATOR, actor=SYSTEM)
    query = select(AuditEntry).where(AuditEntry.object.startswith("account:"))
    entries = kept(query.order_by(AuditEntry.id))
    assert [e.action for e in entries] == ["account:create", "role:grant", "role:revoke"]
    assert {e.object for e in entries} == {f"account:{number}"} and entries[1].after == {
        "role": "moderator",
        "body": None,
    }


def test_the_same_mailbox_has_one_account() -> None:
    a_user()
    with pytest.raises(Refusal, match="email-taken"):
        a_user("AINUR@post.example")


def test_a_closed_account_holds_nothing_and_frees_its_mailbox() -> None:
    me = citizen(a_user())
    session = open_session()
    with reading(me) as w:
        proof = sessions.check_present(w, PASSWORD)
    do(accounts.close_account, proof, actor=me)
    row = account(me.account_id)
    assert (row.email_index, row.email_enc, row.password_hash, row.full_name) == (None, None, None, "")
    assert whose(session) is None
    with reading() as w:
        assert queries.contact_of(w, row.id) is None
    refused("not-allowed", accounts.close_account, proof, actor=me)
    a_user()


def test_an_authors_name_stays_and_a_check_can_keep_an_account_open() -> None:
    me = citizen(a_user())
    do(authors.become_author, "Ainur Sample", ALMATY, True, actor=me)
    with reading(me) as w:
        proof = sessions.check_present(w, PASSWORD)

    @accounts.before_closing
    def stay(_w: Work, _number: int) -> None:
        raise Refusal("not-allowed")

    try:
        refused("not-allowed", accounts.close_account, proof, actor=me)
    finally:
        accounts._close_checks.remove(stay)
    do(accounts.close_account, proof, actor=me)
    assert account(me.account_id).full_name == "Ainur Sample"


def test_disabled_accounts_are_out() -> None:
    number = a_user()
    session, link = open_session(), token(number, Purpose.RESET)
    with work(SYSTEM) as w:
        w.session.execute(update(Account).values(disabled=True))
    assert whose(session) is None
    refused("sign-in-failed", sessions.check_credentials, MAILBOX, PASSWORD)
    refused("link-expired", changes.check_reset, link)


@pytest.mark.postgres_too
def test_the_database_keeps_people_and_roles_in_order(app) -> None:
    number = a_user("staff@post.example", Role.MODERATOR)
    faults = [
        update(Account).values(email_enc=None),
        update(Account).values(author_since=account(number).created_at),
        update(Account).values(closed_at=account(number).created_at),
        update(RoleGrant).values(role=Role.OFFICER),
        update(RoleGrant).values(role=Role.CITIZEN),
        update(RoleGrant).values(body=GOVERNMENT),
    ]
    for fault in faults:
        with pytest.raises(IntegrityError), work(SYSTEM) as w:
            w.session.execute(fault)


def test_permissions_are_denied_by_default() -> None:
    assert set(PERMISSIONS) == set(Permission) and all(PERMISSIONS.values())
    assert not may(frozenset(Role), "petition:edit-silently")
    assert may([Role.CITIZEN], Permission.PETITION_WRITE) and not may([], Permission.ACCOUNT_SELF)
    for permission in (Permission.DESK_ANSWER, Permission.PETITION_MODERATE, Permission.PETITION_WRITE):
        assert not may([Role.ADMINISTRATOR], permission)
    assert all(may([role], Permission.ACCOUNT_SELF) for role in STAFF)
    demand(SYSTEM, Permission.USERS_MANAGE)
    with pytest.raises(Refusal, match="not-allowed"):
        demand(citizen(1), Permission.USERS_MANAGE)


def test_the_list_of_accounts_has_no_contacts() -> None:
    a_user("mod@post.example", Role.MODERATOR)
    register("new@post.example")
    with reading() as w:
        rows = queries.people(w)
    assert [(row.state, row.roles) for row in rows] == [
        ("open", ("moderator",)),
        ("unconfirmed", ("citizen",)),
    ]
    assert "post.example" not in repr(rows)
