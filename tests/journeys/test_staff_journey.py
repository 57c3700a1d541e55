"""Staff in a real browser: two people give and take a role."""

import pytest
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


def send(page: Page) -> None:
    """Press the first button of the page's own form."""
    page.locator("main form[method=post] button[type=submit]").first.click()


def password(page: Page, mailbox: str) -> None:
    page.goto("/account/sign-in")
    page.fill("[name=email]", mailbox)
    page.fill("[name=password]", PASSWORD)
    send(page)


def test_two_people_give_a_role_and_take_it_away(site: Site, people: People) -> None:
    first, second, officer = people.someone(), people.someone(), people.someone()
    for page, mailbox in ((first, "one@gov.example"), (second, "two@gov.example")):
        administrator(site, mailbox)
        password(page, mailbox)
        page.fill("[name=code]", code_at(SECRET, step_of(site.clock.now)))
        send(page)
        expect(page.locator("h1")).to_be_visible()

    # One administrator proposes; only the other one finds the buttons.
    first.goto("/admin/users/invite")
    first.fill("[name=email]", "officer@gov.example")
    first.check("[name=role][value=officer]", force=True)
    first.select_option("[name=body]", "kz-gov")
    first.fill("[name=reason]", REASON)
    send(first)
    expect(first.locator("[name=decision]")).to_have_count(0)
    second.goto(first.url)
    second.click("[name=decision][value=yes]")

    # The officer takes the role by the mailed link, sets the second factor up, and works.
    site.tick()
    officer.goto(site.link_in_mail("officer@gov.example", "/account/invitation/"))
    officer.fill("[name=full_name]", "Асем Үлгіқызы")
    officer.fill("[name=password]", PASSWORD)
    send(officer)
    password(officer, "officer@gov.example")
    secret = officer.locator("#secret").inner_text().replace(" ", "")
    officer.fill("[name=code]", code_at(secret, step_of(site.clock.now)))
    send(officer)
    expect(officer.locator(".recovery-codes li")).to_have_count(10)
    officer.goto("/desk/")
    assert officer.url.endswith("/desk/")
    officer.goto("/account/factor/codes")

    # Two people take the role away, and the desk is closed at once.
    first.goto("/admin/users")
    first.get_by_role("link", name="Асем Үлгіқызы").click()
    first.locator("main a[href$='/remove']").click()
    first.fill("[name=reason]", REASON)
    send(first)
    second.goto("/admin/proposals")
    second.goto(first.url)
    second.click("[name=decision][value=yes]")
    officer.goto("/desk/")
    assert "/account/sign-in" in officer.url
    second.goto("/admin/audit")
