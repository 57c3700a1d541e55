"""Co-authors: invited, named by their own consent only, free to leave; and who may do what."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.outbox import OutboxRow
from core.switches import Switch, turn
from core.work import SYSTEM, Actor, Work, reading, work
from petitions.domain.keeping import Kept
from petitions.domain.lifecycle import Action, Party, State, open_to
from petitions.domain.moderation import Verdict
from petitions.models.coauthors import CoAuthor, CoAuthorState
from petitions.models.petition import Petition
from petitions.models.tokens import Purpose, sign_token
from petitions.queries import coauthors as query
from petitions.queries.access import parties
from petitions.queries.drafts import draft_of, named_case, own_case, own_petitions
from petitions.queries.moderation import queue
from petitions.services import coauthors
from petitions.services.drafts import choose_addressee, delete_draft, save_draft
from petitions.services.freezing import freeze
from petitions.services.indexing import refresh
from petitions.services.naming import due_names, shorten_names
from petitions.services.retention import carry_out
from petitions.services.screening import decide
from petitions.services.submitting import revise, submit, withdraw
from tests.accounts import mails
from tests.cases import events
from tests.factories import a_moderator, a_petition, an_account, an_author
from tests.signing_pages import text_of
from tests.writing import (
    TEXT,
    TITLE,
    a_draft,
    citizen,
    moderator,
    petition,
    refused,
    state_of,
    submitted,
    version_of,
)

NAME, MAILBOX = "Ерлан Үлгіұлы", "erlan@mail.example"


def invited(number: int, actor: Actor, mailbox: str = MAILBOX, name: str = NAME) -> int:
    """An invitation that waits; its number."""
    with work(actor) as w:
        return coauthors.invite(w, number, version_of(number), name, mailbox)


def row_of(number: int) -> CoAuthor:
    """An invitation or co-author as it is now."""
    with reading() as w:
        row = w.session.get_one(CoAuthor, number)
        w.session.expunge(row)
        return row


def token_of(number: int) -> str:
    """The token of the mailed link."""
    row = row_of(number)
    with reading() as w:
        return sign_token(w, Purpose.CO_AUTHOR, row.petition_id, row.id, 0, row.expires_at)


def beside(number: int, actor: Actor, mailbox: str = MAILBOX) -> tuple[Actor, int]:
    """A co-author who has agreed and reads English, and the row's number."""
    row = invited(number, actor, mailbox)
    other = citizen(an_author(full_name=NAME, language="en"))
    with work(other) as w:
        coauthors.accept(w, token_of(row))
    return other, row


def beside_published(state: State = State.COLLECTING) -> tuple[int, Actor, Actor, int]:
    """A petition of two authors that was published: its number, both authors, the row's number."""
    author, other = an_author(), an_author(full_name=NAME)
    number = a_petition(state, author=author)
    with work(SYSTEM) as w:
        row = CoAuthor(
            petition_id=number, state=CoAuthorState.NAMED, language="kk", invited_at=w.now, expires_at=w.now,
            account_id=other, name=NAME, place="750000000", named_at=w.now, notice="test", notice_language="kk",
        )  # fmt: skip
        w.session.add(row)
        w.session.flush()
        return number, citizen(author), citizen(other), row.id


@pytest.mark.postgres_too
def test_whoever_is_invited_is_named_only_by_their_own_consent(app: Flask) -> None:
    number, author = a_draft()
    row = invited(number, author)
    with reading(author) as w:
        assert query.named(w, number) == () and [who.name for who in query.invited(w, number)] == [NAME]
        assert draft_of(w, number).waiting
    with refused("co-authors-open"), work(author) as w:
        submit(w, number, version_of(number))
    other = citizen(an_author(full_name=NAME))
    with work(other) as w:
        assert coauthors.accept(w, token_of(row)) == number
    found = row_of(row)
    assert (found.state, found.name, found.place, found.sealed) == (
        CoAuthorState.NAMED,
        NAME,
        "750000000",
        None,
    )
    assert found.notice and found.notice_language and found.named_at is not None
    with work(author) as w:
        assert submit(w, number, version_of(number)) is State.GATHERING
    assert events(number)[1:3] == ["co_author_invited", "co_author_named"]


def test_the_mail_of_an_invitation_names_no_petition_and_its_link_expires(app: Flask, clock: object) -> None:
    number, author = a_draft()
    row = invited(number, author)
    [mail] = [mail for mail in mails() if MAILBOX in mail["To"]]
    body = text_of(mail)
    assert NAME in body and "/petitions/co-author/" in body
    assert TITLE not in body and f"/petitions/{number}" not in body and "Айгүл" not in body
    token = token_of(row)
    clock.now += timedelta(days=7)  # type: ignore[attr-defined]
    with refused("invitation-over"), reading() as w:
        query.invitation(w, token)
    with work(author) as w:
        submit(w, number, version_of(number))
    assert state_of(number) is State.GATHERING, "an invitation that is over holds nothing up"


def test_what_was_typed_is_sealed_and_goes_with_the_answer_or_the_term(app: Flask, clock: object) -> None:
    number, author = a_draft()
    declined, left_open = invited(number, author), invited(number, author, "aru@mail.example", "Ару Үлгіқызы")
    for row in (declined, left_open):
        assert b"erlan" not in (row_of(row).sealed or b"")
    with work(Actor()) as w:
        coauthors.decline(w, token_of(declined))
    gone = row_of(declined)
    assert (gone.state, gone.sealed, gone.name, gone.account_id) == (CoAuthorState.DECLINED, None, None, None)
    assert carry_out(Kept.INVITATION) == 0 and row_of(left_open).sealed is not None
    clock.now += timedelta(days=7)  # type: ignore[attr-defined]
    assert carry_out(Kept.INVITATION) == 1 and row_of(left_open).sealed is None
    assert events(number)[-1] == "co_author_declined"


@pytest.mark.parametrize(
    ("name", "mailbox", "code", "field"),
    [
        ("Ерлан", MAILBOX, "author-name-single", "full_name"),
        ("Үлгі тұрғындары", MAILBOX, "author-name-group", "full_name"),
        (NAME, "erlan", "email-invalid", "email"),
        (NAME, "aigul@mail.example", "co-author-self", "email"),
        (NAME, "Twice+x@GMAIL.com", "co-author-invited", "email"),
    ],
)
def test_whom_one_cannot_invite(app: Flask, name: str, mailbox: str, code: str, field: str) -> None:
    number, author = a_draft(an_author(email="aigul@mail.example"))
    invited(number, author, "twice@gmail.com")
    with refused(code, field), work(author) as w:
        coauthors.invite(w, number, version_of(number), name, mailbox)


def test_there_is_a_limit_of_names_of_invitations_and_of_mails(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, author = a_draft()
    monkeypatch.setattr(query, "MOST", 1)
    invited(number, author)
    with refused("co-authors-too-many"), work(author) as w:
        coauthors.invite(w, number, version_of(number), NAME, "aru@mail.example")
    monkeypatch.setattr(query, "MOST", 9)
    monkeypatch.setattr(coauthors, "allowed", lambda *_: False)
    with refused("invitations-too-many"), work(author) as w:
        coauthors.invite(w, number, version_of(number), NAME, "aru@mail.example")
    monkeypatch.setattr(coauthors, "allowed", lambda *_: True)
    monkeypatch.setattr(coauthors, "claim_mail", lambda *_: False)
    invited(number, author, "aru@mail.example")
    with reading() as w:
        sent = select(OutboxRow).where(OutboxRow.template == "co_author_invitation")
        assert len(w.session.scalars(sent).all()) == 1, "a mailbox that has enough mail gets no more"


def test_who_cannot_accept(app: Flask) -> None:
    author_id = an_author()
    number, author = a_draft(author_id)
    row, again = invited(number, author), invited(number, author, "aru@mail.example")
    for actor, code in (
        (citizen(an_account()), "author-consent-missing"),
        (author, "co-author-self"),
        (moderator(a_moderator()), "not-allowed"),
        (Actor(), "not-allowed"),
    ):
        with refused(code), work(actor) as w:
            coauthors.accept(w, token_of(row))
    other = citizen(an_author(full_name=NAME))
    token = token_of(row)
    with work(other) as w:
        coauthors.accept(w, token)
    with refused("co-author-twice"), work(other) as w:
        coauthors.accept(w, token_of(again))
    for late in (lambda w: coauthors.accept(w, token), lambda w: coauthors.decline(w, token)):
        with refused("invitation-over"), work(citizen(an_author())) as w:
            late(w)
    for wrong in ("x", "ж", token[:-2]):
        with refused("not-found"), reading() as w:
            query.invitation(w, wrong)


def test_an_invitation_ends_with_the_draft(app: Flask) -> None:
    number, author = a_draft()
    row = invited(number, author)
    token = token_of(row)
    with work(author) as w:
        delete_draft(w, number, version_of(number))
    with refused("invitation-over"), work(citizen(an_author())) as w:
        coauthors.accept(w, token)


def test_taking_back_and_parting_leave_nothing(app: Flask) -> None:
    number, author = a_draft()
    row = invited(number, author)
    token = token_of(row)
    with work(author) as w:
        coauthors.release(w, number, version_of(number), row)
    with refused("invitation-over"), work(citizen(an_author())) as w:
        coauthors.accept(w, token)
    other, named = beside(number, author)
    with work(author) as w:
        coauthors.release(w, number, version_of(number), named)
    gone = row_of(named)
    assert (gone.state, gone.name, gone.place, gone.account_id, gone.notice) == (
        CoAuthorState.TAKEN_BACK,
        *[None] * 4,
    )
    [told] = [mail for mail in mails() if "You are no longer" in str(mail["Subject"])]
    assert TITLE in told.get_body(("plain",)).get_content() and "List-Unsubscribe" not in told
    with refused("not-found"), reading(other) as w:
        named_case(w, number)
    with refused("not-found"), work(author) as w:
        coauthors.release(w, number, version_of(number), named)


def test_before_publication_one_leaves_without_a_trace(app: Flask) -> None:
    for step in (lambda _n, _a: None, lambda n, a: _submitted(n, a)):
        number, author = a_draft()
        other, row = beside(number, author, mailbox=f"e{number}@mail.example")
        step(number, author)
        with work(other) as w:
            coauthors.leave(w, number)
        gone = row_of(row)
        assert (gone.state, gone.name, gone.account_id) == (CoAuthorState.LEFT, None, None)
        with reading() as w:
            assert query.named(w, number) == query.former(w, number) == ()
        assert events(number)[-1] == "co_author_stepped_back"
        with refused("not-found"), work(other) as w:
            coauthors.leave(w, number)


def _submitted(number: int, author: Actor) -> None:
    with work(author) as w:
        submit(w, number, version_of(number))


@pytest.mark.parametrize("state", [State.COLLECTING, State.UNDER_REVIEW, State.ANSWERED])
def test_after_publication_a_dated_line_stays(app: Flask, state: State) -> None:
    number, _author, other, row = beside_published(state)
    with work(other) as w:
        coauthors.leave(w, number)
    with reading() as w:
        assert query.named(w, number) == ()
        [former] = query.former(w, number)
        assert (former.name, former.left_at) == (NAME, w.now)
    assert events(number)[-1] == "co_author_left" and row_of(row).state is CoAuthorState.LEFT


def test_the_search_finds_who_is_a_co_author_and_nobody_who_left(app: Flask) -> None:
    number, _author, other, _row = beside_published()
    with work(SYSTEM) as w:
        refresh(w, w.session.get_one(Petition, number))

    def found() -> list[int]:
        answer = app.test_client().get("/api/v1/petitions", query_string={"q": NAME}).get_json()
        return [item["id"] for item in answer["items"]]

    assert found() == [number]
    with work(other) as w:
        coauthors.leave(w, number)
    assert found() == []


@pytest.mark.parametrize("state", [State.LAPSED, State.WITHDRAWN, State.REFUSED, State.TAKEN_DOWN])
def test_what_has_ended_keeps_its_names(app: Flask, state: State) -> None:
    number, _author, other, row = beside_published(state)
    with refused("not-your-move"), work(other) as w:
        coauthors.leave(w, number)
    assert row_of(row).state is CoAuthorState.NAMED


def test_the_main_author_cannot_leave(app: Flask) -> None:
    number, author, _other, _row = beside_published()
    with refused("not-found"), work(author) as w:
        coauthors.leave(w, number)
    assert all(Action.LEAVE not in open_to(state, Party.AUTHOR, submitted_facts()) for state in State)


def submitted_facts() -> object:
    """Facts under which everything is possible."""
    from dataclasses import fields

    from petitions.domain.lifecycle import Facts

    return Facts(**{field.name: True for field in fields(Facts)})


ACTS: dict[str, Callable[[Work, int], object]] = {
    "save": lambda w, n: save_draft(w, n, version_of(n), markdown=TEXT),
    "addressee": lambda w, n: choose_addressee(w, n, version_of(n), "kz-gov"),
    "submit": lambda w, n: submit(w, n, version_of(n)),
    "revise": lambda w, n: revise(w, n, version_of(n)),
    "withdraw": lambda w, n: withdraw(w, n, version_of(n)),
    "delete": lambda w, n: delete_draft(w, n, version_of(n)),
    "invite": lambda w, n: coauthors.invite(w, n, version_of(n), "Ару Үлгіқызы", "aru@mail.example"),
    "release": lambda w, n: coauthors.release(w, n, version_of(n), 1),
    "freeze": lambda w, n: freeze(w, n, version_of(n), "Бір апта үзіліс керек болды."),
    "draft": lambda w, n: draft_of(w, n),
    "own": lambda w, n: own_case(w, n),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_co_author_reads_and_does_nothing_of_the_authors(app: Flask, act: str) -> None:
    number, author = a_draft()
    other, _row = beside(number, author)
    with refused("not-found"), work(other) as w:
        ACTS[act](w, number)
    with reading(other) as w:
        case = named_case(w, number)
        assert case.party is Party.CO_AUTHOR and case.invited == () and case.title == TITLE
        assert [(mine.id, mine.beside) for mine in own_petitions(w)] == [(number, True)]
        assert open_to(case.state, Party.CO_AUTHOR, submitted_facts()) == (Action.PROPOSE, Action.LEAVE)
    with refused("not-found"), reading(citizen(an_author())) as w:
        named_case(w, number)


def test_what_the_table_gives_to_co_authors(app: Flask) -> None:
    given = {state: set(open_to(state, Party.CO_AUTHOR, submitted_facts())) for state in State}
    unpublished = {State.GATHERING, State.SCREENING}
    published = {State.COLLECTING, State.UNDER_REVIEW, State.ANSWERED}
    updates = {Action.WRITE_UPDATE, Action.CORRECT_UPDATE}
    assert given[State.DRAFT] == {Action.PROPOSE, Action.LEAVE}
    assert all(given[state] == {Action.LEAVE} for state in unpublished)
    assert all(given[state] == {Action.LEAVE, *updates} for state in published)
    assert given[State.LAPSED] == updates
    others = set(State) - unpublished - published - {State.DRAFT, State.LAPSED}
    assert not any(given[state] for state in others)


def test_a_co_author_is_no_moderator_of_the_case(app: Flask) -> None:
    number, _author = submitted()
    check = a_moderator()
    with work(SYSTEM) as w:
        w.session.get_one(Petition, number).state = State.SCREENING
        row = CoAuthor(
            petition_id=number, state=CoAuthorState.NAMED, language="kk", invited_at=w.now, expires_at=w.now,
            account_id=check, name=NAME, place=None, named_at=w.now, notice="test", notice_language="kk",
        )  # fmt: skip
        w.session.add(row)
    with reading(moderator(check)) as w:
        assert Party.MODERATOR not in parties(w, w.session.get_one(Petition, number))
        assert [row.own for row in queue(w)] == [True]
    with refused("not-found"), work(moderator(check)) as w:
        decide(w, number, version_of(number), Verdict.PUBLISH)


def test_co_authors_hear_what_the_author_hears_and_can_end_it(app: Flask) -> None:
    number, author = a_draft(an_author(email="aigul@mail.example"))
    row = invited(number, author)
    other = citizen(an_author(full_name=NAME, email=MAILBOX))
    with work(other) as w:
        coauthors.accept(w, token_of(row))
    _submitted(number, author)
    sent = mails()
    to_author = [mail["Subject"] for mail in sent if "aigul@" in mail["To"]]
    to_other = [mail["Subject"] for mail in sent if MAILBOX in mail["To"]][1:]
    assert to_author[-1] == to_other[-1] and len(to_other) >= 1
    assert all("List-Unsubscribe" in mail for mail in sent if mail["Subject"] == to_other[-1])
    with work(other) as w:
        coauthors.leave(w, number)
    with work(author) as w:
        withdraw(w, number, version_of(number))
    later = [mail for mail in mails()[len(sent) :] if MAILBOX in mail["To"]]
    assert later == [], "who has left gets no more mails"


def test_a_withdrawal_is_told_to_co_authors_in_their_own_words(app: Flask) -> None:
    number, author = a_draft(an_author(email="aigul@mail.example"))
    row = invited(number, author)
    other = citizen(an_author(full_name=NAME, email=MAILBOX, language="en"))
    with work(other) as w:
        coauthors.accept(w, token_of(row))
    _submitted(number, author)
    with work(author) as w:
        withdraw(w, number, version_of(number))
    last = [mail for mail in mails() if MAILBOX in mail["To"]][-1]
    assert (
        last["Subject"] == "The petition was withdrawn" and TITLE in last.get_body(("plain",)).get_content()
    )


def test_a_proposal_goes_to_the_author_under_the_co_authors_name(app: Flask) -> None:
    number, author = a_draft(an_author(email="aigul@mail.example"))
    other, _row = beside(number, author)
    with refused("letter-short", "text"), work(other) as w:
        coauthors.propose(w, number, "Қысқа.")
    with work(other) as w:
        coauthors.propose(w, number, "Екінші сөйлемді қысқартайық, көшенің атын қосайық.")
    mail = [mail for mail in mails() if "aigul@" in mail["To"]][-1]
    body = mail.get_body(("plain",)).get_content()
    assert NAME in body and "көшенің атын қосайық" in body and mail["Reply-To"] is None
    for stranger in (author, citizen(an_author())):
        with refused("not-found"), work(stranger) as w:
            coauthors.propose(w, number, "Мен бөтенмін, бірақ ұсыныс жазғым келеді.")
    _submitted(number, author)
    with refused("not-your-move"), work(other) as w:
        coauthors.propose(w, number, "Енді кеш, мәтін бекітіліп қойған.")


def test_a_closed_account_leaves_what_was_not_published(app: Flask) -> None:
    number, author = a_draft()
    account = an_author(full_name=NAME)
    row = invited(number, author)
    with work(citizen(account)) as w:
        coauthors.accept(w, token_of(row))
    published, _author, other, kept = beside_published()
    for actor in (citizen(account), other):
        with work(actor) as w:
            coauthors.leave_unseen(w, actor.account_id or 0)
    assert row_of(row).name is None and row_of(row).state is CoAuthorState.LEFT
    assert row_of(kept).name == NAME and row_of(kept).state is CoAuthorState.NAMED
    assert published and events(number)[-1] == "co_author_stepped_back"


@pytest.mark.parametrize("leaves", [True, False])
def test_the_names_of_co_authors_are_shortened_with_the_authors(
    app: Flask, clock: object, leaves: bool
) -> None:
    number, author, other, row = beside_published()
    if leaves:
        with work(other) as w:
            coauthors.leave(w, number)
    with work(author) as w:
        withdraw(w, number, version_of(number))
    clock.now = clock.now.replace(year=clock.now.year + 2) - timedelta(days=1)  # type: ignore[attr-defined]
    with work(SYSTEM) as w:
        assert (due_names(w), shorten_names(w, 10)) == (0, 0)
    clock.now += timedelta(days=1, minutes=1)  # type: ignore[attr-defined]
    with work(SYSTEM) as w:
        assert due_names(w) == 2
        assert shorten_names(w, 10) == 2 and due_names(w) == 0
    assert row_of(row).name == "Е. Үлгіұлы" and petition(number).author_name == "А. Үлгіқызы"


@pytest.mark.parametrize("act", ["accept", "leave", "propose"])
def test_read_only_stops_co_authors_too(app: Flask, act: str) -> None:
    number, author = a_draft()
    row = invited(number, author)
    token, other = token_of(row), citizen(an_author(full_name=NAME))
    with work(SYSTEM) as w:
        turn(w, Switch.READ_ONLY, True)
    acts = {
        "accept": lambda w: coauthors.accept(w, token),
        "leave": lambda w: coauthors.leave(w, number),
        "propose": lambda w: coauthors.propose(w, number, "Ұзын ұсыныс мәтіні осында."),
    }
    with refused("switched-off"), work(other) as w:
        acts[act](w)
