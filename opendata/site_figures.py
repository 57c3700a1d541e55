"""The statistics of the whole site: the queries of the frozen tables, put into the shape of the API."""

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Any

from core.work import Work
from opendata import schemas_statistics as shapes
from opendata.figures import DIGITS, wilson
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
        areas=shapes.ByArea(**_note("areas"), rows=_areas(frozen.area_totals(w))),
    )


def _note(key: str) -> dict[str, str]:
    return {"note": key, "how_counted": str(HOW[key])}


def _rows(rows: Sequence[Any], shape: type[Any]) -> list[Any]:
    """Rows of a query in a shape whose fields have the same names."""
    return [shape(**{name: getattr(row, name) for name in shape.model_fields}) for row in rows]


def _areas(rows: Sequence[frozen.AreaTotal]) -> list[shapes.AreaSum]:
    return [
        shapes.AreaSum(
            area=row.area,
            name=row.name,
            count=row.count,
            suppressed=row.count is None,
            petitions=row.petitions,
            population=row.population,
            per_1000=row.per_1000,
        )
        for row in rows
    ]


def _answers(times: Sequence[frozen.AnswerTime]) -> shapes.AnswersInTime:
    """Those that were given or are late now; an answer that is not due yet says nothing."""
    due = [one for one in times if one.met_on is not None or one.late]
    given = [one for one in due if one.met_on is not None]
    late = sum(one.late for one in due)
    limits = [one.limit for one in due if one.limit is not None]
    on_time = len(due) - late
    return shapes.AnswersInTime(
        **_note("answers"),
        due=len(due),
        given=len(given),
        on_time=on_time,
        late=late,
        share_on_time=round(on_time / len(due), DIGITS) if due else None,
        interval=wilson(on_time, len(due)),
        median_days=float(median(one.days for one in given)) if given else None,
        median_limit=float(median(limits)) if limits else None,
    )
