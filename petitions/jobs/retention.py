"""The jobs of retention: what is due is destroyed, and the controller is told of it beforehand."""

from datetime import timedelta

import structlog

from core.jobs import job
from core.work import SYSTEM, work
from petitions.services.retention import run_retention
from petitions.services.retention_mails import warn

log = structlog.get_logger()


@job("retention", every=timedelta(hours=1))
def destroy_due() -> int:
    """Destroy everything whose term is over; what is held back is named in the log by petition and class."""
    outcome = run_retention()
    for due in outcome.held:
        log.warning("held back from destruction", petition=due.petition_id, kept=due.kept.value)
    return sum(outcome.done.values())


@job("retention_warning", every=timedelta(days=1), daily=True)
def warn_controller() -> int:
    """Tell the controllers, once a week, what comes due within two weeks and what is held back."""
    with work(SYSTEM) as w:
        return warn(w)
