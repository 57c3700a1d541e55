"""S8 in Chromium: fifty strings in every text field of every form; nothing runs, nothing is loaded from elsewhere."""

import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request
from werkzeug.serving import make_server

from tests.journeys.conftest import Quiet, browser  # noqa: F401 - the fixture
from tests.security.conftest import site, walker, world  # noqa: F401 - fixtures of the walk
from tests.security.injections import SEEDS
from tests.security.malformed import Target, targets
from tests.security.walk import Walker
from tests.security.world import World

CHOSEN, PARTS = 50, 4
LISTEN = "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.blockedURI))"
FILL = """(text) => {
  let n = 0;
  for (const field of document.querySelectorAll('main textarea, main input:not([type]), main input[type=text]')) {
    field.removeAttribute('maxlength'); field.value = text; n += 1;
  }
  return n;
}"""


@pytest.fixture
def address(site: Flask) -> Iterator[str]:  # noqa: F811
    """The site of the walk, served."""
    server = make_server("127.0.0.1", 0, site, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Watch:
    """What a page does that it must not."""

    def __init__(self, page: Page, address: str) -> None:
        self.dialogs = self.reports = self.elsewhere = 0
        self.own = urlsplit(address).netloc
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("console", lambda said: self._report(said.text))

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs += 1
        dialog.dismiss()

    def _report(self, text: str) -> None:
        self.reports += "CSP" in text or "Content Security Policy" in text

    def _request(self, request: Request) -> None:
        there = urlsplit(request.url)
        self.elsewhere += there.scheme in {"http", "https", "ws"} and there.netloc != self.own


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_of_a_text_field_runs(
    part: int,
    site: Flask,  # noqa: F811
    world: World,  # noqa: F811
    walker: Walker,  # noqa: F811
    address: str,
    browser: Browser,  # noqa: F811
    report: Callable[..., None],
    size: Callable[[str, int], int],
) -> None:
    """Strings in every text field of every form."""
    strings = [text.replace("\n", " ") for text in SEEDS[: size("S8_STRINGS", CHOSEN)]]
    site.config["SESSION_COOKIE_SECURE"] = False
    found, sent, fields = [0, 0, 0], 0, 0
    forms = [t for t in targets(site, world, walker) if t.line.csrf == "form" and len(t.fields) > 1]
    for target in forms[part : size("S8_FORMS", 1000) : PARTS]:
        context = _context(browser, target, address)
        page = context.new_page()
        watch = Watch(page, address)
        for text in strings:
            page.goto(f"{address}{target.url}")
            n = page.evaluate(FILL, text)
            if not n:
                break
            page.locator("main form[method=post] button").last.click(no_wait_after=False)
            page.wait_for_load_state()
            fields, sent = fields + n, sent + 1
            world.content.put_back()
        found = [a + b for a, b in zip(found, (watch.dialogs, watch.reports, watch.elsewhere), strict=True)]
        context.close()
    said = f"{sent} forms with {fields} fields sent: {found[0]} dialogs, {found[1]} CSP reports, "
    said += f"{found[2]} requests elsewhere"
    report(
        "S8",
        f"{len(strings)} strings in each text field in Chromium, part {part + 1} of {PARTS}",
        "0 dialogs, CSP reports, third parties",
        said,
        not any(found) and sent > 0,
    )


def _context(browser: Browser, target: Target, address: str) -> BrowserContext:  # noqa: F811
    context = browser.new_context()
    context.add_init_script(LISTEN)
    if target.cookie:
        context.add_cookies([{"name": "dauys", "value": target.cookie, "url": address}])
    return context
