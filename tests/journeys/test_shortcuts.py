"""Keys of a list of work in a real browser: they work in the list and nowhere else."""

import pytest
from playwright.sync_api import Page, expect

from auth.factor import code_at, step_of
from auth.permissions import Role
from auth.services.factors import set_factor
from auth.services.staff import create_user
from core.work import SYSTEM, work
from petitions.domain.lifecycle import State
from tests.factories import a_petition
from tests.journeys.conftest import People, Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PASSWORD = "жасыл терезе алты түйе"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def signed_in(site: Site, page: Page) -> None:
    """A moderator with two petitions to check."""
    with site.app.app_context():
        for _n in range(2):
            a_petition(State.SCREENING)
        with work(SYSTEM) as w:
            number = create_user(
                w, "Қызмет Үлгіұлы", "keys@gov.example", PASSWORD, Role.MODERATOR, None, "kk"
            )
            set_factor(w, number, SECRET)
    page.goto("/account/sign-in")
    page.fill("[name=email]", "keys@gov.example")
    page.fill("[name=password]", PASSWORD)
    page.locator("main form[method=post] button[type=submit]").first.click()
    page.fill("[name=code]", code_at(SECRET, step_of(site.clock.now)))
    page.locator("main form[method=post] button[type=submit]").first.click()


@pytest.mark.parametrize("javascript", [True], indirect=True)
def test_keys_go_through_the_queue_only_inside_it(site: Site, people: People) -> None:
    page = people.someone()
    signed_in(site, page)
    page.goto("/moderation/")
    items, help_of_keys = page.locator("[data-item]"), page.locator("[data-shortcuts]")
    expect(items).to_have_count(2)
    expect(help_of_keys).to_be_visible()

    # Outside the list a single key does nothing.
    page.locator("body").press("j")
    page.locator("body").press("?")
    expect(items.first).not_to_be_focused()
    expect(help_of_keys).not_to_have_attribute("open", "")

    items.first.focus()
    page.keyboard.press("j")
    expect(items.nth(1)).to_be_focused()
    page.keyboard.press("j")
    expect(items.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(items.first).to_be_focused()
    page.keyboard.press("?")
    expect(help_of_keys).to_have_attribute("open", "")
    page.keyboard.press("s")
    expect(page.locator("#petition-number")).to_be_focused()
    # In a field the key is a letter again.
    page.keyboard.press("j")
    expect(page.locator("#petition-number")).to_have_value("j")
