"""One's rights in a real browser: sign, see, correct, ask by mailbox, withdraw, erase; nobody else notices."""

import json
import re
from base64 import urlsafe_b64decode

import pytest
from playwright.sync_api import Page, expect

from core.work import SYSTEM, reading
from petitions.models.petition import PetitionCount
from petitions.services import tally
from tests.factories import a_petition
from tests.journeys.conftest import People, Site
from tests.journeys.test_main_journey import give_signature, send
from tests.signing_pages import text_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
MAILBOX = "dana@mail.example"


def counted(site: Site, petition_id: int) -> int:
    site.tick()
    with site.app.app_context(), reading(SYSTEM) as w:
        return w.session.get_one(PetitionCount, petition_id).counted


def seen_by_a_third_person(people: People, petition_id: int) -> str:
    page = people.someone()
    page.goto(f"/petitions/{petition_id}")
    return re.sub(r"\d+", "N", page.locator("main").inner_text())


def press(page: Page, action: str) -> None:
    page.locator(f"main button[name=action][value={action}]").click()


def test_sign_see_correct_withdraw_erase(site: Site, people: People) -> None:
    with site.app.app_context():
        petition = a_petition(signatures=9)
    before = seen_by_a_third_person(people, petition)
    signer = people.someone()
    give_signature(signer, site, f"/petitions/{petition}/sign", MAILBOX)
    manage = signer.locator("a[href*='/signatures/manage/'], input[value*='/signatures/manage/']").first
    private = manage.get_attribute("href") or manage.get_attribute("value")
    assert private and counted(site, petition) == 10

    # Everything that is held, on the page and as data.
    signer.goto(private)
    expect(signer.locator("main")).to_contain_text("Дана Сынаққызы")
    expect(signer.locator("main")).to_contain_text(MAILBOX)
    data = signer.request.get(private + ("&" if "?" in private else "?") + "format=json").json()
    assert (data["full_name"], data["email"], data["petition_id"]) == ("Дана Сынаққызы", MAILBOX, petition)

    # A mistake is corrected; a bad one is said at its field, with what was typed kept.
    signer.goto(private)
    signer.fill("[name=full_name]", "Дана")
    press(signer, "correct")
    expect(signer.locator(".error-summary")).to_be_visible()
    expect(signer.locator("[name=full_name]")).to_have_value("Дана")
    signer.fill("[name=full_name]", "Дана Сынаққызы-Сынақ")
    press(signer, "correct")
    expect(signer.locator("main")).to_contain_text("Дана Сынаққызы-Сынақ")

    # The whole mailbox, without an account: a code, then the answer by mail.
    signer.goto("/my-data")
    signer.fill("[name=email]", MAILBOX)
    send(signer)
    site.tick()
    letter = site.mails_to(MAILBOX)[-1].get_body(("plain",)).get_content()
    signer.fill("[name=email]", MAILBOX)
    signer.fill("[name=code]", re.search(r"^(\d{8})\s*$", letter, re.M)[1])
    send(signer)
    site.clock.now = site.clock.now.replace(minute=5)
    site.tick()
    signer.goto(site.link_in_mail(MAILBOX, "/signatures/manage/"))
    expect(signer.locator("main")).to_contain_text("Дана Сынаққызы-Сынақ")
    assert "кітапхана" not in text_of(site.mails_to(MAILBOX)[-1]).lower()

    # Withdrawn: the total falls, and the private page looks the same.
    def looks() -> str:
        signer.goto(private)
        return signer.locator("main").inner_text()

    held = looks()
    press(signer, "withdraw")
    assert counted(site, petition) == 9
    assert looks() == held

    # Erased: the link ends like an old one; nobody else can tell that anything happened.
    press(signer, "erase")
    assert signer.goto(private).status == 410
    assert seen_by_a_third_person(people, petition) == before
    with site.app.app_context(), reading(SYSTEM) as w:
        assert tally.check(w) == []
        sums = tally.totals(w)
    assert sums["submitted"] == sum(n for part, n in sums.items() if part not in {"submitted", "residents"})
    if people.javascript:
        assert signer.evaluate("Object.keys(localStorage).length") == 0
    # The one cookie is for the forms' token, and holds nothing else.
    (cookie,) = signer.context.cookies()
    assert set(json.loads(urlsafe_b64decode(cookie["value"].split(".")[0] + "=="))) == {"csrf_token"}
