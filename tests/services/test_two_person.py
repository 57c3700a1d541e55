"""The two-person mechanism, through its use cases: who may propose, who may decide, what it leaves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from auth import staff_queries as queries
from auth.models import Account, Invitation, Proposal, RoleGrant, SecondFactor
from auth.permissions import Permission, Role
from auth.services import invitations, matters, staff
from auth.services.factors import set_factor
from auth.services.matters import Grant
from auth.services.proposals import decide, propose
from auth.two_person import Matter, kinds, two_person
from core.audit import AuditEntry
from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, Actor, Work, reading, work
from petitions.jobs.retention import destroy_due
from tests.accounts import OTHER_PASSWORD, a_user
from tests.conftest import Clock
from tests.factories import a_moderator, an_administrator, an_officer

pytestmark = pytest.mark.usefixtures("app")
GOVERNMENT, OTHER_BODY = "kz-gov", "akimat-75"
REASON = "Takes over the answers about transport."


def actor(number: int, role: Role, body: str | None = None) -> Actor:
    return Actor(account_id=number, roles=frozenset({role.value}), body=body)


@pytest.fixture
def first(app: Flask) -> Actor:
    return actor(an_administrator(), Role.ADMINISTRATOR)


@pytest.fixture
def second(app: Flask) -> Actor:
    return actor(an_administrator(), Role.ADMINISTRATOR)


@pytest.fixture
def head(app: Flask) -> Actor:
    number = an_officer(GOVERNMENT)
    with work(SYSTEM) as w:
        w.session.execute(update(RoleGrant).where(RoleGrant.account_id == number).values(head=True))
    return actor(number, Role.OFFICER, GOVERNMENT)


def do(who: Actor, case: Callable[..., Any], *args: Any, **more: Any) -> Any:
    with work(who) as w:
        return case(w, *args, **more)


def refused(code: str, who: Actor, case: Callable[..., Any], *args: Any, **more: Any) -> None:
    with pytest.raises(Refusal) as caught, work(who) as w:
        case(w, *args, **more)
    assert caught.value.code == code


def roles(number: int) -> list[tuple[Role, str | None, bool, int | None]]:
    with reading() as w:
        rows = w.session.scalars(select(RoleGrant).where(RoleGrant.account_id == number))
        return [(row.role, row.body, row.head, row.granted_by) for row in rows]


def uses(kind: str) -> tuple[int, int, int, int]:
    with reading() as w:
        row = next(row for row in queries.two_person_uses(w) if row.kind == kind)
    return row.proposed, row.agreed, row.declined, row.by_one


@pytest.mark.postgres_too
def test_a_role_is_given_once_a_second_person_agrees(app: Flask, first: Actor, second: Actor) -> None:
    number = a_user("ainur@post.example")
    proposal = do(first, matters.propose_grant, "Ainur@post.example", Grant(Role.MODERATOR), REASON)
    assert roles(number) == [] and uses("role.grant") == (1, 0, 0, 0)
    refused("proposal-own", first, decide, proposal, True)
    refused("proposal-own", first, decide, proposal, False)
    do(second, decide, proposal, True)
    assert roles(number) == [(Role.MODERATOR, None, False, first.account_id)]
    refused("proposal-decided", second, decide, proposal, False)
    assert uses("role.grant") == (1, 1, 0, 0)


def test_who_is_meant_does_not_decide_and_others_may_not(first: Actor, second: Actor) -> None:
    with work(SYSTEM) as w:
        set_factor(w, second.account_id or 0, "JBSWY3DPEHPK3PXP")
    proposal = do(first, matters.propose_factor_reset, second.account_id, REASON)
    refused("proposal-about-you", second, decide, proposal, True)
    for other in (actor(a_moderator(), Role.MODERATOR), actor(a_user(), Role.CITIZEN), ANYONE):
        refused("not-allowed", other, decide, proposal, True)
        refused("not-allowed", other, propose, "factor.reset", {"account": second.account_id}, REASON)
    refused("not-found", second, decide, 9999, True)


def test_declined_and_forgotten_proposals_do_nothing(first: Actor, second: Actor, clock: Clock) -> None:
    number = a_user("ainur@post.example")
    declined = do(first, matters.propose_grant, "ainur@post.example", Grant(Role.MODERATOR), REASON)
    late = do(first, matters.propose_grant, "ainur@post.example", Grant(Role.CONTROLLER), REASON)
    do(second, decide, declined, False)
    clock.now += timedelta(days=7)
    refused("proposal-expired", second, decide, late, True)
    assert roles(number) == [] and uses("role.grant") == (2, 0, 1, 0)
    destroy_due()
    with reading(second) as w:
        assert [row.state for row in queries.proposals(w)] == ["expired", "declined"]
        assert list(w.session.scalars(select(Proposal.sealed))) == [None, None]


def test_the_mailbox_is_sealed_while_it_waits_and_erased_afterwards(first: Actor, second: Actor) -> None:
    proposal = do(first, matters.propose_grant, "new@post.example", Grant(Role.CONTROLLER), REASON)
    with reading(second) as w:
        row = w.session.get_one(Proposal, proposal)
        assert row.sealed is not None and b"new@" not in row.sealed and "new@" not in str(row.payload)
        assert queries.proposal(w, proposal).mailbox == "new@post.example"
    do(second, decide, proposal, True)
    with reading(second) as w:
        assert w.session.get_one(Proposal, proposal).sealed is None
        assert queries.proposal(w, proposal).mailbox is None
        assert all(
            "new@" not in f"{e.before}{e.after}{e.object}" for e in w.session.scalars(select(AuditEntry))
        )


@pytest.mark.parametrize("reason", ["", "short", "   too    ", "x" * 501])
def test_a_reason_is_needed(first: Actor, reason: str) -> None:
    refused("proposal-reason", first, matters.propose_grant, "a@post.example", Grant(Role.MODERATOR), reason)


@pytest.mark.parametrize(
    ("grant", "code"),
    [
        (Grant(Role.CITIZEN), "role-not-staff"),
        (Grant(Role.OFFICER), "role-without-body"),
        (Grant(Role.MODERATOR, GOVERNMENT), "role-without-body"),
        (Grant(Role.MODERATOR, None, True), "role-without-body"),
        (Grant(Role.OFFICER, "nowhere"), "body-unknown"),
        (Grant(Role.ADMINISTRATOR), "role-conflict"),
    ],
)
def test_what_cannot_be_done_cannot_be_proposed(first: Actor, grant: Grant, code: str) -> None:
    a_user("mod@post.example", Role.MODERATOR)
    refused(code, first, matters.propose_grant, "mod@post.example", grant, REASON)
    with reading() as w:
        assert list(w.session.scalars(select(Proposal))) == []


def test_a_change_in_between_is_refused_at_the_decision(first: Actor, second: Actor) -> None:
    number = a_user("ainur@post.example")
    proposal = do(first, matters.propose_grant, "ainur@post.example", Grant(Role.MODERATOR), REASON)
    do(SYSTEM, staff.grant_role, number, Role.ADMINISTRATOR)
    refused("role-conflict", second, decide, proposal, True)
    with reading(second) as w:
        assert queries.proposal(w, proposal).state == "waiting"


def test_an_account_that_took_the_mailbox_over_does_not_get_the_role(first: Actor, second: Actor) -> None:
    number = a_user("ainur@post.example")
    proposal = do(first, matters.propose_grant, "ainur@post.example", Grant(Role.MODERATOR), REASON)
    with work(SYSTEM) as w:
        row = w.session.get_one(Account, number)
        row.email_index, row.email_enc, row.password_hash, row.closed_at = None, None, None, w.now
    a_user("ainur@post.example")
    refused("changed-meanwhile", second, decide, proposal, True)


def test_one_person_is_enough_where_the_operator_says_so(
    app: Flask, first: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = app.extensions["dauys"]
    changed = kernel.settings.model_copy(update={"four_eyes": "off"})
    monkeypatch.setitem(app.extensions, "dauys", replace(kernel, settings=changed))
    number = a_user("ainur@post.example")
    do(first, matters.propose_grant, "ainur@post.example", Grant(Role.MODERATOR), REASON)
    assert roles(number) == [(Role.MODERATOR, None, False, first.account_id)]
    assert uses("role.grant") == (1, 0, 0, 1)


def test_a_head_reaches_the_officers_of_the_own_body_only(head: Actor, second: Actor) -> None:
    colleague, stranger = an_officer(GOVERNMENT), an_officer(OTHER_BODY)
    ask = matters.propose_grant
    proposal = do(head, ask, "new@gov.example", Grant(Role.OFFICER, GOVERNMENT), REASON)
    for grant in (
        Grant(Role.OFFICER, OTHER_BODY),
        Grant(Role.OFFICER, GOVERNMENT, True),
        Grant(Role.CONTROLLER),
    ):
        refused("not-allowed", head, ask, "new@gov.example", grant, REASON)
    simple = actor(colleague, Role.OFFICER, GOVERNMENT)
    refused("not-allowed", simple, ask, "new@gov.example", Grant(Role.OFFICER, GOVERNMENT), REASON)
    refused("not-allowed", head, matters.propose_removal, stranger, Role.OFFICER, REASON)
    refused("not-allowed", head, matters.propose_removal, head.account_id, Role.OFFICER, REASON)
    removal = do(head, matters.propose_removal, colleague, Role.OFFICER, REASON)
    refused("not-allowed", head, decide, proposal, True)
    do(second, decide, removal, True)
    assert roles(colleague) == []
    with reading(head) as w:
        assert [row.state for row in queries.own_proposals(w)] == ["agreed", "waiting"]
        assert queries.proposal(w, removal) is not None
    with reading(simple) as w:
        assert queries.proposal(w, removal) is None and queries.proposals(w) == []


def invitation_token() -> str:
    with reading() as w:
        number = w.session.scalars(select(Invitation.id).order_by(Invitation.id.desc())).first()
        found = invitations.invited(w, number or 0)
    assert found is not None
    return found[1]


def test_an_invitation_opens_the_account_with_its_role_once(first: Actor, second: Actor) -> None:
    proposal = do(
        first, matters.propose_grant, "new@gov.example", Grant(Role.OFFICER, GOVERNMENT, True), REASON
    )
    do(second, decide, proposal, True)
    token = invitation_token()
    refused("password-short", ANYONE, invitations.accept, token, "Asem Sample", "кедр жүз 5х")
    do(ANYONE, invitations.accept, token, "Asem Sample", OTHER_PASSWORD)
    refused("link-expired", ANYONE, invitations.accept, token, "Asem Sample", OTHER_PASSWORD)
    with reading() as w:
        number = w.session.scalars(select(Account.id).where(Account.full_name == "Asem Sample")).one()
        assert w.session.scalars(select(Invitation.email_enc)).one() is None
    assert roles(number) == [(Role.OFFICER, GOVERNMENT, True, first.account_id)]
    refused("not-found", ANYONE, invitations.accept, "x" * 60, "Asem Sample", OTHER_PASSWORD)


def test_an_invitation_ends_after_a_week_and_forgets_the_mailbox(
    first: Actor, second: Actor, clock: Clock
) -> None:
    proposal = do(first, matters.propose_grant, "new@gov.example", Grant(Role.CONTROLLER), REASON)
    do(second, decide, proposal, True)
    token = invitation_token()
    clock.now += timedelta(days=7)
    refused("link-expired", ANYONE, invitations.offer_of, token)
    assert destroy_due() >= 1
    with reading() as w:
        assert w.session.scalars(select(Invitation.email_enc)).one() is None


def test_stopping_takes_one_person_and_letting_in_again_two(first: Actor, second: Actor) -> None:
    number = a_moderator()
    refused("disable-self", first, staff.disable_account, first.account_id)
    refused("not-allowed", actor(number, Role.MODERATOR), staff.disable_account, first.account_id)
    do(first, staff.disable_account, number)
    refused("account-unknown", first, staff.disable_account, number)
    with reading() as w:
        assert queries.accounts_stopped(w) == 1 and queries.member(w, number).disabled
    proposal = do(first, matters.propose_enabling, number, REASON)
    do(second, decide, proposal, True)
    with reading() as w:
        assert not w.session.get_one(Account, number).disabled


def test_a_lost_factor_is_forgotten_by_two(first: Actor, second: Actor) -> None:
    number = a_moderator()
    refused("factor-missing", first, matters.propose_factor_reset, number, REASON)
    with work(SYSTEM) as w:
        set_factor(w, number, "JBSWY3DPEHPK3PXP")
    proposal = do(first, matters.propose_factor_reset, number, REASON)
    do(second, decide, proposal, True)
    with reading() as w:
        assert w.session.get(SecondFactor, number) is None


def test_other_parts_bring_kinds_of_their_own(second: Actor) -> None:
    done: list[Matter] = []
    try:

        @two_person("test.export", "Take everything", Permission.EXPORT_MASS)
        def export(_w: Work, matter: Matter) -> None:
            done.append(matter)

        ask, other = (actor(a_user(f"c{n}@post.example", Role.CONTROLLER), Role.CONTROLLER) for n in (1, 2))
        number = do(ask, propose, "test.export", {"table": "authors"}, REASON, sealed="kept apart")
        refused("not-allowed", second, decide, number, True)
        do(other, decide, number, True)
        assert done == [Matter(number, {"table": "authors"}, "kept apart", ask.account_id)]
        assert uses("test.export") == (1, 1, 0, 0)
    finally:
        kinds().pop("test.export")  # type: ignore[attr-defined]


def test_roles_on_the_site_never_come_from_one_person(first: Actor) -> None:
    number = a_user("ainur@post.example")
    refused("not-allowed", first, staff.grant_role, number, Role.MODERATOR)
    refused("not-allowed", first, staff.revoke_role, number, Role.MODERATOR)


def test_the_log_tells_proposal_and_decision_apart(first: Actor, second: Actor) -> None:
    number = a_user("ainur@post.example")
    proposal = do(first, matters.propose_grant, "ainur@post.example", Grant(Role.MODERATOR), REASON)
    do(second, decide, proposal, True)
    with reading() as w:
        query = select(AuditEntry).where(AuditEntry.account_id.is_not(None)).order_by(AuditEntry.id)
        rows = [(e.action, e.account_id, e.object, e.after) for e in w.session.scalars(query)]
    payload = {"account": number, "role": "moderator", "body": None, "head": False}
    assert rows == [
        ("proposal:make", first.account_id, f"proposal:{proposal}", {"kind": "role.grant", **payload}),
        ("proposal:agree", second.account_id, f"proposal:{proposal}", {"kind": "role.grant"}),
        ("role:grant", second.account_id, f"account:{number}", {"role": "moderator", "body": None}),
    ]
