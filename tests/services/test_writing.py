"""Drafts and their submission: what is asked, what is frozen, what is refused, and how one gets out again."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update

from auth.models import Account
from authorities.models import Area, Authority
from core.outbox import OutboxRow
from core.refusals import refusal_text
from core.switches import Switch, turn
from core.work import SYSTEM, reading, work
from petitions.domain.deadlines import TermKind
from petitions.domain.lifecycle import Action, Party, State
from petitions.domain.moderation import Verdict
from petitions.domain.texts import text_hash
from petitions.models.case import Term
from petitions.models.petition import Petition, PetitionCount, PetitionKeys, PetitionText
from petitions.queries.drafts import addressees, draft_of, offers_of, own_case, own_petitions
from petitions.services import drafts, submitting
from petitions.services.drafts import begin_draft, choose_addressee, delete_draft, save_draft
from petitions.services.screening import decide
from petitions.services.submitting import lapse_startup, moves_open, revise, submit, withdraw
from tests.cases import events
from tests.factories import (
    GOVERNMENT,
    VILLAGE_BODY,
    a_moderator,
    a_petition,
    a_village,
    an_account,
    an_author,
    some_signatures,
)
from tests.writing import (
    JOINERS,
    REASON,
    TEXT,
    TITLE,
    a_draft,
    citizen,
    in_screening,
    moderator,
    petition,
    refused,
    state_of,
    submitted,
    version_of,
)


def terms(number: int) -> list[Term]:
    with work(SYSTEM) as w:
        return list(w.session.scalars(select(Term).where(Term.petition_id == number).order_by(Term.id)))


def text_of(number: int, version: int) -> PetitionText | None:
    with work(SYSTEM) as w:
        return w.session.get(PetitionText, (number, version))


@pytest.mark.postgres_too
def test_a_draft_remembers_its_rulebook_and_tier(app: Flask) -> None:
    number, actor = a_draft()
    row = petition(number)
    assert (row.state, row.tier, row.rulebook) == (State.DRAFT, "local-executive", "kz-2026")
    assert row.rulebook_version and row.text_number == 1 and row.submitted_at is None
    assert (row.author_name, row.author_place) == ("Айгүл Үлгіқызы", "750000000")
    text = text_of(number, 1)
    assert text is not None and text.frozen_at is None and "<li>кітап</li>" in text.html
    assert events(number) == ["draft_begun"]
    with reading(actor) as w:
        assert [mine.id for mine in own_petitions(w)] == [number]


@pytest.mark.postgres_too
def test_submitting_freezes_the_text_and_starts_the_clock_of_the_joiners(app: Flask) -> None:
    number, actor = submitted()
    row, text = petition(number), text_of(number, 1)
    assert row.state is State.GATHERING and row.submitted_at is not None
    assert text is not None and text.frozen_at == row.submitted_at
    assert text.hash == text_hash(TITLE, TEXT) and len(text.hash) == 64
    [term] = terms(number)
    assert (term.kind, term.n, term.authority) == (TermKind.STARTUP, 20, None)
    assert events(number) == ["draft_begun", "submitted", "gathering_begun"]
    with reading(actor) as w:
        assert w.session.get(PetitionKeys, number) and w.session.get(PetitionCount, number)
        case = own_case(w, number)
        assert (case.needed, case.joined, case.listed) == (JOINERS, 0, False)
        assert w.session.scalar(select(OutboxRow.template)) == "case_author"


def test_a_tier_without_joiners_goes_to_the_check_at_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, actor = a_draft()
    with work(actor) as w:
        facts = submitting.cases.facts_of(w, w.session.get_one(Petition, number))
    no_joiners = type(facts)()
    monkeypatch.setattr(submitting.cases, "facts_of", lambda *_: no_joiners)
    with work(actor) as w:
        assert submit(w, number, version_of(number)) is State.SCREENING
    assert [term.kind for term in terms(number)] == [TermKind.SCREENING]


@pytest.mark.parametrize(
    ("title", "text", "code", "field"),
    [
        ("", TEXT, "title-length", "title"),
        ("Қысқа", TEXT, "title-length", "title"),
        ("Ұзын" * 40, TEXT, "title-length", "title"),
        (TITLE, "", "text-short", "text"),
        (TITLE, "Аз сөз.", "text-short", "text"),
    ],
)
def test_unfinished_words_are_saved_but_not_submitted(
    app: Flask, title: str, text: str, code: str, field: str
) -> None:
    number, actor = a_draft(title=title, text=text)
    with refused(code, field), work(actor) as w:
        submit(w, number, version_of(number))
    assert state_of(number) is State.DRAFT
    assert petition(number).title == title


@pytest.mark.parametrize("text", ["а" * 10_001, "一" * 7_000])
def test_too_long_a_text_is_not_even_saved(app: Flask, text: str) -> None:
    number, actor = a_draft()
    with refused("text-long", "text"), work(actor) as w:
        save_draft(w, number, version_of(number), title=TITLE, markdown=text, language="kk")
    kept = text_of(number, 1)
    assert kept is not None and kept.markdown == TEXT


def test_a_petition_has_one_of_three_languages(app: Flask) -> None:
    number, actor = a_draft()
    with refused("language-unknown", "language"), work(actor) as w:
        save_draft(w, number, version_of(number), title=TITLE, markdown=TEXT, language="de")


@pytest.mark.parametrize(("code", "reason"), [("", "addressee-missing"), ("nobody", "authority-unknown")])
def test_a_petition_needs_an_addressee_that_exists(app: Flask, code: str, reason: str) -> None:
    with refused(reason, "authority"), work(citizen(an_author())) as w:
        begin_draft(w, code, "kk")
    with reading() as w:
        assert w.session.scalar(select(Petition.id)) is None


def test_a_body_that_was_dissolved_cannot_be_addressed(app: Flask) -> None:
    number, actor = a_draft()
    with work(SYSTEM) as w:
        w.session.get_one(Authority, VILLAGE_BODY).valid_to = date(2026, 11, 22)
    with refused("authority-unknown", "authority"), work(actor) as w:
        submit(w, number, version_of(number))
    with reading() as w:
        assert VILLAGE_BODY not in {code for group in addressees(w).values() for code, _name in group}


def test_a_body_that_no_tier_serves_is_refused_with_its_name(app: Flask) -> None:
    a_village()
    with work(SYSTEM) as w:
        w.session.execute(update(Area).where(Area.code == "999000001").values(kind="planet"))
    with refused("no-tier", "authority") as caught, work(citizen(an_author())) as w:
        begin_draft(w, VILLAGE_BODY, "kk")
    assert "Үлгі ауылының әкімдігі" in refusal_text(caught.value)
    with reading() as w:
        body, offers = offers_of(w, VILLAGE_BODY)
        assert body is not None and offers == []


def test_nobody_writes_before_agreeing_to_be_named(app: Flask) -> None:
    a_village()
    for account in (an_account(), None):
        actor = citizen(account) if account else citizen(0)
        with refused("author-consent-missing"), work(actor) as w:
            begin_draft(w, VILLAGE_BODY, "kk")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Үлгі тұрғындары", "author-name-group"),
        ("Жители Улги", "author-name-group"),
        ("Рашид", "author-name-single"),
        ("Биби Ж.", "author-name-initials"),
    ],
)
def test_the_name_is_checked_again_when_the_petition_is_submitted(app: Flask, name: str, code: str) -> None:
    author = an_author()
    number, actor = a_draft(author)
    with work(SYSTEM) as w:
        w.session.get_one(Account, author).full_name = name
    with refused(code, "full_name"), work(actor) as w:
        submit(w, number, version_of(number))
    assert state_of(number) is State.DRAFT


def test_the_name_of_the_day_of_submission_stands(app: Flask) -> None:
    author = an_author()
    number, actor = a_draft(author)
    with work(SYSTEM) as w:
        account = w.session.get_one(Account, author)
        account.full_name, account.place = "Ерлан Үлгіұлы", "710000000"
    with work(actor) as w:
        submit(w, number, version_of(number))
    assert (petition(number).author_name, petition(number).author_place) == ("Ерлан Үлгіұлы", "710000000")


@pytest.mark.parametrize("switch", [Switch.NO_NEW_PETITIONS, Switch.READ_ONLY])
def test_the_switch_stops_new_petitions(app: Flask, switch: Switch) -> None:
    number, actor = a_draft()
    with work(SYSTEM) as w:
        turn(w, switch, True)
    with refused("switched-off"), work(actor) as w:
        begin_draft(w, VILLAGE_BODY, "kk")
    with refused("switched-off"), work(actor) as w:
        submit(w, number, version_of(number))


def test_read_only_stops_every_act(app: Flask) -> None:
    number, actor = a_draft()
    waiting, _author = in_screening()
    with work(SYSTEM) as w:
        turn(w, Switch.READ_ONLY, True)
    for act in (delete_draft, withdraw, revise):
        with refused("switched-off"), work(actor) as w:
            act(w, number, version_of(number))
    with refused("switched-off"), work(moderator(a_moderator())) as w:
        decide(w, waiting, version_of(waiting), Verdict.PUBLISH)
    assert (state_of(number), state_of(waiting)) == (State.DRAFT, State.SCREENING)


def test_there_is_an_end_to_open_drafts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 1)
    _number, actor = a_draft()
    with refused("drafts-too-many"), work(actor) as w:
        begin_draft(w, VILLAGE_BODY, "kk")


@pytest.mark.postgres_too
def test_an_old_form_changes_nothing(app: Flask) -> None:
    number, actor = a_draft()
    seen = version_of(number)
    with work(actor) as w:
        save_draft(w, number, seen, title=TITLE + " бүгін", markdown=TEXT, language="ru")
    for late in (
        lambda w: save_draft(w, number, seen, title="Басқа тақырып", markdown=TEXT, language="kk"),
        lambda w: choose_addressee(w, number, seen, GOVERNMENT),
        lambda w: save_draft(w, number, seen, markdown=TEXT),
        lambda w: submit(w, number, seen),
        lambda w: delete_draft(w, number, seen),
        lambda w: withdraw(w, number, seen),
        lambda w: revise(w, number, seen),
    ):
        with refused("changed-meanwhile"), work(actor) as w:
            late(w)
    assert (petition(number).title, petition(number).language) == (TITLE + " бүгін", "ru")


def test_another_author_finds_nothing(app: Flask) -> None:
    number, _actor = a_draft()
    seen = version_of(number)
    with work(citizen(an_author())) as w:
        for foreign in (
            lambda: draft_of(w, number),
            lambda: own_case(w, number),
            lambda: submit(w, number, seen),
            lambda: save_draft(w, number, seen, title=TITLE, markdown=TEXT, language="kk"),
            lambda: save_draft(w, number, seen, markdown=TEXT),
            lambda: choose_addressee(w, number, seen, GOVERNMENT),
            lambda: delete_draft(w, number, seen),
            lambda: withdraw(w, number, seen),
            lambda: revise(w, number, seen),
        ):
            with refused("not-found"):
                foreign()


def test_the_addressee_of_a_draft_can_change(app: Flask) -> None:
    number, actor = a_draft()
    with work(actor) as w:
        choose_addressee(w, number, version_of(number), GOVERNMENT)
    row = petition(number)
    assert (row.authority, row.area, row.tier) == (GOVERNMENT, "000000000", "national-executive")


def test_one_answer_can_be_saved_without_the_others(app: Flask) -> None:
    number, actor = a_draft()
    with work(actor) as w:
        now = save_draft(w, number, version_of(number), markdown=TEXT + "тағы")
    assert now == version_of(number)
    with work(actor) as w:
        save_draft(w, number, now, title="Басқа тақырып осында", language="ru")
    with reading(actor) as w:
        draft = draft_of(w, number)
    assert (draft.title, draft.markdown, draft.language) == ("Басқа тақырып осында", TEXT + "тағы", "ru")


def test_what_was_submitted_cannot_be_edited(app: Flask) -> None:
    number, actor = submitted()
    seen = version_of(number)
    with refused("not-your-move"), work(actor) as w:
        save_draft(w, number, seen, title="Басқа тақырып", markdown=TEXT, language="kk")
    with refused("not-your-move"), work(actor) as w:
        save_draft(w, number, seen, markdown="Басқа")
    with refused("not-now"), work(actor) as w:
        delete_draft(w, number, seen)
    kept = text_of(number, 1)
    assert kept is not None and kept.title == TITLE


@pytest.mark.postgres_too
def test_a_deleted_draft_leaves_only_its_number(app: Flask) -> None:
    number, actor = a_draft()
    with work(actor) as w:
        delete_draft(w, number, version_of(number))
    assert state_of(number) is State.WITHDRAWN
    assert petition(number).title == "" and text_of(number, 1) is None
    with reading(actor) as w:
        assert own_petitions(w) == ()
        for gone in (draft_of, own_case):
            with refused("not-found"):
                gone(w, number)
        assert w.session.scalar(select(OutboxRow.id)) is None


def test_a_petition_can_be_taken_back_until_somebody_joins(app: Flask) -> None:
    number, actor = submitted()
    with work(actor) as w:
        revise(w, number, version_of(number))
    assert state_of(number) is State.DRAFT
    assert [term.cancelled_on is not None for term in terms(number)] == [True]
    with work(actor) as w:
        save_draft(w, number, version_of(number), title=TITLE, markdown=TEXT, language="kk")
        assert w.session.get_one(Petition, number).text_number == 1, "the same words are no new version"
    with work(actor) as w:
        submit(w, number, version_of(number))
    some_signatures(number, 1)
    with refused("not-now"), work(actor) as w:
        revise(w, number, version_of(number))


def test_a_changed_text_is_a_new_version_with_a_public_reason(app: Flask) -> None:
    number, actor = submitted()
    with work(actor) as w:
        revise(w, number, version_of(number))
    with work(actor) as w:
        save_draft(w, number, version_of(number), title=TITLE, markdown=TEXT + "тағы", language="kk")
    with refused("change-unsaid", "reason"), work(actor) as w:
        submit(w, number, version_of(number))
    with work(actor) as w:
        words = {"title": TITLE, "markdown": TEXT + "тағы", "language": "kk"}
        save_draft(w, number, version_of(number), **words, reason="Бір сөйлем қосылды.")
    with work(actor) as w:
        submit(w, number, version_of(number))
    first, second = text_of(number, 1), text_of(number, 2)
    assert first is not None and first.markdown == TEXT and first.frozen_at is not None
    assert second is not None and second.reason == "Бір сөйлем қосылды." and second.frozen_at is not None
    assert first.hash != second.hash and petition(number).text_number == 2
    assert [term.round for term in terms(number)] == [1, 2]


def test_after_a_correction_those_who_joined_stay(app: Flask) -> None:
    number, actor = in_screening()
    with work(moderator(a_moderator())) as w:
        decide(w, number, version_of(number), Verdict.RETURN, reason=REASON)
    assert state_of(number) is State.DRAFT
    with reading(actor) as w:
        draft = draft_of(w, number)
        assert draft.again and draft.rulings[0].reason == REASON
    with work(actor) as w:
        assert submit(w, number, version_of(number)) is State.SCREENING
    kinds = [(term.kind, term.round) for term in terms(number)]
    assert kinds == [(TermKind.STARTUP, 1), (TermKind.SCREENING, 1), (TermKind.SCREENING, 2)]


@pytest.mark.parametrize("state", [State.DRAFT, State.GATHERING, State.SCREENING, State.COLLECTING])
def test_an_author_can_withdraw_until_the_hand_over(app: Flask, state: State) -> None:
    author = an_author()
    number = a_petition(state, author=author)
    with work(citizen(author)) as w:
        assert Action.WITHDRAW in moves_open(w, w.session.get_one(Petition, number), Party.AUTHOR)
        withdraw(w, number, version_of(number))
    row = petition(number)
    assert row.state is State.WITHDRAWN and row.ended_at is not None
    assert all(term.met_on or term.cancelled_on for term in terms(number))
    assert events(number)[-1] == "withdrawn"


@pytest.mark.parametrize("state", [State.UNDER_REVIEW, State.ANSWERED, State.LAPSED, State.REFUSED])
def test_after_the_hand_over_nobody_withdraws(app: Flask, state: State) -> None:
    author = an_author()
    number = a_petition(state, author=author)
    with refused("not-your-move"), work(citizen(author)) as w:
        withdraw(w, number, version_of(number))
    assert state_of(number) is state


def test_too_few_joiners_let_a_petition_lapse(app: Flask, clock: object) -> None:
    number, _actor = submitted()
    with refused("not-now"), work(SYSTEM) as w:
        lapse_startup(w, w.session.get_one(Petition, number))
    clock.now = clock.now.replace(year=2027)  # type: ignore[attr-defined]
    with work(SYSTEM) as w:
        lapse_startup(w, w.session.get_one(Petition, number))
    row = petition(number)
    assert row.state is State.LAPSED and row.ended_at is not None
    assert events(number)[-1] == "startup_lapsed"


def test_addressees_stand_by_region_with_the_national_ones_first(app: Flask) -> None:
    a_village()
    with reading() as w:
        groups = addressees(w)
    names = list(groups)
    assert GOVERNMENT in {code for code, _name in groups[names[0]]}
    region = next(name for name, bodies in groups.items() if VILLAGE_BODY in {code for code, _ in bodies})
    assert dict(groups[region])[VILLAGE_BODY].endswith("(Үлгі ауылы)")
    assert len(names) == 21


def test_both_rulebooks_are_shown_for_an_addressee(app: Flask) -> None:
    a_village(400)
    with reading() as w:
        _body, offers = offers_of(w, VILLAGE_BODY)
    assert [(offer.rulebook.id, offer.proofs[0].count) for offer in offers] == [
        ("kz-2026", 20),
        ("kz-reform", 15),
    ]
    assert all(step.computed.due for offer in offers for step in offer.steps)
