"""A2 by keyboard alone: create, moderate, sign, confirm, withdraw, export; test_desk_journey.py has the answer."""

import pytest
from playwright.sync_api import Page, expect

from auth.permissions import Role
from core.work import SYSTEM, reading
from petitions.domain.lifecycle import State
from petitions.models.petition import PetitionCount
from tests.factories import VILLAGE, VILLAGE_BODY, a_village, some_signatures
from tests.journeys.conftest import People, Site
from tests.journeys.keyboard import choose, follow, go_round, press, reach, send, tick, write
from tests.journeys.test_appeal_journey import AUTHOR, an_author
from tests.journeys.test_desk_journey import sign_in
from tests.journeys.test_main_journey import staff, state

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
TEXT = "Ауылда кітапхана жоқ, балалар кітапты жиырма шақырым жерден алады. Жаңасын салуды сұраймыз."


def give_signature(page: Page, site: Site, mailbox: str) -> None:
    """Fill the form in that is open, and press the button of the mailed page."""
    write(page, "full_name", "Дана Сынаққызы")
    write(page, "email", mailbox)
    choose(page, "area", VILLAGE)
    tick(page, "consent")
    send(page)
    site.tick()
    page.goto(site.link_in_mail(mailbox, "/signatures/confirm/"))
    go_round(page)
    send(page)


def counted(site: Site, petition_id: int) -> int:
    """The total as the tally has it."""
    site.tick()
    with site.app.app_context(), reading(SYSTEM) as w:
        return w.session.get_one(PetitionCount, petition_id).counted


@pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with-javascript"])
def test_create_moderate_sign_confirm_withdraw_export(site: Site, people: People) -> None:
    with site.app.app_context():
        a_village()
    an_author(site)

    # The author writes, and submits.
    author = people.someone()
    sign_in(author, site, AUTHOR)
    author.goto("/petitions/new")
    go_round(author)
    choose(author, "authority", VILLAGE_BODY)
    press(author, "[name=action][value=begin]")
    write(author, "title", "Ауылға жаңа кітапхана салынсын")
    press(author, "[name=action][value=continue]")
    go_round(author)
    write(author, "text", TEXT)
    press(author, "[name=action][value=continue]")
    for step in ("/edit/rules", "/check"):
        press(author, f"main a.button[href*='{step}']")
    send(author)
    petition_id = int(author.url.split("/petitions/")[1].split("/")[0])
    address = author.locator("#private-link").get_attribute("value") or ""

    # Somebody joins; with two others it is enough, and a moderator publishes it.
    joiner = people.someone()
    joiner.goto(address)
    go_round(joiner)
    give_signature(joiner, site, "joiner@mail.example")
    with site.app.app_context():
        some_signatures(petition_id, 2)
    site.tick()
    assert state(site, petition_id) is State.SCREENING
    moderator = people.someone()
    sign_in(moderator, site, staff(site, "moderator@mail.example", Role.MODERATOR))
    moderator.goto("/moderation/")
    follow(moderator, f"/moderation/{petition_id}")
    go_round(moderator)
    tick(moderator, "verdict", "publish")
    send(moderator)
    send(moderator)
    assert state(site, petition_id) is State.COLLECTING

    # A reader opens the form from the petition, signs, confirms, and withdraws again.
    signer = people.someone()
    signer.goto(f"/petitions/{petition_id}")
    go_round(signer)
    follow(signer, f"/petitions/{petition_id}/sign")
    give_signature(signer, site, "signer@mail.example")
    assert counted(site, petition_id) == 4
    follow(signer, "/signatures/manage/")
    go_round(signer)
    press(signer, "main button[name=action][value=withdraw]")
    expect(signer.locator("main")).to_be_visible()
    assert counted(site, petition_id) == 3

    # The list is taken home as a table.
    reader = people.someone()
    reader.goto("/petitions")
    go_round(reader)
    reach(reader, "main a[href*='format=csv']")
    with reader.expect_download() as taken:
        reader.keyboard.press("Enter")
    assert taken.value.path().read_text(encoding="utf-8-sig").count("\n") == 2
