"""What may still change about a discussion: it is moved or called off with a reason; its minutes get new versions."""

from datetime import date

from sqlalchemy import func, select

from core.audit import record
from core.refusal import Refusal
from core.work import Work
from petitions.domain.calendar import local_day
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party
from petitions.models.case import Term
from petitions.models.casework import CaseDiscussion, DiscussionChange, Fate, MinutesVersion
from petitions.models.petition import Petition
from petitions.notices import announce
from petitions.queries.discussions import movable
from petitions.queries.terms import computed_of
from petitions.services import cases
from petitions.services.casework import case_of
from petitions.services.deadlines import mark_late
from petitions.services.discussions import Invitation, check_invitation, check_minutes, where_words
from petitions.services.term_acts import Reason, require_reason
from petitions.services.terms import set_date

LEAST_CORRECTION = 10
MOVED = "discussion_moved"


def move_discussion(
    w: Work, petition_id: int, discussion_id: int, to: Invitation, reason: Reason, version: int
) -> None:
    """Set a new hour, place or address; what was announced before stays visible with the reason for the change.

    Until the end of its day only: what is late stays late. Refusals: `not-found`, `changed-meanwhile`, `not-now`;
    `reason-too-short` on `reason`, `nothing-changed` on `day`, `hour-passed` on `hour`, and for a new day or place
    those of `announce_discussion`.
    """
    petition, row = _ahead(w, petition_id, discussion_id, version, Action.MOVE_DISCUSSION)
    require_reason(reason)
    _require_move(w, petition, row, to)
    zone = str(w.kernel.zone)
    before, day = local_day(row.starts_at, zone), local_day(to.starts_at, zone)
    _keep(w, row, Fate.MOVED, reason)
    row.starts_at, row.place, row.link = to.starts_at, to.place, to.link
    row.materials, row.language = to.materials, to.language
    if day != before:
        _move_term(w, petition, row, day)
    facts = {"was_on": before.isoformat(), "held_on": day.isoformat(), "where": where_words(row)}
    _tell(w, petition, Event.DISCUSSION_MOVED, row, reason, facts)


def call_off_discussion(w: Work, petition_id: int, discussion_id: int, reason: Reason, version: int) -> None:
    """Say in public, until the end of its day, that a discussion does not take place, and why; its term ends.

    Refusals: `not-found`, `changed-meanwhile`, `not-now`; `reason-too-short` on `reason`.
    """
    petition, row = _ahead(w, petition_id, discussion_id, version, Action.CALL_OFF_DISCUSSION)
    require_reason(reason)
    _keep(w, row, Fate.CALLED_OFF, reason)
    w.session.get_one(Term, row.term_id).cancelled_on = w.today
    facts = {"was_on": local_day(row.starts_at, str(w.kernel.zone)).isoformat()}
    _tell(w, petition, Event.DISCUSSION_CALLED_OFF, row, reason, facts)


def amend_minutes(
    w: Work, petition_id: int, discussion_id: int, minutes: str, reason: str, version: int
) -> None:
    """Publish new minutes in the place of earlier ones, which stay readable with the reason for the change.

    Refusals: `not-found`, `changed-meanwhile`, `not-now` without minutes; `minutes-too-short` and
    `minutes-unchanged` on `minutes`, `correction-too-short` on `reason`.
    """
    petition = case_of(w, petition_id)
    cases.require_version(petition, version)
    row = _own(w, petition, discussion_id)
    cases.move(w, petition, Action.AMEND_MINUTES, Party.OFFICER)
    if row.minutes_at is None:
        raise Refusal("not-now")
    check_minutes(minutes)
    if minutes.strip() == row.minutes.strip():
        raise Refusal("minutes-unchanged", field="minutes")
    if len(reason.strip()) < LEAST_CORRECTION:
        raise Refusal("correction-too-short", field="reason", least=LEAST_CORRECTION)
    number = _keep_minutes(w, row, reason.strip())
    row.minutes, row.minutes_at = minutes, w.now
    versions = {"before": {"version": number}, "after": {"discussion": row.id, "version": number + 1}}
    record(w, "petition.minutes_amended", f"petition:{petition.id}", **versions)
    announce(w, petition, Event.MINUTES_AMENDED, discussion=row.id, why=reason.strip())


def _ahead(
    w: Work, petition_id: int, discussion_id: int, version: int, action: Action
) -> tuple[Petition, CaseDiscussion]:
    petition = case_of(w, petition_id)
    cases.require_version(petition, version)
    row = _own(w, petition, discussion_id)
    mark_late(w, petition)
    ahead = movable(w, petition.id)
    cases.move(w, petition, action, Party.OFFICER)
    if ahead is not row:
        raise Refusal("not-now")
    return petition, row


def _own(w: Work, petition: Petition, discussion_id: int) -> CaseDiscussion:
    row = w.session.get(CaseDiscussion, discussion_id)
    if row is None or row.petition_id != petition.id:
        raise Refusal("not-found")
    return row


def _require_move(w: Work, petition: Petition, row: CaseDiscussion, to: Invitation) -> None:
    zone = str(w.kernel.zone)
    same_day = local_day(row.starts_at, zone) == local_day(to.starts_at, zone)
    check_invitation(w, petition, to, new_day=not same_day)
    if to.starts_at <= w.now:
        raise Refusal("hour-passed", field="hour")
    now = (row.starts_at, row.place, row.link, row.materials)
    if now == (to.starts_at, to.place, to.link, to.materials):
        raise Refusal("nothing-changed", field="day")


def _move_term(w: Work, petition: Petition, row: CaseDiscussion, day: date) -> None:
    """The same term ends on the new day: its start stays, its length is what lies between them."""
    term = w.session.get_one(Term, row.term_id)
    term.n = (day - term.started_on).days
    set_date(w, term, computed_of(w, term, petition).due, MOVED)


def _keep(w: Work, row: CaseDiscussion, act: Fate, reason: Reason) -> None:
    kept = DiscussionChange(
        discussion_id=row.id,
        at=w.now,
        act=act,
        starts_at=row.starts_at,
        place=row.place,
        link=row.link,
        materials=row.materials,
        language=row.language,
        reason=reason.text.strip(),
        reason_language=reason.language,
        account_id=w.actor.account_id,
    )
    w.session.add(kept)


def _keep_minutes(w: Work, row: CaseDiscussion, reason: str) -> int:
    query = select(func.count()).where(MinutesVersion.discussion_id == row.id)
    number = (w.session.scalar(query) or 0) + 1
    kept = MinutesVersion(
        discussion_id=row.id,
        number=number,
        minutes=row.minutes,
        published_at=row.minutes_at,
        replaced_at=w.now,
        reason=reason,
        account_id=w.actor.account_id,
    )
    w.session.add(kept)
    return number


def _tell(
    w: Work, petition: Petition, event: Event, row: CaseDiscussion, reason: Reason, facts: dict[str, str]
) -> None:
    record(w, f"petition.{event.value}", f"petition:{petition.id}", after={"discussion": row.id} | facts)
    announce(w, petition, event, discussion=row.id, why=reason.text.strip(), **facts)
