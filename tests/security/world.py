"""One site with an object for every route and a person for every role, and secrets that few may read."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from flask import Flask
from sqlalchemy import select

from auth.models import Account, RoleGrant
from auth.permissions import STAFF, Role
from auth.services.factors import set_factor
from auth.services.invitations import invited
from auth.services.proposals import decide as decide_proposal
from auth.services.proposals import propose
from auth.tokens import Purpose as AccountPurpose
from auth.tokens import make_token
from core.work import ANYONE, SYSTEM, Actor, reading, work
from opendata.publishing import publish
from petitions.domain.lifecycle import State
from petitions.domain.moderation import Verdict
from petitions.models.case import Term
from petitions.models.casework import CaseDiscussion, CaseNote
from petitions.models.coauthors import CoAuthor, CoAuthorState
from petitions.models.data_requests import DataRequest, RequestKind
from petitions.models.reports import ReportReason
from petitions.models.retention import ContactRead, ReadPurpose
from petitions.models.tokens import LASTING, Purpose, join_token, sign_token
from petitions.queries.handover import BodyKind, Outcome
from petitions.services import appeals, coauthors, controlling, data_requests, disclosure, reports
from petitions.services.freezing import freeze
from petitions.services.ledger_notes import write_note
from petitions.services.privacy import store_notice
from petitions.services.retention import hold_petition
from petitions.services.screening import decide
from petitions.services.stopping import propose_stop
from tests.cases import draft, officer
from tests.casework import keep
from tests.factories import (
    ALMATY,
    GOVERNMENT,
    VILLAGE_BODY,
    a_moderator,
    a_petition,
    an_account,
    an_administrator,
    an_author,
    an_officer,
    sign_in,
)
from tests.security.content import Content, content_of
from tests.services.test_casework import ask, invite, promised
from tests.services.test_stops import a_draft as a_stop_draft
from tests.signing import rows, sign
from tests.updates import an_update
from tests.web.test_appeals import WORDS
from tests.writing import REASON, a_draft, in_screening, moderator, version_of

ROLES = (
    *("anonymous", "citizen", "author", "other_author", "co_author", "officer", "other_officer", "head"),
    *("moderator", "controller", "administrator"),
)
WHY = "Сынақ үшін жеткілікті ұзын себеп."
REPORTED = "Мәтінде бір адамның жеке дерегі тұр, оны алып тастау керек."


def secret(name: str) -> str:
    """A word that stands nowhere else, so that every answer can be searched for it."""
    return f"қҰпиЯ{name}"


@dataclass
class World:
    """Who is there, and which number or token each route is asked with."""

    people: dict[str, int] = field(default_factory=dict)
    petitions: dict[str, int] = field(default_factory=dict)
    names: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Whose a secret is: these roles may read it, everybody else may not.
    secrets: dict[str, frozenset[str]] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    content: Content = field(init=False)


def build(app: Flask) -> World:
    """Fill the database, and keep it as it is then."""
    world = World()
    _people(world)
    _before_publication(world)
    _published(world)
    _at_the_desk(world)
    _staff_matters(world)
    _tokens(world)
    publish()
    for role, account in world.people.items():
        client = sign_in(app.test_client(), account)
        cookie = client.get_cookie("dauys")
        assert cookie is not None
        world.cookies[role] = cookie.value
    world.content = content_of(app)
    return world


def _people(world: World) -> None:
    people = world.people
    people["citizen"] = an_account(email="citizen@mail.example")
    people["author"] = an_author(email="author@mail.example")
    people["other_author"] = an_author(email="other@mail.example", full_name="Болат Үлгіұлы")
    people["co_author"] = an_author(email="beside@mail.example", full_name="Ерлан Үлгіұлы")
    a_petition()  # it makes the village and its body
    people["officer"] = an_officer()
    people["other_officer"] = an_officer(GOVERNMENT)
    people["head"] = an_officer()
    people["moderator"] = a_moderator()
    people["controller"] = an_account(Role.CONTROLLER)
    people["administrator"] = an_administrator()
    with work(SYSTEM) as w:
        grant = w.session.scalar(select(RoleGrant).where(RoleGrant.account_id == people["head"]))
        assert grant is not None
        grant.head = True
        for role, account in people.items():
            if role in STAFF | {"other_officer", "head"}:
                set_factor(w, account, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def actor(world: World, role: str) -> Actor:
    """One of the people, as a use case knows them."""
    known = {"moderator", "controller", "administrator"}
    return Actor(account_id=world.people[role], roles=frozenset({role if role in known else "citizen"}))


def _hide(world: World, name: str, *roles: str) -> str:
    world.secrets[secret(name)] = frozenset(roles)
    return secret(name)


def _co_author(world: World, petition_id: int) -> int:
    with work(SYSTEM) as w:
        row = CoAuthor(
            petition_id=petition_id, state=CoAuthorState.NAMED, language="kk", invited_at=w.now,
            expires_at=w.now, account_id=world.people["co_author"], name="Ерлан Үлгіұлы", place=ALMATY,
            named_at=w.now, notice=store_notice(w), notice_language="kk",
        )  # fmt: skip
        w.session.add(row)
        w.session.flush()
        return row.id


def _before_publication(world: World) -> None:
    author = world.people["author"]
    number, me = a_draft(author, title=f"Ауылға {_hide(world, 'жоба', 'author', 'co_author')} кітапхана")
    world.petitions["draft"] = number
    with work(me) as w:
        asked = coauthors.invite(w, number, version_of(number), "Ерлан Үлгіұлы", "asked@mail.example")
    world.names["asked"] = {"row_id": asked}
    world.names["coauthors.release"] = {"row_id": _co_author(world, number)}
    gathering = a_petition(State.GATHERING, author=author)
    world.petitions["gathering"] = gathering
    _co_author(world, gathering)
    screening = a_petition(State.SCREENING, author=author)
    world.petitions["screening"] = screening
    _co_author(world, screening)
    refused, _me = in_screening(author=author, title="Ауылға қабылданбаған кітапхана")
    world.petitions["refused"] = refused
    other = a_moderator()
    with work(moderator(other)) as w:
        decide(w, refused, version_of(refused), Verdict.REFUSE, reason=REASON, ground="duplicate")
    appealed, _me = in_screening(author=author, title="Ауылға шағымданған кітапхана")
    world.petitions["appealed"] = appealed
    with work(moderator(other)) as w:
        decide(w, appealed, version_of(appealed), Verdict.REFUSE, reason=REASON, ground="duplicate")
    with work(actor(world, "author")) as w:
        appeals.file_appeal(w, appealed, version_of(appealed), WORDS)


def _published(world: World) -> None:
    author = world.people["author"]
    collecting = a_petition(author=author, signatures=12, title="Ауылға мектеп салынсын")
    world.petitions["collecting"] = collecting
    _co_author(world, collecting)
    with work(ANYONE) as w:
        told = f"{REPORTED} {_hide(world, 'хабар', 'moderator')}"
        reports.report_petition(w, collecting, ReportReason.OTHER, told)
    told_of = an_update(collecting)
    for endpoint in ("one", "leave"):
        world.names[f"moderation_updates.{endpoint}"] = {"update_id": told_of}
    world.names["updates.correct"] = {"number": 1}
    world.petitions["original"] = a_petition(author=world.people["other_author"], signatures=3)
    down = a_petition(author=author, title="Алынған мектеп")
    world.petitions["taken_down"] = down
    with work(moderator(a_moderator())) as w:
        decide(w, down, version_of(down), Verdict.TAKE_DOWN, reason=REASON, ground="duplicate")
    frozen = a_petition(author=author, title="Тоқтатылған мектеп")
    world.petitions["frozen"] = frozen
    with work(actor(world, "author")) as w:
        freeze(w, frozen, version_of(frozen), WHY)


def _at_the_desk(world: World) -> None:
    author = world.people["author"]
    desk = {"officer", "head"}
    review = a_petition(State.UNDER_REVIEW, signatures=21, author=author, title="Ауылға көпір салынсын")
    world.petitions["review"] = review
    invite(review)
    ask(review)
    with work(SYSTEM) as w:
        note = CaseNote(
            petition_id=review, authority=VILLAGE_BODY, account_id=world.people["officer"], at=w.now,
            text=f"Ішкі жазба {_hide(world, 'жазба', *desk)}",
        )  # fmt: skip
        w.session.add(note)
    keep(officer(account_id=world.people["officer"]), review,
         draft(text=f"{draft().text} {_hide(world, 'жауап', *desk)}"))  # fmt: skip
    answered, promise = promised(author=author)
    world.petitions["answered"] = answered
    with reading() as w:
        discussion = w.session.scalar(select(CaseDiscussion.id).where(CaseDiscussion.petition_id == review))
        term = w.session.scalar(select(Term.id).where(Term.petition_id == review))
    world.names["all"] = {"discussion_id": discussion, "promise_id": promise, "term_id": term}
    waiting = a_petition(State.UNDER_REVIEW, signatures=21, author=author, registered=False)
    world.petitions["waiting"] = waiting
    with work(officer()) as w:
        world.names["moderation_notes.note"] = {
            "note_id": write_note(w, "Біздің ескертпе: сандар дұрыс емес.", "kk")
        }


def _staff_matters(world: World) -> None:
    names = world.names
    names["staff.proposal_page"] = {"number": _an_offer(world, "offered@mail.example", agreed=False)}
    with work(_second(world, Role.ADMINISTRATOR)) as w:
        stop = propose_stop(w, a_stop_draft())
    for endpoint in ("one", "confirm", "end", "reject"):
        names[f"stops.{endpoint}"] = {"stop_id": stop}
    me = actor(world, "controller")
    with work(me) as w:
        hold = hold_petition(w, world.petitions["original"], f"Дау бар. {_hide(world, 'дау', 'controller')}")
        controlling.record_order(w, date(2026, 11, 20), *_an_order())
        breach = controlling.record_breach(w, *_a_breach(world))
    names["keeping.lift"] = {"hold_id": hold}
    names["controlling.order"] = {"order_id": 1}
    for endpoint in ("controlling.breach", "controlling.told", "data_desk.ask_file"):
        names[endpoint] = {"breach_id": breach}
    names["data_desk.request"] = {"request_id": _a_request(world)}
    names["data_desk.open_read"] = {"read_id": _a_read(world)}
    names["data_desk.take_file"] = {"read_id": _a_file(world, breach)}
    others = an_account(Role.MODERATOR)
    for endpoint in ("staff.user", "staff.disable", "staff.factor", "staff.remove"):
        names[endpoint] = {"account_id": others}
    names["staff.enable"] = {"account_id": an_account(Role.MODERATOR, disabled=True)}
    names["officers.remove"] = {"account_id": world.people["officer"]}


def _an_order() -> tuple[Any, Any]:
    return next(iter(BodyKind)), next(iter(Outcome))


def _a_breach(world: World) -> tuple[Any, ...]:
    return date(2026, 11, 20), time(9, 0), f"Ноутбук жоғалды. {_hide(world, 'оқиға', 'controller')}"


def _a_request(world: World) -> int:
    with work(ANYONE) as w:
        told = f"Атым қате. {_hide(world, 'өтініш', 'controller')}"
        data_requests.ask(w, "asker@mail.example", RequestKind.OBJECT, told, "kk")
        row = w.session.scalars(select(DataRequest)).one()
        assert data_requests.prove(w, "asker@mail.example", data_requests.code_of(w, row))
        return row.id


def _second(world: World, role: Role) -> Actor:
    return Actor(account_id=an_account(role), roles=frozenset({role.value}))


def _a_read(world: World) -> int:
    petition_id = world.petitions["collecting"]
    with work(actor(world, "controller")) as w:
        number = disclosure.ask_to_read(w, petition_id, rows(petition_id)[0].id, ReadPurpose.REQUEST, WHY)
    with work(_second(world, Role.CONTROLLER)) as w:
        decide_proposal(w, number, yes=True)
    return _latest_read()


def _a_file(world: World, breach: int) -> int:
    with work(actor(world, "controller")) as w:
        number = disclosure.ask_to_export(w, breach, world.petitions["collecting"], WHY)
    with work(_second(world, Role.CONTROLLER)) as w:
        decide_proposal(w, number, yes=True)
    return _latest_read()


def _latest_read() -> int:
    with reading() as w:
        found = w.session.scalar(select(ContactRead.id).order_by(ContactRead.id.desc()).limit(1))
    assert found is not None
    return found


def _an_offer(world: World, mailbox: str, *, agreed: bool) -> int:
    payload = {"account": None, "role": "moderator", "body": None, "head": False}
    with work(_second(world, Role.ADMINISTRATOR)) as w:
        number = propose(w, "role.grant", payload, WHY, sealed=mailbox)
    if agreed:
        with work(_second(world, Role.ADMINISTRATOR)) as w:
            decide_proposal(w, number, yes=True)
    return number


def _tokens(world: World) -> None:
    names, collecting = world.names, world.petitions["collecting"]
    # Both links are of entries that nobody else in this world touches.
    sign(collecting, "waiting@mail.example")
    pending = next(row for row in rows(collecting) if row.state == "pending")
    counted = next(row for row in rows(collecting) if row.state == "counted")
    _an_offer(world, "invited@mail.example", agreed=True)
    unconfirmed, forgetful = an_account(confirmed_at=None), an_account()
    with work(SYSTEM) as w:
        lasting = w.now + LASTING

        def token(purpose: Purpose, petition_id: int, subject: int, entry: int) -> dict[str, Any]:
            return {"token": sign_token(w, purpose, petition_id, subject, entry, lasting)}

        for end in ("confirm", "confirm_now"):
            names[f"signing.{end}"] = token(Purpose.CONFIRM, collecting, pending.id, pending.entry)
        for end, purpose in (
            ("manage", Purpose.MANAGE), ("act", Purpose.MANAGE), ("unsubscribe", Purpose.UNSUBSCRIBE),
            ("stop", Purpose.UNSUBSCRIBE),
        ):  # fmt: skip
            names[f"signing.{end}"] = token(purpose, collecting, counted.id, counted.entry or 1)
        row = w.session.get_one(CoAuthor, names.pop("asked")["row_id"])
        names["coauthors.invitation"] = token(Purpose.CO_AUTHOR, row.petition_id, row.id, 0)
        answered = world.petitions["answered"]
        promise = names["all"]["promise_id"]
        for end in ("ballot", "vote"):
            subject = world.people["author"]
            names[f"casework.{end}"] = token(Purpose.PROMISE_AUTHOR, answered, subject, promise)
        for end in ("join", "join_now", "join_sent"):
            names[f"signing.{end}"] = {"token": join_token(w, world.petitions["gathering"])}
        for end, purpose_, account in (
            ("confirm", AccountPurpose.CONFIRM, unconfirmed), ("new_password", AccountPurpose.RESET, forgetful),
        ):  # fmt: skip
            made = make_token(w, purpose_, w.session.get_one(Account, account))
            names[f"account.{end}"] = {"token": made}
        found = invited(w, 1)
        assert found is not None
        names["officers.invitation"] = {"token": found[1]}
