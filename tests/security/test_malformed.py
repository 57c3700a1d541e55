"""S13: what no browser sends is answered with a no, soon, and never with a fault; `make soak PART=s13` sends more."""

import io

import pytest
from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from tests.security.malformed import SLOWEST_SECONDS, everything, targets
from tests.security.walk import Walker, address, matrix, rules
from tests.security.world import World

pytestmark = pytest.mark.xdist_group("walk")
# A few of the ways for each route; the same ones each time.
EACH = 3


def test_no_malformed_request_is_a_fault(site: Flask, world: World, walker: Walker) -> None:
    found = list(everything(site, world, walker, EACH))
    assert [fault for trouble in found for fault in trouble.faults] == []
    assert sum(trouble.sent for trouble in found) == EACH * len(matrix())
    slowest = max(trouble.slowest for trouble in found)
    assert slowest[0] < SLOWEST_SECONDS, slowest


def test_a_part_that_calls_itself_a_file_is_no_text(site: Flask, world: World, walker: Walker) -> None:
    asked, faults = 0, []
    for target in targets(site, world, walker):
        for name in target.fields if target.line.csrf == "form" else ():
            data = {**target.fields, name: (io.BytesIO(b"x"), "x.txt")}
            client = site.test_client()
            client.set_cookie("dauys", target.cookie)
            status = client.post(target.url, data=data, base_url="https://localhost").status_code
            asked += 1
            if status >= 500:
                faults.append((target.line.path, name, status))
            world.content.put_back()
    assert asked > 100
    assert faults == []


def test_a_line_end_in_an_address_is_refused_where_it_would_be_repeated(site: Flask) -> None:
    environ = create_environ("/account//sign-in", base_url="https://localhost")
    environ["QUERY_STRING"] = "page=a\r\nSet-Cookie: x=1"
    assert run_wsgi_app(site, environ)[1].startswith("400")


@pytest.mark.parametrize("number", ["-99999999999999999999", "0", "99999999999999999999"])
def test_a_number_that_no_row_can_have_finds_nothing(
    site: Flask, world: World, walker: Walker, number: str
) -> None:
    for url in (f"/desk/?show=answered&before={number}", f"/moderation/notes/?before={number}"):
        role = "officer" if url.startswith("/desk") else "moderator"
        assert walker.send(role, "GET", url)[0].status_code == 200, url
    listed = address(
        site, world, next(r for m, r in rules(site) if m == "GET" and r.endpoint == "reports.report"), ""
    )
    assert walker.send("anonymous", "GET", f"{listed}?update={number}")[0].status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_narrows_nothing(site: Flask, walker: Walker, day: str) -> None:
    for name in ("since", "until"):
        assert walker.send("administrator", "GET", f"/admin/audit?{name}={day}")[0].status_code == 200
