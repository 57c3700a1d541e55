"""The walk on PostgreSQL: no page writes, and what PostgreSQL does not take is a fault in no field."""

import pytest
from flask import Flask

from tests.security.malformed import targets
from tests.security.walk import Walker
from tests.security.world import World

pytestmark = pytest.mark.xdist_group("walk_pg")


def test_no_page_writes(pg_site: Flask, pg_world: World) -> None:
    walker = Walker(pg_site, pg_world)
    pages = [target for target in targets(pg_site, pg_world, walker) if target.line.method == "GET"]
    # What the server itself writes now and then it does not write three times; a page is as it was before each.
    wrote = [page.url for page in pages if all(walker.send(page.role, "GET", page.url)[1] for _ in range(3))]
    assert len(pages) > 150
    assert wrote == []


def test_what_postgresql_does_not_take_is_a_fault_in_no_field(pg_site: Flask, pg_world: World) -> None:
    asked, faults = 0, []
    for target in targets(pg_site, pg_world, Walker(pg_site, pg_world)):
        before = pg_world.content.version()
        for name in target.fields if target.line.csrf == "form" else ():
            client = pg_site.test_client()
            client.set_cookie("dauys", target.cookie)
            status = client.post(target.url, data={**target.fields, name: "a\x00b"}).status_code
            asked += 1
            if status >= 500:
                faults.append((target.line.path, name, status))
        if pg_world.content.version() != before:
            pg_world.content.put_back()
    assert asked > 100
    assert faults == []
