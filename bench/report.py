"""docs/performance.md: written from the figures of the last run and from the notes in bench/notes.md."""

import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.site import ROOT

Results = Mapping[str, Any]
TARGET = ROOT / "docs" / "performance.md"
NOTES = Path(__file__).parent / "notes.md"
SHARES = {"petition page": 50, "list": 40, "home": 40, "API petition": 50, "API list": 0, "feed": 0}
GROWTH = {"petition page": 1.2, "API petition": 1.2, "list": 2, "search": 2}


def write(results: Results) -> None:
    """Write the page; parts that were not run say so."""
    parts = [
        "# How fast, and what limits it",
        "",
        "Written by `make bench` (see `bench/README.md`); do not edit. Seconds and rates belong to one machine and one"
        " run: only ratios mean something elsewhere. Each is the median of the rounds' own ratios, measured beside its"
        " ceiling in turns.",
        "",
        *_machine(results),
        *_pages(results.get("pages")),
        *_growth(results.get("growth")),
        *_writes(results.get("forms")),
        *_mixed(results.get("mixed")),
        *_processes(results.get("processes")),
        *_daily(results.get("daily")),
        *_background(results.get("background")),
        NOTES.read_text().strip(),
        "",
    ]
    TARGET.write_text("\n".join(parts))


def machine() -> dict[str, Any]:
    """What this was measured on."""
    models = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")
    ]
    return {
        "cores": os.cpu_count(),
        "processor": models[0].partition(":")[2].strip() if models else platform.machine(),
        "system": platform.platform(terse=True),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        **{name: version(name) for name in ("flask", "sqlalchemy", "waitress", "psycopg")},
    }


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines] + [""]


def _machine(results: Results) -> list[str]:
    said = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    return [
        f"**Machine:** {said}. Load when it began: {results['load']:.1f}. **Sizes:** {results['sizes']}.",
        "",
    ]


def _pages(found: Results | None) -> list[str]:
    head = ["## Pages beside hello world", ""]
    if not found:
        return [*head, "Not run.", ""]
    rows = [
        (
            name,
            f"{share:.0%}",
            f">= {SHARES[name]} %" if SHARES[name] else "",
            f"{found['rates'][name]:,.0f}",
            f"{found['p95'][name]:.1f}",
        )
        for name, share in found["shares"].items()
        if name != "hello"
    ]
    rows.append(
        ("hello world", "100%", "", f"{found['rates']['hello']:,.0f}", f"{found['p95']['hello']:.1f}")
    )
    return [
        *head,
        "`serve` (waitress, one process, one core) in production settings, wrk on the other core, readers of 3,000"
        f" networks in three languages. Faults: {found['faults']}.",
        "",
        *table(["page", "of hello world", "to reach", "answers/s", "p95 ms"], rows),
    ]


def _growth(found: Results | None) -> list[str]:
    head = ["## Cost against size", ""]
    if not found:
        return [*head, "Not run.", ""]
    rows = [
        (name, f"{ratio:.2f}", f"<= {GROWTH[name]}" if name in GROWTH else "")
        for name, ratio in found.items()
    ]
    return [
        *head,
        "Time to make one page anew on the large site, as a multiple of the small one; ready pages are turned off.",
        "",
        *table(["page", "large / small", "to reach"], rows),
    ]


def _writes(found: Results | None) -> list[str]:
    head = ["## Signing and confirming beside hello world", ""]
    if not found:
        return [*head, "Not run.", ""]
    rows = []
    for kind, one in found.items():
        for step in ("sign", "confirm"):
            grown = one["grown"].get(step)
            rows.append(
                (kind, step, f"{one['shares'][step]:.0%}", ">= 25 %", f"{one['rates'][step]:,.0f}",
                 f"{grown:.2f} (<= 1.2)" if grown else "", one["wrong"][step])
            )  # fmt: skip
    commits = [
        f"{kind}: " + ", ".join(f"{rate:,.0f}/s with {n}" for n, rate in one["commits"].items())
        for kind, one in found.items()
    ]
    return [
        *head,
        "Distinct people, each with a session, a token and a network of their own. Single durable rows of the same"
        " database: " + "; ".join(commits) + ".",
        "",
        *table(
            [
                "database",
                "POST",
                "of hello world",
                "to reach",
                "accepted/s",
                "large / small",
                "other answers",
            ],
            rows,
        ),
    ]


def _mixed(found: Results | None) -> list[str]:
    head = ["## The sustained mix", ""]
    if not found:
        return [*head, "Not run.", ""]
    lines = [
        *head,
        "Form, entry, mail, link and confirmation of each person, with ten readers for each of them. The p95 is"
        " that of the slowest of these steps.",
        "",
    ]
    rows = []
    for kind, one in found.items():
        for run in [*one["tried"], *([one["held"]] if one["held"] else [])]:
            rows.append((kind, *_held(run)))
        if one.get("predicted"):
            held = one["held"]["rate"] if one["held"] else 0
            share = f"{held / one['predicted']:.0%} of it was held (to reach: 50 %)"
            lines += [f"{kind}: the single rows predict {one['predicted']:.0f} people a second; {share}.", ""]
    return [
        *lines,
        *table(
            ["database", "people/s", "seconds", "confirmed", "p95 ms", "lost", "drift", "lag s", "holds"],
            rows,
        ),
    ]


def _held(run: Results) -> list[str]:
    """One run of the mix as cells."""
    numbers = [
        run["rate"],
        run["seconds"],
        run["confirmed"],
        run["p95"]["slowest"],
        run["lost"],
        run["drift"],
        run["lag"],
    ]
    return [*(f"{n:.0f}" for n in numbers), "yes" if run["holds"] else f"no {run['faults'] or ''}"]


def _processes(found: Results | None) -> list[str]:
    head = ["## Processes", ""]
    if not found:
        return [*head, "Not run.", ""]
    memory, starts = found["memory"], found["starts"]
    rows = [
        (
            f"memory after {memory['requests']:,} requests / after 1,000",
            f"{memory['ratio']:.2f} ({memory['last']:.0f} MB)",
            "<= 1.1",
        ),
        (
            "start to the first page / import of the same libraries alone",
            f"{starts['first page'] / starts['libraries']:.2f}",
            "<= 2",
        ),
        (
            "`flask --app app --help` / import of the same libraries alone",
            f"{starts['help'] / starts['libraries']:.2f}",
            "<= 2",
        ),
    ]
    return [*head, *table(["what", "measured", "to reach"], rows)]


def _daily(found: Results | None) -> list[str]:
    head = ["## The daily work", ""]
    if not found:
        return [*head, "Not run.", ""]
    total = sum(found["seconds"].values())
    each = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in found["seconds"].items())
    said = f"{total:.0f} s (to reach: 60), {found['peak']:.0f} MB at most (to reach: 300)"
    lock = f"the longest writing transaction {found['longest write']:.2f} s (to reach: 2)"
    return [*head, f"Statistics and all files of `/data` of the large site: {said}, {lock}: {each}.", ""]


def _background(found: Results | None) -> list[str]:
    head = ["## A million mails, a million people forgotten", ""]
    if not found:
        return [*head, "Not run.", ""]
    titles = {
        "followers": "news to all who signed, made into mails",
        "retention": "names and mailboxes destroyed",
    }
    rows = [
        (titles[what], f"{one['rows']:,}", f"{one['longest write']:.2f} (<= 2)", f"{one['peak']:.0f}",
         f"{one['rows'] / sum(one['seconds'].values()):,.0f}")
        for what, one in found.items()
    ]  # fmt: skip
    columns = ["work", "rows", "longest writing transaction, s", "most MB of the process", "rows/s"]
    return [*head, *table(columns, rows)]
