"""What a process takes: memory after many requests, the time to the first answer, work behind the pages."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import load
from bench.pages import crawl
from bench.site import ROOT, Site, wait_for

MB = 1024
# The modules of its arguments, in the order in which the application came to them.
IMPORT = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"


def memory(site: Site, petitions: int, first: int, last: int) -> dict[str, float]:
    """Megabytes of the web process after `first` and after `last` requests, many of them for other pages."""
    paths, found = crawl(petitions, 20_000), {}
    with site.serving() as process:
        done = 0
        for name, until in (("first", first), ("last", last)):
            while done < until:
                done += load.read(site.url, 1 if until == first else 5, paths).answers
            found[name] = _resident(process.pid) / MB
    return found | {"requests": done, "ratio": found["last"] / found["first"]}


def starts(site: Site, rounds: int) -> dict[str, float]:
    """Seconds to the first page and to the help of the command line, and of the import of the same libraries alone."""
    libraries = _libraries(site)
    taken: dict[str, list[float]] = {"libraries": [], "help": [], "first page": []}
    for _round in range(rounds):
        taken["libraries"].append(_timed([sys.executable, "-c", IMPORT, *libraries], site))
        taken["help"].append(_timed([sys.executable, "-m", "flask", "--app", "app", "--help"], site))
        start = time.perf_counter()
        with site.serving():
            wait_for(site.url + "/petitions/1")
            taken["first page"].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in taken.items()}


def _libraries(site: Site) -> list[str]:
    """The modules of the pinned stack that the application has loaded to serve a page, and nothing of our own."""
    code = (
        "import app, json, sys; made = app.create_app(); made.test_client().get('/petitions/1');"
        "print(json.dumps([n for n, m in sys.modules.items()"
        " if 'site-packages' in (getattr(m, '__file__', None) or '')]))"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=site.environ(), check=True, capture_output=True, text=True
    ).stdout
    found: list[str] = json.loads(output.splitlines()[-1])
    return found


def background(site: Site, what: str) -> dict[str, Any]:
    """One of the works of bench/background.py: its seconds, its longest writing transaction, its most megabytes."""
    program = [sys.executable, "-m", "bench.background", what]
    output = subprocess.run(
        program, cwd=ROOT, env=site.environ("development"), check=True, capture_output=True, text=True
    ).stdout
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return found


def _timed(program: Sequence[str], site: Site) -> float:
    start = time.perf_counter()
    subprocess.run(program, cwd=ROOT, env=site.environ(), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _resident(pid: int) -> int:
    """Kilobytes in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
