"""What tests of accounts do over and over: fill in a form, read the mail, sign in."""

import email
import re
from email.message import EmailMessage
from email.policy import default
from urllib.parse import urlsplit

from flask import current_app
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from auth.factor import code_at, step_of
from auth.models import SecondFactor
from auth.permissions import Role
from auth.services.accounts import find_account
from auth.services.factors import present_secret
from auth.services.staff import create_user
from core.outbox import sweep_outbox
from core.work import SYSTEM, work

PASSWORD = "жасыл терезе алты түйе"
OTHER_PASSWORD = "seven quiet rivers of glass"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def submit(client: FlaskClient, url: str, **fields: str) -> TestResponse:
    """Open the page of a form and send it filled in."""
    found = TOKEN.search(client.get(url).get_data(as_text=True))
    token = {"csrf_token": found[1]} if found else {}
    return client.post(url, data=token | fields)


def a_user(
    mailbox: str = "ainur@post.example",
    role: Role = Role.CITIZEN,
    body: str | None = None,
    password: str = PASSWORD,
) -> int:
    """An account that is open, with a password that is known; its number."""
    with work(SYSTEM) as w:
        return create_user(w, "Ainur Sample", mailbox, password, role, body, "en")


def signed_in(
    client: FlaskClient, mailbox: str = "ainur@post.example", password: str = PASSWORD
) -> FlaskClient:
    """The browser after signing in, staff with the second step."""
    answer = submit(client, "/account/sign-in", email=mailbox, password=password)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    if answer.location.startswith("/account/factor"):
        answer = submit(client, answer.location, code=code_of(mailbox))
        assert answer.status_code in {200, 303}, answer.get_data(as_text=True)
    return client


def half_signed_in(
    client: FlaskClient, mailbox: str = "ainur@post.example", password: str = PASSWORD
) -> FlaskClient:
    """The browser of staff after the password and before the second step."""
    answer = submit(client, "/account/sign-in", email=mailbox, password=password)
    assert answer.status_code == 303 and answer.location.startswith("/account/factor")
    return client


def code_of(mailbox: str, *, ahead: int = 0) -> str:
    """The present code of an account; the clock of tests stands still, so used codes are forgotten first."""
    with work(SYSTEM) as w:
        account = find_account(w, mailbox)
        assert account is not None
        factor = w.session.get(SecondFactor, account.id)
        if factor is not None:
            factor.last_step = 0
        found = present_secret(w, account.id)
        assert found is not None
        return code_at(found[0], step_of(w.now) + ahead)


def mails() -> list[EmailMessage]:
    """Send what waits, and read everything that was sent, the oldest first."""
    sweep_outbox()
    folder = current_app.extensions["dauys"].settings.var_dir / "mail"
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    return [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]  # type: ignore[misc]


def link_in(mail: EmailMessage) -> str:
    """The address of ours in a mail, as the path that a test client opens."""
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    parts = urlsplit(re.search(r"http://\S+", text)[0])  # type: ignore[index]
    return f"{parts.path}?{parts.query}"
