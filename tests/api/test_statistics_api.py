"""The statistics of the whole site: each figure with its note, from frozen tables only, nothing small in it."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from opendata import schemas_statistics
from opendata.how_counted import HOW
from petitions.domain.lifecycle import State
from petitions.jobs.tally import freeze as freeze_job
from tests.conftest import START, Clock
from tests.factories import ALMATY, ASTANA, a_petition, some_signatures

BLOCKS = ["funnel", "petitions", "refusals", "stages", "answers", "areas"]


def freeze(clock: Clock) -> None:
    """Let the day end, and freeze it."""
    clock.now += timedelta(days=1)
    freeze_job()


def test_before_the_first_frozen_day_there_is_nothing_but_notes(client: FlaskClient) -> None:
    body = client.get("/api/v1/statistics").get_json()
    schemas_statistics.Statistics.model_validate(body)
    assert body["as_of"] is None
    assert body["k"] == 10
    assert body["funnel"]["rows"] == body["petitions"]["rows"] == body["refusals"]["rows"] == []
    assert body["answers"]["due"] == 0 and body["answers"]["interval"] is None
    assert all(row["count"] is None and row["suppressed"] for row in body["areas"]["rows"])


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_each_block_says_how_it_is_counted(client: FlaskClient, lang: str) -> None:
    body = client.get(f"/api/v1/statistics?lang={lang}").get_json()
    assert [name for name in body if name not in {"as_of", "k"}] == BLOCKS
    for name in BLOCKS:
        assert body[name]["note"] == name
        assert name in HOW and body[name]["how_counted"]


@pytest.mark.postgres_too
def test_the_whole_site_in_figures(client: FlaskClient, clock: Clock) -> None:
    first, second = a_petition(), a_petition()
    some_signatures(first, 25, area=ALMATY)
    some_signatures(first, 12, area=ASTANA)
    some_signatures(second, 4, area=ALMATY)
    a_petition(State.ANSWERED)
    a_petition(State.REFUSED)
    a_petition(State.TAKEN_DOWN)
    a_petition(State.DRAFT)
    freeze(clock)
    body = client.get("/api/v1/statistics").get_json()
    schemas_statistics.Statistics.model_validate(body)
    assert body["as_of"] == START.date().isoformat()
    (day,) = body["funnel"]["rows"]
    states = ("pending", "expired", "invalid", "withdrawn", "quarantined", "counted")
    assert day["submitted"] == sum(day[name] for name in states) == day["counted"] == 41
    months = {(row["month"], row["state"]): row["n"] for row in body["petitions"]["rows"]}
    assert months == {
        ("2026-11-01", "collecting"): 2,
        ("2026-11-01", "answered"): 1,
        ("2026-11-01", "refused"): 1,
    }
    areas = {row["area"]: row for row in body["areas"]["rows"]}
    shown: dict[str, int] = {}
    for petition in (first, second):
        for cell in client.get(f"/api/v1/petitions/{petition}/signatures/areas").get_json()["items"]:
            if cell["area"] != "_rest" and cell["count"] is not None:
                shown[cell["area"]] = shown.get(cell["area"], 0) + cell["count"]
    assert {area: row["count"] for area, row in areas.items() if row["count"] is not None} == shown
    assert shown[ALMATY] == 25 and areas[ALMATY]["petitions"] == 1
    people = areas[ALMATY]["population"]
    assert areas[ALMATY]["per_1000"] == pytest.approx(25_000 / people, abs=0.01)
    assert all(row["count"] is None or row["count"] >= 10 for row in areas.values())
    assert body["answers"]["due"] == body["answers"]["given"] == body["answers"]["on_time"] == 1
    assert body["answers"]["median_days"] == 0
    stages = {row["stage"]: row for row in body["stages"]["rows"]}
    assert stages["answer"]["n"] == 1


def test_the_funnel_can_begin_later(client: FlaskClient, clock: Clock) -> None:
    a_petition(signatures=12)
    for _ in range(3):
        freeze(clock)
    whole = client.get("/api/v1/statistics").get_json()["funnel"]["rows"]
    assert [row["day"] for row in whole] == ["2026-11-23", "2026-11-24", "2026-11-25"]
    later = client.get("/api/v1/statistics?since=2026-11-25").get_json()["funnel"]["rows"]
    assert later == whole[2:]


@pytest.mark.parametrize("since", ["20261121", "0", "tomorrow", "2026-13-01", "2026-W01-1"])
def test_a_day_is_written_in_one_way(client: FlaskClient, since: str) -> None:
    response = client.get(f"/api/v1/statistics?since={since}")
    assert response.status_code == 400
    assert response.get_json()["parameters"] == ["since"]
