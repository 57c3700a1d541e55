"""Overload: writers are sent away before anything is taken, in their language, and readers are not."""

import pytest
from flask import Flask
from werkzeug.test import Client

from core.overload import LONGEST_QUEUE, Shedding
from tests.factories import a_petition
from tests.signing import rows
from tests.signing_pages import FORM


@pytest.mark.parametrize(
    ("language", "words"), [("kk", 'lang="kk"'), ("ru", 'lang="ru"'), ("en", 'lang="en"')]
)
def test_a_writer_is_sent_away_while_too_many_wait(app: Flask, language: str, words: str) -> None:
    petition_id = a_petition()
    waiting = [LONGEST_QUEUE + 1]
    client = Client(Shedding(app, app, lambda: waiting[0]))
    headers = {"Accept-Language": language, "Cookie": "lang="}
    answer = client.post(f"/petitions/{petition_id}/sign", data=FORM, headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert words in answer.text and FORM["email"] not in answer.text
    assert rows(petition_id) == []
    assert client.get(f"/petitions/{petition_id}", headers=headers).status_code == 200
    waiting[0] = LONGEST_QUEUE
    assert client.post(f"/petitions/{petition_id}/sign", data=FORM, headers=headers).status_code == 400
