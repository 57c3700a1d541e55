"""What the author's own page of a petition is made of: the stage, what is next, the pace, and what may be done."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.charts import Bar, bar_list
from core.i18n import _, format_date, format_number, lazy
from core.work import Work
from petitions.domain.lifecycle import Party, State
from petitions.domain.pace import needed_by, pace
from petitions.queries import appeals, casework
from petitions.queries import drafts as query
from petitions.queries.frozen import DayRow, days_of, frozen_through
from petitions.queries.petitions import PetitionCard, listed_petition, local_date
from petitions.services import cases, submitting
from petitions.services.joining import join_url
from petitions.web.updates import writing_facts

# Longer series are joined: a bar for a few days says as much as one for each.
MOST_BARS = 12

STAGES: Mapping[State, Any] = {
    State.DRAFT: lazy("Draft"),
    State.GATHERING: lazy("First supporters"),
    State.SCREENING: lazy("Check"),
    State.COLLECTING: lazy("Signatures"),
    State.UNDER_REVIEW: lazy("With the authority"),
    State.ANSWERED: lazy("Answer"),
}


def mine_facts(w: Work, petition_id: int) -> dict[str, Any]:
    """Everything on the author's page. Refusal `not-found` for who is neither author nor co-author."""
    case = query.named_case(w, petition_id)
    petition = cases.load(w, petition_id)
    card = listed_petition(w, petition_id).card if case.listed else None
    return {
        "case": case,
        "main": case.party is Party.AUTHOR,
        "moves": submitting.moves_open(w, petition, case.party),
        "link": join_url(w, petition) if case.state is State.GATHERING else None,
        "questions": casework.questions(w, petition_id, public=False),
        "stages": _stages(case),
        "appeal": appeals.shown_appeal(w, petition_id),
        "appeal_text": appeals.own_words(w, petition_id),
        "pace": _pace(w, card),
        "growth": _growth(w, card),
        "as_of": frozen_through(w),
        **writing_facts(w, case),
    }


def _stages(case: query.OwnCase) -> tuple[list[tuple[None, str]], int] | None:
    """The way of a petition and where it stands on it; None for one that has ended otherwise."""
    way = [state for state in STAGES if case.needed or state is not State.GATHERING]
    if case.state not in way:
        return None
    return [(None, str(STAGES[state])) for state in way], way.index(case.state) + 1


def _pace(w: Work, card: PetitionCard | None) -> Any:
    """What is still to be done; None where nothing is, or an open stop leaves no last day."""
    if card is None or card.state is not State.COLLECTING or not card.threshold or card.closes_at is None:
        return None
    found = pace(card.threshold, card.counted or 0, w.today, card.closes_at)
    return found if found.missing else None


def _growth(w: Work, card: PetitionCard | None) -> dict[str, Any] | None:
    """The published totals beside the even pace, drawn and as a table; None before the first figure."""
    rows = days_of(w, card.id) if card is not None else []
    if card is None or not rows:
        return None
    needed = [_needed(w, card, row) for row in rows]
    shown = list(zip(rows, needed, strict=True))[:: -(-len(rows) // MOST_BARS)]
    if shown[-1][0] is not rows[-1]:
        shown.append((rows[-1], needed[-1]))
    bars = [Bar(format_date(row.date), row.cumulative, _said(row, n), mark=n) for row, n in shown]
    return {
        "drawing": bar_list("growth", bars),
        "rows": _table(rows, needed),
        "paced": needed[-1] is not None,
    }


def _needed(w: Work, card: PetitionCard, row: DayRow) -> int | None:
    """The even pace of a day; none where only residents count, for the days count everybody."""
    opened = local_date(w, card.opened_at)
    if card.residents_only or opened is None or card.closes_at is None or not card.threshold:
        return None
    return needed_by(card.threshold, opened, card.closes_at, row.date)


def _said(row: DayRow, needed: int | None) -> str:
    total = format_number(row.cumulative)
    return (
        total if needed is None else _("%(total)s of %(needed)s", total=total, needed=format_number(needed))
    )


def _table(rows: Sequence[DayRow], needed: Sequence[int | None]) -> list[list[str]]:
    return [
        [
            format_date(row.date),
            format_number(row.count),
            format_number(row.cumulative),
            "—" if pace_ is None else format_number(pace_),
        ]
        for row, pace_ in zip(rows, needed, strict=True)
    ]
