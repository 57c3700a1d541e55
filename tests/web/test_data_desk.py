"""The pages of my data and of the controller: the same answer for everybody, and what the controller does not see."""

import re
from datetime import timedelta

from auth.permissions import Role
from core import jobs
from core.work import SYSTEM, reading
from petitions.jobs.data_requests import remind_of_requests, search_requests
from petitions.models.data_requests import DataRequest, RequestState
from petitions.services.data_requests import found_of, mailbox_of
from tests.factories import a_petition, an_account, sign_in
from tests.signing import act, rows, sign, signed
from tests.signing_pages import csrf, mails, text_of

MAILBOX = "canary.person@mail.example"
CODE = re.compile(r"^(\d{8})\s*$", re.M)


def signed_in_as(app, role: Role):
    return sign_in(app.test_client(), an_account(role, language="en"))


def send(client, path: str, **fields: str):
    return client.post(path, data={"csrf_token": csrf(client.get(path).text), **fields})


def code_in(app, mailbox: str = MAILBOX) -> str:
    letters = [m for m in mails(app) if m["To"] == mailbox and CODE.search(text_of(m))]
    return CODE.search(text_of(letters[-1]))[1]


def prove(app, client, kind: str = "see", **more: str):
    assert send(client, "/my-data", email=MAILBOX, kind=kind, **more).status_code == 303
    return send(client, "/my-data/code", email=MAILBOX, code=code_in(app))


def the_request() -> DataRequest:
    with reading(SYSTEM) as w:
        row = w.session.query(DataRequest).one()
        w.session.expunge(row)
        return row


def test_a_whole_mailbox_is_answered_by_mail(app, client, clock) -> None:
    counted, other, waiting = a_petition(title="Бірінші"), a_petition(title="Екінші"), a_petition()
    signed(counted, MAILBOX)
    sign(waiting, "Canary.Person@mail.example")
    from petitions.services.managing import erase_signature

    act(erase_signature, signed(other, MAILBOX))
    signed(other, "somebody.else@mail.example")
    clock.now += timedelta(hours=2)  # an hour has three letters for one mailbox
    answer = prove(app, client)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/my-data/done")
    assert client.get("/my-data/done").status_code == 200
    assert search_requests() == 1 and search_requests() == 0
    letter = [m for m in mails(app) if m["To"] == MAILBOX and "/signatures/manage/" in text_of(m)][-1]
    text = text_of(letter)
    links = set(re.findall(r"http://localhost(/signatures/manage/\S+?)[\s\"<]", text))
    assert len({link.split("?")[0] for link in links}) == 1
    assert client.get(links.pop().replace("&amp;", "&")).status_code == 200
    for title in ("Бірінші", "Екінші", "кітапхана"):
        assert title.lower() not in text.lower()
    assert the_request().state is RequestState.ANSWERED
    with reading(SYSTEM) as w:
        row = w.session.query(DataRequest).one()
        assert [petition for petition, _id in found_of(w, row)] == [counted, other, waiting]
        assert mailbox_of(w, row) == MAILBOX


def test_every_mailbox_gets_the_same_answer(app, client) -> None:
    signed(a_petition(), MAILBOX)
    answers = [
        send(client, "/my-data", email=mailbox, kind="see") for mailbox in (MAILBOX, "nobody@mail.example")
    ]
    for _ in range(4):  # beyond the limit of letters
        answers.append(send(client, "/my-data", email=MAILBOX, kind="see"))
    assert {(a.status_code, a.headers["Location"], len(a.data)) for a in answers} == {
        (303, answers[0].headers["Location"], len(answers[0].data))
    }
    wrong = [
        send(client, "/my-data/code", email=m, code="00000000") for m in (MAILBOX, "nobody@mail.example")
    ]
    assert [w.status_code for w in wrong] == [422, 422]
    strip = re.compile(r'value="[^"]*"|[\w.]+@mail\.example')
    assert strip.sub("", wrong[0].text) == strip.sub("", wrong[1].text)


def test_bad_input_is_said_at_its_field(app, client) -> None:
    answer = send(client, "/my-data", email="not a mailbox", kind="see")
    assert answer.status_code == 422 and "not a mailbox" in answer.text
    assert send(client, "/my-data", email=MAILBOX, kind="all").status_code == 422
    assert client.post("/my-data", data={"email": MAILBOX}).status_code == 400
    assert send(client, "/my-data/code", email=MAILBOX, code="").status_code == 422


def test_a_code_ends_after_five_tries_and_after_a_day(app, client, clock) -> None:
    send(client, "/my-data", email=MAILBOX, kind="see")
    right = code_in(app)
    for _ in range(5):
        assert send(client, "/my-data/code", email=MAILBOX, code="00000000").status_code == 422
    assert send(client, "/my-data/code", email=MAILBOX, code=right).status_code == 422
    send(client, "/my-data", email=MAILBOX, kind="see")
    right = code_in(app)
    clock.now += timedelta(hours=24)
    assert send(client, "/my-data/code", email=MAILBOX, code=right).status_code == 422
    assert search_requests() == 0


def test_an_objection_waits_for_the_controller_who_sees_no_mailbox(app, client) -> None:
    petition = a_petition()
    signed(petition, MAILBOX, updates=True)
    assert rows(petition)[0].updates
    prove(app, client, "object", text="Мен хат алғым келмейді.")
    search_requests()
    assert the_request().due_on.isoformat() == "2026-11-26"  # three working days after a Monday
    desk = signed_in_as(app, Role.CONTROLLER)
    listing = desk.get("/admin/requests?lang=en").text
    assert "3 working days left" in listing and MAILBOX not in listing
    path = f"/admin/requests/{the_request().id}"
    seen = desk.get(path).text
    assert "Мен хат алғым келмейді." in seen and MAILBOX not in seen and "Данияр" not in seen
    assert send(desk, path, granted="yes", text="short").status_code == 422
    assert send(desk, path, granted="yes", text="Бұдан былай хат жіберілмейді.").status_code == 303
    assert not rows(petition)[0].updates
    letter = [m for m in mails(app) if m["To"] == MAILBOX][-1]
    assert "Бұдан былай хат жіберілмейді." in text_of(letter)
    assert "кітапхана" not in text_of(letter).lower()


def test_a_restriction_is_due_in_one_working_day_and_a_late_one_is_red(app, client, clock) -> None:
    prove(app, client, "restrict")
    assert the_request().due_on.isoformat() == "2026-11-24"
    clock.now += timedelta(days=3)
    desk = signed_in_as(app, Role.CONTROLLER)
    assert "2 working days late" in desk.get("/admin/requests?lang=en").text
    assert client.get("/api/v1/terms").json["items"] == []


def test_the_controllers_are_told_at_once_on_the_day_and_every_day_it_is_late(app, client, clock) -> None:
    """The request's deadline is a term: a letter when it comes, reminders when it is due, and late stays late."""
    an_account(Role.CONTROLLER, email="controller.one@office.example", language="en")

    def told() -> list[str]:
        return [text_of(m) for m in mails(app) if m["To"] == "controller.one@office.example"]

    prove(app, client, "restrict", text="Бұл менің мәтінім.")
    search_requests()
    assert remind_of_requests() == 0
    (first,) = told()
    assert "1 request waits for your answer." in first and "November 24, 2026" in first
    assert MAILBOX not in first and "менің мәтінім" not in first
    for days, letters in ((1, 2), (1, 3)):
        clock.now += timedelta(days=days)
        assert remind_of_requests() == 1 and remind_of_requests() == 1
        assert len(told()) == letters
    assert any("1 of them is late." in text for text in told())
    desk = signed_in_as(app, Role.CONTROLLER)
    path = f"/admin/requests/{the_request().id}"
    assert send(desk, path, granted="yes", text="Бұдан былай хат жіберілмейді.").status_code == 303
    clock.now += timedelta(days=1)
    shown = signed_in_as(app, Role.CONTROLLER).get("/admin/requests?lang=en").text
    assert "1 working day late" in shown and "Granted" in shown
    assert remind_of_requests() == 0 and len(told()) == 3


def test_only_the_controller_sees_the_queue(app, client) -> None:
    for path in ("/admin/requests", "/admin/requests/1", "/admin/retention", "/admin/retention/hold"):
        assert client.get(path).status_code == 303
        assert signed_in_as(app, Role.MODERATOR).get(path).status_code == 403
    desk = signed_in_as(app, Role.CONTROLLER)
    assert desk.get("/admin/requests/1").status_code == 404
    assert desk.get("/admin/requests/").status_code in {308, 404}
    assert desk.get("/admin/retention").status_code == 200


def test_holds_by_the_pages(app) -> None:
    petition = a_petition()
    desk = signed_in_as(app, Role.CONTROLLER)
    assert send(desk, "/admin/retention/hold", petition="x", reason="").status_code == 422
    path = "/admin/retention/hold"
    assert send(desk, path, petition=str(petition), reason="A court asked for it.").status_code == 303
    page = desk.get("/admin/retention?lang=en").text
    assert "A court asked for it." in page
    token = csrf(page)
    assert desk.post("/admin/retention/holds/1/lift", data={"csrf_token": token}).status_code == 303
    assert "Nothing is held back." in desk.get("/admin/retention?lang=en").text


def test_the_jobs_find_nothing_twice(app) -> None:
    jobs.tick()
    assert search_requests() == 0
