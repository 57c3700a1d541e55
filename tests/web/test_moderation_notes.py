"""Moderators hide what a body says beside its figures, with a reason for everybody, and show it again."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit import AuditEntry
from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, Actor, reading, work
from petitions.domain.lifecycle import State
from petitions.models.reminders import LedgerNote
from petitions.services.ledger_notes import hide_note, restore_note, write_note
from petitions.services.term_acts import Reason
from tests.accounts import submit
from tests.cases import officer
from tests.factories import (
    VILLAGE_BODY,
    a_moderator,
    a_petition,
    an_administrator,
    an_author,
    an_officer,
    sign_in,
)

NOTE = "Бір жауап сараптамадан кешікті: әкімнің телефоны 8 700."
WHY = "Мұнда жеке адамның деректері бар еді."
BACK = "Нөмір ресми екен, жеке дерек емес."


def text(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


@pytest.fixture
def note(app: Flask) -> int:
    """The number of a note that stands beside figures."""
    a_petition(State.UNDER_REVIEW, signatures=21)
    with work(officer()) as w:
        return write_note(w, NOTE, "kk")


@pytest.fixture
def browser(app: Flask, note: int) -> FlaskClient:
    """A moderator's browser."""
    return sign_in(app.test_client(), a_moderator())


def audit() -> list[tuple[str, str, dict | None, dict | None]]:
    with reading(SYSTEM) as w:
        query = select(AuditEntry).where(AuditEntry.action.like("ledger.note-%")).order_by(AuditEntry.id)
        return [(e.action, e.object, e.before, e.after) for e in w.session.scalars(query)]


def test_a_note_is_hidden_with_a_reason_and_shown_again(
    browser: FlaskClient, client: FlaskClient, note: int
) -> None:
    assert "/moderation/notes/" in text(browser, "/moderation/?lang=en")
    assert f"/moderation/notes/{note}" in text(browser, "/moderation/notes/?lang=en")
    path = f"/moderation/notes/{note}?lang=en"
    assert NOTE in text(browser, path)
    for given in ({"reason": ""}, {"reason": "қысқа"}, {"reason": WHY, "language": "xx"}):
        answer = submit(browser, path, act="hide", **({"language": "kk"} | given))
        assert answer.status_code == 422 and NOTE in text(client, "/deadlines")
    assert submit(browser, path, act="hide", reason=WHY, language="kk").status_code == 303
    for page in ("/deadlines?lang=en", f"/authorities/{VILLAGE_BODY}?lang=en"):
        shown = text(client, page)
        assert NOTE not in shown and WHY in shown and "A moderator has hidden this note" in shown
        assert f'<span lang="kk">{WHY}' in shown
    assert "Show it again" in text(browser, "/moderation/notes/?lang=en")
    # A form that was opened before a colleague was faster says so instead of doing it twice.
    assert submit(browser, path, act="hide", reason=WHY, language="kk").status_code in {409, 422}
    assert submit(browser, path, act="restore", reason=BACK, language="kk").status_code == 303
    shown = text(client, "/deadlines?lang=en")
    assert NOTE in shown and WHY in shown and BACK in shown
    assert audit() == [
        ("ledger.note-hide", f"authority:{VILLAGE_BODY}",
         {"note": note, "hidden": False}, {"note": note, "hidden": True, "reason": WHY}),
        ("ledger.note-restore", f"authority:{VILLAGE_BODY}",
         {"note": note, "hidden": True}, {"note": note, "hidden": False, "reason": BACK}),
    ]  # fmt: skip


def test_a_hidden_version_stays_hidden_once_a_newer_one_stands(
    browser: FlaskClient, client: FlaskClient, note: int
) -> None:
    path = f"/moderation/notes/{note}"
    assert submit(browser, path, act="hide", reason=WHY, language="kk").status_code == 303
    with work(officer()) as w:
        write_note(w, "Енді бәрі уақытында.", "kk")
    shown = text(client, "/deadlines")
    assert "Енді бәрі уақытында." in shown and WHY in shown and NOTE not in shown
    with work(officer()) as w:
        assert w.session.get_one(LedgerNote, note).text == NOTE


def test_many_notes_have_pages(browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("petitions.web.moderation_notes.PER_PAGE", 2)
    with work(officer()) as w:
        for n in range(4):
            write_note(w, f"Нұсқа {n}", "kk")
        write_note(w, "", "kk")
    seen, path = [], "/moderation/notes/"
    for _page in range(3):
        shown = text(browser, path)
        seen += [n for n in range(4) if f"Нұсқа {n}" in shown]
        links = [part.split('"')[0] for part in shown.split('href="')]
        path = next(
            (link for link in links if "before=" in link and "lang=" not in link), "/moderation/notes/999"
        )
    assert sorted(seen) == [0, 1, 2, 3]


@pytest.mark.parametrize("path", ["/moderation/notes/", "/moderation/notes/1"])
def test_only_moderators_come_in(app: Flask, note: int, path: str) -> None:
    assert app.test_client().get(path).status_code == 303
    for person in (an_author(), an_officer(), an_administrator()):
        browser = sign_in(app.test_client(), person)
        assert browser.get(path).status_code == 403
        assert browser.post(path, data={"act": "hide"}).status_code in {400, 403, 405}


def test_a_note_that_is_not_there(browser: FlaskClient) -> None:
    assert browser.get("/moderation/notes/999").status_code == 404


def test_the_use_case_asks_again(app: Flask, note: int) -> None:
    moderator, why = Actor(a_moderator(), frozenset({"moderator"})), Reason(WHY, "kk")
    with pytest.raises(Refusal, match="not-allowed"), work(officer()) as w:
        hide_note(w, note, why)
    with pytest.raises(Refusal, match="not-allowed"), work(ANYONE) as w:
        restore_note(w, note, why)
    with pytest.raises(Refusal, match="not-now"), work(moderator) as w:
        restore_note(w, note, why)
    with work(officer()) as w:
        empty = write_note(w, "", "kk")
    for unknown in (empty, 999):
        with pytest.raises(Refusal, match="not-found"), work(moderator) as w:
            hide_note(w, unknown, why)
