"""A3: every screen at 400 % zoom, on paper, without movement, in forced colours; and large enough to be hit."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.journeys.conftest import Site
from tests.journeys.looking import Looker, View
from tests.journeys.screens import SCREENS
from tests.journeys.world import World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("eyes")]
# 1280 x 1024 at 400 %.
ZOOMED = ViewportSize(width=320, height=256)
# Sideways scrolling inside a table or a listing is allowed where keys reach it, and only it is as wide.
WIDE = """() => [...document.querySelectorAll('body *')].filter((it) => {
    const style = getComputedStyle(it);
    if (it.scrollWidth <= it.clientWidth + 1 || !it.checkVisibility() || it.clientWidth < 2) return false;
    if (['auto', 'scroll'].includes(style.overflowX)) return it.tabIndex < 0 && !it.matches('textarea, select');
    return ['hidden', 'clip'].includes(style.overflowX) && it.innerText?.trim() && !it.closest('.visually-hidden, svg');
}).map((it) => `cut off or out of reach: ${it.outerHTML.slice(0, 120)}`)"""
COVERING = """() => [...document.querySelectorAll('body *')].filter((it) =>
    ['fixed', 'sticky'].includes(getComputedStyle(it).position) && it.getBoundingClientRect().height > 64
).map((it) => `covers the page: ${it.outerHTML.slice(0, 120)}`)"""
SMALL = """() => [...document.querySelectorAll('main .button, .skip-link, main .input, main .choice')].filter((it) => {
    const box = it.getBoundingClientRect();
    return it.checkVisibility() && !it.matches('.skip-link') && box.height && box.height < 43.5;
}).map((it) => `${it.getBoundingClientRect().height} px high: ${it.outerHTML.slice(0, 120)}`)"""
MOVING = """() => [...document.querySelectorAll('*')].filter((it) => {
    const style = getComputedStyle(it);
    return style.animationName !== 'none' || style.scrollBehavior === 'smooth'
        || style.transitionDuration.split(',').some((time) => parseFloat(time) > 0);
}).map((it) => `moves: ${it.outerHTML.slice(0, 120)}`)"""
# What is read, without what only the screen needs: buttons, forms, ways to other pages.
READ = """() => {
    const inert = 'nav, form, button, .button, .share, .downloads, .steps, .no-print, .search, .filters, script, '
        + '.chart__more summary';  // on paper the table that it opens is there
    const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    const words = [];
    while (walk.nextNode()) {
        const node = walk.currentNode, it = node.parentElement;
        if (!node.data.trim() || it.closest(inert) || !it.checkVisibility({visibilityProperty: true})) continue;
        words.push(node.data.replace(/\\s+/g, ' ').trim());
    }
    return words;
}"""
HIDDEN_ON_PAPER = """() => [...document.querySelectorAll(
    '.site-nav, .site-menu, .languages, .skip-link, .breadcrumbs, main .button, .pagination')]
    .filter((it) => it.checkVisibility()).map((it) => `on paper: ${it.outerHTML.slice(0, 120)}`)"""
# A control that has only a colour to be seen by would vanish.
FLAT = """() => [...document.querySelectorAll('main :is(.button, .input, .choice__input)')].filter((it) => {
    const style = getComputedStyle(it);
    return it.checkVisibility() && parseFloat(style.borderTopWidth) === 0 && style.appearance === 'none';
}).map((it) => `without an edge in forced colours: ${it.outerHTML.slice(0, 120)}`)"""
# A chart needs a shape that differs from the page it is drawn on.
BLANK = """() => [...document.querySelectorAll('main svg[role=img]')].filter((it) => {
    if (!it.checkVisibility()) return false;
    const ground = getComputedStyle(document.body).backgroundColor;
    return ![...it.querySelectorAll('rect, path, circle, line, polyline, text')].some((shape) => {
        const style = getComputedStyle(shape);
        return ![ground, 'none', 'rgba(0, 0, 0, 0)'].includes(style.fill) || ![ground, 'none'].includes(style.stroke);
    });
}).map((it) => `blank in forced colours: ${it.outerHTML.slice(0, 120)}`)"""


def faults(page: Page) -> list[str]:
    """What somebody would miss on a page that is open."""
    page.emulate_media(media="screen", reduced_motion="reduce", forced_colors="none")
    read: list[str] = page.evaluate(READ)
    wrong = [f"{page.evaluate('document.documentElement.scrollWidth')} px wide"]
    wrong = wrong if page.evaluate("document.documentElement.scrollWidth") > ZOOMED["width"] else []
    for look in (WIDE, COVERING, SMALL, MOVING):
        wrong += page.evaluate(look)
    page.emulate_media(forced_colors="active")
    wrong += [f"not in forced colours: {text}" for text in _lost(read, page.evaluate(READ))]
    wrong += page.evaluate(FLAT) + page.evaluate(BLANK)
    page.emulate_media(media="print", forced_colors="none")
    wrong += [f"not on paper: {text}" for text in _lost(read, page.evaluate(READ))]
    return wrong + list(page.evaluate(HIDDEN_ON_PAPER))


def _lost(before: list[str], after: list[str]) -> list[str]:
    left = set(after)
    return [text for text in before if text not in left]


@pytest.mark.parametrize("part", SCREENS)
def test_nothing_is_lost(country: tuple[Site, World], browser: Browser, part: str) -> None:
    site, world = country
    looker = Looker(browser, site, world, View("kk", 320, False))
    looker.page.set_viewport_size(ZOOMED)
    found = {}
    for screen in SCREENS[part]:
        looker.open(screen)
        if wrong := faults(looker.page):
            found[f"{screen.path} {screen.who}"] = wrong
    looker.context.close()
    assert found == {}
