"""A test client that checks every page it gets: one h1, a title, a language, labels, no inline script or style."""

import gzip
import re
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import canary


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.h1 = 0
        self.titles = 0
        self.lang: str | None = None
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.inputs: list[dict[str, str | None]] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.h1 += tag == "h1"
        self.titles += tag == "title"
        if tag == "html":
            self.lang = given.get("lang")
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "label":
            self.labelled.add(str(given.get("for")))
        if tag in {"input", "select", "textarea"}:
            self.inputs.append(given)
        if "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"inline style or handler on <{tag}>")
        if tag == "script" and not given.get("src") and given.get("type") != "application/ld+json":
            self.faults.append("inline script")


def faults_of(html: str) -> list[str]:
    """What is wrong with a page, in words; empty for a good one."""
    page = _Page()
    page.feed(html)
    faults = page.faults
    if page.h1 != 1:
        faults.append(f"{page.h1} h1 elements")
    if page.titles < 1 or page.lang not in {"kk", "ru", "en"}:
        faults.append("no title or no language")
    twice = {i for i in page.ids if page.ids.count(i) > 1}
    if twice:
        faults.append(f"ids used twice: {sorted(twice)}")
    for given in page.inputs:
        silent = (
            given.get("type") in {"hidden", "submit"}
            or given.get("aria-label")
            or given.get("aria-labelledby")
        )
        if not silent and given.get("id") not in page.labelled:
            faults.append(f"no label for {given.get('name')}")
    if re.search(r"%\([a-z_]+\)s|\{\{|\{%", html):
        faults.append("an unfilled place in a text")
    return faults


class LintingClient(FlaskClient):
    """A client that fails on a faulty page."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request and check the page that comes back."""
        # A request inside the test's app context would share its `g` with every other one.
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        empty = response.request.method == "HEAD" or response.status_code in {301, 302, 303, 304, 308}
        if response.mimetype == "text/html" and not empty:
            packed = response.headers.get("Content-Encoding") == "gzip"
            faults = faults_of((gzip.decompress(response.data) if packed else response.data).decode())
            assert not faults, f"{response.request.path}: {faults}"
        _shows_no_signer(response)
        return response


# One's own pages, and those on which staff meet a mailbox by rule; everybody else's show no signer.
OWN = re.compile(r"^/(signatures|unsubscribe|account|my-data|admin)(/|$)|/(sign|join/.*)$")


def _shows_no_signer(response: TestResponse) -> None:
    """S11: no page, export, feed or figure that anybody gets holds the mark of somebody who signed."""
    request = response.request
    if request.method == "GET" and not OWN.search(request.path):
        assert canary.plain_traces(canary.unpacked(response.get_data())) == [], request.path
