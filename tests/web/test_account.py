"""The pages of one's own account, as a browser meets them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from auth.guards import safe_next
from auth.models import Account
from auth.permissions import Role
from auth.sections import account_section
from core.limits import SqliteStorage, limiter
from core.work import SYSTEM, Work, work
from tests.accounts import OTHER_PASSWORD, PASSWORD, a_user, link_in, mails, signed_in, submit

ALMATY = "750000000"
MAILBOX = "ainur@post.example"
VARYING = re.compile(r'value="[^"]*"')
PRIVATE_PAGES = [
    "/account/",
    "/account/password",
    "/account/details",
    "/account/author",
    "/account/sessions",
    "/account/close",
]
OPEN_PAGES = [
    "/account/register",
    "/account/register/sent",
    "/account/sign-in",
    "/account/reset",
    "/account/reset/sent",
    "/account/closed",
]


@pytest.fixture
def limits(app: Flask) -> Iterator[None]:
    """Count how often things are done, in this test only."""
    app.config["RATELIMIT_ENABLED"] = True
    limiter.reset()
    yield
    app.config["RATELIMIT_ENABLED"] = False


def fingerprint(answer: TestResponse) -> tuple[object, ...]:
    """What an outsider can compare of two answers: status, headers and the page without its random values."""
    names = {"X-Request-Id", "Date", "Set-Cookie", "ETag"}
    headers = sorted((k, v) for k, v in answer.headers if k not in names)
    return answer.status_code, headers, VARYING.sub("", answer.get_data(as_text=True))


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def test_from_registration_to_ones_own_page(client: FlaskClient) -> None:
    answer = submit(client, "/account/register?lang=en", email=MAILBOX, password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/account/register/sent?lang=en")
    (mail,) = mails()
    assert (mail["To"], mail["Content-Language"]) == (MAILBOX, "en")
    link = link_in(mail)
    assert link.startswith("/account/confirm/") and link in mail.get_body(("html",)).get_content()
    for _twice in range(2):
        assert "write the password" in text(client.get(link))
    assert submit(client, "/account/sign-in", email=MAILBOX, password=PASSWORD).status_code == 422
    for _twice in range(2):
        answer = client.post(link, data={"password": PASSWORD})
        assert answer.status_code == 200 and "Your account is open" in text(answer)
    assert "Your account is open" in text(client.get(link))
    page = text(signed_in(client).get("/account/?lang=en"))
    assert MAILBOX in page and "Being an author" in page


def test_the_owner_of_a_mailbox_never_opens_an_account_with_the_password_of_another(
    client: FlaskClient,
) -> None:
    """Somebody enters a foreign mailbox, also after its owner has; the newest mail is the only one whose link works."""
    submit(client, "/account/register?lang=en", email=MAILBOX, password=PASSWORD)
    (first,) = (link_in(mail) for mail in mails())
    submit(client, "/account/register?lang=en", email=MAILBOX, password=OTHER_PASSWORD)
    (last,) = {link_in(mail) for mail in mails()} - {first}
    assert client.post(first, data={"password": PASSWORD}).status_code == 410
    for password in ("", PASSWORD):
        answer = client.post(last, data={"password": password})
        assert answer.status_code == 422 and 'id="password-error"' in text(answer)
        assert f'value="{PASSWORD}"' not in text(answer) and 'href="/account/reset' in text(answer)
    assert submit(client, "/account/sign-in", email=MAILBOX, password=OTHER_PASSWORD).status_code == 422
    submit(client, "/account/reset?lang=en", email=MAILBOX)
    (link,) = {link_in(mail) for mail in mails()} - {first, last}
    assert submit(client, link, password="amber willow 77 station").status_code == 303
    assert submit(client, "/account/sign-in", email=MAILBOX, password=OTHER_PASSWORD).status_code == 422
    signed_in(client, MAILBOX, "amber willow 77 station")


def test_a_registration_answers_the_same_for_every_mailbox(client: FlaskClient) -> None:
    a_user("known@post.example")
    submit(client, "/account/register", email="waiting@post.example", password=PASSWORD)
    answers = [
        submit(client, "/account/register", email=f"{name}@post.example", password=PASSWORD)
        for name in ("fresh", "known", "waiting")
    ]
    assert len({str(fingerprint(answer)) for answer in answers}) == 1
    templates = sorted(mail["Subject"] for mail in mails())
    assert len(templates) == 4 and len(set(templates)) == 2


def test_signing_in_fails_alike_whatever_is_wrong(client: FlaskClient) -> None:
    a_user("known@post.example")
    submit(client, "/account/register", email="await@post.example", password=PASSWORD)
    tries = [
        ("known", OTHER_PASSWORD),
        ("ghost", PASSWORD),
        ("await", PASSWORD),
        ("await", OTHER_PASSWORD),
    ]
    answers = [
        submit(client, "/account/sign-in", email=f"{name}@post.example", password=password)
        for name, password in tries
    ]
    assert len({str(fingerprint(answer)) for answer in answers}) == 1
    assert answers[0].status_code == 422
    assert PASSWORD not in text(answers[1]) and 'value="ghost@post.example"' in text(answers[1])


def test_a_reset_answers_the_same_for_every_mailbox(client: FlaskClient) -> None:
    a_user("known@post.example")
    answers = [submit(client, "/account/reset", email=f"{name}@post.example") for name in ("known", "nobody")]
    assert len({str(fingerprint(answer)) for answer in answers}) == 1
    (mail,) = mails()
    assert mail["To"] == "known@post.example"


def test_a_new_password_by_mail(client: FlaskClient, app: Flask) -> None:
    a_user()
    signed_in(client)
    submit(app.test_client(), "/account/reset?lang=ru", email="AINUR@post.example")
    (mail,) = mails()
    link = link_in(mail)
    assert mail["Content-Language"] == "ru" and link.endswith("?lang=ru")
    other = app.test_client()
    assert other.post(link, data={"password": "short"}).status_code == 422
    answer = other.post(link, data={"password": OTHER_PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/account/sign-in?changed=1&lang=ru")
    assert other.get(answer.location).status_code == 200
    assert client.get("/account/").status_code == 303
    assert other.get(link).status_code == other.post(link, data={"password": PASSWORD}).status_code == 410
    assert other.get("/account/reset/" + "x" * 90).status_code == 404
    signed_in(other, password=OTHER_PASSWORD)


def test_changing_the_password_signs_out_every_other_browser(client: FlaskClient, app: Flask) -> None:
    a_user()
    here, there = signed_in(client), signed_in(app.test_client())
    answer = submit(here, "/account/password", present=OTHER_PASSWORD, password=OTHER_PASSWORD)
    assert answer.status_code == 422 and OTHER_PASSWORD not in text(answer)
    assert submit(here, "/account/password", present=PASSWORD, password="password12").status_code == 422
    assert submit(here, "/account/password", present=PASSWORD, password=OTHER_PASSWORD).status_code == 303
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 303


def test_signing_out_ends_the_session_on_the_server(client: FlaskClient) -> None:
    a_user()
    signed_in(client)
    cookie = client.get_cookie("dauys").value
    assert client.post("/account/sign-out").status_code == 400
    assert submit(client, "/account/", **{}).status_code == 405
    found = re.search(r'name="csrf_token" value="([^"]+)"', text(client.get("/account/")))
    assert client.post("/account/sign-out", data={"csrf_token": found[1]}).status_code == 303
    assert client.get("/account/").status_code == 303
    client.set_cookie("dauys", cookie)
    assert client.get("/account/").status_code == 303


def test_the_cookie_holds_a_token_and_nothing_about_the_person(client: FlaskClient) -> None:
    a_user()
    signed_in(client)
    with client.session_transaction() as session:
        assert set(session) <= {"_user_id", "_fresh", "csrf_token"}
        assert len(session["_user_id"]) >= 43
    answer = submit(client, "/account/details", full_name="Ainur Sample", place="", language="kk")
    assert all(
        "HttpOnly" in c and "SameSite=Lax" in c and "Secure" not in c
        for c in answer.headers.getlist("Set-Cookie")
    )


def test_signing_in_begins_a_new_session(client: FlaskClient) -> None:
    a_user()
    client.get("/account/sign-in")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session["csrf_token"]
    signed_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session and session.get("csrf_token") != before


@pytest.mark.parametrize("path", PRIVATE_PAGES)
def test_who_is_not_signed_in_is_sent_there_and_back(client: FlaskClient, path: str) -> None:
    a_user()
    answer = client.get(f"{path}?lang=en&x=1")
    assert answer.status_code == 303
    assert answer.location.startswith("/account/sign-in?next=") and answer.location.endswith("&lang=en")
    failed = submit(client, answer.location, email=MAILBOX, password="wrong", next=f"{path}?x=1")
    assert failed.status_code == 422 and f'name="next" value="{path}?x=1"' in text(failed)
    assert f'value="{path}?lang=en&amp;x=1"' in text(client.get(answer.location))
    onward = submit(client, answer.location, email=MAILBOX, password=PASSWORD, next=f"{path}?x=1")
    assert (onward.status_code, onward.location) == (303, f"{path}?x=1")
    assert client.get(onward.location).status_code == 200


def test_a_post_without_a_session_goes_to_the_page_of_its_form(client: FlaskClient) -> None:
    assert client.post("/account/password").location == "/account/sign-in?next=/account/password"


def test_who_is_signed_in_need_not_sign_in(client: FlaskClient) -> None:
    a_user()
    assert signed_in(client).get("/account/sign-in?next=/account/details").location == "/account/details"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "evil",
        "javascript:alert(1)",
        "http:/evil.example",
        "///evil.example",
        "/a\nb",
        "",
        None,
        "/" + "a" * 600,
        "//[::1",
        "/\u0000",
        "https:evil.example",
        " /a",
    ],
)
def test_signing_in_never_leads_to_another_site(client: FlaskClient, target: str | None) -> None:
    a_user()
    assert safe_next(target) is None
    answer = submit(
        client, "/account/sign-in", email=MAILBOX, password=PASSWORD, **({"next": target} if target else {})
    )
    assert answer.location == "/account/"


def test_a_page_of_ours_with_its_query_is_gone_back_to() -> None:
    assert safe_next("/petitions/5?lang=kk&q=%D0%B0#main") == "/petitions/5?lang=kk&q=%D0%B0#main"


def test_staff_do_not_become_authors(client: FlaskClient) -> None:
    a_user("mod@post.example", Role.MODERATOR)
    answer = signed_in(client, "mod@post.example").get("/account/author")
    assert answer.status_code == 403
    assert "Being an author" not in text(client.get("/account/?lang=en"))


def test_becoming_an_author(client: FlaskClient) -> None:
    a_user()
    signed_in(client)
    page = "/account/author?next=/account/details&lang=en"
    answer = submit(
        client, page, full_name="Residents of the city of Shymkent", place=ALMATY, consent="y", next=""
    )
    assert answer.status_code == 422 and "name of a group" in text(answer)
    assert 'value="Residents of the city of Shymkent"' in text(answer) and "Error:" in text(answer)
    answer = submit(client, page, full_name="Ainur Sample", place="nowhere", next="")
    assert answer.status_code == 422
    answer = submit(client, page, full_name="Ainur Sample", place=ALMATY, next="")
    assert answer.status_code == 422 and "Tick the box" in text(answer)
    answer = submit(
        client, page, full_name="Ainur Sample", place=ALMATY, consent="y", next="/account/details"
    )
    assert (answer.status_code, answer.location) == (303, "/account/details")
    assert "You agreed to be named" in text(client.get(page)) and "You agreed to be named" in text(
        client.get("/account/?lang=en")
    )


def test_details_are_kept_and_wrong_ones_said_at_their_field(client: FlaskClient) -> None:
    a_user()
    signed_in(client)
    answer = submit(client, "/account/details?lang=en", full_name="Ainur", place=ALMATY, language="ru")
    assert (
        answer.status_code == 422
        and 'id="full_name-error"' in text(answer)
        and 'value="Ainur"' in text(answer)
    )
    assert submit(client, "/account/details", full_name="", place="\x00", language="xx").status_code == 422
    answer = submit(client, "/account/details", full_name="Ainur Sample", place=ALMATY, language="ru")
    assert answer.status_code == 303
    page = text(client.get("/account/?lang=en"))
    assert "Almaty" in page and "Русский" in page


def test_the_list_of_browsers_signs_out_one_or_all_others(client: FlaskClient, app: Flask) -> None:
    a_user()
    here, there, third = (signed_in(c) for c in (client, app.test_client(), app.test_client()))
    page = text(here.get("/account/sessions?lang=en"))
    keys = re.findall(r'name="key" value="([0-9a-f]{16})"', page)
    assert len(keys) == 3 and page.count("(this browser)") == 1
    assert submit(here, "/account/sessions", key="feed").status_code in {404, 422}
    assert submit(here, "/account/sessions", key="others").status_code == 303
    assert [c.get("/account/").status_code for c in (here, there, third)] == [200, 303, 303]
    (own,) = re.findall(r'name="key" value="([0-9a-f]{16})"', text(here.get("/account/sessions")))
    submit(here, "/account/sessions", key=own)
    assert here.get("/account/").status_code == 303


def test_closing_an_account(client: FlaskClient) -> None:
    a_user()
    signed_in(client)
    assert submit(client, "/account/close", password="wrong").status_code == 422
    answer = submit(client, "/account/close", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/account/closed")
    assert client.get("/account/").status_code == 303
    assert submit(client, "/account/sign-in", email=MAILBOX, password=PASSWORD).status_code == 422


@pytest.mark.parametrize("path", ["/account/register", "/account/sign-in", "/account/reset"])
def test_a_stale_form_keeps_what_was_typed(client: FlaskClient, path: str) -> None:
    for token in ({}, {"csrf_token": "wrong"}):
        answer = client.post(path, data={"email": MAILBOX, "password": PASSWORD} | token)
        assert answer.status_code == 400
        assert f'value="{MAILBOX}"' in text(answer) and PASSWORD not in text(answer)
        assert re.search(r'name="csrf_token" value="[^"]{20,}"', text(answer))
    assert mails() == []


@pytest.mark.parametrize("path", ["/account/register", "/account/sign-in", "/account/reset"])
@pytest.mark.parametrize(
    "bad", ["", "no address", "a\x00b@post.example", "a" * 300 + "@post.example", "🙂@x.example"]
)
def test_no_input_is_too_strange(client: FlaskClient, path: str, bad: str) -> None:
    assert submit(client, path, email=bad, password="p" * 300).status_code == 422
    assert client.post(path, data={"email": bad}, content_type="multipart/form-data").status_code == 400


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@pytest.mark.parametrize("path", [*PRIVATE_PAGES, *OPEN_PAGES])
def test_every_page_in_every_language(client: FlaskClient, path: str, lang: str) -> None:
    a_user()
    if path in PRIVATE_PAGES:
        signed_in(client)
    answer = client.get(f"{path}?lang={lang}")
    assert answer.status_code == 200 and f'<html lang="{lang}"' in text(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_other_packages_have_a_part_on_ones_page(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_user()
    asked = []

    def facts(w: Work) -> dict[str, object]:
        asked.append(w.actor.account_id)
        return {}

    monkeypatch.setattr("auth.sections._sections", [])
    assert account_section("components/icons.html")(facts) is facts
    assert signed_in(client).get("/account/").status_code == 200
    assert len(asked) == 1 and asked[0]


def test_a_role_that_waits_says_what_for(client: FlaskClient) -> None:
    a_user("mod@post.example", Role.MODERATOR)
    with work(SYSTEM) as w:
        w.session.execute(update(Account).values(password_long=False))
    assert "longer password" in text(signed_in(client, "mod@post.example").get("/account/?lang=en"))


@pytest.mark.usefixtures("limits")
def test_many_tries_for_one_mailbox_are_slowed_down(client: FlaskClient, app: Flask) -> None:
    a_user()
    for n in range(10):
        other = app.test_client()
        assert (
            submit(other, "/account/sign-in", email="Ainur@post.example", password=f"wrong {n}").status_code
            == 422
        )
    answer = submit(client, "/account/sign-in", email=MAILBOX, password=PASSWORD)
    assert answer.status_code == 429 and 1 <= int(answer.headers["Retry-After"]) <= 601
    assert (
        submit(client, "/account/sign-in", email="other@post.example", password=PASSWORD).status_code == 422
    )


@pytest.mark.usefixtures("limits")
def test_signing_in_rightly_uses_nothing_up(app: Flask) -> None:
    a_user()
    for _n in range(12):
        signed_in(app.test_client())


@pytest.mark.usefixtures("limits")
def test_one_network_is_slowed_down_and_others_are_not(app: Flask) -> None:
    a_user()
    near = {"REMOTE_ADDR": "2001:db8::1"}
    answers = [
        app.test_client().post("/account/reset", environ_base={"REMOTE_ADDR": f"2001:db8::{n:x}"})
        for n in range(1, 32)
    ]
    assert [a.status_code for a in answers] == [400] * 30 + [429]
    assert app.test_client().post("/account/register", environ_base=near).status_code == 429
    for far in ("2001:db8:0:1::1", "::ffff:192.0.2.1", "192.0.2.2", "unknown"):
        assert app.test_client().post("/account/reset", environ_base={"REMOTE_ADDR": far}).status_code == 400
    assert app.test_client().get("/account/reset", environ_base=near).status_code == 200


@pytest.mark.usefixtures("limits")
def test_one_mailbox_gets_few_mails_and_the_answer_stays_the_same(client: FlaskClient) -> None:
    a_user()
    answers = [submit(client, "/account/reset", email="ainur@POST.example") for _n in range(5)]
    answers += [submit(client, "/account/register", email=MAILBOX, password=PASSWORD)]
    assert {a.status_code for a in answers} == {303}
    assert len(mails()) == 3


@pytest.mark.usefixtures("limits")
def test_a_broken_counter_does_not_close_the_site(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> int:
        raise OSError("disk full")

    a_user()
    monkeypatch.setattr(SqliteStorage, "_rows", broken)
    assert submit(client, "/account/reset", email=MAILBOX).status_code == 303
    assert len(mails()) == 1


def test_the_file_of_limits_forgets(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr("core.limits.time.time", lambda: now)
    store = SqliteStorage(f"sqlite:///{tmp_path / 'limits.sqlite3'}")
    assert [store.incr("a", 60), store.incr("a", 60), store.incr("b", 600, 5)] == [1, 2, 5]
    assert (store.get("a"), store.get_expiry("a"), store.get("c")) == (2, now + 60, 0)
    now += 61
    assert store.get("a") == 0 and store.incr("a", 60) == 1
    assert store.incr_all([("a", 60, 2), ("d", 60, 1), ("b", 600, 1)]) == [3, 1, 6]
    store.clear("b"), store.clear("d")
    assert store.check() and store.reset() == 1 and store.get_expiry("a") == now


def test_sessions_of_staff_end_the_same_day(client: FlaskClient, clock) -> None:
    a_user("mod@post.example", Role.MODERATOR)
    signed_in(client, "mod@post.example")
    clock.now += timedelta(hours=13)
    assert client.get("/account/").status_code == 303


def test_secure_cookies_follow_the_address(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    cookie = SimpleCookie(client.get("/account/sign-in").headers["Set-Cookie"])
    assert cookie["dauys"]["secure"]
