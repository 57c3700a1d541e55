"""Load from outside: wrk with many readers, or with forms that were filled in beforehand."""

import shutil
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.site import CLIENT_CORE, pinned

HERE = Path(__file__).parent
CONNECTIONS = 16


@dataclass(frozen=True)
class Run:
    """One run: answers a second, how many were faults, milliseconds at the middle and at 95 of 100."""

    rate: float
    answers: int
    faults: int
    p50: float
    p95: float
    statuses: dict[int, int]


def read(url: str, seconds: float, paths: Sequence[str] = ("/",)) -> Run:
    """Readers of some addresses."""
    return _wrk("readers.lua", url, seconds, paths)


def post(url: str, seconds: float, forms: Path) -> Run:
    """Forms from a file, each sent once."""
    return _wrk("posts.lua", url, seconds, [str(forms)])


def warm(urls: Sequence[str]) -> None:
    """Ask for each address once in each language, as the first readers do."""
    for url in urls:
        for language in ("kk", "ru", "en"):
            request = urllib.request.Request(
                url, headers={"Accept-Language": language, "X-Forwarded-For": "10.1.2.3"}
            )
            with urllib.request.urlopen(request, timeout=60) as answer:
                answer.read()


def latency(urls: Sequence[str], rounds: int) -> list[float]:
    """Median milliseconds of single requests to each address, in turns, so that noise hits all alike."""
    taken: list[list[float]] = [[] for _ in urls]
    for _round in range(rounds):
        for url, mine in zip(urls, taken, strict=True):
            request = urllib.request.Request(
                url, headers={"Accept-Language": "kk", "X-Forwarded-For": "10.1.2.3"}
            )
            start = time.perf_counter()
            with urllib.request.urlopen(request, timeout=60) as answer:
                answer.read()
            mine.append((time.perf_counter() - start) * 1000)
    return [statistics.median(mine) for mine in taken]


def _wrk(script: str, url: str, seconds: float, args: Sequence[str]) -> Run:
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not installed (apt-get install wrk)")
    options = ["-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "20s"]
    program = [*pinned(CLIENT_CORE), "wrk", *options, "-s", str(HERE / script), url, "--", *args]
    output = subprocess.run(program, check=True, capture_output=True, text=True).stdout
    found = {
        line.split()[0]: line.split()[1:] for line in output.splitlines() if line[:6] in {"RESULT", "STATUS"}
    }
    answers, micros, faults, p50, p95 = map(float, found["RESULT"])
    pairs = (pair.split("=") for pair in found.get("STATUSES", ()))
    statuses = {int(code): int(n) for code, n in pairs}
    return Run(answers / (micros / 1e6), int(answers), int(faults), p50, p95, statuses)
