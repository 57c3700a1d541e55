"""The public register: directory, bodies and areas in three languages, with no session in any of them."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup
from sqlalchemy import delete

from authorities import web
from authorities.imports import AREAS, AUTHORITIES, import_table
from authorities.models import Area, AreaFigure, Authority
from core.work import SYSTEM, Work, work

AREA_HEADER = "code,parent,kind,name_kk,name_ru,name_en,population,electorate,as_of,source,invented\n"
BODY_HEADER = "code,area,branch,name_kk,name_ru,name_en,email,supervisor,valid_from,valid_to\n"
REGION = "190000000"
DISTRICT = f"d1,{REGION},district,Үлгі ауданы,Улгийский район,Ulgi District,4000,2500,2026-01-01,invented,1\n"
BODIES = (
    "d1-exec,d1,executive,Үлгі әкімдігі,Акимат Улгийского района,Akimat of Ulgi District,,,2020-01-01,\n"
    "d1-old,d1,representative,Ескі мәслихат,Старый маслихат,Old maslikhat,,d1-exec,2000-01-01,2020-12-31\n"
    "d1-new,d1,representative,Жаңа мәслихат,Новый маслихат,New maslikhat,,,2030-01-01,\n"
)


@pytest.fixture
def district(app: Flask) -> str:
    """An invented district with a body at work, one that closed, and one that is yet to come."""
    with work(SYSTEM) as w:
        import_table(w, AREAS, AREA_HEADER + DISTRICT)
        import_table(w, AUTHORITIES, BODY_HEADER + BODIES)
    return "d1"


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    """The page, after checking its status."""
    response = client.get(path)
    assert response.status_code == status, path
    return response.get_data(as_text=True)


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/authorities",
        "/authorities?q=akimat",
        "/authorities?q=nothing-like-this",
        f"/authorities?area={REGION}&branch=executive",
        "/authorities/kz-gov",
        "/authorities/d1-exec",
        "/authorities/d1-old",
        "/authorities/d1-new",
        "/areas/000000000",
        f"/areas/{REGION}",
        "/areas/d1",
    ],
)
def test_pages_are_there_in_every_language_without_a_cookie(
    client: FlaskClient, district: str, path: str, lang: str
) -> None:
    response = client.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert response.status_code == 200
    assert f'<html lang="{lang}">' in response.get_data(as_text=True)
    assert "Set-Cookie" not in response.headers
    assert "public" in response.headers["Cache-Control"]
    assert set(response.headers.get("Vary", "").split(", ")) >= {"Accept-Language", "Cookie"}
    assert "csrf_token" not in response.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/authorities/nobody", "/areas/nowhere", "/areas/%25", "/authorities/a'--"])
def test_an_unknown_code_has_a_way_onward(client: FlaskClient, path: str) -> None:
    html = text_of(client, f"{path}?lang=en", 404)
    assert 'href="/authorities?lang=en"' in html
    assert 'type="search"' in html


def test_the_directory_begins_with_central_bodies_and_leads_to_the_parts_of_regions(
    client: FlaskClient, district: str
) -> None:
    html = text_of(client, "/authorities?lang=en")
    places = [
        html.index(said) for said in ("Central bodies", "Government of the Republic", "Cities and regions")
    ]
    assert places == sorted(places)
    assert f'href="/authorities?area={REGION}&amp;lang=en"' in html
    assert "Akimat of Ulgi District" not in html


@pytest.mark.parametrize("q", ["улги акимат", "Үлгі", "ULGI  district", "үлгi".replace("i", "і")])
def test_a_body_is_found_whatever_the_keyboard(client: FlaskClient, district: str, q: str) -> None:
    html = client.get("/authorities", query_string={"q": q, "lang": "en"}).get_data(as_text=True)
    assert 'href="/authorities/d1-exec?lang=en"' in html
    assert "1 body found" in html


def test_the_filters_narrow_and_keep_what_was_asked(client: FlaskClient, district: str) -> None:
    html = text_of(client, f"/authorities?area={REGION}&branch=executive&lang=en")
    assert f'<option value="{REGION}" selected>' in html
    assert '<option value="executive" selected>' in html
    assert "Akimat of Ulgi District" in html
    assert "maslikhat" not in html.lower()
    assert "Old maslikhat" not in text_of(client, "/authorities?area=d1&lang=en")


@pytest.mark.parametrize(
    "query",
    [
        "q=%25",
        "q=" + "x" * 5000,
        "area=nowhere",
        "branch=court",
        "q=a&page=0",
        "q=a&page=-1",
        "q=a&page=x",
        "q=a&page=99999999999999999999",
        "q=%ED%A0%80",
        "q=%27%3B--",
        "area=%3Cscript%3E",
    ],
)
def test_odd_filters_are_never_a_fault(client: FlaskClient, query: str) -> None:
    html = text_of(client, f"/authorities?{query}&lang=en")
    assert "<script>" not in html


def test_long_results_are_paged(client: FlaskClient, app: Flask) -> None:
    lines = "".join(f"many{n:03},{REGION},executive,Орган {n},Орган {n},Many {n:03},,,,\n" for n in range(60))
    with work(SYSTEM) as w:
        import_table(w, AUTHORITIES, BODY_HEADER + lines)
    first = text_of(client, "/authorities?q=many&lang=en")
    assert "60 bodies found" in first
    assert "Many 049" in first
    assert "Many 050" not in first
    assert 'href="/authorities?q=many&amp;page=2&amp;lang=en" rel="next"' in first
    second = text_of(client, "/authorities?q=many&lang=en&page=2")
    assert "Many 059" in second
    assert 'rel="prev"' in second


def test_a_body_says_how_to_address_it(client: FlaskClient, district: str) -> None:
    html = text_of(client, "/authorities/d1-exec?lang=en")
    assert 'href="/petitions/new?authority=d1-exec&amp;lang=en"' in html
    assert 'href="/petitions?authority=d1-exec&amp;lang=en"' in html
    assert 'href="/areas/d1?lang=en"' in html
    assert "This body is invented" in html
    assert "This body is invented" not in text_of(client, "/authorities/kz-gov?lang=en")


@pytest.mark.parametrize(("code", "said"), [("d1-old", "It closed on"), ("d1-new", "It begins its work on")])
def test_a_body_that_is_not_at_work_cannot_be_addressed(
    client: FlaskClient, district: str, code: str, said: str
) -> None:
    html = text_of(client, f"/authorities/{code}?lang=en")
    assert said in html
    assert "/petitions/new?authority=" not in html
    assert f"/petitions?authority={code}" in html


def test_an_area_shows_its_population_with_date_source_and_earlier_figures(
    client: FlaskClient, district: str
) -> None:
    newer = DISTRICT.replace("4000", "4321").replace("2026-01-01", "2026-07-01")
    with work(SYSTEM) as w:
        import_table(w, AREAS, AREA_HEADER + newer)
    html = text_of(client, "/areas/d1?lang=en")
    assert "4,321" in html
    assert "1 July 2026" in html or "July 1, 2026" in html
    assert "Earlier figures" in html
    assert "4,000" in html
    assert "This area is invented" in html
    assert f'href="/areas/{REGION}?lang=en"' in html
    assert "Ulgi District" in text_of(client, f"/areas/{REGION}?lang=en")
    assert "This area is invented" not in text_of(client, f"/areas/{REGION}?lang=en")


def test_an_area_without_a_figure_says_so(client: FlaskClient, app: Flask) -> None:
    with work(SYSTEM) as w:
        import_table(w, AREAS, AREA_HEADER + f"d2,{REGION},district,Екі,Два,Two,,,,,\n")
    assert "No population is known" in text_of(client, "/areas/d2?lang=en")
    assert "No body is registered here yet" in text_of(client, "/areas/d2?lang=en")


@pytest.fixture
def added_sections() -> Iterator[None]:
    """Blocks of other packages; taken off again."""

    def block(w: Work, code: str) -> Markup | None:
        return Markup("<p>a block for {}</p>").format(code) if code != "kz-gov" else None

    kept = {kind: list(functions) for kind, functions in web._sections.items()}
    for kind in ("authority", "area", "area"):
        web.add_section(kind, block)
    yield
    web._sections.clear()
    web._sections.update(kept)


def test_packages_above_add_their_blocks(client: FlaskClient, district: str, added_sections: None) -> None:
    assert text_of(client, "/areas/d1").count("<p>a block for d1</p>") == 1
    assert "<p>a block for d1-exec</p>" in text_of(client, "/authorities/d1-exec")
    assert "a block for" not in text_of(client, "/authorities/kz-gov")


def test_an_empty_register_says_so(client: FlaskClient, app: Flask) -> None:
    with work(SYSTEM) as w:
        for model in (Authority, AreaFigure, Area):
            w.session.execute(delete(model))
    assert "The register is still empty" in text_of(client, "/authorities?lang=en")


@pytest.mark.postgres_too
@pytest.mark.parametrize(
    ("url", "status"), [("/authorities", 200), ("/petitions", 200), ("/api/v1/petitions", 400)]
)
def test_an_area_longer_than_any_pattern_finds_nothing(client: FlaskClient, url: str, status: int) -> None:
    assert client.get(url, query_string={"area": "A" * 60_000}).status_code == status
