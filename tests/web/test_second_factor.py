"""The second step of signing in, as a browser meets it: setting up, codes, recovery codes, a new device."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from auth import passwords
from auth.factor import code_at, step_of
from auth.models import AccountSession, RecoveryCode, SecondFactor
from auth.permissions import Role
from auth.queries import identity_of
from auth.services import factors
from auth.services.sessions import begin_session, check_credentials, end_sessions
from auth.services.staff import grant_role, revoke_role
from core.audit import AuditEntry
from core.limits import limiter
from core.refusal import Refusal
from core.switches import Switch, turn
from core.work import SYSTEM, reading, work
from tests.accounts import OTHER_PASSWORD, PASSWORD, a_user, code_of, half_signed_in, mails, signed_in, submit
from tests.conftest import Clock
from tests.signing_pages import text_of

MAILBOX = "mod@post.example"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
KEY = re.compile(r'id="secret"[^>]*>([A-Z2-7 ]+)<')
RECOVERY = re.compile(r"<li><code>([0-9a-z]{5}-[0-9a-z]{5})</code></li>")
VARYING = re.compile(r'value="[^"]*"')
CODE, ENROL = "/account/factor", "/account/factor/enrol"


@pytest.fixture
def limits(app: Flask) -> Iterator[None]:
    """Count how often things are done, in this test only."""
    app.config["RATELIMIT_ENABLED"] = True
    limiter.reset()
    yield
    app.config["RATELIMIT_ENABLED"] = False


@pytest.fixture
def moderator(app: Flask) -> int:
    """A moderator who has set up the second factor."""
    number = a_user(MAILBOX, Role.MODERATOR)
    with work(SYSTEM) as w:
        factors.set_factor(w, number, SECRET)
    return number


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def token_of(client: FlaskClient) -> str:
    with client.session_transaction() as session:
        return str(session["_user_id"])


def code(clock: Clock, ahead: int = 0) -> str:
    return code_at(SECRET, step_of(clock.now) + ahead)


def enrolled(client: FlaskClient) -> list[str]:
    """The recovery codes that are shown after setting up."""
    half_signed_in(client, MAILBOX)
    answer = submit(client, ENROL, code=code_of(MAILBOX))
    assert answer.status_code == 200
    return RECOVERY.findall(text(answer))


def test_staff_without_a_factor_are_led_to_set_one_up(client: FlaskClient, clock: Clock) -> None:
    number = a_user(MAILBOX, Role.MODERATOR)
    answer = submit(client, "/account/sign-in", email=MAILBOX, password=PASSWORD, next="/moderation/")
    assert (answer.status_code, answer.location) == (303, f"{ENROL}?next=/moderation/")
    shown = client.get(answer.location)
    assert shown.headers["Cache-Control"] == "no-store"
    secret = KEY.search(text(shown))[1].replace(" ", "")
    assert len(secret) == 32 and secret in text(client.get(ENROL)).replace(" ", "")
    before = token_of(client)
    wrong = submit(
        client, answer.location, code=f"{(int(code_at(secret, step_of(clock.now))) + 7) % 10**6:06}"
    )
    assert wrong.status_code == 422 and 'id="code-error"' in text(wrong) and KEY.search(text(wrong))
    done = submit(client, answer.location, code=code_at(secret, step_of(clock.now)), next="/moderation/")
    codes = RECOVERY.findall(text(done))
    assert done.status_code == 200 and done.headers["Cache-Control"] == "no-store"
    assert len(set(codes)) == 10 and 'href="/moderation/"' in text(done)
    assert token_of(client) != before and client.get("/moderation/").status_code == 200
    with reading() as w:
        row = w.session.get_one(SecondFactor, number)
        assert secret.encode() not in row.secret_enc
        kept = list(w.session.scalars(select(RecoveryCode.code_hash)))
    assert len(kept) == 10 and not any(c.replace("-", "").encode() in hash_ for c in codes for hash_ in kept)
    (mail,) = mails()
    assert mail["To"] == MAILBOX and secret not in text_of(mail)


def test_a_first_code_can_be_set_up_while_the_site_is_read_only(client: FlaskClient) -> None:
    a_user(MAILBOX, Role.ADMINISTRATOR)
    with work(SYSTEM) as w:
        turn(w, Switch.READ_ONLY, True)
    assert len(enrolled(client)) == 10


def test_the_key_is_also_a_picture_that_no_cache_keeps(client: FlaskClient) -> None:
    a_user(MAILBOX, Role.MODERATOR)
    half_signed_in(client, MAILBOX)
    answer = client.get("/account/factor/enrol/code.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.headers["Cache-Control"] == "no-store"
    assert ET.fromstring(text(answer)).tag == "{http://www.w3.org/2000/svg}svg" and "style=" not in text(
        answer
    )
    submit(client, ENROL, code=code_of(MAILBOX))
    assert client.get("/account/factor/enrol/code.svg").status_code == 303


def test_another_session_is_offered_another_key(client: FlaskClient, app: Flask) -> None:
    a_user(MAILBOX, Role.MODERATOR)
    browsers = [half_signed_in(c, MAILBOX) for c in (client, app.test_client())]
    first, second = (KEY.search(text(c.get(ENROL)))[1] for c in browsers)
    assert first != second
    assert submit(browsers[1], ENROL, code=code_of(MAILBOX)).status_code in {200, 422}


@pytest.mark.parametrize(
    "path",
    [
        "/account/",
        "/account/password",
        "/account/sessions",
        "/account/factor/codes",
        "/moderation/",
        "/admin/",
    ],
)
def test_before_the_second_step_there_are_no_rights(client: FlaskClient, moderator: int, path: str) -> None:
    half_signed_in(client, MAILBOX)
    answer = client.get(path)
    assert answer.status_code == 303 and answer.location == f"{CODE}?next={path}"


def test_before_the_second_step_one_can_only_go_on_or_leave(client: FlaskClient, moderator: int) -> None:
    half_signed_in(client, MAILBOX)
    assert client.get("/account/sign-in?next=/moderation/").location == f"{CODE}?next=/moderation/"
    assert client.get(ENROL).location == CODE
    assert submit(client, ENROL, code="123456").status_code == 303
    found = re.search(r'name="csrf_token" value="([^"]+)"', text(client.get("/account/factor/leave")))
    assert client.post("/account/sign-out", data={"csrf_token": found[1]}).status_code == 303
    assert client.get(CODE).location == "/account/sign-in"


def test_the_half_session_is_short_and_the_full_one_lasts_a_shift(
    client: FlaskClient, moderator: int, clock: Clock
) -> None:
    half_signed_in(client, MAILBOX)
    clock.now += timedelta(minutes=21)
    assert client.get(CODE).location == "/account/sign-in"
    signed_in(client, MAILBOX)
    clock.now += timedelta(hours=11)
    assert client.get("/moderation/").status_code == 200
    clock.now += timedelta(hours=2)
    assert client.get("/moderation/").status_code == 303


def test_the_code_leads_on_with_a_new_token(client: FlaskClient, moderator: int, clock: Clock) -> None:
    half_signed_in(client, MAILBOX)
    before = token_of(client)
    answer = submit(
        client,
        f"{CODE}?next=/moderation/",
        code=f" {code(clock)[:3]} {code(clock)[3:]} ",
        next="/moderation/",
    )
    assert (answer.status_code, answer.location) == (303, "/moderation/")
    assert token_of(client) != before and client.get("/moderation/").status_code == 200
    with client.session_transaction() as session:
        session["_user_id"] = before
    assert client.get("/moderation/").status_code == 303
    with reading() as w:
        assert len(list(w.session.scalars(select(AccountSession)))) == 1


def test_the_second_step_never_leads_to_another_site(
    client: FlaskClient, moderator: int, clock: Clock
) -> None:
    half_signed_in(client, MAILBOX)
    answer = submit(client, CODE, code=code(clock), next="https://evil.example/")
    assert answer.location == "/account/"


@pytest.mark.parametrize(("ahead", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_a_clock_may_be_one_step_off(
    client: FlaskClient, moderator: int, clock: Clock, ahead: int, status: int
) -> None:
    half_signed_in(client, MAILBOX)
    assert submit(client, CODE, code=code(clock, ahead)).status_code == status


def test_a_used_code_and_every_earlier_one_is_refused(
    client: FlaskClient, app: Flask, moderator: int, clock: Clock
) -> None:
    half_signed_in(client, MAILBOX)
    assert submit(client, CODE, code=code(clock)).status_code == 303
    other = half_signed_in(app.test_client(), MAILBOX)
    for ahead in (0, -1):
        assert submit(other, CODE, code=code(clock, ahead)).status_code == 422
    clock.now += timedelta(seconds=30)
    assert submit(other, CODE, code=code(clock)).status_code == 303


def test_whatever_is_wrong_with_a_code_is_answered_alike(
    client: FlaskClient, app: Flask, clock: Clock
) -> None:
    a_user(MAILBOX, Role.MODERATOR)
    used = enrolled(client)[0]
    other = half_signed_in(app.test_client(), MAILBOX)
    assert submit(other, CODE, code=used).status_code == 303
    third = half_signed_in(app.test_client(), MAILBOX)
    present = f"{(int(code_of(MAILBOX)) + 1) % 10**6:06}"
    tries = [present, used, "abcde-fghjk", "x", "00000000", "🙂🙂🙂🙂🙂🙂", "١٢٣٤٥٦"]
    answers = [submit(third, CODE, code=typed) for typed in tries]
    assert {a.status_code for a in answers} == {422}
    assert len({VARYING.sub("", text(a)) for a in answers}) == 1


def test_a_recovery_code_works_once_and_is_in_the_log(client: FlaskClient, app: Flask) -> None:
    number = a_user(MAILBOX, Role.MODERATOR)
    codes = enrolled(client)
    typed = codes[3].upper().replace("-", " ")
    second = half_signed_in(app.test_client(), MAILBOX)
    assert submit(second, CODE, code=typed).status_code == 303
    assert "9" in text(second.get("/account/factor/codes?lang=en"))
    third = half_signed_in(app.test_client(), MAILBOX)
    assert submit(third, CODE, code=codes[3]).status_code == 422
    assert submit(third, CODE, code=codes[4]).status_code == 303
    with reading() as w:
        used = select(AuditEntry).where(AuditEntry.action == "factor:recovery-code-used")
        rows = [(row.account_id, row.object) for row in w.session.scalars(used)]
    assert rows == [(number, f"account:{number}")] * 2


@pytest.mark.usefixtures("limits")
def test_ten_wrong_codes_are_enough(client: FlaskClient, app: Flask, moderator: int, clock: Clock) -> None:
    browsers = [half_signed_in(app.test_client(), MAILBOX) for _n in range(2)]
    for n in range(10):
        assert submit(browsers[n % 2], CODE, code="abcde-fghjk").status_code == 422
    answer = submit(browsers[0], CODE, code=code(clock))
    assert answer.status_code == 429 and 1 <= int(answer.headers["Retry-After"]) <= 601


def test_new_recovery_codes_need_password_and_code(client: FlaskClient, moderator: int, clock: Clock) -> None:
    signed_in(client, MAILBOX)
    page = "/account/factor/codes"
    assert submit(client, page, password="wrong", code=code_of(MAILBOX)).status_code == 422
    assert submit(client, page, password=PASSWORD, code="abcde-fghjk").status_code == 422
    first = RECOVERY.findall(text(submit(client, page, password=PASSWORD, code=code_of(MAILBOX))))
    second = RECOVERY.findall(text(submit(client, page, password=PASSWORD, code=first[0])))
    assert len(first) == len(second) == 10 and not set(first) & set(second)
    assert submit(client, page, password=PASSWORD, code=first[1]).status_code == 422
    assert client.get("/account/?lang=en").status_code == 200


def test_a_new_device_ends_every_session_but_this_one(
    client: FlaskClient, app: Flask, moderator: int
) -> None:
    other = signed_in(app.test_client(), MAILBOX)
    signed_in(client, MAILBOX)
    answer = submit(client, "/account/factor/replace", password=PASSWORD, code=code_of(MAILBOX))
    assert (answer.status_code, answer.location) == (303, ENROL)
    assert other.get("/account/").location.startswith("/account/sign-in")
    assert client.get("/moderation/").location == f"{ENROL}?next=/moderation/"
    assert submit(client, ENROL, code=code_of(MAILBOX)).status_code == 200
    assert client.get("/moderation/").status_code == 200


def test_setting_up_twice_at_once_keeps_the_first(client: FlaskClient, app: Flask, clock: Clock) -> None:
    a_user(MAILBOX, Role.MODERATOR)
    late = half_signed_in(app.test_client(), MAILBOX)
    clock.now += timedelta(seconds=1)
    enrolled(client)
    assert late.get(ENROL).location == "/account/sign-in"
    assert client.get("/moderation/").status_code == 200


def test_a_session_that_was_ended_meanwhile_does_not_become_full(moderator: int, clock: Clock) -> None:
    with reading() as w:
        proof = check_credentials(w, MAILBOX, PASSWORD)
    with work() as w:
        half = begin_session(w, proof)
    with reading() as w:
        identity = identity_of(w, half)
    with work(SYSTEM) as w:
        end_sessions(w, moderator)
    with pytest.raises(Refusal, match="changed-meanwhile"), work() as w:
        factors.pass_factor(w, identity, code(clock))


def test_a_wrong_password_tells_nothing_of_role_or_factor(
    client: FlaskClient, moderator: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_user("adm@post.example", Role.ADMINISTRATOR)
    a_user("cit@post.example")
    tried: list[str | None] = []
    honest = passwords.matches
    monkeypatch.setattr(
        "auth.services.sessions.matches", lambda kept, typed: tried.append(kept) or honest(kept, typed)
    )
    answers = [
        submit(client, "/account/sign-in", email=f"{name}@post.example", password=OTHER_PASSWORD)
        for name in ("mod", "adm", "cit", "nob")
    ]
    assert {a.status_code for a in answers} == {422} and len(tried) == 4
    assert len({VARYING.sub("", text(a)) for a in answers}) == 1


def test_citizens_have_no_second_step(client: FlaskClient) -> None:
    a_user()
    signed_in(client)
    for path in (CODE, ENROL, "/account/factor/leave"):
        assert client.get(path).location == "/account/"
    for path in ("/account/factor/codes", "/account/factor/replace"):
        assert client.get(path).status_code == 404


def test_a_new_role_ends_the_session_and_asks_for_the_factor(client: FlaskClient) -> None:
    number = a_user(MAILBOX)
    signed_in(client, MAILBOX)
    with work(SYSTEM) as w:
        grant_role(w, number, Role.MODERATOR)
    assert client.get("/account/").location.startswith("/account/sign-in")
    half_signed_in(client, MAILBOX)


def test_who_loses_the_last_role_loses_the_factor_and_the_session(
    client: FlaskClient, moderator: int
) -> None:
    signed_in(client, MAILBOX)
    with work(SYSTEM) as w:
        revoke_role(w, moderator, Role.MODERATOR)
    assert client.get("/moderation/").location.startswith("/account/sign-in")
    with reading() as w:
        assert w.session.get(SecondFactor, moderator) is None
    assert signed_in(client, MAILBOX).get("/account/").status_code == 200
    assert client.get("/moderation/").status_code == 403


def test_a_new_password_does_not_go_around_the_factor(client: FlaskClient, moderator: int) -> None:
    signed_in(client, MAILBOX)
    assert submit(client, "/account/password", present=PASSWORD, password="кедр жүз 5х").status_code == 422
    answer = submit(client, "/account/password", present=PASSWORD, password=OTHER_PASSWORD)
    assert answer.status_code == 303 and client.get("/moderation/").status_code == 200
    answer = submit(
        client.application.test_client(), "/account/sign-in", email=MAILBOX, password=OTHER_PASSWORD
    )
    assert answer.location == CODE


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_the_pages_of_the_second_step_in_every_language(
    client: FlaskClient, moderator: int, lang: str
) -> None:
    half_signed_in(client, MAILBOX)
    for path in (CODE, "/account/factor/leave"):
        assert f'<html lang="{lang}"' in text(client.get(f"{path}?lang={lang}"))
    submit(client, CODE, code=code_of(MAILBOX))
    for path in ("/account/factor/codes", "/account/factor/replace"):
        assert client.get(f"{path}?lang={lang}").status_code == 200


@pytest.mark.parametrize("env", ["development", "production"])
def test_only_a_trial_says_how_to_get_a_code(
    client: FlaskClient, app: Flask, env: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = app.extensions["dauys"]
    changed = kernel.settings.model_copy(update={"env": env})
    monkeypatch.setitem(
        app.extensions, "dauys", type(kernel)(changed, kernel.keys, kernel.zone, kernel.clock)
    )
    assert ("users code" in text(client.get("/account/sign-in"))) is (env == "development")
