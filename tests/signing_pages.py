"""The pages of signing, as a browser without script uses them."""

import email
import email.policy
import re
from email.message import EmailMessage

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.db import db
from core.outbox import sweep_outbox
from core.work import reading
from petitions.models.tokens import Purpose, join_token
from tests.factories import ALMATY
from tests.signing import (
    the_row,
    token_of,
)

FORM = {
    "full_name": "Данияр Сынақұлы",
    "email": "daniyar@mail.example",
    "area": ALMATY,
    "consent": "y",
}


def csrf(html: str) -> str:
    """The token of the form on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found, html
    return found.group(1)


def send(client: FlaskClient, url: str, **changes: str | None) -> TestResponse:
    """Open the form and send it, with `changes` (None leaves a field out)."""
    token = csrf(client.get(url).text)
    fields = {**FORM, "csrf_token": token, **changes}
    return client.post(url, data={name: value for name, value in fields.items() if value is not None})


def mails(app: Flask) -> list[EmailMessage]:
    """Everything that was sent."""
    sweep_outbox()
    folder = app.extensions["dauys"].settings.var_dir / "mail"
    found = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in folder.glob("*.eml")
    ]
    return found  # type: ignore[return-value]


def text_of(mail: EmailMessage) -> str:
    """The whole mail as its reader's program gets it, decoded."""
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *parts])


def link_in(mail: EmailMessage) -> str:
    """The path of the only address that a mail leads to."""
    found = set(re.findall(r"http://localhost(/[^\s\"<>]+)", text_of(mail)))
    assert len(found) == 1, found
    return found.pop().replace("&amp;", "&")


def page_of(petition_id: int) -> str:
    """The address of the form."""
    return f"/petitions/{petition_id}/sign"


def manage_url(petition_id: int) -> str:
    """The address of the manage page."""
    return f"/signatures/manage/{token_of(the_row(petition_id), Purpose.MANAGE)}"


def join_path(petition_id: int) -> str:
    """The private link."""
    with reading() as w:
        return f"/petitions/{petition_id}/join/{join_token(w, petition_id)}"


def dump(app: Flask) -> str:
    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        return "\n".join(raw.iterdump())  # type: ignore[attr-defined]
