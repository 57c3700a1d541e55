"""A real server and a real browser; the jobs run when a journey says so, never by waiting."""

import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from core import jobs
from core.config import ROOT
from core.db import Base, db
from core.work import SYSTEM, work
from petitions.services.register import load_register
from petitions.services.tally import check
from tests import canary
from tests.conftest import START, Clock, make_app, skip
from tests.journeys.world import World, a_world

# The shell draws the same pages without a window's frame around them, at a third of the price.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass
class Site:
    """A running site: its address, its app and clock, and the mails that it sent."""

    url: str
    app: Flask
    clock: Clock
    mail: Path

    def tick(self) -> None:
        """Let the jobs do all that is due now."""
        with self.app.app_context():
            jobs.tick()

    def mails_to(self, mailbox: str) -> list[EmailMessage]:
        """The mails to one person, oldest first."""
        files = sorted(self.mail.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        mails = [message_from_bytes(path.read_bytes(), policy=default) for path in files]
        return [mail for mail in mails if mailbox in str(mail["To"])]

    def link_in_mail(self, mailbox: str, path: str) -> str:
        """The newest mailed link to a page below `path`."""
        for mail in reversed(self.mails_to(mailbox)):
            body = mail.get_body(("plain",))
            found = re.search(rf"{re.escape(self.url)}{path}\S+", body.get_content() if body else "")
            if found:
                return found[0]
        raise AssertionError(f"no mail to {mailbox} with {path}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    if CHROMIUM is None:
        skip("Chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


class Quiet(WSGIRequestHandler):
    """Like the site's own server it keeps no log of requests: the addresses of private pages are secrets."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing; faults are still logged."""


@pytest.fixture
def site() -> Iterator[Site]:
    """A site of its own, empty but for the register."""
    with running_site() as made:
        yield made


@pytest.fixture(scope="session")
def country() -> Iterator[tuple[Site, World]]:
    """A site in which no page is empty, for all tests that only look: whoever changes something puts it back."""
    with running_site() as made:
        with made.app.app_context():
            world = a_world(made.app, made.clock)
        yield made, world


@contextmanager
def running_site() -> Iterator[Site]:
    """A served site under the small rulebook, that ends without a drift of the totals."""
    folder = Path(tempfile.mkdtemp(prefix="dauys-journey-"))
    clock = Clock()
    clock.now = START
    app = make_app(
        folder, f"sqlite:///{folder / 'site.sqlite3'}", clock, rulebook=ROOT / "rulebooks" / "kz-reform"
    )
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with work(SYSTEM) as w:
            load_register(w, w.settings.rulebook)
    try:
        with serving(app) as url:
            yield Site(url, app, clock, folder / "mail")
        with app.app_context(), work(SYSTEM) as w:
            assert check(w) == []
        assert canary.in_site(folder) == {}
    finally:
        with app.app_context():
            db.engine.dispose()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an app on a free port of this machine, under the address that it then has."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    kernel = app.extensions["dauys"]
    before = kernel.settings
    object.__setattr__(kernel, "settings", before.model_copy(update={"base_url": url}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        object.__setattr__(kernel, "settings", before)


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Every journey works both ways."""
    return bool(request.param)


class People:
    """Browsers of different people."""

    def __init__(self, browser: Browser, site: Site, javascript: bool) -> None:
        self._open: list[BrowserContext] = []
        self.browser, self.site, self.javascript = browser, site, javascript

    def someone(self) -> Page:
        """A fresh browser that nobody has used."""
        context = self.browser.new_context(
            base_url=self.site.url, locale="kk-KZ", java_script_enabled=self.javascript
        )
        context.set_default_timeout(10_000)
        self._open.append(context)
        return context.new_page()

    def close(self) -> None:
        """Close them all."""
        for context in self._open:
            context.close()


@pytest.fixture
def people(browser: Browser, site: Site, javascript: bool) -> Iterator[People]:
    """Makes browsers for the people of a journey."""
    made = People(browser, site, javascript)
    yield made
    made.close()
