"""`python -m bench`: seed, measure, write docs/performance.md. `make bench` calls it."""

import argparse
import json
import os
import shutil
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import ceilings, forms, mixed, pages, processes, report
from bench.site import ROOT, Site, cluster

PARTS = ("pages", "growth", "forms", "mixed", "processes", "daily", "background")
# What was measured on the database that is not asked for now stays too.
BY_DATABASE = frozenset({"forms", "mixed"})


def main() -> None:
    """Run the parts that were asked for and write the page anew; figures of other parts stay as they were."""
    asked = _arguments()
    # Whoever stops a run gets its servers stopped too.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(1))
    folder: Path = asked.folder.resolve()
    stack = ExitStack()
    bench = Bench(asked, folder, stack)
    kept = folder / "results.json"
    results: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    results |= {"machine": report.machine(), "load": os.getloadavg()[0], "sizes": bench.sizes()}
    with stack:
        for part in asked.part or PARTS:
            print(f"{part} ...", flush=True)
            found = getattr(bench, part)()
            results[part] = {**results.get(part, {}), **found} if part in BY_DATABASE else found
            kept.write_text(json.dumps(results, indent=1))
            report.write(results)
    print(f"Wrote {report.TARGET.relative_to(ROOT)}")


class Bench:
    """The sites of one run and its parts."""

    def __init__(self, asked: argparse.Namespace, folder: Path, stack: ExitStack) -> None:
        self.asked, self.folder, self.stack = asked, folder, stack
        self.small = Site(folder / "small", asked.port + 1)
        self.large = Site(folder / "large", asked.port + 2)
        self.wide = Site(folder / "wide", asked.port + 6)
        self.hello = Site(folder / "hello", asked.port + 3)
        self._databases: dict[str, str] = {}

    def sizes(self) -> str:
        """Both sites in words."""
        asked = self.asked
        return (
            f"large: {asked.signatures:,} signatures on one petition, {asked.petitions:,} petitions; wide: 100 and"
            f" {asked.wide:,}; small: 100 and 100; medians of {asked.rounds} rounds of {asked.seconds:g} s"
        )

    def pages(self) -> Any:
        """Ready pages beside hello world."""
        self._seed(self.large)
        petition = forms.petition_of(self.large, self.asked.signatures)
        return pages.against_hello(self.large, self.hello, petition, self.asked.rounds, self.asked.seconds)

    def growth(self) -> Any:
        """What making a page costs, large against small."""
        for site in (self.small, self.large, self.wide):
            self._seed(site)
        few, many = forms.petition_of(self.small, 100), forms.petition_of(self.large, self.asked.signatures)
        rounds = 10 * self.asked.rounds
        deep = pages.deep(self.small, self.large, few, many, rounds)
        return deep | pages.broad(self.small, self.wide, rounds)

    def forms(self) -> Any:
        """Entries and confirmations on each database, large against small."""
        return {kind: self._forms(kind) for kind in self.asked.database}

    def _forms(self, kind: str) -> Any:
        large, small = self._pair(kind)
        asked, found = self.asked, {}
        for name, site, petition in (
            ("small", small, forms.petition_of(small, 100)),
            ("large", large, forms.petition_of(large, self.asked.signatures)),
        ):
            found[name] = forms.sign_and_confirm(
                site, self.hello, petition, asked.rounds, asked.seconds, asked.most
            )
        grown = {
            step: found["small"]["shares"][step] / found["large"]["shares"][step]
            for step in ("sign", "confirm")
        }
        commits = ceilings.commits(large.folder, large.database_url, asked.rounds, asked.seconds)
        return found["large"] | {"grown": grown, "commits": commits}

    def mixed(self) -> Any:
        """The highest rate of people that holds, on each database."""
        return {kind: self._mixed(kind) for kind in self.asked.database}

    def _mixed(self, kind: str) -> Any:
        site, _small = self._pair(kind)
        petition = forms.petition_of(site, self.asked.signatures)
        single = forms.singles(site, petition, self.asked.seconds, self.asked.most)
        if not all(single.values()):
            raise SystemExit(
                f"a step had no answer in {self.asked.seconds:g} s: take more --seconds ({single})"
            )
        predicted = 1 / sum(n / single[step] for step, n in mixed.STEPS.items())
        # Predicted from one process; two share the machine in the mix.
        highest = self.asked.rate or 1.5 * predicted
        return mixed.search(site, petition, highest, self.asked.probe, 60 * self.asked.minutes) | {
            "predicted": predicted,
            "single": single,
        }

    def processes(self) -> Any:
        """Memory and starts of the web process."""
        self._seed(self.large)
        memory = processes.memory(self.large, self.asked.petitions, 1000, self.asked.requests)
        return {"memory": memory, "starts": processes.starts(self.large, self.asked.rounds)}

    def daily(self) -> Any:
        """The daily statistics and files."""
        self._seed(self.large)
        return processes.background(self.large, "daily")

    def background(self) -> Any:
        """A million mails, and a million people forgotten, on a site that is thrown away afterwards."""
        self._seed(self.large)
        thrown = Site(self.folder / "thrown", self.large.port)
        shutil.copytree(self.large.folder, thrown.folder, dirs_exist_ok=True)
        try:
            return {what: processes.background(thrown, what) for what in ("followers", "retention")}
        finally:
            shutil.rmtree(thrown.folder)

    def _pair(self, kind: str) -> tuple[Site, Site]:
        """The large and the small site on a database."""
        if kind == "sqlite":
            pair = self.large, self.small
        else:
            pair = (
                self._on_postgres("large", self.asked.port + 4),
                self._on_postgres("small", self.asked.port + 5),
            )
        for site in pair:
            self._seed(site)
        return pair

    def _on_postgres(self, name: str, port: int) -> Site:
        if "server" not in self._databases:
            self._databases["server"] = self.stack.enter_context(
                cluster(self.folder / "postgresql", self.asked.port + 9)
            )
        folder = self.folder / f"{name}-postgresql"
        fresh = not (folder / "seeded").exists()
        return Site(folder, port, ceilings.database(self._databases["server"], name, fresh=fresh))

    def _seed(self, site: Site) -> None:
        name = site.folder.name
        large = name.startswith("large")
        signatures, petitions = (self.asked.signatures, self.asked.petitions) if large else (100, 70)
        petitions = self.asked.wide if name == "wide" else petitions
        if large and site.database_url:
            signatures, petitions = min(signatures, self.asked.postgres_signatures), min(petitions, 1000)
        site.seed(signatures, petitions)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("part", nargs="*", help=f"of: {', '.join(PARTS)} (default: all)")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var" / "bench", help="databases stay here for the next run"
    )
    parser.add_argument("--port", type=int, default=8400, help="the first of ten ports")
    parser.add_argument("--signatures", type=int, default=1_000_000, help="on the largest petition")
    parser.add_argument("--petitions", type=int, default=10_000, help="beside it")
    parser.add_argument(
        "--wide", type=int, default=100_000, help="petitions of the site that lists are measured on"
    )
    parser.add_argument("--postgres-signatures", type=int, default=1_000_000, help="the same on PostgreSQL")
    parser.add_argument("--rounds", type=int, default=5, help="of which medians are taken")
    parser.add_argument("--seconds", type=float, default=3, help="of one round (people sign for at least 3)")
    parser.add_argument("--most", type=int, default=2000, help="forms a second that are made beforehand")
    parser.add_argument("--requests", type=int, default=100_000, help="after which memory is looked at")
    parser.add_argument("--minutes", type=float, default=2, help="of the sustained mix (TRUST.md R12: 10)")
    parser.add_argument("--probe", type=float, default=20, help="seconds of each try before it")
    parser.add_argument(
        "--rate",
        type=float,
        default=0,
        help="people a second to begin with (default: half as many again as single rows predict)",
    )
    parser.add_argument(
        "--database", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"]
    )
    asked = parser.parse_args()
    if unknown := set(asked.part) - set(PARTS):
        parser.error(f"no such part: {', '.join(unknown)}")
    return asked


if __name__ == "__main__":
    main()
