"""Reads: each page beside hello world, in turns; what a page costs to make, small and large; all as ratios."""

import random
import statistics
from typing import Any
from urllib.parse import quote

from bench import load
from bench.site import Site

# Words that the invented petitions have, common and rare, with typing errors and in three languages.
QUERIES = (
    "мектеп",
    "көпір",
    "библиотеку",
    "парк",
    "the bridge",
    "жөнделсін",
    "балабакша",
    "Озёрная",
    "көшесі 17",
    "clinic",
)


def paths_of(petition: int) -> dict[str, list[str]]:
    """What readers ask for, by what the report calls it."""
    return {
        "petition page": [f"/petitions/{petition}"],
        "list": ["/petitions"],
        "home": ["/"],
        "API petition": [f"/api/v1/petitions/{petition}"],
        "API list": ["/api/v1/petitions"],
        "feed": ["/feeds/petitions.atom"],
    }


def against_hello(site: Site, hello: Site, petition: int, rounds: int, seconds: float) -> dict[str, Any]:
    """Answers a second of each page and of hello world, medians of some rounds, ready pages as in production."""
    rates: dict[str, list[float]] = {"hello": []}
    slow: dict[str, list[float]] = {"hello": []}
    faults = 0
    with site.serving(), hello.serving("bench.hello"):
        for paths in paths_of(petition).values():
            load.read(site.url, 1, paths)
        for _round in range(rounds):
            for name, url, paths in [("hello", hello.url, ["/"])] + [
                (name, site.url, paths) for name, paths in paths_of(petition).items()
            ]:
                run = load.read(url, seconds, paths)
                rates.setdefault(name, []).append(run.rate)
                slow.setdefault(name, []).append(run.p95)
                faults += run.faults
    medians = {name: statistics.median(found) for name, found in rates.items()}
    shares = {name: _share(rates, name) for name in rates}
    return {
        "rates": medians,
        "shares": shares,
        "p95": {name: statistics.median(found) for name, found in slow.items()},
        "faults": faults,
    }


def _share(rates: dict[str, list[float]], name: str) -> float:
    """The median of the rounds' own ratios: what slows a machine for a moment slows both sides."""
    return statistics.median(mine / its for mine, its in zip(rates[name], rates["hello"], strict=True))


def growth(
    small: Site, large: Site, smalls: int, larges: int, rounds: int, *, app: str = "bench.uncached"
) -> dict[str, float]:
    """What making each page costs on the large site, as a multiple of the small one: no page is kept."""
    pairs = {
        name: (first, second)
        for (name, first), second in zip(paths_of(smalls).items(), paths_of(larges).values(), strict=True)
    }
    found: dict[str, float] = {}
    with small.serving(app), large.serving(app):
        for name, (first, second) in pairs.items():
            found[name] = _ratio([small.url + first[0], large.url + second[0]], rounds)
        for name, order in (("search", ""), ("list by closing date", "closing"), ("list, newest", "newest")):
            asked = (
                [f"/petitions?order={order}"] if order else [f"/petitions?q={_quoted(q)}" for q in QUERIES]
            )
            found[name] = statistics.median(
                _ratio([small.url + path, large.url + path], max(3, rounds // len(asked))) for path in asked
            )
    return found


def made_in(site: Site, petition: int, rounds: int) -> dict[str, float]:
    """Milliseconds that making each page takes when none is kept, for the notes on where the time goes."""
    with site.serving("bench.uncached"):
        named = {name: site.url + paths[0] for name, paths in paths_of(petition).items()}
        return dict(zip(named, load.latency(list(named.values()), rounds), strict=True))


def _ratio(urls: list[str], rounds: int) -> float:
    load.latency(urls, 2)
    little, much = load.latency(urls, rounds)
    return much / little


def _quoted(words: str) -> str:
    return quote(words)


def crawl(petitions: int, many: int) -> list[str]:
    """Addresses as a day brings them: mostly a few hot pages, some of each of the others."""
    chosen = random.Random(20261121)
    hot = [
        "/",
        "/petitions",
        "/petitions/1",
        "/petitions/2",
        "/api/v1/petitions/1",
        "/statistics",
        "/petitions/1/updates",
    ]
    cold = [f"/petitions/{chosen.randint(1, petitions)}" for _ in range(many // 50)]
    return [chosen.choice(hot) for _ in range(many - len(cold))] + cold
