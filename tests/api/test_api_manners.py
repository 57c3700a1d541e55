"""The manners of the API that hold at every address: origins, caches, limits, errors, languages, moments."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from core.limits import limiter
from opendata import api
from opendata.schemas import Signing, SigningClosed
from petitions.domain.lifecycle import State
from petitions.web.reading_words import CLOSED
from tests.factories import GOVERNMENT, VILLAGE_BODY, a_petition

MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
LISTS = ("petitions", "terms", "areas", "authorities", "rulebooks")


@pytest.fixture
def counted(app: Flask) -> Iterator[None]:
    """Limits count, from nothing."""
    app.config["RATELIMIT_ENABLED"] = True
    limiter.reset()
    app.extensions["dauys_toll"].forget()
    yield
    limiter.reset()
    app.extensions["dauys_toll"].forget()
    app.config["RATELIMIT_ENABLED"] = False


def test_any_page_may_ask_before_it_reads(client: FlaskClient) -> None:
    petition = a_petition()
    for path in ("petitions", f"petitions/{petition}", "openapi.json"):
        response = client.options(
            f"/api/v1/{path}",
            headers={"Origin": "https://other.example", "Access-Control-Request-Method": "GET"},
        )
        assert (response.status_code, response.data) == (204, b"")
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "GET" in response.headers["Access-Control-Allow-Methods"]
        assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]
        head = client.head(f"/api/v1/{path}")
        assert head.status_code == 200 and head.data == b""
        assert head.headers["Access-Control-Allow-Origin"] == "*"
        assert head.headers["ETag"] == client.get(f"/api/v1/{path}").headers["ETag"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("petitions?limit=0", 400),
        ("petitions/99999", 404),
        ("petitions/-1", 404),
        ("authorities/nobody", 404),
        ("nothing", 404),
        ("nothing/at/all", 404),
        ("petitions/", 404),
        ("", 404),
        ("petitions?q=%00", 400),
        ("petitions?lang=de", 400),
        ("rulebooks?lang=de", 400),
        ("authorities/kz-gov?lang=de", 400),
        ("petitions?tier=none", 400),
        ("petitions?cursor=t5", 400),
        ("areas?cursor=body.kz-gov", 400),
    ],
)
def test_errors_are_open_and_kept_for_a_moment(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["status"] == status
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "public, max-age=5"
    assert response.headers["ETag"]
    assert (
        client.get(f"/api/v1/{path}", headers={"If-None-Match": response.headers["ETag"]}).status_code
        == status
    )


def test_what_was_taken_down_says_so_the_same_way(client: FlaskClient) -> None:
    response = client.get(f"/api/v1/petitions/{a_petition(State.TAKEN_DOWN)}")
    assert (response.status_code, response.mimetype) == (410, "application/problem+json")
    assert response.headers["Cache-Control"] == "public, max-age=5"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed(client: FlaskClient, method: str) -> None:
    response = getattr(client, method)("/api/v1/petitions")
    assert (response.status_code, response.mimetype) == (405, "application/problem+json")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_one_limit_holds_over_all_addresses(app: Flask, client: FlaskClient, counted: None) -> None:
    allowed = int(api.RATE.split()[0])
    assert allowed == 600
    paths = ("rulebooks", "areas?limit=1", "petitions?limit=0", "authorities?limit=1")
    for n in range(allowed):
        status = client.get(f"/api/v1/{paths[n % len(paths)]}").status_code
        assert status in {200, 400}, n
    for path in (*paths, "openapi.json"):
        response = client.get(f"/api/v1/{path}")
        assert (response.status_code, response.mimetype) == (429, "application/problem+json")
        assert 1 <= int(response.headers["Retry-After"]) <= 60
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/petitions").status_code == 200
    other = client.get("/api/v1/rulebooks", environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert other.status_code == 200


def test_without_its_database_it_asks_to_come_back(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(api, "view_page", away)
    response = client.get("/api/v1/petitions")
    assert (response.status_code, response.mimetype) == (503, "application/problem+json")
    assert int(response.headers["Retry-After"]) >= 1
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"


def moments(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of an answer whose name says that it is a moment."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from moments(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from moments(inner, name)
    elif isinstance(value, str) and name.endswith(("_at", "_on", "_of", "_since")):
        yield name, value


def test_moments_are_utc_and_dates_are_dates(client: FlaskClient) -> None:
    for state in (State.COLLECTING, State.UNDER_REVIEW, State.ANSWERED):
        a_petition(state, reached=True)
    found = [pair for path in LISTS for pair in moments(client.get(f"/api/v1/{path}").get_json())]
    assert {name for name, _ in found} >= {"opened_at", "closes_at", "started_on", "due_on", "as_of"}
    for name, value in found:
        if name.endswith("_at"):
            assert MOMENT.fullmatch(value), (name, value)
        else:
            assert datetime.fromisoformat(value).isoformat()[:10] == value, (name, value)


@pytest.mark.postgres_too
@pytest.mark.parametrize("path", ["petitions", "terms"])
def test_pages_are_stable_while_rows_arrive(client: FlaskClient, path: str) -> None:
    for _ in range(4):
        a_petition(State.UNDER_REVIEW)
    whole = [item["id"] for item in client.get(f"/api/v1/{path}?limit=100").get_json()["items"]]
    seen: list[int] = []
    following = f"/api/v1/{path}?limit=3"
    while following:
        body = client.get(following.removeprefix("http://localhost")).get_json()
        assert len(body["items"]) <= 3
        seen += [item["id"] for item in body["items"]]
        following = body["next"]
        a_petition(State.UNDER_REVIEW)
    assert seen == whole


def test_a_page_keeps_what_was_asked(client: FlaskClient) -> None:
    for _ in range(2):
        a_petition(State.UNDER_REVIEW)
    asked = f"/api/v1/petitions?limit=1&authority={VILLAGE_BODY}&state=under_review&lang=ru&format=json&q="
    following = client.get(asked).get_json()["next"]
    for part in ("limit=1", f"authority={VILLAGE_BODY}", "state=under_review", "lang=ru", "cursor=p"):
        assert part in following
    assert following.count("lang=") == 1
    assert client.get(following.removeprefix("http://localhost")).get_json()["next"] is None


def test_an_empty_filter_is_no_filter(client: FlaskClient) -> None:
    a_petition()
    empty = client.get("/api/v1/petitions?state=&tier=&area=&authority=&q=&limit=&cursor=&lang=&format=")
    assert empty.get_json() == client.get("/api/v1/petitions").get_json()


def test_every_reason_why_nobody_can_sign_is_described() -> None:
    assert set(SigningClosed.__args__) == set(CLOSED)
    assert Signing(open=False, reason="closed").reason == "closed"


def test_days_are_counted_in_the_days_of_their_unit(client: FlaskClient) -> None:
    petition = a_petition(State.UNDER_REVIEW)
    terms = {t["kind"]: t for t in client.get(f"/api/v1/petitions/{petition}").get_json()["terms"]}
    answer, collection = terms["answer"], terms["collection"]
    between = datetime.fromisoformat(answer["due_on"]) - datetime.fromisoformat("2026-11-23")
    assert answer["unit"] == "working_days" and answer["days_left"] < between.days
    whole = datetime.fromisoformat(collection["due_on"]) - datetime.fromisoformat("2026-11-23")
    assert collection["unit"] == "months" and timedelta(collection["days_left"]) == whole
    assert {term["unit"] for term in terms.values()} <= {"working_days", "calendar_days", "months"}


def test_the_size_of_an_answer_does_not_grow_with_signatures(client: FlaskClient) -> None:
    small, large = a_petition(signatures=1), a_petition(signatures=60)
    sizes = [len(json.dumps(client.get(f"/api/v1/petitions/{n}").get_json())) for n in (small, large)]
    assert abs(sizes[0] - sizes[1]) < 10
    assert client.get(f"/api/v1/authorities/{GOVERNMENT}").status_code == 200
