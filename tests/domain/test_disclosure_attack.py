"""P1: attackers with every past table, every live total and the rules find no number under ten."""

import random
from collections.abc import Iterator, Sequence

import pytest

from petitions.domain.disclosure import LEAST, NOTHING, Table, publish
from tests.domain.test_disclosure import a_history, published

Row = tuple[int, ...]
State = tuple[Row, tuple[tuple[str, int], ...], int]
NAMES = "abcd"
SMALL = 3


def splits(total: int, cells: int) -> Iterator[Row]:
    """Every way to spread a total over cells."""
    if cells == 1:
        yield (total,)
        return
    for n in range(total + 1):
        yield from ((n, *rest) for rest in splits(total - n, cells - 1))


def public(table: Table) -> tuple[object, ...]:
    return tuple(sorted(table.shown.items())), table.rest


def state_of(row: Row, table: Table) -> State:
    return row, tuple(sorted(table.marks.items())), table.mark


def possible(history: Sequence[Row], *, only_growth: bool) -> list[set[Row]]:
    """Every row that could have been at each publication, for one who knows rules, tables and totals.

    All histories with these totals are tried, forwards; what leads nowhere is struck out backwards.
    `only_growth`: the attacker knows besides that nobody withdrew.
    """
    cells = len(history[0])
    seen, table = [], NOTHING
    for row in history:
        table = publish(dict(zip(NAMES, row, strict=False)), table, SMALL)
        seen.append(public(table))
    layers: list[dict[State, tuple[Table, set[State]]]] = [
        {state_of((0,) * cells, NOTHING): (NOTHING, set())}
    ]
    for row, expected in zip(history, seen, strict=True):
        layers.append(_next(layers[-1], list(splits(sum(row), cells)), expected, only_growth))
    alive, found = set(layers[-1]), []
    for layer in reversed(layers[1:]):
        found.append({row for row, _marks, _mark in alive})
        alive = set().union(*(layer[state][1] for state in alive))
    return found[::-1]


def _next(
    layer: dict[State, tuple[Table, set[State]]],
    rows: list[Row],
    expected: tuple[object, ...],
    only_growth: bool,
) -> dict[State, tuple[Table, set[State]]]:
    found: dict[State, tuple[Table, set[State]]] = {}
    for state, (before, _from) in layer.items():
        for row in rows:
            if only_growth and any(now < was for was, now in zip(state[0], row, strict=True)):
                continue
            table = publish(dict(zip(NAMES, row, strict=False)), before, SMALL)
            if public(table) == expected:
                found.setdefault(state_of(row, table), (table, set()))[1].add(state)
    return found


def a_small_history(
    chance: random.Random, cells: int, steps: int, most: int, *, only_growth: bool
) -> list[Row]:
    steps_down = () if only_growth else (-1, -2, -3)
    while True:
        row = [chance.choice((0, 0, 1, 2, 3)) for _ in range(cells)]
        history = [tuple(row)]
        for _step in range(steps - 1):
            row = [max(0, n + chance.choice((0, 0, 0, 1, 1, 2, 3, 4, *steps_down))) for n in row]
            history.append(tuple(row))
        if max(map(sum, history)) <= most:
            return history


@pytest.mark.parametrize("only_growth", [True, False])
@pytest.mark.parametrize(("cells", "steps", "most", "n"), [(2, 6, 20, 60), (3, 4, 12, 40), (4, 3, 10, 15)])
def test_no_small_number_is_pinned_for_one_who_knows_the_rules(
    cells: int, steps: int, most: int, n: int, only_growth: bool
) -> None:
    """Exact, with 3 in the place of 10: two values under the limit stay possible for each cell under it."""
    shown = 0
    for seed in range(n):
        history = a_small_history(random.Random(seed), cells, steps, most, only_growth=only_growth)
        for row, rows in zip(history, possible(history, only_growth=only_growth), strict=True):
            assert row in rows
            for cell in range(cells):
                if row[cell] < SMALL and sum(row):
                    left = {other[cell] for other in rows if other[cell] < SMALL}
                    assert len(left) >= 2, (seed, history, cell)
        shown += bool(_last(history).shown)
    assert shown, "an attack on nothing proves nothing"


def _last(history: Sequence[Row]) -> Table:
    table = NOTHING
    for row in history:
        table = publish(dict(zip(NAMES, row, strict=False)), table, SMALL)
    return table


class Bounds:
    """What can be concluded about each cell at each publication: lower and upper bounds, drawn together.

    `tables` are those that were seen; without them, those that the rules make of the history.
    """

    def __init__(
        self, history: list[dict[str, int]], *, only_growth: bool, tables: list[Table] | None = None
    ) -> None:
        self.totals = [sum(row.values()) for row in history]
        self.only_growth = only_growth
        self.low = [dict.fromkeys(row, 0) for row in history]
        self.high = [dict.fromkeys(row, total) for row, total in zip(history, self.totals, strict=True)]
        self._learn(tables or published(history))
        while self._narrow():
            pass

    def _learn(self, tables: list[Table]) -> None:
        """A number that moved is exact; one that stands is within nine."""
        before = NOTHING
        for n, table in enumerate(tables):
            for cell, value in table.shown.items():
                moved = before.shown.get(cell) != value
                slack = 0 if moved else LEAST - 1
                # One that stands may also have fallen under ten.
                self.low[n][cell] = value if moved else 0 if value < 3 * LEAST else value - slack
                self.high[n][cell] = value + slack
            before = table

    def _narrow(self) -> bool:
        changed = False
        for n, total in enumerate(self.totals):
            low, high = self.low[n], self.high[n]
            lows, highs = sum(low.values()), sum(high.values())
            for cell in low:
                changed |= self._set(n, cell, total - (highs - high[cell]), total - (lows - low[cell]))
        if self.only_growth:
            for n in range(len(self.totals) - 1):
                for cell in self.low[n]:
                    changed |= self._set(n + 1, cell, self.low[n][cell], self.high[n + 1][cell])
                    changed |= self._set(n, cell, self.low[n][cell], self.high[n + 1][cell])
        return changed

    def _set(self, n: int, cell: str, low: int, high: int) -> bool:
        was = self.low[n][cell], self.high[n][cell]
        self.low[n][cell], self.high[n][cell] = max(was[0], low), min(was[1], high)
        return (self.low[n][cell], self.high[n][cell]) != was


@pytest.mark.parametrize("only_growth", [True, False])
def test_no_small_number_of_1000_petitions_is_pinned_by_bounds(only_growth: bool) -> None:
    """With 20 areas and 10 as the limit: bounds from totals, tables and growth leave two values under ten."""
    hidden = 0
    for seed in range(500):
        history = a_history(random.Random(seed), 8, withdrawals=not only_growth)
        bounds = Bounds(history, only_growth=only_growth)
        for n, row in enumerate(history):
            for area, value in row.items():
                if value < LEAST and sum(row.values()):
                    low, high = bounds.low[n][area], bounds.high[n][area]
                    assert low <= value <= high
                    assert low < min(high, LEAST - 1), (seed, n, area, value, low, high)
                    hidden += 1
    assert hidden > 10_000
