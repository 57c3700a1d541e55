"""docs/threat-model.md names a test for every threat, and each of them exists."""

import re

from tests.architecture.test_sizes import ROOT

FILE = ROOT / "docs" / "threat-model.md"
ROW = re.compile(r"^\| (\d+) \| .+ \| `([\w/]+\.py)::(\w+)` \|$", re.M)


def test_every_threat_has_a_test_that_exists() -> None:
    text = FILE.read_text()
    rows = ROW.findall(text)
    assert len(rows) >= 15 and [int(number) for number, _file, _name in rows] == list(range(1, len(rows) + 1))
    assert len(re.findall(r"^\| \d+ ", text, re.M)) == len(rows), "a line without a test"
    missing = [
        f"{file}::{name}"
        for _number, file, name in rows
        if not (ROOT / file).exists() or f"def {name}(" not in (ROOT / file).read_text()
    ]
    assert missing == []


def test_what_cannot_be_promised_is_said() -> None:
    said = FILE.read_text().partition("## What cannot be promised")[2]
    for word in (
        "Coerced signing",
        "mailbox, not a person",
        "Watching of the network",
        "key file taken together",
    ):
        assert word in said
