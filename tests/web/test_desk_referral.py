"""The referral as page and as PDF: totals, text with its hash, certificate, receipt; no signer in it."""

import hashlib
import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from core.work import SYSTEM, work
from petitions.domain.lifecycle import State
from petitions.domain.texts import text_hash
from petitions.jobs.windows import sweep_windows
from petitions.models.petition import PetitionText
from tests.cases import change, petition_row, referral_row, registered
from tests.conftest import Clock
from tests.factories import GOVERNMENT, a_petition

TITLE = "Ауылға жаңа кітапхана салынсын: әңгіме, өнер, ұлттық мұра"
TEXT = (
    "Біздің ауылда кітапхана жоқ. Ғылым, қоғам, һәм білім үшін керек.\n\n" + "Ұзақ мәтін, әрі қарай. " * 300
)


def handed_over(language: str = "kk") -> int:
    petition_id = a_petition(signatures=21, reached=True, title=TITLE, language=language)
    with work(SYSTEM) as w:
        row = w.session.get_one(PetitionText, (petition_id, 1))
        row.markdown, row.hash = TEXT.strip(), text_hash(TITLE, TEXT.strip())
    sweep_windows()
    return petition_id


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_the_pdf_reads_right(client: FlaskClient) -> None:
    petition_id = handed_over()
    referral = referral_row(petition_id)
    response = client.get(f"/petitions/{petition_id}/referral.pdf")
    assert response.status_code == 200 and response.mimetype == "application/pdf"
    text = text_of(response.data)
    assert referral is not None
    for words in (TITLE, "Ғылым, қоғам, һәм білім", referral.receipt, referral.text_hash, "Айгүл Үлгіқызы"):
        assert words in text, words
    assert "Үлгі ауылының әкімдігі" in text and "21" in text


def test_the_pdf_is_tagged_and_says_its_language(client: FlaskClient) -> None:
    reader = PdfReader(io.BytesIO(client.get(f"/petitions/{handed_over('ru')}/referral.pdf").data))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "ru" and root["/MarkInfo"]["/Marked"]
    kinds = [kid.get_object()["/S"] for kid in root["/StructTreeRoot"]["/K"][0].get_object()["/K"]]
    assert kinds.count("/H1") == 1 and kinds.count("/H2") == 3 and kinds.count("/P") > 10
    assert len(reader.pages) > 1


def test_the_same_referral_is_the_same_file(client: FlaskClient) -> None:
    from petitions.web.referral_pdf import _made

    path = f"/petitions/{handed_over()}/referral.pdf"
    first = client.get(path)
    _made.cache_clear()
    second = client.get(path, headers={"Accept-Language": "en"})
    assert hashlib.sha256(first.data).digest() == hashlib.sha256(second.data).digest()
    assert first.headers["ETag"] == second.headers["ETag"]


@pytest.mark.parametrize("path", ["referral", "referral.pdf"])
def test_no_signer_and_no_contact_is_in_it(client: FlaskClient, path: str) -> None:
    response = client.get(f"/petitions/{handed_over()}/{path}")
    text = text_of(response.data) if path.endswith("pdf") else response.get_data(as_text=True)
    for private in ("Ербол", "@mail.example", "ulgi@gov.example"):
        assert private not in text


def test_the_page_lets_a_reader_verify_the_hash(client: FlaskClient) -> None:
    page = client.get(f"/petitions/{handed_over()}/referral?lang=en").get_data(as_text=True)
    exact = re.search(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    shown = re.search(r"<code>([0-9a-f]{64})</code>", page)
    assert exact and shown and hashlib.sha256(exact.group(1).encode()).hexdigest() == shown.group(1)
    for words in ("How to verify the text", "D-2026-", "Akimat of Ulgi village", "of the residents"):
        assert words in page, words


def test_the_registration_is_shown_once_it_is_there(client: FlaskClient) -> None:
    petition_id = handed_over()
    assert "ҚР-17" not in client.get(f"/petitions/{petition_id}/referral").get_data(as_text=True)
    registered(petition_id)
    assert "ҚР-17" in client.get(f"/petitions/{petition_id}/referral").get_data(as_text=True)


@pytest.mark.parametrize("path", ["referral", "referral.pdf"])
def test_without_a_referral_there_is_no_page(client: FlaskClient, app: Flask, path: str) -> None:
    collecting, gone = a_petition(), handed_over()
    change(gone, state=State.TAKEN_DOWN)
    found = [client.get(f"/petitions/{id_}/{path}").status_code for id_ in (collecting, gone, 10**9)]
    assert found == [404, 410, 404]


def test_a_case_below_its_threshold_has_a_referral_for_its_reply(client: FlaskClient, clock: Clock) -> None:
    petition_id = a_petition(signatures=3, authority=GOVERNMENT, language="en")
    closes = petition_row(petition_id).closes_at
    assert closes is not None
    clock.now = closes + timedelta(days=2)
    sweep_windows()
    text = text_of(client.get(f"/petitions/{petition_id}/referral.pdf").data)
    page = client.get(f"/petitions/{petition_id}/referral?lang=en").get_data(as_text=True)
    for words in ("The rules owe it an ordinary reply.", "50,000"):
        assert words in text and words in page
    assert "To be registered by:" not in text
