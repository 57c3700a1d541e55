"""The statistics of the whole site: the queries of the frozen tables, put into the shape of the API."""

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Any

from core.work import Work
from opendata import schemas_statistics as shapes
from opendata.figures import answer_figures
from opendata.how_counted import HOW
from petitions.domain.disclosure import LEAST
from petitions.queries import frozen


def statistics(w: Work, since: date | None = None) -> shapes.Statistics:
    """Everything at once; the funnel begins on the day `since`."""
    return shapes.Statistics(
        as_of=frozen.frozen_through(w),
        k=LEAST,
        funnel=shapes.Funnel(**_note("funnel"), rows=_rows(frozen.site_funnel(w, since), shapes.FunnelDay)),
        petitions=shapes.ByMonth(
            **_note("petitions"), rows=_rows(frozen.petitions_by_month(w), shapes.MonthRow)
        ),
        refusals=shapes.Reasons(**_note("refusals"), rows=_rows(frozen.refusal_reasons(w), shapes.ReasonRow)),
        stages=shapes.Stages(**_note("stages"), rows=_rows(frozen.stage_times(w), shapes.StageRow)),
        answers=_answers(frozen.answer_times(w, missing_too=True)),
        areas=shapes.ByArea(**_note("areas"), rows=_rows(frozen.area_totals(w), shapes.AreaSum)),
    )


def _note(key: str) -> dict[str, str]:
    return {"note": key, "how_counted": str(HOW[key])}


def _rows(rows: Sequence[Any], shape: type[Any]) -> list[Any]:
    """Rows of a query in a shape whose fields have the same names."""
    return [shape(**{name: getattr(row, name) for name in shape.model_fields}) for row in rows]


def _answers(times: Sequence[frozen.AnswerTime]) -> shapes.AnswersInTime:
    """Those that were given or are late now; an answer that is not due yet says nothing."""
    made = answer_figures(times)
    limits = [one.limit for one in times if one.fell_due and one.limit is not None]
    return shapes.AnswersInTime(
        **_note("answers"),
        due=made.due,
        given=made.given,
        on_time=made.on_time,
        late=made.late,
        share_on_time=made.share_on_time,
        interval=made.interval,
        median_days=made.median_days,
        median_limit=float(median(limits)) if limits else None,
    )
