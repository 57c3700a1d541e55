"""The notice on its pages: every field, its versions, its differences, and what stands before each button."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.config import Controller, SettingsFault, load_settings
from core.jobs import registered
from core.work import reading
from petitions.domain.notice import Audience
from petitions.jobs.privacy import keep_notice
from petitions.models.privacy import NoticeVersion
from petitions.models.signature import Signature
from petitions.queries.privacy import steps
from tests.conftest import CONTROLLER, Clock
from tests.factories import a_petition
from tests.signing_pages import page_of, send


def _with(app: Flask, **changes: Any) -> None:
    shared = app.extensions["dauys"]
    settings = shared.settings.model_copy(update=changes)
    app.extensions["dauys"] = type(shared)(settings, shared.keys, shared.zone, shared.clock)


@pytest.fixture
def app_again(app: Flask) -> Any:
    """An app whose settings a test may change; they are put back."""
    before = app.extensions["dauys"]
    yield app
    app.extensions["dauys"] = before


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize(("audience", "n"), [("signer", 25), ("author", 24)])
def test_the_notice_has_every_field(client: FlaskClient, language: str, audience: str, n: int) -> None:
    """All fields of the list for their audience, and one more on what cannot be promised."""
    shown = client.get(f"/privacy?lang={language}&for={audience}")
    assert shown.status_code == 200
    assert shown.text.count('<h2 id="field-') == n
    for value in (CONTROLLER.person, CONTROLLER.body, CONTROLLER.email, CONTROLLER.phone):
        assert value in shown.text
    assert "Set-Cookie" not in shown.headers


def test_what_is_missing_is_said_to_be_missing(client: FlaskClient) -> None:
    """The optional fields of the controller are empty here."""
    shown = client.get("/privacy?lang=en").text
    assert shown.count("not named") >= 4


def test_a_single_pair_of_eyes_is_admitted(app_again: Flask, client: FlaskClient) -> None:
    """With DAUYS_FOUR_EYES=off the notice says so; otherwise it says that two people agree."""
    assert "only when two people agree" in client.get("/privacy?lang=en").text
    _with(app_again, four_eyes="off")
    assert "the second pair of eyes is off" in client.get("/privacy?lang=en").text


def test_the_mail_service_is_named(app_again: Flask, client: FlaskClient) -> None:
    """Whoever carries the letters stands in the notice by name; without one, it says that none does."""
    assert "do not leave the machine" in client.get("/privacy?lang=en").text
    _with(app_again, mail_url="smtp://post.provider.example:587")
    assert "post.provider.example" in client.get("/privacy?lang=en").text


@pytest.mark.postgres_too
def test_reading_stores_nothing_and_the_job_stores_once(app: Flask, client: FlaskClient) -> None:
    """A GET leaves the database as it was; the job keeps a version exactly when something is new."""
    client.get("/privacy")
    with reading() as w:
        assert w.session.scalars(select(NoticeVersion)).all() == []
    assert keep_notice() == 1
    assert keep_notice() == 0
    with reading() as w:
        row = w.session.scalars(select(NoticeVersion)).one()
        assert (row.id, row.number) == ("2026-11-1", 1)


@pytest.mark.postgres_too
def test_a_change_makes_a_version_and_names_its_difference(
    app_again: Flask, client: FlaskClient, clock: Clock
) -> None:
    """A new person in charge: both versions stay, the difference is shown, and the old one points to the new."""
    keep_notice()
    clock.now = clock.now.replace(day=28)
    other = Controller(**(CONTROLLER.model_dump() | {"person": "Болат Өзгеріс", "storage": "Үлгіқала"}))
    _with(app_again, controller=other)
    assert client.get("/privacy/2026-11-2?lang=en").status_code == 200
    keep_notice()
    assert "Болат Өзгеріс" in client.get("/privacy?lang=en").text
    old = client.get("/privacy/2026-11-1?lang=en").text
    assert CONTROLLER.person in old and "This is an earlier version" in old
    changes = client.get("/privacy/changes?lang=en").text
    assert f"<del>Person in charge: {CONTROLLER.person}</del>" in changes
    assert "<ins>Person in charge: Болат Өзгеріс</ins>" in changes
    assert "This is the first version" in changes
    with reading() as w:
        touched = {d.audience: {c.n for c in d.changes} for d in steps(w)[0].differences}
    assert touched == {Audience.SIGNER: {1, 3, 14}, Audience.AUTHOR: {1, 3, 14}}


@pytest.mark.postgres_too
def test_going_back_makes_a_third_version(app_again: Flask, clock: Clock) -> None:
    """The old words again are a new version: at every moment it can be told which one held."""
    keep_notice()
    before = app_again.extensions["dauys"]
    _with(app_again, four_eyes="off")
    keep_notice()
    app_again.extensions["dauys"] = before
    keep_notice()
    with reading() as w:
        assert [step.version.id for step in steps(w)] == ["2026-11-3", "2026-11-2", "2026-11-1"]


@pytest.mark.postgres_too
def test_an_unknown_version_is_not_found(client: FlaskClient) -> None:
    """Only what holds or was stored has an address."""
    for name in ("2026-11-7", "x", "2026-11-01"):
        assert client.get(f"/privacy/{name}").status_code == 404


@pytest.mark.postgres_too
def test_a_signature_keeps_the_version_that_it_was_given_to(app: Flask, client: FlaskClient) -> None:
    """Version, language, time and channel; the version is stored by then, whatever jobs did."""
    petition_id = a_petition()
    sent = send(client, f"{page_of(petition_id)}?lang=ru")
    assert sent.status_code == 303
    with reading() as w:
        row = w.session.scalars(select(Signature)).one()
        stored = w.session.get_one(NoticeVersion, row.notice)
        assert (row.notice_language, row.channel, row.consent_at) == ("ru", "web", w.now)
        assert stored.stored_at == row.consent_at


def test_the_short_form_stands_before_the_button(client: FlaskClient) -> None:
    """Controller with contact, purpose, who sees what, how long, how to withdraw; the full text one tap away."""
    shown = client.get(f"{page_of(a_petition())}?lang=en").text
    button = shown.index("<button", shown.index("What happens to your data"))
    for said in (
        CONTROLLER.person,
        CONTROLLER.email,
        "What for",
        "Who sees it",
        "How long",
        "How to withdraw",
    ):
        assert (
            shown.index("What happens to your data") < shown.index(said, shown.index("What happens")) < button
        )
    assert "/privacy/2026-11-1" in shown[:button]


def test_the_registration_shows_the_notice_for_authors(client: FlaskClient) -> None:
    """An account asks for a mailbox, so its form has the notice before its button."""
    shown = client.get("/account/register?lang=en").text
    assert "What happens to your data" in shown and "/privacy/2026-11-1?for=author" in shown


@pytest.mark.parametrize("name", ["person", "body", "address", "email", "phone"])
def test_production_does_not_start_without_a_controller(name: str, tmp_path: Path) -> None:
    """Each of the five required fields, left out, is named in the message."""
    key_file = tmp_path / "keys"
    key_file.write_text("{}")
    env = {
        f"DAUYS_CONTROLLER_{field.upper()}": "x" for field in ("person", "body", "address", "email", "phone")
    }
    env |= {
        "DAUYS_ENV": "production",
        "DAUYS_SECRET_KEY": "x" * 40,
        "DAUYS_KEY_FILE": str(key_file),
        "DAUYS_MAIL_URL": "console:",
    }
    load_settings(env)
    for value in ("", "   "):
        with pytest.raises(SettingsFault) as fault:
            load_settings(env | {f"DAUYS_CONTROLLER_{name.upper()}": value})
        assert fault.value.problems == [f"DAUYS_CONTROLLER_{name.upper()} is required"]


@pytest.mark.parametrize("env", ["development", "test"])
@pytest.mark.parametrize("name", ["person", "body", "address", "email", "phone"])
def test_signing_is_closed_without_a_controller(
    app_again: Flask, client: FlaskClient, env: str, name: str
) -> None:
    """In every environment, whichever required field is missing, with a page that says why."""
    petition_id = a_petition()
    _with(app_again, env=env, controller=CONTROLLER.model_copy(update={name: ""}))
    shown = client.get(f"{page_of(petition_id)}?lang=en")
    assert shown.status_code == 200 and "Nobody has been named yet" in shown.text
    assert 'name="full_name"' not in shown.text


@pytest.mark.postgres_too
def test_the_handover_page_says_what_there_is(client: FlaskClient) -> None:
    """Names and mailboxes of signers are sealed; nothing readable names a signer; orders are counted."""
    shown = client.get("/privacy/handover?lang=en")
    assert shown.status_code == 200
    assert "Orders so far" in shown.text
    sealed, readable = shown.text.rsplit("Readable for whoever has the database", 1)
    assert "Those who sign" in sealed and "Full name" in sealed and "E-mail address" in sealed
    signers = readable.split("Those who sign")[1].split("</details>")[0]
    assert "Your consent" in signers and "Full name" not in signers and "E-mail address" not in signers


def test_the_job_is_registered() -> None:
    """It runs with the others, soon after the jobs begin."""
    assert "notice" in {job.name for job in registered()}
