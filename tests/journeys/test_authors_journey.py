"""Authors in a real browser: joiners and a correction, a co-author who comes and goes, words that are kept."""

import pytest
from playwright.sync_api import Page, expect

from auth.permissions import Role
from core.work import SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition, PetitionCount, PetitionText
from petitions.queries.coauthors import named
from tests.factories import VILLAGE_BODY, a_village, an_author
from tests.journeys.conftest import People, Site
from tests.journeys.test_main_journey import (
    ALMATY_REGION,
    give_signature,
    register,
    send,
    sign_in,
    sign_in_as_staff,
    staff,
    state,
)
from tests.signing_pages import text_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AUTHOR, BESIDE = "aigul@mail.example", "erlan@mail.example"
TITLE = "Ауылға жаңа кітапхана салынсын"
TEXT = "Ауылда кітапхана жоқ, балалар кітапты жиырма шақырым жерден алады. Жаңасын салуды сұраймыз."


def become_author(page: Page, site: Site, mailbox: str, name: str) -> None:
    """An account whose owner agreed to be named."""
    register(page, site, mailbox)
    sign_in(page, mailbox)
    page.goto("/account/author")
    page.fill("[name=full_name]", name)
    page.select_option("[name=place]", ALMATY_REGION)
    page.check("[name=consent]")
    send(page)


def write(page: Page) -> int:
    """A draft that lacks nothing; the page of its authors is open."""
    page.goto("/petitions/new")
    page.select_option("[name=authority]", VILLAGE_BODY)
    page.click("[name=action][value=begin]")
    page.fill("[name=title]", TITLE)
    page.click("[name=action][value=continue]")
    page.fill("[name=text]", TEXT)
    page.click("[name=action][value=continue]")
    expect(page.locator("[name=full_name]")).to_be_visible()
    return int(page.url.split("/petitions/")[1].split("/")[0])


def submit(page: Page, petition_id: int) -> None:
    """Through the rules to the check, and the button."""
    page.goto(f"/petitions/{petition_id}/edit/rules")
    page.locator("main a.button[href*='/check']").first.click()
    send(page)


def decide(page: Page, petition_id: int, verdict: str, reason: str = "") -> None:
    """A moderator's decision with its preview."""
    page.goto(f"/moderation/{petition_id}")
    page.check(f"[name=verdict][value={verdict}]", force=True)
    if reason:
        page.fill("main [name=reason]", reason)
    send(page)
    send(page)


def counted(site: Site, petition_id: int) -> int:
    """The total as the tally has it."""
    with site.app.app_context(), reading(SYSTEM) as w:
        return w.session.get_one(PetitionCount, petition_id).counted


def test_joiners_to_publication_with_a_correction_in_between(site: Site, people: People) -> None:
    with site.app.app_context():
        a_village()
    author, joiners = people.someone(), ["dana@mail.example", "asan@mail.example", "aru@mail.example"]
    become_author(author, site, AUTHOR, "Айгүл Үлгіқызы")
    petition_id = write(author)
    submit(author, petition_id)
    address = author.locator("#private-link").get_attribute("value") or ""
    for mailbox in joiners:
        give_signature(people.someone(), site, address, mailbox)
    site.tick()
    assert state(site, petition_id) is State.SCREENING

    # The moderator returns it; the author corrects the text and says what was changed.
    moderator = people.someone()
    sign_in_as_staff(moderator, site, staff(site, "moderator@mail.example", Role.MODERATOR))
    decide(moderator, petition_id, "return", "Мәтінде бір адамның аты бар, оны алып тастаңыз, өтінеміз.")
    assert state(site, petition_id) is State.DRAFT
    author.goto(f"/petitions/{petition_id}/edit/text")
    author.fill("[name=text]", TEXT + " Бір сөйлем қосылды.")
    author.fill("[name=reason]", "Адамның аты алынды, бір сөйлем қосылды.")
    author.click("[name=action][value=continue]")
    submit(author, petition_id)
    assert state(site, petition_id) is State.GATHERING
    expect(author.locator("main")).to_contain_text("0")
    site.tick()
    assert counted(site, petition_id) == 0

    # Each of the three reads the new text; the last one to confirm makes it enough.
    for n, mailbox in enumerate(joiners, 1):
        page = people.someone()
        page.goto(site.link_in_mail(mailbox, "/signatures/confirm/"))
        expect(page.locator("main")).to_contain_text("Бір сөйлем қосылды")
        expect(page.locator("main")).to_contain_text("Адамның аты алынды")
        assert counted(site, petition_id) == n - 1, "opening the page counts nothing"
        send(page)
        site.tick()
        assert counted(site, petition_id) == n
    assert state(site, petition_id) is State.SCREENING
    assert people.someone().goto(f"/petitions/{petition_id}").status == 404
    decide(moderator, petition_id, "publish")
    assert state(site, petition_id) is State.COLLECTING
    reader = people.someone()
    reader.goto(f"/petitions/{petition_id}")
    expect(reader.locator("main")).to_contain_text("Адамның аты алынды")
    assert counted(site, petition_id) == len(joiners)
    assert all(TITLE not in text_of(mail) for mailbox in joiners for mail in site.mails_to(mailbox))


def test_a_co_author_is_invited_accepts_and_leaves(site: Site, people: People) -> None:
    with site.app.app_context():
        a_village()
    author, other = people.someone(), people.someone()
    become_author(author, site, AUTHOR, "Айгүл Үлгіқызы")
    petition_id = write(author)
    author.fill("[name=full_name]", "Ерлан Үлгіұлы")
    author.fill("[name=email]", BESIDE)
    send(author)
    expect(author.locator("main")).to_contain_text("Ерлан Үлгіұлы")
    site.tick()
    link = site.link_in_mail(BESIDE, "/petitions/co-author/")

    # Nothing is submitted before the answer.
    author.goto(f"/petitions/{petition_id}/check")
    send(author)
    assert state(site, petition_id) is State.DRAFT

    # The invited person reads, opens an account, agrees to be named, and says yes.
    other.goto(link)
    expect(other.locator("main")).to_contain_text(TITLE)
    become_author(other, site, BESIDE, "Ерлан Үлгіұлы")
    other.goto(link)
    other.check("[name=consent]")
    other.click("[name=action][value=accept]")
    expect(other.locator("h1")).to_have_text(TITLE)
    with site.app.app_context(), reading(SYSTEM) as w:
        assert [who.name for who in named(w, petition_id)] == ["Ерлан Үлгіұлы"]
    submit(author, petition_id)
    assert state(site, petition_id) is State.GATHERING
    site.tick()
    assert len(site.mails_to(BESIDE)) > 2, "the co-author hears what the author hears"

    # And leaves again, before publication: no trace of the name is left.
    other.goto(f"/petitions/{petition_id}/mine")
    other.locator(f"main a[href*='/petitions/{petition_id}/leave']").click()
    send(other)
    assert other.goto(f"/petitions/{petition_id}/mine").status == 404
    author.goto(f"/petitions/{petition_id}/mine")
    expect(author.locator("main")).not_to_contain_text("Ерлан")


@pytest.mark.parametrize("javascript", [True], indirect=True, ids=["with-javascript"])
def test_what_is_typed_is_kept_and_an_old_window_is_told(site: Site, people: People) -> None:
    """Words are kept by script while they are typed; without it the buttons save them, as the other journeys show."""
    with site.app.app_context():
        a_village()
        an_author()
    author = people.someone()
    become_author(author, site, AUTHOR, "Айгүл Үлгіқызы")
    petition_id = write(author)
    author.goto(f"/petitions/{petition_id}/edit/text")
    second = author.context.new_page()
    second.goto(f"/petitions/{petition_id}/edit/text")
    with author.expect_response("**/keep/text") as kept:
        author.locator("[name=text]").press("Control+End")
        author.keyboard.type(" Жаңа.")
    assert kept.value.status == 204
    assert author.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    with second.expect_response("**/keep/text") as late:
        second.locator("[name=text]").press("Control+End")
        second.keyboard.type(" Ескі.")
    assert late.value.status == 409
    expect(second.locator("form[data-autosave] [role=status]").last).to_have_text(
        second.locator("form[data-autosave]").get_attribute("data-stale") or "?"
    )
    expect(second.locator("[name=text]")).to_have_value(TEXT + " Ескі.")
    author.click("[name=action][value=continue]")
    with site.app.app_context(), work(SYSTEM) as w:
        assert w.session.get_one(Petition, petition_id).text_number == 1
        assert w.session.get_one(PetitionText, (petition_id, 1)).markdown == TEXT + " Жаңа."
