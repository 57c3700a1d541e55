"""Reads: each page beside hello world, in turns; what a page costs to make, small and large; all as ratios."""

import random
import statistics
from typing import Any
from urllib.parse import quote

from bench import load
from bench.site import Site

# Words that fill a page in a hundred petitions and in many, one with a typing error: only the size of the site differs.
COMMON = ("көшесі", "улице", "жоспар", "сроки", "улыце")
# Words that a few of a hundred have and thousands of many: the page itself is longer then.
RARE = ("мектеп", "көпір", "библиотеку", "парк", "the bridge", "Озёрная", "clinic")


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
        load.warm([site.url + paths[0] for paths in paths_of(petition).values()])
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


def deep(small: Site, large: Site, smalls: int, larges: int, rounds: int) -> dict[str, float]:
    """What making the pages of a petition with many signatures costs, as a multiple of one with few; none is kept."""
    names = ("petition page", "API petition")
    with small.serving("bench.uncached"), large.serving("bench.uncached"):
        return {
            name: _ratio(
                [small.url + paths_of(smalls)[name][0], large.url + paths_of(larges)[name][0]], rounds
            )
            for name in names
        }


def broad(small: Site, wide: Site, rounds: int) -> dict[str, float]:
    """What making lists costs where there are many petitions, as a multiple of few; none is kept."""
    asked = {
        "list": ["/petitions"],
        "list, newest": ["/petitions?order=newest"],
        "search": [f"/petitions?q={quote(words)}" for words in COMMON],
        "search, a longer page": [f"/petitions?q={quote(words)}" for words in RARE],
        "home": ["/"],
        "API list": ["/api/v1/petitions"],
        "feed": ["/feeds/petitions.atom"],
    }
    with small.serving("bench.uncached"), wide.serving("bench.uncached"):
        return {
            name: statistics.median(
                _ratio([small.url + path, wide.url + path], max(3, rounds // len(paths))) for path in paths
            )
            for name, paths in asked.items()
        }


def _ratio(urls: list[str], rounds: int) -> float:
    load.latency(urls, 2)
    little, much = load.latency(urls, rounds)
    return much / little


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
    paths = [chosen.choice(hot) for _ in range(many - len(cold))] + cold
    chosen.shuffle(paths)
    return paths
