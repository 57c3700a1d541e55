"""S9: every table that leaves the house, full of formulas, opened in LibreOffice: none of its cells is one."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from core.work import SYSTEM, work
from opendata.publishing import publish
from petitions.domain.lifecycle import State
from petitions.models.petition import Petition, PetitionText
from tests.conftest import skip
from tests.factories import a_petition, an_author

FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "＝1+1",
    "﹦1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    '=HYPERLINK("http://a.example")',
    "=cmd|' /C calc'!A0",
    "a;=1+1",
    "a\n=1+1",
    '"=1+1"',
    "'=1+1",
    "%0A=1+1",
    "\u2212" + "1+1",
)
FILES = ("petitions", "signatures_daily", "signatures_by_area", "terms", "authorities")
FORMULA_CELL = re.compile(rb"table:formula=")
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def test_no_cell_is_a_formula(app: Flask, tmp_path: Path, report: Callable[..., None]) -> None:
    """Tables opened in LibreOffice."""
    if SOFFICE is None:
        skip("LibreOffice is not installed (libreoffice-calc-nogui)")
    _fill()
    client = FlaskClient(app, app.response_class)
    paths = [f"/data/{name}.{kind}" for name in FILES for kind in ("csv", "xlsx")]
    paths += ["/deadlines.csv", "/transparency.csv", "/api/v1/petitions?format=csv&limit=100"]
    control = tmp_path / "control.csv"
    control.write_text("a\n=1+1\n")
    files = [control]
    for number, path in enumerate(paths):
        answer = client.get(path)
        assert answer.status_code == 200, path
        files.append(tmp_path / f"table{number}.{'xlsx' if path.endswith('xlsx') else 'csv'}")
        files[-1].write_bytes(answer.data)
    opened = _formulas(files, tmp_path)
    assert opened.pop(control.stem) == 1, "LibreOffice takes a formula for one"
    formulas = sum(opened.values())
    assert len(opened) == len(paths)
    said = f"{formulas} formula cells in {len(paths)} files with {len(FORMULAS)} forms in titles and names"
    report("S9", "formulas in CSV and XLSX", "0 formula cells", said, formulas == 0)


def _fill() -> None:
    for formula in FORMULAS:
        number = a_petition(State.UNDER_REVIEW, signatures=21, author=an_author())
        with work(SYSTEM) as w:
            petition = w.session.get_one(Petition, number)
            petition.title = petition.author_name = formula
            w.session.get_one(PetitionText, (number, 1)).title = formula
    publish()


def _formulas(files: list[Path], folder: Path) -> dict[str, int]:
    """How many cells of each file are formulas once the program has read it; one start for all of a kind."""
    for kind, told in ((".csv", ["--infilter=CSV:44,34,76,1,,0,false,true,false,false"]), (".xlsx", [])):
        chosen = [str(file) for file in files if file.suffix == kind]
        into = ["--convert-to", "ods", "--outdir", str(folder / "out"), *chosen]
        profile = f"-env:UserInstallation=file://{folder}/profile"
        subprocess.run([str(SOFFICE), profile, "--headless", *told, *into], check=True, capture_output=True)
    found = {}
    for file in files:
        with zipfile.ZipFile(folder / "out" / f"{file.stem}.ods") as book:
            found[file.stem] = len(FORMULA_CELL.findall(book.read("content.xml")))
    return found
