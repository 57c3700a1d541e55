"""Author safety: letters without addresses, a pause of signing in public, and names that fade."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from core.outbox import OutboxRow
from core.refusal import Refusal
from core.work import ANYONE, SYSTEM, Actor, reading, work
from petitions.domain.keeping import TERMS, Kept
from petitions.domain.lifecycle import State
from petitions.jobs.privacy import forget_letters
from petitions.models.case import JournalEntry
from petitions.models.petition import Petition
from petitions.models.privacy import AuthorLetter
from petitions.services.freezing import freeze, unfreeze
from petitions.services.letters import write_to_author
from petitions.services.retention import carry_out, run_retention
from tests.conftest import Clock
from tests.factories import a_petition, an_author, sign_in
from tests.signing import change
from tests.signing_pages import csrf, mails, page_of, text_of

LETTER = "Қош келдіңіз! I would like to help with this petition."
SENDER = "sender@mail.example"


def _author_of(petition_id: int) -> int:
    with reading() as w:
        return w.session.get_one(Petition, petition_id).author_id


def _letters() -> int:
    with reading() as w:
        return w.session.scalar(select(func.count()).select_from(AuthorLetter)) or 0


def _post(client: FlaskClient, petition_id: int, **fields: str) -> int:
    path = f"/petitions/{petition_id}/contact"
    token = csrf(client.get(path).text)
    return client.post(path, data={"text": LETTER, "csrf_token": token, **fields}).status_code


@pytest.mark.parametrize("share", [True, False])
def test_a_letter_reaches_the_author_without_addresses(app: Flask, client: FlaskClient, share: bool) -> None:
    """The sender's address goes along only when the box is ticked; nothing of it stays once it is sent."""
    petition_id = a_petition()
    fields = {"email": SENDER} | ({"share": "y"} if share else {})
    assert _post(client, petition_id, **fields) == 303
    with reading() as w:
        row = w.session.scalars(select(AuthorLetter)).one()
        assert LETTER.encode() not in row.text and (row.reply_to is not None) is share
    sent = [mail for mail in mails(app) if LETTER in text_of(mail)]
    assert len(sent) == 1
    assert sent[0]["Reply-To"] == (SENDER if share else None)
    assert (SENDER in text_of(sent[0])) is share
    assert SENDER not in str(sent[0]["From"])
    assert forget_letters() == 1 and _letters() == 0


def test_the_page_tells_nobody_an_address(app: Flask, client: FlaskClient) -> None:
    """Neither the form nor the page after it names the author's mailbox."""
    petition_id = a_petition()
    for path in ("contact", "contact/sent"):
        shown = client.get(f"/petitions/{petition_id}/{path}?lang=en")
        assert shown.status_code == 200 and "@" not in shown.text.replace("controller@dauys.example", "")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": ""}, "Write your letter."),
        ({"text": "too short"}, "at least 20 characters"),
        ({"email": "no address"}, "error"),
        ({"share": "y"}, "or untick the box"),
    ],
)
def test_bad_letters_are_refused_at_their_field(
    client: FlaskClient, fields: dict[str, str], said: str
) -> None:
    """422, with the values kept, and nothing stored."""
    petition_id = a_petition()
    path = f"/petitions/{petition_id}/contact?lang=en"
    token = csrf(client.get(path).text)
    shown = client.post(path, data={"text": LETTER, "csrf_token": token, **fields})
    assert shown.status_code == 422 and said in shown.text
    assert _letters() == 0


@pytest.mark.usefixtures("app")
def test_a_letter_ends_with_its_term(clock: Clock) -> None:
    """What could not be passed on is deleted after seven days, unread."""
    petition_id = a_petition()
    with work(ANYONE) as w:
        write_to_author(w, petition_id, LETTER, "", False, "kk")
    clock.now += TERMS[Kept.CONTACT_LETTER].length.shortest - timedelta(seconds=1)
    assert forget_letters() == 0
    clock.now += timedelta(seconds=1)
    assert forget_letters() == 1
    with reading() as w:
        assert w.session.scalars(select(OutboxRow).where(OutboxRow.template == "author_letter")).all()


# For each state, published or not: what a stranger who wants to write to the author gets.
WRITABLE = {
    (State.DRAFT, False): 404,
    (State.GATHERING, False): 404,
    (State.SCREENING, False): 404,
    (State.COLLECTING, True): 200,
    (State.UNDER_REVIEW, True): 200,
    (State.ANSWERED, True): 200,
    (State.LAPSED, True): 200,
    (State.LAPSED, False): 404,
    (State.WITHDRAWN, True): 200,
    (State.WITHDRAWN, False): 404,
    (State.REFUSED, False): 404,
    (State.TAKEN_DOWN, True): 410,
    (State.TAKEN_DOWN, False): 410,
}


def test_the_table_has_every_state() -> None:
    assert {state for state, _published in WRITABLE} == set(State)


@pytest.mark.parametrize(("state", "published"), WRITABLE)
def test_only_published_petitions_take_letters(client: FlaskClient, state: State, published: bool) -> None:
    """Form, post and the page after it alike; nothing is stored where nobody may write."""
    petition_id = a_petition(state)
    if not published and state in {State.LAPSED, State.WITHDRAWN, State.TAKEN_DOWN}:
        change(petition_id, lambda _w: {"opened_at": None, "closes_at": None})
    status = WRITABLE[state, published]
    path = f"/petitions/{petition_id}/contact"
    assert client.get(path).status_code == client.get(f"{path}/sent").status_code == status
    other = csrf(client.get(f"/petitions/{a_petition()}/contact").text)
    posted = client.post(path, data={"text": LETTER, "csrf_token": other})
    assert posted.status_code == (303 if status == 200 else status)
    assert _letters() == (status == 200)


def _as_author(petition_id: int) -> Actor:
    return Actor(_author_of(petition_id), frozenset({"citizen"}))


def _version(petition_id: int) -> int:
    with reading() as w:
        return w.session.get_one(Petition, petition_id).version


def _freeze(petition_id: int, reason: str = "I cannot go on for the moment.") -> None:
    with work(_as_author(petition_id)) as w:
        freeze(w, petition_id, _version(petition_id), reason)


@pytest.mark.parametrize("state", [State.COLLECTING, State.UNDER_REVIEW])
def test_an_author_pauses_signing_and_lets_it_go_on(client: FlaskClient, state: State) -> None:
    """In public, with the reason; dates and state stay; the course of the case keeps both."""
    petition_id = a_petition(state=state)
    _freeze(petition_id)
    shown = client.get(f"{page_of(petition_id)}?lang=en").text
    assert "paused signing" in shown and "I cannot go on for the moment." in shown
    assert 'name="full_name"' not in shown
    page = client.get(f"/petitions/{petition_id}?lang=en").text
    assert "The author has paused signing for the moment." in page and "The author paused signing" in page
    facts = client.get(f"/api/v1/petitions/{petition_id}").get_json()
    assert facts["signing"] == {"open": False, "reason": "frozen"} and facts["state"] == state.value
    with work(_as_author(petition_id)) as w:
        unfreeze(w, petition_id, _version(petition_id))
    assert 'name="full_name"' in client.get(page_of(petition_id)).text
    with reading() as w:
        events = w.session.scalars(
            select(JournalEntry.event).where(JournalEntry.petition_id == petition_id)
        ).all()
    assert events[-2:] == ["frozen", "unfrozen"]


def test_what_was_posted_to_a_paused_petition_is_refused(client: FlaskClient) -> None:
    """409, nothing is kept."""
    petition_id = a_petition()
    token = csrf(client.get(page_of(petition_id)).text)
    _freeze(petition_id)
    assert client.post(page_of(petition_id), data={"csrf_token": token}).status_code == 409


@pytest.mark.usefixtures("app")
def test_only_the_author_can_pause_and_only_an_open_petition() -> None:
    """Others are told nothing; twice, or after the end, is no move."""
    petition_id, other = a_petition(), an_author()
    with pytest.raises(Refusal, match="not-found"), work(Actor(other, frozenset({"citizen"}))) as w:
        freeze(w, petition_id, _version(petition_id), "Because.")
    _freeze(petition_id)
    with pytest.raises(Refusal, match="not-now"):
        _freeze(petition_id)
    answered = a_petition(state=State.LAPSED)
    with pytest.raises(Refusal, match="not-"):
        _freeze(answered)


def test_the_pages_of_the_pause(client: FlaskClient) -> None:
    """From the author's page to the pause and back, without script."""
    petition_id = a_petition()
    sign_in(client, _author_of(petition_id))
    path = f"/petitions/{petition_id}"
    assert f"{path}/freeze" in client.get(f"{path}/mine").text
    page = client.get(f"{path}/freeze")
    version = page.text.split('name="version"')[1].split('value="')[1].split('"')[0]
    fields = {"csrf_token": csrf(page.text), "version": version, "reason": ""}
    assert client.post(f"{path}/freeze", data=fields).status_code == 422
    assert client.post(f"{path}/freeze", data=fields | {"reason": "Later."}).status_code == 303
    page = client.get(f"{path}/unfreeze")
    version = page.text.split('name="version"')[1].split('value="')[1].split('"')[0]
    sent = client.post(f"{path}/unfreeze", data={"csrf_token": csrf(page.text), "version": version})
    assert sent.status_code == 303
    assert client.get(f"{path}/unfreeze").status_code == 303


def test_names_fade_after_their_term(client: FlaskClient, clock: Clock) -> None:
    """On the day, not before; the page, the search and the API follow."""
    petition_id = a_petition(state=State.LAPSED)
    end = clock.now
    with work(SYSTEM) as w:
        w.session.execute(update(Petition).values(ended_at=end, author_name="Ерлан Сынақов"))
    clock.now = TERMS[Kept.AUTHOR_NAME].length.after(end) - timedelta(seconds=1)
    assert carry_out(Kept.AUTHOR_NAME) == 0
    clock.now += timedelta(seconds=1)
    assert run_retention(dry=True).done[Kept.AUTHOR_NAME] == 1
    assert carry_out(Kept.AUTHOR_NAME) == 1
    assert carry_out(Kept.AUTHOR_NAME) == 0
    assert client.get(f"/api/v1/petitions/{petition_id}").get_json()["author"]["name"] == "Е. Сынақов"
    assert "Ерлан" not in client.get(f"/petitions/{petition_id}").text
