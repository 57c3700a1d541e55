"""Similar petitions, and the link of a duplicate to the older one: who may say so, who is told, what is kept."""

from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select

from core.audit import AuditEntry
from core.work import ANYONE, reading, work
from petitions.domain.lifecycle import State
from petitions.queries.duplicates import copies_of, original_of
from petitions.queries.similar import similar, similar_to
from petitions.queries.timeline import timeline
from petitions.services.duplicates import link_duplicate, unlink_duplicate
from tests.cases import change, sent_mails, words_of
from tests.conftest import Clock
from tests.factories import VILLAGE, a_moderator, a_petition, an_author, some_signatures
from tests.searching import many_petitions
from tests.writing import citizen, moderator, refused

REASON = "Екеуі де ауылға кітапхана салуды талап етеді."
TITLE = "Ауылға жаңа кітапхана салынсын"


@pytest.mark.postgres_too
def test_a_draft_finds_what_is_about_the_same_matter_among_500(app: Flask) -> None:
    ids = many_petitions(500)
    drafts = {
        "k01": ("Тасөткелде кітапхана ашыңыз", "Ауылымыздың балалары кітап оқитын жер таппай жүр."),
        "k06": ("Копирди жондеу керек", "Жүк көліктері ескі көпірден өте алмайды, тіреулері шірік."),
        "r05": ("Сохраните елки на площади", "Просим не рубить живые деревья."),
        "r03": ("Нам нужны трамваи", "Верните рельсовый транспорт на проспекты города."),
        "e05": ("Plastic bags should be banned", "Every market gives them away and the wind takes them."),
    }
    with reading(ANYONE) as w:
        found = {key: similar(w, *words) for key, words in drafts.items()}
        for key, rows in found.items():
            assert rows and rows[0].card.id == ids[key], key
            assert all(one.score >= two.score for one, two in pairwise(rows))
            assert len(rows) <= 5 and all(0 < row.score <= 1 and row.open for row in rows)
        assert similar(w, "", "") == () and similar(w, "Ғғғ!", "\x00\ud800") == ()
        assert similar(w, "Космос кемесіне билет алып беріңіз", "") == ()


@pytest.mark.postgres_too
def test_a_petition_is_never_similar_to_itself_and_the_same_place_counts(app: Flask) -> None:
    first, second, far = (
        a_petition(title=TITLE),
        a_petition(title=TITLE),
        a_petition(title=TITLE, authority="kz-gov"),
    )
    a_petition(State.REFUSED, title=TITLE)
    with reading(ANYONE) as w:
        assert [row.card.id for row in similar_to(w, first)] == [second, far]
        assert [row.card.id for row in similar_to(w, first, most=1)] == [second]
        assert len(similar_to(w, first, refused=True)) == 3
        near = {row.card.area: row.score for row in similar(w, "Кітапхана салыңыз", "", area=VILLAGE)}
        assert near[VILLAGE] > near["000000000"]


@pytest.mark.postgres_too
def test_a_duplicate_is_linked_and_everybody_concerned_is_told(app: Flask, clock: Clock) -> None:
    older, newer = a_petition(title=TITLE), a_petition(title="Кітапхана керек")
    some_signatures(newer, 2, updates=True)
    some_signatures(older, 1, updates=True)
    account = a_moderator()
    with work(moderator(account)) as w:
        link_duplicate(w, newer, older, REASON, "kk")
    with reading(ANYONE) as w:
        original = original_of(w, newer)
        assert original is not None and (original.id, original.reason) == (older, REASON)
        assert [row.id for row in copies_of(w, older)] == [newer]
        assert [line.event.value for line in timeline(w, newer)] == ["duplicate_linked"]
        assert [line.event.value for line in timeline(w, older)] == ["duplicate_found"]
        entry = w.session.scalars(select(AuditEntry).where(AuditEntry.object == f"petition:{newer}")).one()
        assert (entry.account_id, entry.before, entry.after) == (
            account,
            {"original": None},
            {"original": older},
        )
    mails = sent_mails()
    followers = [mail for mail in mails if mail["To"].startswith("signer")]
    assert len(followers) == 2 and len(mails) == 4
    for mail in followers:
        said = words_of(mail) + mail["Subject"]
        assert TITLE not in said and "Кітапхана" not in said and f"/petitions/{older}" not in said
    assert all("Айгүл" not in words_of(mail) for mail in followers)
    assert any(TITLE in words_of(mail) for mail in mails if mail not in followers)


@pytest.mark.postgres_too
def test_a_link_is_taken_back_with_a_reason_and_nothing_is_forgotten(app: Flask) -> None:
    older, newer = a_petition(title=TITLE), a_petition(title=TITLE)
    some_signatures(newer, 1, updates=True)
    with work(moderator(a_moderator())) as w:
        link_duplicate(w, newer, older, REASON, "kk")
    with work(moderator(a_moderator())) as w:
        unlink_duplicate(w, newer, "Екінші петиция басқа көше туралы екен.", "kk")
    with refused("duplicate-unlinked"), work(moderator(a_moderator())) as w:
        unlink_duplicate(w, newer, REASON, "kk")
    with reading(ANYONE) as w:
        assert original_of(w, newer) is None and copies_of(w, older) == ()
        assert [line.event.value for line in timeline(w, newer)] == ["duplicate_linked", "duplicate_unlinked"]
        assert [line.event.value for line in timeline(w, older)] == ["duplicate_found", "duplicate_gone"]
        acts = list(w.session.execute(select(AuditEntry.before, AuditEntry.after).order_by(AuditEntry.id)))
        assert acts[-1] == ({"original": older}, {"original": None})
    assert sum(mail["To"].startswith("signer") for mail in sent_mails()) == 2


def test_only_what_is_public_and_older_and_no_chain_can_be_linked(app: Flask) -> None:
    account, own = a_moderator(), a_moderator(author_since=None)
    oldest, first, second, third = (a_petition(title=TITLE) for _n in range(4))
    hidden = {
        state: a_petition(state)
        for state in (State.GATHERING, State.SCREENING, State.TAKEN_DOWN, State.DRAFT)
    }
    mine = a_petition(author=own)
    late = a_petition(title=TITLE)

    def link(newer: int, older: int, reason: str = REASON, language: str = "kk", by: int = account) -> None:
        with work(moderator(by)) as w:
            link_duplicate(w, newer, older, reason, language)

    for state, number in hidden.items():
        with refused("not-found") if state is State.DRAFT else refused("duplicate-private"):
            link(number, first)
        with refused("duplicate-unknown", "original"):
            link(late, number)
    for number in (late, 0, 10**9):
        with refused("duplicate-unknown", "original"):
            link(late, number)
    with refused("duplicate-newer", "original"):
        link(first, second)
    with refused("duplicate-own", "original"):
        link(late, mine, by=own)
    with refused("not-found"):
        link(mine, first, by=own)
    with refused("reason-missing", "reason"):
        link(second, first, "Ұқсас.")
    with refused("reason-long", "reason"):
        link(second, first, "а" * 4_001)
    with refused("language-unknown", "language"):
        link(second, first, language="de")
    link(second, first)
    with refused("duplicate-linked"):
        link(second, first)
    with refused("duplicate-chain", "original"):
        link(third, second)
    with refused("duplicate-chain", "original"):
        link(first, oldest)
    with refused("not-allowed"), work(citizen(an_author())) as w:
        link_duplicate(w, third, first, REASON, "kk")


def test_a_link_to_what_is_taken_down_is_not_shown(app: Flask) -> None:
    older, newer = a_petition(title=TITLE), a_petition(title=TITLE)
    with work(moderator(a_moderator())) as w:
        link_duplicate(w, newer, older, REASON, "kk")
    change(older, state=State.TAKEN_DOWN)
    with reading(ANYONE) as w:
        assert original_of(w, newer) is None
