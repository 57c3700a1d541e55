"""What Dauys is made of: licences of what it needs at run time, floors of known faults, and an audit where data are."""

import csv
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path

from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
LICENCES, FLOORS = ROOT / "docs" / "licences.md", ROOT / "docs" / "floors.csv"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.M)
# What may be used beside the AGPL, as its package names it. LGPL is used as a library, unchanged.
ALLOWED = re.compile(
    r"MIT(-0|-CMU)?( License)?|BSD(-[23]-Clause| License)?|Apache(-2\.0| Software License)|ISC|PSF(-2\.0|L)?|MPL-2\.0"
    r"|LGPL-3\.0-only|ZPL 2\.1|Unlicense|The Unlicense \(Unlicense\)|Mozilla Public License 2\.0 \(MPL 2\.0\)"
    r"|Python Software Foundation License|Zope Public License"
)
# A package whose metadata say nothing, and the first words of the licence file that it ships.
BY_TEXT = (
    ("Permission is hereby granted, free of charge", "MIT"),
    ("Redistribution and use in source", "BSD License"),
)
HEAD = """# Licences

Written by `python -m tools.supply licences` from what is installed; a test compares. Dauys itself is AGPL-3.0-or-later
(docs/adr/0001). Each of these is used as it is, through its public interface.

| package | version | licence |
|---|---|---|
"""


def pins(file: Path = ROOT / "requirements.txt") -> dict[str, str]:
    """Every pinned package and its version."""
    return dict(PIN.findall(file.read_text()))


def licence_of(package: str) -> str:
    """The licence as the package states it; "unknown" where it does not."""
    told = metadata(package)
    named = told.get("License-Expression") or ""
    classes = [
        c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    short = told.get("License") or ""
    return (
        named
        or " or ".join(classes)
        or (short if ALLOWED.fullmatch(short) else _by_text(package))
        or "unknown"
    )


def _by_text(package: str) -> str:
    from importlib.metadata import files

    texts = [file.read_text() for file in files(package) or [] if "LICENSE" in file.name.upper()]
    return next((name for words, name in BY_TEXT for text in texts if words in text), "")


def is_allowed(licence: str) -> bool:
    """Whether every part of a licence's expression is one that we may use."""
    parts = re.split(r"\s+(?:AND|OR|or|and)\s+", licence.replace("(Apache-2.0 OR MIT)", "Apache-2.0 OR MIT"))
    return all(ALLOWED.fullmatch(part) for part in parts)


def licences() -> str:
    """docs/licences.md as it has to be."""
    rows = (
        f"| {package} | {version} | {licence_of(package)} |\n" for package, version in sorted(pins().items())
    )
    return HEAD + "".join(rows)


def below_the_floor(pinned: dict[str, str]) -> list[str]:
    """Pins that are older than the first version without a fault that we know of, in words."""
    with FLOORS.open(encoding="utf-8", newline="") as file:
        return [
            f"{row['package']} {pinned[row['package']]} is below {row['minimum']}: {row['advisory']}, {row['reason']}"
            for row in csv.DictReader(file)
            if row["package"] in pinned and Version(pinned[row["package"]]) < Version(row["minimum"])
        ]


def advisories(folder: Path, pinned: dict[str, str]) -> Iterator[str]:
    """What a folder of advisories in the OSV format says about the pins."""
    for path in sorted(folder.rglob("*.json")):
        told = json.loads(path.read_text())
        for part in told.get("affected", ()):
            name = part.get("package", {}).get("name", "").lower()
            if (
                part.get("package", {}).get("ecosystem") == "PyPI"
                and name in pinned
                and _hits(part, pinned[name])
            ):
                yield f"{name} {pinned[name]}: {told['id']} {told.get('summary', '')}".strip()


def _hits(part: dict[str, list[dict[str, list[dict[str, str]]]]], version: str) -> bool:
    if version in part.get("versions", ()):
        return True
    mine = Version(version)
    for span in part.get("ranges", ()):
        inside = False
        for event in span["events"] if span.get("type") == "ECOSYSTEM" else ():  # type: ignore[comparison-overlap]
            if "introduced" in event and mine >= Version(event["introduced"]):
                inside = True
            if "fixed" in event and mine >= Version(event["fixed"]):
                inside = False
        if inside:
            return True
    return False


def audit(folder: Path | None) -> tuple[list[str], int]:
    """Lines to print and the exit code: floors always; advisories where there are some, else SKIPPED."""
    pinned = pins()
    found = below_the_floor(pinned)
    said = [f"FAULT {line}" for line in found] or [
        f"floors of docs/floors.csv: {len(pinned)} pins, none is below one"
    ]
    if folder is None or not any(folder.rglob("*.json")):
        said.append(
            "SKIPPED advisories: no data; name a folder of OSV files: python -m tools.supply audit FOLDER"
        )
        return said, int(bool(found))
    hits = list(advisories(folder, pinned))
    said += [f"FAULT {line}" for line in hits] or ["advisories of the folder: none names a pin"]
    return said, int(bool(found or hits))


def main(arguments: list[str]) -> int:
    """`licences` writes the list, `audit [FOLDER]` looks for known faults."""
    if arguments[:1] == ["licences"]:
        LICENCES.write_text(licences())
        return 0
    if arguments[:1] == ["audit"]:
        said, code = audit(Path(arguments[1]) if len(arguments) > 1 else None)
        sys.stdout.write("\n".join(said) + "\n")
        return code
    sys.stdout.write("usage: python -m tools.supply licences | audit [FOLDER]\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
