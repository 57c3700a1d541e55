"""Feeds of petitions, read back by a feed reader: the list's filters, milestones, and nothing of any signer."""

from datetime import timedelta
from typing import Any

import feedparser
import pytest
from flask.testing import FlaskClient

from core.work import SYSTEM, work
from petitions.domain.events import Event
from petitions.domain.lifecycle import State
from petitions.models.case import JournalEntry
from tests.conftest import Clock
from tests.factories import ALMATY, GOVERNMENT, VILLAGE, VILLAGE_BODY, a_petition

LISTED = [State.COLLECTING, State.UNDER_REVIEW, State.ANSWERED, State.LAPSED, State.WITHDRAWN, State.REFUSED]


def read(client: FlaskClient, path: str) -> Any:
    """A feed as a reader takes it, and a second time as one that has it already."""
    response = client.get(path)
    assert response.status_code == 200, path
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert "Set-Cookie" not in response.headers
    assert client.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    found = feedparser.parse(response.data)
    assert not found.bozo, found.get("bozo_exception")
    assert found.feed.title and found.feed.updated_parsed and found.feed.id
    ids = [entry.id for entry in found.entries]
    assert len(set(ids)) == len(ids)
    for entry in found.entries:
        assert entry.title and entry.link and entry.updated_parsed and entry.summary
        assert entry.updated.endswith("Z")
    return found


def journal(petition: int, event: Event, clock: Clock, *, public: bool = True, **facts: object) -> None:
    with work(SYSTEM) as w:
        row = JournalEntry(
            petition_id=petition, at=clock.now, event=event.value, facts=facts, is_public=public
        )
        w.session.add(row)


def test_the_feed_of_the_list_has_the_petitions_of_the_api(client: FlaskClient) -> None:
    for state in State:
        a_petition(state, signatures=12 if state is State.COLLECTING else 0)
    a_petition(State.COLLECTING, authority=GOVERNMENT)
    for query in (
        "", "?state=collecting", f"?authority={GOVERNMENT}", f"?area={VILLAGE}&state=answered", "?q=кітапхана",
        "?tier=national-executive", "?state=closed", "?q=nothing",
    ):  # fmt: skip
        items = client.get(f"/api/v1/petitions{query}").get_json()["items"]
        entries = read(client, f"/feeds/petitions.atom{query}").entries
        assert [entry.link for entry in entries] == [item["url"] for item in items], query
        assert [entry.title for entry in entries] == [item["title"] for item in items]
        assert [entry.author for entry in entries] == [item["author"]["name"] for item in items]
    assert len(read(client, "/feeds/petitions.atom").entries) == len(LISTED) + 1


def test_an_entry_says_the_count_and_the_way(client: FlaskClient) -> None:
    a_petition(signatures=12)
    entry = read(client, "/feeds/petitions.atom?lang=en").entries[0]
    assert "12 of 20 signatures" in entry.summary
    assert "Collecting signatures" in entry.summary
    assert "Akimat of Ulgi village" in entry.summary


def test_an_entry_is_new_again_when_something_public_has_happened(client: FlaskClient, clock: Clock) -> None:
    petition = a_petition()
    before = read(client, "/feeds/petitions.atom").entries[0]
    assert before.updated == before.published == "2026-11-23T05:00:00Z"
    clock.now += timedelta(days=3)
    journal(petition, Event.SUBMITTED, clock)
    journal(petition, Event.THRESHOLD_REACHED, clock, public=False)
    assert read(client, "/feeds/petitions.atom").entries[0].updated == before.updated
    journal(petition, Event.THRESHOLD_REACHED, clock)
    after = read(client, "/feeds/petitions.atom")
    assert after.entries[0].updated == "2026-11-26T05:00:00Z" == after.feed.updated
    assert after.entries[0].id == before.id
    assert after.entries[0].published == before.published


def test_a_petition_has_a_feed_of_its_milestones(client: FlaskClient, clock: Clock) -> None:
    petition = a_petition()
    journal(petition, Event.PUBLISHED, clock, closes_on="2027-05-24")
    clock.now += timedelta(days=1)
    journal(petition, Event.THRESHOLD_REACHED, clock, counted=20)
    journal(petition, Event.SUBMITTED, clock)
    journal(petition, Event.REMINDED, clock, public=False)
    found = read(client, f"/feeds/petitions/{petition}.atom?lang=en")
    assert [entry.title for entry in found.entries] == [
        "The threshold was reached",
        "Published and open for signatures",
    ]
    assert found.entries[0].updated == "2026-11-24T05:00:00Z"
    assert "Signatures: 20." in found.entries[0].summary
    assert found.feed.title == "Ауылға жаңа кітапхана салынсын"
    assert found.feed.links[0].href == f"http://localhost/feeds/petitions/{petition}.atom?lang=en"


@pytest.mark.parametrize("state", list(State))
def test_a_petitions_feed_is_there_where_its_page_is(client: FlaskClient, state: State) -> None:
    petition = a_petition(state)
    page = client.get(f"/petitions/{petition}").status_code
    assert client.get(f"/feeds/petitions/{petition}.atom").status_code == page
    assert (page == 200) is (state in LISTED)
    assert (page == 410) is (state is State.TAKEN_DOWN)


@pytest.mark.parametrize("query", ["state=draft", "tier=none", "area=none", "authority=none"])
def test_a_filter_that_means_nothing_is_a_mistake(client: FlaskClient, query: str) -> None:
    assert client.get(f"/feeds/petitions.atom?{query}").status_code == 400


def test_nothing_in_a_title_becomes_markup_or_breaks_the_feed(client: FlaskClient) -> None:
    title = "Ә <script>alert(1)</script> & ]]> \x0b\ufffe жол"
    petition = a_petition(title=title)
    seen = title.replace("\x0b", "").replace("\ufffe", "")
    response = client.get("/feeds/petitions.atom")
    assert b"<script" not in response.data
    assert "\x0b" not in response.get_data(as_text=True)
    assert b"&lt;script&gt;" in response.data
    assert seen.split()[-1] in read(client, "/feeds/petitions.atom").entries[0].title
    read(client, f"/feeds/petitions/{petition}.atom")


def test_every_feed_can_be_read_and_found_from_its_page(client: FlaskClient, clock: Clock) -> None:
    petition = a_petition(State.UNDER_REVIEW)
    clock.now += timedelta(days=90)
    pages = {
        "/petitions": "/feeds/petitions.atom",
        f"/petitions?state=overdue&area={VILLAGE}": f"/feeds/petitions.atom?state=overdue&area={VILLAGE}",
        f"/petitions/{petition}": f"/feeds/petitions/{petition}.atom",
        "/deadlines": "/feeds/overdue.atom",
    }
    for page, feed in pages.items():
        html = client.get(page).get_data(as_text=True)
        shown = feed.replace("&", "&amp;")
        assert 'rel="alternate" type="application/atom+xml"' in html
        assert f'href="{shown}"' in html, page
        read(client, feed)
    assert len(read(client, f"/feeds/authorities/{VILLAGE_BODY}.atom").entries) == 0
    assert len(read(client, "/feeds/overdue.atom").entries) == 1
    assert "/petitions?area=" + ALMATY not in client.get("/petitions").get_data(as_text=True)


def test_the_language_of_the_address_stays(client: FlaskClient) -> None:
    a_petition()
    html = client.get("/petitions?lang=ru").get_data(as_text=True)
    assert 'href="/feeds/petitions.atom?lang=ru"' in html
    found = read(client, "/feeds/petitions.atom?lang=ru")
    assert found.feed.title == "Петиции"
    assert found.feed.id == "http://localhost/feeds/petitions.atom?lang=ru"
