"""A1 and A2: every screen and state in every language, width and colours; all of Tab on every page."""

import logging

import pytest
from playwright.sync_api import Browser

from core.i18n import LANGUAGES
from tests.journeys.conftest import Site, browser, country  # noqa: F401 - they are fixtures
from tests.journeys.keyboard import go_round
from tests.journeys.looking import EVERY_VIEW, Looker, View
from tests.journeys.screens import every_screen
from tests.journeys.world import World
from tests.soak.conftest import Report, Size

log = logging.getLogger(__name__)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_in_every_view(
    language: str,
    country: tuple[Site, World],  # noqa: F811
    browser: Browser,  # noqa: F811
    report: Report,
    size: Size,
) -> None:
    """axe-core on every screen and state, on load and after each interaction, in every view."""
    site, world = country
    views = [view for view in EVERY_VIEW if view.language == language][: size("A1_VIEWS", 4)]
    screens = list(every_screen())[: size("A1_SCREENS", 10_000)]
    found: dict[str, list[str]] = {}
    states = 0
    for view in views:
        looker = Looker(browser, site, world, view)
        for screen in screens:
            looker.walk(screen)
        looker.context.close()
        states += looker.states
        found |= looker.found
    for where, wrong in found.items():
        log.warning("%s: %s", where, wrong)
    what = f"axe-core on every screen and state in {language}, 2 widths x 2 colours"
    measured = f"{len(found)} states with violations of {states} looked at, in {len(views)} views"
    report("A1", what, "0 violations", measured, not found)


def test_tab_goes_round_on_every_screen(
    country: tuple[Site, World],  # noqa: F811
    browser: Browser,  # noqa: F811
    report: Report,
    size: Size,
) -> None:
    """The skip link comes first, Tab reaches everything and leaves again, on every screen."""
    site, world = country
    looker = Looker(browser, site, world, View("kk", 1280, False))
    trapped = []
    screens = list(every_screen())[: size("A2_SCREENS", 10_000)]
    for screen in screens:
        if screen.path.endswith("/embed"):
            continue  # a part of another page: it has no menu to skip
        looker.open(screen)
        try:
            go_round(looker.page)
        except AssertionError as error:
            trapped.append(str(error))
            log.warning("%s", error)
    looker.context.close()
    measured = f"{len(trapped)} of {len(screens)} screens with a trap or something out of reach"
    report("A2", "Tab from the skip link through every screen and out again", "0", measured, not trapped)
