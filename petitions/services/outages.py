"""Outages that the jobs notice: a long silence becomes a proposed stop, for a person to confirm."""

from datetime import date, datetime, timedelta

from sqlalchemy import exists, select

from authorities.models import Area
from core.i18n import _, language, speaking
from core.work import Work
from petitions.domain.stops import STOPPABLE
from petitions.models.stops import ClockStop
from petitions.queries import rules
from petitions.services.stopping import LONGEST, StopDraft, propose_stop

LIMIT = timedelta(hours=24)
ONE_DAY = timedelta(days=1)


def propose_outage(w: Work, last_run: datetime | None) -> int | None:
    """Propose a stop for the whole days between the last run of the jobs and today; its number, None for no gap.

    The same silence is proposed once. A person confirms it or lays it aside: jobs may rest while pages work.
    """
    if last_run is None or w.now - last_run <= LIMIT:
        return None
    first, last = last_run.astimezone(w.kernel.zone).date() + ONE_DAY, w.today - ONE_DAY
    key = f"silence:{last_run.isoformat()}"
    if first > last or w.session.scalar(select(exists().where(ClockStop.outage_key == key))):
        return None
    return propose_stop(w, _draft(w, max(first, last - (LONGEST - 1) * ONE_DAY), last), key)


def _draft(w: Work, first: date, last: date) -> StopDraft:
    root = w.session.scalars(select(Area.code).where(Area.parent.is_(None))).all()
    with speaking(rules.instance_rulebook(w).rulebook.languages[0]):
        return StopDraft(
            first_day=first,
            last_day=last,
            order_date=w.today,
            act=_("Outage of this platform"),
            link="",
            reason=_(
                "On these days the platform did not do its regular work: it was out of order or cut off."
            ),
            language=language(),
            areas=tuple(root),
            kinds=tuple(kind.value for kind in STOPPABLE),
            is_outage=True,
        )
