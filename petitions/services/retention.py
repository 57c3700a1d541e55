"""Retention that runs itself: each class goes on its day, journalled by class and number, or is held in the open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select, update

from auth.permissions import Permission, demand
from core.audit import record
from core.db import scrub
from core.refusal import Refusal
from core.work import SYSTEM, Work, reading, work
from petitions.domain.keeping import Kept
from petitions.models.petition import Petition, PetitionKeys
from petitions.models.retention import RetentionEntry, RetentionHold
from petitions.models.signature import Signature
from petitions.queries.retention import Due, due_cases, due_of
from petitions.services.petition_keys import COLUMNS, KeyName, destroy_key
from petitions.services.retention_classes import SWEEPS

# Of these some go row by row: five thousand of them held the database for more than the two seconds that are allowed.
SLICE = 1000
LEAST_REASON, MOST_REASON = 10, 500
WARNED = timedelta(days=14)
# Of these the controller is told beforehand; what comes and goes by the day would only make noise.
TOLD_BEFORE = (Kept.AUTHOR_NAME, Kept.AUDIT, Kept.PROPOSAL_REASON)
KEYS = {Kept.CONTACT: KeyName.CONTACT, Kept.PROMISE: KeyName.CONTACT, Kept.IDENTITY: KeyName.IDENTITY}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run destroyed (or would destroy), by class, and which classes of which petitions are held."""

    done: Mapping[Kept, int]
    held: tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class ClassDue:
    """How many of a class are due now, and how many of them and of others within the next two weeks."""

    kept: Kept
    now: int
    soon: int


Told = Callable[[int, int], None]


def _unseen(_done: int, _of: int) -> None:
    """Nobody looks on."""


def run_retention(*, dry: bool = False, told: Told = _unseen) -> Outcome:
    """Destroy everything that is due now, class by class, each case in a Work of its own; `dry` only counts.

    `told` hears how many of the cases and classes are through.
    """
    with reading(SYSTEM) as w:
        found = list(due_cases(w, w.now))
    ready = [due for due in found if due.held is None]
    held = tuple(due for due in found if due.held is not None)
    done: dict[Kept, int] = {}
    total = len(ready) + len(SWEEPS)
    for through, due in enumerate(ready, 1):
        done[due.kept] = done.get(due.kept, 0) + (_how_much(due) if dry else _destroy(due))
        told(through, total)
    for through, (kept, sweep) in enumerate(SWEEPS.items(), len(ready) + 1):
        done[kept] = _count(sweep.due) if dry else carry_out(kept)
        told(through, total)
    if not dry and any(kept in KEYS for kept, n in done.items() if n):
        scrub(PetitionKeys)
    return Outcome({kept: n for kept, n in done.items() if n}, held)


def carry_out(kept: Kept) -> int:
    """Destroy what is due of one class that hangs on no key, slice after slice, and journal the number."""
    total = 0
    while True:
        with work(SYSTEM) as w:
            n = SWEEPS[kept].run(w, SLICE)
            if n:
                _journal(w, kept, n)
        if not n:
            return total
        total += n


def hold_petition(w: Work, petition_id: int, reason: str) -> int:
    """Hold a petition's data back from destruction while it is in dispute; the hold's number.

    Refusals: `not-allowed`, `not-found`, `hold-reason` on `reason`, `hold-there`.
    """
    demand(w.actor, Permission.DATA_REQUEST_HANDLE)
    text = reason.strip()
    if not LEAST_REASON <= len(text) <= MOST_REASON:
        raise Refusal("hold-reason", field="reason", least=LEAST_REASON, most=MOST_REASON)
    if w.session.get(Petition, petition_id) is None:
        raise Refusal("not-found", field="petition")
    if _open_hold(w, petition_id) is not None:
        raise Refusal("hold-there", field="petition")
    row = RetentionHold(petition_id=petition_id, reason=text, set_at=w.now, set_by=w.actor.account_id)
    w.session.add(row)
    w.session.flush()
    record(w, "retention:hold", f"petition:{petition_id}", after={"hold": row.id})
    return row.id


def lift_hold(w: Work, hold_id: int) -> None:
    """Let go of a petition: what is overdue is destroyed by the next run. Refusals: `not-allowed`, `not-found`."""
    demand(w.actor, Permission.DATA_REQUEST_HANDLE)
    row = w.session.get(RetentionHold, hold_id, with_for_update=True)
    if row is None:
        raise Refusal("not-found")
    if row.lifted_at is None:
        row.lifted_at, row.lifted_by = w.now, w.actor.account_id
        record(w, "retention:lift", f"petition:{row.petition_id}", after={"hold": row.id})


def by_class(w: Work) -> list[ClassDue]:
    """Every class that hangs on no key: how many are due now, and how many within the next two weeks."""
    later = replace(w, now=w.now + WARNED)
    return [ClassDue(kept, sweep.due(w), sweep.due(later)) for kept, sweep in SWEEPS.items()]


def to_warn_of(w: Work) -> list[Due]:
    """What comes due within the next two weeks, or is held back: the controller is told beforehand."""
    near = due_cases(w, w.now + WARNED)
    return [due for due in near if not (due.partial and due.due_at <= w.now)]


def _destroy(due: Due) -> int:
    """Empty what lies under the key slice after slice, then destroy the key: an interrupted run is taken up again."""
    total, last = 0, 0
    while True:
        with work(SYSTEM) as w:
            # Looked at again in each Work: a stop may have moved the end, or a hold been set.
            if due not in due_of(w, due.petition_id, w.now):
                return total
            emptied = _empty_slice(w, due, last)
            n = len(emptied)
            if n == 0:
                return total + (0 if due.partial else _end_key(w, due, total))
            last = max(emptied)
            _journal(w, due.kept, n, due.petition_id)
        total += n


def _end_key(w: Work, due: Due, total: int) -> int:
    """Destroy the key; one that nobody signed under counts as one."""
    if not destroy_key(w, due.petition_id, KEYS[due.kept]) or total:
        return 0
    _journal(w, due.kept, 1, due.petition_id)
    return 1


def _empty_slice(w: Work, due: Due, last: int) -> list[int]:
    """Empty some rows behind the row `last`, so that no slice looks at what those before it have emptied."""
    some = select(Signature.id).where(*_filled(due), Signature.id > last).order_by(Signature.id).limit(SLICE)
    emptied = update(Signature).where(Signature.petition_id == due.petition_id, Signature.id.in_(some))
    emptied = emptied.values(dict.fromkeys(COLUMNS[KEYS[due.kept]]))
    done = emptied.returning(Signature.id).execution_options(synchronize_session=False)
    return list(w.session.scalars(done))


def _filled(due: Due) -> list[ColumnElement[bool]]:
    columns = [getattr(Signature, column) for column in COLUMNS[KEYS[due.kept]]]
    found = [Signature.petition_id == due.petition_id, or_(*(column.is_not(None) for column in columns))]
    return [*found, Signature.updates.is_(False)] if due.partial else found


def _how_much(due: Due) -> int:
    with reading(SYSTEM) as w:
        n = w.session.scalar(select(func.count()).select_from(Signature).where(*_filled(due))) or 0
    return n if due.partial else max(1, n)


def _count(due: Callable[[Work], int]) -> int:
    with reading(SYSTEM) as w:
        return due(w)


def _journal(w: Work, kept: Kept, n: int, petition_id: int | None = None) -> None:
    w.session.add(RetentionEntry(at=w.now, kept=kept, petition_id=petition_id, n=n))


def _open_hold(w: Work, petition_id: int) -> RetentionHold | None:
    query = select(RetentionHold).where(RetentionHold.petition_id == petition_id)
    return w.session.scalar(query.where(RetentionHold.lifted_at.is_(None)))
