"""A1: every screen in every state, on load and after each interaction, without a fault that axe finds."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Site
from tests.journeys.looking import PAIRWISE, Looker, spread
from tests.journeys.screens import MACHINES, SCREENS, endpoint_of, every_screen, pages_of
from tests.journeys.world import World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("screens")]


def test_every_route_is_visited(country: tuple[Site, World]) -> None:
    site, world = country
    visited = {endpoint_of(site.app, world, screen) for screen in every_screen()}
    assert pages_of(site.app) - visited == set(), "add it to tests/journeys/screens.py"
    assert set(MACHINES) - {rule.endpoint for rule in site.app.url_map.iter_rules()} == set()


@pytest.mark.parametrize("part", SCREENS)
def test_every_screen_is_accessible(country: tuple[Site, World], browser: Browser, part: str) -> None:
    site, world = country
    faults: dict[str, list[str]] = {}
    for view, screens in spread(SCREENS[part], PAIRWISE):
        looker = Looker(browser, site, world, view)
        for screen in screens:
            looker.walk(screen)
        looker.context.close()
        faults |= looker.found
    assert faults == {}
