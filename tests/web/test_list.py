"""The list of petitions: filters, search, orders and paging, through HTTP."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.work import SYSTEM, Actor, work
from petitions.domain.lifecycle import State
from petitions.domain.moderation import Verdict
from petitions.models.petition import Petition, PetitionText
from petitions.queries.stems import terms
from petitions.services.indexing import refresh
from petitions.services.screening import decide
from tests.conftest import Clock
from tests.factories import ASTANA, GOVERNMENT, VILLAGE, VILLAGE_BODY, a_moderator, a_petition

CARD = re.compile(r'<article class="card petition-card">.*?href="/petitions/(\d+)[^"]*"', re.S)
NEXT = re.compile(r'href="([^"]+)" rel="next"')


def shown(client: FlaskClient, **query: str) -> list[int]:
    response = client.get(f"/petitions?{urlencode(query)}", headers={"Accept-Language": "en"})
    assert response.status_code == 200
    return [int(found) for found in CARD.findall(response.get_data(as_text=True))]


def searchable(petition_id: int, title: str, text: str = "") -> None:
    with work(SYSTEM) as w:
        row = w.session.get_one(Petition, petition_id)
        row.title = title
        w.session.get_one(PetitionText, (petition_id, 1)).markdown = text
        refresh(w, row)


@pytest.mark.postgres_too
def test_each_filter_takes_its_own_petitions(client: FlaskClient, clock: Clock) -> None:
    ids = {state: a_petition(state) for state in State if state is not State.UNDER_REVIEW}
    late = a_petition(State.UNDER_REVIEW)
    clock.now += timedelta(days=60)
    waiting = a_petition(State.UNDER_REVIEW, authority=GOVERNMENT)
    assert shown(client, state="waiting") == [waiting]
    assert shown(client, state="overdue") == [late]
    assert shown(client, state="collecting") == [ids[State.COLLECTING]]
    assert shown(client, state="answered") == [ids[State.ANSWERED]]
    assert set(shown(client, state="closed")) == {ids[State.LAPSED], ids[State.WITHDRAWN]}
    assert shown(client, state="refused") == [ids[State.REFUSED]]
    assert set(shown(client, authority=GOVERNMENT)) == {waiting}
    assert set(shown(client, tier="national-executive")) == {waiting}
    hidden = {ids[state] for state in (State.DRAFT, State.GATHERING, State.SCREENING, State.TAKEN_DOWN)}
    assert not hidden & set(shown(client))


@pytest.mark.postgres_too
def test_an_area_takes_what_lies_below_it(client: FlaskClient) -> None:
    petition = a_petition(authority=VILLAGE_BODY)
    assert shown(client, area=VILLAGE) == [petition]
    assert shown(client, area="190000000") == [petition]
    assert shown(client, area=ASTANA) == []


@pytest.mark.postgres_too
@pytest.mark.parametrize("query", ["кітапхана", "КИТАПХАНА", "кітап", "ауыл китап", "улги", "Үлгі әкімдігі"])
def test_search_finds_beginnings_of_words_without_a_kazakh_keyboard(client: FlaskClient, query: str) -> None:
    petition = a_petition()
    searchable(petition, "Ауылға жаңа кітапхана салынсын")
    assert shown(client, q=query) == [petition]


@pytest.mark.parametrize("query", ["тапхана", "%", "_", "к_тапхана"])
def test_search_finds_nothing_else(client: FlaskClient, query: str) -> None:
    searchable(a_petition(), "Ауылға жаңа кітапхана салынсын")
    found = shown(client, q=query)
    assert found == [] or not terms(query)


@pytest.mark.postgres_too
def test_some_of_the_words_are_said_to_be_some_and_are_no_data(client: FlaskClient) -> None:
    petition = a_petition()
    searchable(petition, "Ауылға жаңа кітапхана салынсын")
    some = "No petition has all of your words. These have at least one of them."
    for query, said in (("кітапхана Астана", True), ("кітапхана ауыл", False)):
        page = client.get(f"/petitions?{urlencode({'q': query, 'lang': 'en'})}").get_data(as_text=True)
        assert CARD.findall(page) == [str(petition)] and (some in page) is said
        items = client.get(f"/api/v1/petitions?{urlencode({'q': query})}").get_json()["items"]
        assert [item["id"] for item in items] == ([] if said else [petition])


def test_words_are_folded_both_ways() -> None:
    assert terms("Әңгіме ҒЫЛЫМ қоғам өмір ұлт үміт һәм ёлка Ёлка") == [
        "ангиме", "гылым", "когам", "омир", "улт", "умит", "хам", "елка",
    ]  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=60))
@example("{{ 7 * 7 }} %(n)s {% if %}")
def test_no_characters_break_the_list_or_the_data(app: Flask, text: str) -> None:
    for name in ("q", "state", "tier", "area", "authority", "order", "cursor"):
        assert status(app, f"/petitions?{urlencode({name: text})}") == 200
    for name in ("q", "state", "area", "limit", "cursor", "format"):
        assert status(app, f"/api/v1/petitions?{urlencode({name: text})}") in {200, 400}


def status(app: Flask, path: str) -> int:
    """Asked by a plain client: the one that checks pages takes a reader's own braces for an unfilled place."""
    with app.app_context():
        return FlaskClient(app, app.response_class).get(path).status_code


def test_what_means_nothing_is_said_at_its_place_and_left_out(client: FlaskClient) -> None:
    petition = a_petition()
    response = client.get(
        "/petitions?state=lost&area=nowhere&cursor=x&q=%21%21", headers={"Accept-Language": "en"}
    )
    text = response.get_data(as_text=True)
    assert text.count("There is no such choice here") == 2
    assert "not valid any more" in text
    assert "Type a word" in text
    assert f"/petitions/{petition}" in text


@pytest.mark.postgres_too
def test_the_default_order_shows_what_closes_first(client: FlaskClient, clock: Clock) -> None:
    answered = a_petition(State.ANSWERED)
    early = a_petition()
    clock.now += timedelta(days=3)
    late = a_petition()
    assert shown(client) == [early, late, answered]
    assert shown(client, order="newest") == [late, early, answered]
    assert shown(client, order="answered")[0] == answered


@pytest.mark.postgres_too
@pytest.mark.parametrize("order", ["closing", "newest", "answered"])
def test_paging_shows_everything_once_while_petitions_arrive(
    client: FlaskClient, clock: Clock, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("petitions.web.reading.PER_PAGE", 2)
    ids = []
    for state in (
        State.COLLECTING,
        State.ANSWERED,
        State.REFUSED,
        State.COLLECTING,
        State.LAPSED,
        State.COLLECTING,
    ):
        clock.now += timedelta(hours=1)
        ids.append(a_petition(state))
    path, seen = f"/petitions?order={order}", []
    while path:
        text = client.get(path).get_data(as_text=True)
        seen += [int(found) for found in CARD.findall(text)]
        clock.now += timedelta(minutes=1)
        a_petition(State.REFUSED) if len(seen) == 2 else None
        following = NEXT.search(text)
        path = following.group(1).replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen))
    assert set(ids) <= set(seen)


def test_the_same_list_is_there_as_data(client: FlaskClient) -> None:
    petition = a_petition(State.ANSWERED)
    text = client.get("/petitions?state=answered").get_data(as_text=True)
    link = re.search(r'href="(/api/v1/petitions[^"]+format=json)"', text)
    assert link is not None
    items = client.get(link.group(1).replace("&amp;", "&")).get_json()["items"]
    assert [item["id"] for item in items] == [petition]


def test_a_query_that_is_too_long_is_cut_and_said_so(client: FlaskClient) -> None:
    response = client.get("/petitions?q=" + "x" * 300, headers={"Accept-Language": "en"})
    assert "Only the first 200 characters were looked for." in response.get_data(as_text=True)


def test_orders_are_explained_and_none_is_by_signatures(client: FlaskClient) -> None:
    text = client.get("/petitions", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "those that close soonest at the top" in text
    assert "most signed" not in text.lower()


def test_a_refused_petition_is_found_but_not_by_a_hidden_text(app: Flask, client: FlaskClient) -> None:
    moderator = Actor(a_moderator(), frozenset({"moderator"}))
    for ground, title in (("duplicate", "Көпірге шам"), ("order-morals-honour", "Бақшаға қоршау")):
        petition_id = a_petition(State.SCREENING, title=title)
        with work(moderator) as w:
            version = w.session.get_one(Petition, petition_id).version
            decide(
                w,
                petition_id,
                version,
                Verdict.REFUSE,
                reason="Осындай петиция бар, соған қосылыңыз.",
                ground=ground,
            )
    found = client.get("/petitions?q=Мәтін&state=refused").get_data(as_text=True)
    assert "Көпірге шам" in found
    assert "Бақшаға қоршау" not in found
    assert "Бақшаға қоршау" in client.get("/petitions?q=бакшага&state=refused").get_data(as_text=True)
