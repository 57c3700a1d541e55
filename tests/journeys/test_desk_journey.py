"""A body's whole work on one petition by keyboard alone: two officers, the author, a supervisor who reads mails."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from auth.factor import code_at, step_of
from auth.permissions import Role
from auth.services.staff import create_user
from authorities.models import Authority
from core.work import SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.models.case import JournalEntry
from petitions.models.petition import Petition
from tests.factories import ALMATY, VILLAGE_BODY, a_petition, a_village, some_signatures
from tests.journeys.conftest import People, Site
from tests.journeys.keyboard import follow, press, reach, send, write
from tests.journeys.test_main_journey import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WRITER, CHECKER = "writer@gov.example", "checker@gov.example"
AUTHOR, SUPERVISOR = "author@mail.example", "supervisor@gov.example"
_secrets: dict[str, str] = {}


def sign_in(page: Page, site: Site, mailbox: str) -> None:
    page.goto("/account/sign-in")
    if "/account/sign-in" not in page.url:
        return
    write(page, "email", mailbox)
    write(page, "password", PASSWORD)
    send(page)
    if page.locator("main [name=code]").count() == 0:
        return
    if mailbox not in _secrets:
        _secrets[mailbox] = page.locator("#secret").inner_text().replace(" ", "")
    write(page, "code", code_at(_secrets[mailbox], step_of(site.clock.now)))
    send(page)


def open_case(page: Page, site: Site, mailbox: str, petition_id: int) -> None:
    """Sign in, go to the desk, and from its list to the case."""
    sign_in(page, site, mailbox)
    page.goto("/desk/")
    follow(page, f"/desk/{petition_id}")


def prepare(site: Site) -> int:
    """A petition that has just reached its threshold, its body with two officers, and a body above it."""
    _secrets.clear()
    with site.app.app_context():
        a_village()
        with work(SYSTEM) as w:
            body = w.session.get_one(Authority, VILLAGE_BODY)
            above = Authority(
                code="akimat-above", area=body.area, branch="executive", names=dict(body.names), email=SUPERVISOR,
                supervisor=None, valid_from=date(2020, 1, 1),
            )  # fmt: skip
            w.session.add(above)
            w.session.flush()
            body.supervisor = above.code
            for mailbox in (WRITER, CHECKER):
                create_user(w, "Қызмет Үлгіұлы", mailbox, PASSWORD, Role.OFFICER, VILLAGE_BODY, "kk")
            author = create_user(w, "Айгүл Үлгіқызы", AUTHOR, PASSWORD, Role.CITIZEN, None, "kk")
        petition_id = a_petition(author=author, signatures=14, reached=True)
        some_signatures(petition_id, 1, updates=True, area=ALMATY)
    site.tick()
    assert state(site, petition_id) is State.UNDER_REVIEW
    return petition_id


def state(site: Site, petition_id: int) -> State:
    with site.app.app_context(), reading(SYSTEM) as w:
        return w.session.get_one(Petition, petition_id).state


def journal(site: Site, petition_id: int) -> list[str]:
    with site.app.app_context(), reading(SYSTEM) as w:
        query = (
            w.session.query(JournalEntry.event).filter_by(petition_id=petition_id).order_by(JournalEntry.id)
        )
        return [event for (event,) in query]


def test_a_body_answers_late_by_keyboard_alone(site: Site, people: People) -> None:
    petition_id = prepare(site)
    writer, checker, author = people.someone(), people.someone(), people.someone()
    assert len(site.mails_to("ulgi@gov.example")) == 1

    # The writer registers what was handed over, and asks the author.
    open_case(writer, site, WRITER, petition_id)
    follow(writer, "/register")
    write(writer, "number", "КП-17")
    send(writer)
    follow(writer, f"/desk/{petition_id}/question")
    write(writer, "text", "Кітапханаға қандай жер телімін ұсынасыз?")
    send(writer)

    # The author gets a mail, follows it, and replies.
    site.tick()
    sign_in(author, site, AUTHOR)
    author.goto(site.link_in_mail(AUTHOR, f"/petitions/{petition_id}/mine"))
    follow(author, f"/petitions/{petition_id}/question")
    write(author, "text", "Мектептің жанындағы бос орынды ұсынамын.")
    send(author)
    expect(author.locator("main")).to_contain_text("Мектептің жанындағы")

    # The writer reads the reply and announces a public discussion for the first day on which it can be.
    writer.goto(f"/desk/{petition_id}")
    expect(writer.locator("main")).to_contain_text("Мектептің жанындағы")
    follow(writer, f"/desk/{petition_id}/discussion")
    for part, value in (("day", "26"), ("month", "11"), ("year", "2026")):
        write(writer, f"day-{part}", value)
    write(writer, "hour", "15:30")
    write(writer, "place", "Мәдениет үйі")
    send(writer)
    site.tick()
    expect(author.locator("main")).to_be_visible()
    author.goto(site.link_in_mail(AUTHOR, f"/petitions/{petition_id}"))
    expect(author.locator("main")).to_contain_text("Мәдениет үйі")

    # It takes place; the record is public on the same day.
    site.clock.now += timedelta(days=3, hours=7)
    site.tick()
    open_case(writer, site, WRITER, petition_id)
    follow(writer, f"/desk/{petition_id}/minutes")
    write(writer, "minutes", "Он екі адам сөйледі, жоба қолдау тапты.")
    send(writer)

    # The day of the answer passes: author, follower and supervisor are told once each.
    site.clock.now += timedelta(days=7)
    before = {mailbox: len(site.mails_to(mailbox)) for mailbox in (AUTHOR, SUPERVISOR, "signer")}
    site.tick()
    site.tick()
    after = {mailbox: len(site.mails_to(mailbox)) for mailbox in before}
    assert "deadline_missed" in journal(site, petition_id)
    assert all(after[mailbox] > before[mailbox] for mailbox in before), (before, after)

    # The writer drafts an answer with an act and a promise, and sends it to the legal check.
    open_case(writer, site, WRITER, petition_id)
    follow(writer, f"/desk/{petition_id}/answer")
    reach(writer, "main [name=outcome]")
    writer.keyboard.press("Space")
    write(
        writer, "text", "Кітапхана келесі жылдың бюджетіне енгізілді, құрылыс көктемде басталады деп шешілді."
    )
    write(writer, "act1_title", "Бюджет туралы шешім, 3-тармақ")
    write(writer, "promise1_text", "Кітапхана құрылысы басталады")
    for part, value in (("day", "1"), ("month", "4"), ("year", "2027")):
        write(writer, f"promise1_due-{part}", value)
    send(writer)
    press(writer, "[name=action][value=send]")
    writer.goto(f"/desk/{petition_id}/draft")
    assert writer.locator("[name=action]").count() == 0

    # A second officer approves it, the writer publishes it, and it stays late for good.
    open_case(checker, site, CHECKER, petition_id)
    follow(checker, f"/desk/{petition_id}/draft")
    press(checker, "[name=action][value=approve]")
    assert state(site, petition_id) is State.UNDER_REVIEW
    writer.goto(f"/desk/{petition_id}/draft")
    press(writer, "[name=action][value=publish]")
    assert state(site, petition_id) is State.ANSWERED
    site.tick()
    reader = people.someone()
    reader.goto(f"/petitions/{petition_id}?lang=en")
    for words in ("Met late", "Кітапхана құрылысы басталады", "Бюджет туралы шешім", "КП-17", "Он екі адам"):
        expect(reader.locator("main")).to_contain_text(words)
    assert len(site.mails_to(AUTHOR)) > after[AUTHOR] and len(site.mails_to("signer")) > after["signer"]
    told = [event for event in journal(site, petition_id) if not event.startswith("reminded")]
    wanted = [
        "question_asked", "question_replied", "discussion_announced", "discussion_held", "minutes_published",
        "deadline_missed", "answered",
    ]  # fmt: skip
    assert [event for event in told if event in wanted] == wanted
