"""What comes from elsewhere: pinned with hashes, under licences that we may use, above the floors of known faults."""

import csv
import json
import re
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools.supply import (
    FLOORS,
    LICENCES,
    ROOT,
    advisories,
    audit,
    below_the_floor,
    is_allowed,
    licence_of,
    licences,
    pins,
)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    bare = [
        block.split("\n")[0]
        for block in blocks
        if re.match(r"[a-z0-9]", block) and "--hash=sha256:" not in block
    ]
    assert bare == [] and len(pins(ROOT / name)) > 50
    assert "http" not in text


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_need_of_the_oldest_python_is_pinned(name: str) -> None:
    """Debian 12 has Python 3.11.2, for which some packages need more than for 3.11.3; pip takes nothing unpinned."""
    oldest = {"python_version": "3.11", "python_full_version": "3.11.0", "extra": ""}
    pinned = {canonicalize_name(package) for package in pins(ROOT / name)}
    missing = [
        f"{package} needs {need.name}"
        for package in pinned
        for need in map(Requirement, requires(package) or ())
        if (need.marker is None or need.marker.evaluate(oldest))
        and canonicalize_name(need.name) not in pinned
    ]
    assert missing == []


def test_every_licence_may_be_used_and_is_listed() -> None:
    assert {p: licence_of(p) for p in pins() if not is_allowed(licence_of(p))} == {}
    assert LICENCES.read_text() == licences(), "run: python -m tools.supply licences"


@pytest.mark.parametrize(
    "bad", ["unknown", "", "GPL-3.0-only", "MIT AND GPL-2.0-or-later", "AGPL-3.0-only", "Proprietary"]
)
def test_other_licences_are_refused(bad: str) -> None:
    assert not is_allowed(bad)


def test_no_pin_is_below_its_floor() -> None:
    assert below_the_floor(pins()) == []
    with FLOORS.open() as file:
        rows = list(csv.DictReader(file))
    assert {row["package"] for row in rows} <= set(pins()), "a floor of what is not used any more"
    for row in rows:
        assert re.fullmatch(r"CVE-\d{4}-\d+|GHSA-[\w-]+", row["advisory"]) and row["reason"]
        assert row["year"] in row["advisory"] or row["advisory"].startswith("GHSA")
        older = pins() | {row["package"]: "0.0.1"}
        assert any(row["advisory"] in line for line in below_the_floor(older))


def test_an_audit_without_data_says_that_it_was_skipped(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        said, code = audit(folder)
        assert code == 0 and any(line.startswith("SKIPPED advisories") for line in said)
        assert "no vulnerabilities" not in " ".join(said).lower()


def test_an_audit_finds_what_an_advisory_names(tmp_path: Path) -> None:
    pinned = pins()["flask"]
    later = f"{Version(pinned).major + 1}.0"
    for number, events in enumerate(
        ([{"introduced": "0"}, {"fixed": later}], [{"introduced": "0"}, {"fixed": "0.1"}])
    ):
        part = {
            "package": {"ecosystem": "PyPI", "name": "Flask"},
            "ranges": [{"type": "ECOSYSTEM", "events": events}],
        }
        (tmp_path / f"{number}.json").write_text(json.dumps({"id": f"TEST-{number}", "affected": [part]}))
    assert [line.split()[2] for line in advisories(tmp_path, pins())] == ["TEST-0"]
    said, code = audit(tmp_path)
    assert code == 1 and any("TEST-0" in line for line in said)
