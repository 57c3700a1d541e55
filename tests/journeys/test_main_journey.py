"""The main job in a real browser: from registration to the published answer, with and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from auth.factor import code_at, step_of
from auth.permissions import Role
from auth.services.staff import create_user
from core.work import SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition
from tests.factories import VILLAGE_BODY, a_village
from tests.journeys.conftest import People, Site
from tests.signing_pages import text_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PASSWORD = "жасыл терезе алты түйе"
AUTHOR = "aigul@mail.example"
ALMATY_REGION = "190000000"


def send(page: Page) -> None:
    """Press the first button of the page's own form."""
    page.locator("main form[method=post] button[type=submit]").first.click()


def register(page: Page, site: Site, mailbox: str) -> None:
    page.goto("/account/register")
    page.fill("[name=email]", mailbox)
    page.fill("[name=password]", PASSWORD)
    send(page)
    site.tick()
    page.goto(site.link_in_mail(mailbox, "/account/confirm/"))
    page.fill("[name=password]", PASSWORD)
    send(page)


def sign_in(page: Page, mailbox: str) -> None:
    page.goto("/account/sign-in")
    page.fill("[name=email]", mailbox)
    page.fill("[name=password]", PASSWORD)
    send(page)


def sign_in_as_staff(page: Page, site: Site, mailbox: str) -> None:
    """With the password, then by setting up the second factor from the key on the page."""
    sign_in(page, mailbox)
    expect(page.locator("img.code-picture")).to_be_visible()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.fill("[name=code]", code_at(secret, step_of(site.clock.now)))
    send(page)
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.locator("main a.button").click()


def staff(site: Site, mailbox: str, role: Role, body: str | None = None) -> str:
    with site.app.app_context(), work(SYSTEM) as w:
        create_user(w, "Қызмет Үлгіұлы", mailbox, PASSWORD, role, body, "kk")
    return mailbox


def give_signature(page: Page, site: Site, address: str, mailbox: str, *, updates: bool = False) -> None:
    page.goto(address)
    page.fill("[name=full_name]", "Дана Сынаққызы")
    page.fill("[name=email]", mailbox)
    page.select_option("[name=area]", "999000001")
    page.check("[name=consent]")
    if updates:
        page.check("[name=updates]")
    send(page)
    site.tick()
    page.goto(site.link_in_mail(mailbox, "/signatures/confirm/"))
    send(page)


def state(site: Site, petition_id: int) -> State:
    with site.app.app_context(), reading(SYSTEM) as w:
        return w.session.get_one(Petition, petition_id).state


def test_from_registration_to_the_published_answer(site: Site, people: People) -> None:
    with site.app.app_context():
        a_village()
    author = people.someone()

    # A citizen opens an account, learns what being named means, and agrees.
    register(author, site, AUTHOR)
    sign_in(author, AUTHOR)
    author.goto("/petitions/new")
    author.fill("[name=full_name]", "Айгүл Үлгіқызы")
    author.select_option("[name=place]", ALMATY_REGION)
    author.check("[name=consent]")
    send(author)

    # The author writes, is refused an empty text with what was typed kept, checks, and submits.
    author.goto("/petitions/new")
    author.select_option("[name=authority]", VILLAGE_BODY)
    author.click("[name=action][value=show]")
    expect(author.locator("main")).to_contain_text("15")
    author.click("[name=action][value=begin]")
    author.fill("[name=title]", "Ауылға жаңа кітапхана салынсын")
    author.click("[name=action][value=continue]")
    author.fill("[name=text]", "Қысқа.")
    author.click("[name=action][value=continue]")
    expect(author.locator("[name=text]")).to_have_value("Қысқа.")
    author.fill(
        "[name=text]",
        "Ауылда кітапхана жоқ, балалар кітапты жиырма шақырым жерден алады. Жаңасын салуды сұраймыз.",
    )
    author.click("[name=action][value=continue]")
    for step in ("/edit/rules", "/check"):
        author.locator(f"main a.button[href*='{step}']").first.click()
    send(author)
    petition_id = int(author.url.split("/petitions/")[1].split("/")[0])
    assert state(site, petition_id) is State.GATHERING

    # Nothing of it is public yet; the private link brings three joiners.
    stranger = people.someone()
    assert stranger.goto(f"/petitions/{petition_id}").status == 404
    link = author.locator(f"a[href*='/petitions/{petition_id}/join/'], input[value*='/join/']").first
    address = link.get_attribute("href") or link.get_attribute("value")
    assert address
    for n in range(3):
        give_signature(people.someone(), site, address, f"joiner{n}@mail.example")
    site.tick()
    assert state(site, petition_id) is State.SCREENING

    # A moderator looks, previews and publishes.
    moderator = people.someone()
    sign_in_as_staff(moderator, site, staff(site, "moderator@mail.example", Role.MODERATOR))
    moderator.goto("/moderation/")
    moderator.locator(f"main a[href*='/moderation/{petition_id}']").first.click()
    moderator.check("[name=verdict][value=publish]", force=True)
    send(moderator)
    send(moderator)
    assert state(site, petition_id) is State.COLLECTING

    # People sign; one asks for news; the threshold of fifteen is reached and the petition is handed over.
    stranger.goto(f"/petitions/{petition_id}")
    expect(stranger.locator("h1")).to_have_text("Ауылға жаңа кітапхана салынсын")
    stranger.locator(f"a[href*='/petitions/{petition_id}/sign']").first.click()
    give_signature(stranger, site, stranger.url, "follower@mail.example", updates=True)
    for n in range(11):
        give_signature(people.someone(), site, f"/petitions/{petition_id}/sign", f"signer{n}@mail.example")
    site.tick()
    assert state(site, petition_id) is State.UNDER_REVIEW

    # The officer registers and drafts the answer.
    officer = people.someone()
    sign_in_as_staff(officer, site, staff(site, "officer@gov.example", Role.OFFICER, VILLAGE_BODY))
    officer.goto(f"/desk/{petition_id}/register")
    officer.fill("[name=number]", "КП-17")
    send(officer)
    officer.goto(f"/desk/{petition_id}/answer")
    officer.check("[name=outcome][value=satisfied]", force=True)
    officer.fill(
        "main textarea",
        "Кітапхана келесі жылдың бюджетіне енгізілді, құрылыс көктемде басталады деп шешілді.",
    )
    send(officer)
    officer.click("[name=action][value=send]")

    # A second officer checks the text; then it is published.
    second = people.someone()
    sign_in_as_staff(second, site, staff(site, "lawyer@gov.example", Role.OFFICER, VILLAGE_BODY))
    second.goto(f"/desk/{petition_id}/draft")
    second.click("[name=action][value=approve]")
    assert state(site, petition_id) is State.UNDER_REVIEW
    officer.goto(f"/desk/{petition_id}/draft")
    officer.click("[name=action][value=publish]")
    assert state(site, petition_id) is State.ANSWERED

    # Everybody reads the answer above the petition; the author and the follower get it by mail, once.
    site.clock.now = site.clock.now.replace(hour=6)
    site.tick()
    reader = people.someone()
    reader.goto(f"/petitions/{petition_id}")
    expect(reader.locator("main")).to_contain_text("Кітапхана келесі жылдың бюджетіне енгізілді")
    assert site.mails_to(AUTHOR)
    answers = [
        m for m in site.mails_to("follower@mail.example") if "/unsubscribe/" in str(m["List-Unsubscribe"])
    ]
    assert len(answers) == 2  # the hand-over and the answer
    assert all("кітапхана" not in text_of(m).lower() for m in answers)
