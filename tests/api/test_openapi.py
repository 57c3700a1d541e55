"""The description of the API is complete and true."""

import re

from flask import Flask
from flask.testing import FlaskClient

from petitions.domain.lifecycle import State
from tests.factories import GOVERNMENT, a_petition


def described(client: FlaskClient) -> dict[str, object]:
    return dict(client.get("/api/v1/openapi.json").get_json())


def test_it_is_openapi_3_1_and_names_every_address(app: Flask, client: FlaskClient) -> None:
    spec = described(client)
    assert spec["openapi"] == "3.1.0"
    rules = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule))
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/api/v1/")
    }
    assert set(spec["paths"]) == rules  # type: ignore[arg-type]


def test_every_reference_leads_somewhere(client: FlaskClient) -> None:
    text = client.get("/api/v1/openapi.json").get_data(as_text=True)
    schemas = described(client)["components"]["schemas"]  # type: ignore[index]
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert references
    assert references <= set(schemas)
    assert not re.search(r"\.[0-9a-f]{7}", text)


def test_errors_and_tables_have_their_media_types(client: FlaskClient) -> None:
    paths = described(client)["paths"]
    responses = paths["/api/v1/petitions"]["get"]["responses"]  # type: ignore[index]
    assert set(responses["200"]["content"]) == {"application/json", "text/csv"}
    assert set(responses["400"]["content"]) == {"application/problem+json"}
    one = paths["/api/v1/petitions/{petition_id}"]["get"]["responses"]  # type: ignore[index]
    assert set(one["200"]["content"]) == {"application/json"}
    assert {"404", "410", "429"} <= set(one)
    assert "422" not in one


def test_what_is_given_has_exactly_the_fields_that_are_described(client: FlaskClient) -> None:
    petition = a_petition(State.UNDER_REVIEW, signatures=3)
    schemas = described(client)["components"]["schemas"]  # type: ignore[index]
    for path, name in (
        (f"petitions/{petition}", "Petition"),
        (f"authorities/{GOVERNMENT}", "Authority"),
        ("areas", "Areas"),
        ("terms", "Terms"),
        ("rulebooks", "Rulebooks"),
    ):
        body = client.get(f"/api/v1/{path}").get_json()
        assert set(body) == set(schemas[name]["properties"])
        assert set(schemas[name]["required"]) == set(body)


def test_parameters_are_described_with_their_limits(client: FlaskClient) -> None:
    parameters = {
        one["name"]: one["schema"]
        for one in described(client)["paths"]["/api/v1/petitions"]["get"]["parameters"]  # type: ignore[index]
    }
    assert {"state", "tier", "area", "authority", "q", "limit", "cursor", "format", "lang"} <= set(parameters)
    assert parameters["limit"]["maximum"] == 100
