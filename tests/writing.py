"""What tests of drafts and of the check do over and over: write, submit, join, send to the check."""

import pytest

from core.refusal import Refusal
from core.work import SYSTEM, Actor, reading, work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition
from petitions.services import cases
from petitions.services.drafts import begin_draft, save_draft
from petitions.services.screening import begin_screening
from petitions.services.submitting import submit
from tests.factories import VILLAGE_BODY, a_village, an_author, some_signatures

TITLE = "Ауылға жаңа кітапхана салынсын"
TEXT = "Ауылда кітапхана жоқ. Балалар кітап алу үшін қалаға барады, ал көлік сирек жүреді.\n\n- үй\n- кітап\n"
REASON = "Мәтінде бір адамның жеке деректері бар, оны алып тастаңыз."
JOINERS = 50


def refused(code: str, field: str | None = None) -> pytest.RaisesExc[Refusal]:
    """Expect a refusal with this code at this field."""
    return pytest.raises(Refusal, check=lambda error: (error.code, error.field) == (code, field))


def citizen(account: int) -> Actor:
    """The account as its owner acts."""
    return Actor(account_id=account, roles=frozenset({"citizen"}))


def moderator(account: int) -> Actor:
    """The account as a moderator."""
    return Actor(account_id=account, roles=frozenset({"moderator"}))


def a_draft(
    author: int | None = None, authority: str = VILLAGE_BODY, title: str = TITLE, text: str = TEXT
) -> tuple[int, Actor]:
    """A draft that lacks nothing, and its author."""
    if authority == VILLAGE_BODY:
        a_village()
    actor = citizen(an_author() if author is None else author)
    with work(actor) as w:
        number = begin_draft(w, authority, "kk")
    with work(actor) as w:
        save_draft(w, number, version_of(number), title=title, markdown=text, language="kk")
    return number, actor


def submitted(**changes: object) -> tuple[int, Actor]:
    """A petition that looks for its first joiners, and its author."""
    number, actor = a_draft(**changes)  # type: ignore[arg-type]
    with work(actor) as w:
        submit(w, number, version_of(number))
    return number, actor


def in_screening(**changes: object) -> tuple[int, Actor]:
    """A petition that waits for its check, and its author."""
    number, actor = submitted(**changes)
    some_signatures(number, JOINERS)
    with work(SYSTEM) as w:
        begin_screening(w, cases.load(w, number))
    return number, actor


def version_of(number: int) -> int:
    """The version that a form made now would carry."""
    return petition(number).version


def petition(number: int) -> Petition:
    """The petition's row as it is now."""
    with reading() as w:
        row = w.session.get_one(Petition, number)
        w.session.expunge(row)
        return row


def state_of(number: int) -> State:
    """Where the petition is."""
    return petition(number).state
