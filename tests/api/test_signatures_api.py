"""A petition's signatures by day and by area through the public API."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from petitions.domain.lifecycle import State
from petitions.jobs.tally import freeze
from tests.conftest import Clock
from tests.factories import ALMATY, GOVERNMENT, a_petition, some_signatures

REGION, ASTANA = "190000000", "710000000"


@pytest.mark.postgres_too
def test_days_and_areas_have_the_shape_of_the_contract(client: FlaskClient, clock: Clock) -> None:
    petition = a_petition(authority=GOVERNMENT)
    daily, areas = (f"/api/v1/petitions/{petition}/signatures/{name}" for name in ("daily", "areas"))
    assert client.get(daily).get_json() == {"items": [], "next": None}
    assert all(row["suppressed"] for row in client.get(areas).get_json()["items"])
    for area, n in ((ALMATY, 40), (ASTANA, 6), (REGION, 7)):
        some_signatures(petition, n, area=area)
    clock.now += timedelta(days=1)
    freeze()
    assert client.get(daily).get_json() == {
        "items": [{"date": "2026-11-23", "days": 1, "count": 53, "cumulative": 53}],
        "next": None,
    }
    body = client.get(areas + "?lang=en").get_json()
    rows = {row["area"]: row for row in body["items"]}
    assert body["next"] is None and len(rows) == 21 and list(rows)[-1] == "_rest"
    assert list(rows[ALMATY]) == ["area", "name", "count", "suppressed", "population", "per_1000"]
    assert rows[ALMATY]["name"] == "Almaty city" and rows[ALMATY]["count"] == 40
    assert rows[ASTANA]["count"] is None and rows[ASTANA]["suppressed"] is True
    assert rows[ASTANA]["per_1000"] is None and rows[ASTANA]["population"] > 0
    assert rows["_rest"] == {
        "area": "_rest", "name": "", "count": 13, "suppressed": False, "population": None, "per_1000": None,
    }  # fmt: skip


def test_they_answer_as_all_lists_do(client: FlaskClient, clock: Clock) -> None:
    petition = a_petition(authority=GOVERNMENT, signatures=12)
    clock.now += timedelta(days=1)
    freeze()
    for name, columns in (("daily", "date,days,count,cumulative"), ("areas", "area,name,count,suppressed")):
        path = f"/api/v1/petitions/{petition}/signatures/{name}"
        response = client.get(path)
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "max-age" in response.headers["Cache-Control"]
        again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code == 304
        table = client.get(path + "?format=csv")
        assert table.mimetype == "text/csv"
        assert table.get_data().decode("utf-8-sig").startswith(columns)
        assert client.get(path + "?format=xml").status_code == 400
        assert client.get("/api/v1/petitions/999/signatures/" + name).status_code == 404
        gone = a_petition(State.TAKEN_DOWN)
        assert client.get(f"/api/v1/petitions/{gone}/signatures/{name}").status_code == 410
    paths = client.get("/api/v1/openapi.json").get_json()["paths"]
    assert "/api/v1/petitions/{petition_id}/signatures/areas" in paths
