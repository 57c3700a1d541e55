"""What tests of updates do over and over: one that is out, the form filled in, followers, what a feed says."""

from flask import Flask
from flask.testing import FlaskClient

from core.work import SYSTEM, Actor, work
from petitions.models.petition import Petition
from petitions.models.updates import AuthorUpdate
from petitions.services.updates import UpdateDraft, publish_update
from tests.web.test_moderation import hidden, text
from tests.writing import citizen

TITLE = "Мәслихатта кітапхана туралы сөйледік"
TEXT = "Кеше мәслихаттың ашық отырысында болдық.\n\n- жоба бюджетке енеді\n- шешім желтоқсанда"
WHY = "Кездесудің күні қате жазылған екен, түзетілді."
REASON = "Мәтінде бір қызметкердің телефоны тұр, ол бұған келіспеген."


def a_text(title: str = TITLE, markdown: str = TEXT, language: str = "kk", why: str = "") -> UpdateDraft:
    """The words of an update."""
    return UpdateDraft(title, markdown, language, why)


def author_of(petition_id: int) -> Actor:
    """The author of a petition."""
    with work(SYSTEM) as w:
        return citizen(w.session.get_one(Petition, petition_id).author_id)


def an_update(petition_id: int, actor: Actor | None = None, **words: str) -> int:
    """An update that its author has published; its id."""
    with work(actor or author_of(petition_id)) as w:
        number = publish_update(w, petition_id, a_text(**words))
    with work(SYSTEM) as w:
        mine = (AuthorUpdate.petition_id == petition_id, AuthorUpdate.number == number)
        return w.session.query(AuthorUpdate.id).filter(*mine).scalar()


def written(browser: FlaskClient, path: str, action: str, **fields: str) -> tuple[int, str]:
    """Send the form of an update; status and page (or where it leads)."""
    page = browser.get(f"{path}?lang=en")
    given = {"title": TITLE, "text": TEXT, "language": "kk", "action": action} | fields
    answer = browser.post(f"{path}?lang=en", data=hidden(page) | given)
    return answer.status_code, answer.location if answer.status_code == 303 else text(answer)


def feed_of(app: Flask, petition_id: int) -> str:
    """The feed of a petition."""
    return app.test_client().get(f"/feeds/petitions/{petition_id}.atom?lang=en").get_data(as_text=True)
