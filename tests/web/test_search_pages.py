"""What exists already, through HTTP: the list, the step of writing, the public page, the moderator, and no leaks."""

import re
from html import unescape
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import fulltext
from core.work import ANYONE, SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition, PetitionText
from petitions.queries.similar import similar
from petitions.services.indexing import refresh
from petitions.services.joining import join_url
from tests.factories import a_moderator, a_petition, an_author, sign_in
from tests.signing_pages import csrf
from tests.writing import a_draft

TITLE = "Ауылға жаңа кітапхана салынсын"
SECRET = "Жасырынқала"
REASON = "Екеуі де ауылға кітапхана салуды талап етеді."
CARD = re.compile(r'<article class="card petition-card">.*?href="/petitions/(\d+)[^"]*"', re.S)
NEXT = re.compile(r'href="([^"]+)" rel="next"')
HIDDEN = (State.DRAFT, State.GATHERING, State.SCREENING, State.TAKEN_DOWN)


def text(client: FlaskClient, path: str) -> str:
    response = client.get(path, headers={"Accept-Language": "en"})
    assert response.status_code == 200, path
    return unescape(response.get_data(as_text=True))


@pytest.mark.postgres_too
def test_a_search_stands_by_what_fits_best_and_its_pages_hold_while_petitions_arrive(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("petitions.web.reading.PER_PAGE", 2)
    ids = [
        a_petition(title=title) for title in (TITLE, "Кітапхана ашылсын", "Кітап кітапханада", TITLE, TITLE)
    ]
    path, seen = f"/petitions?q={quote('кітапхананың')}", []
    while path:
        page = text(client, path)
        assert "What fits best" in page
        seen += [int(found) for found in CARD.findall(page)]
        if len(seen) == 2:
            a_petition(title="Кітапхана мен мұражай")
        following = NEXT.search(page)
        path = following.group(1) if following else ""
    assert seen == sorted(ids, reverse=True)


def test_a_search_goes_on_as_broadly_as_it_began(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("petitions.web.reading.PER_PAGE", 1)
    ids = [a_petition(title="Кітапхана керек"), a_petition(title="Көпір керек")]
    first = text(client, f"/petitions?q={quote('кітапхана көпір')}")
    assert "No petition has all of your words" in first
    seen = CARD.findall(first)
    a_petition(title="Кітапхана мен көпір")
    seen += CARD.findall(text(client, NEXT.search(first).group(1)))
    assert sorted(map(int, seen)) == ids


def test_nothing_found_helps_on(client: FlaskClient) -> None:
    a_petition(title=TITLE)
    near = text(client, f"/petitions?q={quote('кітапхнаға')}")
    assert "No petition has the word “кітапхнаға”. Did you mean “кітапхана”?" in near
    link = re.search(r'href="([^"]+)">Search for this', near)
    assert link is not None and len(CARD.findall(text(client, link.group(1)))) == 1
    nothing = text(client, f"/petitions?q={quote('ипподром')}")
    assert "Nothing was found" in nothing and 'href="/petitions/new' in nothing
    elsewhere = text(client, f"/petitions?q={quote('кітапхана')}&state=answered")
    assert "1 petition elsewhere has these words" in elsewhere
    assert "What fits best" not in text(client, "/petitions?order=relevance")


@pytest.mark.postgres_too
@pytest.mark.parametrize("state", HIDDEN)
def test_nothing_of_what_is_not_public_is_found_by_anybody(
    app: Flask, client: FlaskClient, state: State
) -> None:
    """Stranger with and without the private link, search, near words, similar ones, list, API and counts."""
    author = an_author(full_name=f"Айгүл {SECRET}")
    hidden, public = a_petition(state, title=f"{SECRET} кітапханасы", author=author), a_petition(title=TITLE)
    with work(SYSTEM) as w:
        w.session.get_one(PetitionText, (hidden, 1)).markdown = f"{SECRET} тұрғындары"
        refresh(w, w.session.get_one(Petition, hidden))
        link = join_url(w, w.session.get_one(Petition, hidden)) if state is State.GATHERING else ""
    if link:
        client.get(link.removeprefix("http://localhost"))
    for query in (SECRET, "жасырынкала", "жасырынқалаа", f"{SECRET} кітапхана", "кітапхана", ""):
        page = text(client, f"/petitions?{urlencode({'q': query})}")
        assert str(hidden) not in CARD.findall(page) and SECRET.lower() not in page.replace(query, "").lower()
        items = client.get(f"/api/v1/petitions?{urlencode({'q': query})}").get_json()["items"]
        assert hidden not in [item["id"] for item in items]
    assert SECRET not in text(client, f"/petitions/{public}")
    with reading(ANYONE) as w:
        assert fulltext.rows_of(w.session, [hidden]) == {}
        assert fulltext.counts(w.session, ["жасырынкал", "жасырынкала"]) == {}
        assert hidden not in [row.card.id for row in similar(w, f"{SECRET} кітапханасы", "")]


def test_a_draft_is_shown_what_exists_and_may_always_go_on(client: FlaskClient) -> None:
    public = a_petition(title=TITLE)
    author = an_author()
    number, _actor = a_draft(author=author, title="Ауылымызға кітапхана керек")
    browser = sign_in(client, author)
    page = text(browser, f"/petitions/{number}/similar")
    assert TITLE in page and f'href="/petitions/{public}/sign' in page
    other = sign_in(browser.application.test_client(), an_author())
    assert other.get(f"/petitions/{number}/similar").status_code == 404
    assert browser.get(f"/petitions/{public}/similar").status_code == 404


def test_a_public_page_shows_three_similar_ones_and_is_the_same_for_everybody(client: FlaskClient) -> None:
    ids = [a_petition(title=TITLE) for _n in range(5)]
    page = client.get(f"/petitions/{ids[0]}?lang=en")
    assert page.text.count('class="card similar-card"') == 3
    assert "Set-Cookie" not in page.headers
    signed_in = sign_in(client.application.test_client(), an_author())
    assert signed_in.get(f"/petitions/{ids[0]}?lang=en").data == page.data


def test_a_moderator_compares_and_links_and_both_pages_say_so(client: FlaskClient) -> None:
    older, newer = a_petition(title=TITLE), a_petition(title="Ауылға кітапхана керек")
    browser = sign_in(client, a_moderator())
    case = text(browser, f"/moderation/{newer}")
    assert TITLE in case and f'href="/moderation/{newer}/duplicate?original={older}' in case
    path = f"/moderation/{newer}/duplicate?lang=en"
    form = text(browser, f"{path}&original={older}")
    assert f'value="{older}"' in form
    fields = {"csrf_token": csrf(form), "original": str(older), "reason": REASON, "language": "kk"}
    wrong = browser.post(path, data=fields | {"original": "abc"})
    assert (
        wrong.status_code == 422
        and "There is no other public petition" in wrong.text
        and REASON in wrong.text
    )
    assert browser.post(path, data=fields).status_code == 303
    stranger = browser.application.test_client()
    assert REASON in text(stranger, f"/petitions/{newer}") and f'href="/petitions/{older}' in text(
        stranger, f"/petitions/{newer}"
    )
    shown = text(stranger, f"/petitions/{older}")
    assert "A later petition about the same matter was linked to this one" in shown and REASON in shown
    undo = f"/moderation/{newer}/duplicate/remove?lang=en"
    fields = {"csrf_token": csrf(text(browser, undo)), "reason": REASON, "language": "kk"}
    assert browser.post(undo, data=fields).status_code == 303
    assert "A moderator has linked" not in text(stranger, f"/petitions/{newer}")
    assert browser.get(undo).status_code == 303
