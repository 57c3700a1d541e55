"""The figures of the public ledger: one line for each body, ranked only where there are enough cases."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from authorities import queries as register
from core.i18n import localised
from core.work import Work
from opendata.figures import DIGITS, AnswerFigures, answer_figures, wilson
from petitions.queries.ledger import bodies_with_answers
from petitions.queries.notes import Note, notes_of
from petitions.queries.promise_records import Verdict, promise_verdicts
from petitions.queries.records import AnswerDates, answer_dates

# Below this number of due answers a share says more about chance than about the body.
LEAST_RANKED = 5


class PromiseFigures(NamedTuple):
    """What became of a body's promises whose date has come; a share only where enough of them were judged."""

    due: int
    kept: int
    not_kept: int
    no_word: int
    share_kept: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """One body: its figures, how many calendar days its oldest open case waits, its rank and its own word."""

    code: str
    name: str
    figures: AnswerFigures
    promises: PromiseFigures
    oldest_open: int | None
    rank: int | None
    notes: tuple[Note, ...]

    @property
    def note(self) -> Note | None:
        """The version of its note that stands; a hidden one stands with the reason why."""
        first = self.notes[0] if self.notes else None
        return first if first and (first.text or first.hidden) else None


def league(w: Work) -> list[LeagueRow]:
    """Every body that has owed an answer: ranked ones first, then the others by name."""
    codes = bodies_with_answers(w)
    return _ranked(_rows(w, codes))


def league_row(w: Work, code: str) -> LeagueRow:
    """One body without its rank."""
    return _rows(w, [code])[0]


def promise_figures(verdicts: Sequence[Verdict]) -> PromiseFigures:
    """Counts, and the share of those kept among the judged ones with its interval from `LEAST_RANKED` on."""
    kept, not_kept = verdicts.count(True), verdicts.count(False)
    judged = kept + not_kept
    counts = (len(verdicts), kept, not_kept, len(verdicts) - judged)
    if judged < LEAST_RANKED:
        return PromiseFigures(*counts, None, None)
    return PromiseFigures(*counts, round(kept / judged, DIGITS), wilson(kept, judged))


def _rows(w: Work, codes: Sequence[str]) -> list[LeagueRow]:
    names, dates = register.authority_names(w, list(codes)), answer_dates(w, codes)
    verdicts, notes = promise_verdicts(w, codes), notes_of(w, codes)
    return [
        LeagueRow(
            code,
            localised(names.get(code, {})),
            answer_figures(dates[code]),
            promise_figures(verdicts[code]),
            _oldest_open(w, dates[code]),
            None,
            tuple(notes[code]),
        )
        for code in codes
    ]


def _oldest_open(w: Work, dates: Sequence[AnswerDates]) -> int | None:
    return max(((w.today - one.started_on).days for one in dates if one.met_on is None), default=None)


def _ranked(rows: list[LeagueRow]) -> list[LeagueRow]:
    """By the share on time; equal shares have the same rank."""
    enough = [row for row in rows if row.figures.due >= LEAST_RANKED]
    enough.sort(key=lambda row: (-(row.figures.share_on_time or 0), -row.figures.due, row.name))
    shares = [row.figures.share_on_time for row in enough]
    first = [replace(row, rank=shares.index(share) + 1) for row, share in zip(enough, shares, strict=True)]
    return first + sorted((row for row in rows if row not in enough), key=lambda row: row.name)
