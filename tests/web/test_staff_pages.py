"""Pages of staff about staff: lists, proposals, invitations, heads, and the log."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from auth.models import RoleGrant
from auth.permissions import Role
from core.audit import AuditEntry, record
from core.work import SYSTEM, Actor, reading, work
from tests.accounts import OTHER_PASSWORD, a_user, link_in, mails, signed_in, submit
from tests.conftest import Clock
from tests.factories import a_moderator, an_administrator, an_officer, sign_in
from tests.signing_pages import text_of

GOVERNMENT = "kz-gov"
REASON = "Takes over the answers about transport."
PAGES = ["/admin/users", "/admin/users/invite", "/admin/proposals", "/admin/audit"]


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def first(app: Flask) -> FlaskClient:
    return sign_in(app.test_client(), an_administrator())


@pytest.fixture
def second(app: Flask) -> FlaskClient:
    return sign_in(app.test_client(), an_administrator())


def a_head() -> int:
    number = an_officer(GOVERNMENT)
    with work(SYSTEM) as w:
        w.session.execute(update(RoleGrant).where(RoleGrant.account_id == number).values(head=True))
    return number


def test_an_officer_who_is_removed_loses_the_desk_at_once(
    app: Flask, first: FlaskClient, second: FlaskClient
) -> None:
    number = an_officer(GOVERNMENT)
    desk = sign_in(app.test_client(), number)
    assert desk.get("/desk/").status_code == 200
    answer = submit(first, f"/admin/users/{number}/remove", role="officer", reason=REASON)
    assert answer.status_code == 303 and desk.get("/desk/").status_code == 200
    place = answer.location.split("?")[0]
    assert "Agree and do it" not in text(first.get(f"{place}?lang=en"))
    assert "Agree and do it" in text(second.get(f"{place}?lang=en"))
    assert submit(second, place, decision="yes").status_code == 303
    assert desk.get("/desk/").location.startswith("/account/sign-in")
    assert "Agreed and done" in text(first.get(f"{place}?lang=en"))


def test_a_proposer_who_decides_anyway_is_refused(first: FlaskClient) -> None:
    a_user("ainur@post.example")
    place = submit(
        first, "/admin/users/invite", email="ainur@post.example", role="moderator", reason=REASON
    ).location
    other = re.search(r'name="csrf_token" value="([^"]+)"', text(first.get("/admin/users/invite")))
    answer = first.post(place, data={"csrf_token": other[1], "decision": "yes"})
    assert answer.status_code == 422
    with reading() as w:
        assert w.session.scalar(select(RoleGrant).where(RoleGrant.role == Role.MODERATOR)) is None


def test_a_stranger_is_invited_by_mail_and_ends_at_the_second_step(
    app: Flask, first: FlaskClient, second: FlaskClient
) -> None:
    fields = {
        "email": "new@gov.example",
        "role": "officer",
        "body": GOVERNMENT,
        "head": "y",
        "reason": REASON,
    }
    place = submit(first, "/admin/users/invite", **fields).location
    assert mails() == [] and "new@gov.example" in text(second.get(place))
    submit(second, place, decision="yes")
    assert "new@gov.example" not in text(second.get(place))
    (mail,) = mails()
    assert mail["To"] == "new@gov.example"
    link, visitor = link_in(mail), app.test_client()
    assert visitor.get(link).status_code == 200
    assert visitor.post(link, data={"full_name": "Asem", "password": "short"}).status_code == 422
    assert (
        visitor.post(link, data={"full_name": "Asem Sample", "password": OTHER_PASSWORD}).status_code == 303
    )
    assert visitor.get(link).status_code == 410
    signed_in(visitor, "new@gov.example", OTHER_PASSWORD)
    assert visitor.get("/desk/").status_code == 200 and visitor.get("/account/officers").status_code == 200


def test_whoever_registered_in_between_takes_the_role_with_a_button(
    app: Flask, first: FlaskClient, second: FlaskClient
) -> None:
    place = submit(
        first, "/admin/users/invite", email="new@gov.example", role="controller", reason=REASON
    ).location
    submit(second, place, decision="yes")
    a_user("new@gov.example")
    link = link_in(mails()[-1])
    visitor = app.test_client()
    assert "full_name" not in text(visitor.get(link))
    assert visitor.post(link).status_code == 303
    assert "Controller" in text(first.get("/admin/users?lang=en"))


def test_an_unconfirmed_registration_of_the_mailbox_does_not_hold_it(
    app: Flask, first: FlaskClient, second: FlaskClient
) -> None:
    visitor = app.test_client()
    submit(visitor, "/account/register", email="new@gov.example", password="seven red boats of paper")
    place = submit(
        first, "/admin/users/invite", email="new@gov.example", role="moderator", reason=REASON
    ).location
    submit(second, place, decision="yes")
    link = link_in(next(m for m in mails() if "/account/invitation/" in text_of(m)))
    assert (
        visitor.post(link, data={"full_name": "Asem Sample", "password": OTHER_PASSWORD}).status_code == 303
    )
    assert signed_in(visitor, "new@gov.example", OTHER_PASSWORD).get("/moderation/").status_code == 200


def test_a_form_that_is_wrong_keeps_what_was_typed(first: FlaskClient) -> None:
    answer = submit(
        first, "/admin/users/invite?lang=en", email="new@gov.example", role="officer", reason="short"
    )
    assert answer.status_code == 422 and 'value="new@gov.example"' in text(answer)
    assert (
        submit(first, "/admin/users/invite", email="x", role="king", body="nowhere", reason="").status_code
        == 422
    )
    answer = submit(
        first, "/admin/users/invite", email="new@gov.example", role="officer", body="", reason=REASON
    )
    assert answer.status_code == 422 and 'id="body-error"' in text(answer)


def test_the_list_of_staff_has_no_contacts(first: FlaskClient) -> None:
    a_user("mod@post.example", Role.MODERATOR)
    a_user("citizen@post.example")
    page = text(first.get("/admin/users?lang=en"))
    assert "Ainur Sample" in page and "@" not in page.split("<main")[1].split("</main>")[0]
    assert page.count("Ainur Sample") == 1
    assert "There is nobody to decide" in page
    an_administrator()
    assert "There is nobody to decide" not in text(first.get("/admin/users?lang=en"))


def test_stopping_an_account_ends_its_sessions(app: Flask, first: FlaskClient, second: FlaskClient) -> None:
    number = a_moderator()
    stopped = sign_in(app.test_client(), number)
    assert submit(first, f"/admin/users/{number}/disable").status_code == 303
    assert stopped.get("/moderation/").location.startswith("/account/sign-in")
    assert "stopped" in text(first.get("/admin/users?done=disabled&lang=en"))
    assert "Stop this account" not in text(first.get(f"/admin/users/{number}?lang=en"))
    place = submit(first, f"/admin/users/{number}/enable", reason=REASON).location
    submit(second, place, decision="yes")
    assert "Stop this account" in text(first.get(f"/admin/users/{number}?lang=en"))


def test_nobody_stops_themselves_or_someone_unknown(app: Flask) -> None:
    me = an_administrator()
    client = sign_in(app.test_client(), me)
    assert submit(client, f"/admin/users/{me}/disable").status_code == 422
    assert (
        client.get("/admin/users/9999").status_code == client.get("/admin/proposals/9999").status_code == 404
    )


def test_heads_see_their_officers_and_no_others(app: Flask, client: FlaskClient, second: FlaskClient) -> None:
    colleague, stranger = an_officer(GOVERNMENT), an_officer("akimat-75")
    sign_in(client, a_head())
    assert "/account/officers" in text(client.get("/account/"))
    page = text(client.get("/account/officers"))
    assert f"/account/officers/{colleague}/remove" in page and f"/{stranger}/" not in page
    assert client.get(f"/account/officers/{stranger}/remove").status_code == 404
    assert (
        submit(client, "/account/officers/invite", email="new@gov.example", reason=REASON).status_code == 303
    )
    assert submit(client, f"/account/officers/{colleague}/remove", reason=REASON).status_code == 303
    assert "Waits for a second person" in text(client.get("/account/officers?lang=en"))
    assert text(second.get("/admin/proposals?lang=en")).count("Waits for a second person") >= 2
    assert client.get("/admin/proposals").status_code == 403


def test_officers_who_are_no_heads_do_not(client: FlaskClient) -> None:
    sign_in(client, an_officer(GOVERNMENT))
    assert (
        client.get("/account/officers").status_code
        == client.get("/account/officers/invite").status_code
        == 403
    )
    assert "/account/officers" not in text(client.get("/account/"))


@pytest.mark.parametrize("path", PAGES)
def test_others_do_not_see_the_pages_of_administrators(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 303
    sign_in(client, an_officer(GOVERNMENT))
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_every_page_in_every_language(app: Flask, client: FlaskClient, first: FlaskClient, lang: str) -> None:
    number = a_user("mod@post.example", Role.MODERATOR)
    place = submit(first, f"/admin/users/{number}/remove", role="moderator", reason=REASON).location.split(
        "?"
    )[0]
    pages = [
        *PAGES,
        f"/admin/users/{number}",
        f"/admin/users/{number}/remove",
        f"/admin/users/{number}/factor",
    ]
    pages += [f"/admin/users/{number}/enable", f"/admin/users/{number}/disable", place, "/account/"]
    for path in pages:
        answer = first.get(f"{path}?lang={lang}")
        assert answer.status_code == 200 and f'<html lang="{lang}"' in text(answer), path
    sign_in(client, a_head())
    other = an_officer(GOVERNMENT)
    for path in ("", "/invite", f"/{other}/remove"):
        assert client.get(f"/account/officers{path}?lang={lang}").status_code == 200


def many_entries(n: int, clock: Clock) -> None:
    with work(Actor(account_id=7)) as w:
        for i in range(n):
            record(w, "test:act", f"thing:{i}", {"n": i}, {"n": i + 1})
    clock.now += timedelta(minutes=1)


def things(answer: TestResponse) -> list[int]:
    return [int(n) for n in re.findall(r"<dd><code>thing:(\d+)</code></dd>", text(answer))]


def test_the_log_is_paged_both_ways(first: FlaskClient, clock: Clock) -> None:
    many_entries(120, clock)
    pages = [first.get("/admin/audit?action=test:act")]
    for _n in range(2):
        link = re.search(r'href="([^"]+)" rel="next"', text(pages[-1]))
        pages.append(first.get(link[1].replace("&amp;", "&")))
    assert [n for page in pages for n in things(page)] == list(range(119, -1, -1))
    assert 'rel="next"' not in text(pages[2]) and 'rel="prev"' not in text(pages[0])
    many_entries(1, clock)
    back = re.search(r'href="([^"]+)" rel="prev"', text(pages[2]))
    assert things(first.get(back[1].replace("&amp;", "&"))) == things(pages[1])


def test_the_log_is_filtered_and_shows_before_and_after(first: FlaskClient, clock: Clock) -> None:
    many_entries(3, clock)
    assert things(first.get("/admin/audit?object=thing:2")) == [2]
    page = first.get("/admin/audit?account=7&since=2026-11-23&until=2026-11-23")
    assert things(page) == [2, 1, 0] and "<code>n: 3</code>" in text(page)
    for query in ("account=8", "account=x", "since=2026-11-24", "until=2026-11-22", "action=none"):
        assert things(first.get(f"/admin/audit?{query}")) == []
    assert things(first.get("/admin/audit?since=yesterday&until=0001-99-01&action=")) == [2, 1, 0]
    assert first.get("/admin/audit?until=9999-12-31").status_code == 200
    assert first.get("/admin/audit?older=forged").status_code in {400, 404, 422}


def test_the_log_cannot_be_changed(app: Flask, clock: Clock) -> None:
    many_entries(1, clock)
    for change in (lambda w, row: setattr(row, "action", "other"), lambda w, row: w.session.delete(row)):
        with pytest.raises(AssertionError, match="append-only"), work(SYSTEM) as w:
            change(w, w.session.scalars(select(AuditEntry)).first())


def test_controllers_read_the_log(client: FlaskClient) -> None:
    a_user("controller@post.example", Role.CONTROLLER)
    assert signed_in(client, "controller@post.example").get("/admin/audit").status_code == 200
    assert client.get("/admin/users").status_code == 403
