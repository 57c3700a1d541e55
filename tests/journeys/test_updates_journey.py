"""An update in a real browser: written, previewed, sent, read from a mail that tells nothing, and taken down."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from auth.permissions import Role
from petitions.domain.lifecycle import State
from tests.factories import a_petition
from tests.journeys.conftest import People, Site
from tests.journeys.test_appeal_journey import AUTHOR, an_author
from tests.journeys.test_main_journey import give_signature, send, sign_in, sign_in_as_staff, staff, state
from tests.signing_pages import text_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FOLLOWER = "follower@mail.example"
TITLE = "Мәслихатта кітапхана туралы сөйледік"
TEXT = "Кеше мәслихаттың ашық отырысында болдық.\n\n- жоба бюджетке енеді\n- шешім желтоқсанда"
REASON = "Мәтінде бір қызметкердің телефоны тұр, ол бұған келіспеген."


def write(page: Page, petition_id: int) -> None:
    """From the author's page through the preview, once back and on again."""
    page.goto(f"/petitions/{petition_id}/mine")
    page.locator(f"main a[href*='/petitions/{petition_id}/updates/new']").click()
    send(page)
    expect(page.locator(".error-summary")).to_be_visible()
    page.fill("[name=title]", TITLE)
    page.fill("[name=text]", TEXT)
    send(page)
    expect(page.locator("main article li")).to_have_count(2)
    page.click("[name=action][value=back]")
    expect(page.locator("[name=text]")).to_have_value(TEXT)
    send(page)


def test_an_update_reaches_followers_and_they_can_end_the_letters(site: Site, people: People) -> None:
    number = an_author(site)
    with site.app.app_context():
        petition_id = a_petition(State.COLLECTING, author=number)
    give_signature(people.someone(), site, f"/petitions/{petition_id}/sign", FOLLOWER, updates=True)
    give_signature(people.someone(), site, f"/petitions/{petition_id}/sign", "silent@mail.example")

    author = people.someone()
    sign_in(author, AUTHOR)
    write(author, petition_id)
    site.tick()
    assert not [mail for mail in site.mails_to(FOLLOWER) if mail["List-Unsubscribe"]], "seen, not sent"
    author.click("[name=action][value=send]")
    expect(author.locator("main [role=alert]")).to_be_visible()
    site.tick()

    # Who asked for news has one mail, which names nothing; who did not has none.
    (mail,) = [mail for mail in site.mails_to(FOLLOWER) if mail["List-Unsubscribe"]]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all(word not in text_of(mail) for word in (TITLE, "Мәслихат", f"/petitions/{petition_id}"))
    assert not [mail for mail in site.mails_to("silent@mail.example") if mail["List-Unsubscribe"]]

    # The private page leads to the words.
    follower = people.someone()
    follower.goto(site.link_in_mail(FOLLOWER, "/signatures/manage/"))
    follower.locator(f"main a[href*='/petitions/{petition_id}/updates']").click()
    expect(follower.locator("#update-1")).to_contain_text("жоба бюджетке енеді")

    # Opening the link of the mail ends nothing; its button does, and the next letters do not come.
    follower.goto(site.link_in_mail(FOLLOWER, "/unsubscribe/"))
    send(follower)
    site.clock.now += timedelta(days=8)
    author.goto(f"/petitions/{petition_id}/updates/new")
    if "/account/" in author.url:
        sign_in(author, AUTHOR)
        author.goto(f"/petitions/{petition_id}/updates/new")
    author.fill("[name=title]", "Екінші жаңалық: шешім шықты")
    author.fill("[name=text]", TEXT)
    send(author)
    author.click("[name=action][value=send]")
    site.tick()
    assert len([mail for mail in site.mails_to(FOLLOWER) if mail["List-Unsubscribe"]]) == 1
    assert state(site, petition_id) is State.COLLECTING

    # A moderator reads it afterwards and takes it down; everybody reads why.
    moderator = people.someone()
    sign_in_as_staff(moderator, site, staff(site, "moderator@mail.example", Role.MODERATOR))
    moderator.goto("/moderation/updates")
    moderator.locator("main a[href*='/moderation/updates/']", has_text="Екінші жаңалық").click()
    moderator.fill("[name=reason]", REASON)
    moderator.locator("main form").last.locator("button[type=submit]").click()
    expect(moderator.locator("main [role=alert]")).to_be_visible()
    follower.goto(f"/petitions/{petition_id}/updates")
    expect(follower.locator("main")).to_contain_text(REASON)
    expect(follower.locator("main")).not_to_contain_text("Екінші жаңалық")
    expect(follower.locator("main")).to_contain_text(TITLE)
