"""Staff in a real browser: two people give and take a role; every page of it is accessible."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from auth.factor import code_at, step_of
from auth.permissions import Role
from auth.services.factors import set_factor
from auth.services.staff import create_user
from core.work import SYSTEM, work
from tests.journeys.conftest import People, Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PASSWORD = "жасыл терезе алты түйе"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
REASON = "Көлік туралы жауаптарды қабылдайды."


def administrator(site: Site, mailbox: str) -> None:
    with site.app.app_context(), work(SYSTEM) as w:
        number = create_user(w, "Қызмет Үлгіұлы", mailbox, PASSWORD, Role.ADMINISTRATOR, None, "kk")
        set_factor(w, number, SECRET)


def looked_at(page: Page) -> None:
    """No fault that axe finds, and nothing that scrolls sideways on a narrow screen."""
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        faults = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in Axe().run(page).response["violations"]]
        assert faults == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def send(page: Page) -> None:
    """Press the first button of the page's own form."""
    page.locator("main form[method=post] button[type=submit]").first.click()


def password(page: Page, mailbox: str) -> None:
    page.goto("/account/sign-in")
    page.fill("[name=email]", mailbox)
    page.fill("[name=password]", PASSWORD)
    send(page)


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_two_people_give_a_role_and_take_it_away(site: Site, people: People) -> None:
    first, second, officer = people.someone(), people.someone(), people.someone()
    for page, mailbox in ((first, "one@gov.example"), (second, "two@gov.example")):
        administrator(site, mailbox)
        password(page, mailbox)
        looked_at(page)
        page.fill("[name=code]", code_at(SECRET, step_of(site.clock.now)))
        send(page)
        expect(page.locator("h1")).to_be_visible()

    # One administrator proposes; only the other one finds the buttons.
    first.goto("/admin/users/invite")
    looked_at(first)
    first.fill("[name=email]", "officer@gov.example")
    first.check("[name=role][value=officer]", force=True)
    first.select_option("[name=body]", "kz-gov")
    first.fill("[name=reason]", REASON)
    send(first)
    expect(first.locator("[name=decision]")).to_have_count(0)
    second.goto(first.url)
    looked_at(second)
    second.click("[name=decision][value=yes]")

    # The officer takes the role by the mailed link, sets the second factor up, and works.
    site.tick()
    officer.goto(site.link_in_mail("officer@gov.example", "/account/invitation/"))
    looked_at(officer)
    officer.fill("[name=full_name]", "Асем Үлгіқызы")
    officer.fill("[name=password]", PASSWORD)
    send(officer)
    password(officer, "officer@gov.example")
    looked_at(officer)
    secret = officer.locator("#secret").inner_text().replace(" ", "")
    officer.fill("[name=code]", code_at(secret, step_of(site.clock.now)))
    send(officer)
    expect(officer.locator(".recovery-codes li")).to_have_count(10)
    looked_at(officer)
    officer.goto("/desk/")
    assert officer.url.endswith("/desk/")
    officer.goto("/account/factor/codes")
    looked_at(officer)

    # Two people take the role away, and the desk is closed at once.
    first.goto("/admin/users")
    looked_at(first)
    first.get_by_role("link", name="Асем Үлгіқызы").click()
    looked_at(first)
    first.locator("main a[href$='/remove']").click()
    looked_at(first)
    first.fill("[name=reason]", REASON)
    send(first)
    second.goto("/admin/proposals")
    looked_at(second)
    second.goto(first.url)
    second.click("[name=decision][value=yes]")
    officer.goto("/desk/")
    assert "/account/sign-in" in officer.url
    second.goto("/admin/audit")
    looked_at(second)
