"""Every page that a visitor can open: no fault that axe finds, no sideways scrolling, no request to others."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request

from core.access import access_of
from core.work import SYSTEM, reading
from petitions.domain.lifecycle import State
from petitions.models.case import Term
from petitions.models.tokens import join_token
from petitions.web.help import PAGES as HELP
from tests.factories import ALMATY, ASTANA, VILLAGE, VILLAGE_BODY, a_petition
from tests.figures import some_figures
from tests.journeys.conftest import Site
from tests.updates import an_update

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]
# Machines read these; a person never sees them as a page.
NO_PAGES = {"health.", "api.", "static", "feeds.", "ics."}
# A page that is meant to be full, and what it would not have were it empty.
FULL = {
    "updates.index": "#update-1",
    "directory.authority": "#answers",
    "area with figures": "#beside",
    "statistics.index": "#areas",
    "petition_statistics.show": "#places",
    "data_pages.dictionary": "#statistics",
}
FILES = (".pdf", ".atom", ".ics", ".csv", ".json", ".svg", ".xlsx", ".zip")


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(base_url=site.url, locale="kk-KZ")
    yield context.new_page()
    context.close()


def everything(site: Site) -> dict[str, str]:
    """One address for every public or open page, on rows that make each of them full."""
    with site.app.app_context():
        shown = {state: a_petition(state, signatures=0 if state is State.DRAFT else 12) for state in State}
        with reading(SYSTEM) as w:
            term = w.session.query(Term.id).filter(Term.petition_id == shown[State.ANSWERED]).first()
            token = join_token(w, shown[State.GATHERING])
        an_update(shown[State.COLLECTING])
        some_figures(shown[State.COLLECTING], {ALMATY: 12_000, ASTANA: 400}, days=40)
        values = {
            "petition_id": shown[State.COLLECTING], "term_id": term[0] if term else 1, "code": VILLAGE_BODY,
            "rulebook": "kz-reform", "version": "", "token": "",
        }  # fmt: skip
        found = {}
        adapter = site.app.url_map.bind("localhost")
        for rule in site.app.url_map.iter_rules():
            access = access_of(site.app, rule.endpoint) if rule.endpoint != "static" else None
            if access is None or access.kind not in {"public", "open"} or "GET" not in (rule.methods or ()):
                continue
            if any(rule.endpoint.startswith(n) for n in NO_PAGES) or rule.rule.endswith(FILES):
                continue
            known = {name: values[name] for name in rule.arguments if values.get(name)}
            if rule.arguments <= known.keys():
                found[rule.endpoint] = adapter.build(rule.endpoint, known)
    found["directory.area"] = f"/areas/{VILLAGE}"
    found |= {f"help {name}": f"/help/{name}" for name in HELP}
    found["area with figures"] = f"/areas/{ASTANA}"
    found["statistics of nothing"] = "/statistics?state=refused&authority=kz-gov"
    found["statistics of what is not there"] = "/statistics?state=nobody"
    found["signing.join"] = f"/petitions/{shown[State.GATHERING]}/join/{token}"
    for state in (
        State.UNDER_REVIEW,
        State.ANSWERED,
        State.LAPSED,
        State.WITHDRAWN,
        State.REFUSED,
        State.TAKEN_DOWN,
    ):
        found[f"petition {state}"] = f"/petitions/{shown[state]}"
    found["no such page"] = "/nowhere"
    found["closed"] = f"/petitions/{shown[State.LAPSED]}/sign"
    return found


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_accessible(site: Site, page: Page, width: int) -> None:
    pages = everything(site)
    page.set_viewport_size({"width": width, "height": 900})
    strangers: list[str] = []

    def watch(request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(site.url).netloc:
            strangers.append(request.url)

    page.on("request", watch)
    faults: dict[str, list[str]] = {}
    for name, address in pages.items():
        answer = page.goto(address)
        assert answer is not None and answer.status < 500, name
        assert name not in FULL or page.locator(FULL[name]).count() == 1, f"{name} is empty"
        found = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("scrolls sideways")
        if found:
            faults[f"{name} {address}"] = found
    assert faults == {}
    assert strangers == []


def test_a_form_with_errors_is_accessible(site: Site, page: Page) -> None:
    with site.app.app_context():
        petition_id = a_petition(State.COLLECTING)
    page.goto(f"/petitions/{petition_id}/sign")
    page.fill("[name=email]", "not a mailbox")
    page.locator("main form[method=post] button[type=submit]").first.click()
    assert page.title().startswith("Қате")
    assert page.input_value("[name=email]") == "not a mailbox"
    assert (
        page.evaluate("document.activeElement.getAttribute('role') || document.activeElement.className") != ""
    )
    assert Axe().run(page).response["violations"] == []
