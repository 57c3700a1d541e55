"""The catalogues are complete in three languages, none is fuzzy, and the compiled ones are current."""

import io
import re
import subprocess
import sys

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.architecture.test_sizes import ROOT

PLACES = re.compile(r"%\((\w+)\)[sd]")


def catalog(language: str) -> Catalog:
    with (ROOT / f"translations/{language}/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="session")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    target = tmp_path_factory.mktemp("pot") / "messages.pot"
    command = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        "-F",
        "babel.cfg",
        "-k",
        "lazy",
        "-k",
        "N_",
    ]
    subprocess.run([*command, "-o", str(target), "."], cwd=ROOT, check=True)
    with target.open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_text_is_missing_or_fuzzy(extracted: Catalog, language: str) -> None:
    known = catalog(language)
    faulty = []
    for message in extracted:
        if not message.id:
            continue
        found = known.get(message.id, message.context)
        texts = (
            found.string
            if found and isinstance(found.string, tuple | list)
            else (found.string if found else "",)
        )
        if found is None or found.fuzzy or not all(texts):
            faulty.append(message.id)
    assert faulty == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_translations_keep_the_places_of_facts(language: str) -> None:
    faulty = []
    for message in catalog(language):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = set(PLACES.findall(ids[-1]))
        faulty += [message.id for text in texts if text and set(PLACES.findall(text)) - wanted]
    assert faulty == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_compiled_catalogues_are_current(language: str) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, catalog(language))
    assert (ROOT / f"translations/{language}/LC_MESSAGES/messages.mo").read_bytes() == fresh.getvalue()
