"""Three charts from the files of Dauys alone: signatures by month, by area per 1,000 residents, answers by state.

    python three_charts.py FOLDER_OR_ZIP TARGET

FOLDER_OR_ZIP holds the files of /data/ (a folder, or dauys.zip). TARGET is a folder for three SVG files.
Needs nothing beside Python 3.11. What the columns mean: /data/dictionary on the site, or datapackage.json.
"""

import csv
import io
import json
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

WIDTH, ROW, LEFT, RIGHT, TOP = 760, 28, 250, 90, 64
Bar = tuple[str, float, str]
ANSWERS = {
    "met": "given on time",
    "met_late": "given late",
    "late": "overdue",
    "running": "running",
    "stopped": "stopped",
}


def text_of(source: Path, name: str) -> str:
    """The text of one file of a folder or an archive."""
    if source.is_dir():
        return (source / name).read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(source) as archive:
        return archive.read(name).decode("utf-8-sig")


def rows(source: Path, table: str) -> Iterator[dict[str, str]]:
    """The rows of one table; an empty cell is null."""
    yield from csv.DictReader(io.StringIO(text_of(source, f"{table}.csv"), newline=""))


def by_month(source: Path) -> Sequence[Bar]:
    """Signatures of all petitions by month: a row that joins several days counts in the month of its last day."""
    months: Counter[str] = Counter()
    for row in rows(source, "signatures_daily"):
        months[row["date"][:7]] += int(row["count"])
    return [(month, n, f"{n:,}") for month, n in sorted(months.items())][-24:]


def by_area(source: Path) -> Sequence[Bar]:
    """Signatures of all petitions for each 1,000 residents: at least so many, as small numbers are not told."""
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    residents: dict[str, int] = {}
    hidden: dict[str, int] = defaultdict(int)
    for row in rows(source, "signatures_by_area"):
        if row["area"] == "_rest" or not row["population"]:
            continue  # the pool of all suppressed areas is no place
        names[row["area"]], residents[row["area"]] = row["name"], int(row["population"])
        if row["suppressed"] == "true":
            hidden[row["area"]] += 1
        else:
            counts[row["area"]] += int(row["count"])
    shares = {area: 1000 * counts[area] / residents[area] for area in names}
    order = sorted(shares, key=lambda area: -shares[area])
    return [
        (names[a], shares[a], f"{shares[a]:.2f}" + (f" (+ {hidden[a]})" if hidden[a] else "")) for a in order
    ]


def answers(source: Path) -> Sequence[Bar]:
    """How many answers stand where today; what was late stays late, even once it was given."""
    states = Counter(row["state"] for row in rows(source, "terms") if row["kind"] == "answer")
    return [(words, states[state], str(states[state])) for state, words in ANSWERS.items() if states[state]]


def chart(title: str, note: str, bars: Sequence[Bar]) -> str:
    """A bar chart as SVG; each bar has its words and its number beside it."""
    most = max((value for _name, value, _words in bars), default=0) or 1
    height = TOP + ROW * max(len(bars), 1) + 16
    drawn = [_bar(n, bar, most) for n, bar in enumerate(bars)]
    if not bars:
        drawn = [f'<text x="16" y="{TOP + 18}">No data yet</text>']
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            'aria-labelledby="title note" font-family="sans-serif" font-size="14">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="note">{escape(note)}</desc>',
            f'<text x="16" y="26" font-size="18" font-weight="bold">{escape(title)}</text>',
            f'<text x="16" y="46" fill="#444">{escape(note)}</text>',
            *drawn,
            "</svg>\n",
        ]
    )


def _bar(place: int, bar: Bar, most: float) -> str:
    name, value, words = bar
    y, length = TOP + place * ROW, round((WIDTH - LEFT - RIGHT - 60) * value / most, 1)
    return (
        f'<text x="{LEFT - 8}" y="{y + 18}" text-anchor="end">{escape(name[:32])}</text>'
        f'<rect x="{LEFT}" y="{y + 4}" width="{length}" height="{ROW - 8}" fill="#0b4f5c"/>'
        f'<text x="{LEFT + length + 8}" y="{y + 18}">{escape(words)}</text>'
    )


def main(source: Path, target: Path) -> list[Path]:
    """Write the three charts; returns their paths."""
    package = json.loads(text_of(source, "datapackage.json"))
    cited = (
        f"Dauys, {package['snapshot']}, version {package['version'][:12]}, {package['licenses'][0]['title']}"
    )
    charts = {
        "signatures_by_month.svg": ("Signatures by month", by_month(source)),
        "signatures_per_1000.svg": (
            "Signatures per 1,000 residents (+ petitions suppressed there)",
            by_area(source),
        ),
        "answers.svg": ("Answers by where they stand", answers(source)),
    }
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, (title, bars) in charts.items():
        path = target / name
        path.write_text(chart(title, cited, bars), encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for made in main(Path(sys.argv[1]), Path(sys.argv[2])):
        sys.stdout.write(f"{made}\n")
