"""The page of one petition and the front page, through HTTP, in every state and language."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, update

from authorities.models import AreaFigure
from core.config import ROOT
from core.db import Base, db, dispose
from core.work import SYSTEM, work
from petitions.domain.events import PRIVATE, Event
from petitions.domain.lifecycle import State
from petitions.models.case import Answer, Decision
from petitions.models.petition import FrozenCount, Petition, PetitionText
from petitions.notices import announce
from petitions.services.register import load_register
from petitions.web.reading_words import LATE
from tests.conftest import Clock, make_app
from tests.factories import ALMATY, VILLAGE, a_petition, some_signatures
from tests.updates import an_update

LISTED = [State.COLLECTING, State.UNDER_REVIEW, State.ANSWERED, State.LAPSED, State.WITHDRAWN, State.REFUSED]
TITLE = "Ауылға жаңа кітапхана салынсын"


def page(client: FlaskClient, path: str, language: str = "en") -> str:
    response = client.get(path, headers={"Accept-Language": language})
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def queries(app: Flask, client: FlaskClient, path: str) -> int:
    """How many statements a page sends."""
    seen: list[str] = []
    listener = lambda *given: seen.append(given[2])  # noqa: E731
    client.get(path)
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        client.get(path)
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    return len(seen)


def a_decision(petition_id: int, ground: str, reason: str, *, hides: bool = False) -> None:
    with work(SYSTEM) as w:
        row = Decision(
            petition_id=petition_id,
            kind="refuse",
            ground=ground,
            reason=reason,
            hides_text=hides,
            decided_at=w.now,
        )
        w.session.add(row)


def an_answer(
    petition_id: int, number: int = 1, kind: str = "answer", text: str = "Кітапхана салынады."
) -> None:
    with work(SYSTEM) as w:
        row = Answer(
            petition_id=petition_id,
            number=number,
            kind=kind,
            outcome="satisfied" if kind == "answer" else None,
            markdown=text,
            html=f"<p>{text}</p>",
            correction="Күні қате еді." if number > 1 else "",
            language="kk",
            decided_on=w.today,
            published_at=w.now,
        )
        w.session.add(row)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("state", LISTED)
def test_every_listed_state_has_its_page(client: FlaskClient, state: State, language: str) -> None:
    petition = a_petition(state)
    text = page(client, f"/petitions/{petition}", language)
    assert f'<html lang="{language}">' in text
    assert f'<h1 lang="kk">{TITLE}</h1>' in text
    assert f'<link rel="canonical" href="http://localhost/petitions/{petition}">' in text
    assert "csrf" not in text


@pytest.mark.parametrize("state", [State.DRAFT, State.GATHERING, State.SCREENING])
def test_what_is_not_published_is_not_there(client: FlaskClient, state: State) -> None:
    assert client.get(f"/petitions/{a_petition(state)}").status_code == 404


@pytest.mark.parametrize("state", [State.LAPSED, State.WITHDRAWN])
def test_a_petition_that_was_never_published_is_not_there(client: FlaskClient, state: State) -> None:
    petition = a_petition(state)
    with work(SYSTEM) as w:
        w.session.execute(update(Petition).where(Petition.id == petition).values(opened_at=None))
    assert client.get(f"/petitions/{petition}").status_code == 404
    assert f"/petitions/{petition}" not in page(client, "/petitions")


def test_a_petition_that_was_taken_down_says_why_and_shows_nothing_of_itself(client: FlaskClient) -> None:
    petition = a_petition(State.TAKEN_DOWN)
    a_decision(petition, "anonymous-author", "Автор басқа адам болып шықты.", hides=True)
    response = client.get(f"/petitions/{petition}")
    text = response.get_data(as_text=True)
    assert response.status_code == 410
    assert "Автор басқа адам болып шықты." in text
    assert TITLE not in text
    assert "noindex" in text


@pytest.mark.parametrize("hides", [False, True])
def test_a_refused_petition_shows_ground_and_reason_and_its_text_unless_hidden(
    client: FlaskClient, hides: bool
) -> None:
    petition = a_petition(State.REFUSED)
    a_decision(petition, "anonymous-author", "Аты-жөні толық емес.", hides=hides)
    text = page(client, f"/petitions/{petition}")
    assert "Аты-жөні толық емес." in text
    assert ("Мәтін." in text) is not hides
    assert "/sign" not in text


def test_the_count_stands_in_words_with_its_certificate(client: FlaskClient) -> None:
    text = page(client, f"/petitions/{a_petition(signatures=12)}")
    assert "of 20 signatures" in text
    assert "8 more signatures are needed" in text
    assert "5 % of the residents where there are up to 50,000" in text
    assert "90-3(4)" in text
    assert "invented" in text
    assert "kz-2026" in text


def test_where_only_residents_count_their_number_comes_from_the_frozen_table(client: FlaskClient) -> None:
    petition = a_petition()
    some_signatures(petition, 25, area=VILLAGE)
    some_signatures(petition, 4, area=ALMATY)
    with work(SYSTEM) as w:
        w.session.execute(
            update(Petition).where(Petition.id == petition).values(residents_only=True, threshold=40)
        )
    assert "fewer than 10 of 40 signatures" in page(client, f"/petitions/{petition}")
    with work(SYSTEM) as w:
        w.session.add(FrozenCount(petition_id=petition, day=w.today, counted=29, residents=25))
    text = page(client, f"/petitions/{petition}")
    assert '<strong class="progress__number">20</strong>' in text
    assert "All signatures, wherever people live: 29." in text
    assert ">25<" not in text


def test_signing_closes_with_its_window(client: FlaskClient, clock: Clock) -> None:
    petition = a_petition()
    assert f'href="/petitions/{petition}/sign"' in page(client, f"/petitions/{petition}")
    clock.now += timedelta(days=200)
    text = page(client, f"/petitions/{petition}")
    assert f"/petitions/{petition}/sign" not in text
    assert "Signing is closed." in text


def test_the_answer_stands_above_the_text_with_its_earlier_versions(client: FlaskClient) -> None:
    petition = a_petition(State.ANSWERED)
    an_answer(petition)
    an_answer(petition, 2, text="Кітапхана 2027 жылы салынады.")
    text = page(client, f"/petitions/{petition}")
    assert text.index("Кітапхана 2027 жылы салынады.") < text.index("Мәтін.")
    assert "Satisfied in full" in text
    assert "Күні қате еді." in text
    assert "Кітапхана салынады." in text


def test_a_lapsed_petition_shows_its_ordinary_reply(client: FlaskClient) -> None:
    petition = a_petition(State.LAPSED)
    an_answer(petition, kind="reply", text="Өтініш ретінде қаралды.")
    text = page(client, f"/petitions/{petition}")
    assert "Өтініш ретінде қаралды." in text
    assert "Ordinary reply" in text


@pytest.mark.postgres_too
def test_the_answer_clock_counts_working_days(client: FlaskClient, clock: Clock) -> None:
    petition = a_petition(State.UNDER_REVIEW)
    assert "20 working days left" in page(client, f"/petitions/{petition}")
    clock.now += timedelta(days=60)
    assert "working days late" in page(client, f"/petitions/{petition}")
    assert "Overdue" in page(client, "/")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_public_event_has_words_and_private_ones_stay_private(
    client: FlaskClient, language: str
) -> None:
    petition = a_petition()
    update = an_update(petition)
    with work(SYSTEM) as w:
        row = w.session.get_one(Petition, petition)
        for one in Event:
            facts = {
                "update": update,
                "kind": "answer",
                "due_on": "2026-12-01",
                "number": "17-К",
                "receipt": "D-1",
                "counted": 20,
            }
            announce(w, row, one, **facts | {"from": row.authority, "to": row.authority})
        announce(w, row, Event.RETURNED, kind="nonsense", due_on="тез арада")
    text = page(client, f"/petitions/{petition}", language)
    # One more: the update was published before.
    assert text.count("timeline__item--done") == len(Event) - len(PRIVATE) - len(LATE) + 1
    assert text.count("timeline__item--late") == len(LATE)
    assert "17-К" in text


def test_versions_of_the_text_are_public_but_drafts_are_not(client: FlaskClient) -> None:
    petition = a_petition()
    with work(SYSTEM) as w:
        row = PetitionText(
            petition_id=petition, number=2, title=TITLE, markdown="", html="<p>Жаңа мәтін.</p>", hash="1" * 64,
            frozen_at=w.now, reason="Сілтеме түзетілді.",
        )  # fmt: skip
        draft = PetitionText(
            petition_id=petition,
            number=3,
            title=TITLE,
            markdown="",
            html="<p>Жасырын жоба.</p>",
            hash="2" * 64,
        )
        w.session.add_all([row, draft])
    text = page(client, f"/petitions/{petition}")
    assert "Жаңа мәтін." in text
    assert "Сілтеме түзетілді." in text
    assert "Мәтін." in text
    assert "Жасырын жоба." not in text


def test_a_later_population_moves_nothing(client: FlaskClient) -> None:
    petition = a_petition(signatures=12)
    paths = [f"/petitions/{petition}", f"/api/v1/petitions/{petition}", "/petitions", "/"]
    before = [client.get(path).data for path in paths]
    with work(SYSTEM) as w:
        w.session.execute(update(AreaFigure).where(AreaFigure.area == VILLAGE).values(population=90_000))
    assert [client.get(path).data for path in paths] == before


def test_public_pages_never_set_nor_read_a_session(client: FlaskClient) -> None:
    petition = a_petition(State.UNDER_REVIEW)
    for path in (
        "/",
        "/petitions",
        f"/petitions/{petition}",
        "/rules",
        "/rules/kz-2026",
        "/terms/1",
        "/api/v1/petitions",
    ):
        bare = client.get(path)
        with_cookie = client.get(path, headers={"Cookie": "dauys=eyJfdXNlcl9pZCI6IjEifQ.x.y; other=1"})
        assert "Set-Cookie" not in bare.headers
        assert "Set-Cookie" not in with_cookie.headers
        assert with_cookie.data == bare.data
        assert "public" in bare.headers["Cache-Control"]
        again = client.get(path, headers={"If-None-Match": bare.headers["ETag"]})
        assert again.status_code == 304
        if not path.startswith("/api/"):
            assert set(bare.headers["Vary"].split(", ")) >= {"Accept-Language", "Cookie"}


@pytest.mark.postgres_too
def test_the_number_of_queries_does_not_grow_with_petitions(app: Flask, client: FlaskClient) -> None:
    first = a_petition(State.UNDER_REVIEW, signatures=3)
    a_petition(State.COLLECTING)
    a_petition(State.ANSWERED)
    paths = ["/", "/petitions", f"/petitions/{first}", "/api/v1/petitions?limit=100", "/api/v1/authorities"]
    few = [queries(app, client, path) for path in paths]
    for state in (State.UNDER_REVIEW, State.COLLECTING, State.ANSWERED):
        for _ in range(19):
            a_petition(state)
    assert all(queries(app, client, path) <= n for path, n in zip(paths, few, strict=True))
    assert max(few) <= 40


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_front_page_leads_on(client: FlaskClient, language: str) -> None:
    a_petition(signatures=5)
    answered = a_petition(State.ANSWERED)
    text = page(client, "/", language)
    assert "/petitions/new" in text
    assert f"/petitions/{answered}" in text
    assert 'name="q"' in text


def test_an_explicit_language_stays_in_the_links(client: FlaskClient) -> None:
    petition = a_petition()
    text = client.get(f"/petitions/{petition}?lang=ru").get_data(as_text=True)
    assert '<html lang="ru">' in text
    assert f"/petitions/{petition}/sign?lang=ru" in text


def test_a_proposal_is_not_called_law(tmp_path: Path) -> None:
    made = make_app(
        tmp_path, f"sqlite:///{tmp_path / 'r.db'}", Clock(), rulebook=ROOT / "rulebooks" / "kz-reform"
    )
    with made.app_context():
        Base.metadata.create_all(db.engine)
        with work(SYSTEM) as w:
            load_register(w, w.settings.rulebook)
        number = a_petition()
    page = made.test_client().get(f"/petitions/{number}?lang=en").get_data(as_text=True)
    assert re.search(r"§ 2022\s*<strong[^>]*>proposal<", page)
    term = made.test_client().get("/terms/1?lang=en").get_data(as_text=True)
    assert re.search(r"<strong[^>]*>proposal<", term) and not re.search(r"<strong[^>]*>law<", term)
    dispose(made)
