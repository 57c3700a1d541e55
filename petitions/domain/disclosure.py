"""What may be shown of small numbers: the only place where figures are held back (TRUST rule 9).

What an outsider knows for certain is the petition's live total, exact at every moment, and every table that was ever
published. All else is made so that neither one table nor all of them together fix a number under `LEAST`.

**Days.** A day with fewer than ten is joined with the days after it; a listed row never changes, so a later list only
goes on where an earlier one ended. What lowers the total (withdrawals) makes the next row come later.

**Cells** (areas, channels, classes, residents and others, six states of signatures). A cell is in the *pool* until it
is *shown*, and never goes back. Because the total is known, so is what the pool holds: total less shown cells. A cell
that leaves takes its number out of that sum, and the difference would tell what it held before, unless what stays has
grown enough to hide it. Hence the rules of `publish`:

1. A cell leaves the pool once it has ten, if at least three cells stay and hold at least ten together, and at least the
   *mark* of every cell that leaves: the most that the pool held at any publication at which that cell had fewer than
   twenty. So whatever it had then (0 to 9) is as well explained by what the others have now. Twenty, not ten, because
   a mark that ended at ten would tell by its height on which day the ten were full. What stays must not be so full of
   small cells that all of them have to be nines.
2. The order in which cells are tried is public and fixed, never that of their numbers: otherwise a shown cell would be
   a bound for those that stay.
3. All leave at once, when each has ten and the others together hold the most that the pool held while any of its cells
   had fewer than twenty. (Of two cells, such as residents and others, this is the only way out.)
4. A shown number, and the pool's, stands until the real one is ten away from it, and never falls under ten.
5. If exactly one shown cell would stand still while all else moves, one more is held, and while the pool is under ten
   nothing moves: otherwise total less everything fresh would be the number that was held back.

`tests/domain/test_disclosure_attack.py` lets an attacker who knows these rules, all tables and all totals list every
history that fits. docs/adr/0009 has the argument and what it does not cover.

**Exempt** are: a petition's live total (TRUST 9), the moments at which milestones were reached, and the daily equation
of the whole site. A petition's own equation is shown once, after its last change, as cells. Shares and figures per
1,000 residents are made of shown counts only.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

LEAST = 10
FEWEST = 3
REST = "_rest"


@dataclass(frozen=True, slots=True)
class DayRow:
    """`days` days up to and with `date` together brought `count`; `cumulative` counted at the end of `date`."""

    date: date
    days: int
    count: int
    cumulative: int


@dataclass(frozen=True, slots=True)
class Table:
    """One publication. `shown` and `rest` (the pool; None while no cell is shown) are public; the marks never are.

    `marks` has the mark of each cell in the pool, `mark` that of the pool as a whole.
    """

    shown: Mapping[str, int] = field(default_factory=dict)
    rest: int | None = None
    marks: Mapping[str, int] = field(default_factory=dict)
    mark: int = 0


NOTHING = Table()


def joined_days(opened: date, totals: Iterable[tuple[date, int]]) -> Iterator[DayRow]:
    """The rows that may be listed, from the totals at the ends of days in their order; days without one had no change.

    `opened` is the first day of signing, from which the first row's days are counted; what joined before it came with
    the publication.
    """
    listed, first = 0, opened.toordinal()
    for day, total in totals:
        if day >= opened and total - listed >= LEAST:
            yield DayRow(day, day.toordinal() - first + 1, total - listed, total)
            listed, first = total, day.toordinal() + 1


def publish(actual: Mapping[str, int], before: Table = NOTHING, least: int = LEAST) -> Table:
    """The table after `before` that may be published of the real numbers, in the public order of `actual`."""
    pool = [cell for cell in actual if cell not in before.shown]
    if before.shown and pool and _sum(actual, pool) < least:
        return before
    still = [cell for cell, n in before.shown.items() if _moved(n, actual.get(cell, 0), least) == n]
    leaving = _leaving(actual, pool, before, least, all_may=len(still) != 1)
    stay = [cell for cell in pool if cell not in leaving]
    held = {*still, *_one_more(actual, before, still, stay)}
    shown = {cell: n if cell in held else actual[cell] for cell, n in before.shown.items()}
    shown |= {cell: actual[cell] for cell in leaving}
    rest = _rest(_sum(actual, stay), before, REST in held, least) if stay else 0
    marks, mark = _marks(actual, stay, before, _sum(actual, leaving), least)
    return Table(shown, rest if shown else None, marks, mark)


def published_once(actual: Mapping[str, int]) -> Table:
    """A table that stands alone and will never be followed by another."""
    return publish(actual)


def rounded_down(residents: int | None) -> int | None:
    """A frozen number of residents as it may be published: a multiple of 10; None stands for "fewer than 10"."""
    if residents is None or residents < LEAST:
        return None
    return residents - residents % LEAST


def per_1000(count: int | None, population: int | None) -> float | None:
    """Signatures per 1,000 residents, of a shown count only, to two places."""
    return round(1000 * count / population, 2) if count is not None and population else None


def share(count: int | None, whole: int | None) -> float | None:
    """A shown count as a share of a whole (0 to 1), to four places."""
    return round(count / whole, 4) if count is not None and whole else None


def _sum(actual: Mapping[str, int], cells: Iterable[str]) -> int:
    return sum(actual[cell] for cell in cells)


def _moved(shown: int, real: int, least: int) -> int:
    return real if abs(real - shown) >= least and real >= least else shown


def _leaving(
    actual: Mapping[str, int], pool: list[str], before: Table, least: int, *, all_may: bool
) -> Collection[str]:
    """The cells of the pool that are shown from now on."""
    whole = _sum(actual, pool)
    if all_may and all(actual[cell] >= least and whole - actual[cell] >= before.mark for cell in pool):
        return pool
    leaving: list[str] = []
    for cell in pool:
        trial = [*leaving, cell]
        stay = [other for other in pool if other not in trial]
        floor = max(least, *(before.marks.get(gone, 0) for gone in trial))
        if actual[cell] >= least and _hides(actual, stay, floor, least):
            leaving = trial
    return leaving


def _hides(actual: Mapping[str, int], stay: list[str], floor: int, least: int) -> bool:
    """Whether the cells that stay are many, hold enough, and are not all of them nearly full."""
    whole = _sum(actual, stay)
    small = all(actual[cell] < least for cell in stay)
    return len(stay) >= FEWEST and whole >= floor and not (small and whole > (least - 1) * (len(stay) - 1))


def _one_more(actual: Mapping[str, int], before: Table, still: list[str], stay: list[str]) -> list[str]:
    """What is held beside the only cell that stands still: the pool, or the cell that moved least."""
    if len(still) != 1:
        return []
    if stay:
        return [REST]
    movers = [cell for cell in before.shown if cell not in still]
    return sorted(movers, key=lambda cell: abs(actual[cell] - before.shown[cell]))[:1]


def _rest(real: int, before: Table, is_held: bool, least: int) -> int:
    if not before.rest:
        return real
    return before.rest if is_held else _moved(before.rest, real, least)


def _marks(
    actual: Mapping[str, int], stay: list[str], before: Table, gone: int, least: int
) -> tuple[dict[str, int], int]:
    """The marks of what stays: those from before, less what has left since, or what the pool holds now."""
    if not stay or len(actual) == 1:
        # One cell alone is the total, which is exempt.
        return {}, 0
    whole = _sum(actual, stay)
    young = {cell for cell in stay if actual[cell] < 2 * least}
    old = {cell: max(before.marks.get(cell, 0) - gone, 0) for cell in stay}
    marks = {cell: max(mark, whole) if cell in young else mark for cell, mark in old.items()}
    return marks, max(before.mark - gone, whole if young else 0, 0)
