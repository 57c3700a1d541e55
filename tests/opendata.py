"""What the tests of the files share: a small country over several days, and the files read back."""

import csv
import io
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import openpyxl
from flask import Flask

from core.jobs import run_named
from petitions.domain.lifecycle import State
from tests.conftest import Clock
from tests.factories import ALMATY, ASTANA, GOVERNMENT, VILLAGE, a_petition, some_signatures

PLACES = (ALMATY, ASTANA, VILLAGE, "630000000")


def a_country(clock: Clock) -> list[int]:
    """Petitions in several states with signatures of four places over four frozen days; the newest number last."""
    ids = [
        a_petition(State.COLLECTING),
        a_petition(State.UNDER_REVIEW, authority=GOVERNMENT, language="ru", title="Верните автобус"),
        a_petition(State.ANSWERED, language="en", title="Mend the bridge"),
        a_petition(State.REFUSED, title="Көше жарығы"),
        a_petition(State.LAPSED),
    ]
    for day in range(4):
        for place, area in enumerate(PLACES):
            for n, petition in enumerate(ids[:3]):
                some_signatures(petition, 6 * (4 - place) * (n + 1) if place < 3 else day, area=area)
        pass_a_day(clock)
    return ids


def pass_a_day(clock: Clock) -> None:
    """The next day, with the one before it frozen."""
    clock.now += timedelta(days=1)
    run_named("freeze")


def data_folder(app: Flask) -> Path:
    """Where the files lie."""
    return Path(app.extensions["dauys"].settings.var_dir) / "data"


def clear(app: Flask) -> None:
    """Back to the time before the first run."""
    shutil.rmtree(data_folder(app), ignore_errors=True)


def table(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet(content: bytes) -> list[dict[str, str]]:
    """The rows of a workbook as the texts that the CSV file has."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    rows = [[as_text(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def as_numbers(row: dict[str, str]) -> dict[str, object]:
    """The row with its numbers as numbers: a workbook does not tell 1 from 1.0."""
    return {name: _number(text) for name, text in row.items()}


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def insides(name: str, content: bytes) -> list[bytes]:
    """A file, and what is packed in it."""
    if not name.endswith((".zip", ".xlsx")):
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [content, *(archive.read(inner) for inner in archive.namelist())]
