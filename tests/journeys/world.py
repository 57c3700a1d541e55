"""A small invented country in which no page is empty: people in every role, petitions in every state, open letters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from auth.models import AccountSession, RoleGrant
from auth.permissions import Role
from auth.queries import session_hash
from auth.services.accounts import register_account
from auth.services.authors import become_author
from auth.services.factors import set_factor
from auth.services.matters import Grant, propose_enabling, propose_grant
from auth.services.passwords import request_reset
from auth.services.proposals import decide as agree
from auth.services.staff import create_user, disable_account
from core.work import ANYONE, SYSTEM, Actor, reading, work
from opendata.publishing import publish
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import State
from petitions.domain.moderation import Verdict
from petitions.jobs.data_requests import search_requests
from petitions.models.case import Term
from petitions.models.casework import CaseDiscussion, CasePromise
from petitions.models.coauthors import CoAuthor
from petitions.models.privacy import DataOrder
from petitions.models.reports import ReportReason
from petitions.models.tokens import Purpose, sign_token
from petitions.queries import rules
from petitions.services import (
    appeals,
    casework,
    coauthors,
    controlling,
    data_requests,
    disclosure,
    discussions,
    duplicates,
    freezing,
    questions,
    reports,
    retention,
    screening,
    stopping,
    updates,
)
from petitions.services.cases import load
from petitions.services.hand_over import hand_over
from petitions.services.joining import join_address
from petitions.services.ledger_notes import hide_note, write_note
from petitions.services.privacy import store_notice
from petitions.services.promises import Promise
from petitions.services.term_acts import Reason
from tests.accounts import PASSWORD, link_in, mails
from tests.cases import change, draft, lapsed, registered, waiting
from tests.casework import keep, through_all_steps, to_check
from tests.conftest import Clock
from tests.factories import ALMATY, ASTANA, VILLAGE, VILLAGE_BODY, a_petition, a_village, some_signatures
from tests.figures import some_figures
from tests.signing import rows, sign, signed, token_of
from tests.updates import an_update
from tests.writing import a_draft, in_screening, submitted, version_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
REASON = "Мәтінде бір адамның жеке деректері бар, оны алып тастаңыз, өтінеміз."
WORDS = "Мәтінде бірде-бір адам аталмаған: онда тек мектептің мекенжайы бар, ол бәріне белгілі."
NEWS = "Кітапхана құрылысы басталады, жоба бекітілді, құрылысшы таңдалды."
# Who opens the pages; a visitor has no account, `half` owes the code, `new` has no second factor yet.
STAFF: Mapping[str, tuple[Role, str | None]] = {
    "moderator": (Role.MODERATOR, None),
    "second": (Role.MODERATOR, None),
    "half": (Role.MODERATOR, None),
    "new": (Role.MODERATOR, None),
    "writer": (Role.OFFICER, VILLAGE_BODY),
    "checker": (Role.OFFICER, VILLAGE_BODY),
    "controller": (Role.CONTROLLER, None),
    "deputy": (Role.CONTROLLER, None),
    "administrator": (Role.ADMINISTRATOR, None),
    "other": (Role.ADMINISTRATOR, None),
    "stopped": (Role.MODERATOR, None),
}
CITIZENS = ("citizen", "author", "beside", "leaver")
UNFINISHED = {"half", "new"}


@dataclass
class World:
    """What the addresses of pages are made of, and the session of everybody who can open them."""

    app: Flask
    clock: Clock
    people: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Somebody as a use case meets them."""
        role, body = STAFF.get(name, (Role.CITIZEN, None))
        return Actor(self.people[name], frozenset({role.value}), body)

    def address(self, template: str) -> str:
        """A path with its places filled in."""
        return template.format(**self.facts)


def a_world(app: Flask, clock: Clock) -> World:
    """Fill an empty site that has its register; inside an app context."""
    made = World(app, clock)
    a_village()
    for build in (_people, _writing, _collecting, _cases, _ended, _tokens, _staff_work, _keeping, _published):
        build(made)
    made.facts |= {f"{name}_id": number for name, number in made.people.items()}
    made.facts |= {"body": VILLAGE_BODY, "village": VILLAGE, "city": ASTANA, "day": _today().isoformat()}
    _sessions(made)
    return made


def _today() -> date:
    with reading() as w:
        return w.today


def _people(made: World) -> None:
    for name, (role, body) in STAFF.items():
        with work(SYSTEM) as w:
            number = create_user(w, "Қызмет Үлгіұлы", f"{name}@gov.example", PASSWORD, role, body, "kk")
            if name != "new":
                set_factor(w, number, SECRET)
        made.people[name] = number
    with work(SYSTEM) as w:
        head = update(RoleGrant).where(RoleGrant.account_id == made.people["writer"])
        w.session.execute(head.values(head=True))
    for name in CITIZENS:
        with work(SYSTEM) as w:
            number = create_user(
                w, "Айгүл Үлгіқызы", f"{name}@mail.example", PASSWORD, Role.CITIZEN, None, "kk"
            )
        made.people[name] = number
        if name != "citizen":
            with work(made.actor(name)) as w:
                become_author(w, "Айгүл Үлгіқызы", ALMATY, consent=True)


def _writing(made: World) -> None:
    author = made.people["author"]
    made.facts["draft"], actor = a_draft(author)
    row = made.facts["draft"]
    made.facts["named"] = _co_author(made, row, actor, "beside", accepted=True)
    made.facts["invited"] = _co_author(made, row, actor, "citizen", accepted=False)
    made.facts["alone"], _actor = a_draft(author)
    made.facts["gathering"], _actor = submitted(author=author)
    made.facts["joined"], _actor = submitted(author=author)
    some_signatures(made.facts["joined"], 3)
    made.facts["screening"], _actor = in_screening(author=author)
    made.facts["returned"] = _decided(made, author, Verdict.RETURN)
    with reading(SYSTEM) as w:
        address = join_address(w, made.facts["gathering"])
    made.facts["join"] = re.sub(r"^https?://[^/]+", "", address)


def _co_author(made: World, row: int, author: Actor, name: str, *, accepted: bool) -> int:
    with work(author) as w:
        number = coauthors.invite(w, row, version_of(row), "Ерлан Үлгіұлы", f"{name}@mail.example")
    with reading(SYSTEM) as w:
        found = w.session.get_one(CoAuthor, number)
        token = sign_token(w, Purpose.CO_AUTHOR, row, number, 0, found.expires_at)
    if accepted:
        with work(made.actor(name)) as w:
            coauthors.accept(w, token)
    made.facts["co_author_token"] = token
    return number


def _decided(made: World, author: int, verdict: Verdict, ground: str = "") -> int:
    number, _actor = in_screening(author=author)
    with work(made.actor("moderator")) as w:
        screening.decide(w, number, version_of(number), verdict, reason=REASON, ground=ground)
    return number


def _ground() -> str:
    with reading() as w:
        return rules.instance_rulebook(w).rulebook.grounds[0].id


def _collecting(made: World) -> None:
    author = made.people["author"]
    made.facts["collecting"] = number = a_petition(author=author, signatures=12)
    some_figures(number, {ALMATY: 12_000, ASTANA: 400}, days=40)
    made.facts["frozen"] = frozen = a_petition(author=author, title="Саябаққа жарық орнатылсын")
    with work(made.actor("author")) as w:
        freezing.freeze(w, frozen, version_of(frozen), "Маған қауіп төнді, біраз уақыт керек.")
    made.facts["twin"] = twin = a_petition(author=author)
    with work(made.actor("moderator")) as w:
        duplicates.link_duplicate(w, twin, number, REASON, "kk")
    with work(ANYONE) as w:
        reports.report_petition(w, number, next(iter(ReportReason)), "Мұнда көршімнің телефоны жазылған.")
    made.facts["signed"] = signed_ = a_petition(author=author, title="Көпір жөнделсін")
    made.facts["update"] = an_update(number)
    made.facts["hidden_update"] = hidden = an_update(signed_)
    with work(made.actor("moderator")) as w:
        updates.hide_update(w, hidden, 1, Reason(REASON, "kk"))


def _cases(made: World) -> None:
    writer, author = made.actor("writer"), made.people["author"]
    for name in ("waiting", "registered", "checked", "asked", "discussed", "held", "past"):
        made.facts[name] = number = waiting()
        change(number, author_id=author)
        if name != "waiting":
            registered(number)
    with work(writer) as w:
        casework.add_note(w, made.facts["registered"], "Құрылыс бөліміне хат жазылды.")
        casework.assign_case(w, made.facts["registered"], made.people["checker"])
        question = questions.Question("Кітапханаға қандай жер телімін ұсынасыз?", "kk")
        asked = made.facts["asked"]
        questions.ask_author(w, asked, question, version_of(asked))
    keep(writer, made.facts["checked"], draft())
    to_check(writer, made.facts["checked"])
    for name in ("discussed", "past", "held"):
        made.facts[f"{name}_discussion"] = _discussion(made, made.facts[name])
    _take_place(made, "past")
    _take_place(made, "held")
    with work(writer) as w:
        held = made.facts["held"]
        discussions.record_discussion(w, held, "Он екі адам сөйледі, жоба қолдау тапты.", version_of(held))
    made.facts["answered"] = number = a_petition(author=author, signatures=21, reached=True)
    _answered(made, number)


def _discussion(made: World, number: int) -> int:
    with work(made.actor("writer")) as w:
        when = w.now + timedelta(days=7)
        invitation = discussions.Invitation(when, "Мәдениет үйі", "", "Жоба", "kk")
        return discussions.announce_discussion(w, number, invitation, version_of(number)).id


def _take_place(made: World, name: str) -> None:
    """The day of a discussion has come."""
    with work(SYSTEM) as w:
        row = w.session.get_one(CaseDiscussion, made.facts[f"{name}_discussion"])
        row.starts_at = w.now - timedelta(hours=1)
        w.session.get_one(Term, row.term_id).due_on = w.today


def _answered(made: World, number: int) -> None:
    with work(SYSTEM) as w:
        hand_over(w, load(w, number))
    registered(number)
    promised = draft(promises=(Promise("Кітапхана құрылысы басталады", date(2027, 4, 1)),))
    through_all_steps(number, promised)
    with reading(SYSTEM) as w:
        promise = w.session.scalars(select(CasePromise.id).where(CasePromise.petition_id == number)).one()
        ends = w.now + timedelta(days=100)
        token = sign_token(w, Purpose.PROMISE_AUTHOR, number, made.people["author"], promise, ends)
        term = w.session.scalars(
            select(Term.id).where(Term.petition_id == number, Term.kind == TermKind.ANSWER)
        ).one()
    made.facts |= {"promise": promise, "ballot": token, "term": term}


def _ended(made: World) -> None:
    author, now = made.people["author"], made.clock.now
    made.facts["refused"] = _decided(made, author, Verdict.REFUSE, _ground())
    made.facts["appealed"] = appealed = _decided(made, author, Verdict.REFUSE, _ground())
    with work(made.actor("author")) as w:
        appeals.file_appeal(w, appealed, version_of(appealed), WORDS)
    made.facts["taken_down"] = down = a_petition(author=author, title="Түсірілген петиция")
    with work(made.actor("moderator")) as w:
        screening.decide(w, down, version_of(down), Verdict.TAKE_DOWN, reason=REASON, ground=_ground())
    made.facts["withdrawn"] = a_petition(State.WITHDRAWN, author=author)
    made.facts["lapsed"] = lapsed(made.clock)
    change(made.facts["lapsed"], author_id=author)
    made.clock.now = now


def _tokens(made: World) -> None:
    number = made.facts["signed"]
    mine = signed(number, "dana@mail.example", updates=True)
    sign(number, "waiting@mail.example")
    unconfirmed = next(row for row in rows(number) if row.id != mine.id)
    made.facts["signature"] = mine.id
    made.facts["confirm"] = token_of(unconfirmed)
    made.facts["manage"] = token_of(mine, Purpose.MANAGE)
    made.facts["unsubscribe"] = token_of(mine, Purpose.UNSUBSCRIBE)
    with work(ANYONE) as w:
        register_account(w, "Ербол Үлгіұлы", "fresh@mail.example", PASSWORD, "kk")
    made.facts["account_token"] = _mailed("/account/confirm/")
    with work(ANYONE) as w:
        request_reset(w, "citizen@mail.example", "kk")
    made.facts["reset_token"] = _mailed("/account/reset/")


def _mailed(path: str) -> str:
    """The end of the newest mailed address below a path."""
    for mail in reversed(mails()):
        body = mail.get_body(("plain",))
        if body is not None and path in body.get_content():
            return link_in(mail).removeprefix(path).split("?")[0]
    raise AssertionError(f"no mail leads to {path}")


def _staff_work(made: World) -> None:
    administrator, other = made.actor("administrator"), made.actor("other")
    with work(administrator) as w:
        disable_account(w, made.people["stopped"])
    with work(administrator) as w:
        invited = propose_grant(w, "asem@gov.example", Grant(Role.OFFICER, VILLAGE_BODY), REASON)
        made.facts["proposal"] = propose_enabling(w, made.people["stopped"], REASON)
    with work(other) as w:
        agree(w, invited, True)
    made.facts["invitation"] = _mailed("/account/invitation/")
    made.facts["decided"] = invited
    made.facts["stop"] = _stop(administrator, VILLAGE)
    made.facts["open_stop"] = running = _stop(administrator, ASTANA)
    with work(other) as w:
        stopping.confirm_stop(w, running)
    with work(made.actor("writer")) as w:
        made.facts["note"] = write_note(w, "Біз әр дүйсенбі сайын тұрғындарды қабылдаймыз.", "kk")
    with work(made.actor("writer")) as w:
        hidden = write_note(w, "Бұл сөйлем артық, оны жасырамыз.", "kk")
    with work(made.actor("moderator")) as w:
        hide_note(w, hidden, Reason(REASON, "kk"))
    made.facts["hidden_note"] = hidden


def _stop(who: Actor, area: str) -> int:
    with work(who) as w:
        given = stopping.StopDraft(
            w.today, None, w.today, "№ 7 бұйрық", "", REASON, "kk", (area,), (TermKind.ANSWER.value,)
        )
        return stopping.propose_stop(w, given)


def _keeping(made: World) -> None:
    controller = made.actor("controller")
    with work(controller) as w:
        kind, outcome = next(iter(controlling.BodyKind)), next(iter(controlling.Outcome))
        controlling.record_order(w, w.today, kind, outcome)
        made.facts["breach"] = controlling.record_breach(w, w.today, w.now.time(), "Бір диск жоғалды.")
        made.facts["hold"] = retention.hold_petition(w, made.facts["lapsed"], REASON)
    with reading(SYSTEM) as w:
        made.facts["order"] = w.session.scalars(select(DataOrder.id)).one()
    with work(controller) as w:
        read = disclosure.ask_to_read(
            w, made.facts["signed"], made.facts["signature"], disclosure.SINGLE[0], REASON
        )
    with work(made.actor("deputy")) as w:
        agree(w, read, True)
    with reading(SYSTEM) as w:
        made.facts["read"] = disclosure.leaves(w)[0].id
    _request(made)


def _request(made: World) -> None:
    """Somebody objects, and proves whose mailbox it is."""
    with work(ANYONE) as w:
        data_requests.ask(
            w, "dana@mail.example", data_requests.RequestKind.OBJECT, "Мен хат алғым келмейді.", "kk"
        )
    with reading(SYSTEM) as w:
        row = w.session.scalars(select(data_requests.DataRequest)).one()
        code, made.facts["request"] = data_requests.code_of(w, row), row.id
    with work(ANYONE) as w:
        assert data_requests.prove(w, "dana@mail.example", code)
    search_requests()


def _published(made: World) -> None:
    """The open data's files, of today."""
    assert publish()
    made.facts["notice"] = _notice()


def _notice() -> str:
    with work(SYSTEM) as w:
        return store_notice(w)


def _sessions(made: World) -> None:
    for name, number in made.people.items():
        made.cookies[name] = _session(made, number, passed=name not in UNFINISHED)


def _session(made: World, number: int, *, passed: bool) -> str:
    token = f"session of {number} in a test"
    with work(SYSTEM) as w:
        row = AccountSession(
            id_hash=session_hash(w, token), account_id=number, created_at=w.now,
            expires_at=w.now + timedelta(days=1), passed_at=w.now if passed else None,
        )  # fmt: skip
        w.session.add(row)
    browser = made.app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"], session["_fresh"] = token, True
    cookie = browser.get_cookie("dauys")
    assert cookie is not None
    return cookie.value
