"""The figures of the public ledger: one line for each body, ranked only where there are enough cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from authorities import queries as register
from core.i18n import localised
from core.work import Work
from opendata.figures import AnswerFigures, answer_figures
from petitions.queries.ledger import Note, bodies_with_answers, notes_of
from petitions.queries.records import AnswerDates, answer_dates

# Below this number of due answers a share says more about chance than about the body.
LEAST_RANKED = 5


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """One body: its figures, how many calendar days its oldest open case waits, its rank and its own word."""

    code: str
    name: str
    figures: AnswerFigures
    oldest_open: int | None
    rank: int | None
    notes: tuple[Note, ...]

    @property
    def note(self) -> Note | None:
        """The version of its note that stands; a hidden one stands with the reason why."""
        first = self.notes[0] if self.notes else None
        return first if first and (first.text or first.hidden_why) else None


def league(w: Work) -> list[LeagueRow]:
    """Every body that has owed an answer: ranked ones first, then the others by name."""
    codes = bodies_with_answers(w)
    names, dates, notes = register.authority_names(w, codes), answer_dates(w, codes), notes_of(w, codes)
    rows = [_row(w, code, localised(names.get(code, {})), dates[code], notes[code]) for code in codes]
    return _ranked(rows)


def league_row(w: Work, code: str) -> LeagueRow:
    """One body without its rank."""
    names = register.authority_names(w, [code])
    dates, notes = answer_dates(w, [code])[code], notes_of(w, [code])[code]
    return _row(w, code, localised(names.get(code, {})), dates, notes)


def _row(w: Work, code: str, name: str, dates: Sequence[AnswerDates], notes: Sequence[Note]) -> LeagueRow:
    waiting = [(w.today - one.started_on).days for one in dates if one.met_on is None]
    return LeagueRow(code, name, answer_figures(dates), max(waiting, default=None), None, tuple(notes))


def _ranked(rows: list[LeagueRow]) -> list[LeagueRow]:
    """By the share on time; equal shares have the same rank."""
    enough = [row for row in rows if row.figures.due >= LEAST_RANKED]
    enough.sort(key=lambda row: (-(row.figures.share_on_time or 0), -row.figures.due, row.name))
    shares = [row.figures.share_on_time for row in enough]
    first = [
        LeagueRow(row.code, row.name, row.figures, row.oldest_open, shares.index(share) + 1, row.notes)
        for row, share in zip(enough, shares, strict=True)
    ]
    return first + sorted((row for row in rows if row not in enough), key=lambda row: row.name)
