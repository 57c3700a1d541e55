"""A refusal and its way back in a real browser: the author appeals, a second moderator opens the petition."""

import pytest
from playwright.sync_api import expect

from auth.permissions import Role
from auth.services.authors import become_author
from auth.services.staff import create_user
from core.work import SYSTEM, Actor, work
from petitions.domain.lifecycle import State
from tests.factories import ALMATY
from tests.journeys.conftest import People, Site
from tests.journeys.test_main_journey import (
    PASSWORD,
    give_signature,
    send,
    sign_in,
    sign_in_as_staff,
    staff,
    state,
)
from tests.writing import in_screening

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AUTHOR = "aigul@mail.example"
REASON = "Мәтінде жеке адамның деректері бар сияқты, сондықтан оны жариялауға болмайды."
WORDS = "Мәтінде бірде-бір адам аталмаған: онда тек мектептің мекенжайы бар, ол бәріне белгілі."
WHY = "Аталған мекенжай мекеменікі, жеке адамның дерегі емес. Бұл негіз мұнда келмейді."


def an_author(site: Site) -> int:
    """Somebody who agreed to be named, with a password; the account."""
    with site.app.app_context():
        with work(SYSTEM) as w:
            number = create_user(w, "Айгүл Үлгіқызы", AUTHOR, PASSWORD, Role.CITIZEN, None, "kk")
        with work(Actor(number, frozenset({Role.CITIZEN.value}))) as w:
            become_author(w, "Айгүл Үлгіқызы", ALMATY, consent=True)
    return number


def test_a_refusal_is_appealed_against_and_overturned(site: Site, people: People) -> None:
    number = an_author(site)
    with site.app.app_context():
        petition_id, _actor = in_screening(author=number)

    # The first moderator refuses on a ground.
    first = people.someone()
    sign_in_as_staff(first, site, staff(site, "first@mail.example", Role.MODERATOR))
    first.goto(f"/moderation/{petition_id}")
    first.check("[name=verdict][value=refuse]", force=True)
    first.locator("[name=ground]").first.check(force=True)
    first.fill("[name=reason]", REASON)
    send(first)
    send(first)
    assert state(site, petition_id) is State.REFUSED

    # The author reads why, and appeals.
    author = people.someone()
    sign_in(author, AUTHOR)
    author.goto(f"/petitions/{petition_id}/mine")
    author.locator(f"main a.button[href*='/petitions/{petition_id}/appeal']").click()
    expect(author.locator("main")).to_contain_text(REASON)
    send(author)
    expect(author.locator(".error-summary")).to_be_visible()
    author.fill("[name=text]", WORDS)
    send(author)
    expect(author.locator("main")).to_contain_text(WORDS)

    # Everybody sees that there is an appeal, nobody its words; the first moderator has no way to it.
    stranger = people.someone()
    stranger.goto(f"/petitions/{petition_id}")
    expect(stranger.locator("main")).not_to_contain_text(WORDS)
    first.goto("/moderation/appeals")
    expect(first.locator(f"main a[href*='/moderation/{petition_id}/appeal']")).to_have_count(0)

    # A second moderator reads both sides, looks at the decision and makes it.
    second = people.someone()
    sign_in_as_staff(second, site, staff(site, "second@mail.example", Role.MODERATOR))
    second.goto("/moderation/appeals")
    second.locator(f"main a[href*='/moderation/{petition_id}/appeal']").click()
    expect(second.locator("main")).to_contain_text(WORDS)
    second.check("[name=outcome][value=restored]", force=True)
    second.fill("[name=reason]", WHY)
    send(second)
    assert state(site, petition_id) is State.REFUSED
    second.click("[name=action][value=decide]")
    expect(second.locator("main [role=alert]")).to_be_visible()
    assert state(site, petition_id) is State.COLLECTING

    # The outcome is public with its reason, the author has it by mail, and people can sign.
    stranger = people.someone()
    stranger.goto(f"/petitions/{petition_id}")
    expect(stranger.locator("main")).to_contain_text(WHY)
    give_signature(stranger, site, f"/petitions/{petition_id}/sign", "signer@mail.example")
    assert site.link_in_mail(AUTHOR, f"/petitions/{petition_id}")
