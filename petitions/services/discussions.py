"""A public discussion of the draft decision: announced with the least notice, held, with public minutes."""

from dataclasses import dataclass
from datetime import date, datetime

from core.audit import record
from core.i18n import LANGUAGES
from core.refusal import Refusal
from core.work import Work
from petitions.domain.calendar import due, local_day
from petitions.domain.deadlines import TermKind
from petitions.domain.events import Event
from petitions.domain.lifecycle import Action, Party
from petitions.domain.rulebook import Span
from petitions.models.case import Term
from petitions.models.casework import CaseDiscussion
from petitions.models.petition import Petition
from petitions.notices import announce
from petitions.queries import rules
from petitions.queries.discussions import recordable
from petitions.services import cases
from petitions.services.casework import case_of
from petitions.services.deadlines import mark_late
from petitions.services.links import require_link
from petitions.services.promises import days_until, require_working_day
from petitions.services.terms import start_term

LEAST_MINUTES = 20
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Invitation:
    """When and where a discussion is, with what to read before it; a place, a link, or both."""

    starts_at: datetime
    place: str
    link: str
    materials: str
    language: str


def announce_discussion(w: Work, petition_id: int, invitation: Invitation, version: int) -> CaseDiscussion:
    """Invite everybody to a discussion; its term is due on its day.

    Refusals: `not-found` for officers of other bodies, `changed-meanwhile`, `not-now`; `discussion-date` and
    `discussion-too-soon` (first) on `day`, `place-missing` on `place`, `link-faulty` on `link`.
    """
    petition = case_of(w, petition_id)
    cases.require_version(petition, version)
    mark_late(w, petition)
    cases.move(w, petition, Action.ANNOUNCE_DISCUSSION, Party.OFFICER)
    check_invitation(w, petition, invitation)
    day = local_day(invitation.starts_at, str(w.kernel.zone))
    term = start_term(w, petition, TermKind.DISCUSSION, _until(w, petition, day), "discussion_announced")
    row = CaseDiscussion(
        petition_id=petition.id,
        term_id=term.id,
        announced_at=w.now,
        starts_at=invitation.starts_at,
        place=invitation.place,
        link=invitation.link,
        materials=invitation.materials,
        language=invitation.language,
        account_id=w.actor.account_id,
    )
    w.session.add(row)
    w.session.flush()
    record(w, "petition.discussion", f"petition:{petition.id}", after={"discussion": row.id})
    facts = {"held_on": day.isoformat(), "where": where_words(row)}
    announce(w, petition, Event.DISCUSSION_ANNOUNCED, discussion=row.id, **facts)
    return row


def record_discussion(w: Work, petition_id: int, minutes: str, version: int) -> None:
    """Record that the discussion took place, with its minutes or, for now, without them.

    Refusals: `not-found`, `changed-meanwhile`, `not-now` before its hour and once its minutes are public;
    `minutes-too-short` on `minutes` for words that say nothing, and for none where it is recorded already.
    """
    petition = case_of(w, petition_id)
    cases.require_version(petition, version)
    row = recordable(w, petition.id)
    mark_late(w, petition)
    cases.move(w, petition, Action.RECORD_DISCUSSION, Party.OFFICER)
    if row is None:
        raise Refusal("not-now")
    if minutes or row.held_at is not None:
        check_minutes(minutes)
    if row.held_at is None:
        _hold(w, petition, row)
    if minutes:
        row.minutes, row.minutes_at = minutes, w.now
        announce(w, petition, Event.MINUTES_PUBLISHED, discussion=row.id)


def check_minutes(minutes: str) -> None:
    """Refusal: `minutes-too-short` on `minutes`."""
    if len(minutes.strip()) < LEAST_MINUTES:
        raise Refusal("minutes-too-short", field="minutes", least=LEAST_MINUTES)


def where_words(row: CaseDiscussion) -> str:
    """Place and address in one line."""
    return ", ".join(part for part in (row.place, row.link) if part)


def check_invitation(w: Work, petition: Petition, invitation: Invitation, *, new_day: bool = True) -> None:
    """Refuse what cannot be announced; a day that was announced before needs no new notice.

    Refusals: `discussion-date` and `discussion-too-soon` (first) on `day`, `place-missing` on `place`,
    `link-faulty` on `link`, `language-unknown` on `language`.
    """
    if new_day:
        _check_day(w, petition, local_day(invitation.starts_at, str(w.kernel.zone)))
    if not invitation.place and not invitation.link:
        raise Refusal("place-missing", field="place")
    require_link(invitation.link, "link")
    if invitation.language not in LANGUAGES:
        raise Refusal("language-unknown", field="language")


def _hold(w: Work, petition: Petition, row: CaseDiscussion) -> None:
    row.held_at = w.now
    w.session.get_one(Term, row.term_id).met_on = w.today
    record(w, "petition.discussion_held", f"petition:{petition.id}", after={"discussion": row.id})
    announce(w, petition, Event.DISCUSSION_HELD, discussion=row.id)


def _check_day(w: Work, petition: Petition, day: date) -> None:
    require_working_day(w, petition, day, "day", "discussion-date")
    rulebook = rules.rulebook_of(w, petition)
    notice = rules.tier_of(w, petition).response.discussion_notice
    first = due(w.today, notice, rules.calendar(rulebook)).due if notice else None
    if first is None or day < first:
        raise Refusal("discussion-too-soon", field="day", first=first)


def _until(w: Work, petition: Petition, day: date) -> Span:
    """The term's length, with the article that asks for the notice."""
    notice = rules.tier_of(w, petition).response.discussion_notice
    span = days_until(w, day)
    return span if notice is None else Span(span.n, span.unit, notice.basis, notice.article)
