"""Walks through every state of a screen in a real browser, and looks at each for what axe and the eye would find."""

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize

from core.i18n import LANGUAGES
from tests.journeys.conftest import Site
from tests.journeys.screens import Act, Screen
from tests.journeys.world import World

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WIDTHS, HEIGHT = (320, 1280), 900
LOCALES = {"kk": "kk-KZ", "ru": "ru-RU", "en": "en-GB"}
RUN_AXE = """async () => (await axe.run({
    resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})).violations.map(
    (it) => `${it.id}: ${it.nodes[0].html.slice(0, 160)}`)"""
# Everything that folds is opened (the menu, which is the same everywhere, on the first screen only); buttons that
# only change what is shown are pressed.
UNFOLD = """(menu) => {
    const visible = (it) => it.checkVisibility();
    const all = menu ? 'details:not([open])' : 'main details:not([open])';
    const folded = [...document.querySelectorAll(all)].filter(visible);
    folded.forEach((it) => { it.open = true; });
    const small = [...document.querySelectorAll('main button[type=button]:not([data-print])')].filter(visible);
    small.forEach((it) => it.click());
    return folded.length + small.length;
}"""
# The forms of a page by what their buttons send; of many that look alike the first one stands for all.
BUTTONS = """() => {
    const seen = new Set();
    return [...document.querySelectorAll('main form[method=post] [type=submit]')].map((it, n) => {
        const alike = `${it.form.getAttribute('action') ?? ''} ${it.name} ${it.value}`.replace(/\\d+/g, 'n');
        return seen.has(alike) || !it.checkVisibility() ? -1 : (seen.add(alike), n);
    }).filter((n) => n >= 0);
}"""
PRESS = """(n) => {
    const button = document.querySelectorAll('main form[method=post] [type=submit]')[n];
    button.form.noValidate = true;
    button.click();
}"""
FILL = """([name, value]) => {
    const all = [...document.querySelectorAll(`main [name="${name}"]`)];
    if (!all.length) throw new Error(`no field ${name}`);
    const choice = all.find((it) => it.value === value) ?? all[0];
    if (all[0].type === 'radio' || all[0].type === 'checkbox') choice.checked = true;
    else all[0].value = value;
}"""


@dataclass(frozen=True, slots=True)
class View:
    """How a page is looked at."""

    language: str
    width: int
    forced_colours: bool

    def __str__(self) -> str:
        return f"{self.language} {self.width}{' forced colours' if self.forced_colours else ''}"


EVERY_VIEW = tuple(itertools.starmap(View, itertools.product(LANGUAGES, WIDTHS, (False, True))))
# Each pair of two of language, width and colours is in one of these six.
PAIRWISE = (
    View("kk", 320, False), View("ru", 1280, False), View("en", 320, True),
    View("kk", 1280, True), View("ru", 320, True), View("en", 1280, False),
)  # fmt: skip


class Looker:
    """One browser that looks at screens in one View, and keeps what it found wrong by screen and state."""

    def __init__(self, browser: Browser, site: Site, world: World, view: View) -> None:
        self.site, self.world, self.view = site, world, view
        self.found: dict[str, list[str]] = {}
        self.strange: list[str] = []
        self.states = 0
        self.context = self._context(browser)
        self.page = self.context.new_page()
        self.page.on("request", self._watch)
        self.page.on("console", self._listen)

    def _context(self, browser: Browser) -> BrowserContext:
        view = self.view
        made = browser.new_context(
            base_url=self.site.url, locale=LOCALES[view.language],
            viewport=ViewportSize(width=view.width, height=HEIGHT),
            forced_colors="active" if view.forced_colours else "none",
        )  # fmt: skip
        made.set_default_timeout(30_000)
        made.add_init_script(AXE)
        return made

    def _watch(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.site.url).netloc:
            self.strange.append(f"asks {request.url}")

    def _listen(self, message: ConsoleMessage) -> None:
        # An answer 404 or 422 is meant, and Chromium writes down each.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.strange.append(message.text)

    def walk(self, screen: Screen) -> None:
        """Look at a screen as it opens, unfolded, and after each act and button; the database is as before."""
        self.open(screen)
        self.look(screen, "")
        if self.page.evaluate(UNFOLD, self.states == 1):
            self.look(screen, "unfolded")
        buttons: Sequence[int] = self.page.evaluate(BUTTONS)
        done: list[tuple[str, Act | int]] = [(act.says, act) for act in screen.acts]
        done += [(f"button {n + 1}", n) for n in buttons]
        for k, (says, what) in enumerate(done):
            if k:
                self.open(screen)
            with put_back(self.site.app), self.page.expect_navigation():
                press(self.page, what)
            self.look(screen, says)

    def open(self, screen: Screen) -> None:
        """Go there as the person whose screen it is."""
        self.context.clear_cookies()
        if screen.who:
            cookie = {"name": "dauys", "value": self.world.cookies[screen.who], "url": self.site.url}
            self.context.add_cookies([cookie])  # type: ignore[list-item]
        answer = self.page.goto(self.world.address(screen.path))
        assert answer is not None and answer.status == screen.status, (screen, answer and answer.status)
        assert self.page.locator(screen.shows).count() == 1, f"{screen} is empty"

    def look(self, screen: Screen, state: str) -> None:
        """Everything that is wrong with what the browser shows now."""
        self.states += 1
        wrong: list[Any] = self.page.evaluate(RUN_AXE)
        if self.page.evaluate("document.documentElement.scrollWidth") > self.view.width:
            wrong.append("scrolls sideways")
        wrong += self.strange
        self.strange.clear()
        if wrong:
            self.found[f"{screen.path} {screen.who} {state} ({self.view})"] = wrong


def press(page: Page, done: Act | int) -> None:
    """Do an act, or press a button as the page stands."""
    if isinstance(done, int):
        page.evaluate(PRESS, done)
        return
    for field in done.fields.items():
        page.evaluate(FILL, list(field))
    page.locator(done.press).first.evaluate("it => { it.form.noValidate = true; it.click(); }")


@contextmanager
def put_back(app: Flask) -> Iterator[None]:
    """What is done inside leaves no trace in the database of a site."""
    path = app.extensions["dauys"].settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(":memory:")) as kept, closing(sqlite3.connect(path)) as now:
        now.backup(kept)
        try:
            yield
        finally:
            kept.backup(now)


def spread(screens: Sequence[Screen], views: Sequence[View]) -> Iterator[tuple[View, list[Screen]]]:
    """The screens dealt out to the views one by one, like cards."""
    for n, view in enumerate(views):
        yield view, list(screens[n :: len(views)])
