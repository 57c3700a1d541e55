"""The appeal against a refusal: once, by the author, in time, decided by another moderator, with a public outcome."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit import AuditEntry
from core.work import SYSTEM, reading, work
from petitions.domain.deadlines import TermKind, TermState
from petitions.domain.lifecycle import State
from petitions.domain.moderation import Verdict
from petitions.jobs.deadlines import sweep_deadlines
from petitions.jobs.windows import sweep_windows
from petitions.queries.terms import TermRow, terms_of
from petitions.services.screening import decide
from tests.accounts import mails
from tests.cases import events, petition_row, sent_mails, under, words_of
from tests.conftest import Clock
from tests.factories import a_moderator, a_petition, an_administrator, an_author, an_officer, sign_in
from tests.web.test_moderation import hidden, text
from tests.writing import REASON, TITLE, in_screening, moderator, state_of, version_of

WORDS = "Мәтінде жеке деректер жоқ: онда тек мектептің мекенжайы аталған, ол бәріне белгілі."
WHY = "Мәтінде аталған мекенжай мекеменікі, жеке адамның дерегі емес. Бұл негіз мұнда келмейді."


class Case:
    """A refused petition with its people."""

    def __init__(self, ground: str = "duplicate", email: str = "a@mail.example") -> None:
        self.author, self.first, self.second = an_author(email=email), a_moderator(), a_moderator()
        self.number, _actor = in_screening(author=self.author)
        version = version_of(self.number)
        with work(moderator(self.first)) as w:
            decide(w, self.number, version, Verdict.REFUSE, reason=REASON, ground=ground)


@pytest.fixture
def case(app: Flask) -> Case:
    return Case()


def browser(app: Flask, account: int) -> FlaskClient:
    return sign_in(app.test_client(), account)


def appeal(app: Flask, case: Case, words: str = WORDS) -> int:
    """The author files it; the status."""
    author = browser(app, case.author)
    page = author.get(f"/petitions/{case.number}/appeal?lang=en")
    if page.status_code != 200:
        return page.status_code
    return author.post(
        f"/petitions/{case.number}/appeal?lang=en", data=hidden(page) | {"text": words}
    ).status_code


def rule(app: Flask, case: Case, outcome: str, who: int | None = None) -> FlaskClient:
    """A moderator looks at the decision and makes it."""
    reader = browser(app, who or case.second)
    page = reader.get(f"/moderation/{case.number}/appeal?lang=en")
    seen = reader.post(
        f"/moderation/{case.number}/appeal?lang=en",
        data=hidden(page) | {"outcome": outcome, "reason": WHY, "action": "look"},
    )
    assert seen.status_code == 200 and WHY in text(seen)
    assert state_of(case.number) is State.REFUSED
    made = reader.post(f"/moderation/{case.number}/appeal?lang=en", data=hidden(seen) | {"action": "decide"})
    assert made.status_code == 303
    assert "The decision is made" in text(reader.get(made.location))
    return reader


def terms(number: int, kind: TermKind = TermKind.APPEAL) -> list[TermRow]:
    with reading() as w:
        return [term for term in terms_of(w, [number])[number] if term.kind is kind]


def test_a_refusal_tells_until_when_one_can_appeal(app: Flask, client: FlaskClient, case: Case) -> None:
    (term,) = terms(case.number)
    assert (term.n, term.due_on.isoformat()) == (10, "2026-12-07")  # type: ignore[union-attr]
    assert "7 желтоқсан" in words_of(mails()[-1])
    mine = text(browser(app, case.author).get(f"/petitions/{case.number}/mine?lang=en"))
    assert f"/petitions/{case.number}/appeal" in mine
    assert "The author can appeal until:" in text(client.get(f"/petitions/{case.number}?lang=en"))


def test_an_appeal_opens_the_petition_with_its_whole_time(
    app: Flask, client: FlaskClient, clock: Clock, case: Case
) -> None:
    clock.now += timedelta(days=3)
    assert appeal(app, case) == 303
    public = text(client.get(f"/petitions/{case.number}?lang=en"))
    assert "The author appealed against the refusal" in public and WORDS not in public
    assert [term.state for term in terms(case.number)] == [TermState.MET, TermState.RUNNING]
    clock.now += timedelta(days=4)
    rule(app, case, "restored")
    row = petition_row(case.number)
    assert row.state is State.COLLECTING and row.ended_at is None and row.opened_at == clock.now
    (window,) = terms(case.number, TermKind.COLLECTION)
    assert window.started_on == clock.now.date() and row.threshold == 20
    public = text(client.get(f"/petitions/{case.number}?lang=en"))
    assert "overturned the refusal" in public and WHY in public and WORDS not in public
    assert client.get(f"/petitions/{case.number}/sign").status_code == 200
    shown = client.get(f"/api/v1/petitions/{case.number}").get_json()
    assert shown["state"] == "collecting" and shown["signatures"]["counted"] == 50
    assert [term["state"] for term in shown["terms"] if term["kind"] == "appeal"] == ["met", "met"]
    told = " ".join(words_of(mail) for mail in mails() if mail["To"] == "a@mail.example")
    assert WHY in told
    said = events(case.number)
    assert said.index("published") < said.index("appeal_granted")


def test_a_refusal_can_be_let_stand_and_there_is_no_second_appeal(
    app: Flask, client: FlaskClient, case: Case
) -> None:
    assert appeal(app, case) == 303
    rule(app, case, "upheld")
    assert state_of(case.number) is State.REFUSED
    public = text(client.get(f"/petitions/{case.number}?lang=en"))
    assert "let the refusal stand" in public and WHY in public and REASON in public and WORDS not in public
    author = browser(app, case.author)
    assert author.get(f"/petitions/{case.number}/appeal").status_code == 303
    assert "/appeal" not in text(author.get(f"/petitions/{case.number}/mine"))
    assert browser(app, case.second).get(f"/moderation/{case.number}/appeal").status_code == 404
    with reading() as w:
        entry = w.session.scalars(select(AuditEntry).where(AuditEntry.action == "appeal.upheld")).one()
        assert entry.before == {"state": "refused", "appeal": "waiting"}
        assert entry.after == {"state": "refused", "appeal": "upheld"} and entry.account_id == case.second


def test_who_refused_does_not_decide_and_nobody_else_reads_the_appeal(app: Flask, case: Case) -> None:
    assert appeal(app, case) == 303
    here = f"/moderation/{case.number}/appeal"
    first = browser(app, case.first)
    assert first.get(here).status_code == 403
    listed = text(first.get("/moderation/appeals?lang=en"))
    assert TITLE in listed and here not in listed
    for account in (an_officer(), an_administrator(), case.author):
        reader = browser(app, account)
        assert reader.get(here).status_code == 403 and reader.get("/moderation/appeals").status_code == 403
    assert app.test_client().get(here).status_code == 303
    stranger = browser(app, an_author())
    assert stranger.get(f"/petitions/{case.number}/appeal").status_code == 404
    assert here in text(browser(app, case.second).get("/moderation/appeals"))


def test_a_moderator_never_decides_on_an_appeal_of_their_own(app: Flask, case: Case) -> None:
    own = a_moderator(author=True)
    with work(SYSTEM) as w:
        w.session.get_one(type(petition_row(case.number)), case.number).author_id = own
    case.author = own
    assert browser(app, own).get(f"/moderation/{case.number}/appeal").status_code == 404


@pytest.mark.parametrize(("words", "status"), [("", 422), ("жоқ", 422), ("ж" * 4_001, 422)])
def test_an_appeal_needs_words(app: Flask, case: Case, words: str, status: int) -> None:
    assert appeal(app, case, words) == status
    assert "appealed" not in events(case.number)


def test_a_decision_needs_an_outcome_and_a_reason(app: Flask, case: Case) -> None:
    assert appeal(app, case) == 303
    reader, here = browser(app, case.second), f"/moderation/{case.number}/appeal?lang=en"
    for fields in ({}, {"outcome": "burn", "reason": WHY}, {"outcome": "upheld", "reason": "жоқ"}):
        page = reader.get(here)
        answer = reader.post(here, data=hidden(page) | fields | {"action": "decide"})
        assert answer.status_code == 422, fields
    stale = reader.post(
        here, data=hidden(reader.get(here)) | {"version": "1", "outcome": "upheld", "reason": WHY}
    )
    assert stale.status_code in {409, 422} and "appeal_upheld" not in events(case.number)


def test_the_time_to_appeal_ends(app: Flask, clock: Clock, case: Case) -> None:
    clock.now += timedelta(days=16)
    sweep_windows()
    assert appeal(app, case) == 303
    assert "appealed" not in events(case.number)
    (term,) = terms(case.number)
    assert term.state is TermState.CANCELLED
    sweep_windows()
    assert state_of(case.number) is State.REFUSED


def test_a_late_decision_is_told_once_where_the_rules_escalate(app: Flask, clock: Clock, case: Case) -> None:
    an_administrator(email="admin@mail.example")
    assert appeal(app, case) == 303
    clock.now += timedelta(days=30)
    for _turn in range(2):
        sweep_deadlines()
        sweep_windows()
    assert events(case.number).count("appeal_late") == 1
    assert events(case.number).count("deadline_missed") == 1
    assert state_of(case.number) is State.REFUSED
    told = [mail for mail in sent_mails() if mail["To"] == "admin@mail.example"]
    assert len(told) == 1 and str(case.number) in str(told[0]["Subject"])
    rule(app, case, "restored")
    assert terms(case.number)[-1].state is TermState.MET_LATE


def test_silence_opens_the_petition_where_the_rules_say_so(
    app: Flask, client: FlaskClient, clock: Clock, case: Case
) -> None:
    under(case.number, ('when_late = "escalate"', 'when_late = "publish"'))
    assert appeal(app, case) == 303
    clock.now += timedelta(days=30)
    sweep_deadlines()
    sweep_windows()
    assert "appeal_late" not in events(case.number) and "appeal_granted" in events(case.number)
    assert petition_row(case.number).opened_at is not None
    assert "Nobody decided on the appeal in time" in text(client.get(f"/petitions/{case.number}?lang=en"))


def test_the_text_of_a_hidden_refusal_stays_hidden_until_it_is_opened(
    app: Flask, client: FlaskClient
) -> None:
    case = Case("order-morals-honour")
    assert appeal(app, case) == 303
    assert "кітап алу үшін" not in text(client.get(f"/petitions/{case.number}"))
    rule(app, case, "restored")
    assert "кітап алу үшін" in text(client.get(f"/petitions/{case.number}"))


def test_a_petition_without_a_refusal_has_no_appeal(app: Flask) -> None:
    author = an_author()
    number = a_petition(State.COLLECTING, author=author)
    assert browser(app, author).get(f"/petitions/{number}/appeal").status_code == 303
    assert browser(app, a_moderator()).get(f"/moderation/{number}/appeal").status_code == 404
