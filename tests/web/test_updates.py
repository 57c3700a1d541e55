"""Pages of updates: written after a preview, read by everybody, corrected in public, looked at by moderators."""

import re

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.work import SYSTEM, reading, work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition
from petitions.services import tally
from tests.conftest import Clock
from tests.factories import a_moderator, a_petition, an_author, sign_in, some_signatures
from tests.updates import REASON, TEXT, TITLE, WHY, an_update, feed_of, written
from tests.web.test_moderation import hidden, text
from tests.web.test_reports import WORDS

UP = "Телефон мәтіннен алынды, қалғаны ережеге сай."


@pytest.fixture
def number() -> int:
    """A petition that collects signatures."""
    return a_petition(author=an_author(email="author@mail.example"), signatures=3)


@pytest.fixture
def author(app: Flask, number: int) -> FlaskClient:
    """Its author's browser."""
    with reading() as w:
        account = w.session.get_one(Petition, number).author_id
    return sign_in(app.test_client(), account)


def act(app: Flask, update: int, reason: str) -> int:
    """A moderator's act about an update: down, or shown again."""
    moderator = sign_in(app.test_client(), a_moderator())
    page = moderator.get(f"/moderation/updates/{update}?lang=en")
    fields = {"reason": reason, "language": "kk"}
    answer = moderator.post(f"/moderation/updates/{update}?lang=en", data=_last_form(page) | fields)
    return answer.status_code


def _last_form(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the form with the reason, which is the last one of the page."""
    form = page.get_data(as_text=True).rpartition('<form action="/moderation/updates/')[2]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def test_an_update_is_seen_with_its_mail_before_it_is_sent(
    app: Flask, client: FlaskClient, author: FlaskClient, number: int
) -> None:
    some_signatures(number, 23, updates=True)
    path = f"/petitions/{number}/updates/new"
    mine = text(author.get(f"/petitions/{number}/mine?lang=en"))
    assert f"{path}?lang=en" in mine and "at least 20" in mine
    status, page = written(author, path, "look")
    assert status == 200 and "<li>жоба бюджетке енеді</li>" in page and "News from Dauys" in page
    assert "at least 20" in page and "23" not in page.partition("<main")[2].partition("</main>")[0]
    status, page = written(author, path, "back")
    assert status == 200 and TEXT.splitlines()[0] in page and "textarea" in page
    assert TITLE not in text(client.get(f"/petitions/{number}"))
    status, where = written(author, path, "send")
    assert status == 303 and f"/petitions/{number}/mine" in where
    assert "Your update is public" in text(author.get(where))
    for address in (f"/petitions/{number}?lang=en", f"/petitions/{number}/updates?lang=en"):
        answer = client.get(address)
        said = text(answer)
        assert TITLE in said and "Айгүл Үлгіқызы" in said and "Set-Cookie" not in answer.headers
        assert 'lang="kk"' in said


def test_a_second_one_in_the_same_week_is_refused_with_its_day(author: FlaskClient, number: int) -> None:
    an_update(number)
    status, page = written(author, f"/petitions/{number}/updates/new", "send")
    assert status == 422 and "one a week at most" in page and TEXT.splitlines()[0] in page
    assert "The next one can be sent from" in text(author.get(f"/petitions/{number}/mine?lang=en"))


@pytest.mark.parametrize("fields", [{"title": ""}, {"title": "Адым"}, {"text": "Болды."}, {"language": "de"}])
def test_wrong_words_are_said_on_the_form(author: FlaskClient, number: int, fields: dict[str, str]) -> None:
    for action in ("look", "send"):
        status, page = written(author, f"/petitions/{number}/updates/new", action, **fields)
        assert status == 422 and "error-summary" in page


def test_no_markup_of_an_author_becomes_active(author: FlaskClient, client: FlaskClient, number: int) -> None:
    path = f"/petitions/{number}/updates/new"
    evil = "<script>alert(1)</script> [ой](javascript:alert(1)) ![x](https://x.example/a.png) сөз сөз"
    status, _where = written(author, path, "send", title="<b>Жаңа</b> күн", text=evil)
    assert status == 303
    for address in (
        f"/petitions/{number}",
        f"/petitions/{number}/updates",
        f"/feeds/petitions/{number}.atom",
    ):
        said = client.get(address).get_data(as_text=True)
        assert "<script>alert" not in said and 'href="javascript' not in said and "<b>Жаңа" not in said
        assert "<img" not in said.partition("<main")[2]


@pytest.mark.parametrize("state", State)
def test_the_page_answers_as_its_petition_does(client: FlaskClient, state: State) -> None:
    number = a_petition(state)
    shown = {State.COLLECTING, State.UNDER_REVIEW, State.ANSWERED, State.LAPSED, State.WITHDRAWN}
    wanted = 200 if state in shown else 410 if state is State.TAKEN_DOWN else 404
    assert client.get(f"/petitions/{number}/updates").status_code == wanted


def test_strangers_and_other_authors_find_no_form(app: Flask, client: FlaskClient, number: int) -> None:
    an_update(number)
    paths = [f"/petitions/{number}/updates/{end}" for end in ("new", "1/correct")]
    assert [client.get(path).status_code for path in paths] == [303, 303]
    other = sign_in(app.test_client(), an_author())
    assert [other.get(path).status_code for path in paths] == [404, 404]
    assert [other.post(path).status_code for path in paths] == [404, 404]


def test_the_feed_has_an_entry_for_each_and_loses_it_with_the_takedown(
    app: Flask, author: FlaskClient, number: int, clock: Clock
) -> None:
    update = an_update(number)
    (entry,) = feedparser.parse(feed_of(app, number)).entries
    assert (entry.title, entry.author) == (TITLE, "Айгүл Үлгіқызы")
    assert "жоба бюджетке енеді" in entry.summary and "<li>" not in entry.summary
    assert entry.link.endswith(f"/petitions/{number}/updates#update-1") and entry.updated == entry.published
    assert act(app, update, "жаман") == 422
    assert act(app, update, REASON) == 303
    (left,) = feedparser.parse(feed_of(app, number)).entries
    assert left.title == "A moderator took down an update of the authors" and REASON in left.summary
    assert TITLE not in feed_of(app, number)
    assert act(app, update, UP) == 303
    again = feedparser.parse(feed_of(app, number)).entries
    assert [one.id for one in again if one.title == TITLE] == [entry.id]


def test_of_a_taken_down_update_everybody_reads_the_reason_alone(
    app: Flask, client: FlaskClient, author: FlaskClient, number: int
) -> None:
    update = an_update(number)
    assert act(app, update, REASON) == 303
    for address in (f"/petitions/{number}", f"/petitions/{number}/updates"):
        said = text(client.get(f"{address}?lang=en"))
        assert TITLE not in said and TEXT.splitlines()[0] not in said and REASON in said
    assert client.get(f"/petitions/{number}/report?update=1").status_code == 404
    mine = text(author.get(f"/petitions/{number}/mine?lang=en"))
    assert TITLE in mine and REASON in mine and f"/petitions/{number}/updates/1/correct" in mine
    path = f"/petitions/{number}/updates/1/correct"
    status, page = written(author, path, "look", text=TEXT + "\n\nҮш.", why=WHY)
    assert status == 200 and "Your correction before it is published" in page
    status, _where = written(author, path, "send", text=TEXT + "\n\nҮш.", why=WHY)
    assert status == 303
    assert act(app, update, UP) == 303
    said = text(client.get(f"/petitions/{number}/updates?lang=en"))
    assert "Үш." in said and WHY in said and "Earlier versions" not in said
    said = text(client.get(f"/petitions/{number}?lang=en"))
    timeline = said.partition('<ol class="timeline">')[2].partition("</ol>")[0]
    assert TITLE in timeline and REASON in timeline and UP in timeline


def test_an_earlier_version_stays_readable(author: FlaskClient, client: FlaskClient, number: int) -> None:
    an_update(number)
    status, _where = written(
        author, f"/petitions/{number}/updates/1/correct", "send", title="Түзетілген атау", why=WHY
    )
    assert status == 303
    said = text(client.get(f"/petitions/{number}/updates?lang=en"))
    assert (
        "Түзетілген атау" in said
        and TITLE in said
        and "Earlier versions of this update" in said
        and WHY in said
    )


def test_readers_report_an_update(app: Flask, client: FlaskClient, number: int) -> None:
    an_update(number)
    page = client.get(f"/petitions/{number}/report?update=1&lang=en")
    assert "Report this update" in text(page) and TITLE in text(page)
    given = hidden(page) | {"reason": "private_data", "text": WORDS}
    answer = client.post(f"/petitions/{number}/report?update=1&lang=en", data=given)
    assert answer.status_code == 303
    moderator = sign_in(app.test_client(), a_moderator())
    said = text(moderator.get(f"/moderation/{number}/reports?lang=en"))
    assert "It is about update 1" in said and WORDS in said


@pytest.mark.parametrize(
    ("about", "status"), [("2", 404), ("9" * 30, 404), ("-1", 404), ("x", 200), ("1", 200)]
)
def test_only_an_update_that_is_there_can_be_reported(
    client: FlaskClient, number: int, about: str, status: int
) -> None:
    an_update(number)
    assert client.get(f"/petitions/{number}/report?update={about}").status_code == status


def test_moderators_find_it_in_their_queue_and_leave_it(app: Flask, number: int) -> None:
    update = an_update(number)
    moderator = sign_in(app.test_client(), a_moderator())
    assert TITLE in text(moderator.get("/moderation/updates?lang=en"))
    page = moderator.get(f"/moderation/updates/{update}?lang=en")
    answer = moderator.post(f"/moderation/updates/{update}/leave?lang=en", data=hidden(page))
    assert answer.status_code == 303
    assert TITLE not in text(moderator.get(answer.location))
    again = moderator.post(f"/moderation/updates/{update}/leave?lang=en", data=hidden(page))
    assert again.status_code == 422 and "cannot be done at this moment" in text(again)


def test_only_moderators_have_the_queue(app: Flask, client: FlaskClient, number: int) -> None:
    update = an_update(number)
    paths = ["/moderation/updates", f"/moderation/updates/{update}"]
    assert [client.get(path).status_code for path in paths] == [303, 303]
    other = sign_in(app.test_client(), an_author())
    assert [other.get(path).status_code for path in paths] == [403, 403]


def test_the_timeline_has_the_quarters_and_the_feed_an_entry_for_each(
    app: Flask, client: FlaskClient
) -> None:
    number = a_petition(signatures=10)
    with work(SYSTEM) as w:
        tally.add(w, number)
        w.session.flush()
        tally.fold(w)
    said = text(client.get(f"/petitions/{number}?lang=en"))
    assert "A quarter of the signatures is there" in said and "Half of the signatures are there" in said
    titles = [entry.title for entry in feedparser.parse(feed_of(app, number)).entries]
    assert titles == ["Half of the signatures are there", "A quarter of the signatures is there"]
