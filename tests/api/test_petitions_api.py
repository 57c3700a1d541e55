"""Petitions, terms, authorities, areas and rulebooks through the public API."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from core.config import Controller
from core.switches import Switch, turn
from core.tables import harmless
from core.work import SYSTEM, work
from opendata import schemas
from opendata.figures import answer_figures, wilson
from petitions.domain.lifecycle import State
from petitions.models.case import Answer
from petitions.models.petition import FrozenCount, Petition
from petitions.queries.records import AnswerDates
from tests.conftest import START, Clock
from tests.factories import ALMATY, GOVERNMENT, VILLAGE, VILLAGE_BODY, a_petition, some_signatures

LISTED = [State.COLLECTING, State.UNDER_REVIEW, State.ANSWERED, State.LAPSED, State.WITHDRAWN, State.REFUSED]
PETITION_FIELDS = [
    "id", "url", "state", "title", "language", "author", "co_authors", "authority", "tier", "area",
    "rulebook", "opened_at", "closes_at", "signing", "signatures", "thresholds", "terms", "answer",
]  # fmt: skip
TERM_FIELDS = [
    "id", "petition", "authority", "kind", "state", "started_on", "due_on", "days_left", "days_late", "unit",
    "stopped_since", "extended", "met_on",
]  # fmt: skip


def problem(client: FlaskClient, path: str, status: int) -> dict[str, object]:
    response = client.get(path)
    assert response.status_code == status, path
    assert response.mimetype == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    body = response.get_json()
    assert body["status"] == status
    return dict(body)


def everything(client: FlaskClient, path: str) -> list[dict[str, object]]:
    """Every item of a list, page by page."""
    items: list[dict[str, object]] = []
    following: str | None = path
    while following:
        body = client.get(following.removeprefix("http://localhost")).get_json()
        items += body["items"]
        following = body["next"]
    return items


@pytest.mark.parametrize("state", LISTED)
def test_a_petition_has_the_shape_of_the_contract(client: FlaskClient, state: State) -> None:
    petition = a_petition(state, signatures=0 if state is State.REFUSED else 7)
    response = client.get(f"/api/v1/petitions/{petition}")
    body = response.get_json()
    assert list(body) == PETITION_FIELDS
    schemas.Petition.model_validate_json(response.data)
    assert body["id"] == petition
    assert body["url"] == f"http://localhost/petitions/{petition}"
    assert body["state"] == state.value
    assert body["author"] == {"id": body["author"]["id"], "name": "Айгүл Үлгіқызы", "place": ALMATY}
    assert body["co_authors"] == []
    assert body["authority"] == {"code": VILLAGE_BODY, "name": "Үлгі ауылының әкімдігі"}
    assert body["area"] == VILLAGE
    assert all(list(term) == TERM_FIELDS for term in body["terms"])
    assert client.get("/api/v1/petitions").get_json()["items"][0] == body


def test_an_open_petition_in_figures(client: FlaskClient) -> None:
    petition = a_petition(signatures=12)
    body = client.get(f"/api/v1/petitions/{petition}").get_json()
    assert body["opened_at"] == "2026-11-23T05:00:00Z"
    assert body["closes_at"] == "2027-05-24T18:59:59Z"
    assert body["signing"] == {"open": True, "reason": None}
    assert body["signatures"] == {"counted": 12, "counting": 12}
    assert body["thresholds"] == [
        {
            "milestone": "answer", "count": 20, "formula": "5 % of population up to 50000, else 2500, ceil",
            "base": "population", "base_value": 400, "base_as_of": "2026-01-01", "source": "invented",
            "article": "90-3(4)", "basis": "law", "reached_at": None,
        }
    ]  # fmt: skip
    assert body["answer"] is None
    collection = next(term for term in body["terms"] if term["kind"] == "collection")
    assert collection["state"] == "running"
    assert collection["unit"] == "months"
    assert collection["due_on"] == "2027-05-24"
    assert collection["authority"] is None


def test_a_refused_petition_was_never_open(client: FlaskClient) -> None:
    petition = a_petition(State.REFUSED, signatures=3)
    body = client.get(f"/api/v1/petitions/{petition}").get_json()
    assert body["opened_at"] is None
    assert body["thresholds"] == []
    assert body["signing"]["open"] is False
    assert body["signatures"]["counted"] == 0


@pytest.mark.parametrize("state", [State.DRAFT, State.GATHERING, State.SCREENING])
def test_what_is_not_published_is_not_there(client: FlaskClient, state: State) -> None:
    problem(client, f"/api/v1/petitions/{a_petition(state)}", 404)
    assert client.get("/api/v1/petitions").get_json() == {"items": [], "next": None}
    assert client.get("/api/v1/terms").get_json()["items"] == []


def test_what_was_taken_down_is_gone(client: FlaskClient) -> None:
    petition = a_petition(State.TAKEN_DOWN)
    problem(client, f"/api/v1/petitions/{petition}", 410)
    assert client.get("/api/v1/petitions").get_json()["items"] == []
    assert client.get("/api/v1/terms").get_json()["items"] == []


@pytest.mark.parametrize("state", [State.LAPSED, State.WITHDRAWN])
def test_what_was_never_published_is_not_there(client: FlaskClient, state: State) -> None:
    petition = a_petition(state)
    with work(SYSTEM) as w:
        w.session.execute(update(Petition).where(Petition.id == petition).values(opened_at=None))
    problem(client, f"/api/v1/petitions/{petition}", 404)
    assert client.get("/api/v1/petitions").get_json()["items"] == []
    assert client.get("/api/v1/terms").get_json()["items"] == []


@pytest.mark.postgres_too
def test_residents_are_told_only_as_the_frozen_table_has_them(client: FlaskClient) -> None:
    petition = a_petition()
    some_signatures(petition, 25, area=VILLAGE)
    some_signatures(petition, 4, area=ALMATY)
    with work(SYSTEM) as w:
        w.session.execute(update(Petition).where(Petition.id == petition).values(residents_only=True))
    path = f"/api/v1/petitions/{petition}"
    assert client.get(path).get_json()["signatures"] == {"counted": 29, "counting": None}
    for n, told in ((9, None), (10, 10), (25, 20)):
        with work(SYSTEM) as w:
            row = FrozenCount(petition_id=petition, day=w.today + timedelta(days=n), counted=29, residents=n)
            w.session.add(row)
        assert client.get(path).get_json()["signatures"] == {"counted": 29, "counting": told}


def test_an_answer_says_what_stands_and_whether_it_was_corrected(client: FlaskClient) -> None:
    petition = a_petition(State.ANSWERED)
    with work(SYSTEM) as w:
        for n in (1, 2):
            row = Answer(
                petition_id=petition, number=n, kind="answer", outcome="satisfied", markdown=f"**{n}**", html="",
                language="kk", decided_on=w.today, published_at=w.now,
            )  # fmt: skip
            w.session.add(row)
    answer = client.get(f"/api/v1/petitions/{petition}").get_json()["answer"]
    assert answer == {
        "outcome": "satisfied", "text": "**2**", "decided_on": "2026-11-23", "published_at": "2026-11-23T05:00:00Z",
        "corrected": True,
    }  # fmt: skip


def test_signing_says_why_it_is_closed(client: FlaskClient, clock: Clock) -> None:
    petition = a_petition()
    path = f"/api/v1/petitions/{petition}"
    with work(SYSTEM) as w:
        turn(w, Switch.NO_SIGNING, True)
    assert client.get(path).get_json()["signing"] == {"open": False, "reason": "switched-off"}
    clock.now += timedelta(days=200)
    assert client.get(path).get_json()["signing"] == {"open": False, "reason": "closed"}


def test_signing_is_closed_while_no_controller_is_named(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition = a_petition()
    kernel = app.extensions["dauys"]
    nameless = kernel.settings.model_copy(update={"controller": Controller.model_validate({"person": ""})})
    monkeypatch.setitem(
        app.extensions, "dauys", type(kernel)(nameless, kernel.keys, kernel.zone, kernel.clock)
    )
    body = client.get(f"/api/v1/petitions/{petition}").get_json()
    assert body["signing"] == {"open": False, "reason": "no-controller"}


@pytest.mark.postgres_too
def test_petitions_are_narrowed_like_the_list(client: FlaskClient) -> None:
    ids = {state: a_petition(state) for state in State}
    government = a_petition(State.COLLECTING, authority=GOVERNMENT)

    def found(query: str) -> list[object]:
        return [item["id"] for item in everything(client, f"/api/v1/petitions?{query}")]

    for state in LISTED:
        expected = [government, ids[state]] if state is State.COLLECTING else [ids[state]]
        assert found(f"state={state}") == expected
    assert set(found("state=closed")) == {ids[State.WITHDRAWN], ids[State.LAPSED]}
    assert found(f"authority={GOVERNMENT}") == [government]
    assert found("tier=national-executive") == [government]
    assert found(f"area={VILLAGE}&state=answered") == [ids[State.ANSWERED]]
    assert found("q=nothing") == []
    every = found("")
    assert every == sorted(every, reverse=True)


@pytest.mark.postgres_too
def test_pages_are_stable_while_petitions_arrive(client: FlaskClient) -> None:
    ids = [a_petition(State.COLLECTING) for _ in range(5)]
    first = client.get("/api/v1/petitions?limit=2&state=collecting").get_json()
    assert [item["id"] for item in first["items"]] == ids[:-3:-1]
    a_petition(State.COLLECTING)
    assert "state=collecting" in first["next"]
    rest = everything(client, first["next"])
    assert [item["id"] for item in rest] == ids[-3::-1]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("petitions?limit=0", "limit"),
        ("petitions?limit=101", "limit"),
        ("petitions?limit=ten", "limit"),
        ("petitions?state=draft", "state"),
        ("petitions?state=nonsense", "state"),
        ("petitions?area=nowhere", "area"),
        ("petitions?authority=nobody", "authority"),
        ("petitions?cursor=abc", "cursor"),
        ("petitions?format=xml", "format"),
        ("petitions?q=" + "x" * 201, "q"),
        ("terms?state=draft", "state"),
        ("terms?authority=nobody", "authority"),
        ("terms?cursor=abc", "cursor"),
        ("areas?limit=0", "limit"),
        ("areas?cursor=abc", "cursor"),
        ("authorities?format=xlsx", "format"),
    ],
)
def test_a_bad_parameter_is_named(client: FlaskClient, query: str, parameter: str) -> None:
    body = problem(client, f"/api/v1/{query}", 400)
    assert body["parameters"] == [parameter]
    assert body["detail"]


def test_a_cursor_of_one_list_does_not_fit_another(client: FlaskClient) -> None:
    for _ in range(3):
        a_petition(State.COLLECTING)
    following = client.get("/api/v1/petitions?limit=1").get_json()["next"]
    cursor = re.search(r"cursor=([^&]+)", following)
    assert cursor is not None
    problem(client, f"/api/v1/terms?cursor={cursor.group(1)}", 400)


@pytest.mark.parametrize(
    "path", ["petitions/0", "petitions/abc", "petitions/99999", "petitions/1/signatures/daily"]
)
def test_what_does_not_exist_is_said_as_a_problem(client: FlaskClient, path: str) -> None:
    problem(client, f"/api/v1/{path}", 404)


def test_nothing_can_be_written(client: FlaskClient) -> None:
    response = client.post("/api/v1/petitions", json={})
    assert response.status_code == 405
    assert response.mimetype == "application/problem+json"
    assert "GET" in response.headers["Allow"]


def test_every_answer_is_open_and_can_be_kept(client: FlaskClient) -> None:
    petition = a_petition()
    for path in (
        "petitions", f"petitions/{petition}", "terms", "areas", "authorities", f"authorities/{GOVERNMENT}",
        "rulebooks", "openapi.json", "petitions?format=csv",
    ):  # fmt: skip
        response = client.get(f"/api/v1/{path}", headers={"Origin": "https://other.example"})
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "public" in response.headers["Cache-Control"]
        assert "Set-Cookie" not in response.headers
        kept = client.get(f"/api/v1/{path}", headers={"If-None-Match": response.headers["ETag"]})
        assert kept.status_code == 304


def test_names_follow_the_address_and_never_a_header(client: FlaskClient) -> None:
    a_petition()
    names = [
        client.get(path, headers=headers).get_json()["items"][0]["authority"]["name"]
        for path, headers in (
            ("/api/v1/petitions", {"Accept-Language": "ru"}),
            ("/api/v1/petitions?lang=ru", {}),
            ("/api/v1/petitions?lang=en", {"Cookie": "lang=ru"}),
        )
    ]
    assert names == ["Үлгі ауылының әкімдігі", "Акимат села Улги", "Akimat of Ulgi village"]


def test_a_table_has_the_same_rows_and_no_formulas(client: FlaskClient) -> None:
    a_petition(State.REFUSED, title='=HYPERLINK("http://evil.example")')
    answered = a_petition(State.ANSWERED)
    with work(SYSTEM) as w:
        row = Answer(
            petition_id=answered, number=1, kind="answer", outcome="refused", markdown="+1", html="", language="kk",
            decided_on=w.today, published_at=w.now,
        )  # fmt: skip
        w.session.add(row)
    response = client.get("/api/v1/petitions?format=csv")
    assert response.mimetype == "text/csv"
    assert response.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    items = client.get("/api/v1/petitions").get_json()["items"]
    assert [row["id"] for row in rows] == [str(item["id"]) for item in items]
    assert rows[0]["author.name"] == "Айгүл Үлгіқызы"
    assert rows[0]["answer.outcome"] == "refused"
    assert rows[0]["answer.text"] == "'+1"
    assert rows[0]["signing.open"] == "false"
    assert json.loads(rows[0]["thresholds"])[0]["count"] == 20
    assert rows[1]["answer.outcome"] == ""
    assert rows[1]["title"].startswith("'=")


def test_an_empty_table_has_its_header_and_a_long_one_its_next_page(client: FlaskClient) -> None:
    empty = client.get("/api/v1/terms?format=csv").data.decode("utf-8-sig")
    assert empty.strip().split(",") == TERM_FIELDS
    for _ in range(2):
        a_petition()
    response = client.get("/api/v1/petitions?format=csv&limit=1")
    assert 'rel="next"' in response.headers["Link"]
    assert "format=csv" in response.headers["Link"]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", " =1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless(-5) == -5
    assert harmless("a=1") == "a=1"


@pytest.mark.postgres_too
def test_terms_are_listed_with_their_standing(client: FlaskClient, clock: Clock) -> None:
    petition = a_petition(State.UNDER_REVIEW)
    refused = a_petition(State.REFUSED)
    items = everything(client, "/api/v1/terms?limit=3")
    assert [item["id"] for item in items] == sorted((item["id"] for item in items), reverse=True)
    assert {item["petition"] for item in items} == {petition, refused}
    for item in items:
        schemas.Term.model_validate_json(json.dumps(item))
    answer = next(item for item in items if item["kind"] == "answer")
    assert answer["state"] == "running"
    assert answer["days_left"] == 20
    assert answer["authority"] == VILLAGE_BODY
    clock.now = START + timedelta(days=60)
    late = everything(client, f"/api/v1/terms?state=late&authority={VILLAGE_BODY}")
    assert [item["kind"] for item in late] == ["answer"]
    assert late[0]["days_left"] is None
    assert isinstance(late[0]["days_late"], int) and late[0]["days_late"] > 0


def test_areas_and_authorities_of_the_register(client: FlaskClient) -> None:
    body = client.get("/api/v1/areas").get_json()
    assert body["next"] is None
    country = next(item for item in body["items"] if item["parent"] is None)
    assert country["selectable"] is False
    assert country["population"] == 20495975
    assert list(country) == ["code", "parent", "kind", "name", "population", "as_of", "source", "selectable"]
    regions = [item for item in body["items"] if item["parent"] == country["code"]]
    assert len(regions) == 20
    assert sum(item["population"] for item in regions) == country["population"]
    assert everything(client, "/api/v1/areas?limit=4") == body["items"]
    authorities = client.get("/api/v1/authorities").get_json()["items"]
    assert everything(client, "/api/v1/authorities?limit=7") == authorities
    assert list(authorities[0]) == ["code", "name", "area", "branch", "answers"]
    one = client.get(f"/api/v1/authorities/{GOVERNMENT}").get_json()
    assert one in authorities
    assert one["answers"] == {
        "due": 0, "on_time": 0, "late": 0, "overdue_now": 0, "median_days": None, "share_on_time": None,
        "interval": None,
    }  # fmt: skip
    problem(client, "/api/v1/authorities/nobody", 404)


@pytest.mark.postgres_too
def test_a_body_is_measured_by_its_answers(client: FlaskClient, clock: Clock) -> None:
    a_petition(State.ANSWERED)
    overdue = a_petition(State.UNDER_REVIEW)
    clock.now = START + timedelta(days=60)
    a_petition(State.UNDER_REVIEW)
    hidden = a_petition(State.ANSWERED)
    with work(SYSTEM) as w:
        w.session.get_one(Petition, hidden).state = State.TAKEN_DOWN
    answers = client.get(f"/api/v1/authorities/{VILLAGE_BODY}").get_json()["answers"]
    assert answers["due"] == 2
    assert answers["on_time"] == 1
    assert answers["late"] == answers["overdue_now"] == 1
    assert answers["share_on_time"] == 0.5
    assert answers["median_days"] == 0.0
    low, high = answers["interval"]
    assert low < 0.5 < high
    assert overdue


def test_late_stays_late_and_medians_count_days() -> None:
    day = START.date()
    dates = [
        AnswerDates("a", day, day + timedelta(days=9), day + timedelta(days=5), late=False),
        AnswerDates("a", day, day + timedelta(days=9), day + timedelta(days=12), late=True),
        AnswerDates("a", day, day + timedelta(days=9), None, late=True),
        AnswerDates("a", day, None, None, late=False),
    ]
    figures = answer_figures(dates)
    assert figures[:5] == (3, 1, 2, 1, 8.5)
    assert figures.share_on_time == 0.3333


def test_the_interval_is_wilsons() -> None:
    assert wilson(0, 0) is None
    # Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662.
    assert wilson(81, 263) == (0.2553, 0.3662)
    assert wilson(5, 5) == (0.5655, 1.0)


def test_rulebooks_at_hand(client: FlaskClient) -> None:
    items = client.get("/api/v1/rulebooks").get_json()["items"]
    assert [item["id"] for item in items] == ["kz-2026", "kz-reform"]
    assert items[0]["status"] == "law"
    assert items[0]["url"] == "http://localhost/rules/kz-2026"


def test_terms_that_are_cancelled_are_told_so(client: FlaskClient) -> None:
    petition = a_petition(State.WITHDRAWN)
    kinds = {
        term["kind"]: term["state"]
        for term in client.get(f"/api/v1/petitions/{petition}").get_json()["terms"]
    }
    assert kinds["collection"] == "cancelled"


def test_many_terms_of_one_state_are_found_behind_others(client: FlaskClient) -> None:
    a_petition(State.ANSWERED)
    met = everything(client, "/api/v1/terms?state=met&limit=1")
    assert {item["state"] for item in met} == {"met"}
    assert len(met) >= 4
