"""Counting: acts leave deltas, one job adds them up, and a check compares the totals with the rows."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, delete, func, literal, or_, select, union_all, update

from authorities.models import Area
from core.db import upsert
from core.health import figures
from core.prepared import Prepared, given
from core.progress import Told, unheard
from core.work import Work
from petitions.domain.eligibility import SIGNABLE
from petitions.domain.events import Event
from petitions.domain.rulebook import HandOver
from petitions.domain.thresholds import reached
from petitions.models.petition import Petition, PetitionCount, PetitionThreshold
from petitions.models.signature import Signature, SignatureState, TallyDelta
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.goals import goal_of
from petitions.services.quarters import catch_up_quarters, mark_quarters

BATCH = 5000
# So many petitions are compared in one statement.
PETITIONS = 500
FIELDS = ("counted", "residents", "pending", "expired", "invalid", "withdrawn", "quarantined")
Totals = dict[str, int]
_NO_CHANGE = {f"new_{name}": 0 for name in FIELDS}
_LEAVE = Prepared(lambda insert: insert(TallyDelta).values(**given(TallyDelta, ("petition_id", *FIELDS))))


@dataclass(frozen=True, slots=True)
class Drift:
    """A petition whose totals (with the deltas still to be folded) differ from its rows: stored minus real."""

    petition_id: int
    differences: Mapping[str, int]


def add(w: Work, petition_id: int, **changes: int) -> None:
    """Leave a delta for the tally; never touches the petition or its totals."""
    _LEAVE.run(
        w, {**_NO_CHANGE, "new_petition_id": petition_id, **{f"new_{k}": n for k, n in changes.items()}}
    )


def fold(w: Work, most: int = BATCH) -> int:
    """Add up to `most` deltas to the totals and remove them, in this one transaction; returns how many.

    Milestones and quarters of the goal that the new totals reach are marked, once for good, and announced.
    """
    oldest = select(TallyDelta.id).order_by(TallyDelta.id).limit(most).with_for_update(skip_locked=True)
    columns = [getattr(TallyDelta, name) for name in FIELDS]
    taken = w.session.execute(
        delete(TallyDelta)
        .where(TallyDelta.id.in_(oldest))
        .returning(TallyDelta.petition_id, *columns)
        .execution_options(synchronize_session=False)
    ).all()
    sums: dict[int, list[int]] = defaultdict(lambda: [0] * len(FIELDS))
    for petition_id, *values in taken:
        sums[petition_id] = [a + b for a, b in zip(sums[petition_id], values, strict=True)]
    # One order for all folders, so that two of them never wait for each other.
    for petition_id in sorted(sums):
        _add_up(w, petition_id, dict(zip(FIELDS, sums[petition_id], strict=True)))
        mark_reached(w, petition_id)
    return len(taken)


def mark_reached(w: Work, petition_id: int) -> list[str]:
    """Mark and announce every milestone that the stored totals reach; returns the ids of the new ones.

    Call it too when a petition is published: its joiners may be enough.
    """
    query = select(Petition.state, Petition.residents_only, Petition.area).where(Petition.id == petition_id)
    petition = w.session.execute(query).one()
    if petition.state not in SIGNABLE:
        return []
    counts = w.session.get(PetitionCount, petition_id, populate_existing=True)
    counted = (counts.residents if petition.residents_only else counts.counted) if counts else 0
    goals = w.session.scalars(
        select(PetitionThreshold)
        .where(PetitionThreshold.petition_id == petition_id)
        .order_by(PetitionThreshold.position)
        .execution_options(populate_existing=True)
    ).all()
    # The areas are only asked once the total is there: that query looks at every signature.
    near = [goal for goal in goals if goal.reached_at is None and counted >= goal.count]
    by_area = _by_area(w, petition_id, petition.residents_only) if any(goal.areas for goal in near) else {}
    full = [goal for goal in near if reached(goal_of(goal).proof, counted, by_area)]
    mark_quarters(w, petition_id, counted, whole=bool(full))
    return [goal.milestone for goal in full if _mark(w, goal, is_first=goal is goals[0])]


def catch_up(w: Work) -> int:
    """Mark what is reached by totals that no delta will touch any more; returns how many marks."""
    due = (
        select(Petition.id)
        .join(PetitionCount, PetitionCount.petition_id == Petition.id)
        .where(Petition.state.in_(SIGNABLE), Petition.reached_at.is_(None))
        .where(
            case((Petition.residents_only, PetitionCount.residents), else_=PetitionCount.counted)
            >= Petition.threshold
        )
        .order_by(Petition.id)
    )
    reached_now = sum(len(mark_reached(w, petition_id)) for petition_id in w.session.scalars(due).all())
    return reached_now + catch_up_quarters(w)


def check(w: Work, told: Told = unheard) -> list[Drift]:
    """Compare the totals with the rows, some petitions after the others; each is seen at one moment, in one statement.

    `told` hears how many petitions were looked at, of how many.
    """
    last, found = w.session.scalar(select(func.max(Petition.id))) or 0, []
    for first in range(1, last + 1, PETITIONS):
        found += _drifts(w, first, first + PETITIONS - 1)
        told(min(first + PETITIONS - 1, last), last)
    return found


def _drifts(w: Work, first: int, last: int) -> list[Drift]:
    some = [
        side.where(side.selected_columns.petition_id.between(first, last))
        for side in (_stored(), _folding(), _real(-1))
    ]
    sides = union_all(*some).subquery()
    sums = [func.sum(sides.c[name]).label(name) for name in FIELDS]
    query = select(sides.c.petition_id, *sums).group_by(sides.c.petition_id)
    found = w.session.execute(
        query.having(or_(*(column != 0 for column in sums))).order_by(sides.c.petition_id)
    )
    return [
        Drift(petition_id, {name: int(n) for name, n in zip(FIELDS, values, strict=True) if n})
        for petition_id, *values in found
    ]


@figures
def waiting(w: Work) -> dict[str, tuple[str, float]]:
    """How many acts of signers are not in the totals that pages show yet: the lag of the counting."""
    n = w.session.scalar(select(func.count()).select_from(TallyDelta)) or 0
    return {"dauys_tally_waiting": ("Acts of signers that are not added up yet", n)}


def totals(w: Work) -> Totals:
    """The equation of the whole site: `submitted`, and the numbers it is made of, deltas included; one statement."""
    sides = union_all(_stored(), _folding()).subquery()
    submitted = select(func.count()).select_from(Signature).scalar_subquery()
    sums = [func.coalesce(func.sum(sides.c[name]), 0) for name in FIELDS]
    row = w.session.execute(select(submitted, *sums)).one()
    return {name: int(n) for name, n in zip(("submitted", *FIELDS), row, strict=True)}


def _add_up(w: Work, petition_id: int, changes: Totals) -> None:
    zero = {"petition_id": petition_id, **dict.fromkeys(FIELDS, 0)}
    w.session.execute(upsert(w.session, PetitionCount).values(**zero).on_conflict_do_nothing())
    raised = {name: getattr(PetitionCount, name) + n for name, n in changes.items() if n}
    if raised:
        w.session.execute(
            update(PetitionCount)
            .where(PetitionCount.petition_id == petition_id)
            .values(**raised)
            .execution_options(synchronize_session=False)
        )


def _mark(w: Work, goal: PetitionThreshold, *, is_first: bool) -> bool:
    """Set the moment where it is not set yet; the database decides who was first."""
    mine = (PetitionThreshold.petition_id == goal.petition_id, PetitionThreshold.milestone == goal.milestone)
    if not _set_once(w, PetitionThreshold, *mine):
        return False
    if is_first:
        _set_once(w, Petition, Petition.id == goal.petition_id)
    petition = w.session.get_one(Petition, goal.petition_id, populate_existing=True)
    facts = {"milestone": goal.milestone, "threshold": goal.count}
    if not is_first:
        announce(w, petition, Event.MILESTONE_REACHED, **facts)
        return True
    # A hand-over that follows within a minute has a mail of its own, which says the same and more.
    waits = rules.tier_of(w, petition).collection.hand_over is HandOver.ON_CLOSE
    announce(w, petition, Event.THRESHOLD_REACHED, mailed=waits, **facts)
    return True


def _set_once(w: Work, table: Any, *where: Any) -> bool:
    statement = update(table).where(*where, table.reached_at.is_(None)).values(reached_at=w.now)
    done = statement.returning(table.reached_at).execution_options(synchronize_session=False)
    return w.session.scalar(done) is not None


def _by_area(w: Work, petition_id: int, residents_only: bool) -> Totals:
    """Counted signatures by area, each also in every area that holds it."""
    query = select(Area.path, func.count()).join(Signature, Signature.area == Area.code)
    query = query.where(Signature.petition_id == petition_id, Signature.state == SignatureState.COUNTED)
    if residents_only:
        query = query.where(Signature.resident)
    found: Totals = defaultdict(int)
    for path, n in w.session.execute(query.group_by(Area.path)):
        for code in path.split("/")[:-1]:
            found[code] += n
    return found


def _stored() -> Select[Any]:
    return select(PetitionCount.petition_id, *(getattr(PetitionCount, name) for name in FIELDS))


def _folding() -> Select[Any]:
    return select(TallyDelta.petition_id, *(getattr(TallyDelta, name) for name in FIELDS))


def _real(sign: int) -> Select[Any]:
    """The rows themselves, each worth `sign`."""
    here = {name: Signature.state == SignatureState(name) for name in FIELDS if name != "residents"}
    here["residents"] = and_(Signature.state == SignatureState.COUNTED, Signature.resident)
    worth = [func.sum(case((here[name], sign), else_=literal(0))).label(name) for name in FIELDS]
    return select(Signature.petition_id, *worth).group_by(Signature.petition_id)
