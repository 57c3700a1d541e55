"""What carries a petition elsewhere: the card for other sites and the poster."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import segno
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import update

from core.work import SYSTEM, work
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition
from tests.conftest import CONTROLLER, skip
from tests.factories import GOVERNMENT, a_petition
from tests.pages import faults_of

KAZAKH = "Әғқңөұүһі ӘҒҚҢӨҰҮҺІ"
NO_PAGE = {State.DRAFT: 404, State.GATHERING: 404, State.SCREENING: 404, State.TAKEN_DOWN: 410}


def poster(client: FlaskClient, petition: int, query: str = "") -> tuple[bytes, str]:
    response = client.get(f"/petitions/{petition}/poster.pdf{query}")
    assert response.status_code == 200
    assert response.mimetype == "application/pdf"
    assert "Set-Cookie" not in response.headers
    pages = PdfReader(io.BytesIO(response.data)).pages
    assert len(pages) == 1
    return response.data, re.sub(r"\s+", " ", pages[0].extract_text())


@pytest.mark.parametrize("state", list(State))
def test_card_and_poster_are_there_where_the_page_is(client: FlaskClient, state: State) -> None:
    petition = a_petition(state)
    status = NO_PAGE.get(state, 200)
    card = client.get(f"/petitions/{petition}/embed")
    assert card.status_code == client.get(f"/petitions/{petition}").status_code == status
    printed = client.get(f"/petitions/{petition}/poster.pdf").status_code
    assert printed == (404 if state is State.REFUSED else status)
    if status != 200:
        assert "кітапхана" not in card.get_data(as_text=True)
        assert "Айгүл" not in card.get_data(as_text=True)


def test_there_is_no_card_of_nothing(client: FlaskClient) -> None:
    for path in ("embed", "poster.pdf"):
        assert client.get(f"/petitions/99999/{path}").status_code == 404


@pytest.mark.parametrize("state", [State.COLLECTING, State.ANSWERED, State.REFUSED, State.TAKEN_DOWN])
def test_only_the_card_may_stand_in_other_sites(client: FlaskClient, state: State) -> None:
    petition = a_petition(state)
    card = client.get(f"/petitions/{petition}/embed")
    assert "frame-ancestors *" in card.headers["Content-Security-Policy"]
    assert "X-Dauys-Embed" not in card.headers
    assert "Set-Cookie" not in card.headers
    page = client.get(f"/petitions/{petition}")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("lang", "words"), [("kk", "қолтаңба"), ("ru", "из 20"), ("en", "12 of 20 signatures")]
)
def test_a_card_is_small_and_speaks_three_languages(client: FlaskClient, lang: str, words: str) -> None:
    petition = a_petition(signatures=12)
    response = client.get(f"/petitions/{petition}/embed?lang={lang}")
    html = response.get_data(as_text=True)
    assert faults_of(html) == []
    assert f'<html lang="{lang}">' in html
    assert words in html
    assert 'role="meter"' in html
    assert "<script" not in html and "<form" not in html
    assert len(response.data) < 4000
    links = re.findall(r"<a [^>]*>", html)
    assert len(links) == 2
    assert all('target="_blank"' in link and 'rel="noopener"' in link for link in links)
    assert all(f'href="/petitions/{petition}?lang={lang}"' in link for link in links)


def test_a_card_tells_only_what_the_page_tells(client: FlaskClient) -> None:
    petition = a_petition(signatures=12)
    with work(SYSTEM) as w:
        w.session.execute(update(Petition).where(Petition.id == petition).values(residents_only=True))
    html = client.get(f"/petitions/{petition}/embed?lang=en").get_data(as_text=True)
    assert "fewer than 10 of 20 signatures" in html
    assert "12" not in re.sub(r"<[^>]+>", "", html).replace("2027", "")


def test_a_title_cannot_leave_its_place(client: FlaskClient) -> None:
    petition = a_petition(title='"><script>alert(1)</script> =1+1 жол салынсын')
    for path in (f"/petitions/{petition}/embed", f"/petitions/{petition}"):
        html = client.get(path).get_data(as_text=True)
        assert "<script>alert" not in html
    page = client.get(f"/petitions/{petition}?lang=ru").get_data(as_text=True)
    code = re.search(r'<textarea[^>]*id="share-embed"[^>]*>(.*?)</textarea>', page, re.S)
    assert code is not None
    assert f"/petitions/{petition}/embed?lang=ru" in code[1]
    assert "&lt;iframe" in code[1] and "&amp;lt;script" in code[1]
    assert "allow-scripts" not in code[1] and "sandbox" in code[1]


def test_the_page_leads_to_poster_card_and_feed(client: FlaskClient) -> None:
    petition = a_petition()
    html = client.get(f"/petitions/{petition}").get_data(as_text=True)
    assert f'href="/petitions/{petition}/poster.pdf"' in html
    assert f"/petitions/{petition}/embed" in html
    refused = client.get(f"/petitions/{a_petition(State.REFUSED)}").get_data(as_text=True)
    assert "poster.pdf" not in refused


def test_a_poster_says_everything_in_the_petitions_language(client: FlaskClient) -> None:
    petition = a_petition(title=f"{KAZAKH} көшесі жарықтандырылсын")
    data, text = poster(client, petition)
    assert f"{KAZAKH} көшесі жарықтандырылсын" in text
    assert "Үлгі ауылының әкімдігі" in text
    assert "Айгүл Үлгіқызы" in text
    assert "20 қолтаңба" in text
    assert "2027 ж. 24 мамыр" in text
    assert f"localhost/petitions/{petition}" in text
    for said in (CONTROLLER.person, CONTROLLER.email, CONTROLLER.phone):
        assert said in text
    root = PdfReader(io.BytesIO(data)).trailer["/Root"]
    assert root["/Lang"] == "kk"
    assert root["/MarkInfo"]["/Marked"]
    assert poster(client, petition, "?lang=ru")[0] == data


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Правительство Республики Казахстан"), ("en", "The Government")]
)
def test_a_poster_in_another_language(client: FlaskClient, language: str, words: str) -> None:
    petition = a_petition(authority=GOVERNMENT, language=language, title="A title")
    root = PdfReader(io.BytesIO(poster(client, petition)[0])).trailer["/Root"]
    assert root["/Lang"] == language
    assert "Айгүл Үлгіқызы" in poster(client, petition)[1]
    assert words.split()[0][:4] in poster(client, petition)[1] or language == "en"


def test_a_poster_of_an_ended_petition_does_not_ask_to_sign(client: FlaskClient) -> None:
    petition = a_petition(State.ANSWERED, language="en", title="Clean the river")
    text = poster(client, petition)[1]
    assert "Sign this petition" not in text
    assert "Open until" not in text
    assert "what became of it" in text


@pytest.mark.parametrize("length", [1, 40, 199])
def test_a_long_title_stays_on_the_sheet(client: FlaskClient, length: int) -> None:
    title = ("Ұзынсөз " * 40)[:length].strip() or "Ұ"
    petition = a_petition(title=title)
    assert title in poster(client, petition)[1]


def test_the_code_on_the_poster_is_the_address(client: FlaskClient, tmp_path: Path) -> None:
    if not shutil.which("pdftoppm"):
        skip("poppler-utils is not installed")
    petition = a_petition()
    file = tmp_path / "poster.pdf"
    file.write_bytes(poster(client, petition)[0])
    subprocess.run(
        ["pdftoppm", "-gray", "-r", "254", "-singlefile", str(file), str(tmp_path / "page")], check=True
    )
    raw = (tmp_path / "page.pgm").read_bytes()
    header = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", raw)
    assert header is not None
    width, pixels = int(header[1]), raw[header.end() :]
    # 254 dpi: ten pixels to the millimetre. The square's place is that of petitions/web/poster_paper.py.
    left, top, side = 20.0, 277 - 20 - 74, 74.0
    expected = [
        list(row)
        for row in segno.make(f"http://localhost/petitions/{petition}", error="m", micro=False).matrix_iter(
            border=2
        )
    ]
    step = side / len(expected)
    seen = [
        [
            int(
                pixels[int((top + (r + 0.5) * step) * 10) * width + int((left + (c + 0.5) * step) * 10)] < 128
            )
            for c in range(len(expected))
        ]
        for r in range(len(expected))
    ]
    assert seen == [[int(bool(dark)) for dark in row] for row in expected]
