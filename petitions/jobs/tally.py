"""The jobs of counting: fold, expire, freeze, and compare."""

from datetime import timedelta

import structlog

from core.db import steady_snapshot
from core.jobs import job
from core.work import SYSTEM, reading, work
from petitions.domain.keeping import Kept
from petitions.services import freezing_days, quarters, tally
from petitions.services.retention import carry_out

# So many petitions get their first state in one transaction.
STATES = 1000
AGEING = (Kept.UNCONFIRMED, Kept.WITHDRAWN, Kept.MAILS_COUNTED)
log = structlog.get_logger()


# Less than the scheduler's step, so that no step finds it just not due: on a page that is ready for five seconds a
# total is never ten seconds behind.
@job("tally", every=timedelta(seconds=1))
def fold_deltas() -> int:
    """Add up what was signed, confirmed and withdrawn since the last time."""
    total = 0
    while True:
        with work(SYSTEM) as w:
            done = tally.fold(w)
        total += done
        # While people sign there is always something new: that waits for the next run, or each delta would be a
        # transaction of its own.
        if done < tally.BATCH:
            return total


@job("expiry", every=timedelta(hours=1))
def let_age() -> int:
    """Expire the unconfirmed, erase the withdrawn, forget the counts of contacts, catch up with milestones."""
    with work(SYSTEM) as w:
        marked = tally.catch_up(w)
    return marked + sum(carry_out(kept) for kept in AGEING)


@job("freeze", every=timedelta(days=1), daily=True)
def freeze() -> int:
    """Publish what may be shown of the days that ended, petition by petition, and close them."""
    with reading(SYSTEM) as w:
        due, register = freezing_days.petitions_to_freeze(w), freezing_days.register_of(w)
    for start in range(0, len(due), STATES):
        with work(SYSTEM, shows=False) as w:
            freezing_days.begin_states(w, due[start : start + STATES])
    done = sum(_freeze_one(petition_id, register) for petition_id in due)
    with work(SYSTEM) as w:
        # Where only residents count, a quarter of the goal is there once a published figure says so.
        quarters.catch_up_quarters(w)
        return done + freezing_days.close_day(w)


def _freeze_one(petition_id: int, register: freezing_days.Register) -> int:
    """Count while others write, then write down what was counted."""
    with reading(SYSTEM) as w:
        steady_snapshot(w.session)
        days = freezing_days.count_days(w, petition_id, register)
    if days is None:
        return 0
    with work(SYSTEM) as w:
        return freezing_days.publish_days(w, days)


@job("tally_check", every=timedelta(days=1), daily=True)
def compare() -> int:
    """Compare totals and rows; a difference is an alarm in the log, and the number of them the job's figure."""
    with reading(SYSTEM) as w:
        drifts = tally.check(w)
    for drift in drifts:
        log.error("tally drift", petition=drift.petition_id, **drift.differences)
    return len(drifts)
