"""The private link of a petition that looks for its first supporters."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.work import reading
from petitions.domain.lifecycle import State
from petitions.models.petition import PetitionText
from tests.factories import a_petition
from tests.signing import (
    change,
    counts,
    rows,
    the_row,
)
from tests.signing_pages import (
    FORM,
    join_path,
    link_in,
    mails,
    send,
)


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_joiners_see_the_text_and_sign_as_others_do(app: Flask, client: FlaskClient, lang: str) -> None:
    petition_id = a_petition(State.GATHERING)
    url = f"{join_path(petition_id)}?lang={lang}"
    with reading() as w:
        html = w.session.get_one(PetitionText, (petition_id, 1)).html
    shown = client.get(url)
    assert html in shown.text and shown.headers["X-Robots-Tag"] == "noindex"
    assert shown.headers["Cache-Control"] == "no-store"
    assert send(client, url, full_name="Данияр").status_code == 422
    assert send(client, url, csrf_token="old").status_code == 400
    answer = send(client, url)
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200
    (mail,) = mails(app)
    done = client.post(link_in(mail))
    assert done.status_code == 200 and join_path(petition_id) in done.text
    assert the_row(petition_id).joiner
    assert counts(petition_id) == {"counted": 1}


@pytest.mark.parametrize("state", [s for s in State if s not in {State.GATHERING, State.TAKEN_DOWN}])
@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_a_private_link_stays_friendly(client: FlaskClient, state: State, lang: str) -> None:
    petition_id = a_petition(state)
    url = f"{join_path(petition_id)}?lang={lang}"
    assert client.get(url).status_code == 200
    assert client.post(url, data=FORM).status_code == 409
    assert rows(petition_id) == []


def test_a_wrong_private_link_is_404(client: FlaskClient) -> None:
    petition_id, other = a_petition(State.GATHERING), a_petition(State.GATHERING)
    url, foreign = join_path(petition_id), join_path(other).rsplit("/", 1)[1]
    for token in ("x", "ж", foreign, "A" * 32):
        wrong = f"{url.rsplit('/', 1)[0]}/{token}"
        for path in (wrong, f"{wrong}/sent"):
            assert client.get(path).status_code == 404
        assert client.post(wrong, data=FORM).status_code == 404
    assert client.get(f"/petitions/999999/join/{'A' * 32}").status_code == 404
    change(petition_id, lambda _w: {"area": None})
    assert client.get(url).status_code == 200


def test_a_taken_down_petition_has_no_private_link(client: FlaskClient) -> None:
    assert client.get(join_path(a_petition(State.TAKEN_DOWN))).status_code == 410
