"""Importing through pages and commands: preview, confirmation, faults, and nothing stored before."""

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from authorities.imports import AREAS, import_table
from authorities.queries import area, authority, figures
from core.switches import Switch, turn
from core.work import SYSTEM, reading, work
from tests.factories import an_administrator, sign_in

AREA_HEADER = "code,parent,kind,name_kk,name_ru,name_en,population,electorate,as_of,source\n"
BODY_HEADER = "code,area,branch,name_kk,name_ru,name_en,email,supervisor,valid_from,valid_to\n"
ALMATY = "750000000"
NEWER = f"{ALMATY},000000000,city_of_republican_significance,Алматы қаласы,город Алматы,Almaty city"
NEWER_AREA = AREA_HEADER + f"{NEWER},2500000,,2026-07-01,next census\n"
WRONG_AREA = AREA_HEADER + f"{NEWER},-5,,2026-07-01,next census\nd1,nowhere,district,Бір,Один,One,,,,\n"
CLOSED_BODY = BODY_HEADER + f"new,{ALMATY},executive,Жаңа,Новый,Newer body,new@gov.example,,,2026-12-31\n"
NEW_BODY = BODY_HEADER + f"new,{ALMATY},executive,Жаңа,Новый,New body,new@gov.example,,,\n"


@pytest.fixture
def admin(client: FlaskClient) -> FlaskClient:
    """A browser in which an administrator is signed in."""
    return sign_in(client, an_administrator())


def hidden(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


def upload(admin: FlaskClient, name: str, content: str | bytes, token: str | None = None) -> TestResponse:
    """Send a file to the preview."""
    if token is None:
        token = hidden(admin.get(f"/admin/{name}?lang=en").get_data(as_text=True), "csrf_token")
    data = content if isinstance(content, bytes) else content.encode()
    form = {"csrf_token": token, "file": (io.BytesIO(data), "file.csv")}
    return admin.post(f"/admin/{name}?lang=en", data=form)


def confirmation(response: TestResponse) -> dict[str, str]:
    """The fields that the preview's button sends."""
    html = response.get_data(as_text=True)
    return {"csrf_token": hidden(html, "csrf_token"), "sealed": hidden(html, "sealed")}


def population() -> int | None:
    """What the register knows of Almaty today."""
    with reading(SYSTEM) as w:
        row = area(w, ALMATY)
        return row.population if row else None


@pytest.mark.parametrize("path", ["/admin/areas", "/admin/authorities"])
def test_only_who_may_import_comes_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in {302, 303, 401, 403}
    assert client.post(path).status_code in {302, 303, 401, 403}
    assert client.post(f"{path}/confirm").status_code in {302, 303, 401, 403}


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@pytest.mark.parametrize("name", ["areas", "authorities"])
def test_the_form_is_there_in_every_language(admin: FlaskClient, name: str, lang: str) -> None:
    response = admin.get(f"/admin/{name}?lang={lang}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"


def test_nothing_is_stored_before_the_confirmation(admin: FlaskClient) -> None:
    before = population()
    preview = upload(admin, "areas", NEWER_AREA)
    html = preview.get_data(as_text=True)
    assert preview.status_code == 200
    assert "2,500,000" in html
    assert "Store 1 change" in html
    assert population() == before
    stored = admin.post("/admin/areas/confirm?lang=en", data=confirmation(preview))
    assert stored.status_code == 303
    assert population() == 2_500_000
    with reading(SYSTEM) as w:
        assert len(figures(w, ALMATY)) == 2
    assert "1 change is stored" in admin.get(stored.headers["Location"]).get_data(as_text=True)


def test_confirming_twice_stores_once_and_says_that_nothing_is_left(admin: FlaskClient) -> None:
    fields = confirmation(upload(admin, "areas", NEWER_AREA))
    assert admin.post("/admin/areas/confirm", data=fields).status_code == 303
    again = admin.post("/admin/areas/confirm?lang=en", data=fields)
    assert again.status_code == 422
    assert "Nothing changes" in again.get_data(as_text=True)
    with reading(SYSTEM) as w:
        assert len(figures(w, ALMATY)) == 2


def test_what_changed_meanwhile_is_shown_anew(admin: FlaskClient) -> None:
    fields = confirmation(upload(admin, "areas", NEWER_AREA))
    with work(SYSTEM) as w:
        import_table(w, AREAS, AREA_HEADER + f"{NEWER},2400000,,2026-07-01,another hand\n")
    shown = admin.post("/admin/areas/confirm?lang=en", data=fields)
    html = shown.get_data(as_text=True)
    assert shown.status_code == 422
    assert "another hand" in html
    assert population() == 2_400_000
    assert admin.post("/admin/areas/confirm", data=confirmation(shown)).status_code == 303
    assert population() == 2_500_000


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_stale_token_keeps_the_preview(admin: FlaskClient, token: str) -> None:
    fields = confirmation(upload(admin, "areas", NEWER_AREA))
    stale = admin.post("/admin/areas/confirm?lang=en", data={**fields, "csrf_token": token})
    assert stale.status_code == 400
    assert population() != 2_500_000
    assert admin.post("/admin/areas/confirm", data=confirmation(stale)).status_code == 303
    assert population() == 2_500_000


def test_a_stale_upload_stores_nothing(admin: FlaskClient) -> None:
    assert upload(admin, "areas", NEWER_AREA, token="wrong").status_code == 400


@pytest.mark.parametrize("sealed", ["", "x", "A" * 400, "ә"])
def test_a_preview_that_is_not_ours_is_refused(admin: FlaskClient, sealed: str) -> None:
    fields = confirmation(upload(admin, "areas", NEWER_AREA))
    refused = admin.post("/admin/areas/confirm?lang=en", data={**fields, "sealed": sealed})
    assert refused.status_code == 422
    assert "choose the file once more" in refused.get_data(as_text=True)


def test_a_preview_of_areas_is_none_of_bodies(admin: FlaskClient) -> None:
    fields = confirmation(upload(admin, "areas", NEWER_AREA))
    assert admin.post("/admin/authorities/confirm", data=fields).status_code == 422


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_faults_are_listed_with_line_and_column(admin: FlaskClient, lang: str) -> None:
    token = hidden(admin.get("/admin/areas").get_data(as_text=True), "csrf_token")
    form = {"csrf_token": token, "file": (io.BytesIO(WRONG_AREA.encode()), "a.csv")}
    response = admin.post(f"/admin/areas?lang={lang}", data=form)
    html = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "population" in html
    assert "“-5”" in html or "«-5»" in html
    assert population() != -5


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\x00", b"PK\x03\x04", "код;атауы\n".encode()])
def test_a_file_that_is_no_table_is_said_to_be_none(admin: FlaskClient, content: bytes) -> None:
    assert upload(admin, "areas", content).status_code == 422


def test_no_file_at_all(admin: FlaskClient) -> None:
    token = hidden(admin.get("/admin/areas").get_data(as_text=True), "csrf_token")
    for form in ({}, {"file": "not a file"}, {"file": (io.BytesIO(b""), "")}):
        response = admin.post("/admin/areas?lang=en", data={"csrf_token": token, **form})
        assert response.status_code == 422
        assert "choose a CSV file" in response.get_data(as_text=True)


def test_a_file_that_is_too_large_is_refused(admin: FlaskClient) -> None:
    kind = "multipart/form-data; boundary=limit"
    assert admin.post("/admin/areas", data=b"x" * 1_100_000, content_type=kind).status_code == 413


def test_an_unknown_table_is_no_page(admin: FlaskClient) -> None:
    assert admin.get("/admin/nothing-of-this-kind").status_code == 404


def test_every_kind_of_change_of_areas_is_shown(admin: FlaskClient) -> None:
    lines = AREA_HEADER + "d1,190000000,district,Бір,Один,One,5,6,2026-01-01,x\n"
    with work(SYSTEM) as w:
        import_table(w, AREAS, lines)
    changed = "d1,750000000,city,Екі,Два,<b>Two</b>,7,,2026-01-01,y\nd2,d1,village,Үш,Три,Three,,,,\n"
    html = upload(admin, "areas", AREA_HEADER + changed).get_data(as_text=True)
    kinds = ("Correction of a known figure", "New areas", "Renamed", "Moved", "Of another kind")
    for said in (*kinds, "Store 5 changes"):
        assert said in html
    assert "<b>Two</b>" not in html
    assert "not in the file and stay as they are" in html


def test_bodies_are_imported_and_closed(admin: FlaskClient) -> None:
    preview = upload(admin, "authorities", NEW_BODY)
    assert "New bodies" in preview.get_data(as_text=True)
    assert admin.post("/admin/authorities/confirm", data=confirmation(preview)).status_code == 303
    preview = upload(admin, "authorities", CLOSED_BODY)
    assert "is closed" in preview.get_data(as_text=True)
    assert admin.post("/admin/authorities/confirm", data=confirmation(preview)).status_code == 303
    with reading(SYSTEM) as w:
        body = authority(w, "new")
        assert body is not None
        assert (body.names["en"], str(body.valid_to)) == ("Newer body", "2026-12-31")
    same = upload(admin, "authorities", CLOSED_BODY)
    assert "The register already says all" in same.get_data(as_text=True)


def run(app: Flask, *arguments: str, answer: str | None = None) -> tuple[int, str]:
    """A command's exit code and all that it printed."""
    result = app.test_cli_runner().invoke(args=list(arguments), input=answer)
    return result.exit_code, result.output


def test_the_command_shows_asks_and_stores(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text(NEWER_AREA)
    code, said = run(app, "areas", "import", str(file), answer="n\n")
    assert code == 1
    assert "figures 1" in said
    assert f"# {ALMATY} Almaty city, new figure" in said
    assert population() != 2_500_000
    code, said = run(app, "areas", "import", str(file), answer="y\n")
    assert (code, population()) == (0, 2_500_000)
    code, said = run(app, "areas", "import", str(file))
    assert code == 0
    assert "Nothing changes." in said


def test_the_command_names_faults_by_file_and_line(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(WRONG_AREA)
    code, said = run(app, "areas", "import", str(file), "--yes")
    assert code == 1
    assert "wrong.csv:2: population: “-5” is negative" in said
    assert "wrong.csv:3: parent: the parent “nowhere”" in said
    assert "Nothing was imported." in said


def test_the_command_cuts_long_lists(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    lines = (f"d{n},190000000,district,Аудан,Район,District {n},,,,\n" for n in range(60))
    file.write_text(AREA_HEADER + "".join(lines))
    code, said = run(app, "areas", "import", str(file), "--yes")
    assert code == 0
    assert "added 60" in said
    assert "District 49 " in said
    assert "District 50 " not in said
    assert "... and 10 more" in said


def test_the_command_shows_every_kind_of_change(app: Flask, tmp_path: Path) -> None:
    areas, bodies = tmp_path / "areas.csv", tmp_path / "bodies.csv"
    areas.write_text(AREA_HEADER + "d1,190000000,district,Бір,Один,One,5,6,2026-01-01,x\n")
    assert run(app, "areas", "import", str(areas), "--yes")[0] == 0
    areas.write_text(AREA_HEADER + f"d1,{ALMATY},city,Екі,Два,Two,7,,2026-01-01,y\n")
    said = run(app, "areas", "import", str(areas), "--yes")[1]
    assert "renamed: Бір / Один / One -> Екі / Два / Two" in said
    assert f"moved: 190000000 -> {ALMATY}" in said
    assert "district -> city" in said
    assert "correction figure: population 5, electorate 6 on 2026-01-01 (x) -> population 7" in said
    bodies.write_text(NEW_BODY)
    assert "+ new New body (executive" in run(app, "authorities", "import", str(bodies), "--yes")[1]
    bodies.write_text(CLOSED_BODY)
    said = run(app, "authorities", "import", str(bodies), "--yes")[1]
    assert "x new Newer body: names: Жаңа / Новый / New body -> Жаңа / Новый / Newer body" in said
    assert "valid_to: nothing -> 2026-12-31" in said


def test_the_command_imports_many_areas_at_once(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    lines = (f"a{n},190000000,district,Аудан,Район,District,{n},,2026-01-01,x\n" for n in range(5000))
    file.write_text(AREA_HEADER + "".join(lines))
    assert run(app, "areas", "import", str(file), "--yes")[0] == 0
    with reading(SYSTEM) as w:
        row = area(w, "a4999")
        assert row is not None
        assert row.population == 4999


def test_nothing_is_imported_by_command_while_the_site_is_read_only(app: Flask, tmp_path: Path) -> None:
    with work(SYSTEM) as w:
        turn(w, Switch.READ_ONLY, True)
    file = tmp_path / "bodies.csv"
    file.write_text(NEW_BODY)
    code, said = run(app, "authorities", "import", str(file), "--yes")
    assert code == 1
    assert "switched off" in said
